"""The kinds of text that the tracker's tables share."""

from typing import Annotated, TypeAlias

from schema.language import Text

Key: TypeAlias = Annotated[str, Text(length_min=1, length_max=120)]
"""An id that the client chooses, such as `deepWorkHours`; each person's are their own."""

Name: TypeAlias = Annotated[str, Text(length_min=1, length_max=300)]
"""What a thing is called."""

Notes: TypeAlias = Annotated[str, Text(length_max=20_000)]
"""As much as somebody has to say about it."""

Unit: TypeAlias = Annotated[str, Text(length_max=60)]
"""What a number counts: `hours`, `EUR`, or nothing."""

Category: TypeAlias = Annotated[str, Text(length_min=1, length_max=60)]
"""What a thing is sorted under, in the person's own words."""

Color: TypeAlias = Annotated[str, Text(length_min=1, length_max=60)]
"""A colour as the client writes it: `#5FE3B3`, or the name of a style."""

Platform: TypeAlias = Annotated[str, Text(length_min=1, length_max=60)]
"""Where something was published."""

WeekKey: TypeAlias = Annotated[str, Text(length_max=8, pattern=r"^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$")]
"""A week, `2026-W03`: sorted as text it is sorted by time."""
