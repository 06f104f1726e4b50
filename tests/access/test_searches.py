"""Searches find ids in views that pass row security by, and show each role what its policy shows it."""

from collections import Counter

import asyncpg
import httpx
import pytest

from backend.devstack.config import read_config
from schema.compile.quoting import quote_qualified
from schema.compile.searches import searched_relation
from schema.tables import CATALOG
from tests.access.attempts import Attempt, Verdict, caller
from tests.access.community import PEOPLE, Community
from tests.access.expectation import ACTORS, Expected
from tests.access.matrix import prepare
from tests.access.test_access_matrix import BY_NAME, EXPECTED
from tests.conftest import REPOSITORY, RunningStack

ROLES = ("anon", "authenticated", "folkmoot_writer", "service_role")
RIGHTS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
SEARCHED = [table for table in CATALOG if table.is_searched]
CASES = [expected for expected in EXPECTED if CATALOG.table(expected.table) in SEARCHED]


@pytest.mark.parametrize("expected", CASES, ids=lambda expected: expected.name)
async def test_a_view_shows_everybody_what_the_table_shows_them(
    owner: asyncpg.Connection, expected: Expected
):
    found = await _found(owner, expected)
    assert [pair for pair in found if pair[0] != pair[1]] == []


async def test_enough_is_seen_and_enough_not_for_this_to_mean_anything(owner: asyncpg.Connection):
    found: Counter[Verdict] = Counter()
    for expected in CASES:
        # Each case has a community of its own.
        transaction = owner.transaction()
        await transaction.start()
        found.update(verdict for (verdict, _), _ in await _found(owner, expected))
        await transaction.rollback()
    assert min(found[Verdict.DONE], found[Verdict.REFUSED]) > 20, found


async def _found(
    owner: asyncpg.Connection, expected: Expected
) -> list[tuple[tuple[Verdict, str], tuple[Verdict, str]]]:
    """What each actor finds of THE row in the view that they search, and in the table."""
    trial = await prepare(Community(owner, CATALOG, BY_NAME), expected)
    attempts: list[Attempt] = []
    for actor in ACTORS:
        person = PEOPLE.get(actor)
        for role in ("anon" if person is None else "authenticated", "folkmoot_writer"):
            for place in (searched_relation(trial.table, CATALOG, role), trial.name):
                attempts.append(Attempt(caller(role, person), f"select id from {place} {trial.where}"))
    found = [(outcome.verdict, str(outcome)) for outcome in await trial.run(attempts)]
    return list(zip(found[::2], found[1::2], strict=True))


async def test_each_view_is_read_by_those_who_search_it_and_written_by_nobody(owner: asyncpg.Connection):
    rows = await owner.fetch(
        "select format('searches.%I', relname) as name, role, may from pg_class"
        " cross join unnest($1::text[]) as role cross join unnest($2::text[]) as may"
        " where relnamespace = 'searches'::regnamespace"
        " and (has_table_privilege(role, pg_class.oid, may)"
        " or may in ('select', 'insert', 'update') and has_any_column_privilege(role, pg_class.oid, may))",
        ROLES,
        RIGHTS,
    )
    searched = {
        (searched_relation(table, CATALOG, role).replace('"', ""), role, "select")
        for table in SEARCHED
        for role in ROLES
        if searched_relation(table, CATALOG, role) != quote_qualified(table)
    }
    assert len(searched) > len(SEARCHED)
    assert {tuple(row) for row in rows} == searched
    reached = await owner.fetch(
        "select role, may from unnest($1::text[]) as role, unnest(array['usage', 'create']) as may"
        " where has_schema_privilege(role, 'searches', may)",
        ROLES,
    )
    assert {tuple(row) for row in reached} == {(role, "usage") for role in ROLES[:3]}
    assert (
        await owner.fetchval("select count(*) from pg_proc where pronamespace = 'searches'::regnamespace")
        == 0
    )


async def test_nobody_reaches_a_view_through_rest(stack: RunningStack):
    config = read_config(REPOSITORY / "supabase" / "config.toml", environment={})
    assert "searches" not in config.api.schemas
    view = "academy_programs_seen_by_visitors"
    async with httpx.AsyncClient(base_url=stack.api_url) as http:
        for key in (stack.anon_key, stack.service_role_key):
            keys = {"apikey": key, "authorization": f"Bearer {key}"}
            by_profile = await http.get(f"/rest/v1/{view}", headers={**keys, "accept-profile": "searches"})
            assert (by_profile.status_code, by_profile.json()["code"]) == (406, "PGRST106")
            by_name = await http.get(f"/rest/v1/{view}", headers={**keys, "accept-profile": "academy"})
            assert (by_name.status_code, by_name.json()["code"]) == (404, "PGRST205")
