"""What people answer to posts."""

from typing import Annotated

from schema.language import (
    Access,
    Deletes,
    Index,
    Nesting,
    Ref,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    copy_of,
    count_of,
    moderator,
    not_deleted,
)
from schema.tables.posts import Post
from schema.tables.users import User


class Comment(Table, name="comments", followed=True):
    """One comment on a post, or one reply to a comment: two levels, never more.

    Seen by whoever sees the post, until it is deleted; anyone who sees a post may comment on it, also where
    posting is for moderators. Its author and moderators may edit it or delete it softly.
    """

    post_id: Ref[Post]
    author_id: Ref[User]
    parent_id: Annotated[Ref["Comment"], Deletes("cascade")] | None = None
    content: Annotated[str, Text(length_min=1, length_max=10_000)]
    author_name: str | None = copy_of("users.name", via="author_id")
    author_avatar: str | None = copy_of("users.avatar_url", via="author_id")
    like_count: int = count_of("likes", by="target_id", where={"target_type": "comment"})
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_post_id", "post_id", "created_at"),
        Index("by_parent_id", "parent_id", "created_at"),
        Index("by_author_id", "author_id", "created_at"),
    )
    nesting = Nesting(parent="parent_id", within="post_id")
    access = Access(
        read=all_of(not_deleted, can_see("post_id")),
        insert=all_of(caller_is("author_id"), can_see("post_id")),
        update=any_of(caller_is("author_id"), moderator()).columns("content", "deleted_at"),
    )
