"""The community's feed: posts, and what people make of them."""

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
    can_see,
    count_of,
    equals,
    moderator,
    not_deleted,
    signed_in,
)
from schema.tables.users import User


class CommunityPost(Table, name="community_posts", schema="community", followed=True):
    """One post in the feed that all who have joined share.

    Seen by anyone signed in, until it is deleted. Its author and moderators may edit it or delete it softly,
    but a pinned post speaks for the community: moderators pin, and only they change what is pinned.
    """

    author_id: Ref[User]
    content: Annotated[str, Text(length_min=1, length_max=20_000)]
    is_pinned: bool = False
    likes_count: int = count_of("community.community_post_likes", by="post_id")
    replies_count: int = count_of("community.community_post_replies", by="post_id", where=not_deleted)
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_author_id", "author_id", "created_at"),
        Index("by_created_at", "created_at"),
        Index("by_is_pinned", "is_pinned", "created_at"),
    )
    access = Access(
        read=all_of(not_deleted, signed_in()),
        insert=caller_is("author_id").columns("author_id", "content"),
        update=any_of(
            all_of(caller_is("author_id"), equals("is_pinned", False)),
            moderator(),
        ).columns("content", "is_pinned", "deleted_at"),
    )


class PostLike(Table, name="community_post_likes", schema="community"):
    """One person's like of one post; a second one is refused.

    Seen by whoever sees the post.
    """

    post_id: Ref[CommunityPost]
    user_id: Ref[User]

    indexes = (
        Index("by_post_id_and_user_id", "post_id", "user_id", unique=True),
        Index("by_user_id", "user_id", "created_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), can_see("post_id")),
        insert=all_of(caller_is("user_id"), can_see("post_id")),
        delete=caller_is("user_id"),
    )


class PostReply(Table, name="community_post_replies", schema="community"):
    """One answer to a post. Replies are not answered in turn.

    Seen by whoever sees the post, until it is deleted. Its author and moderators may edit it or delete it
    softly.
    """

    post_id: Ref[CommunityPost]
    author_id: Ref[User]
    content: Annotated[str, Text(length_min=1, length_max=10_000)]
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_post_id", "post_id", "created_at"),
        Index("by_author_id", "author_id", "created_at"),
        Index("by_created_at", "created_at"),
    )
    access = Access(
        read=all_of(not_deleted, can_see("post_id")),
        insert=all_of(caller_is("author_id"), can_see("post_id")).columns("post_id", "author_id", "content"),
        update=any_of(caller_is("author_id"), moderator()).columns("content", "deleted_at"),
    )
