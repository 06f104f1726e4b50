"""Signing up: with an e-mail address and a password, or as nobody in particular."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

from backend.devstack.auth import grants, identities, one_time_tokens, passwords, users
from backend.devstack.auth.addresses import normalize_email
from backend.devstack.auth.database import Connection, transaction
from backend.devstack.auth.errors import AuthRefusal, Code, validation_failed
from backend.devstack.auth.grants import Grant
from backend.devstack.auth.requests import SignUp
from backend.devstack.auth.service import AuthService
from backend.devstack.auth.sessions import Client
from backend.devstack.auth.users import NewUser, User

_PROVIDERS = {"provider": "email", "providers": ["email"]}


async def sign_up(auth: AuthService, request: SignUp, client: Client) -> Grant | User:
    """Register someone: a `Grant` when they are in at once, a `User` who must confirm their e-mail else."""
    if not request.email and not request.phone:
        return await _sign_up_anonymously(auth, request, client)
    _require_sign_ups(auth)
    if not request.password:
        raise validation_failed("Signup requires a valid password")
    passwords.check_strength(request.password, auth.settings)
    if request.email and request.phone:
        raise validation_failed("Only an email address or phone number should be provided on signup.")
    if request.phone:
        raise AuthRefusal(HTTPStatus.BAD_REQUEST, Code.PHONE_PROVIDER_DISABLED, "Phone signups are disabled")
    if not auth.settings.email_enabled:
        raise AuthRefusal(HTTPStatus.BAD_REQUEST, Code.EMAIL_PROVIDER_DISABLED, "Email signups are disabled")
    email = normalize_email(request.email)
    # Hashed before the address is looked up: the time taken must not tell whether it is known, and no
    # connection is held meanwhile.
    password_hash = await passwords.hash_password(request.password)
    async with transaction(auth.pool) as connection:
        user, is_new = await _find_or_register(auth, connection, email, password_hash, request)
        if user.email_confirmed_at is not None:
            return _answer_about_existing(auth, user, request)
        return await _admit(auth, connection, user, request, client, is_new=is_new)


async def _sign_up_anonymously(auth: AuthService, request: SignUp, client: Client) -> Grant:
    if not auth.settings.enable_anonymous_sign_ins:
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Code.ANONYMOUS_PROVIDER_DISABLED,
            "Anonymous sign-ins are disabled",
        )
    _require_sign_ups(auth)
    new = NewUser(id=uuid4(), user_metadata=request.data, is_anonymous=True)
    async with transaction(auth.pool) as connection:
        await users.insert(connection, new, auth.clock())
        return await grants.open_session(auth, connection, new.id, "anonymous", client)


def _require_sign_ups(auth: AuthService) -> None:
    if not auth.settings.enable_signup:
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY, Code.SIGNUP_DISABLED, "Signups not allowed for this instance"
        )


async def _find_or_register(
    auth: AuthService, connection: Connection, email: str, password_hash: str, request: SignUp
) -> tuple[User, bool]:
    """The user with this address, and whether they were registered just now."""
    owner_id = await users.find_email_owner(connection, email)
    if owner_id is None:
        user_id = uuid4()
        proof = {"sub": str(user_id), "email": email, "email_verified": False, "phone_verified": False}
        new = NewUser(
            id=user_id,
            email=email,
            password_hash=password_hash,
            app_metadata=_PROVIDERS,
            user_metadata={**request.data, **proof},
        )
        if await users.insert(connection, new, auth.clock()):
            await identities.insert(connection, user_id, "email", {**request.data, **proof}, auth.clock())
            return await users.load(connection, user_id), True
        # Another sign-up of the address committed between the look-up and the insert.
        owner_id = await users.find_email_owner(connection, email)
        assert owner_id is not None, email
    return await users.load(connection, owner_id), False


async def _admit(
    auth: AuthService, connection: Connection, user: User, request: SignUp, client: Client, *, is_new: bool
) -> Grant | User:
    """Sign an unconfirmed user in where the project asks for no proof of the address, else ask for it.

    The user may have been made before, by an administrator or an unfinished sign-up. Their password is left
    alone; yet with autoconfirm on they are signed in, for there an address is whoever's names it first.
    """
    now = auth.clock()
    if auth.settings.autoconfirm:
        await users.confirm_email(connection, user.id, now)
        await one_time_tokens.delete_of_user(connection, user.id)
        return await grants.open_session(auth, connection, user.id, "password", client)
    if not is_new:
        _check_email_interval(auth, user)
    await one_time_tokens.start_confirmation(
        connection, user.id, user.email or "", now, otp_length=auth.settings.otp_length
    )
    user = await users.load(connection, user.id)
    # Whoever signs up here need not be the person who was invited.
    return user if user.invited_at is None else replace(user, user_metadata={}, identities=())


def _check_email_interval(auth: AuthService, user: User) -> None:
    if user.confirmation_sent_at is None:
        return
    allowed_at = user.confirmation_sent_at + timedelta(seconds=auth.settings.email_interval_min_s)
    wait = allowed_at - auth.clock()
    if wait > timedelta(0):
        raise AuthRefusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            Code.OVER_EMAIL_SEND_RATE_LIMIT,
            f"For security purposes, you can only request this after {int(wait.total_seconds())} seconds.",
        )


def _answer_about_existing(auth: AuthService, user: User, request: SignUp) -> User:
    """Refuse openly where sign-up tells anyway; else answer as for a stranger, so that nothing is told."""
    if auth.settings.autoconfirm:
        raise AuthRefusal(
            HTTPStatus.UNPROCESSABLE_ENTITY, Code.USER_ALREADY_EXISTS, "User already registered"
        )
    now = auth.clock()
    return replace(
        user,
        id=uuid4(),
        role="",
        phone=None,
        email_change=None,
        email_change_sent_at=None,
        email_confirmed_at=None,
        phone_confirmed_at=None,
        confirmed_at=None,
        last_sign_in_at=None,
        confirmation_sent_at=now,
        app_metadata=_PROVIDERS,
        user_metadata=request.data,
        identities=(),
        created_at=now,
        updated_at=now,
    )
