"""`folkmoot schema diff`, `check` and `apply`, as people run them."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import asyncpg
import pytest

from backend.cli.schema_commands import MIGRATIONS
from tests.tidy.project import ROOT

FOLKMOOT = Path(sysconfig.get_path("scripts")) / "folkmoot"


@pytest.fixture
def migrations(tmp_path) -> Path:
    """The committed migrations, copied to where more can be written."""
    directory = tmp_path / "migrations"
    shutil.copytree(ROOT / MIGRATIONS, directory)
    return directory


def folkmoot(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FOLKMOOT, "schema", *arguments], capture_output=True, text=True, cwd=ROOT)


def test_what_diff_writes_satisfies_check_and_there_is_nothing_more_to_write(migrations):
    before = {path.name: path.read_text() for path in migrations.iterdir()}
    wrote = folkmoot("diff", "--name", "more", "--migrations", migrations)
    assert wrote.returncode == 0, wrote.stderr
    after = {path.name: path.read_text() for path in migrations.iterdir()}
    assert {name: after[name] for name in before} == before
    assert all("_more" in name and name > max(before) for name in after.keys() - before.keys())
    checked = folkmoot("check", "--migrations", migrations)
    assert (checked.returncode, checked.stderr) == (0, "")
    again = folkmoot("diff", "--dry-run", "--migrations", migrations)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr.endswith("there is nothing to write.\n")


def test_check_says_what_is_different_and_fails(migrations):
    # Later than every other, and what nobody declares.
    (migrations / "99990101000000_by_hand.sql").write_text("create view public.stray as select 1 as one;\n")
    checked = folkmoot("check", "--migrations", migrations)
    assert checked.returncode == 1
    assert "[schema.differs]\nRun `folkmoot schema diff`" in checked.stderr
    planned = folkmoot("diff", "--dry-run", "--migrations", migrations)
    assert "drop view public.stray;" in planned.stdout
    assert sorted(path.name for path in migrations.glob("9*")) == ["99990101000000_by_hand.sql"]


def test_a_refusal_names_the_place_and_the_option_and_writes_nothing(migrations):
    (migrations / "99990101000000_by_hand.sql").write_text("create table public.stray (one int);\n")
    refused = folkmoot("diff", "--migrations", migrations)
    assert refused.returncode == 1
    assert "public.stray is no longer declared, and dropping it loses what it holds. [diff.drops_data]" in (
        refused.stderr
    )
    assert "Say --drop public.stray" in refused.stderr
    assert len(list(migrations.glob("9*"))) == 1
    planned = folkmoot("diff", "--dry-run", "--drop", "public.stray", "--migrations", migrations)
    assert planned.returncode == 0
    assert "drop table public.stray;" in planned.stdout


def test_an_expression_without_a_column_is_refused(migrations):
    refused = folkmoot("diff", "--fill", "public.posts.title", "--migrations", migrations)
    assert (refused.returncode, "[diff.unreadable_fill]" in refused.stderr) == (1, True)


async def test_apply_brings_a_database_up_to_date_once(empty_database, migrations):
    count = len(list(migrations.iterdir()))
    arguments = ("apply", "--database-url", empty_database.dsn(), "--migrations", migrations)
    assert [folkmoot(*arguments).stdout for _ in range(2)] == [
        f"Applied {count} migrations.\n",
        "Applied 0 migrations.\n",
    ]
    (migrations / "99990101000000_wrong.sql").write_text("select 1;\n\nselect nothing;\n")
    failed = folkmoot(*arguments)
    assert failed.returncode == 1
    assert "99990101000000_wrong.sql, line 3: column" in failed.stderr
    assert "[migrations.failed]" in failed.stderr
    connection = await asyncpg.connect(empty_database.dsn())
    assert await connection.fetchval("select count(*) from supabase_migrations.schema_migrations") == count
    await connection.close()
