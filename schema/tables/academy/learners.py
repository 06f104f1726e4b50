"""People as learners."""

from typing import Annotated

from schema.language import (
    Access,
    Index,
    Table,
    Text,
    Timestamp,
    any_of,
    caller_is,
    copy_of,
    moderator,
    of_account,
)


class Learner(Table, name="users", schema="academy", extends="public.users", automatic=True):
    """One person as a learner, made with the person.

    Private: shown to its owner and to moderators, since it tells the address. People choose their language
    and their time zone; `email` and `last_login_at` are the account's, name and picture the profile's, and
    `is_active` is the service's to change. Supabase Auth keeps addresses unique.
    """

    email: str | None = of_account("email")
    name: str | None = copy_of("users.name", via="id")
    avatar_url: str | None = copy_of("users.avatar_url", via="id")
    last_login_at: Timestamp | None = of_account("last_sign_in_at")
    is_active: bool = True
    preferred_language: Annotated[str, Text(length_max=35, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    timezone: Annotated[str, Text(length_min=1, length_max=60)] = "UTC"
    updated_at: Timestamp

    indexes = (Index("by_email", "email"),)
    access = Access(
        read=any_of(caller_is("id"), moderator()),
        update=caller_is("id").columns("preferred_language", "timezone"),
        direct=True,
    )
