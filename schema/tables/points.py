"""What people have earned."""

from typing import Annotated, Literal
from uuid import UUID

from schema.language import Access, Index, Ref, Table, Text, any_of, caller_is, moderator
from schema.tables.users import User


class Point(Table, name="points"):
    """One time that one person was given points for one `action`, or lost them where `amount` is negative.

    A history, only ever added to, and only by the service: `users.points` is its sum. Its owner and
    moderators read it. `reference_id` is what the points were for; the same thing earns them once. Points
    outlive what they were given for, so it is no foreign key.
    """

    user_id: Ref[User]
    action: Annotated[str, Text(length_min=1, length_max=60, pattern=r"^[a-z0-9_]+$")]
    amount: int
    reference_type: (
        Literal["post", "comment", "like", "lesson", "course", "event", "follow", "user"] | None
    ) = None
    reference_id: UUID | None = None

    indexes = (
        Index("by_user_id", "user_id", "created_at"),
        Index("by_action", "action", "created_at"),
        Index(
            "by_user_id_and_action_and_reference",
            "user_id",
            "action",
            "reference_type",
            "reference_id",
            unique=True,
        ),
    )
    access = Access(read=any_of(caller_is("user_id"), moderator()))
