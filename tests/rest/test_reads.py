"""GET and HEAD on tables and views: filters, select, order, ranges and counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.conftest import Rest, refused

JSON = "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ("id=eq.2", [2]),
        ("id=neq.2", [1, 3, 4]),
        ("id=gt.2", [3, 4]),
        ("id=gte.2&id=lt.4", [2, 3]),
        ("id=lte.1", [1]),
        ("title=like.*o*", [1, 2, 4]),
        ("title=ilike.EL*", [3]),
        ("title=match.^F", [2]),
        ("title=imatch.aleph$", [3]),
        ("title=like(any).{F*,N*}", [1, 2]),
        ("title=like(all).{*o*,A*}", [4]),
        ("id=eq(any).{1,4}", [1, 4]),
        ("id=in.(1,3,9)", [1, 3]),
        ('title=in.("El Aleph",Notes)', [1, 3]),
        ("id=in.()", []),
        ("genre=eq.verse", [4]),
        ("genre=in.(verse,essay)", [1, 4]),
        ("author_id=is.null", [4]),
        ("author_id=not.is.null", [1, 2, 3]),
        ("author_id=is.not_null", [1, 2, 3]),
        ("author_id=isdistinct.2", [1, 4]),
        ("isbn=eq.222", [2]),
        ("isbn=eq.not-an-isbn", []),
        ("added_at=gte.2026-01-01T00:00:00Z&id=eq.1", [1]),
        ("lent=cs.[2,3)", [1]),
        ("lent=cd.[0,30)", [1, 2, 4]),
        ("lent=ov.[4,11)", [1, 2]),
        ("lent=sl.[6,7)", [1]),
        ("lent=sr.[6,7)", [2]),
        ("lent=nxr.[2,5)", [1]),
        ("lent=nxl.[2,5)", [2]),
        ("lent=adj.[5,10)", [1, 2]),
        ("title=fts.ficciones", [2]),
        ("title=plfts(english).notes", [1]),
        ("title=phfts(simple).el aleph", [3]),
        ("title=wfts(simple).aleph or notes", [1, 3]),
        ("title=not.fts(simple).aleph", [1, 2, 4]),
        ("or=(id.eq.1,and(id.gt.2,genre.eq.novel))", [1, 3]),
        ("not.or=(id.eq.1,id.eq.2)", [3, 4]),
        ("and=(id.gt.1,or(title.eq.\"El Aleph\",title.eq.Anonymous))", [3, 4]),
        ("shout=eq.NOTES", [1]),
        ("title=eq.it's; drop table books --", []),
    ],
)  # fmt: skip
async def test_filters_choose_rows(rest: Rest, filters: str, ids: list[int]):
    answer = await rest.get(f"/books?select=id&order=id&{filters}")
    assert answer.brief == (200, [{"id": id_} for id_ in ids])


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select=name&id=eq.1", [{"name": "Ada"}]),
        ("select=n:name,id::text&id=eq.1", [{"n": "Ada", "id": "1"}]),
        ("select=details->city->>name&id=eq.2", [{"name": "Buenos Aires"}]),
        ("select=details->scores->1&id=eq.1", [{"scores": 8}]),
        ("select=first:tags->0&id=eq.1", [{"first": "maths"}]),
        ("select=name&details->city->>name=eq.London", [{"name": "Ada"}]),
        ("select=name&details->scores->0=eq.7", [{"name": "Ada"}]),
        ("select=name&tags=cs.{maths}", [{"name": "Ada"}]),
        ("select=name&tags=ov.{maths,fiction}&order=id", [{"name": "Ada"}, {"name": "Borges"}]),
        ("select=name&order=details->city->>name.desc.nullslast", ["Ada", "Borges", "Nobody"]),
        ("select=name&order=born.nullsfirst", ["Nobody", "Ada", "Borges"]),
        ("select=name&order=born.desc.nullslast&limit=1", ["Borges"]),
        ("select=&id=eq.1", [{}]),
        ("select=born::date,born&id=eq.3", None),
    ],
)
async def test_select_shapes_and_order_sorts(rest: Rest, query: str, rows: Any):
    answer = await rest.get(f"/authors?{query}")
    if rows is None:
        assert answer.status == 200
        return
    expected = [row if isinstance(row, dict) else {"name": row} for row in rows]
    assert answer.brief == (200, expected)


async def test_a_whole_reply(rest: Rest):
    assert (await rest.get("/readers?order=id&select=*")).whole == (
        200,
        {
            "content-range": "0-1/*",
            "content-location": "/readers?order=id&select=%2A",
            "content-type": JSON,
        },
        [{"id": 1, "name": "Rita"}, {"id": 2, "name": "Sam"}],
    )


async def test_head_answers_like_get_without_a_body(rest: Rest):
    answer = await rest.ask("HEAD", "/readers?limit=1", Prefer="count=exact")
    assert answer.whole == (
        206,
        {
            "content-range": "0-0/2",
            "content-location": "/readers?limit=1",
            "content-type": JSON,
            "preference-applied": "count=exact",
        },
        None,
    )


@pytest.mark.parametrize(
    ("url", "headers", "status", "content_range", "rows"),
    [
        ("/books?limit=2&offset=1", {}, 200, "1-2/*", 2),
        ("/books", {"Range": "0-1"}, 200, "0-1/*", 2),
        ("/books", {"Range": "1-", "Range-Unit": "items"}, 200, "1-3/*", 3),
        ("/books?limit=0", {}, 200, "*/*", 0),
        ("/books?id=eq.99", {}, 200, "*/*", 0),
        ("/books?id=eq.99", {"Prefer": "count=exact"}, 200, "*/0", 0),
        ("/books?limit=2", {"Prefer": "count=exact"}, 206, "0-1/4", 2),
        ("/books", {"Prefer": "count=exact"}, 200, "0-3/4", 4),
        ("/books?limit=2", {"Prefer": "count=estimated"}, 206, "0-1/4", 2),
        ("/books?offset=4", {"Prefer": "count=exact"}, 206, "*/4", 0),
    ],
)
async def test_ranges_and_counts(
    rest: Rest, url: str, headers: dict[str, str], status: int, content_range: str, rows: int
):
    answer = await rest.get(url, **headers)
    assert (answer.status, answer.headers["content-range"], len(answer.json)) == (status, content_range, rows)


async def test_a_planned_count_is_the_planners_guess(rest: Rest):
    answer = await rest.get("/books?limit=1", Prefer="count=planned")
    shown, guess = answer.headers["content-range"].split("/")
    assert (answer.status, shown) == (206, "0-0")
    assert int(guess) >= 1


async def test_a_range_past_the_end_cannot_be_satisfied(rest: Rest):
    answer = await rest.get("/books?offset=9", Prefer="count=exact")
    body = refused(
        "PGRST103",
        "Requested range not satisfiable",
        "An offset of 9 was requested, but there are only 4 rows.",
    )
    assert (answer.brief, answer.headers["content-range"]) == ((416, body), "*/4")


@pytest.mark.parametrize(
    ("url", "headers", "details"),
    [
        ("/books?limit=-1", {}, "Limit should be greater than or equal to zero."),
        (
            "/books",
            {"Range": "5-2"},
            "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
        ),
    ],
)
async def test_impossible_ranges_are_refused(rest: Rest, url: str, headers: dict[str, str], details: str):
    answer = await rest.get(url, **headers)
    assert answer.brief == (416, refused("PGRST103", "Requested range not satisfiable", details))


async def test_one_row_may_be_asked_for_as_an_object(rest: Rest):
    accept = "application/vnd.pgrst.object+json"
    answer = await rest.get("/readers?id=eq.1", Accept=accept)
    assert (answer.brief, answer.headers["content-type"]) == (
        (200, {"id": 1, "name": "Rita"}),
        f"{accept}; charset=utf-8",
    )
    message = "Cannot coerce the result to a single JSON object"
    for filters, rows in (("id=eq.9", 0), ("id=gt.0", 2)):
        answer = await rest.get(f"/readers?{filters}", Accept=accept)
        assert answer.brief == (406, refused("PGRST116", message, f"The result contains {rows} rows"))


async def test_nulls_may_be_stripped(rest: Rest):
    accept = "application/vnd.pgrst.array+json;nulls=stripped"
    answer = await rest.get("/books?id=eq.4&select=id,isbn", Accept=accept)
    assert (answer.brief, answer.headers["content-type"]) == (
        (200, [{"id": 4}]),
        f"{accept}; charset=utf-8",
    )


async def test_rows_may_be_asked_for_as_csv(rest: Rest):
    answer = await rest.get("/books?select=id,title,isbn&id=gt.2&order=id", Accept="text/csv")
    assert (answer.brief, answer.headers["content-type"]) == (
        (200, 'id,title,isbn\n3,"El Aleph",333\n4,Anonymous,'),
        "text/csv; charset=utf-8",
    )


async def test_no_more_rows_than_the_server_allows_are_given(library, rest: Rest):
    from tests.rest.conftest import SETTINGS, open_rest

    async with open_rest(library, SETTINGS, rows_max=2) as small:
        answer = await small.get("/books?select=id&order=id&limit=3")
        assert (answer.brief, answer.headers["content-range"]) == ((200, [{"id": 1}, {"id": 2}]), "0-1/*")
        embedded = await small.get("/readers?select=id,books(id)&id=eq.2&books.order=id")
        assert embedded.json == [{"id": 2, "books": [{"id": 1}, {"id": 2}]}]
        estimated = await small.get("/books?select=id", Prefer="count=estimated")
        assert estimated.headers["content-range"].startswith("0-1/")
        assert estimated.status == 206


async def test_views_and_odd_names_are_read(rest: Rest):
    assert (await rest.get("/book_list?id=eq.1")).json == [{"id": 1, "title": "Notes", "pages": 66}]
    assert (await rest.get("/author_counts?author_id=eq.2")).json == [{"author_id": 2, "count": 2}]
    assert (await rest.get('/Odd%20Names?select="q\\"uote",select&a b=eq.1')).json == [
        {'q"uote': "it's", "select": "x"}
    ]


async def test_aggregates_are_off_unless_the_server_allows_them(library, rest: Rest):
    from tests.rest.conftest import SETTINGS, open_rest

    answer = await rest.get("/books?select=pages.sum()")
    assert answer.brief == (400, refused("PGRST123", "Use of aggregate functions is not allowed"))
    async with open_rest(library, SETTINGS, aggregates_enabled=True) as counting:
        by_genre = await counting.get("/books?select=genre,pages.sum()::text,n:count()&order=genre")
        assert by_genre.json == [
            {"genre": "novel", "sum": "320", "n": 2},
            {"genre": "essay", "sum": "66", "n": 1},
            {"genre": "verse", "sum": None, "n": 1},
        ]
        total = await counting.get("/books?select=genre,count()", Prefer="count=exact")
        assert total.headers["content-range"] == "0-2/3"
        nested = await counting.get("/authors?select=name,books(pages.max())&order=id")
        assert nested.json == [
            {"name": "Ada", "books": [{"max": 66}]},
            {"name": "Borges", "books": [{"max": 174}]},
            {"name": "Nobody", "books": [{"max": None}]},
        ]


async def test_the_settings_of_a_request_reach_sql(rest: Rest):
    url = "/rpc/setting?name="
    assert (await rest.get(url + "request.method")).json == "GET"
    assert (await rest.get(url + "request.path")).json == "/rpc/setting"
    assert (await rest.get(url + "search_path")).json == '"public", "extensions"'
    assert (await rest.get(url + "role")).json == "anon"
    assert (await rest.get(url + "statement_timeout")).json == "3s"
    assert (await rest.get(url + "timezone", Prefer="timezone=Europe/Rome")).json == "Europe/Rome"
    assert (await rest.get(url + "request.headers", X_Trace="it's")).json.find('"x-trace": "it\'s"') > 0
    assert (await rest.get(url + "request.cookies", Cookie="a=b; c=d")).json == '{"a": "b", "c": "d"}'
    assert (await rest.get(url + "request.jwt.claims")).json == '{"role": "anon"}'
    assert (await rest.get(url + "transaction_read_only")).json == "on"
