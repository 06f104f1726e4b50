"""Courses within programs."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schema.language import (
    Access,
    Bounds,
    Index,
    Ref,
    Rows,
    SearchIndex,
    Table,
    Text,
    Timestamp,
    admin,
    all_of,
    any_of,
    can_see,
    equals,
    sum_of,
)
from schema.tables.academy.permissions import ATTEND, EDIT, can_attend, can_edit
from schema.tables.academy.programs import Program, Slug


class Course(Table, name="courses", schema="academy", rows=Rows.FEW):
    """One course of a program. Distinct from the courses of the community, which belong to no program.

    Seen when it and its program are published, visitors included; a draft by those who may edit the program.
    Admins remove courses, with everybody's progress. `prerequisites` are ids of courses to take before.
    """

    program_id: Ref[Program]
    slug: Slug
    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_max=10_000)] | None = None
    order_index: int = 0
    estimated_hours: Annotated[int, Bounds(0, 10_000)] | None = None
    prerequisites: list[UUID] = Field(default_factory=list)
    learning_objectives: list[str] = Field(default_factory=list)
    is_published: bool = False
    content_item_count: int = sum_of(
        "academy.modules.content_item_count", by="course_id", where={"is_published": True}
    )
    updated_at: Timestamp

    indexes = (
        Index("by_program_id_and_slug", "program_id", "slug", unique=True),
        Index("by_program_id", "program_id", "order_index"),
        Index("by_id_and_program_id", "id", "program_id", unique=True),
        SearchIndex("search", "title", "description"),
    )
    access = Access(
        read=any_of(
            can_edit("program_id"),
            all_of(equals("is_published", True), can_see("program_id")),
        ),
        insert=can_edit("program_id"),
        update=can_edit("program_id").columns(
            "slug",
            "title",
            "description",
            "order_index",
            "estimated_hours",
            "prerequisites",
            "learning_objectives",
            "is_published",
        ),
        delete=admin(),
        permissions={
            EDIT: can_edit("program_id"),
            ATTEND: any_of(
                can_edit("program_id"),
                all_of(equals("is_published", True), can_attend("program_id")),
            ),
        },
    )
