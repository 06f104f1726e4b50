"""What the change feed tells the engine: commits, progress, and gaps in its knowledge."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.engine.versions import Ts

Row = Mapping[str, object]
"""Column to value. A column that is missing has a value the feed did not tell."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row inserted, updated or deleted.

    `new` is None for a delete; a column missing from it is an unchanged large value that was not sent again.
    `old` is the whole earlier row where the table's replica identity is FULL, else at most its key columns.
    `edit` is False where it is certain that only derived columns changed, such as a count.
    """

    table: str
    new: Row | None
    old: Row | None
    edit: bool = True


@dataclass(frozen=True, slots=True)
class TableChange:
    """A table of which anything may have changed: truncated, or too many rows at once to be worth listing."""

    table: str


Change = RowChange | TableChange


@dataclass(frozen=True, slots=True)
class Commit:
    """One transaction's changes. `xid`: its low 32 bits. `position`: where its commit record ends."""

    xid: int
    position: Ts
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Every commit at or before `position` has been delivered."""

    position: Ts


@dataclass(frozen=True, slots=True)
class Gap:
    """The feed starts, or starts again, at `position`: commits before it may have been missed."""

    position: Ts


FeedEvent = Commit | Progress | Gap
