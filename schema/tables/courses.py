"""Things to learn."""

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
    count_of,
    equals,
    moderator,
)
from schema.tables.audience import Visibility, in_audience


class Course(Table, name="courses", rows=Rows.FEW):
    """One course of the catalogue.

    A published course is seen as a space of the same visibility is; a draft by moderators only, who may
    also edit courses. Admins make them and remove them, with everybody's enrolment.
    """

    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_max=10_000)] | None = None
    thumbnail: Annotated[str, Text(length_max=2_000)] | None = None
    visibility: Visibility = "members"
    required_tier: Annotated[str, Text(length_min=1, length_max=60)] | None = None
    status: Literal["draft", "published"] = "draft"
    enrollment_count: int = count_of("enrollments", by="course_id")
    lesson_count: int = count_of("lessons", by="course_id")
    updated_at: Timestamp

    indexes = (Index("by_status", "status", "created_at"),)
    access = Access(
        read=any_of(
            moderator(),
            all_of(
                equals("status", "published"),
                any_of(*in_audience()),
            ),
        ),
        insert=admin(),
        update=moderator().columns(
            "title", "description", "thumbnail", "visibility", "required_tier", "status"
        ),
        delete=admin(),
    )
