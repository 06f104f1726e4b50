"""Users: rows of `auth.users`, each read together with its identities."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import asyncpg

from backend.devstack.auth.database import AUDIENCE, INSTANCE_ID, Connection, Metadata, Row
from backend.devstack.auth.errors import AuthRefusal, Code, email_exists, phone_exists
from backend.devstack.auth.identities import Identity

_COLUMNS = """
    u.id, u.aud, u.role, u.email, u.phone, u.encrypted_password,
    u.email_confirmed_at, u.phone_confirmed_at, u.confirmed_at, u.invited_at,
    u.confirmation_sent_at, u.recovery_sent_at, u.reauthentication_sent_at,
    u.email_change, u.email_change_sent_at, u.phone_change, u.phone_change_sent_at,
    u.last_sign_in_at, u.created_at, u.updated_at, u.banned_until, u.deleted_at, u.is_anonymous,
    u.raw_app_meta_data::text as app_metadata, u.raw_user_meta_data::text as user_metadata"""

_WITH_IDENTITIES = f"""
select {_COLUMNS},
    (select coalesce(json_agg(i order by i.created_at, i.id), '[]')
     from auth.identities i where i.user_id = u.id)::text as identities
from auth.users u"""

_BY_ID = f"{_WITH_IDENTITIES} where u.instance_id = $1 and u.id = $2"

_BY_EMAIL = f"""{_WITH_IDENTITIES}
where u.instance_id = $1 and lower(u.email) = $2 and u.aud = $3 and u.is_sso_user = false"""

# An address belongs to whoever proved it with any identity, even where their row names another address.
# Single sign-on accounts are apart: they may share an address with an ordinary account.
_EMAIL_OWNER_ID = """
select owner_id from (
    select 1 as preference, i.user_id as owner_id
    from auth.identities i join auth.users u on u.id = i.user_id
    where i.email = $1 and i.provider not like 'sso:%' and u.aud = $2
    union all
    select 2, id from auth.users
    where instance_id = $3 and lower(email) = $1 and aud = $2 and is_sso_user = false
) owners
where owner_id is distinct from $4
order by preference
limit 1
"""

_PHONE_OWNER_ID = """
select id from auth.users
where instance_id = $1 and phone = $2 and aud = $3 and is_sso_user = false and id is distinct from $4
limit 1
"""

_LISTED = """
from auth.users u
where u.instance_id = $1 and u.aud = $2
    and ($3 = '' or u.email like '%' || $3 || '%'
        or u.raw_user_meta_data->>'full_name' ilike '%' || $3 || '%')
"""

_COUNT = f"select count(*) {_LISTED}"

_PAGE = f"""
select {_COLUMNS} {_LISTED}
order by u.created_at desc, u.id
limit $4 offset $5
"""

# The token columns are '' and not null because GoTrue reads them into plain strings.
_INSERT = """
insert into auth.users (
    instance_id, id, aud, role, email, phone, encrypted_password,
    raw_app_meta_data, raw_user_meta_data, is_anonymous, is_sso_user, is_super_admin,
    confirmation_token, recovery_token, reauthentication_token,
    email_change, email_change_token_new, email_change_token_current, email_change_confirm_status,
    phone_change, phone_change_token, created_at, updated_at
) values (
    $1, $2, $3, $4, nullif($5, ''), nullif($6, ''), $7,
    $8::text::jsonb, $9::text::jsonb, $10, false, false,
    '', '', '',
    '', '', '', 0,
    '', '', $11, $11
)
on conflict do nothing
returning id
"""

_CONFIRM_EMAIL = """
update auth.users
set email_confirmed_at = $2, confirmation_token = '', updated_at = $2,
    raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || '{"email_verified": true}'
where id = $1
"""

_CONFIRM_PHONE = """
update auth.users set phone_confirmed_at = $2, confirmation_token = '', updated_at = $2 where id = $1
"""

_MERGE_METADATA = """
update auth.users
set raw_user_meta_data = {user}, raw_app_meta_data = {app}, updated_at = $4
where id = $1
""".format(
    user="(coalesce(raw_user_meta_data, '{}') || $2::text::jsonb) "
    "- array(select key from jsonb_each($2::text::jsonb) where value = 'null')",
    app="(coalesce(raw_app_meta_data, '{}') || $3::text::jsonb) "
    "- array(select key from jsonb_each($3::text::jsonb) where value = 'null')",
)

# Whatever was mailed out under the old password is void: its reader may be the reason for the change.
_SET_PASSWORD = """
update auth.users
set encrypted_password = $2, confirmation_token = '', confirmation_sent_at = null,
    recovery_token = '', recovery_sent_at = null,
    reauthentication_token = '', reauthentication_sent_at = null,
    email_change_token_current = '', email_change_token_new = '', email_change_sent_at = null,
    phone_change_token = '', phone_change_sent_at = null, updated_at = $3
