"""GET, HEAD and POST on /rpc."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.conftest import Rest, refused


@pytest.mark.parametrize(
    ("method", "url", "body", "result"),
    [
        ("GET", "/rpc/greet", None, "Hello, world"),
        ("GET", "/rpc/greet?name=Ada", None, "Hello, Ada"),
        ("POST", "/rpc/greet", None, "Hello, world"),
        ("POST", "/rpc/greet", {"name": "Ada"}, "Hello, Ada"),
        ("GET", "/rpc/add?a=3&b=4", None, 7),
        ("POST", "/rpc/add", {"a": 3, "b": 4}, 7),
        ("POST", "/rpc/add?columns=a,b", {"a": 3, "b": 4, "c": 5}, 7),
        ("GET", "/rpc/total?numbers=1&numbers=2", None, 3),
        ("POST", "/rpc/total", {"numbers": [1, 2, 3]}, 6),
        ("GET", "/rpc/ids", None, [1, 2, 3, 4]),
        ("GET", "/rpc/ids?limit=1&offset=1", None, [2]),
        ("GET", "/rpc/books_by?author=2&select=title", None, [{"title": "Ficciones"}, {"title": "El Aleph"}]),
        ("POST", "/rpc/books_by?select=title&pages=lt.150", {"author": 2}, [{"title": "El Aleph"}]),
        ("GET", "/rpc/books_by?author=2&select=shout&order=shout&limit=1", None, [{"shout": "EL ALEPH"}]),
        (
            "GET",
            "/rpc/books_by?author=1&select=id,authors(name),reviews(stars)",
            None,
            [{"id": 1, "authors": {"name": "Ada"}, "reviews": [{"stars": 5}]}],
        ),
        (
            "GET",
            "/rpc/first_author?select=name,latest_book(id)",
            None,
            {"name": "Ada", "latest_book": {"id": 1}},
        ),
        ("GET", "/rpc/split?word=books", None, {"head": "b", "tail": "ooks"}),
        ("GET", "/rpc/series?n=3&i=gt.1&order=i.desc", None, [{"i": 3, "square": 9}, {"i": 2, "square": 4}]),
        ("POST", "/rpc/echo", {"any": ["thing"]}, {"any": ["thing"]}),
        ("POST", "/rpc/echo", [1, 2], [1, 2]),
    ],
)
async def test_functions_are_called(rest: Rest, method: str, url: str, body: object, result: Any):
    assert (await rest.ask(method, url, body)).brief == (200, result)


async def test_a_body_may_be_the_only_argument(rest: Rest):
    answer = await rest.ask("POST", "/rpc/measure", b"\x00\xff\x00", Content_Type="application/octet-stream")
    assert answer.brief == (200, 3)


async def test_whole_replies(rest: Rest):
    answer = await rest.get("/rpc/ids?limit=2", Prefer="count=exact")
    assert answer.whole == (
        206,
        {
            "content-range": "0-1/4",
            "content-type": "application/json; charset=utf-8",
            "preference-applied": "count=exact",
        },
        [1, 2],
    )
    assert (await rest.ask("POST", "/rpc/nothing", {})).whole == (204, {"content-range": "0-0/*"}, None)
    answer = await rest.ask("HEAD", "/rpc/ids")
    assert (answer.brief, answer.headers["content-range"]) == ((200, None), "0-3/*")
    answer = await rest.get("/rpc/ids", Accept="text/csv")
    assert answer.brief == (200, "pgrst_scalar\n1\n2\n3\n4")


async def test_a_get_may_not_write(fresh: Rest):
    answer = await fresh.get("/rpc/write_note?id=1")
    assert answer.brief == (405, refused("25006", "cannot execute INSERT in a read-only transaction"))
    assert (await fresh.ask("POST", "/rpc/write_note", {"id": 1})).status == 204
    assert (await fresh.get("/scraps")).json == [{"words": "1", "amount": None}]


async def test_sql_may_choose_status_and_headers(rest: Rest):
    answer = await rest.ask("POST", "/rpc/teapot")
    assert (answer.status, answer.headers["x-pot"], answer.headers["content-type"], answer.content) == (
        418,
        "tea",
        "text/plain",
        b'"short and stout"',
    )
    answer = await rest.ask("POST", "/rpc/bad_headers")
    assert (answer.status, answer.json["code"]) == (500, "PGRST111")


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "error"),
    [
        (
            "GET",
            "/rpc/great",
            None,
            404,
            refused(
                "PGRST202",
                "Could not find the function public.great without parameters in the schema cache",
                "Searched for the function public.great without parameters, but no matches were found "
                "in the schema cache.",
                "Perhaps you meant to call the function public.greet",
            ),
        ),
        (
            "GET",
            "/rpc/add?a=1&b=2&d=3",
            None,
            404,
            refused(
                "PGRST202",
                "Could not find the function public.add(a, b, d) in the schema cache",
                "Searched for the function public.add with parameters a, b, d, but no matches were found "
                "in the schema cache.",
                "Perhaps you meant to call the function public.add(a, b)",
            ),
        ),
        (
            "POST",
            "/rpc/greet",
            {"nam": "x"},
            404,
            refused(
                "PGRST202",
                "Could not find the function public.greet(nam) in the schema cache",
                "Searched for the function public.greet with parameter nam or with a single unnamed "
                "json/jsonb parameter, but no matches were found in the schema cache.",
                "Perhaps you meant to call the function public.greet(name)",
            ),
        ),
        (
            "GET",
            "/rpc/chosen?a=1",
            None,
            300,
            refused(
                "PGRST203",
                "Could not choose the best candidate function between: public.chosen(a => integer), "
                "public.chosen(a => text)",
                hint="Try renaming the parameters or the function itself in the database so function "
                "overloading can be resolved",
            ),
        ),
        ("PATCH", "/rpc/add", {}, 405, refused("PGRST101", "Cannot use the PATCH method on RPC")),
        (
            "GET",
            "/rpc/add?a=x&b=1",
            None,
            400,
            refused("22P02", 'invalid input syntax for type integer: "x"'),
        ),
    ],
)
async def test_calls_that_cannot_be_are_refused(
    rest: Rest, method: str, url: str, body: object, status: int, error: Any
):
    assert (await rest.ask(method, url, body)).brief == (status, error)


async def test_max_affected_wants_a_function_that_returns_rows(rest: Rest):
    strict = {"Prefer": "handling=strict, max-affected=1"}
    assert (await rest.get("/rpc/add?a=1&b=2", **strict)).json["code"] == "PGRST128"
    assert (await rest.get("/rpc/ids", **strict)).json["code"] == "PGRST124"
