"""Users and grants as JSON: GoTrue's field names in GoTrue's order, absent where there is nothing to say."""

from datetime import UTC, datetime
from typing import Any

from backend.devstack.auth.grants import Grant
from backend.devstack.auth.identities import Identity
from backend.devstack.auth.users import User

View = dict[str, Any]


def view_user(user: User) -> View:
    """A user; `email` and `phone` are always there, empty when there are none."""
    identities = (
        None if user.identities is None else [_view_identity(identity) for identity in user.identities]
    )
    return {
        "id": str(user.id),
        "aud": user.aud or "",
        "role": user.role or "",
        "email": user.email or "",
        **_present(email_confirmed_at=user.email_confirmed_at, invited_at=user.invited_at),
        "phone": user.phone or "",
        **_present(
            phone_confirmed_at=user.phone_confirmed_at,
            confirmation_sent_at=user.confirmation_sent_at,
            confirmed_at=user.confirmed_at,
            recovery_sent_at=user.recovery_sent_at,
            new_email=user.email_change,
            email_change_sent_at=user.email_change_sent_at,
            new_phone=user.phone_change,
            phone_change_sent_at=user.phone_change_sent_at,
            reauthentication_sent_at=user.reauthentication_sent_at,
            last_sign_in_at=user.last_sign_in_at,
        ),
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata,
        "identities": identities,
        **_present(
            created_at=user.created_at,
            updated_at=user.updated_at,
            banned_until=user.banned_until,
            deleted_at=user.deleted_at,
        ),
        "is_anonymous": user.is_anonymous,
    }


def view_grant(grant: Grant) -> View:
    """What a sign-in answers, which clients call a session."""
    view: View = {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": grant.expires_in_s,
        "expires_at": grant.expires_at_s,
        "refresh_token": grant.refresh_token,
        "user": view_user(grant.user),
    }
    if grant.weakness is not None:
        view["weak_password"] = {
            "message": grant.weakness.message,
            "reasons": list(grant.weakness.reasons),
        }
    return view


def format_moment(moment: datetime) -> str:
    """RFC 3339 in UTC, without trailing zeros.

    >>> format_moment(datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC))
    '2026-01-02T03:04:05.12Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"


def _view_identity(identity: Identity) -> View:
    return {
        "identity_id": str(identity.id),
        "id": identity.provider_id,
        "user_id": str(identity.user_id),
        "identity_data": identity.data,
        "provider": identity.provider,
        **_present(
            last_sign_in_at=identity.last_sign_in_at,
            created_at=identity.created_at,
            updated_at=identity.updated_at,
            email=identity.email,
        ),
    }


def _present(**fields: datetime | str | None) -> View:
    return {
        name: format_moment(value) if isinstance(value, datetime) else value
        for name, value in fields.items()
        if value
    }
