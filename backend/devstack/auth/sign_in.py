"""Signing in with a password."""

from dataclasses import replace
from http import HTTPStatus

from backend.devstack.auth import grants, passwords, users
from backend.devstack.auth.database import transaction
from backend.devstack.auth.errors import AuthRefusal, Code, WeakPassword, validation_failed
from backend.devstack.auth.grants import Grant
from backend.devstack.auth.requests import PasswordGrant
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.sessions import Client


async def sign_in_with_password(auth: AuthService, request: PasswordGrant, client: Client) -> Grant:
    """Open a session for whoever knows the password of the address.

    An unknown address and a wrong password are refused in the same words and after the same time.
    """
    _check_addresses(auth, request)
    async with auth.pool.acquire() as connection:
        user = await users.find_by_email(connection, request.email)
    # The connection is back in the pool while bcrypt works.
    known = await passwords.matches(request.password, user.encrypted_password if user else None)
    if user is None or not known:
        raise _invalid_credentials()
    # Only whoever knows the password learns of these two.
    if user.is_banned(auth.clock()):
        raise _refuse(Code.USER_BANNED, "User is banned")
    if user.email_confirmed_at is None:
        raise _refuse(Code.EMAIL_NOT_CONFIRMED, "Email not confirmed")
    async with transaction(auth.pool) as connection:
        # Between the two transactions the password may have been changed, to keep just this caller out.
        if not await users.hold_while_password_is(connection, user.id, user.encrypted_password):
            raise _invalid_credentials()
        grant = await grants.open_session(auth, connection, user.id, "password", client)
    return replace(grant, weakness=_weakness(auth, request.password))


def _check_addresses(auth: AuthService, request: PasswordGrant) -> None:
    if request.email and request.phone:
        raise validation_failed("Only an email address or phone number should be provided on login.")
    if request.phone:
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY, Code.PHONE_PROVIDER_DISABLED, "Phone logins are disabled"
        )
    if not request.email:
        raise validation_failed("missing email or phone")
    if not auth.settings.email_enabled:
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY, Code.EMAIL_PROVIDER_DISABLED, "Email logins are disabled"
        )


def _invalid_credentials() -> AuthRefusal:
    return _refuse(Code.INVALID_CREDENTIALS, "Invalid login credentials")


def _refuse(code: Code, message: str) -> AuthRefusal:
    return AuthRefusal(HTTPStatus.BAD_REQUEST, code, message)


def _weakness(auth: AuthService, password: str) -> WeakPassword | None:
    try:
        passwords.check_strength(password, auth.settings)
    except WeakPassword as weakness:
        return weakness
    except AuthRefusal:
        pass  # Longer than bcrypt reads: set by other means, and none of the listed reasons.
    return None
