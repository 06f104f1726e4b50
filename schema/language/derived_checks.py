"""Derived fields that could not be kept: nothing to derive from, no way to find it, or a circle."""

from typing import TYPE_CHECKING, assert_never

from schema.language.derived import CopyOf, CountOf, Derived
from schema.language.errors import DerivedCycle, DerivedMismatch, MissingIndex, UnknownColumn, UnknownTable
from schema.language.rule_checks import check_columns, is_row_local
from schema.language.rules import AllOf, Equals, Rule, rule_columns
from schema.language.spec import ColumnSpec, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog


def check_derived(catalog: "Catalog") -> None:
    """Raise the first `SchemaError` found in the derived fields of any table."""
    for table in catalog:
        for column in table.derived_columns:
            assert column.derived is not None, column
            if column.derived.source not in catalog:
                raise UnknownTable(
                    f"it is derived from {column.derived.source}, which is not in the catalog.",
                    table=table.qualified,
                    field=column.name,
                    mend="add that table to the catalog, or correct its name.",
                )
            match column.derived:
                case CountOf():
                    _check_count(table, column, column.derived, catalog)
                case CopyOf():
                    _check_copy(table, column, column.derived, catalog)
                case _:
                    assert_never(column.derived)
    for table in catalog:
        for column in table.derived_columns:
            _check_circle(table, column, catalog, ())


def _check_count(table: TableSpec, column: ColumnSpec, count: CountOf, catalog: "Catalog") -> None:
    source = catalog.table(count.source)
    _require_column(source, count.by, f"{table.qualified}.{column.name} counts by it.")
    check_columns(count.where, source)
    if not is_row_local(count.where):
        raise DerivedMismatch(
            "what it counts depends on more than the counted row.",
            table=table.qualified,
            field=column.name,
            mend="filter by columns of the counted row only.",
        )
    if column.sql_type != "integer" or column.nullable:
        raise DerivedMismatch(
            "a count is a whole number.", table=table.qualified, field=column.name, mend="declare it as int."
        )
    if not _counts_own_rows(table, source, count, catalog):
        raise DerivedMismatch(
            f"{source.qualified}.{count.by} does not refer to {table.qualified}.",
            table=table.qualified,
            field=column.name,
            mend="count by a reference to this table; for a polymorphic one, say its kind in `where`.",
        )
    fixed = {count.by, *_equalities(count.where)}
    if not any(set(index.key[: _run(index.key, fixed)]) >= {count.by} for index in source.indexes):
        raise MissingIndex(
            f"auditing {table.qualified}.{column.name} looks rows up by it.",
            table=source.qualified,
            field=count.by,
            mend=f'add Index("by_{count.by}", "{count.by}").',
        )


def _check_copy(table: TableSpec, column: ColumnSpec, copy: CopyOf, catalog: "Catalog") -> None:
    source = catalog.table(copy.source)
    _require_column(table, copy.via, f"{column.name} is copied through it.")
    _require_column(source, copy.column, f"{table.qualified}.{column.name} copies it.")
    via = table.column(copy.via)
    if via.reference is None or catalog.target(table, via) is not source:
        raise DerivedMismatch(
            f"{copy.via} does not refer to {source.qualified}.",
            table=table.qualified,
            field=column.name,
            mend="copy through a reference to that table.",
        )
    if source.column(copy.column).sql_type != column.sql_type:
        raise DerivedMismatch(
            f"it is {column.sql_type}, but {source.qualified}.{copy.column} is not.",
            table=table.qualified,
            field=column.name,
            mend="give both the same type.",
        )
    if not column.nullable:
        raise DerivedMismatch(
            "a copy may be empty.", table=table.qualified, field=column.name, mend="allow None."
        )


def _require_column(table: TableSpec, name: str, why: str) -> None:
    if not table.has(name):
        raise UnknownColumn(
            why, table=table.qualified, field=name, mend="declare the column, or correct its name."
        )


def _counts_own_rows(table: TableSpec, source: TableSpec, count: CountOf, catalog: "Catalog") -> bool:
    by = source.column(count.by)
    if by.polymorphic is None:
        return by.reference is not None and catalog.target(source, by) is table
    kind = _equalities(count.where).get(by.polymorphic.type_column)
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
    source = catalog.table(derived.source)
    match derived:
        case CountOf(by=by, where=where):
            return [(source, name) for name in sorted({by, *rule_columns(where)})]
        case CopyOf(column=copied, via=via):
            return [(source, copied), (table, via)]
        case _:
            assert_never(derived)
