"""Places for discussion."""

from typing import Annotated, Literal

from schema.language import (
    Access,
    Index,
    Rows,
    Table,
    Text,
    Timestamp,
    admin,
    all_of,
    any_of,
    equals,
    moderator,
    not_deleted,
    signed_in,
)
from schema.tables.audience import Visibility, in_audience

_VISIBLE = all_of(
    not_deleted,
    any_of(*in_audience(), moderator()),
)


class Space(Table, name="spaces", rows=Rows.FEW):
    """One place for discussion; everything posted in it is seen by whoever sees the space.

    `public` spaces are open to visitors, `members` spaces to anyone signed in, and `paid` spaces to people
    with a live membership of `required_tier`, or of any tier when it is empty. Moderators see all of them.
    Admins make, change and close spaces; a closed space keeps its posts, unseen.
    """

    name: Annotated[str, Text(length_min=1, length_max=120)]
    description: Annotated[str, Text(length_max=2_000)] | None = None
    icon: Annotated[str, Text(length_max=120)] | None = None
    visibility: Visibility = "members"
    post_permission: Literal["all", "moderators", "admins"] = "all"
    required_tier: Annotated[str, Text(length_min=1, length_max=60)] | None = None
    order: int = 0
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (Index("by_order", "order"),)
    access = Access(
        read=_VISIBLE,
        insert=admin(),
        update=admin().columns(
            "name",
            "description",
            "icon",
            "visibility",
            "post_permission",
            "required_tier",
            "order",
            "deleted_at",
        ),
        permissions={
            "post": all_of(
                _VISIBLE,
                any_of(
                    all_of(equals("post_permission", "all"), signed_in()),
                    all_of(equals("post_permission", "moderators"), moderator()),
                    admin(),
                ),
            )
        },
    )
