"""What modules consist of."""

from typing import Annotated, Literal

from schema.language import (
    Access,
    Bounds,
    Index,
    JsonObject,
    Ref,
    ShapeBy,
    Table,
    Text,
    Timestamp,
    admin,
)
from schema.tables.academy.modules import Module
from schema.tables.academy.permissions import can_attend, can_edit
from schema.tables.academy.shapes import (
    AudioContent,
    DocumentContent,
    ImageContent,
    InteractiveContent,
    TextContent,
    VideoContent,
)


class ContentItem(Table, name="content_items", schema="academy"):
    """One thing to read, watch, hear or try. What its `content` holds goes by its `type`.

    Open to those who are enrolled in the program, once everything above it is published, and to those who may
    edit the program. Admins remove items, with everybody's progress. `duration_seconds` is of videos and
    audios.
    """

    module_id: Ref[Module]
    type: Literal["text", "video", "audio", "image", "interactive", "document"]
    title: Annotated[str, Text(length_min=1, length_max=200)]
    content: Annotated[
        JsonObject,
        ShapeBy(
            "type",
            text=TextContent,
            video=VideoContent,
            audio=AudioContent,
            image=ImageContent,
            interactive=InteractiveContent,
            document=DocumentContent,
        ),
    ]
    order_index: int = 0
    duration_seconds: Annotated[int, Bounds(0, 1_000_000)] | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_module_id", "module_id", "order_index"),
        Index("by_id_and_module_id", "id", "module_id", unique=True),
    )
    access = Access(
        read=can_attend("module_id"),
        insert=can_edit("module_id"),
        update=can_edit("module_id").columns("type", "title", "content", "order_index", "duration_seconds"),
        delete=admin(),
    )
