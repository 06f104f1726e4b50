"""Modules within courses."""

from typing import Annotated, Literal

from schema.language import (
    Access,
    Bounds,
    Index,
    Ref,
    Table,
    Text,
    Timestamp,
    admin,
    all_of,
    any_of,
    can_see,
    count_of,
    equals,
)
from schema.tables.academy.courses import Course
from schema.tables.academy.permissions import ATTEND, EDIT, can_attend, can_edit


class Module(Table, name="modules", schema="academy"):
    """One module of a course: a heading over content, an assessment, or a discussion.

    Seen as its course is, once published: the outline is part of the catalogue. What is in it opens by
    enrolment.
    """

    course_id: Ref[Course]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_max=10_000)] | None = None
    order_index: int = 0
    type: Literal["lesson", "quiz", "project", "discussion"] = "lesson"
    estimated_minutes: Annotated[int, Bounds(0, 100_000)] | None = None
    is_published: bool = False
    content_item_count: int = count_of("academy.content_items", by="module_id")
    updated_at: Timestamp

    indexes = (
        Index("by_course_id", "course_id", "order_index"),
        Index("by_id_and_course_id", "id", "course_id", unique=True),
    )
    access = Access(
        read=any_of(
            can_edit("course_id"),
            all_of(equals("is_published", True), can_see("course_id")),
        ),
        insert=can_edit("course_id"),
        update=can_edit("course_id").columns(
            "title", "description", "order_index", "type", "estimated_minutes", "is_published"
        ),
        delete=admin(),
        permissions={
            EDIT: can_edit("course_id"),
            ATTEND: any_of(
                can_edit("course_id"),
                all_of(equals("is_published", True), can_attend("course_id")),
            ),
        },
    )
