"""Who likes what."""

from typing import Annotated, Literal
from uuid import UUID

from schema.language import (
    Access,
    Index,
    PolymorphicRef,
    Ref,
    Table,
    all_of,
    any_of,
    caller_is,
    can_see,
    signed_in,
)
from schema.tables.users import User


class Like(Table, name="likes"):
    """One person's like of one post or comment; a second one is refused.

    People see their own likes, and those on anything they can see. Visitors see only the counts.
    """

    user_id: Ref[User]
    target_type: Literal["post", "comment"]
    target_id: Annotated[UUID, PolymorphicRef("target_type", post="posts", comment="comments")]

    indexes = (
        Index("by_user_id_and_target", "user_id", "target_type", "target_id", unique=True),
        Index("by_target", "target_type", "target_id", "created_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), all_of(signed_in(), can_see("target_id"))),
        insert=all_of(caller_is("user_id"), can_see("target_id")),
        delete=caller_is("user_id"),
    )
