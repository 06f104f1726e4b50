"""What a derived column should hold, as SQL over the whole table: what audits and repairs compare it with."""

from dataclasses import dataclass
from typing import assert_never

from schema.compile.derived_aggregates import last_row, listed, taken_value
from schema.compile.derived_bands import band_value
from schema.compile.derived_changes import row_conditions
from schema.compile.derived_computed import computed_value
from schema.compile.derived_queue import follower_of
from schema.compile.derived_queued import pending_sum
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import (
    AccountCopy,
    Added,
    AvgOf,
    BandOf,
    Computed,
    CopyOf,
    CountOf,
    LastOf,
    ListOf,
    SumOf,
)
from schema.language.spec import ACCOUNT_TABLE, ColumnSpec, TableSpec, average_parts


@dataclass(frozen=True)
class Definition:
    """`actual`, an expression over `tables`, is what the row `target` should hold in the column.

    `pending` says of a row that differs that it will follow by itself; `added` is what a queued column
    still has to add, None for others.
    """

    tables: str
    actual: str
    pending: str = "false"
    added: str | None = None


def compile_definition(
    table: TableSpec, column: ColumnSpec, catalog: Catalog, *, only: str | None = None
) -> Definition:
    """Define one derived column.

    `only`, an array of the ids that will be looked at, spares adding up the rows of all others.
    """
    target = f"{quote_qualified(table)} as target"
    match column.derived:
        case CountOf() | SumOf() as added:
            tables = target + _joined("counted", added, catalog, only)
            return _settling(table, column, Definition(tables, "coalesce(counted.n, 0)"))
        case AvgOf(digits=digits) as average:
            total, count = (part.derived for part in average_parts(column))
            assert isinstance(total, SumOf), average
            assert isinstance(count, CountOf), average
            joins = _joined("summed", total, catalog, only) + _joined("counted", count, catalog, only)
            mean = f"round(trim_scale(summed.n) / nullif(counted.n, 0), {digits})::{column.sql_type}"
            return Definition(target + joins, mean)
        case LastOf(source=source) as last:
            taken = (f"{taken_value(last)} as value",)
            found = last_row(catalog.table(source), last, taken, "target.id", catalog)
            return Definition(
                f"{target} left join lateral (\n    {found}\n) as latest on true", "latest.value"
            )
        case ListOf(source=source) as one:
            return Definition(target, listed(catalog.table(source), one, "target.id", catalog))
        case CopyOf(source=source, column=copied, via=via):
            joined = f"{quote_qualified(catalog.table(source))} as source"
            tables = f"{target} left join {joined} on source.id = target.{quote_identifier(via)}"
            return Definition(
                tables, f"source.{quote_identifier(copied)}", pending=_queued(table, column, catalog)
            )
        case BandOf() as band:
            value = band_value(band, catalog, row="target")
            return Definition(target, value, pending=_queued(table, column, catalog))
        case AccountCopy(column=copied):
            tables = f"{target} left join {ACCOUNT_TABLE} as account on account.id = target.id"
            return Definition(tables, f"account.{copied}::{column.sql_type}")
        case Computed():
            return Definition(target, computed_value(column, table, row="target"))
        case None:
            raise AssertionError(column)
        case _:
            assert_never(column.derived)


def _queued(table: TableSpec, column: ColumnSpec, catalog: Catalog) -> str:
    follower = follower_of(table, column, catalog)
    assert follower is not None, column
    return follower.queued()


def _joined(name: str, added: Added, catalog: Catalog, only: str | None) -> str:
    return f" left join (\n{_totals(added, catalog, only)}\n) as {name} on {name}.key = target.id"


def _totals(added: Added, catalog: Catalog, only: str | None) -> str:
    """A select of `key` and `n`, the count or sum of the rows that refer to it."""
    source, key = catalog.table(added.source), f"one.{quote_identifier(added.by)}"
    found = f"{key} is not null" if only is None else f"{key} = any ({only})"
    conditions = [found, *row_conditions(source, added, catalog)]
    match added:
        case CountOf():
            made = "count(*)"
        case SumOf(column=column):
            made = f"sum(one.{quote_identifier(column)}::numeric)"
        case _:
            assert_never(added)
    return (
        f"    select {key} as key, {made} as n from {quote_qualified(source)} as one\n"
        f"    where {' and '.join(conditions)} group by {key}"
    )


def _settling(table: TableSpec, column: ColumnSpec, definition: Definition) -> Definition:
    """The definition with what is still in the list, for a queued column."""
    if not (isinstance(column.derived, CountOf | SumOf) and column.derived.mode == "queued"):
        return definition
    added = f"coalesce(({pending_sum(table, column.name, 'target.id')}), 0)"
    follows = f"target.{quote_identifier(column.name)} + {added} = {definition.actual}"
    return Definition(definition.tables, definition.actual, pending=follows, added=added)
