"""Talk about courses and modules."""

from typing import Annotated

from schema.language import (
    Access,
    Deletes,
    ForeignKey,
    Index,
    JsonObject,
    Nesting,
    Ref,
    Shape,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    copy_of,
    count_of,
    empty,
    equals,
    moderator,
    not_deleted,
    signed_in,
)
from schema.tables.academy.courses import Course
from schema.tables.academy.modules import Module
from schema.tables.academy.permissions import ANSWER, can_answer
from schema.tables.academy.shapes import Written
from schema.tables.users import User

_IN_PLACE = any_of(can_see("module_id"), all_of(empty("module_id"), can_see("course_id")))
_VISIBLE = all_of(signed_in(), not_deleted, _IN_PLACE)


class Discussion(Table, name="discussions", schema="academy"):
    """One question or topic about a course, or about a module of it.

    Seen by people who are signed in and see that course or module. Its author may edit it or delete it softly
    until moderators pin or lock it; a locked one takes no comments. One that is about nothing is the
    service's, and is seen by nobody else.
    """

    module_id: Annotated[Ref[Module], Deletes("cascade")] | None = None
    course_id: Annotated[Ref[Course], Deletes("cascade")] | None = None
    user_id: Ref[User]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    content: Annotated[JsonObject, Shape(Written)]
    author_name: str | None = copy_of("users.name", via="user_id")
    author_avatar: str | None = copy_of("users.avatar_url", via="user_id")
    comment_count: int = count_of("academy.comments", by="discussion_id", where=not_deleted)
    is_pinned: bool = False
    is_locked: bool = False
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_module_id", "module_id", "course_id"),
        Index("by_course_id", "course_id", "created_at"),
        Index("by_user_id", "user_id", "created_at"),
    )
    foreign_keys = (ForeignKey("module_id", "course_id", to="Module", other=("id", "course_id")),)
    access = Access(
        read=_VISIBLE,
        insert=all_of(caller_is("user_id"), _IN_PLACE).columns(
            "module_id", "course_id", "user_id", "title", "content"
        ),
        update=any_of(
            all_of(caller_is("user_id"), equals("is_pinned", False), equals("is_locked", False)),
            moderator(),
        ).columns("title", "content", "is_pinned", "is_locked", "deleted_at"),
        permissions={ANSWER: all_of(_VISIBLE, equals("is_locked", False))},
    )


class Comment(Table, name="comments", schema="academy"):
    """One comment in a discussion, or one reply to a comment: two levels, never more.

    Seen by whoever sees the discussion, until it is deleted. Its author may edit it or delete it softly while
    the discussion is not locked; moderators always may.
    """

    discussion_id: Ref[Discussion]
    user_id: Ref[User]
    parent_id: Annotated[Ref["Comment"], Deletes("cascade")] | None = None
    content: Annotated[JsonObject, Shape(Written)]
    author_name: str | None = copy_of("users.name", via="user_id")
    author_avatar: str | None = copy_of("users.avatar_url", via="user_id")
    is_edited: bool = False
    deleted_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_discussion_id", "discussion_id", "created_at"),
        Index("by_parent_id", "parent_id", "created_at"),
        Index("by_user_id", "user_id", "created_at"),
    )
    nesting = Nesting(parent="parent_id", within="discussion_id")
    access = Access(
        read=all_of(not_deleted, can_see("discussion_id")),
        insert=all_of(caller_is("user_id"), can_answer("discussion_id")).columns(
            "discussion_id", "user_id", "parent_id", "content"
        ),
        update=any_of(
            all_of(caller_is("user_id"), can_answer("discussion_id")),
            moderator(),
        ).columns("content", "is_edited", "deleted_at"),
    )
