"""The next migration, found by comparing databases and proven on one before it is written."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.cli.schema_databases import Scratch, inspect
from backend.devstack.errors import MigrationRefused
from backend.devstack.migrations import apply_migrations, read_migrations
from schema.compile.diff import compile_diff, kept_columns, small_tables
from schema.compile.diff_changes import Changes, differences
from schema.compile.diff_files import MigrationFile, compile_files
from schema.compile.diff_refusals import Consent, DiffRefused, Incomplete, refusals
from schema.compile.diff_renames import declared_renames, following_renames
from schema.compile.inspection import Inspection
from schema.compile.migration import render_migration
from schema.language.catalog import Catalog


@dataclass(frozen=True)
class Plan:
    """What is different, for people; and the files that settle it, or why they are not written."""

    differences: list[str]
    files: list[MigrationFile]
    refusals: list[DiffRefused]


async def compare(scratch: Scratch, catalog: Catalog, migrations: Path) -> list[str]:
    """How a database of `migrations` differs from one of `catalog`; empty when it does not.

    Raises `MigrationRefused` when a file cannot be applied.
    """
    async with scratch.database() as built_dsn:
        await apply_migrations(built_dsn, migrations)
        built = await inspect(built_dsn)
        return differences(Changes(built, await _declared(scratch, catalog)))


async def plan(
    scratch: Scratch, catalog: Catalog, migrations: Path, *, name: str, clock: int, consent: Consent
) -> Plan:
    """The files that take a database of `migrations` to what `catalog` declares.

    `clock` is the time as a 14-digit version; files are numbered from there, but always after the last one.
    Raises `MigrationRefused` when a committed file cannot be applied.
    """
    async with scratch.database() as built_dsn:
        await apply_migrations(built_dsn, migrations)
        built = await inspect(built_dsn)
        declared = await _declared(scratch, catalog)
        found = differences(Changes(built, declared))
        if not found:
            return Plan([], [], [])
        small = small_tables(catalog, declared)
        renames = declared_renames(catalog, built)
        built = await _after(built_dsn, renames, built)
        following = following_renames(Changes(built, declared, small))
        built = await _after(built_dsn, following, built)
    changes = Changes(built, declared, small, kept_columns(catalog))
    if refused := list(refusals(changes, consent)):
        return Plan(found, [], refused)
    steps = compile_diff(changes, catalog, consent, [*renames, *following])
    version = max([clock, *(int(one.version) + 1 for one in read_migrations(migrations))])
    files = compile_files(steps, name=name, version=version)
    try:
        left = await _left_over(scratch, migrations, files, declared)
    except MigrationRefused as refused:
        return Plan(found, files, [Incomplete.because([refused.message])])
    return Plan(found, files, [Incomplete.because(left)] if left else [])


async def _declared(scratch: Scratch, catalog: Catalog) -> Inspection:
    text = render_migration(catalog)
    if text not in scratch.inspections:
        async with scratch.database() as dsn:
            await _execute(dsn, text)
            scratch.inspections[text] = await inspect(dsn)
    return scratch.inspections[text]


async def _after(dsn: str, statements: list[str], inspected: Inspection) -> Inspection:
    """What the database holds once `statements` have been run; `inspected` is what it holds before."""
    if not statements:
        return inspected
    await _execute(dsn, ";\n".join(statements))
    return await inspect(dsn)


async def _left_over(
    scratch: Scratch, migrations: Path, files: list[MigrationFile], declared: Inspection
) -> list[str]:
    """What is still different once the committed files and then `files` have been applied."""
    with tempfile.TemporaryDirectory(prefix="folkmoot-migrations-") as directory:
        together = Path(directory)
        for one in read_migrations(migrations):
            shutil.copy(one.path, together)
        for file in files:
            together.joinpath(file.name).write_text(file.text)
        async with scratch.database() as dsn:
            await apply_migrations(dsn, together)
            return differences(Changes(await inspect(dsn), declared))


async def _execute(dsn: str, text: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(text)
    finally:
        await connection.close()
