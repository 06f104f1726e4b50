"""What the project's own server side may do to users: everything a user may, and without their password."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

from backend.devstack.auth import identities, one_time_tokens, passwords, sessions, users
from backend.devstack.auth.addresses import normalize_email, normalize_phone
from backend.devstack.auth.database import AUDIENCE, Connection, transaction
from backend.devstack.auth.durations import parse_duration
from backend.devstack.auth.errors import AuthRefusal, Code, email_exists, phone_exists, validation_failed
from backend.devstack.auth.requests import AdminUser
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.users import NewUser, User, UserPage

USERS_PER_PAGE = 50
USERS_PER_PAGE_MAX = 1000  # As many as the clients' own suites ask for; a page is built in memory.
_OBFUSCATED_PHONE_LENGTH = 15  # The column once was a varchar(15).


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a request in the spelling they are stored in; empty where absent."""

    email: str
    phone: str


async def list_users(auth: AuthService, *, page: int, users_max: int, containing: str) -> UserPage:
    """A page of users, newest first, without their identities."""
    async with auth.pool.acquire() as connection:
        return await users.read_page(connection, page=page, users_max=users_max, containing=containing)


async def read_user(auth: AuthService, user_id: str) -> User:
    """The user of this id, or the refusal `user_not_found`."""
    async with auth.pool.acquire() as connection:
        return await _find(connection, user_id)


async def create_user(auth: AuthService, request: AdminUser) -> User:
    """Add a user. Any password goes, however weak; without one they get one that nobody knows."""
    addresses = _read_addresses(request)
    if not addresses.email and not addresses.phone:
        raise validation_failed("Cannot create a user without either an email or phone")
    providers = [name for name in ("email", "phone") if getattr(addresses, name)]
    now = auth.clock()
    banned_until = _banned_until(request.ban_duration, now)
    new = NewUser(
        id=_chosen_id(request.id),
        email=addresses.email,
        phone=addresses.phone,
        password_hash=await _chosen_hash(request),
        aud=request.aud or AUDIENCE,
        role=request.role.strip() or "authenticated",
        app_metadata={"provider": providers[0], "providers": providers},
        user_metadata=request.user_metadata or {},
    )
    async with transaction(auth.pool) as connection:
        await _require_free(connection, addresses, other_than=None)
        if not await users.insert(connection, new, now):
            await _explain_taken(connection, new, addresses)
        if new.email:
            await identities.insert(connection, new.id, "email", {"email": new.email}, now)
        if new.phone:
            await identities.insert(connection, new.id, "phone", {"phone": new.phone}, now)
        await users.merge_metadata(connection, new.id, now, user=None, app=request.app_metadata)
        await _confirm(connection, new.id, request, now)
        if banned_until is not None:
            await users.set_columns(connection, new.id, now, banned_until=banned_until)
        return await users.load(connection, new.id)


async def update_user(auth: AuthService, user_id: str, request: AdminUser) -> User:
    """Change what the request names and return the user. A new password ends all their sessions."""
    addresses = _read_addresses(request)
    now = auth.clock()
    if request.password is not None:
        passwords.check_strength(request.password, auth.settings)
    password_hash = None if request.password is None else await passwords.hash_password(request.password)
    banned_until = _banned_until(request.ban_duration, now)
    async with transaction(auth.pool) as connection:
        user = await _find(connection, user_id)
        if request.role:
            await users.set_columns(connection, user.id, now, role=request.role.strip())
        await _confirm(connection, user.id, request, now)
        if password_hash is not None:
            await users.set_password(connection, user.id, password_hash, now)
            await one_time_tokens.delete_of_user(connection, user.id)
            await sessions.delete_of_user(connection, user.id)
        await _change_addresses(connection, user, addresses, request, now)
        await users.merge_metadata(
            connection, user.id, now, user=request.user_metadata, app=request.app_metadata
        )
        if request.ban_duration:
            await users.set_columns(connection, user.id, now, banned_until=banned_until)
        return await users.load(connection, user.id)


async def delete_user(auth: AuthService, user_id: str, *, keep_row: bool) -> None:
    """Remove a user; or keep the row for what refers to it, emptied of everything personal."""
    now = auth.clock()
    async with transaction(auth.pool) as connection:
        user = await _find(connection, user_id)
        if not keep_row:
            await users.delete(connection, user.id)
        elif user.deleted_at is None:
            await _soft_delete(connection, user, now)


