"""What people do for their goals."""

from typing import Annotated

from pydantic import Field

from schema.language import (
    Access,
    Bounds,
    Index,
    JsonObject,
    Ref,
    Rows,
    Table,
    Text,
    Timestamp,
    admin,
    any_of,
    caller_is,
    copy_of,
    moderator,
    now,
    signed_in,
)
from schema.tables.community.tracks import TrackGoal
from schema.tables.courses import Course
from schema.tables.users import User


class ActionType(Table, name="action_types", schema="community", rows=Rows.FEW):
    """One kind of action, and the points it is worth. Shown to anyone signed in; admins set them."""

    name: Annotated[str, Text(length_min=1, length_max=120)]
    description: Annotated[str, Text(length_max=2_000)] | None = None
    points: Annotated[int, Bounds(0, 1_000_000)] = 0
    updated_at: Timestamp

    indexes = (Index("by_name", "name", unique=True),)
    access = Access(
        read=signed_in(),
        insert=admin(),
        update=admin().columns("name", "description", "points"),
        delete=admin(),
    )


class UserAction(Table, name="user_actions", schema="community"):
    """One thing somebody did, for a goal or for its own sake.

    Personal: its owner keeps it, straight from the browser; moderators see it too. It is worth what its type
    is worth, so that nobody gives points to themselves.
    """

    user_id: Ref[User]
    action_type_id: Ref[ActionType]
    goal_id: Ref[TrackGoal] | None = None
    course_id: Ref[Course] | None = None
    title: Annotated[str, Text(length_max=200)] | None = None
    description: Annotated[str, Text(length_max=2_000)] | None = None
    details: Annotated[str, Text(length_max=20_000)] | None = None
    points: int | None = copy_of("community.action_types.points", via="action_type_id")
    metadata: JsonObject = Field(default_factory=dict)
    action_date: Timestamp = now()
    updated_at: Timestamp

    indexes = (
        Index("by_user_id", "user_id", "action_date"),
        Index("by_action_type_id", "action_type_id", "created_at"),
        Index("by_goal_id", "goal_id", "created_at"),
        Index("by_course_id", "course_id", "created_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=caller_is("user_id"),
        update=caller_is("user_id").columns(
            "goal_id", "course_id", "title", "description", "details", "metadata", "action_date"
        ),
        delete=caller_is("user_id"),
        direct=True,
    )
