"""Who takes which course."""

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
    computed,
    copy_of,
    count_of,
    filled,
    moderator,
    own,
)
from schema.tables.courses import Course
from schema.tables.lessons import Lesson
from schema.tables.users import User


class Enrollment(Table, name="enrollments"):
    """One person taking one course, once.

    People enrol themselves in any course they can see, keep their own place in it, and may leave. Moderators
    see who is enrolled. Completion is the service's to record, since certificates rest on it; the percentage
    is counted from the lessons. `last_lesson_id` is the lesson last opened, empty before the first.
    """

    course_id: Ref[Course]
    user_id: Ref[User]
    last_lesson_id: Ref[Lesson] | None = None
    lesson_count: int | None = copy_of("courses.lesson_count", via="course_id")
    completed_lesson_count: int = count_of(
        "lesson_progress", by="enrollment_id", where=filled("completed_at")
    )
    completion_percentage: int = computed(
        (own("completed_lesson_count") * 100 / own("lesson_count")).between(0, 100).rounded().otherwise(0)
    )
    completed_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_course_id", "user_id", "course_id", unique=True),
        Index("by_course_id", "course_id", "created_at"),
        Index("by_last_lesson_id", "last_lesson_id"),
        Index("by_id_and_user_id_and_course_id", "id", "user_id", "course_id", unique=True),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(caller_is("user_id"), can_see("course_id")).columns("course_id", "user_id"),
        update=caller_is("user_id").columns("last_lesson_id"),
        delete=caller_is("user_id"),
        direct=True,
    )
