"""Derived fields that could not be kept: nothing to derive from, no way to find it, or a circle."""

from typing import TYPE_CHECKING, assert_never

from schema.language.derived import (
    AccountCopy,
    Aggregate,
    AvgOf,
    BandOf,
    Computed,
    CopyOf,
    CountOf,
    Derived,
    LastOf,
    ListOf,
    SumOf,
    source_columns,
)
from schema.language.derived_refusals import refusal, require_column, require_same, require_source
from schema.language.derived_row_checks import (
    check_account_copy,
    check_band,
    check_computed,
    check_computed_names,
    check_copy,
)
from schema.language.errors import DerivedCycle, MissingIndex
from schema.language.expressions import expression_columns
from schema.language.rule_checks import check_columns, is_row_local
from schema.language.rules import AllOf, Equals, Rule
from schema.language.spec import ColumnSpec, SqlType, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog

AVERAGE_DIGITS_MAX = 12  # PostgreSQL divides to at least 16 significant ones.

_EXACT: tuple[SqlType, ...] = ("integer", "numeric")
_SORTED: tuple[SqlType, ...] = (*_EXACT, "text", "date", "timestamptz")


def check_derived(catalog: "Catalog") -> None:
    """Raise the first `SchemaError` found in the derived fields of any table."""
    for table in catalog:
        for column in table.columns:
            match column.derived:
                case None:
                    pass
                case CountOf() | SumOf() | AvgOf() | LastOf() | ListOf() as aggregate:
                    _check_aggregate(table, column, aggregate, catalog)
                case CopyOf() as copy:
                    check_copy(table, column, copy, catalog)
                case AccountCopy() as copy:
                    check_account_copy(table, column, copy, catalog)
                case BandOf() as band:
                    check_band(table, column, band, catalog)
                case Computed() as computed:
                    check_computed(table, column, computed)
                case _:
                    assert_never(column.derived)
    check_computed_names(catalog)
    for table in catalog:
        for column in table.columns:
            _check_circle(table, column, catalog, ())


def _check_aggregate(table: TableSpec, column: ColumnSpec, aggregate: Aggregate, catalog: "Catalog") -> None:
    refuse = refusal(table, column)
    source = require_source(table, column, aggregate.source, catalog)
    require_column(source, aggregate.by, f"{table.qualified}.{column.name} finds its rows by it.")
    check_columns(aggregate.where, source)
    if not is_row_local(aggregate.where):
        refuse(
            "which rows it is made of depends on more than those rows.",
            mend="filter by columns of these rows only.",
        )
    if not _is_made_of_own_rows(table, source, aggregate, catalog):
        refuse(
            f"{source.qualified}.{aggregate.by} does not refer to {table.qualified}.",
            mend="go by a reference to this table; for a polymorphic one, say its kind in `where`.",
        )
    match aggregate:
        case CountOf():
            if column.sql_type != "integer" or column.nullable:
                refuse("a count is a whole number.", mend="declare it as int.")
        case SumOf():
            _check_sum(table, column, aggregate, source)
        case AvgOf():
            _check_average(table, column, aggregate, source)
        case LastOf():
            _check_last(table, column, aggregate, source)
        case ListOf():
            _check_list(table, column, aggregate, source)
        case _:
            assert_never(aggregate)
    _require_index(table, column, aggregate, source)


def _check_sum(table: TableSpec, column: ColumnSpec, total: SumOf, source: TableSpec) -> None:
    refuse = refusal(table, column)
    summed = _exact_source(table, column, source, total.column)
    fitting = ("numeric",) if summed.sql_type == "numeric" else _EXACT
    if column.sql_type not in fitting:
        refuse(
            f"a sum of {summed.sql_type} does not fit into {column.sql_type}.",
            mend="declare it as Decimal."
            if summed.sql_type == "numeric"
            else "declare it as int or Decimal.",
        )
    if column.nullable:
        refuse("a sum is never empty: of no rows it is 0.", mend="do not allow None.")


def _check_average(table: TableSpec, column: ColumnSpec, average: AvgOf, source: TableSpec) -> None:
    refuse = refusal(table, column)
    _exact_source(table, column, source, average.column)
    if column.sql_type not in ("numeric", "double precision") or not column.nullable:
        refuse(
            "a mean has digits after the point, and is empty for no rows.",
            mend="declare it as Decimal | None.",
        )
    if not 0 <= average.digits <= AVERAGE_DIGITS_MAX:
        refuse(f"a mean cannot have {average.digits} digits.", mend=f"choose from 0 to {AVERAGE_DIGITS_MAX}.")


