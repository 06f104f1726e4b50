"""Which changes touch which reads; and that the index over many read sets says the same as each alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engine.changes import Change, Commit, Row, RowChange, TableChange
from backend.engine.crowds import Crowds, touched_by_any
from backend.engine.ports import Answer
from backend.engine.read_index import ReadIndex
from backend.engine.reads import NOTHING_READ, Bound, IndexRange, ReadSet, RowRead, TableRead
from backend.engine.versions import Ts

ONE, TWO = UUID(int=1), UUID(int=2)
T = "public.posts"


def inserted(**row: object) -> RowChange:
    return RowChange(T, row, None)


def updated(old: Row | None = None, **row: object) -> RowChange:
    return RowChange(T, row, old)


def deleted(**old: object) -> RowChange:
    return RowChange(T, None, old)


def between(lower: Bound | None, upper: Bound | None) -> IndexRange:
    """Of the index (space, rank, id), within space 'a'."""
    return IndexRange(T, ("space", "rank", "id"), ("a",), lower, upper)


WHOLE_SPACE = between(None, None)
FROM_3 = between(Bound((3,), inclusive=True), None)
AFTER_3 = between(Bound((3,), inclusive=False), None)
TO_3 = between(None, Bound((3,), inclusive=True))
BEFORE_3 = between(None, Bound((3,), inclusive=False))
AFTER_3_ONE = between(Bound((3, ONE), inclusive=False), None)
BY_NAME = IndexRange(T, ("name",), (), Bound(("m",), inclusive=True), None)
BY_TIME = IndexRange(T, ("at",), (), Bound((datetime(2026, 1, 1, tzinfo=UTC),), inclusive=True), None)
BY_DAY = IndexRange(T, ("day",), (), Bound((date(2026, 1, 1),), inclusive=True), None)
BY_FLAGS = IndexRange(T, ("done", "score"), (True,), Bound((Decimal("1.5"),), inclusive=True), None)


@pytest.mark.parametrize(
    ("read", "change", "touched"),
    [
        (RowRead(T, ONE), inserted(id=ONE), True),
        (RowRead(T, ONE), updated(id=ONE), True),
        (RowRead(T, ONE), deleted(id=ONE), True),
        (RowRead(T, ONE), updated({"id": ONE}, id=TWO), True),
        (RowRead(T, ONE), inserted(id=TWO), False),
        (RowRead(T, ONE), TableChange(T), True),
        (RowRead(T, ONE), RowChange(T, {"id": ONE}, None, edit=False), True),
        (RowRead(T, ONE, edits_only=True), RowChange(T, {"id": ONE}, None, edit=False), False),
        (RowRead(T, ONE, edits_only=True), updated(id=ONE), True),
        (RowRead(T, ONE, edits_only=True), TableChange(T), True),
        (TableRead(T, edits_only=True), RowChange(T, {"id": ONE}, None, edit=False), False),
        (TableRead(T, edits_only=True), deleted(id=ONE), True),
        (RowRead(T, ONE), TableChange("public.likes"), False),
        (RowRead("public.likes", ONE), inserted(id=ONE), False),
        (TableRead(T), inserted(id=ONE), True),
        (TableRead(T), deleted(id=ONE), True),
        (TableRead(T), TableChange(T), True),
        (TableRead("public.likes"), inserted(id=ONE), False),
        (WHOLE_SPACE, TableChange(T), True),
        (WHOLE_SPACE, inserted(id=ONE, space="a", rank=1), True),
        (WHOLE_SPACE, inserted(id=ONE, space="b", rank=1), False),
        (WHOLE_SPACE, deleted(id=ONE), False),  # had it mattered, it would be among the rows read
        (WHOLE_SPACE, deleted(id=ONE, space="a", rank=1), True),
        (WHOLE_SPACE, deleted(id=ONE, space="b", rank=1), False),
        (WHOLE_SPACE, updated({"id": ONE, "space": "a", "rank": 1}, id=ONE, space="b", rank=1), True),
        (WHOLE_SPACE, updated({"id": ONE}, id=ONE, space="b", rank=1), False),
        (WHOLE_SPACE, updated(id=ONE, rank=1), True),  # the space was not told: it may be this one
        (FROM_3, inserted(id=ONE, space="a", rank=3), True),
        (AFTER_3, inserted(id=ONE, space="a", rank=3), False),
        (AFTER_3, inserted(id=ONE, space="a", rank=4), True),
        (AFTER_3, inserted(id=ONE, space="a", rank=None), True),  # nulls come last
        (AFTER_3, inserted(id=ONE, space="a"), True),  # the rank was not told
        (TO_3, inserted(id=ONE, space="a", rank=3), True),
        (BEFORE_3, inserted(id=ONE, space="a", rank=3), False),
        (BEFORE_3, inserted(id=ONE, space="a", rank=None), False),
        (AFTER_3_ONE, inserted(id=ONE, space="a", rank=3), False),
        (AFTER_3_ONE, inserted(id=TWO, space="a", rank=3), True),
        (AFTER_3_ONE, inserted(id=ONE, space="a", rank=4), True),
        (BY_NAME, inserted(id=ONE, name="a"), True),  # only PostgreSQL knows how text is ordered
        (BY_NAME, inserted(id=ONE, name="m"), True),
        (BY_TIME, inserted(id=ONE, at=datetime(2025, 1, 1, tzinfo=UTC)), False),
        (BY_TIME, inserted(id=ONE, at=datetime(2027, 1, 1, tzinfo=UTC)), True),
        (BY_TIME, inserted(id=ONE, at=datetime(2025, 1, 1)), True),
        (BY_TIME, inserted(id=ONE, at="infinity"), True),
        (BY_TIME, inserted(id=ONE, at=date(2025, 1, 1)), True),
        (BY_DAY, inserted(id=ONE, day=date(2025, 12, 31)), False),
        (BY_DAY, inserted(id=ONE, day=date(2026, 1, 1)), True),
        (BY_FLAGS, inserted(id=ONE, done=True, score=1), False),
        (BY_FLAGS, inserted(id=ONE, done=True, score=2.5), True),
        (BY_FLAGS, inserted(id=ONE, done=True, score=float("nan")), True),
        (BY_FLAGS, inserted(id=ONE, done=False, score=9), False),
    ],
)
def test_a_change_touches_what_was_read(
    read: RowRead | IndexRange | TableRead, change: Change, touched: bool
) -> None:
    reads = _read_set([read])
    assert reads.touched_by(change) is touched
    index: ReadIndex[str] = ReadIndex()
    index.replace("reader", NOTHING_READ, reads)
    assert ("reader" in index.touched_by(change)) is touched


def _read_set(reads: list[RowRead | IndexRange | TableRead]) -> ReadSet:
    return ReadSet(
        frozenset(read for read in reads if isinstance(read, RowRead)),
        frozenset(read for read in reads if isinstance(read, IndexRange)),
        frozenset(read for read in reads if isinstance(read, TableRead)),
    )


_tables = st.sampled_from(["t", "u"])
_ids = st.builds(UUID, int=st.integers(1, 4))
_keys = st.one_of(st.none(), st.integers(0, 4), st.sampled_from(["x", "y"]))
_rows = st.dictionaries(st.sampled_from(["a", "b"]), _keys).flatmap(
    lambda row: _ids.map(lambda id: {**row, "id": id})
)
_bounds = st.none() | st.builds(Bound, st.lists(_keys, min_size=1, max_size=2).map(tuple), st.booleans())
_ranges = st.integers(0, 2).flatmap(
    lambda known: st.builds(
        IndexRange,
        _tables,
        st.just(("a", "b", "id")),
        st.lists(_keys, min_size=known, max_size=known).map(tuple),
        _bounds,
        _bounds,
        st.booleans(),
    )
)
_row_reads = st.builds(RowRead, _tables, _ids, st.booleans())
_table_reads = st.builds(TableRead, _tables, st.booleans())
_reads = st.lists(st.one_of(_row_reads, _ranges, _table_reads), max_size=4).map(_read_set)
_changes = st.one_of(
    st.builds(RowChange, _tables, _rows, st.none() | _rows, st.booleans()),
    st.builds(RowChange, _tables, st.none(), _rows),
    st.builds(TableChange, _tables),
)


@given(before=st.lists(_reads, min_size=1, max_size=4), after=st.lists(_reads, max_size=4), change=_changes)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_the_index_touches_exactly_the_readers_whose_read_sets_are_touched(
    before: list[ReadSet], after: list[ReadSet], change: Change
) -> None:
    """Readers first read `before`; those named in `after` then read that instead, and the others leave."""
    index: ReadIndex[int] = ReadIndex()
    for reader, reads in enumerate(before):
        index.replace(reader, NOTHING_READ, reads)
    now = {reader: reads for reader, reads in enumerate(after) if reader < len(before)}
    for reader, reads in enumerate(before):
        index.replace(reader, reads, now.get(reader, NOTHING_READ))
    touched = {reader for reader, reads in now.items() if reads.touched_by(change)}
    assert set(index.touched_by(change)) == touched
    for reader, reads in now.items():
        index.replace(reader, reads, NOTHING_READ)
    assert set(index.touched_by(TableChange(change.table))) == set()


_answers = st.dictionaries(st.integers(0, 3), st.tuples(_reads, st.integers(0, 2)), max_size=4)


@given(ticks=st.lists(_answers, max_size=4), common=st.lists(_reads, min_size=3, max_size=3), change=_changes)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_what_is_read_in_common_counts_for_everybody_whose_newest_answer_read_it(
    ticks: list[dict[int, tuple[ReadSet, int]]], common: list[ReadSet], change: Change
) -> None:
    """Each tick answers some readers, of which those of one number share one of `common`, 0 being none."""
    crowds: Crowds[int] = Crowds()
    now: dict[int, Answer] = {}
    for tick in ticks:
        shared = [NOTHING_READ, *(replace(reads) for reads in common[1:])]
        answered = {
            reader: Answer("null", None, None, (), own, shared[number])
            for reader, (own, number) in tick.items()
        }
        crowds.note(answered.items())
        now |= answered
    commit = Commit(1, Ts(1), (change,))
    touched = {
        reader
        for reader, answer in now.items()
        if answer.reads.touched_by(change) or answer.common_reads.touched_by(change)
    }
    assert set(crowds.touched_by(commit)) == touched_by_any([commit], now.items()) == touched
    for reader in now:
        crowds.forget(reader)
    assert set(crowds.touched_by(Commit(1, Ts(1), (TableChange("t"), TableChange("u"))))) == set()


def test_matching_looks_only_at_readers_of_the_same_stretch() -> None:
    """The cost of a commit must not grow with subscriptions that have nothing to do with it."""
    index: ReadIndex[int] = ReadIndex()
    looked_at: list[object] = []

    class Watched(IndexRange):
        def holds(self, row: Row) -> bool:
            looked_at.append(self.prefix)
            return super().holds(row)

    for number in range(1000):
        read = Watched(T, ("space", "rank"), (f"space {number}",))
        index.replace(number, NOTHING_READ, ReadSet(ranges=frozenset({read})))
    assert set(index.touched_by(inserted(id=ONE, space="space 7", rank=1))) == {7}
    assert looked_at == [("space 7",)]
