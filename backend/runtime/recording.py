"""What a query run reads, noted while it reads: rows, stretches of indexes, rows its rules rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias, assert_never, cast
from uuid import UUID

from backend.engine.reads import IndexRange, Key, ReadSet, RowRead, TableRead
from schema.language import Catalog, Table, TableSpec
from schema.language.reads import Anything, Caller, Column, Known, RuleRead, rule_reads

RULE_READS_CACHED_MAX = 16_384  # Working a rule out costs half as much as a small query; a few MB hold these.

RulesOf: TypeAlias = Callable[[str, "tuple[tuple[str, Key], ...]", "UUID | None"], tuple[RuleRead, ...]]


def rules_of(catalog: Catalog) -> RulesOf:
    """A function from (qualified table, columns known by equality, caller) to what reading there rests on."""

    @lru_cache(maxsize=RULE_READS_CACHED_MAX)
    def look_up(table: str, known: tuple[tuple[str, Key], ...], caller: UUID | None) -> tuple[RuleRead, ...]:
        spec = catalog.table(table)
        return rule_reads(spec.access.read, spec, catalog, Known(dict(known), caller))

    return look_up


class Recorder:
    """The read set of one run, growing. It may claim too much, never too little."""

    def __init__(self, rules: RulesOf, caller: UUID | None) -> None:
        self._rules, self._caller = rules, caller
        self._rows: set[RowRead] = set()
        self._ranges: set[IndexRange] = set()
        self._tables: set[TableRead] = set()

    def reads(self) -> ReadSet:
        """Everything noted so far."""
        return ReadSet(frozenset(self._rows), frozenset(self._ranges), frozenset(self._tables))

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
        for read in self._rules(table.qualified, tuple(known.items()), self._caller):
            match read.equals:
                case Caller():
                    self._note_lookup(read, self._caller)
                case Column(name) if name in known:
                    self._note_lookup(read, known[name])
                case Column() | Anything():
                    # The value is unknown for the rows that were kept out, and those matter as much.
                    self._tables.add(TableRead(read.table, read.edits_only))
                case _:
                    assert_never(read.equals)

    def _note_lookup(self, read: RuleRead, value: Key) -> None:
        if value is None:
            return  # Nothing equals null, and a visitor has no rows of their own.
        if read.column == "id":
            self._rows.add(RowRead(read.table, cast("UUID", value), read.edits_only))
        else:
            stretch = IndexRange(read.table, (read.column,), (value,), edits_only=read.edits_only)
            self._ranges.add(stretch)


@lru_cache(maxsize=1024)
def _comparable_columns(table: type[Table]) -> tuple[str, ...]:
    """References, choices and flags: the columns whose values rules speak of, and that have few values."""
    columns = table.spec().columns
    return tuple(
        column.name for column in columns if column.choices or column.sql_type in ("uuid", "boolean")
    )
