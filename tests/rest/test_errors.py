"""What is refused, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.devstack.rest.app import BODY_BYTES_MAX, URL_BYTES_MAX
from backend.devstack.rest.errors import STATUS_BY_CODE
from tests.rest.conftest import SETTINGS, Rest, bearer, open_rest, refused


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "error"),
    [
        (
            "GET",
            "/bookz",
            None,
            404,
            refused(
                "PGRST205",
                "Could not find the table 'public.bookz' in the schema cache",
                hint="Perhaps you meant the table 'public.books'",
            ),
        ),
        ("GET", "/pg_class", None, 404, None),
        ("GET", "/a/b/c", None, 404, refused("PGRST125", "Invalid path specified in request URL")),
        ("GET", "/", None, 404, refused("PGRST126", "Root endpoint metadata is disabled")),
        ("TRACE", "/books", None, 405, refused("PGRST117", "Unsupported HTTP method: TRACE")),
        (
            "GET",
            "/books?select=titel",
            None,
            400,
            refused(
                "42703",
                "column books.titel does not exist",
                hint='Perhaps you meant to reference the column "books.title".',
            ),
        ),
        ("GET", "/books?order=zzz", None, 400, refused("42703", "column books.zzz does not exist")),
        ("GET", "/books?ctid=eq.1", None, 400, refused("42703", "column books.ctid does not exist")),
        ("GET", "/books?select=id::regclas", None, 400, refused("42704", 'type "regclas" does not exist')),
        ("GET", "/books?id=eq.x", None, 400, refused("22P02", 'invalid input syntax for type integer: "x"')),
        (
            "GET",
            "/books?genre=eq.opera",
            None,
            400,
            refused("22P02", 'invalid input value for enum genre: "opera"'),
        ),
        (
            "POST",
            "/books",
            {"titel": "x"},
            400,
            refused("PGRST204", "Could not find the 'titel' column of 'books' in the schema cache"),
        ),
        ("POST", "/books", "{", 400, refused("PGRST102", "Empty or invalid json")),
        (
            "POST",
            "/readers",
            {"id": 1, "name": "x"},
            409,
            refused(
                "23505",
                'duplicate key value violates unique constraint "readers_pkey"',
                "Key (id)=(1) already exists.",
            ),
        ),
        (
            "POST",
            "/books",
            {"title": "x", "author_id": 99},
            409,
            refused(
                "23503",
                'insert or update on table "books" violates foreign key constraint "books_author_fkey"',
                'Key (author_id)=(99) is not present in table "authors".',
            ),
        ),
        (
            "POST",
            "/author_counts",
            {"author_id": 1},
            500,
            refused(
                "55000",
                'cannot insert into view "author_counts"',
                "Views containing GROUP BY are not automatically updatable.",
                "To enable inserting into the view, provide an INSTEAD OF INSERT trigger or an unconditional "
                "ON INSERT DO INSTEAD rule.",
            ),
        ),
    ],
)
async def test_refusals(rest: Rest, method: str, url: str, body: object, status: int, error: Any):
    answer = await rest.ask(method, url, body)
    assert answer.status == status
    if error is not None:
        assert answer.json == error
    assert answer.headers["proxy-status"] == f"PostgREST; error={answer.json['code']}"


@pytest.mark.parametrize(
    ("sqlstate", "status"),
    [
        ("P0001", 400),
        ("P0002", 500),
        ("23514", 400),
        ("40001", 500),
        ("53100", 503),
        ("55P03", 500),
        ("57014", 500),
        ("0P000", 403),
        ("28000", 403),
        ("42P01", 404),
        ("42883", 404),
        ("42501", 401),
        ("22012", 400),
        ("PT402", 402),
        ("XX001", 500),
    ],
)
async def test_sqlstates_become_statuses(rest: Rest, sqlstate: str, status: int):
    answer = await rest.ask("POST", "/rpc/fail", {"sqlstate": sqlstate, "message": "no", "hint": "try"})
    assert answer.brief == (status, refused(sqlstate, "no", hint="try"))
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


async def test_sql_may_write_the_whole_refusal(rest: Rest):
    message = json.dumps({"code": "123", "message": "ABC", "details": "DEF", "hint": "XYZ"})
    detail = json.dumps({"status": 332, "headers": {"X-Header": "str"}})
    answer = await rest.ask("POST", "/rpc/fail", {"sqlstate": "PGRST", "message": message, "detail": detail})
    assert answer.brief == (332, refused("123", "ABC", "DEF", "XYZ"))
    assert answer.headers["x-header"] == "str"
    answer = await rest.ask("POST", "/rpc/fail", {"sqlstate": "PGRST", "message": message})
    assert (answer.status, answer.json["code"]) == (500, "PGRST121")
    assert answer.json["details"] == "DETAIL is missing in the RAISE statement"


async def test_a_media_type_that_cannot_be_given_is_refused(rest: Rest):
    answer = await rest.get("/books", Accept="text/x-unknown, image/png")
    assert answer.brief == (
        406,
        refused("PGRST107", "None of these media types are available: text/x-unknown, image/png"),
    )


async def test_visitors_are_told_to_sign_in_and_others_that_they_may_not(rest: Rest):
    denied = refused("42501", "permission denied for table vault")
    answer = await rest.get("/vault")
    assert (answer.brief, answer.headers["www-authenticate"]) == ((401, denied), "Bearer")
    answer = await rest.get("/vault", Authorization=bearer())
    assert (answer.brief, answer.headers.get("www-authenticate")) == ((403, denied), None)
    assert (await rest.get("/vault", Authorization=bearer("service_role"))).brief == (200, [])


async def test_schemas_are_chosen_by_profile(library, rest: Rest):
    answer = await rest.get("/boxes", Accept_Profile="archive")
    hint = "Only the following schemas are exposed: public"
    assert answer.brief == (406, refused("PGRST106", "Invalid schema: archive", hint=hint))
    async with open_rest(library, SETTINGS, schemas=("public", "archive")) as both:
        answer = await both.get("/boxes?select=label", Accept_Profile="archive")
        assert (answer.brief, answer.headers["content-profile"]) == ((200, [{"label": "old"}]), "archive")
        assert (await both.get("/readers?limit=0")).headers["content-profile"] == "public"
        assert (await both.ask("DELETE", "/boxes?id=eq.1", Content_Profile="archive")).status == 401
        assert (await both.ask("DELETE", "/boxes?id=eq.1", Accept_Profile="archive")).status == 404


async def test_options_tells_what_is_allowed(rest: Rest):
    async def allowed(url: str) -> str:
        answer = await rest.ask("OPTIONS", url)
        assert answer.brief == (200, None)
        return answer.headers["allow"]

    assert await allowed("/books") == "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"
    assert await allowed("/scraps") == "OPTIONS,GET,HEAD,POST,PATCH,DELETE"
    assert await allowed("/author_counts") == "OPTIONS,GET,HEAD"
    assert await allowed("/rpc/greet") == "OPTIONS,GET,HEAD,POST"
    assert await allowed("/rpc/nothing") == "OPTIONS,POST"
    assert await allowed("/") == "OPTIONS,GET,HEAD"
    assert (await rest.ask("OPTIONS", "/nope")).status == 404


async def test_urls_and_bodies_end_at_their_limits(rest: Rest):
    room = URL_BYTES_MAX - len("/readers" + "name=eq.")
    assert (await rest.get("/readers?name=eq." + "x" * room)).brief == (200, [])
    assert (await rest.get("/readers?name=eq." + "x" * (room + 1))).json["code"] == "414"
    fits = b" " * (BODY_BYTES_MAX - 2) + b"[]"
    assert (await rest.ask("POST", "/readers", fits)).status == 201
    assert (await rest.ask("POST", "/readers", b" " + fits)).brief == (
        413,
        refused("413", f"The body is larger than {BODY_BYTES_MAX} bytes"),
    )


def test_the_codes_are_these():
    assert sorted(STATUS_BY_CODE) == [
        "21000", "413", "414", "42703", "42704",
        "PGRST000", "PGRST002", "PGRST003",
        "PGRST100", "PGRST101", "PGRST102", "PGRST103", "PGRST105", "PGRST106", "PGRST107", "PGRST108",
        "PGRST111", "PGRST112", "PGRST114", "PGRST115", "PGRST116", "PGRST117", "PGRST118", "PGRST120",
        "PGRST121", "PGRST122", "PGRST123", "PGRST124", "PGRST125", "PGRST126", "PGRST127", "PGRST128",
        "PGRST200", "PGRST201", "PGRST202", "PGRST203", "PGRST204", "PGRST205",
        "PGRST300", "PGRST301", "PGRST303",
    ]  # fmt: skip
