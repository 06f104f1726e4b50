"""Anything at all, sent to the HTTP API.

Whatever comes, the answer is JSON with a stable shape: of a function, with 200, or `{code, message}` with a
status below 500. Each test makes up a few dozen cases; `FOLKMOOT_FUZZ_EXAMPLES` says how many, so that
`FOLKMOOT_FUZZ_EXAMPLES=5000 pytest tests/fuzz --timeout=0` is a long run.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import shapes
from tests.fuzz.shapes import Json
from tests.fuzz.target import EXAMPLES, Target, segment

DOORS = (
    "/api/query",
    "/api/mutation",
    "/api/action",
    "/api/function",
    "/api/query_at_ts",
    "/api/query_batch",
    "/api/query_ts",
    "/api/run/posts/feed",
    "/api/run/users/rename",
)
CODES = {
    400: {
        "BadRequest",
        "BadJsonBody",
        "BadFormat",
        "BadConvexValue",
        "BadTimestamp",
        "BadIdempotencyKey",
        "MissingIdentifier",
    },
    401: {
        "InvalidAuthHeader",
        *(
            f"token.{reason}"
            for reason in (
                *("malformed", "wrong_signature", "unknown_key", "wrong_issuer", "wrong_audience"),
                *("not_a_user", "not_yet_valid", "expired"),
            )
        ),
    },
    404: {"NotFound"},
    405: {"MethodNotAllowed"},
    409: {"TimestampNotCurrent"},
    413: {"RequestTooLarge"},
}
"""Every code by which a request may be refused that reached no function."""

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def check(answer: httpx.Response) -> None:
    """The answer is one that the protocol knows."""
    said = json.loads(answer.content, parse_constant=_refuse)
    if answer.status_code == 200:
        assert answer.headers["content-type"].startswith("application/json")
        for reply in said.get("results", [said]):
            _check_reply(reply)
        return
    assert set(said) == {"code", "message"}, answer.text
    assert said["code"] in CODES[answer.status_code], answer.text
    assert said["message"]


def _check_reply(reply: dict[str, Json]) -> None:
    match reply:
        case {"ts": str()} | {"status": "success", "value": _}:
            pass
        case {"status": "error", "errorMessage": str(message)}:
            # A refusal says why; without data, "Server Error" is a function that broke.
            assert "Server Error" not in message or "errorData" in reply, message
        case _:
            raise AssertionError(reply)


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@pytest.fixture
async def http(target: Target, watched: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service that is watched meanwhile."""
    async with httpx.AsyncClient(base_url=target.url, timeout=30) as http:
        yield http


def _call_bodies(target: Target) -> st.SearchStrategy[str]:
    call = st.fixed_dictionaries(
        {},
        optional={
            "path": shapes.paths,
            "args": shapes.arguments(target),
            "format": st.one_of(
                st.sampled_from(["json", "convex_json", "convex_encoded_json", "export_json"]), shapes.values
            ),
            "componentPath": shapes.values,
            "ts": st.one_of(st.just("AAAAAAAAAAA="), st.just("//////////8="), shapes.values),
        },
    )
    batch = st.fixed_dictionaries({"queries": st.one_of(st.lists(call, max_size=5), shapes.values)})
    return shapes.json_texts(st.one_of(call, call, batch, shapes.values))


@fuzz
@given(data=st.data())
async def test_calls_of_any_shape(target: Target, http: httpx.AsyncClient, data: st.DataObject):
    token = data.draw(st.one_of(st.none(), st.just(target.token()), shapes.odd_claims(target)))
    body = data.draw(_call_bodies(target))
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    check(await http.post(data.draw(st.sampled_from(DOORS)), content=shapes.encoded(body), headers=headers))


@fuzz
@given(data=st.data())
async def test_functions_by_name_with_odd_arguments(
    target: Target, http: httpx.AsyncClient, data: st.DataObject
):
    path = data.draw(st.sampled_from(shapes.FUNCTIONS))
    body = data.draw(shapes.json_texts(st.builds(_call, st.just(path), shapes.arguments(target))))
    headers = {"Authorization": f"Bearer {target.token()}"} if data.draw(st.booleans()) else {}
    check(await http.post("/api/function", content=shapes.encoded(body), headers=headers))


@fuzz
@given(data=st.data())
async def test_bodies_that_are_no_json(target: Target, http: httpx.AsyncClient, data: st.DataObject):
    call = _call_bodies(target).map(shapes.encoded)
    broken = shapes.broken_json
    inside = broken.map(lambda text: f'{{"path":"users:me","args":{text}}}')
    bodies = st.one_of(
        st.binary(max_size=300), shapes.garbled(call), st.one_of(broken, inside).map(shapes.encoded)
    )
    check(await http.post(data.draw(st.sampled_from(DOORS)), content=data.draw(bodies)))


async def test_every_kind_of_forged_token_is_refused(target: Target, http: httpx.AsyncClient):
    for make in shapes.forged_tokens(target):
        headers = {b"Authorization": _header(f"Bearer {make()}")}
        answer = await http.post("/api/query", json={"path": "users:me"}, headers=headers)
        check(answer)
        assert answer.status_code == 401, (headers, answer.text)


