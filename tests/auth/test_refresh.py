"""Refreshing a session."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from backend.devstack.auth.refresh import Decision, HandOutAgain, Reject, Rotate, decide
from backend.devstack.auth.refresh_tokens import RefreshToken
from tests.auth.conftest import JWT_SECRET, AuthServer, StartServer

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def token(name: str, *, parent: str | None = None, revoked_s_ago: float | None = None) -> RefreshToken:
    return RefreshToken(
        id=1,
        token=name,
        user_id=uuid4(),
        session_id=uuid4(),
        parent=parent,
        revoked=revoked_s_ago is not None,
        updated_at=NOW - timedelta(seconds=revoked_s_ago or 0),
    )


@pytest.mark.parametrize(
    ("presented", "active", "decision"),
    [
        (token("a"), token("a"), Rotate()),
        (token("a", revoked_s_ago=5), token("b", parent="a"), HandOutAgain("b")),
        (token("a", revoked_s_ago=500), token("b", parent="a"), HandOutAgain("b")),
        (token("a", revoked_s_ago=10), token("c", parent="b"), Rotate()),
        (token("a", revoked_s_ago=10.1), token("c", parent="b"), Reject()),
        (token("a", revoked_s_ago=500), None, Reject()),
    ],
)
def test_what_becomes_of_a_presented_token(
    presented: RefreshToken, active: RefreshToken | None, decision: Decision
) -> None:
    assert decide(presented, active, NOW, reuse_interval_s=10) == decision


async def family(server: AuthServer) -> list[dict[str, Any]]:
    return await server.rows("select token, parent, revoked from auth.refresh_tokens order by id")


async def test_a_refresh_replaces_the_token_and_keeps_the_session(server: AuthServer) -> None:
    session = await server.sign_up()
    server.clock.advance(minutes=30)
    reply = await server.refresh(session["refresh_token"])
    assert reply.status_code == 200
    refreshed = reply.json()
    assert refreshed.keys() == session.keys()
    assert await family(server) == [
        {"token": session["refresh_token"], "parent": None, "revoked": True},
        {"token": refreshed["refresh_token"], "parent": session["refresh_token"], "revoked": False},
    ]
    claims = [
        jwt.decode(
            held["access_token"], JWT_SECRET, ["HS256"], options={"verify_aud": False, "verify_iat": False}
        )
        for held in (session, refreshed)
    ]
    assert claims[0]["session_id"] == claims[1]["session_id"]
    assert claims[0]["amr"] == claims[1]["amr"]
    assert claims[1]["iat"] >= claims[0]["iat"] + 1800
    assert refreshed["user"]["last_sign_in_at"] == session["user"]["last_sign_in_at"]
    [opened] = await server.rows("select refreshed_at at time zone 'utc' as at from auth.sessions")
    assert abs(opened["at"] - server.clock()) < timedelta(minutes=1)


async def test_refreshes_of_one_token_at_once_all_get_the_same_child(server: AuthServer) -> None:
    session = await server.sign_up()
    replies = await asyncio.gather(*(server.refresh(session["refresh_token"]) for _ in range(8)))
    assert [reply.status_code for reply in replies] == [200] * 8
    assert len({reply.json()["refresh_token"] for reply in replies}) == 1
    assert len(await family(server)) == 2


async def test_an_answer_that_got_lost_is_given_again_however_late(server: AuthServer) -> None:
    session = await server.sign_up()
    first = (await server.refresh(session["refresh_token"])).json()
    server.clock.advance(days=3)
    again = (await server.refresh(session["refresh_token"])).json()
    assert again["refresh_token"] == first["refresh_token"]


async def test_an_older_token_used_again_at_once_gets_a_child_of_its_own(server: AuthServer) -> None:
    one = (await server.sign_up())["refresh_token"]
    two = (await server.refresh(one)).json()["refresh_token"]
    three = (await server.refresh(two)).json()["refresh_token"]
    branch = (await server.refresh(one)).json()["refresh_token"]
    assert await family(server) == [
        {"token": one, "parent": None, "revoked": True},
        {"token": two, "parent": one, "revoked": True},
        {"token": three, "parent": two, "revoked": False},
        {"token": branch, "parent": one, "revoked": False},
    ]


async def test_a_stolen_token_used_late_revokes_the_whole_family(server: AuthServer) -> None:
    one = (await server.sign_up())["refresh_token"]
    two = (await server.refresh(one)).json()["refresh_token"]
    three = (await server.refresh(two)).json()["refresh_token"]
    server.clock.advance(seconds=11)
    reply = await server.refresh(one)
    assert (reply.status_code, reply.json()) == (
        400,
        {"code": "refresh_token_already_used", "message": "Invalid Refresh Token: Already Used"},
    )
    assert [row["revoked"] for row in await family(server)] == [True, True, True]
    server.clock.advance(seconds=11)
    assert (await server.refresh(three)).json()["code"] == "refresh_token_already_used"


async def test_without_rotation_a_late_token_is_refused_and_the_others_live(
    start_server: StartServer,
) -> None:
    server = await start_server(enable_refresh_token_rotation=False)
    one = (await server.sign_up())["refresh_token"]
    two = (await server.refresh(one)).json()["refresh_token"]
    three = (await server.refresh(two)).json()["refresh_token"]
    server.clock.advance(seconds=11)
    assert (await server.refresh(one)).status_code == 400
    assert (await server.refresh(three)).status_code == 200


@pytest.mark.parametrize("unknown", ["short", "abcdefghijkl", "much-longer-than-a-token", "äöüäöüäöüäöü"])
async def test_an_unknown_token_is_not_found(server: AuthServer, unknown: str) -> None:
    reply = await server.refresh(unknown)
    assert (reply.status_code, reply.json()) == (
        400,
        {"code": "refresh_token_not_found", "message": "Invalid Refresh Token: Refresh Token Not Found"},
    )


async def test_a_refresh_without_a_token_is_malformed(server: AuthServer) -> None:
    reply = await server.post("/token?grant_type=refresh_token", {})
    assert (reply.status_code, reply.json()) == (
        400,
        {"error": "invalid_request", "error_description": "refresh_token required"},
    )


async def test_banned_users_and_ended_sessions_cannot_be_refreshed(server: AuthServer) -> None:
    session = await server.sign_up()
    await server.database.execute("update auth.users set banned_until = now() + interval '1 hour'")
    assert (await server.refresh(session["refresh_token"])).json() == {
        "code": "user_banned",
        "message": "Invalid Refresh Token: User Banned",
    }
    await server.database.execute("update auth.users set banned_until = null")
    await server.database.execute("update auth.sessions set not_after = now() - interval '1 second'")
    assert (await server.refresh(session["refresh_token"])).json() == {
        "code": "session_expired",
        "message": "Invalid Refresh Token: Session Expired",
    }
    await server.database.execute("update auth.refresh_tokens set session_id = null")
    assert (await server.refresh(session["refresh_token"])).json() == {
        "code": "session_not_found",
        "message": "Invalid Refresh Token: No Valid Session Found",
    }
    assert await family(server) == []


async def test_a_refresh_and_a_sign_out_at_once_end_without_a_session(server: AuthServer) -> None:
    for number in range(4):
        session = await server.sign_up(f"ada{number}@example.com")
        headers = {"Authorization": f"Bearer {session['access_token']}"}
        refreshed, signed_out = await asyncio.gather(
            server.refresh(session["refresh_token"]), server.post("/logout", None, **headers)
        )
        assert signed_out.status_code == 204
        assert refreshed.status_code in (200, 400)
    assert await server.rows("select id from auth.sessions") == []
    assert await family(server) == []
