"""`folkmoot schema`: the migrations, and the tables that they are to build."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from backend.cli.console import tell
from backend.cli.stack_database import DatabaseUrl, database_url_of

if TYPE_CHECKING:
    from backend.cli.schema_planning import Plan
    from schema.compile.diff_refusals import Consent, DiffRefused

MIGRATIONS = Path("supabase/migrations")
DIFFERENCES_MAX = 60  # Lines: enough to see what is the matter.

Migrations = Annotated[Path, Parameter(name="--migrations")]
Places = Annotated[tuple[str, ...], Parameter(consume_multiple=False, negative="")]

schema_app = App(name="schema", help="The tables in schema/tables, and the migrations that build them.")


@schema_app.command
def diff(
    *,
    name: str = "schema",
    write: Annotated[bool, Parameter(negative="--dry-run")] = True,
    drop: Places = (),
    convert: Places = (),
    unique: Places = (),
    fill: Places = (),
    migrations: Migrations = MIGRATIONS,
) -> int:
    """Write the next migration: what leads from a database of the migrations to the declared tables.

    What could cost data, or stop at rows that are there, is refused until it is spelled out.

    Parameters
    ----------
    name
        What the migration is about; part of the names of its files.
    write
        Write the files; with --dry-run they are printed instead.
    drop
        A table or column that goes with its data: `public.posts.title`. May be given more than once.
    convert
        A column whose type may change though it then holds less.
    unique
        An index over existing rows of which no two are alike: `public.posts_by_slug`.
    fill
        A column and the SQL expression for rows that have no value: `public.posts.title='Untitled'`.
    migrations
        The directory of the migrations.
    """
    from schema.compile.diff_refusals import Consent

    values = dict(one.split("=", 1) for one in fill if "=" in one)
    if len(values) < len(fill):
        print("folkmoot: --fill takes a column and an expression. [diff.unreadable_fill]", file=sys.stderr)
        print("Write --fill \"public.posts.title='Untitled'\".", file=sys.stderr)
        return 1
    consent = Consent(frozenset(drop), frozenset(convert), frozenset(unique), values)
    found = asyncio.run(_plan(name, consent, migrations))
    if found.refusals:
        for refusal in found.refusals:
            _refuse(refusal)
        return 1
    if not found.differences:
        print("The migrations build what the tables declare: there is nothing to write.", file=sys.stderr)
        return 0
    _show(found.differences)
    for file in found.files:
        if write:
            migrations.joinpath(file.name).write_text(file.text)
            print(f"Wrote {migrations / file.name}", file=sys.stderr)
        else:
            print(f"-- {migrations / file.name}\n\n{file.text}")
    return 0


@schema_app.command
def check(*, migrations: Migrations = MIGRATIONS) -> int:
    """Compare a database of the migrations with the declared tables; exit code 1 if they differ.

    Parameters
    ----------
    migrations
        The directory of the migrations.
    """
    from backend.cli.schema_databases import open_scratch
    from backend.cli.schema_planning import compare
    from schema.tables import CATALOG

    async def run() -> list[str]:
        async with open_scratch() as scratch:
            return await compare(scratch, CATALOG, migrations)

    lines = asyncio.run(run())
    if not lines:
        return 0
    _show(lines)
    print(
        f"folkmoot: {migrations} does not build what schema/tables declares. [schema.differs]",
        file=sys.stderr,
    )
    print("Run `folkmoot schema diff`, read what it writes, and commit it.", file=sys.stderr)
    return 1


@schema_app.command
def apply(*, database_url: DatabaseUrl = None, migrations: Migrations = MIGRATIONS) -> int:
    """Apply the migrations that a database has not had yet, in order, one after the other.

    Parameters
    ----------
    database_url
        The database, as `postgres`. Without it, the stack's own.
    migrations
        The directory of the migrations.
    """
    from backend.devstack.migrations import apply_migrations

    applied = asyncio.run(apply_migrations(database_url_of(database_url), migrations, tell=tell))
    print(f"Applied {len(applied)} migrations.")
    return 0


async def _plan(name: str, consent: Consent, migrations: Path) -> Plan:
    from backend.cli.schema_databases import open_scratch
    from backend.cli.schema_planning import plan
    from schema.tables import CATALOG

    clock = int(datetime.now(UTC).strftime("%Y%m%d%H%M%S"))
    tell("Building a database of the migrations, and one of the declared tables")
    async with open_scratch() as scratch:
        return await plan(scratch, CATALOG, migrations, name=name, clock=clock, consent=consent)


def _show(lines: list[str]) -> None:
    print(*lines[:DIFFERENCES_MAX], sep="\n", file=sys.stderr)
    if len(lines) > DIFFERENCES_MAX:
        print(f"... and {len(lines) - DIFFERENCES_MAX} lines more.", file=sys.stderr)


def _refuse(refusal: DiffRefused) -> None:
    print(f"folkmoot: {refusal.message} [{refusal.code}]\n{refusal.mend}", file=sys.stderr)
