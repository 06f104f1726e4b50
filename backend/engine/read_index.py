"""Which of many read sets a change touches, at a cost that does not grow with those it does not touch.

Rows are found by (table, id). Ranges are found by hashing the changed row's own values: for every
combination of prefix columns that some range of the table uses (a handful: one per index shape), the row
names exactly one bucket, and only the ranges in that bucket have their bounds compared.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

from backend.engine.changes import Change, Row, RowChange, TableChange
from backend.engine.reads import IndexRange, ReadSet, RowRead, TableRead, changed_ids, range_touched_by

Reader = TypeVar("Reader")

_Place = tuple[str, bool]  # a table, and whether only edits of it count
_Readers = dict[Reader, None]  # an ordered set: re-runs happen in the order of subscription
_Bucket = dict[IndexRange, _Readers[Reader]]
_Buckets = dict[tuple[object, ...], _Bucket[Reader]]


class ReadIndex(Generic[Reader]):
    """Readers with their read sets. Answers exactly as `ReadSet.touched_by` of each reader would."""

    def __init__(self) -> None:
        self._tables: dict[_Place, _TableReads[Reader]] = {}

    def replace(self, reader: Reader, before: ReadSet, after: ReadSet) -> None:
        """`reader`, who was indexed under `before`, now reads `after`."""
        for read in _reads(before, but_not=after):
            place = (read.table, read.edits_only)
            table = self._tables[place]
            table.remove(reader, read)
            if table.is_empty():
                del self._tables[place]
        for read in _reads(after, but_not=before):
            self._tables.setdefault((read.table, read.edits_only), _TableReads()).add(reader, read)

    def touched_by(self, change: Change) -> Iterator[Reader]:
        """Readers whose answers the change may alter; some may be named more than once."""
        counts = (False, True) if isinstance(change, TableChange) or change.edit else (False,)
        for edits_only in counts:
            table = self._tables.get((change.table, edits_only))
            if table is not None:
                yield from table.touched_by(change)


class _TableReads(Generic[Reader]):
    """The reads of one table: whole, by row id, and by index prefix."""

    def __init__(self) -> None:
        self._whole: _Readers[Reader] = {}
        self._rows: dict[object, _Readers[Reader]] = {}
        self._ranges: dict[tuple[str, ...], _Buckets[Reader]] = {}

    def is_empty(self) -> bool:
        return not (self._whole or self._rows or self._ranges)

    def add(self, reader: Reader, read: RowRead | IndexRange | TableRead) -> None:
        match read:
            case RowRead():
                self._rows.setdefault(read.id, {})[reader] = None
            case IndexRange():
                buckets = self._ranges.setdefault(_prefix_columns(read), {})
                buckets.setdefault(read.prefix, {}).setdefault(read, {})[reader] = None
            case TableRead():
                self._whole[reader] = None

    def remove(self, reader: Reader, read: RowRead | IndexRange | TableRead) -> None:
        match read:
            case RowRead():
                _discard(self._rows, read.id, reader)
            case IndexRange():
                buckets = self._ranges[_prefix_columns(read)]
                bucket = buckets[read.prefix]
                _discard(bucket, read, reader)
                if not bucket:
                    del buckets[read.prefix]
                if not buckets:
                    del self._ranges[_prefix_columns(read)]
            case TableRead():
                del self._whole[reader]

    def touched_by(self, change: Change) -> Iterator[Reader]:
        yield from self._whole
        match change:
            case TableChange():
                yield from (reader for readers in self._rows.values() for reader in readers)
                yield from self._all_range_readers()
            case RowChange():
                for row_id in changed_ids(change):
                    yield from self._rows.get(row_id, ())
                yield from self._touched_ranges(change)

    def _touched_ranges(self, change: RowChange) -> Iterator[Reader]:
        for columns, buckets in self._ranges.items():
            for bucket in _buckets_of(change, columns, buckets):
                for read, readers in bucket.items():
                    if range_touched_by(read, change):
                        yield from readers

    def _all_range_readers(self) -> Iterator[Reader]:
        for buckets in self._ranges.values():
            for bucket in buckets.values():
                for readers in bucket.values():
                    yield from readers


def _prefix_columns(read: IndexRange) -> tuple[str, ...]:
    return read.columns[: len(read.prefix)]


def _buckets_of(
    change: RowChange, columns: tuple[str, ...], buckets: _Buckets[Reader]
) -> Iterator[_Bucket[Reader]]:
    """The buckets the row was or is in: one, or two when it moved."""
    new, old = _values(change.new, columns), _values(change.old, columns)
    if (
        change.new is not None and new is None
    ):  # a prefix value too large to be sent again: it may be any bucket
        yield from buckets.values()
        return
    if new is not None and new in buckets:
        yield buckets[new]
    if old is not None and old != new and old in buckets:
        yield buckets[old]


def _values(row: Row | None, columns: tuple[str, ...]) -> tuple[object, ...] | None:
    if row is None or not all(column in row for column in columns):
        return None
    return tuple(row[column] for column in columns)


def _reads(reads: ReadSet, *, but_not: ReadSet) -> Iterator[RowRead | IndexRange | TableRead]:
    yield from reads.rows - but_not.rows
    yield from reads.ranges - but_not.ranges
    yield from reads.tables - but_not.tables


def _discard(readers_by: dict, key: object, reader: object) -> None:
    readers = readers_by[key]
    del readers[reader]
    if not readers:
        del readers_by[key]
