"""The generated files are what the project declares, and `folkmoot types` writes and compares them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from backend.cli.generated_types import FOLDER, render_types
from backend.cli.types_commands import DIFFERENCE_LINES_MAX, differences
from tests.conftest import REPOSITORY
from tests.databases import Database

HINT = "Run `folkmoot types write` and commit the files."
HEAD = (
    "// Generated from the functions in backend/handlers by `folkmoot types write`. Change those, not this."
)


async def test_the_committed_types_are_what_the_project_declares(database: Database):
    # Otherwise: folkmoot types write
    generated = await render_types(database.dsn(), REPOSITORY)
    drift = {path: differences((REPOSITORY / path).read_text(), text) for path, text in generated.items()}
    assert drift == {FOLDER / name: [] for name in ("api.ts", "dataModel.ts", "database.types.ts")}


async def test_what_was_written_agrees_until_either_side_changes(project: Path, database: Database):
    code, said = await types(project, "write")  # From an embedded database of its own.
    assert (code, said[-3:]) == (
        0,
        [f"Wrote _generated/{name}." for name in ("api.ts", "dataModel.ts", "database.types.ts")],
    )
    assert await types(project, "check", "--database-url", database.dsn()) == (0, [])

    edited = project / FOLDER / "api.ts"
    edited.write_text(edited.read_text().replace(HEAD, "// Mine."))
    assert await types(project, "check", "--database-url", database.dsn()) == (
        1,
        [
            *("--- committed", "+++ generated", "@@ -1,2 +1,2 @@", "-// Mine.", f"+{HEAD}", " "),
            "folkmoot: _generated/api.ts is not what it is generated from.",
            HINT,
        ],
    )

    edited.unlink()
    code, said = await types(project, "check", "--database-url", database.dsn())
    assert (code, said[-2:]) == (1, ["folkmoot: _generated/api.ts is not what it is generated from.", HINT])


async def test_a_table_that_no_migration_makes_is_missing_in_the_tables_only(empty_database: Database):
    generated = await render_types(empty_database.dsn(), REPOSITORY)
    assert {path.name: "posts" in text for path, text in generated.items()} == {
        "api.ts": True,
        "dataModel.ts": True,
        "database.types.ts": False,
    }


async def test_what_is_not_there_to_generate_from_is_said_in_a_sentence(project: Path, unused_tcp_port: int):
    nobody = f"postgresql://postgres:postgres@127.0.0.1:{unused_tcp_port}/postgres"
    code, said = await types(project, "check", "--database-url", nobody)
    assert (code, said[0]) == (1, "folkmoot: `deno run` ended with 1:")
    assert "ECONNREFUSED" in "".join(said)


def test_a_long_difference_is_cut_short():
    lines = differences("", "\n".join(map(str, range(1000))))
    assert len(lines) == DIFFERENCE_LINES_MAX + 1
    assert lines[-1] == f"... and {1003 - DIFFERENCE_LINES_MAX} lines more."


async def types(project: Path, *arguments: str) -> tuple[int, list[str]]:
    """How `folkmoot types` ended in that folder, and the lines it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.cli", "types", *arguments),
        cwd=project,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode is not None
    return process.returncode, said.splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout without any generated file."""
    for name in ("deno.json", "deno.lock", "supabase"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    return tmp_path
