"""Signing in with a password."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.auth.conftest import AuthServer, StartServer

INVALID = {"code": "invalid_credentials", "message": "Invalid login credentials"}


async def test_each_sign_in_opens_a_session_of_its_own(server: AuthServer) -> None:
    first = await server.sign_up("ada@example.com")
    server.clock.advance(hours=1)
    reply = await server.sign_in("ADA@example.com")
    assert reply.status_code == 200
    session = reply.json()
    assert session["user"]["id"] == first["user"]["id"]
    assert session["user"]["last_sign_in_at"] > first["user"]["last_sign_in_at"]
    assert session["refresh_token"] != first["refresh_token"]
    assert len(await server.rows("select id from auth.sessions")) == 2


async def test_a_session_remembers_where_it_came_from(server: AuthServer) -> None:
    await server.sign_up()
    await server.post(
        "/token?grant_type=password",
        {"email": "ada@example.com", "password": "secret1"},
        **{"User-Agent": "Netscape", "X-Forwarded-For": "unknown, 2001:db8::7, 10.0.0.1"},
    )
    [session] = await server.rows(
        "select user_agent, host(ip) as ip from auth.sessions order by created_at desc limit 1"
    )
    assert session == {"user_agent": "Netscape", "ip": "2001:db8::7"}


async def test_an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing(server: AuthServer) -> None:
    await server.sign_up("ada@example.com")
    took_s: dict[str, float] = {}
    for email in ("ada@example.com", "eve@example.com"):
        times_s = []
        for _ in range(5):
            began = time.perf_counter()
            reply = await server.sign_in(email, "wrong password")
            times_s.append(time.perf_counter() - began)
            assert (reply.status_code, reply.json()) == (400, INVALID)
        took_s[email] = min(times_s)
    # A bcrypt comparison takes tens of milliseconds, all else here one or two.
    assert 0.5 < took_s["eve@example.com"] / took_s["ada@example.com"] < 2


async def test_users_without_a_password_cannot_sign_in_with_an_empty_one(server: AuthServer) -> None:
    await server.sign_up()
    await server.database.execute("update auth.users set encrypted_password = ''")
    assert (await server.sign_in(password="")).json() == INVALID
    await server.database.execute("update auth.users set encrypted_password = null")
    assert (await server.sign_in(password="")).json() == INVALID
    await server.database.execute("update auth.users set encrypted_password = 'not a hash'")
    assert (await server.sign_in(password="not a hash")).json() == INVALID


async def test_a_user_seeded_by_plain_insert_can_sign_in(server: AuthServer) -> None:
    # `crypt('secret1', gen_salt('bf'))`, as seeds write it, and no identity.
    await server.database.execute("""
        insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at,
            raw_app_meta_data, raw_user_meta_data, created_at, updated_at, confirmation_token)
        values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated',
            'seed@example.com', '$2a$06$it7QABOBCT45GkuIc/u.4uWNiqFxxNtv2S/lCVrwfRu9hwqHpus8i', now(),
            '{"provider": "email", "providers": ["email"]}', '{}', now(), now(), '')
    """)
    reply = await server.sign_in("seed@example.com", "secret1")
    assert reply.status_code == 200
    assert reply.json()["user"]["identities"] == []


async def test_a_banned_user_is_told_so_only_with_the_right_password(server: AuthServer) -> None:
    await server.sign_up()
    until = server.clock() + timedelta(hours=1)
    await server.database.execute("update auth.users set banned_until = $1", until)
    assert (await server.sign_in(password="wrong password")).json() == INVALID
    reply = await server.sign_in()
    assert (reply.status_code, reply.json()) == (400, {"code": "user_banned", "message": "User is banned"})
    server.clock.advance(hours=2)
    assert (await server.sign_in()).status_code == 200


async def test_a_password_changed_during_a_sign_in_keeps_the_old_one_out(server: AuthServer) -> None:
    await server.sign_up()
    async with server.database.acquire() as connection:
        change = connection.transaction()
        await change.start()
        await connection.execute("update auth.users set encrypted_password = '', updated_at = now()")
        signing_in = asyncio.create_task(server.sign_in())
        async with asyncio.timeout(10):
            # The service is a client of the same server; only its wait for the lock can be seen from here.
            blocked = "select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))"
            while not await server.rows(blocked, connection.get_server_pid()):
                pass
        await change.commit()
    reply = await signing_in
    assert (reply.status_code, reply.json()) == (400, INVALID)
    assert len(await server.rows("select id from auth.sessions")) == 1


async def test_a_password_that_became_too_weak_still_opens_a_session_with_a_warning(
    server: AuthServer, start_server: StartServer
) -> None:
    await server.sign_up()
    stricter = await start_server(password_length_min=10)
    session = (await stricter.sign_in()).json()
    assert session["weak_password"] == {
        "message": "Password should be at least 10 characters.",
        "reasons": ["length"],
    }


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"password": "secret1"}, 400, ("validation_failed", "missing email or phone")),
        (
            {"email": "a@b.co", "phone": "+491511234567", "password": "secret1"},
            400,
            ("validation_failed", "Only an email address or phone number should be provided on login."),
        ),
        (
            {"phone": "+491511234567", "password": "secret1"},
            422,
            ("phone_provider_disabled", "Phone logins are disabled"),
        ),
    ],
)
async def test_a_sign_in_without_a_usable_address_is_refused(
    server: AuthServer, body: dict[str, Any], status: int, error: tuple[str, str]
) -> None:
    reply = await server.post("/token?grant_type=password", body)
    assert (reply.status_code, reply.json()) == (status, {"code": error[0], "message": error[1]})


async def test_a_project_without_email_sign_in_refuses_it(
    server: AuthServer, start_server: StartServer
) -> None:
    await server.sign_up()
    reply = await (await start_server(email_enabled=False)).sign_in()
    assert (reply.status_code, reply.json()["code"]) == (422, "email_provider_disabled")


@pytest.mark.parametrize("grant", ["", "?grant_type=pkce", "?grant_type=id_token", "?grant_type=nonsense"])
async def test_other_grants_are_unsupported(server: AuthServer, grant: str) -> None:
    reply = await server.post(f"/token{grant}", {})
    assert (reply.status_code, reply.json()) == (400, {"error": "unsupported_grant_type"})
