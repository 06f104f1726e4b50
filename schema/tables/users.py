"""People."""

from typing import Annotated, Literal

from pydantic import Field

from schema.language import (
    Access,
    Index,
    JsonObject,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    band_of,
    caller_is,
    count_of,
    equals,
    moderator,
    signed_in,
    sum_of,
)


class User(Table, name="users", extends="auth.users"):
    """One person: what the community knows of an account.

    The row is made when someone signs up, carries the account's own id, and goes when the account does.
    A `public` profile is shown to anyone signed in, a `private` one to its owner and to moderators; visitors
    see no profiles. People edit their own profile; the role is the community's to give, and points, level and
    followers are counted. `notification_prefs` holds switches only, never addresses, since whoever sees a
    profile may read it.
    """

    name: Annotated[str, Text(length_min=1, length_max=120)]
    bio: Annotated[str, Text(length_max=2_000)] | None = None
    avatar_url: Annotated[str, Text(length_max=2_000)] | None = None
    avatar_storage_id: Annotated[str, Text(length_max=1_024)] | None = None
    visibility: Literal["public", "private"] = "public"
    role: Literal["admin", "moderator", "member"] = "member"
    points: int = sum_of("points.amount", by="user_id")
    level: int = band_of("levels.order", threshold="threshold", of="points", otherwise=1)
    follower_count: int = count_of("follows", by="following_id")
    following_count: int = count_of("follows", by="follower_id")
    notification_prefs: JsonObject = Field(default_factory=dict)
    updated_at: Timestamp

    indexes = (
        Index("by_role", "role"),
        Index("by_points", "points"),
    )
    access = Access(
        read=any_of(
            all_of(signed_in(), equals("visibility", "public")),
            caller_is("id"),
            moderator(),
        ),
        update=caller_is("id").columns(
            "name", "bio", "avatar_url", "avatar_storage_id", "visibility", "notification_prefs"
        ),
        direct=True,
    )
