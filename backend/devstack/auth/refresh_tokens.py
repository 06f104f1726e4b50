"""Refresh tokens: single-use keys to a session, rows of `auth.refresh_tokens`.

Each use revokes a token and adds its child; the chain of one session is a family. Of a family, at most the
newest token that is not revoked is active.
"""

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.devstack.auth.database import INSTANCE_ID, Connection

TOKEN_LENGTH = 12
_ALPHABET = string.ascii_lowercase + string.digits  # 62 bits in 12 characters.

_INSERT = """
insert into auth.refresh_tokens
    (instance_id, token, user_id, session_id, parent, revoked, created_at, updated_at)
values ($1, $2, $3::uuid::text, $4, $5, false, $6, $6)
"""

_FIND = "select id, token, user_id::uuid, session_id, parent, revoked, updated_at from auth.refresh_tokens"

# A repeated revocation must not move `updated_at`: the reuse interval counts from the first.
_REVOKE = "update auth.refresh_tokens set revoked = true, updated_at = $2 where id = $1 and not revoked"

_REVOKE_FAMILY = """
update auth.refresh_tokens set revoked = true, updated_at = $2 where session_id = $1 and not revoked
"""


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token as last read. `updated_at` is when it was revoked, once it is."""

    id: int
    token: str = field(repr=False)
    user_id: UUID
    session_id: UUID | None
    parent: str | None = field(repr=False)
    revoked: bool
    updated_at: datetime


async def insert(
    connection: Connection, user_id: UUID, session_id: UUID, now: datetime, *, parent: str | None = None
) -> str:
    """Add an active token to the session's family and return it."""
    token = "".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH))
    await connection.execute(_INSERT, INSTANCE_ID, token, user_id, session_id, parent, now)
    return token


async def find(connection: Connection, token: str) -> RefreshToken | None:
    """The token, revoked or not, or None."""
    row = await connection.fetchrow(f"{_FIND} where token = $1", token)
    return None if row is None else RefreshToken(**row)


async def find_active(connection: Connection, session_id: UUID) -> RefreshToken | None:
    """The token a session can be refreshed with, or None when its family is revoked."""
    row = await connection.fetchrow(
        f"{_FIND} where session_id = $1 and not revoked order by id desc limit 1", session_id
    )
    return None if row is None else RefreshToken(**row)


async def revoke(connection: Connection, token: RefreshToken, now: datetime) -> None:
    """Mark a token as used."""
    await connection.execute(_REVOKE, token.id, now)


async def revoke_family(connection: Connection, session_id: UUID, now: datetime) -> None:
    """Leave a session without a token to refresh it with."""
    await connection.execute(_REVOKE_FAMILY, session_id, now)


async def delete(connection: Connection, token: RefreshToken) -> None:
    """Forget a token."""
    await connection.execute("delete from auth.refresh_tokens where id = $1", token.id)
