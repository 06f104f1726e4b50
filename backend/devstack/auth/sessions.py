"""Sessions: one sign-in on one device, rows of `auth.sessions` and what they were proved by."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from backend.devstack.auth.database import Connection

# How a session was proved (RFC 8176's "amr"), in GoTrue's words.
Method = Literal["password", "anonymous"]

_INSERT = """
insert into auth.sessions (id, user_id, aal, user_agent, ip, created_at, updated_at)
values ($1, $2, 'aal1', $3, $4::text::inet, $5, $5)
"""

_INSERT_PROOF = """
insert into auth.mfa_amr_claims (id, session_id, authentication_method, created_at, updated_at)
values ($1, $2, $3, $4, $4)
"""

_PROOFS = """
select authentication_method, updated_at from auth.mfa_amr_claims
where session_id = $1
order by updated_at desc
"""

# `refreshed_at` is a timestamp without time zone that holds UTC.
_TOUCH = """
update auth.sessions
set refreshed_at = $2, user_agent = $3, ip = $4::text::inet, updated_at = $5
where id = $1
"""

_FIND = "select id, user_id, not_after, coalesce(aal::text, 'aal1') as aal from auth.sessions where id = $1"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, as far as it tells."""

    user_agent: str | None
    ip: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that has not been ended. `aal` says how many factors proved it."""

    id: UUID
    user_id: UUID
    not_after: datetime | None
    aal: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One way in which a session was proved, and when."""

    method: str
    at: datetime


async def insert(
    connection: Connection, user_id: UUID, method: Method, client: Client, now: datetime
) -> UUID:
    """Open a session and return its id."""
    session_id = uuid4()
    await connection.execute(_INSERT, session_id, user_id, client.user_agent, client.ip, now)
    await connection.execute(_INSERT_PROOF, uuid4(), session_id, method, now)
    return session_id


async def find(connection: Connection, session_id: UUID) -> Session | None:
    """The session of this id, or None once it has been ended."""
    row = await connection.fetchrow(_FIND, session_id)
    return None if row is None else Session(**row)


async def lock(connection: Connection, session_id: UUID) -> Session | None:
    """Like `find`, and keep others from refreshing or ending the session until this transaction is over."""
    row = await connection.fetchrow(f"{_FIND} for update", session_id)
    return None if row is None else Session(**row)


async def read_proofs(connection: Connection, session_id: UUID) -> tuple[Proof, ...]:
    """How the session was proved, latest first."""
    return tuple(Proof(*row) for row in await connection.fetch(_PROOFS, session_id))


async def touch(connection: Connection, session_id: UUID, client: Client, now: datetime) -> None:
    """Note that the session was refreshed just now, and from where."""
    refreshed_at = now.astimezone(UTC).replace(tzinfo=None)
    await connection.execute(_TOUCH, session_id, refreshed_at, client.user_agent, client.ip, now)


async def delete(connection: Connection, session_id: UUID) -> None:
    """End one session."""
    await connection.execute("delete from auth.sessions where id = $1", session_id)


async def delete_of_user(connection: Connection, user_id: UUID, *, but: UUID | None = None) -> None:
    """End all sessions of a user, or all `but` one."""
    await connection.execute(
        "delete from auth.sessions where user_id = $1 and id is distinct from $2", user_id, but
    )
