"""A walk along one index, as a value: which stretch, in which direction, and the SQL that walks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import count
from typing import TypeAlias

from backend.engine.reads import Bound, IndexRange, Key
from schema.compile.quoting import quote_columns, quote_identifier, quote_qualified
from schema.language import Index, Table, TableSpec

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

    `columns` is a total order of the rows: an index's columns, with `id` last where they are not unique.
    Nulls come last, as PostgreSQL sorts them and `backend.engine.reads` compares them; with `without_nulls`
    the first of the rest is not empty.
    """

    table: TableSpec
    columns: tuple[str, ...]
    prefix: tuple[Key, ...] = ()
    lower: Bound | None = None
    upper: Bound | None = None
    direction: Direction = Direction.ASCENDING
    with_deleted: bool = False
    without_nulls: bool = False

    @property
    def rest(self) -> tuple[str, ...]:
        """The columns that order the rows: those after the prefix."""
        return self.columns[len(self.prefix) :]

    @property
    def nullable(self) -> tuple[bool, ...]:
        """Which of `rest` may be empty."""
        found = [self.table.column(column).nullable for column in self.rest]
        return (False, *found[1:]) if self.without_nulls else tuple(found)

    @property
    def known(self) -> dict[str, Key]:
        """The columns in which all rows of the scan are alike, and what they hold."""
        return dict(zip(self.columns, self.prefix, strict=False))

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

    A range never holds empty columns. Raises `TypeError`, in words for the handler's author, for conditions
    the index cannot serve.
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
    bounds = [bound for bound in (between.lower, between.upper) if bound is not None]
    if any(bound.values == (None,) for bound in bounds):
        raise TypeError(f"{table.name}.{name}: a range has no empty end.")
    return Scan(
        table,
        _total_order(table, index),
        tuple(_exact(table, column, value) for column, value in zip(asked, prefix, strict=False)),
        between.lower,
        between.upper,
        without_nulls=bool(bounds),
    )


def _total_order(table: TableSpec, index: Index) -> tuple[str, ...]:
    # Empty columns are unequal to each other, so that even a unique index may hold several rows of one key.
    is_loose = index.unique and any(table.column(column).nullable for column in index.key)
    return (*index.key, "id") if is_loose and "id" not in index.key else index.key


def _exact(table: TableSpec, column: str, value: Key) -> Key:
    """The value as the change feed will spell it: 0.1 is no Decimal, but a `numeric` is."""
    is_rough = isinstance(value, float) and table.column(column).sql_type == "numeric"
    return Decimal(str(value)) if is_rough else value


def select_scan(scan: Scan, rows_max: int, *, with_hidden: bool) -> tuple[str, list[Key]]:
    """SQL for the first `rows_max` rows of the scan, and its parameters."""
    sql = _scan_sql(
        select_rows(scan.table, with_hidden=with_hidden),
        scan.columns,
        tuple(value is None for value in scan.prefix),
        _shape(scan.lower),
        _shape(scan.upper),
        scan.nullable,
        scan.direction,
        (
            not scan.with_deleted and scan.table.has("deleted_at"),
            scan.without_nulls and scan.table.column(scan.rest[0]).nullable,
        ),
    )
    bounds = [bound.values for bound in (scan.lower, scan.upper) if bound is not None]
    parameters = [value for values in (scan.prefix, *bounds) for value in values if value is not None]
    return sql, [*parameters, rows_max]


def select_by_id(table: TableSpec, *, with_deleted: bool, with_hidden: bool) -> str:
    """SQL for the row whose id is the one parameter."""
    kept = and_kept(table, with_deleted=with_deleted)
    return f'{select_rows(table, with_hidden=with_hidden)} where "id" = $1{kept}'


def select_by_ids(table: TableSpec, *, with_deleted: bool, with_hidden: bool) -> str:
    """SQL for the rows whose ids are in the one parameter, an array."""
    kept = and_kept(table, with_deleted=with_deleted)
    return f'{select_rows(table, with_hidden=with_hidden)} where "id" = any ($1::uuid[]){kept}'


def and_kept(table: TableSpec, *, with_deleted: bool) -> str:
    """SQL behind a condition that leaves softly deleted rows out, unless they are asked for."""
    return "" if with_deleted or not table.has("deleted_at") else ' and "deleted_at" is null'


def select_rows(table: TableSpec, *, with_hidden: bool) -> str:
    """SQL for all columns of all rows; hidden ones are null unless asked for."""
    hidden = () if with_hidden else tuple(column.name for column in table.hidden_columns)
    names = tuple(column.name for column in table.columns)
    return _select_columns(table.schema, table.name, names, hidden)


def insert_row(table: TableSpec, columns: tuple[str, ...]) -> str:
    """SQL that inserts one row from as many parameters as `columns`."""
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"insert into {quote_qualified(table)} ({quote_columns(columns)}) values ({places})"


def update_row(table: TableSpec, columns: tuple[str, ...], to_default: tuple[str, ...] = ()) -> str:
    """SQL that sets `columns` of one row, and others to their defaults; its id is the first parameter."""
    set_ = [f"{quote_identifier(column)} = ${number}" for number, column in enumerate(columns, start=2)]
    set_ += [f"{quote_identifier(column)} = default" for column in to_default]
    changes = ", ".join(set_)
    return f'update {quote_qualified(table)} set {changes} where "id" = $1'


