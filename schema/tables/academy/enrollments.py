"""Who takes which program, and how far they have come."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schema.language import (
    Access,
    Bounds,
    ForeignKey,
    Index,
    JsonObject,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_has,
    caller_is,
    can_see,
    computed,
    copy_of,
    count_of,
    equals,
    last_of,
    moderator,
    now,
    own,
)
from schema.tables.academy.content_items import ContentItem
from schema.tables.academy.courses import Course
from schema.tables.academy.modules import Module
from schema.tables.academy.programs import Program
from schema.tables.users import User

_UNFINISHED = any_of(equals("status", "active"), equals("status", "paused"), equals("status", "dropped"))


class Enrollment(Table, name="enrollments", schema="academy"):
    """One person taking one program, once.

    People enrol themselves in any program they can see, pause, drop and resume it, straight from the browser;
    moderators see it too. That it is completed is the service's to say, since certificates rest on it, and is
    then final for its owner.
    """

    user_id: Ref[User]
    program_id: Ref[Program]
    enrolled_at: Timestamp = now()
    target_completion_date: date | None = None
    status: Literal["active", "paused", "completed", "dropped"] = "active"
    content_item_count: int | None = copy_of("academy.programs.content_item_count", via="program_id")
    completed_item_count: int = count_of("academy.progress", by="enrollment_id", where={"is_completed": True})
    completion_percentage: int = computed(
        (own("completed_item_count") * 100 / own("content_item_count")).between(0, 100).rounded().otherwise(0)
    )
    last_activity_at: Timestamp | None = last_of(
        "academy.progress.updated_at", by="enrollment_id", order="updated_at"
    )
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_program_id", "user_id", "program_id", unique=True),
        Index("by_user_id_and_status", "user_id", "status", "program_id"),
        Index("by_program_id", "program_id", "created_at"),
        Index("by_id_and_user_id_and_program_id", "id", "user_id", "program_id", unique=True),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(caller_is("user_id"), can_see("program_id")).columns(
            "user_id", "program_id", "target_completion_date"
        ),
        update=all_of(caller_is("user_id"), _UNFINISHED).columns("status", "target_completion_date"),
        direct=True,
    )


class Progress(Table, name="progress", schema="academy"):
    """One person's way through one content item, within their enrolment.

    Personal: its owner keeps it, straight from the browser, for what is open to them; moderators see it too.
    Item, module, course, program and enrolment belong together, which the foreign keys hold, so that nothing
    counts towards another program. An item is completed once `completed_at` says when. `progress_data` is
    the item's own.
    """

    user_id: Ref[User]
    content_item_id: Ref[ContentItem]
    module_id: Ref[Module]
    course_id: Ref[Course]
    program_id: Ref[Program]
    enrollment_id: Ref[Enrollment]
    started_at: Timestamp = now()
    completed_at: Timestamp | None = None
    time_spent_seconds: Annotated[int, Bounds(0, None)] = 0
    # A moment equals itself wherever there is one, and is compared with no other: browsers' clocks are wrong.
    is_completed: bool = computed(own("completed_at").equal_to(own("completed_at")).otherwise(False))
    progress_data: JsonObject = Field(default_factory=dict)
    updated_at: Timestamp

    indexes = (
        Index("by_user_id_and_content_item_id", "user_id", "content_item_id", unique=True),
        Index("by_content_item_id", "content_item_id", "module_id"),
        Index("by_module_id", "module_id", "course_id"),
        Index("by_course_id", "course_id", "program_id"),
        Index("by_program_id", "program_id"),
        Index("by_enrollment_id", "enrollment_id", "user_id", "program_id"),
        Index("by_enrollment_id_and_updated_at", "enrollment_id", "updated_at"),
    )
    foreign_keys = (
        ForeignKey("content_item_id", "module_id", to="ContentItem", other=("id", "module_id")),
        ForeignKey("module_id", "course_id", to="Module", other=("id", "course_id")),
        ForeignKey("course_id", "program_id", to="Course", other=("id", "program_id")),
        ForeignKey(
            "enrollment_id", "user_id", "program_id", to="Enrollment", other=("id", "user_id", "program_id")
        ),
    )
    access = Access(
        read=any_of(caller_is("user_id"), moderator()),
        insert=all_of(
            caller_is("user_id"),
            can_see("content_item_id"),
            caller_has("academy.enrollments", by="id", here="enrollment_id"),
        ),
        update=caller_is("user_id").columns("completed_at", "time_spent_seconds", "progress_data"),
        direct=True,
    )