async def _soft_delete(connection: Connection, user: User, now: datetime) -> None:
    def obfuscate(value: str) -> str:
        digest = hashlib.sha256(f"{user.id}{value}".encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")

    replacements = {
        "email": obfuscate(user.email or ""),
        "phone": obfuscate(user.phone or "")[:_OBFUSCATED_PHONE_LENGTH],
        "email_change": obfuscate(user.email_change or ""),
        "phone_change": obfuscate(user.phone_change or "")[:_OBFUSCATED_PHONE_LENGTH],
    }
    await users.soft_delete(connection, user.id, replacements, now)
    await identities.soft_delete(connection, user.id, obfuscate, now)
    await one_time_tokens.delete_of_user(connection, user.id)
    await sessions.delete_of_user(connection, user.id)


async def _find(connection: Connection, user_id: str) -> User:
    try:
        parsed = UUID(user_id)
    except ValueError as error:
        raise AuthRefusal(HTTPStatus.NOT_FOUND, Code.VALIDATION_FAILED, "user_id must be an UUID") from error
    user = await users.find_by_id(connection, parsed)
    if user is None:
        raise AuthRefusal(HTTPStatus.NOT_FOUND, Code.USER_NOT_FOUND, "User not found")
    return user


async def _change_addresses(
    connection: Connection, user: User, addresses: Addresses, request: AdminUser, now: datetime
) -> None:
    await _require_free(connection, addresses, other_than=user.id)
    if addresses.email:
        await users.set_email(connection, user.id, addresses.email, now)
        proof = {"email": addresses.email, "email_verified": request.email_confirm}
        await identities.upsert(connection, user.id, "email", proof, now)
    if addresses.phone:
        await users.set_phone(connection, user.id, addresses.phone, now)
        proof = {"phone": addresses.phone, "phone_verified": request.phone_confirm}
        await identities.upsert(connection, user.id, "phone", proof, now)
    proved = (addresses.email and request.email_confirm) or (addresses.phone and request.phone_confirm)
    if user.is_anonymous and proved:
        await users.set_columns(connection, user.id, now, is_anonymous=False)


async def _confirm(connection: Connection, user_id: UUID, request: AdminUser, now: datetime) -> None:
    if request.email_confirm:
        await users.confirm_email(connection, user_id, now)
    if request.phone_confirm:
        await users.confirm_phone(connection, user_id, now)
    if request.email_confirm or request.phone_confirm:
        await one_time_tokens.delete_of_user(connection, user_id)


async def _require_free(connection: Connection, addresses: Addresses, *, other_than: UUID | None) -> None:
    if addresses.email and await users.find_email_owner(connection, addresses.email, other_than=other_than):
        raise email_exists()
    if addresses.phone and await users.find_phone_owner(connection, addresses.phone, other_than=other_than):
        raise phone_exists()


async def _explain_taken(connection: Connection, new: NewUser, addresses: Addresses) -> None:
    """Raise the reason why `new` could not be inserted although its addresses were free a moment ago."""
    await _require_free(connection, addresses, other_than=None)
    raise AuthRefusal(
        HTTPStatus.UNPROCESSABLE_ENTITY, Code.USER_ALREADY_EXISTS, f"User {new.id} already exists"
    )


def _read_addresses(request: AdminUser) -> Addresses:
    return Addresses(
        email=normalize_email(request.email) if request.email else "",
        phone=normalize_phone(request.phone) if request.phone else "",
    )


def _chosen_id(text: str) -> UUID:
    if not text:
        return uuid4()
    try:
        chosen = UUID(text)
    except ValueError as error:
        raise validation_failed("ID must conform to the uuid v4 format") from error
    if not chosen.int:
        raise validation_failed("ID cannot be a nil uuid")
    return chosen


async def _chosen_hash(request: AdminUser) -> str:
    if request.password is not None and request.password_hash:
        raise validation_failed("Only a password or a password hash should be provided")
    if request.password_hash:
        if not passwords.is_hash(request.password_hash):
            raise validation_failed("Only bcrypt password hashes are supported")
        return request.password_hash
    password = request.password or passwords.generate_password()
    if len(password.encode()) > passwords.PASSWORD_BYTES_MAX:
        raise validation_failed("bcrypt: password length exceeds 72 bytes")
    return await passwords.hash_password(password)


def _banned_until(ban_duration: str, now: datetime) -> datetime | None:
    """When a ban of this length ends; None for "none" and for none asked."""
    if ban_duration in ("", "none"):
        return None
    try:
        length = parse_duration(ban_duration)
        return now + length if length != timedelta(0) else None
    except (ValueError, OverflowError) as error:
        raise validation_failed(f"invalid format for ban duration: {error}") from error
