"""What people ask moderators to look at."""

from typing import Annotated, Literal
from uuid import UUID

from schema.language import (
    Access,
    Index,
    PolymorphicRef,
    Ref,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    moderator,
)
from schema.tables.users import User


class Report(Table, name="reports"):
    """One person's report of one post, comment or person; a second one of the same is refused.

    Anyone signed in reports what they can see. Its author and moderators read it, and nobody else: whoever
    is reported does not learn by whom. Moderators settle it; `resolved_by` is who did. It goes when its
    target is removed for good, which deleting softly does not do.
    """

    reporter_id: Ref[User]
    target_type: Literal["post", "comment", "user"]
    target_id: Annotated[UUID, PolymorphicRef("target_type", post="posts", comment="comments", user="users")]
    reason: Annotated[str, Text(length_min=1, length_max=2_000)]
    status: Literal["open", "resolved", "dismissed"] = "open"
    resolved_at: Timestamp | None = None
    resolved_by: Ref[User] | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_reporter_id_and_target", "reporter_id", "target_type", "target_id", unique=True),
        Index("by_target", "target_type", "target_id", "created_at"),
        Index("by_status", "status", "created_at"),
        Index("by_resolved_by", "resolved_by"),
    )
    access = Access(
        read=any_of(caller_is("reporter_id"), moderator()),
        insert=all_of(caller_is("reporter_id"), can_see("target_id")).columns(
            "reporter_id", "target_type", "target_id", "reason"
        ),
        update=moderator().columns("status", "resolved_at", "resolved_by"),
    )
