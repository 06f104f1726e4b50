"""Who takes which course."""

from uuid import UUID

from schema.language import (
    Access,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_is,
    can_see,
    moderator,
)
from schema.tables.courses import Course
from schema.tables.users import User


class Enrollment(Table, name="enrollments"):
    """One person taking one course, once.

    People enrol themselves in any course they can see, keep their own place in it, and may leave. Moderators
    see who is enrolled. Completion is the service's to record, since certificates rest on it.
    `last_lesson_id` is the lesson last opened, empty before the first.
    """

    course_id: Ref[Course]
    user_id: Ref[User]
    last_lesson_id: UUID | None = None
    completed_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_course_id", "user_id", "course_id", unique=True),
        Index("by_course_id", "course_id", "created_at"),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(caller_is("user_id"), can_see("course_id")).columns("course_id", "user_id"),
        update=caller_is("user_id").columns("last_lesson_id"),
        delete=caller_is("user_id"),
        direct=True,
    )
