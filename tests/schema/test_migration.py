"""What a migration builds: every kind of difference is seen, and the seed fits it."""

from pathlib import Path

import asyncpg

from backend.cli.schema_databases import inspect
from backend.devstack.migrations import apply_migrations
from schema.compile.diff_changes import Changes, differences
from schema.compile.inspection import FoundDefinition
from schema.compile.migration import render_migration
from schema.tables import CATALOG

SUPABASE = Path(__file__).parent.parent.parent / "supabase"


async def _built(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in (render_migration(CATALOG), *statements):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_an_inspection_holds_every_kind_of_object_that_the_catalog_makes(empty_database):
    await _built(empty_database.dsn())
    found = await inspect(empty_database.dsn())
    kinds = {
        one.kind if isinstance(one, FoundDefinition) else type(one).__name__ for one in found.found.values()
    }
    assert kinds >= {
        "FoundColumn",
        "FoundConstraint",
        "FoundIndex",
        "FoundTable",
        "function",
        "policy",
        "publication",
        "schema",
        "trigger",
        "view",
    }
    aspects = {facet.aspect.partition(" ")[0] for facet in found.facets.values()}
    assert aspects >= {"comment", "option", "owner", "publication", "replica", "row"}


async def test_every_kind_of_drift_is_found(empty_database):
    """The control: what all comparing rests on is able to see a difference, in everything."""
    await _built(empty_database.dsn())
    declared = await inspect(empty_database.dsn())
    connection = await asyncpg.connect(empty_database.dsn())
    try:
        await connection.execute(
            """
            alter table public.posts add column extra integer;
            alter table public.posts alter column content drop not null;
            alter table public.posts replica identity full;
            alter table public.posts reset (fillfactor);
            alter table public.posts disable row level security;
            alter table public.posts drop constraint posts_content_check;
            alter table public.posts disable trigger derived_guard;
            comment on table public.posts is null;
            drop index public.posts_by_author_id;
            drop trigger derived_guard on public.comments;
            drop policy "insert" on public.posts;
            grant insert on public.posts to anon;
            grant update (like_count) on public.posts to authenticated;
            create or replace function private.caller_role() returns text language sql stable
                security definer set search_path = '' as $$ select 'admin' $$;
            alter function derived.posts__guard() owner to postgres;
            alter publication folkmoot drop table public.likes;
            revoke usage on schema public from folkmoot_writer;
            create type public.mood as enum ('good');
            create domain public.word as text;
            create view public.all_posts as select id from public.posts;
            create table public.others ();
            create sequence public.numbers;
            create schema more;
            create statistics public.together on space_id, author_id from public.posts;
            alter default privileges in schema public grant select on tables to pgbouncer;
            """
        )
        lines = differences(Changes(await inspect(empty_database.dsn()), declared))
    finally:
        await connection.close()
    headings = [line for line in lines if not line.startswith(" ")]
    assert headings == [
        "comment of table public.posts is declared, but no migration makes it.",
        "default acl for role postgres in schema public on tables differs:",
        "firing of trigger derived_guard on public.posts is made by a migration, but not declared.",
        "function private.caller_role() differs:",
        "index public.posts_by_author_id is declared, but no migration makes it.",
        "option fillfactor of table public.posts is declared, but no migration makes it.",
        "owner of function derived.posts__guard() is declared, but no migration makes it.",
        "policy insert on public.posts is declared, but no migration makes it.",
        "publication folkmoot of table public.likes is declared, but no migration makes it.",
        "replica identity of table public.posts is made by a migration, but not declared.",
        "row security of table public.posts is declared, but no migration makes it.",
        "schema more is made by a migration, but not declared.",
        "sequence public.numbers is made by a migration, but not declared.",
        "statistics object public.together is made by a migration, but not declared.",
        "table column public.posts.content differs:",
        "table column public.posts.extra is made by a migration, but not declared.",
        "table constraint posts_content_check on public.posts is declared, but no migration makes it.",
        "table public.others is made by a migration, but not declared.",
        "trigger derived_guard on public.comments is declared, but no migration makes it.",
        "type public.mood is made by a migration, but not declared.",
        "type public.word is made by a migration, but not declared.",
        "view public.all_posts is made by a migration, but not declared.",
        "grant of usage on schema public to folkmoot_writer is declared, but no migration makes it.",
        "grant of insert on table public.posts to anon is made by a migration, but not declared.",
        "grant of update (like_count) on table public.posts to authenticated is made by a migration,"
        " but not declared.",
    ]


async def test_tables_that_rules_match_by_value_send_their_old_rows_whole(empty_database):
    await _built(empty_database.dsn())
    found = await inspect(empty_database.dsn())
    whole = {facet.of for facet in found.facets.values() if facet.aspect == "replica identity"}
    assert "table public.memberships" in whole
    assert "table public.posts" not in whole


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
