"""What a run read, and whether a change could alter what it would read now.

A read set may claim too much (a needless re-run, whose equal answer is not sent) but never too little.
Wherever Python cannot know how PostgreSQL orders or completes a value, the answer is therefore "touched".
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from backend.engine.changes import Change, Row, RowChange, TableChange

_NUMBERS = (int, float, Decimal)

Key = str | int | float | bool | Decimal | UUID | datetime | date | None
"""A column value as the change feed decodes it, so that both sides compare equal."""


@dataclass(frozen=True, slots=True)
class RowRead:
    """One row, by its id. With `edits_only`, changes of derived columns alone do not count."""

    table: str
    id: UUID
    edits_only: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range: values of the first `len(values)` columns after the prefix, compared as a tuple."""

    values: tuple[Key, ...]
    inclusive: bool


@dataclass(frozen=True, slots=True)
class IndexRange:
    """A stretch of an index: `columns[:len(prefix)]` equal `prefix`, the others lie between the bounds.

    A missing bound is open. Bounds are in ascending order whichever way the index was walked. Equality is
    Python's; order is decided only for values that Python and PostgreSQL order alike (never text).
    With `edits_only`, changes of derived columns alone do not count.
    """

    table: str
    columns: tuple[str, ...]
    prefix: tuple[Key, ...]
    lower: Bound | None = None
    upper: Bound | None = None
    edits_only: bool = False

    def holds(self, row: Row) -> bool:
        """Whether `row`, which has this range's prefix, may lie between the bounds."""
        rest = self.columns[len(self.prefix) :]
        if self.lower is not None and not _may_follow(row, rest, self.lower):
            return False
        return self.upper is None or _may_precede(row, rest, self.upper)


@dataclass(frozen=True, slots=True)
class TableRead:
    """All of a table: any change to it counts; with `edits_only`, any but those of derived columns alone."""

    table: str
    edits_only: bool = False


@dataclass(frozen=True, slots=True)
class ReadSet:
    """Everything an answer depends on."""

    rows: frozenset[RowRead] = frozenset()
    ranges: frozenset[IndexRange] = frozenset()
    tables: frozenset[TableRead] = frozenset()

    def touched_by(self, change: Change) -> bool:
        """Whether `change` may alter an answer that read this.

        The plain meaning of a read set; `read_index.ReadIndex` answers the same for many read sets at once.
        """
        reads = [read for read in (*self.tables, *self.rows, *self.ranges) if read.table == change.table]
        if isinstance(change, TableChange):
            return bool(reads)
        return any(_touched(read, change) for read in reads if change.edit or not read.edits_only)


NOTHING_READ = ReadSet()


def _touched(read: "RowRead | IndexRange | TableRead", change: RowChange) -> bool:
    match read:
        case TableRead():
            return True
        case RowRead(id=id):
            return id in changed_ids(change)
        case IndexRange():
            return range_touched_by(read, change)
        case _:
            assert_never(read)


def changed_ids(change: RowChange) -> tuple[object, ...]:
    """The ids of the row before and after; usually one."""
    return tuple({image["id"] for image in (change.new, change.old) if image is not None and "id" in image})


def range_touched_by(read: IndexRange, change: RowChange) -> bool:
    """Whether the row entered, stayed in or left the range.

    A row that left with only its key known is not seen here: if it mattered it was returned, so it is a
    `RowRead`.
    """
    new, old = change.new, change.old
    if new is not None and _may_have_prefix(new, read) and read.holds(new):
        return True
    return old is not None and _has_all(old, read.columns) and _may_have_prefix(old, read) and read.holds(old)


def _has_all(row: Row, columns: tuple[str, ...]) -> bool:
    return all(column in row for column in columns)


def _may_have_prefix(row: Row, read: IndexRange) -> bool:
    pairs = zip(read.columns, read.prefix, strict=False)  # columns go on after the prefix
    return all(column not in row or row[column] == value for column, value in pairs)


def _may_follow(row: Row, columns: tuple[str, ...], lower: Bound) -> bool:
    order = _compare(row, columns, lower.values)
    return order is None or order > 0 or (order == 0 and lower.inclusive)


def _may_precede(row: Row, columns: tuple[str, ...], upper: Bound) -> bool:
    order = _compare(row, columns, upper.values)
    return order is None or order < 0 or (order == 0 and upper.inclusive)


def _compare(row: Row, columns: tuple[str, ...], values: tuple[Key, ...]) -> int | None:
    """Order of the row's columns against `values` as tuples: negative, 0, positive; None: unknowable."""
    for column, value in zip(columns, values, strict=False):  # a bound may be shorter than the index
        if column not in row:
            return None
        order = _compare_values(row[column], value)
        if order != 0:
            return order
    return 0


def _compare_values(left: object, right: Key) -> int | None:
    if left is None or right is None:
        return (left is None) - (right is None)  # PostgreSQL's default: nulls come last
    if left == right:
        return 0
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return None if left != left or right != right else (1 if left > right else -1)  # NaN sorts elsewhere
    if isinstance(left, UUID) and isinstance(right, UUID):
        return 1 if left > right else -1
    if isinstance(left, datetime) and isinstance(right, datetime):
        comparable = (left.tzinfo is None) == (right.tzinfo is None)
        return (1 if left > right else -1) if comparable else None
    if type(left) is date and type(right) is date:  # A moment is a date to Python alone.
        return 1 if left > right else -1
    return None
