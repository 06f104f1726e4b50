"""What people write in spaces."""

from typing import Annotated

from schema.language import (
    Access,
    Index,
    Ref,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_post,
    can_see,
    copy_of,
    count_of,
    moderator,
    not_deleted,
)
from schema.tables.spaces import Space
from schema.tables.users import User


class Post(Table, name="posts", followed=True):
    """One post in a space's feed.

    Seen by whoever sees the space, until it is deleted. Its author and moderators may edit it or delete it
    softly; nothing is ever removed but with its author's account or its space.
    """

    space_id: Ref[Space]
    author_id: Ref[User]
    content: Annotated[str, Text(length_min=1, length_max=20_000)]
    author_name: str | None = copy_of("users.name", via="author_id")
    author_avatar: str | None = copy_of("users.avatar_url", via="author_id")
    like_count: int = count_of("likes", by="target_id", where={"target_type": "post"})
    comment_count: int = count_of("comments", by="post_id", where=not_deleted)
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_space_id", "space_id", "created_at"),
        Index("by_author_id", "author_id", "created_at"),
    )
    access = Access(
        read=all_of(not_deleted, can_see("space_id")),
        insert=all_of(caller_is("author_id"), can_post("space_id")),
        update=any_of(caller_is("author_id"), moderator()).columns("content", "deleted_at"),
    )
