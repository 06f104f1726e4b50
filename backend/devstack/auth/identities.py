"""Identities: the ways in which a user can prove who they are, rows of `auth.identities`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from backend.devstack.auth.database import Connection, Metadata

Provider = Literal["email", "phone"]

# A proof by address (not by an outside provider) has the user's own id as its `provider_id`.
_INSERT = """
insert into auth.identities
    (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
values ($1, $2, $3, $2::uuid::text, $4::text::jsonb, $5, $5, $5)
"""

_MERGE_DATA = """
update auth.identities
set identity_data = coalesce(identity_data, '{}') || $3::text::jsonb, updated_at = $4
where user_id = $1 and provider = $2
"""

_IDS_OF_USER = "select id, provider, provider_id from auth.identities where user_id = $1"

_EMPTY = "update auth.identities set identity_data = '{}', provider_id = $2, updated_at = $3 where id = $1"


@dataclass(frozen=True, slots=True)
class Identity:
    """One proof of a user. `provider_id` is the user's id at the provider; `data` what the provider says."""

    id: UUID
    user_id: UUID
    provider: str
    provider_id: str
    data: Metadata
    email: str | None
    last_sign_in_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None


async def insert(
    connection: Connection, user_id: UUID, provider: Provider, data: Metadata, now: datetime
) -> None:
    """Add an identity by address. `data` lacks the subject and the verified flags; they are added here."""
    full = {"sub": str(user_id), "email_verified": False, "phone_verified": False, **data}
    await connection.execute(_INSERT, uuid4(), user_id, provider, json.dumps(full), now)


async def soft_delete(
    connection: Connection, user_id: UUID, obfuscate: Callable[[str], str], now: datetime
) -> None:
    """Empty the user's identities; what `obfuscate` makes of `provider:provider_id` takes the id's place."""
    for row in await connection.fetch(_IDS_OF_USER, user_id):
        provider_id = obfuscate(f"{row['provider']}:{row['provider_id']}")
        await connection.execute(_EMPTY, row["id"], provider_id, now)


async def upsert(
    connection: Connection, user_id: UUID, provider: Provider, data: Metadata, now: datetime
) -> None:
    """Merge `data` into the user's identity by address, adding it when there is none."""
    if await connection.execute(_MERGE_DATA, user_id, provider, json.dumps(data), now) == "UPDATE 0":
        await insert(connection, user_id, provider, data, now)
