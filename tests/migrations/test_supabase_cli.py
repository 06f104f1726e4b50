"""The real Supabase CLI takes the project as it is: it applies migrations and seeds, and has no complaint."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import asyncpg
import pytest

from backend.cli.schema_commands import MIGRATIONS
from backend.cli.schema_databases import Scratch, inspect
from backend.devstack.cluster import SUPERUSER
from backend.devstack.migrations import apply_migrations
from backend.devstack.preparation import with_user
from schema.compile.diff_changes import Changes, differences
from schema.tables import CATALOG
from tests.migrations.family import Memory, Shape, drift, remembered, write_rows
from tests.migrations.npm import npm_package
from tests.migrations.planning import written
from tests.migrations.servers import DEBIAN_CHECKER, postgres_15
from tests.tidy.project import ROOT

TIMEOUT_S = 120.0
CHECKER = "plpgsql_check"


async def supabase(directory: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the CLI in a project: exit code, what it printed, what it said."""
    program = npm_package("@supabase/cli-linux-x64") / "bin" / "supabase"
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=directory,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "DO_NOT_TRACK": "1",
        },
    )
    async with asyncio.timeout(TIMEOUT_S):
        printed, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), said.decode()


@pytest.fixture
def project(tmp_path) -> Path:
    """A project with our configuration, and no migrations."""
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    shutil.copy(ROOT / "supabase" / "config.toml", tmp_path / "supabase")
    return tmp_path


async def pushed(project: Path, dsn: str) -> None:
    code, _, said = await supabase(project, "db", "push", f"--remote={dsn}", "--include-seed", "--yes")
    assert code == 0, said


async def found(project: Path, dsn: str) -> list[str]:
    """What the advisors say that is a warning or worse."""
    code, printed, said = await supabase(
        project, "db", "advisors", f"--remote={dsn}", "--level", "warn", "--fail-on", "warn"
    )
    begin = printed.find("[")
    assert (code == 0) == (begin < 0), said
    return [f"{one['name']}: {one['detail']}" for one in json.loads(printed[begin:])] if begin >= 0 else []


async def test_pushing_the_project_to_an_empty_database_builds_and_fills_it_and_the_advisors_are_content(
    scratch, project
):
    shutil.copytree(ROOT / "supabase" / "seeds", project / "supabase" / "seeds")
    shutil.copy(ROOT / "supabase" / "seed.sql", project / "supabase")
    for path in (ROOT / MIGRATIONS).glob("*.sql"):
        shutil.copy(path, project / MIGRATIONS)
    await written(scratch, CATALOG, project / MIGRATIONS)  # Nothing, when all has been committed.
    async with scratch.database() as dsn:
        await pushed(project, dsn)
        connection = await asyncpg.connect(dsn)
        for table in CATALOG:
            assert await connection.fetchval(f"select count(*) from {table.qualified}") > 0, table.qualified
        assert await drift(connection, CATALOG) == {}
        assert await found(project, dsn) == []
        await connection.execute("alter table public.posts disable row level security")
        assert [line.partition(":")[0] for line in await found(project, dsn)] != []
        await connection.close()


async def test_it_applies_every_form_of_file_as_we_do_and_we_go_on_from_there(scratch, project):
    first, second = (
        Shape(),
        Shape(
            title="required",
            heading=True,
            amount="numeric",
            counted="sync",
            copied=True,
            indexed="wide",
            unique=True,
        ),
    )
    migrations = project / MIGRATIONS
    await written(scratch, first.catalog(), migrations)
    async with scratch.database() as by_cli, scratch.database() as by_us:
        memory = Memory({}, {})
        await pushed(project, by_cli)
        await apply_migrations(by_us, migrations)
        connection = await asyncpg.connect(by_cli)
        await write_rows(connection, first, memory)
        await written(scratch, second.catalog(), migrations)
        suffixes = {path.stem.rpartition("_")[2] for path in migrations.iterdir()}
        assert suffixes == {"step", "indexes", "fill", "constraints", "validate"}
        await pushed(project, by_cli)
        await apply_migrations(by_us, migrations)
        assert differences(Changes(await inspect(by_cli), await inspect(by_us))) == []
        assert await remembered(connection, second) == memory
        assert await drift(connection, second.catalog()) == {}
        assert await apply_migrations(by_cli, migrations) == ()
        await connection.close()


@pytest.fixture
async def checker(scratch_18):
    """Databases of a server that has plpgsql_check where there is one, and whether it has."""
    if not DEBIAN_CHECKER.exists():
        yield scratch_18, False
        return
    async with postgres_15(debian=True) as dsn:
        yield (
            Scratch(lambda user, name: f"{with_user(dsn, user).rpartition('/')[0]}/{name}", "postgres"),
            True,
        )


async def test_it_finds_nothing_to_lint_in_our_functions_where_it_can_lint(checker, project):
    scratch, can_lint = checker
    await written(scratch, CATALOG, project / MIGRATIONS)
    async with scratch.database() as dsn:
        await apply_migrations(dsn, project / MIGRATIONS)
        if can_lint:
            connection = await asyncpg.connect(with_user(dsn, SUPERUSER))
            await connection.execute(f"create extension {CHECKER} with schema extensions")
            await connection.close()
        code, printed, said = await supabase(project, "db", "lint", f"--remote={dsn}", "--fail-on", "warning")
        if can_lint:
            assert code == 0, printed
        else:
            # The control of the other branch, and the reason why it is not taken.
            assert f'extension "{CHECKER}" is not available' in said
