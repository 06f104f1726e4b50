"""The committed migrations build exactly what the tables declare."""

from pathlib import Path

import asyncpg

from backend.devstack.migrations import apply_migrations
from schema.compile.inspection import compile_inspection, differences
from schema.compile.migration import render_migration
from schema.tables import CATALOG

SUPABASE = Path(__file__).parent.parent.parent / "supabase"


async def _inspected(dsn: str) -> list[tuple[str, str, str]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(compile_inspection(CATALOG))]
    finally:
        await connection.close()


def test_the_committed_migration_is_the_text_the_catalog_compiles_to():
    first = min((SUPABASE / "migrations").glob("*.sql"))
    assert first.read_text() == render_migration(CATALOG)


async def test_a_database_of_the_migrations_equals_one_of_the_catalog(database, empty_database):
    declared = await asyncpg.connect(empty_database.dsn())
    try:
        await declared.execute(render_migration(CATALOG))
    finally:
        await declared.close()
    found = await _inspected(database.dsn())
    assert differences(found, await _inspected(empty_database.dsn())) == []
    assert {kind for kind, _, _ in found} == {
        "column",
        "constraint",
        "function",
        "grant",
        "index",
        "policy",
        "publication",
        "table",
        "trigger",
    }


async def test_every_kind_of_drift_is_found(database, empty_database):
    """The control: what the comparison rests on is able to fail."""
    owner = await asyncpg.connect(empty_database.dsn())
    try:
        await owner.execute(render_migration(CATALOG))
        await owner.execute(
            """
            alter table public.posts add column extra integer;
            alter table public.posts replica identity full;
            alter table public.posts drop constraint posts_content_check;
            drop index public.posts_by_author_id;
            drop trigger derived_guard on public.posts;
            drop policy "insert" on public.posts;
            grant insert on public.posts to anon;
            grant update (like_count) on public.posts to authenticated;
            create or replace function private.caller_role() returns text language sql stable
                security definer set search_path = '' as $$ select 'admin' $$;
            alter publication folkmoot drop table public.likes;
            """
        )
    finally:
        await owner.close()
    lines = differences(await _inspected(empty_database.dsn()), await _inspected(database.dsn()))
    headings = [line for line in lines if not line.startswith(" ")]
    assert headings == [
        "column public.posts.extra is made by a migration, but not declared.",
        "constraint public.posts.posts_content_check is declared, but no migration makes it.",
        "function private.caller_role() differs:",
        "grant column posts.like_count to authenticated is made by a migration, but not declared.",
        "grant table posts to anon differs:",
        "index public.posts_by_author_id is declared, but no migration makes it.",
        "policy public.posts.insert is declared, but no migration makes it.",
        "publication folkmoot differs:",
        "table public.posts differs:",
        "trigger public.posts.derived_guard is declared, but no migration makes it.",
    ]


async def test_the_seed_applies_and_leaves_a_community_without_drift(world):
    await world.owner.execute((SUPABASE / "seed.sql").read_text())
    assert await world.drift() == {}
    for table in CATALOG:
        assert await world.owner.fetchval(f"select count(*) from {table.qualified}") > 0, table.qualified


async def test_tables_that_rules_match_by_value_send_their_old_rows_whole(world):
    rows = await world.owner.fetch(
        "select relname from pg_class where relreplident = 'f' and relnamespace = 'public'::regnamespace"
    )
    assert [row["relname"] for row in rows] == ["memberships"]


async def test_migrations_apply_once_and_are_recorded(empty_database):
    for _ in range(2):
        await apply_migrations(empty_database.dsn(), SUPABASE / "migrations")
    owner = await asyncpg.connect(empty_database.dsn())
    try:
        versions = await owner.fetch("select version from supabase_migrations.schema_migrations")
    finally:
        await owner.close()
    assert [row["version"] for row in versions] == [
        path.name.partition("_")[0] for path in sorted((SUPABASE / "migrations").glob("*.sql"))
    ]
