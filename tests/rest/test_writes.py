"""POST, PATCH, PUT and DELETE on tables; each test on a library of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.rest.conftest import ME, SETTINGS, Rest, bearer, open_rest, refused

DEADLINE_S = 10.0
JSON = "application/json; charset=utf-8"


async def test_a_post_inserts_and_says_nothing(fresh: Rest):
    assert (await fresh.ask("POST", "/readers", {"id": 9, "name": "Zoe"})).whole == (
        201,
        {"content-range": "*/*"},
        None,
    )
    assert (await fresh.get("/readers?id=eq.9")).json == [{"id": 9, "name": "Zoe"}]


async def test_what_was_inserted_may_be_asked_for(fresh: Rest):
    answer = await fresh.ask(
        "POST",
        "/books?select=title,pages::text,shout,authors(name)",
        {"id": 50, "title": "New", "author_id": 1, "pages": 9},
        Prefer="return=representation, count=exact",
    )
    assert answer.whole == (
        201,
        {
            "content-range": "*/1",
            "content-type": JSON,
            "preference-applied": "return=representation, count=exact",
        },
        [{"title": "New", "pages": "9", "shout": "NEW", "authors": {"name": "Ada"}}],
    )


async def test_many_rows_are_inserted_at_once_and_come_back_in_the_order_asked_for(fresh: Rest):
    rows = [{"id": 11, "name": "B"}, {"id": 12, "name": "A"}]
    answer = await fresh.ask("POST", "/readers?order=name", rows, Prefer="return=representation")
    assert answer.brief == (201, rows[::-1])


async def test_headers_only_tells_where_the_row_is(fresh: Rest):
    answer = await fresh.ask("POST", "/readers", {"id": 9, "name": "Zoe"}, Prefer="return=headers-only")
    assert answer.whole == (
        201,
        {
            "content-range": "*/*",
            "location": "/readers?id=eq.9",
            "preference-applied": "return=headers-only",
        },
        None,
    )
    answer = await fresh.ask("POST", "/reviews", {"book_id": 4, "reader_id": 1}, Prefer="return=headers-only")
    assert answer.headers["location"] == "/reviews?book_id=eq.4&reader_id=eq.1"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("id,name\n9,Zoe\n", "text/csv"),
        ("id=9&name=Zoe", "application/x-www-form-urlencoded"),
    ],
)
async def test_csv_and_forms_are_inserted_like_json(fresh: Rest, content: str, content_type: str):
    answer = await fresh.ask(
        "POST", "/readers", content, Content_Type=content_type, Prefer="return=representation"
    )
    assert answer.brief == (201, [{"id": 9, "name": "Zoe"}])


async def test_columns_picks_from_the_body_and_missing_ones_get_their_default_if_preferred(fresh: Rest):
    rows = [{"id": 60, "title": "A", "junk": 1}, {"id": 61, "title": "B", "added_at": None}, {"title": "C"}]
    url = "/books?columns=id,title,added_at&select=title,added_at&order=title"
    refused_ = await fresh.ask("POST", url, rows)
    assert (refused_.status, refused_.json["code"]) == (400, "23502")
    answer = await fresh.ask("POST", url, [rows[0], rows[2]], Prefer="return=representation, missing=default")
    assert answer.brief == (
        201,
        [
            {"title": "A", "added_at": "2026-01-01T00:00:00+00:00"},
            {"title": "C", "added_at": "2026-01-01T00:00:00+00:00"},
        ],
    )
    assert answer.headers["preference-applied"] == "missing=default, return=representation"


async def test_empty_objects_insert_rows_of_defaults_and_an_empty_array_inserts_none(fresh: Rest):
    for body, rows in (({}, 1), ([{}, {}], 2), ([], 0)):
        answer = await fresh.ask("POST", "/scraps", body, Prefer="return=representation")
        assert answer.brief == (201, [{"words": None, "amount": None}] * rows), body


async def test_an_upsert_merges_and_its_status_tells_whether_anything_is_new(fresh: Rest):
    async def upsert(body: object, *, resolution: str = "merge-duplicates", url: str = "/readers?order=id"):
        return await fresh.ask("POST", url, body, Prefer=f"resolution={resolution}, return=representation")

    mixed = [{"id": 1, "name": "Rosa"}, {"id": 9, "name": "Zoe"}]
    answer = await upsert(mixed)
    assert answer.brief == (201, mixed)
    assert answer.headers["preference-applied"] == "resolution=merge-duplicates, return=representation"
    answer = await upsert([{"id": 1, "name": "Rita"}])
    assert answer.brief == (200, [{"id": 1, "name": "Rita"}])
    answer = await upsert([{"id": 1, "name": "X"}, {"id": 10, "name": "Y"}], resolution="ignore-duplicates")
    assert answer.brief == (201, [{"id": 10, "name": "Y"}])
    book = [{"id": 1, "isbn": "111", "title": "Sketches"}]
    answer = await upsert(book, url="/books?on_conflict=isbn&select=title")
    assert answer.brief == (200, [{"title": "Sketches"}])
    answer = await upsert([{"words": "no key"}], url="/scraps?select=words")
    assert answer.brief == (201, [{"words": "no key"}])
    assert answer.headers["preference-applied"] == "return=representation"


async def test_a_patch_changes_the_rows_filtered(fresh: Rest):
    answer = await fresh.ask("PATCH", "/books?author_id=eq.2", {"pages": 1})
    assert answer.whole == (204, {"content-range": "0-1/*"}, None)
    answer = await fresh.ask(
        "PATCH",
        "/books?pages=eq.1&select=id,authors(name)&order=id.desc",
        {"pages": 2, "genre": "verse"},
        Prefer="return=representation, count=exact",
    )
    assert answer.whole == (
        200,
        {
            "content-range": "0-1/2",
            "content-type": JSON,
            "preference-applied": "return=representation, count=exact",
        },
        [{"id": 3, "authors": {"name": "Borges"}}, {"id": 2, "authors": {"name": "Borges"}}],
    )
    assert (await fresh.ask("PATCH", "/books?id=eq.99", {"pages": 1})).whole == (
        204,
        {"content-range": "*/*"},
        None,
    )


async def test_a_patch_with_nothing_in_it_changes_nothing(fresh: Rest):
    for body in ({}, [], [{}]):
        answer = await fresh.ask("PATCH", "/books", body, Prefer="return=representation")
        assert (answer.brief, answer.headers["content-range"]) == ((200, []), "*/*"), body


async def test_a_put_makes_or_replaces_one_row(fresh: Rest):
    url = "/readers?id=eq.9"
    answer = await fresh.ask("PUT", url, {"id": 9, "name": "Zoe"}, Prefer="return=representation")
    assert answer.brief == (201, [{"id": 9, "name": "Zoe"}])
    answer = await fresh.ask("PUT", url, [{"id": 9, "name": "Zora"}], Prefer="return=representation")
    assert answer.brief == (200, [{"id": 9, "name": "Zora"}])
    assert (await fresh.ask("PUT", url, {"id": 9, "name": "Zelda"})).whole == (204, {}, None)


@pytest.mark.parametrize(
    ("url", "body", "status", "error"),
    [
        (
            "/readers?id=eq.9",
            {"id": 8, "name": "Zoe"},
            400,
            refused("PGRST115", "Payload values do not match URL in primary key column(s)"),
        ),
        (
            "/readers?id=eq.9",
            {"name": "Zoe"},
            400,
            refused("PGRST115", "Payload values do not match URL in primary key column(s)"),
        ),
        (
            "/readers?id=eq.9&limit=1",
            {"id": 9},
            400,
            refused("PGRST114", "limit/offset querystring parameters are not allowed for PUT"),
        ),
        *(
            (
                url,
                {"id": 9},
                405,
                refused(
                    "PGRST105",
                    "Filters must include all and only primary key columns with 'eq' operators",
                ),
            )
            for url in ("/readers", "/readers?id=gt.9", "/readers?id=not.eq.9", "/readers?name=eq.x")
        ),
    ],
)
async def test_puts_that_name_no_single_row_are_refused(
    fresh: Rest, url: str, body: object, status: int, error: Any
):
    assert (await fresh.ask("PUT", url, body)).brief == (status, error)


async def test_a_delete_removes_the_rows_filtered(fresh: Rest):
    answer = await fresh.ask("DELETE", "/books?id=eq.4&select=title", Prefer="return=representation")
    assert answer.whole == (
        200,
        {"content-range": "*/*", "content-type": JSON, "preference-applied": "return=representation"},
        [{"title": "Anonymous"}],
    )
    answer = await fresh.ask("DELETE", "/books?id=gt.1", Prefer="count=exact")
    assert answer.whole == (204, {"content-range": "*/2", "preference-applied": "count=exact"}, None)


async def test_a_whole_table_is_neither_changed_nor_emptied_by_a_forgotten_filter(fresh: Rest):
    answer = await fresh.ask("DELETE", "/books")
    assert answer.brief == (400, refused("21000", "DELETE requires a WHERE clause"))
    answer = await fresh.ask("PATCH", "/books", {"pages": 1})
    assert answer.brief == (400, refused("21000", "UPDATE requires a WHERE clause"))


async def test_what_turns_out_wrong_afterwards_is_rolled_back(fresh: Rest):
    answer = await fresh.ask(
        "PATCH",
        "/books?id=gt.1",
        {"pages": 1},
        Accept="application/vnd.pgrst.object+json",
        Prefer="return=representation",
    )
    assert (answer.status, answer.json["code"]) == (406, "PGRST116")
    answer = await fresh.ask("DELETE", "/books?id=gt.1", Prefer="handling=strict, max-affected=2")
    assert answer.brief == (
        400,
        refused(
            "PGRST124",
            "Query result exceeds max-affected preference constraint",
            "The query affects 3 rows",
        ),
    )
    assert (await fresh.get("/books?pages=eq.1", Prefer="count=exact")).headers["content-range"] == "*/0"
    assert (await fresh.get("/books", Prefer="count=exact")).headers["content-range"] == "0-3/4"
    answer = await fresh.ask("DELETE", "/books?id=gt.3", Prefer="handling=strict, max-affected=2")
    assert (answer.status, answer.headers["preference-applied"]) == (204, "handling=strict, max-affected=2")


async def test_a_client_that_leaves_takes_its_transaction_along(fresh: Rest):
    watcher = await asyncpg.connect(fresh.dsn.replace("postgres:postgres@", "supabase_admin:postgres@"))
    asleep = (
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
    )
    try:
        for _ in range(4):  # More often than the pool has connections.
            leaving = asyncio.create_task(fresh.ask("POST", "/rpc/dawdle"))
            async with asyncio.timeout(DEADLINE_S):
                while not await watcher.fetchval(asleep):  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            leaving.cancel()
            await asyncio.wait([leaving])
        assert (await fresh.ask("POST", "/scraps", {"words": "kept"})).status == 201
        assert (await fresh.get("/scraps?select=words")).json == [{"words": "kept"}]
    finally:
        await watcher.close()


async def test_a_rollback_may_be_asked_for_only_where_the_server_allows_it(library, fresh: Rest):
    row, headers = {"id": 9, "name": "Zoe"}, {"Prefer": "tx=rollback, return=representation"}
    assert (await fresh.ask("POST", "/readers", row, **headers)).headers["preference-applied"] == (
        "return=representation"
    )
    assert (await fresh.get("/readers?id=eq.9")).json == [row]
    async with open_rest(library, SETTINGS, tx_override=True) as willing:
        answer = await willing.ask("POST", "/readers", row, **headers)
        assert answer.brief == (201, [row])
        assert answer.headers["preference-applied"] == "return=representation, tx=rollback"
        assert (await willing.get("/readers?id=eq.9")).json == []


async def test_rows_are_written_and_read_under_the_callers_policies(fresh: Rest):
    mine = {"Authorization": bearer(sub=ME)}
    read = "/notes?select=id,body&order=id"
    assert (await fresh.get(read)).json == [{"id": 2, "body": "yours"}]
    assert (await fresh.get(read, **mine)).json == [{"id": 1, "body": "mine"}]
    # Minimal needs no right to read what was written.
    assert (await fresh.ask("POST", "/notes", {"id": 3, "body": "new"}, **mine)).status == 201
    assert (await fresh.ask("PATCH", "/notes?id=in.(2,3)", {"body": "changed"}, **mine)).headers[
        "content-range"
    ] == "0-0/*"
    answer = await fresh.ask(
        "POST", "/notes", {"id": 4, "body": "x", "owner": "00000000-0000-0000-0000-000000000002"}, **mine
    )
    assert answer.brief == (
        403,
        refused("42501", 'new row violates row-level security policy for table "notes"'),
    )


async def test_columns_without_a_grant_are_out_of_reach(fresh: Rest):
    mine = {"Authorization": bearer(sub=ME)}
    denied = refused("42501", "permission denied for table notes")
    assert (await fresh.get("/notes", **mine)).brief == (403, denied)
    assert (await fresh.get("/notes?select=secret", **mine)).brief == (403, denied)
    assert (await fresh.get("/notes?select=id&secret=eq.s", **mine)).brief == (403, denied)
    assert (await fresh.ask("POST", "/notes", {"id": 5, "body": "x", "secret": "y"}, **mine)).brief == (
        403,
        denied,
    )
    answer = await fresh.ask("PATCH", "/notes?id=eq.1", {"is_public": True}, **mine)
    assert answer.brief == (403, denied)
