"""A walk along one index, as a value: which stretch, in which direction, and the SQL that walks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import count
from typing import TypeAlias

from backend.engine.reads import Bound, IndexRange, Key
from schema.compile.quoting import quote_columns, quote_identifier, quote_qualified
from schema.language import Table, TableSpec

CREATION_ORDER = ("created_at", "id")  # How rows come when no index is asked for.


class Direction(Enum):
    """Which end of the index comes first. The value is SQL's word for it."""

    ASCENDING = "asc"
    DESCENDING = "desc"


@dataclass(frozen=True)
class Between:
    """A condition on the column after the equal ones: `at_least(x)`, `above(x)`, `at_most(x)`, `below(x)`."""

    lower: Bound | None = None
    upper: Bound | None = None

    def __and__(self, other: Between) -> Between:
        """Both conditions; each side may be bounded once."""
        assert self.lower is None or other.lower is None, (self, other)
        assert self.upper is None or other.upper is None, (self, other)
        return Between(self.lower or other.lower, self.upper or other.upper)


def at_least(value: Key) -> Between:
    return Between(lower=Bound((value,), inclusive=True))


def above(value: Key) -> Between:
    return Between(lower=Bound((value,), inclusive=False))


def at_most(value: Key) -> Between:
    return Between(upper=Bound((value,), inclusive=True))


def below(value: Key) -> Between:
    return Between(upper=Bound((value,), inclusive=False))


@dataclass(frozen=True)
class Scan:
    """`columns[:len(prefix)]` equal `prefix`; the rest lie between the bounds, compared as tuples.

    `columns` is a total order of the rows: an index's columns with `id` last.
    """

    table: TableSpec
    columns: tuple[str, ...]
    prefix: tuple[Key, ...] = ()
    lower: Bound | None = None
    upper: Bound | None = None
    direction: Direction = Direction.ASCENDING
    with_deleted: bool = False

    @property
    def rest(self) -> tuple[str, ...]:
        """The columns that order the rows: those after the prefix."""
        return self.columns[len(self.prefix) :]

    @property
    def resumable(self) -> bool:
        """Whether the scan can be taken up after any row: SQL compares no tuple that holds a null."""
        return not any(self.table.column(column).nullable for column in self.rest)

    @property
    def stretch(self) -> IndexRange:
        """The scan as a read: what may change its rows."""
        return IndexRange(self.table.qualified, self.columns, self.prefix, self.lower, self.upper)

    def key_of(self, row: Table) -> tuple[Key, ...]:
        """Where `row` lies among the ordering columns."""
        return tuple(getattr(row, column) for column in self.rest)

    def after(self, key: tuple[Key, ...]) -> Scan:
        """What is left behind the row at `key`."""
        bound = Bound(key, inclusive=False)
        return replace(self, lower=bound) if self._ascending else replace(self, upper=bound)

    def up_to(self, key: tuple[Key, ...]) -> Scan:
        """What comes first, through the row at `key`."""
        bound = Bound(key, inclusive=True)
        return replace(self, upper=bound) if self._ascending else replace(self, lower=bound)

    @property
    def _ascending(self) -> bool:
        return self.direction is Direction.ASCENDING


def scan_index(table: TableSpec, name: str, conditions: Mapping[str, Key | Between]) -> Scan:
    """The scan of an index under conditions on its leading columns: equal ones, then at most one `Between`.

    Raises `TypeError`, in words for the handler's author, for conditions the index cannot serve.
    """
    index = table.index(name)
    asked = index.columns[: len(conditions)]
    if set(asked) != set(conditions):
        raise TypeError(
            f"{table.name}.{name} starts with {index.columns}, so it cannot look for {tuple(conditions)}."
        )
    values = [conditions[column] for column in asked]
    between = values.pop() if values and isinstance(values[-1], Between) else Between()
    prefix = tuple(value for value in values if not isinstance(value, Between))
    if len(prefix) != len(values) or not isinstance(between, Between):
        raise TypeError(f"{table.name}.{name}: only the last condition may be a range.")
    return Scan(table, index.key, prefix, between.lower, between.upper)