@fuzz
@given(data=st.data())
async def test_tokens_that_prove_nobody(target: Target, http: httpx.AsyncClient, data: st.DataObject):
    token = data.draw(shapes.bad_tokens(target))
    headers = {b"Authorization": _header(f"Bearer {token}")}
    answer = await http.post("/api/query", json={"path": "users:me"}, headers=headers)
    check(answer)
    assert answer.status_code == 401, (token, answer.text)


@fuzz
@given(data=st.data())
async def test_cursors_that_nobody_made(target: Target, http: httpx.AsyncClient, data: st.DataObject):
    """Each a little off from one that is right: in its place, in its signature, or in its length."""
    cursor = data.draw(st.sampled_from(await _cursors(target, http)))
    right = urlsafe_b64decode(cursor + "==")
    changed = data.draw(shapes.garbled(st.just(right)).filter(lambda forged: forged != right))
    name = data.draw(st.sampled_from(["cursor", "endCursor"]))
    answer = await _feed(target, http, **{name: segment(changed)})
    check(answer)
    assert answer.json().get("errorData") == INVALID_CURSOR, (cursor, changed, answer.text)


INVALID_CURSOR = {"isConvexSystemError": True, "paginationError": "InvalidCursor"}


async def _cursors(target: Target, http: httpx.AsyncClient) -> list[str]:
    """Of the first row, and of the end."""
    told = [(await _feed(target, http, numItems=count)).json()["value"] for count in (1, 5)]
    assert [page["isDone"] for page in told] == [False, True]
    return [page["continueCursor"] for page in told]


async def _feed(target: Target, http: httpx.AsyncClient, **options: Json) -> httpx.Response:
    args = {"spaceId": target.shelf, "paginationOpts": {"numItems": 2, "cursor": None} | options}
    return await http.post("/api/query", json={"path": "posts:feed", "args": args, "format": "json"})


@fuzz
@given(data=st.data())
async def test_addresses_headers_and_methods_that_nobody_expects(
    target: Target, http: httpx.AsyncClient, data: st.DataObject
):
    method = data.draw(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))
    path = data.draw(_addresses())
    headers = data.draw(_headers())
    body = b'{"path":"users:me"}' if method in ("POST", "PUT", "PATCH") else b""
    answer = await http.request(method, target.url + path, headers=headers, content=body)
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    if is_json and answer.status_code not in (200, 204):
        check(answer)
    assert answer.status_code < 500, answer.text


def _call(path: str, args: Json) -> Json:
    return {"path": path, "args": args}


def _addresses() -> st.SearchStrategy[str]:
    pieces = st.one_of(
        st.sampled_from(
            ["api", "run", "query", "posts", "feed", "schema", "metrics", "health", "sync", "1.48.0"]
        ),
        st.sampled_from(
            ["..", ".", "", "%00", "%ff", "%2f", "%zz", "a" * 5_000, "\u00e9", "🎉", "{x}", "*", ":"]
        ),
        st.text(max_size=8),
    )
    query = st.one_of(
        st.just(""),
        st.sampled_from(["?path=users:me", "?path=users:me&args={", "?path", "?args={}", "?path=a&path=b"]),
        shapes.texts.map(lambda text: "?path=users:me&args=" + text[:3_000]),
        shapes.json_texts(shapes.values).map(lambda text: "?path=users:me&args=" + _quoted(text)[:8_000]),
        shapes.values.map(lambda value: f"?path=users:me&format={value}"[:2_000]),
    )
    return st.builds(
        lambda parts, query: "/" + _quoted("/".join(parts)) + _quoted(query),
        st.one_of(st.just(["api", "query"]), st.lists(pieces, max_size=5)),
        query,
    )


def _quoted(text: str) -> str:
    return quote(shapes.encoded(text), safe="/%:*{}?=&")


def _headers() -> st.SearchStrategy[dict[bytes, bytes]]:
    names = st.sampled_from(
        [
            *("Authorization", "Content-Type", "Convex-Client", "Idempotency-Key", "Origin", "Accept"),
            *("Accept-Encoding", "Content-Encoding", "Cookie", "Range", "Expect", "X-Forwarded-For"),
            *("Access-Control-Request-Method", "Access-Control-Request-Headers", "If-None-Match"),
        ]
    )
    contents = st.one_of(
        st.sampled_from(
            [
                *(
                    "Bearer",
                    "Bearer ",
                    "bearer x",
                    "Convex key",
                    "Basic YTpi",
                    "npm-1.48.0",
                    "python-99999999999.0.0",
                ),
                *(
                    "npm-0.0.0",
                    "application/json; charset=utf-16",
                    "multipart/form-data",
                    "gzip",
                    "*",
                    "a" * 300,
                ),
                *("https://elsewhere.example", "null", "POST", "bytes=0-", "a=b; c", "\u00e9"),
            ]
        ),
        st.text(max_size=30),
    )
    return st.dictionaries(names.map(str.encode), contents.map(_header), max_size=4)


def _header(text: str) -> bytes:
    """As far as an HTTP client lets it into a header."""
    return shapes.encoded(text).translate(None, bytes([*range(32), 127])).strip()
