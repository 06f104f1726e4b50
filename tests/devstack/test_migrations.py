"""Migrations are applied once, in order, all or nothing, and a wrong one says where it is wrong."""

import asyncpg
import pytest

from backend.devstack.errors import MigrationRefused
from backend.devstack.migrations import apply_migrations, apply_seeds

FIRST = "20260101000000_first.sql"
SECOND = "20260202000000_second.sql"


@pytest.fixture
def directory(tmp_path):
    """supabase/migrations of a project with one migration."""
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / FIRST).write_text(
        "-- The first.\ncreate table public.notes (id int);\ncreate schema private;\n"
    )
    return migrations


async def rows(database, query):
    connection = await asyncpg.connect(database.dsn())
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def history(database):
    return await rows(
        database,
        "select version, name, statements from supabase_migrations.schema_migrations order by version",
    )


async def refusal(work):
    with pytest.raises(MigrationRefused) as refused:
        await work
    return refused.value


async def test_what_is_new_is_applied_in_order_and_recorded(empty_database, directory):
    (directory / SECOND).write_text("insert into notes values (1)")
    applied = await apply_migrations(empty_database.dsn(), directory)
    again = await apply_migrations(empty_database.dsn(), directory)
    assert [migration.path.name for migration in applied] == [FIRST, SECOND]
    assert again == ()
    assert await history(empty_database) == [
        ("20260101000000", "first", ["create table public.notes (id int)", "create schema private"]),
        ("20260202000000", "second", ["insert into notes values (1)"]),
    ]
    assert await rows(empty_database, "select id from notes") == [(1,)]


async def test_a_project_without_migrations_has_nothing_to_apply(empty_database, tmp_path):
    assert await apply_migrations(empty_database.dsn(), tmp_path / "missing") == ()


async def test_a_failing_statement_is_named_by_file_line_and_message_and_nothing_of_its_file_stays(
    empty_database, directory
):
    (directory / SECOND).write_text(
        "create table public.more (id int);\n\ninsert into notes\n  select x from y;\n"
    )
    refused = await refusal(apply_migrations(empty_database.dsn(), directory))
    assert refused.code == "migrations.failed"
    assert refused.message == f'{directory / SECOND}, line 4: relation "y" does not exist (42P01)'
    assert [version for version, _, _ in await history(empty_database)] == ["20260101000000"]
    assert await rows(empty_database, "select to_regclass('public.more')") == [(None,)]


async def test_a_failure_without_a_position_is_placed_where_its_statement_begins(empty_database, directory):
    (directory / SECOND).write_text(
        "select 1;\n-- why\ndo $$\nbegin\n  raise 'no' using hint = 'Ask.';\nend $$;\n"
    )
    refused = await refusal(apply_migrations(empty_database.dsn(), directory))
    assert refused.message == f"{directory / SECOND}, line 3: no (P0001)"
    assert refused.hint == "Ask. Nothing of it was applied."


async def test_a_file_with_a_statement_no_transaction_may_hold_runs_without_one(empty_database, directory):
    (directory / SECOND).write_text(
        "-- Late.\ncreate index concurrently notes_id on public.notes (id);\nselect 1;"
    )
    await apply_migrations(empty_database.dsn(), directory)
    assert len(await history(empty_database)) == 2
    assert await rows(empty_database, "select to_regclass('public.notes_id')::text") == [("notes_id",)]


async def test_a_setting_of_one_file_does_not_reach_the_next(empty_database, directory):
    (directory / SECOND).write_text("set role anon; set search_path = ''; reset role; set role anon;")
    (directory / "20260303000000_third.sql").write_text("create table more as select current_user as who;")
    await apply_migrations(empty_database.dsn(), directory)
    assert await rows(empty_database, "select who::text from public.more") == [("postgres",)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: (d / "20251231000000_late.sql").write_text("select 1"), "migrations.out_of_order"),
        (lambda d: (d / "20260101000000_twin.sql").write_text("select 1"), "migrations.duplicate_version"),
        (lambda d: (d / "add_posts.sql").write_text("select 1"), "migrations.name"),
        (lambda d: (d / FIRST).unlink(), "migrations.missing"),
        (lambda d: (d / FIRST).write_text("create table public.notes (id bigint)"), "migrations.changed"),
    ],
)
async def test_files_that_do_not_continue_the_history_are_refused(empty_database, directory, change, code):
    await apply_migrations(empty_database.dsn(), directory)
    before = await history(empty_database)
    change(directory)
    refused = await refusal(apply_migrations(empty_database.dsn(), directory))
    assert (refused.code, bool(refused.hint), await history(empty_database)) == (code, True, before)


async def test_a_comment_may_change_after_a_migration_has_been_applied(empty_database, directory):
    await apply_migrations(empty_database.dsn(), directory)
    text = (directory / FIRST).read_text()
    (directory / FIRST).write_text(text.replace("-- The first.", "/* The very first. */\n"))
    assert await apply_migrations(empty_database.dsn(), directory) == ()


async def test_a_seed_runs_once_even_if_it_changes(empty_database, directory):
    await apply_migrations(empty_database.dsn(), directory)
    seed = directory.parent / "seed.sql"
    seed.write_text("insert into public.notes values (1);")
    first = await apply_seeds(empty_database.dsn(), [seed], root=directory.parent.parent)
    seed.write_text("insert into public.notes values (2);")
    second = await apply_seeds(empty_database.dsn(), [seed], root=directory.parent.parent)
    assert (first, second) == ((seed,), ())
    assert await rows(empty_database, "select id from notes") == [(1,)]
    assert await rows(empty_database, "select path from supabase_migrations.seed_files") == [
        ("supabase/seed.sql",)
    ]


async def test_a_failing_seed_is_named_and_runs_again_when_mended(empty_database, directory):
    await apply_migrations(empty_database.dsn(), directory)
    seed = directory.parent / "seed.sql"
    seed.write_text("insert into public.notes values (1);\ninsert into public.notes values ('x');")
    refused = await refusal(apply_seeds(empty_database.dsn(), [seed], root=directory.parent.parent))
    assert f"{seed}, line 2:" in refused.message
    seed.write_text("insert into public.notes values (1);")
    assert await apply_seeds(empty_database.dsn(), [seed], root=directory.parent.parent) == (seed,)
    assert await rows(empty_database, "select id from notes") == [(1,)]
