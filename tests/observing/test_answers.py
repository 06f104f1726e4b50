"""What the service does with every answer: compression, other origins, health, and the OpenAPI document."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import httpx
import pytest
import schemathesis

from backend.devstack.cluster import SUPERUSER
from backend.handlers import posts, users
from backend.runtime.functions import Kind, Visibility
from tests.databases import connected
from tests.observing.conftest import FUNCTIONS, REGISTRY, Caller

ORIGIN = "https://community.example.org"


async def raw(caller: Caller, method: str, path: str, **how: Any) -> tuple[httpx.Response, bytes]:
    """An answer with its body as it came."""
    async with caller.http.stream(method, path, **how) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


async def test_large_texts_are_compressed_for_those_who_take_it(caller: Caller):
    def asked(characters: int) -> dict[str, Any]:
        return {"path": f"{FUNCTIONS}:long_text", "args": {"characters": characters}}

    for characters, accepted, is_smaller in (
        (100_000, "br;q=1.0, gzip;q=0.8", True),
        (500_000, "gzip", True),
        (2_000, "*", True),
        (100, "gzip", False),
        (100_000, "identity", False),
        (100_000, "gzip;q=0", False),
    ):
        headers = {"Accept-Encoding": accepted}
        answer, body = await raw(caller, "POST", "/api/query", json=asked(characters), headers=headers)
        case = (characters, accepted)
        assert (answer.headers.get("content-encoding") == "gzip") is is_smaller, case
        assert answer.headers["content-length"] == str(len(body)), case
        whole = gzip.decompress(body) if is_smaller else body
        assert whole.count(b"a" * characters) == 1, case
        assert not is_smaller or answer.headers["vary"] == "Accept-Encoding", case


async def test_what_an_http_action_has_encoded_is_left_alone(caller: Caller):
    answer, body = await raw(caller, "GET", "/packed", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["content-encoding"], body) == ("br", b"b" * 5_000)


async def test_anybody_may_call_from_anywhere_but_without_cookies(caller: Caller):
    answer = await caller.http.get("/version", headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["access-control-expose-headers"] == "X-Request-Id"


@pytest.fixture
def origins(settings_of_the_service: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service that comes next is for one origin."""
    monkeypatch.setenv("FOLKMOOT_CORS_ORIGINS", f'["{ORIGIN}"]')


async def test_origins_that_are_named_may_call_and_others_may_not(origins: None, caller: Caller):
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
    allowed = await caller.http.options("/api/mutation", headers={"Origin": ORIGIN, **asking})
    refused = await caller.http.options("/api/mutation", headers={"Origin": "https://evil.example", **asking})
    said = {
        name[len("access-control-") :]: allowed.headers[name] for name in allowed.headers if "access-" in name
    }
    assert set(said.pop("allow-headers").lower().replace(" ", "").split(",")) == {
        *("accept", "accept-language", "authorization", "content-language", "content-type"),
        *("convex-client", "idempotency-key", "traceparent", "x-request-id"),
    }
    assert set(said.pop("allow-methods").replace(" ", "").split(",")) == {
        *("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    }
    assert said == {"allow-credentials": "true", "allow-origin": ORIGIN, "max-age": "86400"}
    assert "access-control-allow-origin" not in refused.headers
    posted = await caller.http.post("/api/query", json={"path": "users:me"}, headers={"Origin": ORIGIN})
    assert posted.headers["access-control-allow-origin"] == ORIGIN


async def test_a_service_whose_migrations_are_missing_is_alive_and_not_ready(caller: Caller, database):
    import asyncpg

    sql = await asyncpg.connect(database.dsn())
    try:
        await sql.execute("alter table academy.certificates rename to certificates_to_come")
        before = await caller.http.get("/health/ready")
        await sql.execute("alter table academy.certificates_to_come rename to certificates")
        after = await caller.http.get("/health/ready")
    finally:
        await sql.close()
    assert (before.status_code, before.json()["database"]) == (503, "migrations missing")
    assert (after.status_code, after.json()["status"]) == (200, "ready")
    assert (await caller.http.get("/health")).status_code == 200


END_STREAMS = """
select pg_terminate_backend(active_pid) from pg_replication_slots
where database = current_database() and active
"""


async def test_a_service_without_its_feed_is_not_ready(caller: Caller, database):
    async with connected(database.dsn(SUPERUSER)) as superuser:
        await superuser.execute("alter role postgres noreplication")  # So that no new stream can begin.
        try:
            async with asyncio.timeout(60):
                while (answer := await caller.http.get("/health/ready")).json()["feed"] != "silent":
                    # Again and again: one may have been about to begin just before it was forbidden.
                    await superuser.execute(END_STREAMS)
            numbers = await caller.metrics()
        finally:
            await superuser.execute("alter role postgres replication")
    assert (answer.status_code, answer.json()["feed"]) == (503, "silent")
    assert "folkmoot_feed_silent_seconds" in numbers


async def test_every_public_function_stands_in_a_valid_openapi_document(caller: Caller):
    document = (await caller.http.get("/schema/openapi.json")).json()
    schemathesis.openapi.from_dict(document).validate()
    public = {one.name: one for one in REGISTRY if one.visibility is Visibility.PUBLIC}
    listed = {
        path["post"]["operationId"]: path["post"]
        for address, path in document["paths"].items()
        if address.startswith("/api/run/")
    }
    assert listed.keys() == public.keys()
    assert {posts.feed.name, posts.create.name, users.me.name} <= listed.keys()
    for name, operation in listed.items():
        [argument] = operation["requestBody"]["content"]["application/json"]["schema"]["required"]
        succeeded, failed = operation["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"]
        assert argument == "args", name
        assert succeeded["required"] == ["status", "value"], name
        assert {"errorMessage", "errorData"} <= failed["properties"].keys(), name
        assert {"400", "401", "413", "503"} <= operation["responses"].keys(), name
        assert operation["security"] == [{"token": []}, {}], name
        keys = [one["name"] for one in operation.get("parameters", [])]
        assert keys == (["Idempotency-Key"] if public[name].kind is Kind.MUTATION else []), name
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