where id = $1
"""

_HOLD_WHILE_PASSWORD_IS = """
select true from auth.users where id = $1 and encrypted_password is not distinct from $2 for share
"""

_SOFT_DELETE = """
update auth.users
set email = $2, phone = $3, email_change = $4, phone_change = $5, encrypted_password = null,
    confirmation_token = '', recovery_token = '', phone_change_token = '',
    email_change_token_current = '', email_change_token_new = '',
    raw_user_meta_data = '{}', raw_app_meta_data = '{}', deleted_at = $6, updated_at = $6
where id = $1
"""


@dataclass(frozen=True, slots=True)
class User:
    """A user as last read. `identities` is None where a listing leaves them out."""

    id: UUID
    aud: str | None
    role: str | None
    email: str | None
    phone: str | None
    encrypted_password: str | None = field(repr=False)
    email_confirmed_at: datetime | None
    phone_confirmed_at: datetime | None
    confirmed_at: datetime | None
    invited_at: datetime | None
    confirmation_sent_at: datetime | None
    recovery_sent_at: datetime | None
    reauthentication_sent_at: datetime | None
    email_change: str | None
    email_change_sent_at: datetime | None
    phone_change: str | None
    phone_change_sent_at: datetime | None
    last_sign_in_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    banned_until: datetime | None
    deleted_at: datetime | None
    is_anonymous: bool
    app_metadata: Metadata
    user_metadata: Metadata
    identities: tuple[Identity, ...] | None

    def is_banned(self, now: datetime) -> bool:
        """Whether an administrator keeps this user out at `now`."""
        return self.banned_until is not None and now < self.banned_until


@dataclass(frozen=True, slots=True)
class NewUser:
    """What a user starts with. An empty address or phone is none."""

    id: UUID
    email: str = ""
    phone: str = ""
    password_hash: str = field(default="", repr=False)
    aud: str = AUDIENCE
    role: str = "authenticated"
    app_metadata: Metadata = field(default_factory=dict)
    user_metadata: Metadata = field(default_factory=dict)
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class UserPage:
    """One page of a listing, newest first, with the number of users on all pages."""

    users: tuple[User, ...]
    total: int


async def find_by_id(connection: Connection, user_id: UUID) -> User | None:
    """The user of this id, or None."""
    return _user_or_none(await connection.fetchrow(_BY_ID, INSTANCE_ID, user_id))


async def load(connection: Connection, user_id: UUID) -> User:
    """The user of this id, known to exist, as triggers and earlier statements left it."""
    user = await find_by_id(connection, user_id)
    assert user is not None, user_id
    return user


async def find_by_email(connection: Connection, email: str) -> User | None:
    """The user who signs in with this address, in any spelling of its case."""
    return _user_or_none(await connection.fetchrow(_BY_EMAIL, INSTANCE_ID, email.lower(), AUDIENCE))


async def find_email_owner(
    connection: Connection, email: str, *, other_than: UUID | None = None
) -> UUID | None:
    """Who already holds the address, given in lower case; None when it is free."""
    return await connection.fetchval(_EMAIL_OWNER_ID, email, AUDIENCE, INSTANCE_ID, other_than)


async def find_phone_owner(
    connection: Connection, phone: str, *, other_than: UUID | None = None
) -> UUID | None:
    """Who already holds the number, given in E.164 without plus; None when it is free."""
    return await connection.fetchval(_PHONE_OWNER_ID, INSTANCE_ID, phone, AUDIENCE, other_than)


async def read_page(connection: Connection, *, page: int, users_max: int, containing: str) -> UserPage:
    """Page `page` (from 1) of the users whose address or full name contains the text, newest first."""
    listed = (INSTANCE_ID, AUDIENCE, containing)
    rows = await connection.fetch(_PAGE, *listed, users_max, (page - 1) * users_max)
    total = await connection.fetchval(_COUNT, *listed)
    assert isinstance(total, int), total
    return UserPage(tuple(map(_user, rows)), total)


async def insert(connection: Connection, new: NewUser, now: datetime) -> bool:
    """Add a user; False when the id, address or phone is taken, also by a commit this one waited for.

    A project may have triggers on this table. When one of them objects that is a failure of the database, not
    of the request, except where it could not make sense of a value.
    """
    metadata = json.dumps(new.app_metadata), json.dumps(new.user_metadata)
    try:
        inserted = await connection.fetchval(
            _INSERT,
            *(INSTANCE_ID, new.id, new.aud, new.role, new.email, new.phone, new.password_hash),
            *(*metadata, new.is_anonymous, now),
        )
    except asyncpg.DataError:
        raise
    except asyncpg.PostgresError as error:
        raise AuthRefusal(
            HTTPStatus.INTERNAL_SERVER_ERROR, Code.UNEXPECTED_FAILURE, "Database error saving new user"
        ) from error
    return inserted is not None


async def confirm_email(connection: Connection, user_id: UUID, now: datetime) -> None:
    """Take the user's address as theirs."""
    await connection.execute(_CONFIRM_EMAIL, user_id, now)


