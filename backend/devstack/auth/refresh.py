"""Refreshing a session: a refresh token buys a new access token and is replaced by its child.

A client may use a token twice without harm when the first answer got lost, or when two tabs refresh at once:

- the token is the parent of the active one: the active one is handed out again;
- it was used a moment ago (the reuse interval): it gets another child;
- otherwise somebody holds a stolen copy, and it cannot be told who: the whole family is revoked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import assert_never

from backend.devstack.auth import grants, refresh_tokens, sessions, users
from backend.devstack.auth.database import Connection, transaction
from backend.devstack.auth.errors import AuthRefusal, Code, OAuthRefusal
from backend.devstack.auth.grants import Grant
from backend.devstack.auth.refresh_tokens import TOKEN_LENGTH, RefreshToken
from backend.devstack.auth.requests import RefreshGrant
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.sessions import Client, Session


@dataclass(frozen=True, slots=True)
class HandOutAgain:
    """The answer with this token got lost: give it once more."""

    token: str


@dataclass(frozen=True, slots=True)
class Rotate:
    """Revoke the presented token and give a child of it."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Give nothing, and revoke the family."""


Decision = HandOutAgain | Rotate | Reject


def decide(
    presented: RefreshToken, active: RefreshToken | None, now: datetime, reuse_interval_s: int
) -> Decision:
    """What to do about a presented token, given its family's active one."""
    if not presented.revoked:
        return Rotate()
    if active is not None and active.parent == presented.token:
        return HandOutAgain(active.token)
    if now <= presented.updated_at + timedelta(seconds=reuse_interval_s):
        return Rotate()
    return Reject()


async def refresh_session(auth: AuthService, request: RefreshGrant, client: Client) -> Grant:
    """Exchange a refresh token for a new access token and the refresh token to use next."""
    if not request.refresh_token:
        raise OAuthRefusal("invalid_request", "refresh_token required")
    if len(request.refresh_token) != TOKEN_LENGTH:
        raise _not_found()
    async with transaction(auth.pool) as connection:
        outcome = await _refresh(auth, connection, request.refresh_token, client)
    # Raised only now that the transaction is over: what a refusal found out must be committed, not undone.
    if isinstance(outcome, AuthRefusal):
        raise outcome
    return outcome


async def _refresh(
    auth: AuthService, connection: Connection, token: str, client: Client
) -> Grant | AuthRefusal:
    now = auth.clock()
    presented = await refresh_tokens.find(connection, token)
    if presented is None:
        return _not_found()
    session = await _lock_session(connection, presented)
    # Read again: a refresh this one had to wait for has changed it.
    presented = await refresh_tokens.find(connection, token)
    user = None if presented is None else await users.find_by_id(connection, presented.user_id)
    if presented is None or user is None:
        return _not_found()
    if user.is_banned(now):
        return _refuse(Code.USER_BANNED, "User Banned")
    if session is None:
        await refresh_tokens.delete(connection, presented)
        return _refuse(Code.SESSION_NOT_FOUND, "No Valid Session Found")
    if session.not_after is not None and now > session.not_after:
        return _refuse(Code.SESSION_EXPIRED, "Session Expired")
    issued = await _next_token(auth, connection, presented, session, now)
    if issued is None:
        return _refuse(Code.REFRESH_TOKEN_ALREADY_USED, "Already Used")
    await sessions.touch(connection, session.id, client, now)
    user = await users.load(connection, user.id)
    return await grants.grant(auth, connection, user, session.id, issued)


async def _lock_session(connection: Connection, presented: RefreshToken) -> Session | None:
    """Take the session's row lock, so that its refreshes and its end happen one after the other."""
    if presented.session_id is None:
        return None
    return await sessions.lock(connection, presented.session_id)


async def _next_token(
    auth: AuthService, connection: Connection, presented: RefreshToken, session: Session, now: datetime
) -> str | None:
    active = await refresh_tokens.find_active(connection, session.id)
    decision = decide(presented, active, now, auth.settings.refresh_token_reuse_interval_s)
    match decision:
        case HandOutAgain(token=token):
            return token
        case Rotate():
            await refresh_tokens.revoke(connection, presented, now)
            await users.touch(connection, session.user_id, now)
            return await refresh_tokens.insert(
                connection, session.user_id, session.id, now, parent=presented.token
            )
        case Reject():
            if auth.settings.enable_refresh_token_rotation:
                await refresh_tokens.revoke_family(connection, session.id, now)
            return None
        case _:
            assert_never(decision)


def _not_found() -> AuthRefusal:
    return _refuse(Code.REFRESH_TOKEN_NOT_FOUND, "Refresh Token Not Found")


def _refuse(code: Code, reason: str) -> AuthRefusal:
    return AuthRefusal(HTTPStatus.BAD_REQUEST, code, f"Invalid Refresh Token: {reason}")