def upsert_row(table: TableSpec, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    """SQL that inserts one row or, where `key` is taken, sets the other columns there; it gives the row's id.

    Where there is nothing to set it gives no row for one that is there already.
    """
    changes = ", ".join(
        f"{quote_identifier(column)} = excluded.{quote_identifier(column)}"
        for column in columns
        if column not in (*key, "id")
    )
    action = f"update set {changes}" if changes else "nothing"
    return f'{insert_row(table, columns)} on conflict ({quote_columns(key)}) do {action} returning "id"'


def delete_row(table: TableSpec) -> str:
    """SQL that deletes the row whose id is the one parameter."""
    return f'delete from {quote_qualified(table)} where "id" = $1'


@lru_cache(maxsize=1024)
def _select_columns(schema: str, table: str, names: tuple[str, ...], hidden: tuple[str, ...]) -> str:
    quoted = [
        f"null as {quote_identifier(name)}" if name in hidden else quote_identifier(name) for name in names
    ]
    return f"select {', '.join(quoted)} from {quote_identifier(schema)}.{quote_identifier(table)}"


_Shape: TypeAlias = tuple[tuple[bool, ...], bool] | None
"""What SQL has to know of a bound: which of its values are null, and whether it is inclusive."""


def _shape(bound: Bound | None) -> _Shape:
    return None if bound is None else (tuple(value is None for value in bound.values), bound.inclusive)


@lru_cache(maxsize=4096)
def _scan_sql(
    select: str,
    columns: tuple[str, ...],
    empty: tuple[bool, ...],
    lower: _Shape,
    upper: _Shape,
    nullable: tuple[bool, ...],
    direction: Direction,
    leaves_out: tuple[bool, bool],
) -> str:
    """SQL of all scans that differ in their values only.

    `empty`: which columns of the prefix are null. `leaves_out`: deleted rows, and nulls in the first of the
    other columns.
    """
    places = count(1)
    rest = tuple(map(quote_identifier, columns[len(empty) :]))
    hides_deleted, hides_nulls = leaves_out
    conditions = [
        f"{quote_identifier(column)} {'is null' if is_null else f'= ${next(places)}'}"
        for column, is_null in zip(columns, empty, strict=False)
    ]
    if hides_nulls:
        conditions.append(f"{rest[0]} is not null")
    if hides_deleted:
        conditions.append('"deleted_at" is null')
    from_lower, to_upper = [_ALL], [_ALL]
    if lower is not None:
        from_lower = _following(_ends(rest, nullable, lower, places), inclusive=lower[1]) or [_NONE]
    if upper is not None:
        to_upper = _preceding(_ends(rest, nullable, upper, places), inclusive=upper[1]) or [_NONE]
    order = ", ".join(f"{column} {direction.value}" for column in rest or ('"id"',))
    first = f"order by {order} limit ${next(places)}"
    stretches = [
        f"{select}{_where([*conditions, *after, *before])} {first}"
        for after in from_lower
        for before in to_upper
    ]
    if len(stretches) == 1:
        return stretches[0]
    # Joined by "or", PostgreSQL would read the index from its start and drop what does not fit.
    together = " union all ".join(f"({stretch})" for stretch in stretches)
    return f"select * from ({together}) as found {first}"


@dataclass(frozen=True)
class _End:
    """One column of a bound: `place` holds the value it is compared with, None for null."""

    column: str
    nullable: bool
    place: str | None

    @property
    def met(self) -> str:
        return f"{self.column} is null" if self.place is None else f"{self.column} = {self.place}"


_Stretch: TypeAlias = "tuple[str, ...]"
"""Conditions that all hold, and that one walk along the index can keep to."""

_ALL: _Stretch = ()
_NONE: _Stretch = ("false",)


def _where(conditions: list[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


def _ends(
    columns: tuple[str, ...],
    nullable: tuple[bool, ...],
    shape: tuple[tuple[bool, ...], bool],
    places: Iterator[int],
) -> list[_End]:
    return [
        _End(column, may_be_null, None if is_null else f"${next(places)}")
        for column, may_be_null, is_null in zip(columns, nullable, shape[0], strict=False)
    ]


def _following(ends: list[_End], *, inclusive: bool) -> list[_Stretch]:
    """Stretches, none of which share a row, that make up what comes after the ends, nulls last."""
    known, others = _until_null(ends)
    if others:
        null, *behind = others
        met = tuple(end.met for end in (*known, null))
        beyond = [(*met, *stretch) for stretch in _following(behind, inclusive=inclusive)]
        return [*_following(known, inclusive=False), *beyond]
    if not known:
        return [_ALL] if inclusive else []
    # Compared as a row, a null counts as neither before nor behind; it comes behind all values.
    nulls = [
        (*(end.met for end in known[:number]), f"{end.column} is null")
        for number, end in enumerate(known)
        if end.nullable
    ]
    return [(_as_row(known, ">", inclusive=inclusive),), *nulls]


def _preceding(ends: list[_End], *, inclusive: bool) -> list[_Stretch]:
    """Stretches, none of which share a row, that make up what comes before the ends, nulls last."""
    known, others = _until_null(ends)
    if others:
        null, *behind = others
        met = tuple(end.met for end in known)
        before = [(*met, null.met, *stretch) for stretch in _preceding(behind, inclusive=inclusive)]
        return [*_preceding(known, inclusive=False), (*met, f"{null.column} is not null"), *before]
    if not known:
        return [_ALL] if inclusive else []
    return [(_as_row(known, "<", inclusive=inclusive),)]


def _until_null(ends: list[_End]) -> tuple[list[_End], list[_End]]:
    """The ends up to the first whose value is null, and those from there on."""
    number = next((number for number, end in enumerate(ends) if end.place is None), len(ends))
    return ends[:number], ends[number:]


def _as_row(ends: list[_End], operator: str, *, inclusive: bool) -> str:
    columns, values = ", ".join(end.column for end in ends), ", ".join(str(end.place) for end in ends)
    return f"({columns}) {operator}{'=' if inclusive else ''} ({values})"
