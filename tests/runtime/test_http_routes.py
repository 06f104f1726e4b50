"""HTTP actions over real HTTP: what reaches them, what they answer, and what the service refuses for them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from backend.handlers import posts, users
from backend.runtime.http_routes import http_route
from backend.runtime.registration import Registry
from tests.runtime import http_functions
from tests.runtime.visiting import Visit, open_visit, whole

REGISTRY = Registry.of(posts, users, http_functions)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service that comes next serves these."""
    monkeypatch.setattr("backend.server.app.FUNCTIONS", REGISTRY)


@pytest.fixture
async def visit(registered: None, service) -> AsyncIterator[Visit]:
    async with open_visit(service) as opened:
        yield opened


async def test_a_request_arrives_byte_for_byte_and_so_does_the_answer(visit: Visit):
    body = os.urandom(500) + b'{"a": 1,\r\n  "b":\t2}\n'
    answer = await visit.http.post(
        "/hooks/echo?a=1&b=%C3%A9&a=2", content=body, headers={"Stripe-Signature": "t=1,v1=abc"}
    )
    assert answer.status_code == 202
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(body).digest()
    told = {name: answer.headers[name] for name in answer.headers if name.startswith("x-")}
    told.pop("x-request-id")  # Which every answer has.
    assert told == {
        "x-path": "/hooks/echo",
        "x-query": repr((("a", "1"), ("b", "é"), ("a", "2"))),
        "x-first": "1",
        "x-signature": "t=1,v1=abc",
        "x-caller": "",
    }
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_a_body_is_so_long_and_no_longer(visit: Visit):
    most = http_functions.BODY_BYTES_MAX
    fits = await visit.http.post("/hooks/echo", content=b"x" * most)
    over = await visit.http.post("/hooks/echo", content=b"x" * (most + 1))

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (most // 2)

    unannounced = await visit.http.post("/hooks/echo", content=pieces())
    assert fits.status_code == 202
    assert [whole(answer)[0] for answer in (over, unannounced)] == [413, 413]
    assert over.json()["code"] == "RequestTooLarge"


async def test_it_acts_for_whoever_s_token_comes_and_other_keys_are_its_own_business(visit: Visit):
    token = await visit.sign_up()
    me = (await visit.post("/api/query", {"path": "users:me"}, token)).json()["value"]["_id"]

    async def caller(authorization: str) -> str:
        answer = await visit.http.post("/hooks/echo", headers={"Authorization": authorization})
        assert answer.status_code == 202
        return answer.headers["x-caller"]

    assert await caller(f"Bearer {token}") == me
    assert await caller("Bearer whsec_somebody_elses") == ""
    assert await caller("Basic dTpw") == ""


async def test_what_is_verified_is_written_on_the_services_own_account(visit: Visit):
    token = await visit.sign_up()
    me = (await visit.post("/api/query", {"path": "users:me"}, token)).json()["value"]["_id"]
    answer = await visit.http.post("/hooks/rename", content=me)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await visit.post("/api/query", {"path": "users:me"}, token)).json()["value"]["name"] == "Renamed"


async def test_a_whole_path_comes_before_a_prefix(visit: Visit):
    paths = ("/calendar/", "/calendar/a", "/calendar/a/b.ics", "/calendar/today")
    answers = [await visit.http.get(path) for path in paths]
    assert [answer.text for answer in answers] == [
        '{"number":1.0,"path":"/calendar/"}',
        '{"number":1.0,"path":"/calendar/a"}',
        '{"number":1.0,"path":"/calendar/a/b.ics"}',
        "today",
    ]
    assert answers[0].headers["content-type"] == "application/json"
    assert answers[3].headers["content-type"] == "text/plain; charset=utf-8"


async def test_what_goes_wrong_has_a_status_and_a_code(visit: Visit, monkeypatch: pytest.MonkeyPatch):
    refused = {"code": "access.denied", "message": "Not you.", "hint": "Be someone else."}
    assert whole(await visit.http.get("/hooks/refuse")) == (403, refused)
    stranger = {"code": "access.sign_in_required", "message": "Sign in first."}
    assert whole(await visit.http.get("/hooks/member")) == (401, stranger)
    assert whole(await visit.http.get("/hooks/nowhere"))[0] == 404
    assert whole(await visit.http.get("/hooks/echo"))[0] == 405

    status, broken = whole(await visit.http.get("/hooks/break"))
    assert (status, broken["code"]) == (500, "InternalServerError")
    assert broken["message"].startswith("[Request ID: ")

    monkeypatch.setattr("backend.runtime.execution.ACTION_S_MAX", 0.05)
    slow = {"code": "limit.exceeded", "message": "This function ran longer than 0.05 s."}
    assert whole(await visit.http.delete("/hooks/slow")) == (413, slow)


