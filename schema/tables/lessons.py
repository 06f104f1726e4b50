"""What is taught."""

from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, RootModel

from schema.language import (
    Access,
    Bounds,
    ForeignKey,
    Index,
    JsonArray,
    Ref,
    Shape,
    Table,
    Text,
    Timestamp,
    all_of,
    any_of,
    caller_has,
    can_see,
    equals,
    moderator,
)
from schema.tables.courses import Course
from schema.tables.modules import Module

ATTACHMENTS_MAX = 20  # More belongs in several lessons; a reader loads the whole list with the lesson.
ATTACHMENT_BYTES_MAX = 5 * 1024**3  # What storage accepts as one file.


class Attachment(BaseModel):
    """A file beside a lesson: its name for readers, and where it lies in storage."""

    name: Annotated[str, Text(length_min=1, length_max=200)]
    path: Annotated[str, Text(length_min=1, length_max=1_024)]
    type: Annotated[str, Text(length_max=120)] | None = None
    size: Annotated[int, Bounds(0, ATTACHMENT_BYTES_MAX)] | None = None


class Attachments(RootModel[Annotated[list[Attachment], Field(max_length=ATTACHMENTS_MAX)]]):
    """The files of a lesson, in the order shown."""


class Lesson(Table, name="lessons"):
    """One lesson of a module, in the order of `order`.

    Read by people who are enrolled in its course, for as long as they can see the course: a paid course
    closes with the membership. A lesson with `free_preview` is read by whoever sees the course. Moderators
    make, change and remove lessons. `course_id` is the module's own.
    """

    course_id: Ref[Course]
    module_id: Ref[Module]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    content: Annotated[str, Text(length_max=100_000)] | None = None
    video_url: Annotated[str, Text(length_max=2_000)] | None = None
    attachments: Annotated[JsonArray, Shape(Attachments)] = Field(default_factory=list[JsonValue])
    free_preview: bool = False
    order: int = 0
    updated_at: Timestamp

    indexes = (
        Index("by_module_id", "module_id", "order"),
        Index("by_module_id_and_course_id", "module_id", "course_id"),
        Index("by_course_id", "course_id"),
        Index("by_id_and_course_id", "id", "course_id", unique=True),
    )
    foreign_keys = (ForeignKey("module_id", "course_id", to="Module", other=("id", "course_id")),)
    access = Access(
        read=any_of(
            moderator(),
            all_of(
                can_see("course_id"),
                any_of(
                    equals("free_preview", True), caller_has("enrollments", by="course_id", here="course_id")
                ),
            ),
        ),
        insert=moderator(),
        update=moderator().columns(
            "module_id",
            "course_id",
            "title",
            "content",
            "video_url",
            "attachments",
            "free_preview",
            "order",
        ),
        delete=moderator(),
    )
