"""The service as such: what it says of itself, its keys, its errors, its limits."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import pytest

from backend.devstack.auth.errors import Code
from backend.devstack.auth.requests import BODY_BYTES_MAX
from tests.auth.conftest import (
    JWT_SECRET,
    AuthServer,
    StartServer,
    bearer,
    key_for,
    new_signing_key,
)


async def test_the_service_says_what_it_is_and_offers(start_server: StartServer) -> None:
    server = await start_server(enable_signup=False, autoconfirm=False)
    health = (await server.http.get("/health")).json()
    assert health.keys() == {"version", "name", "description"}
    assert health["name"] == "GoTrue"
    settings = (await server.http.get("/settings")).json()
    external = settings.pop("external")
    assert {name for name, enabled in external.items() if enabled} == {"email"}
    assert {"google", "github", "apple", "phone", "anonymous_users"} <= external.keys()
    assert settings == {
        "disable_signup": True,
        "mailer_autoconfirm": False,
        "phone_autoconfirm": False,
        "sms_provider": "",
        "saml_enabled": False,
        "passkeys_enabled": False,
    }


async def test_with_a_signing_key_tokens_are_checked_with_the_public_half(start_server: StartServer) -> None:
    key = new_signing_key()
    server = await start_server(signing_key=key)
    reply = await server.http.get("/.well-known/jwks.json")
    assert reply.headers["cache-control"] == "public, max-age=600"
    public = {name: value for name, value in key.items() if name != "d"}
    assert reply.json() == {"keys": [{**public, "use": "sig", "key_ops": ["verify"], "ext": True}]}
    session = await server.sign_up()
    token = session["access_token"]
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": key["kid"], "typ": "JWT"}
    published = jwt.PyJWK.from_dict(reply.json()["keys"][0])
    claims = jwt.decode(token, published.key, ["ES256"], audience="authenticated")
    assert claims["sub"] == session["user"]["id"]
    assert (await server.user(token)).status_code == 200
    # The project's own keys, and tokens from before the signing key, stay good.
    assert (await server.admin("GET", "/users")).status_code == 200
    assert (await server.user(jwt.encode(claims, JWT_SECRET, "HS256"))).status_code == 200


async def test_a_token_of_another_key_is_refused(start_server: StartServer) -> None:
    key, other = new_signing_key(), new_signing_key()
    server = await start_server(signing_key=key)
    session = await server.sign_up()
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    private = jwt.PyJWK.from_dict(other).key
    for kid in (key["kid"], "another", None):
        forged = jwt.encode(claims, private, "ES256", headers={"kid": kid} if kid else None)
        reply = await server.user(forged)
        assert (reply.status_code, reply.json()["code"]) == (403, "bad_jwt")


async def test_tokens_of_a_replaced_key_stay_good(server: AuthServer, start_server: StartServer) -> None:
    old, new = new_signing_key(), {**new_signing_key(), "kid": "new"}
    session = await (await start_server(signing_key=old)).sign_up()
    server = await start_server(signing_key=new, jwks=(old,))
    assert (await server.user(session["access_token"])).status_code == 200
    published = (await server.http.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in published] == ["new", old["kid"]]
    assert all("d" not in key for key in published)


async def test_without_a_signing_key_none_is_published(server: AuthServer) -> None:
    assert (await server.http.get("/.well-known/jwks.json")).json() == {"keys": []}


async def test_an_access_token_ends_with_its_time(start_server: StartServer) -> None:
    server = await start_server(jwt_expiry_s=60)
    session = await server.sign_up()
    assert session["expires_in"] == 60
    assert session["expires_at"] - datetime.now(UTC).timestamp() < 60
    server.clock.advance(seconds=61)
    assert (await server.user(session["access_token"])).json()["code"] == "bad_jwt"


@pytest.mark.parametrize(
    ("asked", "echoed", "body"),
    [
        ("2024-01-01", "2024-01-01", {"code": "user_not_found", "message": "User not found"}),
        ("2031-12-31", "2024-01-01", {"code": "user_not_found", "message": "User not found"}),
        ("2023-12-31", None, {"code": 404, "error_code": "user_not_found", "msg": "User not found"}),
        ("tomorrow", None, {"code": 404, "error_code": "user_not_found", "msg": "User not found"}),
        ("", None, {"code": 404, "error_code": "user_not_found", "msg": "User not found"}),
    ],
)
async def test_errors_come_in_the_form_of_the_version_asked_for(
    server: AuthServer, asked: str, echoed: str | None, body: dict[str, Any]
) -> None:
    headers = {**bearer(key_for("service_role")), "X-Supabase-Api-Version": asked}
    reply = await server.http.get("/admin/users/00000000-0000-4000-8000-000000000000", headers=headers)
    assert (reply.status_code, reply.json()) == (404, body)
    assert reply.headers.get("x-supabase-api-version") == echoed
    assert reply.headers["x-sb-error-code"] == "user_not_found"
    assert reply.headers["content-type"] == "application/json"


async def test_weak_passwords_are_explained_in_the_old_form_too(server: AuthServer) -> None:
    async with httpx.AsyncClient(base_url=server.url) as old_client:
        reply = await old_client.post("/signup", json={"email": "a@b.co", "password": "short"})
    assert reply.json() == {
        "code": 422,
        "error_code": "weak_password",
        "msg": "Password should be at least 6 characters.",
        "weak_password": {"reasons": ["length"]},
    }


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"text"', '{"email": 5}', '{"data": []}', '{"email": "\\ud800"}']
)
async def test_a_body_that_is_not_what_was_asked_for_is_bad_json(server: AuthServer, body: str) -> None:
    reply = await server.http.post("/signup", content=body)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_json")
    assert reply.json()["message"].startswith("Could not parse request body as JSON: ")


async def test_what_postgres_cannot_store_is_the_requests_fault(server: AuthServer) -> None:
    body = {"email": "ada@example.com", "password": "secret1", "data": {"name": "a\0b"}}
    reply = await server.post("/signup", body)
    assert (reply.status_code, reply.json()["code"]) == (400, "validation_failed")
    assert await server.rows("select id from auth.users") == []


async def test_a_body_may_be_as_large_as_the_limit_and_no_larger(server: AuthServer) -> None:
    body = b'{"email":"ada@example.com","password":"secret1","data":{"x":"%s"}}'
    fitting = body % (b"x" * (BODY_BYTES_MAX - len(body) + 2))
    assert len(fitting) == BODY_BYTES_MAX
    reply = await server.http.post("/signup", content=fitting + b" ")
    assert (reply.status_code, reply.json()["code"]) == (413, "unknown")

    async def in_pieces():
        for start in range(0, BODY_BYTES_MAX + 1, 250_000):
            yield (fitting + b" ")[start : start + 250_000]

    assert (await server.http.post("/signup", content=in_pieces())).status_code == 413
    assert (await server.http.post("/signup", content=fitting)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("POST", path, 404) for path in ("/otp", "/verify", "/recover", "/resend", "/factors", "/invite")),
        *(("GET", path, 404) for path in ("/", "/authorize", "/callback", "/reauthenticate", "/nowhere")),
        *(("POST", path, 404) for path in ("/admin/generate_link", "/sso", "/magiclink")),
        ("DELETE", "/signup", 405),
        ("GET", "/token", 405),
    ],
)
async def test_what_is_not_there_says_so_in_json(
    server: AuthServer, method: str, path: str, status: int
) -> None:
    reply = await server.http.request(method, path, headers=bearer(key_for("service_role")))
    assert reply.status_code == status
    assert reply.json().keys() == {"code", "message"}
    assert reply.json()["code"] == "unknown"


async def test_a_failure_of_ours_tells_nothing(server: AuthServer) -> None:
    await server.database.execute("alter table auth.mfa_amr_claims rename to elsewhere")
    try:
        reply = await server.post("/signup", {"email": "ada@example.com", "password": "secret1"})
    finally:
        await server.database.execute("alter table auth.elsewhere rename to mfa_amr_claims")
    assert (reply.status_code, reply.json()) == (
        500,
        {
            "code": "unexpected_failure",
            "message": "Unexpected failure, please check server logs for more information",
        },
    )
    assert await server.rows("select id from auth.users") == []


async def test_more_requests_at_once_than_connections_are_all_answered(server: AuthServer) -> None:
    session = await server.sign_up()
    replies = await asyncio.gather(*(server.user(session["access_token"]) for _ in range(60)))
    assert {reply.status_code for reply in replies} == {200}


def test_the_error_codes_are_these_and_are_never_given_another_meaning() -> None:
    assert [code.value for code in Code] == [
        "anonymous_provider_disabled",
        "bad_json",
        "bad_jwt",
        "email_exists",
        "email_not_confirmed",
        "email_provider_disabled",
        "invalid_credentials",
        "no_authorization",
        "not_admin",
        "over_email_send_rate_limit",
        "phone_exists",
        "phone_provider_disabled",
        "refresh_token_already_used",
        "refresh_token_not_found",
        "same_password",
        "session_expired",
        "session_not_found",
        "signup_disabled",
        "unexpected_failure",
        "unknown",
        "user_already_exists",
        "user_banned",
        "user_not_found",
        "validation_failed",
        "weak_password",
    ]
