"""The caller: who a request's bearer token says is asking, checked against the database."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from backend.devstack.auth import sessions, users
from backend.devstack.auth.access_tokens import BadToken, Claims
from backend.devstack.auth.database import Connection
from backend.devstack.auth.errors import AuthRefusal, Code
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.sessions import Session
from backend.devstack.auth.users import User

ADMIN_ROLES = frozenset({"service_role", "supabase_admin"})

_BEARER = re.compile(r"[Bb]earer (\S+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user. `session` is None for a token that belongs to none."""

    user: User
    session: Session | None


async def identify(auth: AuthService, authorization: str | None) -> Caller:
    """Find the user and the live session behind an `Authorization` header; raise `AuthRefusal` without."""
    claims = read_claims(auth, authorization)
    subject = claims.get("sub")
    if not subject:
        raise _bad_jwt("invalid claim: missing sub claim")
    user_id = _uuid(subject)
    if user_id is None:
        raise AuthRefusal(HTTPStatus.BAD_REQUEST, Code.BAD_JWT, "invalid claim: sub claim must be a UUID")
    async with auth.pool.acquire() as connection:
        user = await users.find_by_id(connection, user_id)
        if user is None:
            raise AuthRefusal(
                HTTPStatus.FORBIDDEN, Code.USER_NOT_FOUND, "User from sub claim in JWT does not exist"
            )
        return Caller(user, await _find_session(connection, user, claims))


def require_admin(auth: AuthService, authorization: str | None) -> None:
    """Let only the project's own server side pass."""
    if read_claims(auth, authorization).get("role") not in ADMIN_ROLES:
        raise AuthRefusal(HTTPStatus.FORBIDDEN, Code.NOT_ADMIN, "User not allowed")


def read_claims(auth: AuthService, authorization: str | None) -> Claims:
    """The claims of the bearer token, its signature and time checked."""
    match = _BEARER.fullmatch(authorization or "")
    if match is None:
        raise AuthRefusal(
            HTTPStatus.UNAUTHORIZED, Code.NO_AUTHORIZATION, "This endpoint requires a Bearer token"
        )
    try:
        return auth.keys.verify(match[1], auth.clock())
    except BadToken as error:
        raise _bad_jwt(f"invalid JWT: unable to parse or verify signature, {error}") from error


async def _find_session(connection: Connection, user: User, claims: Claims) -> Session | None:
    claimed = claims.get("session_id")
    if not claimed:
        return None
    session_id = _uuid(claimed)
    if session_id is None:
        raise _bad_jwt("invalid claim: session_id claim must be a UUID")
    session = await sessions.find(connection, session_id)
    if session is None or session.user_id != user.id:
        raise AuthRefusal(
            HTTPStatus.FORBIDDEN,
            Code.SESSION_NOT_FOUND,
            "Session from session_id claim in JWT does not exist",
        )
    return session


def _bad_jwt(message: str) -> AuthRefusal:
    return AuthRefusal(HTTPStatus.FORBIDDEN, Code.BAD_JWT, message)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
