"""Signing up."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY

import jwt
import pytest

from tests.auth.conftest import JWT_SECRET, AuthServer, StartServer


async def test_signing_up_opens_a_session_at_once(server: AuthServer) -> None:
    session = await server.sign_up("Ada@Example.com", data={"name": "Ada"})
    user_id = session["user"]["id"]
    facts = {"email": "ada@example.com", "name": "Ada", "phone_verified": False, "sub": user_id}
    assert session == {
        "access_token": ANY,
        "token_type": "bearer",
        "expires_in": 3600,
        "expires_at": ANY,
        "refresh_token": ANY,
        "user": {
            "id": user_id,
            "aud": "authenticated",
            "role": "authenticated",
            "email": "ada@example.com",
            "email_confirmed_at": ANY,
            "phone": "",
            "confirmed_at": ANY,
            "last_sign_in_at": ANY,
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": {**facts, "email_verified": True},
            "identities": [
                {
                    "identity_id": ANY,
                    "id": user_id,
                    "user_id": user_id,
                    "identity_data": {**facts, "email_verified": False},
                    "provider": "email",
                    "last_sign_in_at": ANY,
                    "created_at": ANY,
                    "updated_at": ANY,
                    "email": "ada@example.com",
                }
            ],
            "created_at": ANY,
            "updated_at": ANY,
            "is_anonymous": False,
        },
    }
    assert len(session["refresh_token"]) == 12


async def test_the_access_token_says_who_and_how(server: AuthServer) -> None:
    session = await server.sign_up()
    claims = jwt.decode(session["access_token"], JWT_SECRET, ["HS256"], audience="authenticated")
    issued_at = claims["iat"]
    assert abs(issued_at - datetime.now(UTC).timestamp()) < 60
    assert claims == {
        "iss": server.url,
        "sub": session["user"]["id"],
        "aud": "authenticated",
        "iat": issued_at,
        "exp": session["expires_at"],
        "email": "ada@example.com",
        "phone": "",
        "app_metadata": session["user"]["app_metadata"],
        "user_metadata": session["user"]["user_metadata"],
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": ANY}],
        "session_id": ANY,
        "is_anonymous": False,
    }
    assert claims["exp"] == issued_at + 3600


async def test_the_rows_are_those_gotrue_writes(server: AuthServer) -> None:
    session = await server.sign_up()
    nobody = "00000000-0000-0000-0000-000000000000"
    [user] = await server.rows("select * from auth.users")
    assert user["encrypted_password"].startswith("$2a$10$")
    empty = (
        *("confirmation_token", "recovery_token", "email_change_token_new", "email_change"),
        *("email_change_token_current", "phone_change", "phone_change_token", "reauthentication_token"),
    )
    assert {column: user[column] for column in empty} == dict.fromkeys(empty, "")
    assert (str(user["instance_id"]), user["aud"], user["role"]) == (nobody, "authenticated", "authenticated")
    assert (user["phone"], user["is_sso_user"], user["email_change_confirm_status"]) == (None, False, 0)
    [opened] = await server.rows("select user_id, aal::text, host(ip) as ip, refreshed_at from auth.sessions")
    assert opened == {"user_id": user["id"], "aal": "aal1", "ip": "127.0.0.1", "refreshed_at": None}
    [token] = await server.rows(
        "select token, user_id, parent, revoked, instance_id::text from auth.refresh_tokens"
    )
    assert token == {
        "token": session["refresh_token"],
        "user_id": str(user["id"]),
        "parent": None,
        "revoked": False,
        "instance_id": nobody,
    }
    assert await server.rows("select authentication_method from auth.mfa_amr_claims") == [
        {"authentication_method": "password"}
    ]


async def test_an_address_can_be_registered_once_only(server: AuthServer) -> None:
    await server.sign_up("ada@example.com")
    reply = await server.post("/signup", {"email": "ADA@example.com", "password": "another1"})
    assert (reply.status_code, reply.json()) == (
        422,
        {"code": "user_already_exists", "message": "User already registered"},
    )
    assert len(await server.rows("select id from auth.users")) == 1


async def test_of_many_sign_ups_of_one_address_at_once_exactly_one_succeeds(server: AuthServer) -> None:
    body = {"email": "ada@example.com", "password": "secret1"}
    replies = await asyncio.gather(*(server.post("/signup", body) for _ in range(6)))
    assert sorted(reply.status_code for reply in replies) == [200, 422, 422, 422, 422, 422]
    assert len(await server.rows("select id from auth.users")) == 1
    assert len(await server.rows("select id from auth.identities")) == 1
    assert len(await server.rows("select id from auth.sessions")) == 1


async def test_without_autoconfirm_a_new_user_has_no_session(start_server: StartServer) -> None:
    server = await start_server(autoconfirm=False)
    user = await server.sign_up()
    assert "access_token" not in user
    assert user["confirmation_sent_at"]
    assert "email_confirmed_at" not in user
    assert user["user_metadata"]["email_verified"] is False
    assert len(user["identities"]) == 1
    [row] = await server.rows("select confirmation_token, encrypted_password from auth.users")
    assert len(row["confirmation_token"]) == 56
    tokens = await server.rows("select token_type::text, token_hash, relates_to from auth.one_time_tokens")
    assert tokens == [
        {
            "token_type": "confirmation_token",
            "token_hash": row["confirmation_token"],
            "relates_to": "ada@example.com",
        }
    ]
    refused = await server.sign_in()
    assert (refused.status_code, refused.json()) == (
        400,
        {"code": "email_not_confirmed", "message": "Email not confirmed"},
    )


async def test_without_autoconfirm_an_unconfirmed_user_may_ask_again_but_not_at_once(
    start_server: StartServer,
) -> None:
    server = await start_server(autoconfirm=False, email_interval_min_s=30)
    first = await server.sign_up()
    refused = await server.post("/signup", {"email": "ada@example.com", "password": "secret1"})
    assert (refused.status_code, refused.json()["code"]) == (429, "over_email_send_rate_limit")
    server.clock.advance(seconds=31)
    again = await server.sign_up()
    assert again["id"] == first["id"]
    assert again["confirmation_sent_at"] > first["confirmation_sent_at"]
    assert len(await server.rows("select id from auth.one_time_tokens")) == 1


async def test_without_autoconfirm_sign_up_does_not_tell_who_is_registered(
    server: AuthServer, start_server: StartServer
) -> None:
    await server.sign_up("ada@example.com", data={"name": "Ada"})
    discreet = await start_server(autoconfirm=False)
    stranger = await discreet.sign_up("eve@example.com", data={"name": "Eve"})
    known = await discreet.sign_up("ada@example.com", data={"name": "Eve"})
    [ada] = await server.rows("select id from auth.users where email = 'ada@example.com'")
    assert known["id"] != str(ada["id"])
    assert known == {
        "id": ANY,
        "aud": "authenticated",
        "role": "",
        "email": "ada@example.com",
        "phone": "",
        "confirmation_sent_at": ANY,
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {"name": "Eve"},
        "identities": [],
        "created_at": ANY,
        "updated_at": ANY,
        "is_anonymous": False,
    }
    assert known.keys() == stranger.keys()


async def test_an_anonymous_user_has_a_session_and_no_address(start_server: StartServer) -> None:
    server = await start_server(enable_anonymous_sign_ins=True)
    reply = await server.post("/signup", {"data": {"colour": "red"}})
    session = reply.json()
    user = session["user"]
    assert reply.status_code == 200
    assert (user["is_anonymous"], user["email"], user["app_metadata"]) == (True, "", {})
    assert (user["user_metadata"], user["identities"]) == ({"colour": "red"}, [])
    claims = jwt.decode(session["access_token"], JWT_SECRET, ["HS256"], audience="authenticated")
    assert claims["is_anonymous"] is True
    assert [entry["method"] for entry in claims["amr"]] == ["anonymous"]


@pytest.mark.parametrize(
    ("changes", "body", "status", "error"),
    [
        (
            {},
            {"password": "secret1"},
            422,
            ("anonymous_provider_disabled", "Anonymous sign-ins are disabled"),
        ),
        (
            {"enable_signup": False},
            {"email": "a@b.co", "password": "secret1"},
            422,
            ("signup_disabled", "Signups not allowed for this instance"),
        ),
        (
            {"email_enabled": False},
            {"email": "a@b.co", "password": "secret1"},
            400,
            ("email_provider_disabled", "Email signups are disabled"),
        ),
        (
            {},
            {"phone": "+491511234567", "password": "secret1"},
            400,
            ("phone_provider_disabled", "Phone signups are disabled"),
        ),
        ({}, {"email": "a@b.co"}, 400, ("validation_failed", "Signup requires a valid password")),
        (
            {},
            {"email": "not an address", "password": "secret1"},
            400,
            ("validation_failed", "Unable to validate email address: invalid format"),
        ),
        (
            {},
            {"email": "a" * 251 + "@b.co", "password": "secret1"},
            400,
            ("validation_failed", "An email address is too long"),
        ),
        (
            {},
            {"email": "a@b.co", "password": "x" * 73},
            400,
            ("validation_failed", "Password cannot be longer than 72 characters"),
        ),
    ],
)
async def test_a_sign_up_that_cannot_be_is_refused(
    start_server: StartServer, changes: dict[str, Any], body: dict[str, Any], status: int, error: Any
) -> None:
    server = await start_server(**changes)
    reply = await server.post("/signup", body)
    assert (reply.status_code, reply.json()) == (status, {"code": error[0], "message": error[1]})
    assert await server.rows("select id from auth.users") == []


@pytest.mark.parametrize(
    ("changes", "password", "message", "reasons"),
    [
        ({}, "short", "Password should be at least 6 characters.", ["length"]),
        ({"password_length_min": 4}, "short", "Password should be at least 6 characters.", ["length"]),
        ({"password_length_min": 8}, "seven77", "Password should be at least 8 characters.", ["length"]),
        (
            {"password_requirements": "letters_digits"},
            "only letters",
            "Password should contain at least one character of each: "
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ, 0123456789.",
            ["characters"],
        ),
    ],
)
async def test_a_weak_password_is_refused_with_reasons(
    start_server: StartServer, changes: dict[str, Any], password: str, message: str, reasons: list[str]
) -> None:
    server = await start_server(**changes)
    reply = await server.post("/signup", {"email": "ada@example.com", "password": password})
    assert (reply.status_code, reply.json()) == (
        422,
        {"code": "weak_password", "message": message, "weak_password": {"reasons": reasons}},
    )


async def test_a_password_may_be_as_long_as_bcrypt_reads(server: AuthServer) -> None:
    await server.sign_up(password="x" * 72)
    assert (await server.sign_in(password="x" * 72)).status_code == 200
    assert (await server.sign_in(password="x" * 71)).status_code == 400


async def test_a_trigger_of_the_project_can_refuse_a_new_user(server: AuthServer) -> None:
    await server.database.execute("""
        create function public.refuse() returns trigger language plpgsql as
        $$ begin raise exception 'members only'; end $$;
        create trigger refuse after insert on auth.users for each row execute function public.refuse();
    """)
    try:
        reply = await server.post("/signup", {"email": "ada@example.com", "password": "secret1"})
    finally:
        await server.database.execute("drop function public.refuse() cascade")
    assert (reply.status_code, reply.json()) == (
        500,
        {"code": "unexpected_failure", "message": "Database error saving new user"},
    )
