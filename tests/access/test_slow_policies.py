"""A policy that would be slow on many rows is found, whatever makes it slow."""

import pytest

from schema.tables import CATALOG
from tests.access.policy_plans import find_slow_policies

POSTS = CATALOG.table("posts")

_CLEARED = """
do $$
declare
    one record;
begin
    for one in select polname from pg_policy where polrelid = 'public.posts'::regclass loop
        execute format('drop policy %I on public.posts', one.polname);
    end loop;
end
$$;
create function private.is_open(space uuid) returns boolean language plpgsql stable as $$
    begin return space is not null; end $$;
create function private.wordy_people() returns setof uuid language plpgsql stable as $$
    begin return query select id from public.users where name = 'Ada'; end $$;
create function private.wordy_authors() returns setof uuid language plpgsql stable as $$
    begin return query select private.wordy_people(); end $$;
grant execute on all functions in schema private to authenticated;
"""
"""Every policy goes, so that the one to try is alone; and there are functions for it to call."""

FAST = {
    "the caller, asked once": "author_id = (select auth.uid())",
    "a list, gathered once": "space_id = any (array(select id from public.spaces where icon is null))",
    "a row looked up by its id": "exists (select from public.users where users.id = posts.author_id)",
}

SLOW = {
    "the caller, asked for each row": ("author_id = auth.uid()", "() is called for each row"),
    "a function of the row": ("private.is_open(space_id)", "private.is_open() is called for each row"),
    "a function of the row in a subselect, which does not help": (
        "(select private.is_open(space_id))",
        "private.is_open() is called for each row",
    ),
    "a cast by function inside a comparison": (
        "lower(content) = (select auth.role())",
        "lower() is called for each row",
    ),
    "another table, looked up by a column without an index": (
        "exists (select from public.users where users.name = posts.author_name)",
        "public.users: is read from end to end",
    ),
    "a large table gathered first": (
        "author_id = any (array(select id from public.users where users.name = 'Ada'))",
        "public.users: is read from end to end",
    ),
    "the caller's own rows, by a column without an index": (
        "author_name = (select auth.uid())::text",
        "public.posts: is read from end to end",
    ),
}


async def slow_with(filled, condition: str) -> list[str]:
    """What is found when `condition` is all that guards posts."""
    await filled.fill({"public.posts", "public.users", "public.spaces"})
    transaction = filled.connection.transaction()
    await transaction.start()
    try:
        await filled.connection.execute(_CLEARED)
        await filled.connection.execute(
            f"create policy tried on public.posts for select to authenticated using ({condition})"
        )
        return await find_slow_policies(filled, POSTS)
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("name", FAST)
async def test_a_fast_policy_passes(filled, name):
    assert await slow_with(filled, FAST[name]) == []


@pytest.mark.parametrize("name", SLOW)
async def test_a_slow_policy_is_found(filled, name):
    condition, problem = SLOW[name]
    found = await slow_with(filled, condition)
    assert any(problem in slow and "select by authenticated" in slow for slow in found), found


async def test_a_function_that_calls_one_that_reads_a_large_table_is_found(filled):
    found = await slow_with(filled, "author_id = any (array(select private.wordy_authors()))")
    assert found == ["public.users: is read from end to end (private.wordy_authors())"]


async def test_a_missing_index_is_found(filled):
    await filled.fill({"public.posts", "public.users", "public.spaces"})
    transaction = filled.connection.transaction()
    await transaction.start()
    try:
        await filled.connection.execute("drop index public.posts_by_author_id")
        found = await find_slow_policies(filled, POSTS)
    finally:
        await transaction.rollback()
    assert any("on by_author_id" in slow and "is read from end to end" in slow for slow in found), found
