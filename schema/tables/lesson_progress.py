"""How far people are."""

from schema.language import (
    Access,
    ForeignKey,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_has,
    caller_is,
    can_see,
    moderator,
)
from schema.tables.courses import Course
from schema.tables.enrollments import Enrollment
from schema.tables.lessons import Lesson
from schema.tables.users import User


class LessonProgress(Table, name="lesson_progress"):
    """One lesson that one enrolled person has opened; completed once `completed_at` says when.

    People keep their own progress, in lessons they can read; moderators look on, to help. It goes with the
    enrollment, whose person and course it repeats; the lesson is one of that course.
    """

    enrollment_id: Ref[Enrollment]
    user_id: Ref[User]
    course_id: Ref[Course]
    lesson_id: Ref[Lesson]
    completed_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_lesson_id", "user_id", "lesson_id", unique=True),
        Index("by_enrollment_id", "enrollment_id", "user_id", "course_id"),
        Index("by_lesson_id", "lesson_id", "course_id"),
        Index("by_course_id", "course_id"),
    )
    foreign_keys = (
        ForeignKey(
            "enrollment_id", "user_id", "course_id", to="Enrollment", other=("id", "user_id", "course_id")
        ),
        ForeignKey("lesson_id", "course_id", to="Lesson", other=("id", "course_id")),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(
            caller_is("user_id"),
            can_see("lesson_id"),
            caller_has("enrollments", by="id", here="enrollment_id"),
        ),
        update=caller_is("user_id").columns("completed_at"),
        delete=caller_is("user_id"),
        direct=True,
    )
