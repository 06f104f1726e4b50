"""What happens when."""

from typing import Annotated

from schema.language import (
    Access,
    AtMost,
    Bounds,
    Index,
    JsonObject,
    Shape,
    Table,
    Text,
    Timestamp,
    any_of,
    count_of,
    moderator,
)
from schema.tables.audience import Visibility, in_audience
from schema.tables.recurrence import Recurrence

CAPACITY_MAX = 100_000  # No room holds more; larger events have no capacity to speak of.


class Event(Table, name="events"):
    """One event, or a series of them where `recurrence` says how it repeats.

    Seen as a space of the same visibility is; moderators, who see all, make, change and remove events. A
    canceled event stays to be seen, so that people learn of it. `going_count` never exceeds `capacity`:
    whoever would be one too many is refused, and may wait or say maybe. In a series one answer holds for all
    of it. `timezone` is an IANA name, such as Europe/Berlin: a series keeps its hour of the day there.
    """

    title: Annotated[str, Text(length_min=1, length_max=200)]
    description: Annotated[str, Text(length_max=10_000)] | None = None
    start_time: Timestamp
    end_time: Timestamp | None = None
    timezone: Annotated[str, Text(length_max=64, pattern=r"^[A-Za-z0-9_+/-]+$")] = "UTC"
    location: Annotated[str, Text(length_max=500)] | None = None
    visibility: Visibility = "members"
    required_tier: Annotated[str, Text(length_min=1, length_max=60)] | None = None
    capacity: Annotated[int, Bounds(1, CAPACITY_MAX)] | None = None
    recurrence: Annotated[JsonObject, Shape(Recurrence)] | None = None
    going_count: int = count_of("rsvps", by="event_id", where={"status": "going"})
    maybe_count: int = count_of("rsvps", by="event_id", where={"status": "maybe"})
    waitlist_count: int = count_of("rsvps", by="event_id", where={"status": "waitlist"})
    canceled_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (Index("by_start_time", "start_time"),)
    limits = (
        AtMost("going_count", "capacity", message="The event is full."),
        AtMost("start_time", "end_time", message="An event does not end before it begins."),
    )
    access = Access(
        read=any_of(*in_audience(), moderator()),
        insert=moderator(),
        update=moderator().columns(
            "title",
            "description",
            "start_time",
            "end_time",
            "timezone",
            "location",
            "visibility",
            "required_tier",
            "capacity",
            "recurrence",
            "canceled_at",
        ),
        delete=moderator(),
    )
