"""Degree paths."""

from typing import Annotated, Literal, TypeAlias

from schema.language import (
    Access,
    Bounds,
    Index,
    JsonObject,
    Ref,
    Rows,
    SearchIndex,
    Shape,
    Table,
    Text,
    Timestamp,
    admin,
    all_of,
    any_of,
    caller_has,
    caller_is,
    equals,
    moderator,
    sum_of,
)
from schema.tables.academy.permissions import ATTEND, EDIT
from schema.tables.academy.shapes import Overview
from schema.tables.users import User

Slug: TypeAlias = Annotated[str, Text(length_min=1, length_max=120, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
"""A name for addresses: small letters, digits, single hyphens."""

_NOT_DROPPED = any_of(equals("status", "active"), equals("status", "paused"), equals("status", "completed"))

_EDIT = any_of(moderator(), caller_is("created_by"))


class Program(Table, name="programs", schema="academy", rows=Rows.FEW):
    """One degree path, made of courses.

    A published program is shown to everyone, visitors too; a draft to moderators and to whoever made it, who
    may also edit it. Moderators make programs; admins remove them, with everybody's progress. Others may work
    through a program (`attend`) while it is published and they are enrolled, unless they have dropped it.
    """

    slug: Slug
    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_max=10_000)] | None = None
    overview: Annotated[JsonObject, Shape(Overview)] | None = None
    difficulty_level: Literal["beginner", "intermediate", "advanced"] = "beginner"
    estimated_duration_weeks: Annotated[int, Bounds(1, 1_000)] | None = None
    thumbnail_url: Annotated[str, Text(length_max=2_000)] | None = None
    is_published: bool = False
    created_by: Ref[User] | None = None
    content_item_count: int = sum_of(
        "academy.courses.content_item_count", by="program_id", where={"is_published": True}
    )
    updated_at: Timestamp

    indexes = (
        Index("by_slug", "slug", unique=True),
        Index("by_created_by", "created_by", "created_at"),
        Index("by_is_published", "is_published", "created_at"),
        SearchIndex("search", "title", "description"),
    )
    access = Access(
        read=any_of(equals("is_published", True), _EDIT),
        insert=all_of(moderator(), caller_is("created_by")),
        update=_EDIT.columns(
            "slug",
            "title",
            "description",
            "overview",
            "difficulty_level",
            "estimated_duration_weeks",
            "thumbnail_url",
            "is_published",
        ),
        delete=admin(),
        permissions={
            EDIT: _EDIT,
            ATTEND: any_of(
                _EDIT,
                all_of(
                    equals("is_published", True),
                    caller_has("academy.enrollments", by="program_id", where=_NOT_DROPPED),
                ),
            ),
        },
    )
