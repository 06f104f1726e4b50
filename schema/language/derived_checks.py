"""Derived fields that could not be kept: nothing to derive from, no way to find it, or a circle."""

from typing import TYPE_CHECKING, Protocol, assert_never

from schema.language.derived import (
    Aggregate,
    AvgOf,
    Computed,
    CopyOf,
    CountOf,
    Derived,
    LastOf,
    SumOf,
    source_columns,
)
from schema.language.errors import DerivedCycle, DerivedMismatch, MissingIndex, UnknownColumn, UnknownTable
from schema.language.expressions import expression_columns, may_be_empty
from schema.language.rule_checks import check_columns, is_row_local
from schema.language.rules import AllOf, Equals, Rule
from schema.language.spec import ColumnSpec, SqlType, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog

AVERAGE_DIGITS_MAX = 12  # PostgreSQL divides to at least 16 significant ones.

_EXACT: tuple[SqlType, ...] = ("integer", "numeric")
_NUMBERS: tuple[SqlType, ...] = (*_EXACT, "double precision")
_SORTED: tuple[SqlType, ...] = (*_EXACT, "text", "date", "timestamptz")


def check_derived(catalog: "Catalog") -> None:
    """Raise the first `SchemaError` found in the derived fields of any table."""
    for table in catalog:
        for column in table.columns:
            match column.derived:
                case None:
                    pass
                case CountOf() | SumOf() | AvgOf() | LastOf() as aggregate:
                    _check_aggregate(table, column, aggregate, catalog)
                case CopyOf() as copy:
                    _check_copy(table, column, copy, catalog)
                case Computed() as computed:
                    _check_computed(table, column, computed)
                case _:
                    assert_never(column.derived)
    for table in catalog:
        for column in table.columns:
            _check_circle(table, column, catalog, ())


class _Refuse(Protocol):
    """Raise `DerivedMismatch` about the field being checked."""

    def __call__(self, problem: str, *, mend: str) -> None: ...


def _refusal(table: TableSpec, column: ColumnSpec) -> _Refuse:
    def refuse(problem: str, *, mend: str) -> None:
        raise DerivedMismatch(problem, table=table.qualified, field=column.name, mend=mend)

    return refuse


def _check_aggregate(table: TableSpec, column: ColumnSpec, aggregate: Aggregate, catalog: "Catalog") -> None:
    refuse = _refusal(table, column)
    source = _require_source(table, column, aggregate.source, catalog)
    _require_column(source, aggregate.by, f"{table.qualified}.{column.name} finds its rows by it.")
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
        case _:
            assert_never(aggregate)
    _require_index(table, column, aggregate, source)


def _check_sum(table: TableSpec, column: ColumnSpec, total: SumOf, source: TableSpec) -> None:
    refuse = _refusal(table, column)
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
    refuse = _refusal(table, column)
    _exact_source(table, column, source, average.column)
    if column.sql_type not in ("numeric", "double precision") or not column.nullable:
        refuse(
            "a mean has digits after the point, and is empty for no rows.",
            mend="declare it as Decimal | None.",
        )
    if not 0 <= average.digits <= AVERAGE_DIGITS_MAX:
        refuse(f"a mean cannot have {average.digits} digits.", mend=f"choose from 0 to {AVERAGE_DIGITS_MAX}.")


def _check_last(table: TableSpec, column: ColumnSpec, last: LastOf, source: TableSpec) -> None:
    refuse = _refusal(table, column)
    asked = f"{table.qualified}.{column.name} takes it from the last row."
    _require_column(source, last.column, asked)
    _require_column(source, last.order, f"{table.qualified}.{column.name} goes by it.")
    order = source.column(last.order)
    if order.nullable or order.sql_type not in _SORTED:
        refuse(
            f"{source.qualified}.{last.order} does not put rows in order.",
            mend="order by a number, a text or a moment that is never empty.",
        )
    if source.column(last.column).sql_type != column.sql_type:
        refuse(
            f"it is {column.sql_type}, but {source.qualified}.{last.column} is not.",
            mend="give both the same type.",
        )
    if not column.nullable:
        refuse("there may be no last row.", mend="allow None.")
    if column.text is not None:
        refuse(
            "a bound of its own could refuse rows of the source.", mend="say length_max in last_of instead."
        )
    if last.length_max is not None and (column.sql_type != "text" or column.choices or last.length_max < 1):
        refuse("only a text has characters to take.", mend="leave length_max out, or make it at least 1.")