async def confirm_phone(connection: Connection, user_id: UUID, now: datetime) -> None:
    """Take the user's phone as theirs."""
    await connection.execute(_CONFIRM_PHONE, user_id, now)


async def merge_metadata(
    connection: Connection, user_id: UUID, now: datetime, *, user: Metadata | None, app: Metadata | None
) -> None:
    """Merge top-level keys into the metadata; a null removes its key. One statement, so none gets lost."""
    await connection.execute(_MERGE_METADATA, user_id, json.dumps(user or {}), json.dumps(app or {}), now)


async def set_password(
    connection: Connection, user_id: UUID, password_hash: str | None, now: datetime
) -> None:
    """Replace the password and void everything mailed out before."""
    await connection.execute(_SET_PASSWORD, user_id, password_hash, now)


async def hold_while_password_is(connection: Connection, user_id: UUID, password_hash: str | None) -> bool:
    """Keep the password from changing until this transaction is over; False when it has changed already."""
    held = await connection.fetchval(_HOLD_WHILE_PASSWORD_IS, user_id, password_hash)
    return held is not None


async def touch(connection: Connection, user_id: UUID, now: datetime) -> None:
    """Note that something of the user's changed elsewhere."""
    await connection.execute("update auth.users set updated_at = $2 where id = $1", user_id, now)


async def set_columns(connection: Connection, user_id: UUID, now: datetime, **values: object) -> None:
    """Write plain columns (names from our own code, never from a request)."""
    assignments = "".join(f", {column} = ${place}" for place, column in enumerate(values, start=3))
    statement = f"update auth.users set updated_at = $2{assignments} where id = $1"
    await connection.execute(statement, user_id, now, *values.values())


async def set_email(connection: Connection, user_id: UUID, email: str, now: datetime) -> None:
    """Write the user's address, or raise the refusal `email_exists`."""
    try:
        await set_columns(connection, user_id, now, email=email)
    except asyncpg.UniqueViolationError as error:
        raise email_exists() from error


async def set_phone(connection: Connection, user_id: UUID, phone: str, now: datetime) -> None:
    """Write the user's number, or raise the refusal `phone_exists`."""
    try:
        await set_columns(connection, user_id, now, phone=phone)
    except asyncpg.UniqueViolationError as error:
        raise phone_exists() from error


async def soft_delete(
    connection: Connection, user_id: UUID, replacements: Mapping[str, str], now: datetime
) -> None:
    """Empty the row of everything personal; `replacements` stand where the addresses were."""
    addresses = (replacements[column] for column in ("email", "phone", "email_change", "phone_change"))
    await connection.execute(_SOFT_DELETE, user_id, *addresses, now)


async def delete(connection: Connection, user_id: UUID) -> None:
    """Remove the user and, by foreign keys, their identities, sessions and tokens."""
    await connection.execute("delete from auth.users where id = $1", user_id)


def _user_or_none(row: Row | None) -> User | None:
    return None if row is None else _user(row)


def _user(row: Row) -> User:
    fields = dict(row)
    fields["app_metadata"] = json.loads(fields["app_metadata"] or "{}")
    fields["user_metadata"] = json.loads(fields["user_metadata"] or "{}")
    identities = fields.get("identities")
    fields["identities"] = None if identities is None else tuple(map(_identity, json.loads(identities)))
    return User(**fields)


def _identity(row: Mapping[str, Any]) -> Identity:
    return Identity(
        id=UUID(row["id"]),
        user_id=UUID(row["user_id"]),
        provider=row["provider"],
        provider_id=row["provider_id"],
        data=row["identity_data"] or {},
        email=row["email"],
        last_sign_in_at=_moment(row["last_sign_in_at"]),
        created_at=_moment(row["created_at"]),
        updated_at=_moment(row["updated_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
