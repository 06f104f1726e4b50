"""What a query run reads, noted while it reads: rows, stretches of indexes, rows its rules rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, assert_never, cast
from uuid import UUID

from backend.engine.reads import IndexRange, Key, ReadSet, RowRead, TableRead
from schema.language import Catalog, Table, TableSpec
from schema.language.reads import Anything, Caller, Column, Known, RuleRead, is_personal, rule_reads

RULE_READS_CACHED_MAX = 16_384  # Working a rule out costs half as much as a small query; a few MB hold these.


@dataclass(frozen=True)
class Rests:
    """What reading some rows rests on; `personal` where callers of one standing may be told apart by it."""

    reads: tuple[RuleRead, ...]
    personal: bool


CallerLookups: TypeAlias = frozenset[RuleRead]
"""Looking for rows that say what a caller may do, by the caller's id."""

RulesOf: TypeAlias = Callable[[str, "tuple[tuple[str, Key], ...]", "UUID | None"], Rests]


def rules_of(catalog: Catalog) -> RulesOf:
    """A function from (qualified table, columns known by equality, caller) to what reading there rests on."""

    @lru_cache(maxsize=RULE_READS_CACHED_MAX)
    def look_up(table: str, known: tuple[tuple[str, Key], ...], caller: UUID | None) -> Rests:
        spec, bound = catalog.table(table), Known(dict(known), caller)
        rule = spec.access.read
        return Rests(rule_reads(rule, spec, catalog, bound), is_personal(rule, spec, catalog, bound))

    return look_up


class Recorder:
    """The read set of one run, growing. It may claim too much, never too little."""

    def __init__(self, rules: RulesOf, caller: UUID | None) -> None:
        self._rules, self._caller = rules, caller
        self._rows: set[RowRead] = set()
        self._ranges: set[IndexRange] = set()
        self._tables: set[TableRead] = set()
        self._caller_lookups: set[RuleRead] = set()
        self.personal = False
        """Whether the answer may be another for somebody with the same role who pays for the same tiers."""

    def reads(self) -> ReadSet:
        """Everything noted so far."""
        rows, ranges = set(self._rows), set(self._ranges)
        for read in self._caller_lookups:
            _look_up(read, self._caller, rows, ranges)
        return ReadSet(frozenset(rows), frozenset(ranges), frozenset(self._tables))

    def tells_callers_apart(self, table: TableSpec, known: Mapping[str, Key]) -> bool:
        """Whether reading rows with these columns may give callers of one standing different ones."""
        return self._rules(table.qualified, tuple(known.items()), self._caller).personal

    def common_reads(self) -> ReadSet:
        """What the same run would have read for anybody, where it is not personal."""
        return ReadSet(frozenset(self._rows), frozenset(self._ranges), frozenset(self._tables))

    def caller_lookups(self) -> CallerLookups:
        """What it would have looked up about its caller besides; for `lookup_reads`."""
        return _the_same(frozenset(self._caller_lookups))

    def note_caller(self) -> None:
        """Who calls was looked at."""
        self.personal = True

    def note_row(self, table: TableSpec, id: UUID, row: Table | None) -> None:
        """A row asked for by id; `row` is None when there is none or the caller may not see it."""
        self._rows.add(RowRead(table.qualified, id))
        known: dict[str, Key] = {"id": id}
        if row is not None:
            # What rules compare; a column more would only spoil the cache, one less makes the reads wider.
            known |= {name: getattr(row, name) for name in _comparable_columns(type(row))}
        self._note_rules(table, known)

    def note_range(self, table: TableSpec, stretch: IndexRange, ids: Iterable[UUID]) -> None:
        """A stretch of an index, read to its bounds, and the rows it gave."""
        self._ranges.add(stretch)
        name = table.qualified
        self._rows.update([RowRead(name, id) for id in ids])
        self._note_rules(table, dict(zip(stretch.columns, stretch.prefix, strict=False)))

    def note_table(self, table: TableSpec) -> None:
        """All of a table, as raw SQL may read it."""
        self._tables.add(TableRead(table.qualified))
        self._note_rules(table, {})

    def _note_rules(self, table: TableSpec, known: Mapping[str, Key]) -> None:
        rests = self._rules(table.qualified, tuple(known.items()), self._caller)
        self.personal = self.personal or rests.personal
        for read in rests.reads:
            match read.equals:
                case Caller():
                    self._caller_lookups.add(read)
                case Column(name) if name in known:
                    _look_up(read, known[name], self._rows, self._ranges)
                case Column() | Anything():
                    # The value is unknown for the rows that were kept out, and those matter as much.
                    self._tables.add(TableRead(read.table, read.edits_only))
                case _:
                    assert_never(read.equals)


@lru_cache(maxsize=RULE_READS_CACHED_MAX)
def lookup_reads(lookups: CallerLookups, caller: UUID | None) -> ReadSet:
    """What `lookups` read for `caller`; the same object each time, for as long as may be."""
    rows: set[RowRead] = set()
    ranges: set[IndexRange] = set()
    for read in lookups:
        _look_up(read, caller, rows, ranges)
    return ReadSet(frozenset(rows), frozenset(ranges))


@lru_cache(maxsize=RULE_READS_CACHED_MAX)
def _the_same(lookups: CallerLookups) -> CallerLookups:
    """One object for all that are equal: comparing them takes longer than all else that is done with one."""
    return lookups


def _look_up(read: RuleRead, value: Key, rows: set[RowRead], ranges: set[IndexRange]) -> None:
    if value is None:
        return  # Nothing equals null, and a visitor has no rows of their own.
    if read.column == "id":
        rows.add(RowRead(read.table, cast("UUID", value), read.edits_only))
    else:
        ranges.add(IndexRange(read.table, (read.column,), (value,), edits_only=read.edits_only))


@lru_cache(maxsize=1024)
def _comparable_columns(table: type[Table]) -> tuple[str, ...]:
    """References, choices and flags: the columns whose values rules speak of, and that have few values."""
    columns = table.spec().columns
    return tuple(
        column.name for column in columns if column.choices or column.sql_type in ("uuid", "boolean")
    )