def _check_last(table: TableSpec, column: ColumnSpec, last: LastOf, source: TableSpec) -> None:
    refuse = refusal(table, column)
    taken = require_column(
        source, last.column, f"{table.qualified}.{column.name} takes it from the last row."
    )
    order = require_column(source, last.order, f"{table.qualified}.{column.name} goes by it.")
    if order.nullable or order.sql_type not in _SORTED:
        refuse(
            f"{source.qualified}.{last.order} does not put rows in order.",
            mend="order by a number, a text or a moment that is never empty.",
        )
    require_same(column, source, taken, refuse)
    if not column.nullable:
        refuse("there may be no last row.", mend="allow None.")
    if last.length_max is not None and (column.sql_type != "text" or column.choices or last.length_max < 1):
        refuse("only a text has characters to take.", mend="leave length_max out, or make it at least 1.")


def _check_list(table: TableSpec, column: ColumnSpec, listed: ListOf, source: TableSpec) -> None:
    refuse = refusal(table, column)
    taken = require_column(source, listed.column, f"{table.qualified}.{column.name} lists it.")
    if taken.sql_type not in ("text", "uuid") or column.sql_type != f"{taken.sql_type}[]":
        refuse(
            f"it is {column.sql_type}, but {source.qualified}.{listed.column} is {taken.sql_type}.",
            mend="declare it as list[UUID] or list[str], of ids or texts.",
        )
    if column.nullable:
        refuse("a list is never empty: of no rows it is [].", mend="do not allow None.")


def _exact_source(table: TableSpec, column: ColumnSpec, source: TableSpec, name: str) -> ColumnSpec:
    summed = require_column(source, name, f"{table.qualified}.{column.name} adds it up.")
    if summed.sql_type not in _EXACT:
        refusal(table, column)(
            f"{source.qualified}.{name} is {summed.sql_type}: adding and taking away would not be exact.",
            mend="declare it as int or Decimal.",
        )
    return summed


def _require_index(table: TableSpec, column: ColumnSpec, aggregate: Aggregate, source: TableSpec) -> None:
    """The rows of one target must be found by an index; the last of them at its end."""
    by, fixed = aggregate.by, {aggregate.by, *_equalities(aggregate.where)}
    if by == "id":
        return
    order = (aggregate.order, "id") if isinstance(aggregate, LastOf) else ()
    for index in source.sorted_indexes:
        run = _run(index.key, fixed)
        if by in index.key[:run] and index.key[run : run + len(order)] == order:
            return
    further = f', "{order[0]}"' if order else ""
    raise MissingIndex(
        f"keeping and auditing {table.qualified}.{column.name} looks rows up by it.",
        table=source.qualified,
        field=by,
        mend=f'add Index("by_{by}", "{by}"{further}).',
    )


def _is_made_of_own_rows(
    table: TableSpec, source: TableSpec, aggregate: Aggregate, catalog: "Catalog"
) -> bool:
    """Whether `by` holds ids of `table`, or of the table it extends, which has the same ids."""
    by = source.column(aggregate.by)
    extended = catalog.target(table, table.column("id")) if table.column("id").reference else table
    if by.polymorphic is None:
        return by.reference is not None and catalog.target(source, by) in (table, extended)
    kind = _equalities(aggregate.where).get(by.polymorphic.type_column)
    return any(target in (table, extended) for name, target in catalog.targets(source, by) if name == kind)


def _equalities(rule: Rule) -> dict[str, object]:
    """The columns that `rule` fixes to one value each."""
    match rule:
        case Equals(column=column, value=value):
            return {column: value}
        case AllOf(rules=rules):
            return {column: value for part in rules for column, value in _equalities(part).items()}
        case _:
            return {}


def _run(key: tuple[str, ...], fixed: set[str]) -> int:
    """How many leading columns of `key` are among `fixed`."""
    return next((position for position, column in enumerate(key) if column not in fixed), len(key))


def _check_circle(
    table: TableSpec, column: ColumnSpec, catalog: "Catalog", path: tuple[tuple[str, str], ...]
) -> None:
    if column.derived is None:
        return
    here = (table.qualified, column.name)
    if here in path:
        circle = " from ".join(f"{name}.{field}" for name, field in (*path[path.index(here) :], here))
        raise DerivedCycle(
            f"it is derived from itself: {circle}.",
            table=table.qualified,
            field=column.name,
            mend="make one of these a plain column.",
        )
    for origin, name in _looked_at(table, column.derived, catalog):
        _check_circle(origin, origin.column(name), catalog, (*path, here))


def _looked_at(table: TableSpec, derived: Derived, catalog: "Catalog") -> list[tuple[TableSpec, str]]:
    match derived:
        case CountOf() | SumOf() | AvgOf() | LastOf() | ListOf():
            source = catalog.table(derived.source)
            return [(source, name) for name in sorted(source_columns(derived))]
        case CopyOf(source=source, column=copied, via=via):
            return [(catalog.table(source), copied), (table, via)]
        case AccountCopy():
            return []
        case BandOf(source=source, column=taken, threshold=threshold, of=of):
            return [(catalog.table(source), taken), (catalog.table(source), threshold), (table, of)]
        case Computed(expression=expression):
            return [(table, name) for name in sorted(expression_columns(expression))]
        case _:
            assert_never(derived)