async def test_an_answer_is_so_long_and_no_longer(visit: Visit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("backend.runtime.execution.RESPONSE_BYTES_MAX", 100)
    fits, over = [await visit.http.get(f"/hooks/long?bytes={count}") for count in (100, 101)]
    assert fits.content == b"x" * 100
    assert over.json()["code"] == "limit.exceeded"


async def test_browsers_may_call_it_from_anywhere(visit: Visit):
    preflight = await visit.http.options(
        "/hooks/slow",
        headers={"Origin": "https://example.com", "Access-Control-Request-Method": "DELETE"},
    )
    called = await visit.http.get("/calendar/today", headers={"Origin": "https://example.com"})
    assert preflight.status_code == 204
    assert "DELETE" in preflight.headers["access-control-allow-methods"]
    assert called.headers["access-control-allow-origin"] == "*"


async def test_it_is_listed_with_the_functions_and_in_the_schema(visit: Visit):
    listed = (await visit.http.get("/api/functions")).json()["functions"]
    routes = [one for one in listed if one["functionType"] == "HttpAction"]
    assert {"functionType": "HttpAction", "method": "POST", "path": "/hooks/echo"} in routes
    assert {"functionType": "HttpAction", "method": "GET", "path": "/calendar/*"} in routes
    assert len(routes) == len(REGISTRY.routes) == 9

    paths = (await visit.http.get("/schema/openapi.json")).json()["paths"]
    assert paths["/hooks/echo"]["post"]["summary"] == "Say back what came."
    assert "get" in paths["/calendar/today"]


async def test_metrics_know_it_by_its_method_and_path(visit: Visit):
    await visit.http.get("/calendar/secret-token")
    metrics = (await visit.http.get("/metrics")).text
    assert 'function="GET /calendar/*",kind="Action"' in metrics
    assert "secret-token" not in metrics


IMPOSSIBLE = {
    "an address of the API": {"path": "/api/posts"},
    "the schema": {"path": "/schema"},
    "everything": {"prefix": "/"},
    "no slash": {"path": "hooks"},
    "a prefix that ends in a word": {"prefix": "/hooks"},
    "a pattern": {"path": "/hooks/{id}"},
    "nothing": {},
    "both": {"path": "/a", "prefix": "/b/"},
}


@pytest.mark.parametrize("place", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_an_address_that_cannot_be_served_is_refused_when_it_is_declared(place: dict[str, str]):
    with pytest.raises(TypeError):
        http_route("GET", place.get("path"), prefix=place.get("prefix"))


def test_reserved_addresses_are_whole_words():
    assert http_route("GET", "/apiary")(http_functions.today.handler).path == "/apiary"


# --- Idempotency-Key ---


async def test_a_mutation_with_a_key_happens_once_and_its_result_is_told_again(visit: Visit):
    token, space = await visit.sign_up(), await visit.space()
    key = str(uuid4())

    async def create(content: str, key: str | None = key, by: str = token) -> object:
        body = {"path": "posts:create", "args": {"spaceId": space, "content": content}}
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await visit.post("/api/mutation", body, by, **headers)
        assert answer.status_code == 200
        return answer.json()

    first, again = await create("Hi"), await create("Hi")
    other = await create("Something else")
    by_another_door = await visit.post(
        "/api/run/posts/create",
        {"args": {"spaceId": space, "content": "Hi"}},
        token,
        **{"Idempotency-Key": key},
    )
    somebody_else = await create("Hi", by=await visit.sign_up())

    assert first == again == by_another_door.json()
    assert isinstance(other, dict)
    assert other["errorData"] == {
        "code": "request.reused",
        "message": "This request id or key belongs to another call.",
    }
    assert isinstance(somebody_else, dict)
    assert somebody_else["status"] == "success"
    assert somebody_else != first
    assert await visit.sql.fetchval("select count(*) from posts") == 2


async def test_a_key_that_failed_may_be_used_again(visit: Visit):
    token, space = await visit.sign_up(), await visit.space()
    headers = {"Idempotency-Key": "k" * 255}
    bodies = [
        {"path": "posts:create", "args": {"spaceId": space, "content": content}} for content in ("", "Hi")
    ]
    failed, worked = [(await visit.post("/api/mutation", body, token, **headers)).json() for body in bodies]
    assert (failed["status"], worked["status"]) == ("error", "success")


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_a_length(visit: Visit, key: str):
    answer = await visit.post("/api/mutation", {"path": "users:rename"}, **{"Idempotency-Key": key})
    assert whole(answer) == (
        400,
        {"code": "BadIdempotencyKey", "message": "An Idempotency-Key has 1 to 255 characters."},
    )