def _exact_source(table: TableSpec, column: ColumnSpec, source: TableSpec, name: str) -> ColumnSpec:
    _require_column(source, name, f"{table.qualified}.{column.name} adds it up.")
    summed = source.column(name)
    if summed.sql_type not in _EXACT:
        _refusal(table, column)(
            f"{source.qualified}.{name} is {summed.sql_type}: adding and taking away would not be exact.",
            mend="declare it as int or Decimal.",
        )
    return summed


def _require_index(table: TableSpec, column: ColumnSpec, aggregate: Aggregate, source: TableSpec) -> None:
    """The rows of one target must be found by an index; the last of them at its end."""
    by, fixed = aggregate.by, {aggregate.by, *_equalities(aggregate.where)}
    order = (aggregate.order, "id") if isinstance(aggregate, LastOf) else ()
    for index in source.indexes:
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


def _check_copy(table: TableSpec, column: ColumnSpec, copy: CopyOf, catalog: "Catalog") -> None:
    refuse = _refusal(table, column)
    source = _require_source(table, column, copy.source, catalog)
    _require_column(table, copy.via, f"{column.name} is copied through it.")
    _require_column(source, copy.column, f"{table.qualified}.{column.name} copies it.")
    via = table.column(copy.via)
    if via.reference is None or catalog.target(table, via) is not source:
        refuse(
            f"{copy.via} does not refer to {source.qualified}.",
            mend="copy through a reference to that table.",
        )
    if source.column(copy.column).sql_type != column.sql_type:
        refuse(
            f"it is {column.sql_type}, but {source.qualified}.{copy.column} is not.",
            mend="give both the same type.",
        )
    if not column.nullable:
        refuse("a copy may be empty.", mend="allow None.")


def _check_computed(table: TableSpec, column: ColumnSpec, computed: Computed) -> None:
    refuse = _refusal(table, column)
    looked_at = sorted(expression_columns(computed.expression))
    for name in looked_at:
        _require_column(table, name, f"{column.name} is computed from it.")
        if table.column(name).sql_type not in _NUMBERS:
            refuse(f"{name} is {table.column(name).sql_type}.", mend="compute with numbers.")
    if column.sql_type not in _NUMBERS:
        refuse("what is computed is a number.", mend="declare it as int, Decimal or float.")
    nullable = frozenset(name for name in looked_at if table.column(name).nullable)
    if may_be_empty(computed.expression, nullable) and not column.nullable:
        refuse(
            "it may have no value: an operand is empty, or divides by zero.",
            mend="allow None, or end the expression with .otherwise(0).",
        )


def _require_source(table: TableSpec, column: ColumnSpec, name: str, catalog: "Catalog") -> TableSpec:
    if name not in catalog:
        raise UnknownTable(
            f"it is derived from {name}, which is not in the catalog.",
            table=table.qualified,
            field=column.name,
            mend="add that table to the catalog, or correct its name.",
        )
    return catalog.table(name)


def _require_column(table: TableSpec, name: str, why: str) -> None:
    if not table.has(name):
        raise UnknownColumn(
            why, table=table.qualified, field=name, mend="declare the column, or correct its name."
        )


def _is_made_of_own_rows(
    table: TableSpec, source: TableSpec, aggregate: Aggregate, catalog: "Catalog"
) -> bool:
    by = source.column(aggregate.by)
    if by.polymorphic is None:
        return by.reference is not None and catalog.target(source, by) is table
    kind = _equalities(aggregate.where).get(by.polymorphic.type_column)
    return any(target is table for name, target in catalog.targets(source, by) if name == kind)


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
        case CountOf() | SumOf() | AvgOf() | LastOf():
            source = catalog.table(derived.source)
            return [(source, name) for name in sorted(source_columns(derived))]
        case CopyOf(source=source, column=copied, via=via):
            return [(catalog.table(source), copied), (table, via)]
        case Computed(expression=expression):
            return [(table, name) for name in sorted(expression_columns(expression))]
        case _:
            assert_never(derived)
