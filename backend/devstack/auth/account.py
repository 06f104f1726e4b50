"""A user's own account: changing one's password, metadata or address."""

from http import HTTPStatus

from backend.devstack.auth import identities, one_time_tokens, passwords, sessions, users
from backend.devstack.auth.addresses import normalize_email, normalize_phone
from backend.devstack.auth.caller import Caller
from backend.devstack.auth.database import Connection, transaction
from backend.devstack.auth.errors import AuthRefusal, Code, email_exists
from backend.devstack.auth.requests import UserUpdate
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.users import User


async def update_account(auth: AuthService, caller: Caller, request: UserUpdate) -> User:
    """Apply a user's changes to themselves and return the user as they then are. All or nothing."""
    user = caller.user
    email = normalize_email(request.email) if request.email else ""
    new_email = email if email != (user.email or "") else ""
    if request.password is not None:
        passwords.check_strength(request.password, auth.settings)
    _check_allowed(auth, user, request, new_email)
    password_hash = await _hash_new_password(user, request.password)
    now = auth.clock()
    async with transaction(auth.pool) as connection:
        if password_hash is not None:
            await users.set_password(connection, user.id, password_hash, now)
            await one_time_tokens.delete_of_user(connection, user.id)
            # Every other device must sign in again with the new password.
            await sessions.delete_of_user(
                connection, user.id, but=caller.session.id if caller.session else None
            )
        if request.data is not None:
            await users.merge_metadata(connection, user.id, now, user=request.data, app=None)
        if new_email:
            await _take_email(auth, connection, user, new_email)
        return await users.load(connection, user.id)


def _check_allowed(auth: AuthService, user: User, request: UserUpdate, new_email: str) -> None:
    if request.app_metadata is not None:
        raise AuthRefusal(
            HTTPStatus.FORBIDDEN, Code.NOT_ADMIN, "Updating app_metadata requires admin privileges"
        )
    if user.is_anonymous and request.password and not request.email and not request.phone:
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Code.VALIDATION_FAILED,
            "Updating password of an anonymous user without an email or phone is not allowed",
        )
    if request.phone and normalize_phone(request.phone) != user.phone:
        raise _undeliverable("Unable to get SMS provider")
    # An address somebody already answers for is given up only by mail to it, and this service sends none.
    if new_email and not (user.is_anonymous and auth.settings.autoconfirm):
        raise _undeliverable("Error sending email change email")


async def _hash_new_password(user: User, password: str | None) -> str | None:
    if password is None:
        return None
    if user.encrypted_password and await passwords.matches(password, user.encrypted_password):
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Code.SAME_PASSWORD,
            "New password should be different from the old password.",
        )
    return await passwords.hash_password(password)


async def _take_email(auth: AuthService, connection: Connection, user: User, email: str) -> None:
    """Make an anonymous user one with an address, which is like signing up."""
    now = auth.clock()
    if await users.find_email_owner(connection, email, other_than=user.id):
        raise email_exists()
    await users.set_email(connection, user.id, email, now)
    await identities.upsert(connection, user.id, "email", {"email": email, "email_verified": True}, now)
    providers = {"provider": "email", "providers": ["email"]}
    await users.merge_metadata(connection, user.id, now, user=None, app=providers)
    await users.set_columns(connection, user.id, now, is_anonymous=False)
    await users.confirm_email(connection, user.id, now)


def _undeliverable(message: str) -> AuthRefusal:
    return AuthRefusal(HTTPStatus.INTERNAL_SERVER_ERROR, Code.UNEXPECTED_FAILURE, message)