def select_scan(scan: Scan, rows_max: int, *, with_hidden: bool) -> tuple[str, list[Key]]:
    """SQL for the first `rows_max` rows of the scan, and its parameters."""
    sql = _scan_sql(
        _select(scan.table, with_hidden),
        scan.columns,
        tuple(value is None for value in scan.prefix),
        _shape(scan.lower),
        _shape(scan.upper),
        scan.direction,
        not scan.with_deleted and scan.table.has("deleted_at"),
    )
    parameters: list[Key] = [value for value in scan.prefix if value is not None]
    for bound in (scan.lower, scan.upper):
        if bound is not None:
            parameters.extend(bound.values)
    return sql, [*parameters, rows_max]


def select_by_id(table: TableSpec, *, with_deleted: bool, with_hidden: bool) -> str:
    """SQL for the row whose id is the one parameter."""
    kept = ' and "deleted_at" is null' if table.has("deleted_at") and not with_deleted else ""
    return f'{_select(table, with_hidden)} where "id" = $1{kept}'


def insert_row(table: TableSpec, columns: tuple[str, ...]) -> str:
    """SQL that inserts one row from as many parameters as `columns`."""
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"insert into {quote_qualified(table)} ({quote_columns(columns)}) values ({places})"


def update_row(table: TableSpec, columns: tuple[str, ...]) -> str:
    """SQL that sets `columns` of one row; the row's id is the first parameter."""
    changes = ", ".join(
        f"{quote_identifier(column)} = ${number}" for number, column in enumerate(columns, start=2)
    )
    return f'update {quote_qualified(table)} set {changes} where "id" = $1'


def delete_row(table: TableSpec) -> str:
    """SQL that deletes the row whose id is the one parameter."""
    return f'delete from {quote_qualified(table)} where "id" = $1'


def _select(table: TableSpec, with_hidden: bool) -> str:
    hidden = () if with_hidden else tuple(column.name for column in table.hidden_columns)
    names = tuple(column.name for column in table.columns)
    return _select_columns(table.schema, table.name, names, hidden)


@lru_cache(maxsize=1024)
def _select_columns(schema: str, table: str, names: tuple[str, ...], hidden: tuple[str, ...]) -> str:
    quoted = [
        f"null as {quote_identifier(name)}" if name in hidden else quote_identifier(name) for name in names
    ]
    return f"select {', '.join(quoted)} from {quote_identifier(schema)}.{quote_identifier(table)}"


_Shape: TypeAlias = tuple[int, bool] | None
"""What SQL has to know of a bound: how many columns it compares, and whether it is inclusive."""


def _shape(bound: Bound | None) -> _Shape:
    return None if bound is None else (len(bound.values), bound.inclusive)


@lru_cache(maxsize=4096)
def _scan_sql(
    select: str,
    columns: tuple[str, ...],
    empty: tuple[bool, ...],
    lower: _Shape,
    upper: _Shape,
    direction: Direction,
    hides_deleted: bool,
) -> str:
    """SQL of all scans that differ in their values only. `empty`: which columns of the prefix are null."""
    rest = columns[len(empty) :]
    places = count(1)
    conditions = [
        f"{quote_identifier(column)} {'is null' if is_null else f'= ${next(places)}'}"
        for column, is_null in zip(columns, empty, strict=False)
    ]
    conditions += _compare(rest, lower, ">", places)
    conditions += _compare(rest, upper, "<", places)
    if hides_deleted:
        conditions.append('"deleted_at" is null')
    where = f" where {' and '.join(conditions)}" if conditions else ""
    order = ", ".join(f"{quote_identifier(column)} {direction.value}" for column in rest or ("id",))
    return f"{select}{where} order by {order} limit ${next(places)}"


def _compare(columns: tuple[str, ...], shape: _Shape, operator: str, places: Iterator[int]) -> list[str]:
    if shape is None:
        return []
    size, inclusive = shape
    values = ", ".join(f"${next(places)}" for _ in range(size))
    return [f"({quote_columns(columns[:size])}) {operator}{'=' if inclusive else ''} ({values})"]
