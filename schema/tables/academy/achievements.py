"""Badges, and who has them."""

from typing import Annotated, Literal

from schema.language import (
    Access,
    Bounds,
    Index,
    JsonObject,
    Ref,
    Rows,
    Shape,
    ShapeBy,
    Table,
    Text,
    Timestamp,
    admin,
    any_of,
    caller_is,
    copy_of,
    moderator,
    signed_in,
)
from schema.tables.academy.shapes import Advance, Contribution, CourseCompletion, Special, Streak
from schema.tables.users import User


class Achievement(Table, name="achievements", schema="academy", rows=Rows.FEW):
    """One badge that can be earned. What its `criteria` say goes by its `type`.

    Shown to anyone signed in; admins design them.
    """

    name: Annotated[str, Text(length_min=1, length_max=120)]
    description: Annotated[str, Text(length_max=2_000)] | None = None
    icon_url: Annotated[str, Text(length_max=2_000)] | None = None
    type: Literal["course_completion", "streak", "community", "special"]
    criteria: Annotated[
        JsonObject,
        ShapeBy(
            "type",
            course_completion=CourseCompletion,
            streak=Streak,
            community=Contribution,
            special=Special,
        ),
    ]
    points: Annotated[int, Bounds(0, 1_000_000)] = 0
    updated_at: Timestamp

    indexes = (Index("by_name", "name", unique=True),)
    access = Access(
        read=signed_in(),
        insert=admin(),
        update=admin().columns("name", "description", "icon_url", "type", "criteria", "points"),
        delete=admin(),
    )


class UserAchievement(Table, name="user_achievements", schema="academy"):
    """One person's badge, or how far they are on the way to it: `earned_at` is empty until then.

    Theirs to see, and moderators'. Only the service gives badges. It is worth what the badge is worth.
    """

    user_id: Ref[User]
    achievement_id: Ref[Achievement]
    earned_at: Timestamp | None = None
    progress: Annotated[JsonObject, Shape(Advance)] | None = None
    points: int | None = copy_of("academy.achievements.points", via="achievement_id")
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_achievement_id", "user_id", "achievement_id", unique=True),
        Index("by_achievement_id", "achievement_id", "created_at"),
    )
    access = Access(read=any_of(caller_is("user_id"), moderator()))
