"""The views that searches look in show each role what row security shows it, and nobody a hidden column."""

import json
from collections.abc import AsyncIterator
from itertools import product
from uuid import UUID, uuid4

import asyncpg
import pytest

from schema.compile.searches import compile_searches, searched_relation
from schema.language import (
    Access,
    Catalog,
    Index,
    Ref,
    Rows,
    SearchIndex,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can,
    can_see,
    equals,
)
from schema.language.spec import TableSpec
from tests.databases import connected, declare_database
from tests.schema.library import CATALOG as LIBRARY
from tests.schema.library import Membership, Person

_EDITORS = any_of(equals("is_open", True), caller_is("owner_id"))
_DESK = Access(
    read=equals("is_shown", True),
    update=caller_is("owner_id").columns("is_open"),
    permissions={"edit": _EDITORS},
)


class Desk(Table, name="desks", access=_DESK):
    """One of many, each looked up by itself: whoever may edit it has to see it, too."""

    owner_id: Ref[Person]
    is_shown: bool
    is_open: bool
    updated_at: Timestamp
    indexes = (Index("by_owner_id", "owner_id"),)


class Counter(Table, name="counters", rows=Rows.FEW, access=_DESK):
    """One of few, gathered by a function that no policy binds."""

    owner_id: Ref[Person]
    is_shown: bool
    is_open: bool
    updated_at: Timestamp
    indexes = (Index("by_owner_id", "owner_id"),)


class Note(Table, name="notes"):
    """Lies on a desk and beside a counter, for those who may edit one of them."""

    desk_id: Ref[Desk]
    counter_id: Ref[Counter]
    on_desk: bool
    text: str
    indexes = (
        Index("by_desk_id", "desk_id"),
        Index("by_counter_id", "counter_id"),
        SearchIndex("search", "text"),
    )
    access = Access(
        read=any_of(
            all_of(equals("on_desk", True), can("edit", "desk_id")),
            all_of(equals("on_desk", False), can("edit", "counter_id")),
        )
    )


class Remark(Table, name="remarks"):
    """On a note, for whoever sees that."""

    note_id: Ref[Note]
    text: str
    indexes = (Index("by_note_id", "note_id"), SearchIndex("search", "text"))
    access = Access(read=can_see("note_id"))


OFFICE = Catalog(Person, Membership, Desk, Counter, Note, Remark)
ROLES = ("anon", "authenticated", "folkmoot_writer")


@pytest.fixture(scope="module")
async def office(cluster) -> AsyncIterator[asyncpg.Connection]:
    """The owner of an office with notes on, and beside, desks and counters of every kind, by two people."""
    database = await declare_database(cluster, "schema_searches", OFFICE)
    async with connected(database.dsn()) as owner:
        for name in ("Ada", "Ben"):
            await owner.execute(
                "insert into auth.users (id, email) values ($1, $2)", uuid4(), f"{name}@example.org"
            )
        people = [row["id"] for row in await owner.fetch("select id from public.users")]
        for shown, is_open, person in product((True, False), (True, False), people):
            places = [
                await owner.fetchval(
                    f"insert into public.{table} (owner_id, is_shown, is_open) values ($1, $2, $3)"
                    " returning id",
                    *(person, shown, is_open),
                )
                for table in ("desks", "counters")
            ]
            for on_desk in (True, False):
                note = await owner.fetchval(
                    "insert into public.notes (desk_id, counter_id, on_desk, text) values ($1, $2, $3, 'tea')"
                    " returning id",
                    *(*places, on_desk),
                )
                await owner.execute("insert into public.remarks (note_id, text) values ($1, 'yes')", note)
        yield owner


async def ids(owner: asyncpg.Connection, role: str, person: UUID | None, relation: str) -> list[UUID]:
    claims = {"role": "anon"} if person is None else {"role": "authenticated", "sub": str(person)}
    async with owner.transaction():
        await owner.execute("select set_config('request.jwt.claims', $1, true)", json.dumps(claims))
        await owner.execute(f"set local role {role}")
        found = [row["id"] for row in await owner.fetch(f"select id from {relation} order by id")]
        await owner.execute("set local role none")
    return found


async def test_who_edits_a_row_looked_up_has_to_see_it_in_a_view_as_under_row_security(office):
    [ada, _] = [row["id"] for row in await office.fetch("select id from public.users")]
    counted: dict[tuple[str, str], int] = {}
    for role, table in product(ROLES, ("notes", "remarks")):
        person = None if role == "anon" else ada
        relation = searched_relation(OFFICE.table(table), OFFICE, role)
        assert relation.startswith("searches.")
        found = await ids(office, role, person, relation)
        assert found == await ids(office, role, person, f"public.{table}")
        counted[role, table] = len(found)
    # On desks in sight that are open or Ada's, and beside counters that are: those a visitor has to see.
    assert counted["anon", "notes"] == 2 + 2
    assert counted["authenticated", "notes"] == 3 + 6
    # The writer sees what Ada may change besides, hidden or not.
    assert counted["folkmoot_writer", "notes"] == 5 + 6


def test_only_tables_with_an_index_for_searches_have_views_and_only_for_who_sees_something():
    views = [text.partition(" as")[0] for text in compile_searches(LIBRARY)]
    assert views == [
        compile_searches(LIBRARY)[0],
        'create view searches."library_books_seen_by_visitors"',
        'create view searches."library_books_seen_by_people"',
    ]
    assert compile_searches(Catalog(Person, Membership, Desk, Counter)) == []


def test_the_service_and_those_who_see_nothing_search_the_table_itself():
    loans, books = LIBRARY.table("library.loans"), LIBRARY.table("library.books")

    def searched(table: TableSpec) -> dict[str, str]:
        return {role: searched_relation(table, LIBRARY, role) for role in (*ROLES, "service_role")}

    people = 'searches."library_books_seen_by_people"'
    assert searched(books) == {
        "anon": 'searches."library_books_seen_by_visitors"',
        "authenticated": people,
        "folkmoot_writer": people,
        "service_role": '"library"."books"',
    }
    assert searched(loans)["anon"] == '"library"."loans"'


def test_a_view_says_what_the_policy_says():
    [_, visitors, _] = compile_searches(LIBRARY)
    assert visitors.splitlines()[:3] == [
        'create view searches."library_books_seen_by_visitors" as',
        'select * from "library"."books" as one',
        """where one."published_at" is not null and one."plan" = 'free';""",
    ]


async def test_a_hidden_column_is_no_more_readable_in_a_view_than_in_its_table(library_dsn):
    async with connected(library_dsn) as owner:
        rows = await owner.fetch(
            "select role, has_column_privilege(role, relation, 'answer', 'select') as hidden,"
            " has_column_privilege(role, relation, 'title', 'select') as shown"
            " from unnest($1::text[], $2::text[]) as given (role, relation)",
            ROLES,
            [searched_relation(LIBRARY.table("library.books"), LIBRARY, role) for role in ROLES],
        )
    assert [tuple(row) for row in rows] == [
        ("anon", False, True),
        ("authenticated", False, True),
        ("folkmoot_writer", True, True),
    ]
