"""How an event repeats: the fields of an RFC 5545 recurrence rule."""

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, model_validator

from schema.language import Bounds, Text

Weekday: TypeAlias = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

OCCURRENCES_MAX = 730  # Two years of days. What goes on longer ends at a date, or not at all.
INTERVAL_MAX = 99  # Nobody plans further ahead, and calendars have to step through it.

_NUMBERED_WEEKDAY = r"^([+-]{0,1}([1-9]|[1-4][0-9]|5[0-3])){0,1}(MO|TU|WE|TH|FR|SA|SU)$"


class Recurrence(BaseModel):
    """A rule whose keys, in small letters, and values are those of an RRULE.

    The first occurrence is the event's own `start_time`, and days are those of its `timezone`. It ends after
    `count` occurrences, or at `until` in Unix milliseconds, or never. `byday` may number a weekday within its
    month or year: `2TU`, or `-1FR` for the last Friday. The last day of a month is position -1 of all seven.
    """

    at_most_one_of: ClassVar = (("count", "until"),)

    freq: Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
    interval: Annotated[int, Bounds(1, INTERVAL_MAX)] = 1
    count: Annotated[int, Bounds(1, OCCURRENCES_MAX)] | None = None
    until: Annotated[int, Bounds(0)] | None = None
    byday: (
        Annotated[list[Annotated[str, Text(length_max=5, pattern=_NUMBERED_WEEKDAY)]], MinLen(1), MaxLen(7)]
        | None
    ) = None
    bymonthday: Annotated[list[Annotated[int, Bounds(1, 31)]], MinLen(1), MaxLen(31)] | None = None
    bymonth: Annotated[list[Annotated[int, Bounds(1, 12)]], MinLen(1), MaxLen(12)] | None = None
    bysetpos: Annotated[list[Literal[1, 2, 3, 4, 5, -1, -2]], MinLen(1), MaxLen(7)] | None = None
    wkst: Weekday = "MO"

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.count is not None and self.until is not None:
            raise ValueError("count and until exclude each other")
        return self
