"""The parts of a course."""

from typing import Annotated

from schema.language import (
    Access,
    Index,
    Ref,
    Table,
    Text,
    Timestamp,
    can_see,
    count_of,
    moderator,
)
from schema.tables.courses import Course


class Module(Table, name="modules"):
    """One part of a course, in the order of `order`; lessons stand in modules.

    The outline is seen by whoever sees the course, enrolled or not. Moderators, who edit courses, make,
    change and remove modules; removing one removes its lessons with everybody's progress in them.
    """

    course_id: Ref[Course]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    order: int = 0
    lesson_count: int = count_of("lessons", by="module_id")
    updated_at: Timestamp

    indexes = (
        Index("by_course_id", "course_id", "order"),
        Index("by_id_and_course_id", "id", "course_id", unique=True),
    )
    access = Access(
        read=can_see("course_id"),
        insert=moderator(),
        update=moderator().columns("title", "order"),
        delete=moderator(),
    )
