"""Repairs: statements that mend a derived field while everyone goes on writing.

Adding what is missing commutes with the triggers' own additions: the difference is measured in one snapshot,
and added whenever. Setting the value measured would undo what was added in between. What is no sum is locked,
then made anew by a later statement, which sees all that was written before the lock.

Every statement is about a chunk of rows, so that nobody waits long. One transaction holds measuring and
mending together: a `truncate` of the source sets to zero, and must not come between.
"""

from dataclasses import dataclass
from typing import assert_never

from schema.compile.definitions import Definition, compile_definition
from schema.compile.derived_aggregates import last_row, listed, taken_value
from schema.compile.derived_queue import ONE_FOLLOWER, follower_of
from schema.compile.derived_queued import deltas
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import (
    AccountCopy,
    AvgOf,
    BandOf,
    Computed,
    CopyOf,
    CountOf,
    LastOf,
    ListOf,
    SumOf,
)
from schema.language.spec import ColumnSpec, TableSpec

_IDS = "$1::uuid[]"
_WRONG = f"unnest({_IDS}, $2::numeric[]) as wrong (id, difference)"


@dataclass(frozen=True)
class Repair:
    """The statements for one field, run in this order in one read committed transaction per chunk.

    `exclusive` lets no other repair of the field measure until the transaction ends. `chunk` yields the next
    ids in order, at most `$2` after `$1`, or from the first one when that is null. `measure` yields, of the
    ids `$1`, those that are wrong, as `id uuid, difference numeric`. The other two are for `derived_owner`:
    `lock` takes these ids, and is None where nothing is to be locked; `mend` takes both as two arrays.
    """

    field: str
    exclusive: str
    chunk: str
    measure: str
    lock: str | None
    mend: str


def compile_repairs(catalog: Catalog) -> tuple[Repair, ...]:
    """The repair of every derived field, each after those of its table that it is made of."""
    return tuple(
        _repair(table, column, catalog)
        for table in catalog
        for column in sorted(table.derived_columns, key=_from_own_row)
    )


def _from_own_row(column: ColumnSpec) -> bool:
    return isinstance(column.derived, AvgOf | Computed)


def _repair(table: TableSpec, column: ColumnSpec, catalog: Catalog) -> Repair:
    field, name = quote_identifier(column.name), quote_qualified(table)
    definition = compile_definition(table, column, catalog, only=_IDS)
    queued = definition.added is not None
    return Repair(
        field=f"{table.qualified}.{column.name}",
        exclusive=f"select {_exclusive(table, column)}",
        chunk=f"select target.id from {name} as target where $1::uuid is null or target.id > $1\n"
        "    order by target.id limit $2",
        measure=_measure(column, definition),
        lock=None
        if queued
        else f"select from {name} as target where target.id = any ({_IDS})\n"
        "    order by target.id for no key update",
        mend=f"insert into {deltas(table)} (key, {field}) select wrong.id, wrong.difference from {_WRONG}"
        if queued
        else f"update {name} as target set {field} = {_mended(table, column, catalog)}\n"
        f"from {_WRONG} where target.id = wrong.id",
    )


def _exclusive(table: TableSpec, column: ColumnSpec) -> str:
    if isinstance(column.derived, CopyOf | BandOf):
        return ONE_FOLLOWER
    name = quote_literal(f"derived:{table.qualified}.{column.name}")
    return f"pg_advisory_xact_lock(hashtextextended({name}, 0))"


def _measure(column: ColumnSpec, definition: Definition) -> str:
    stored = f"target.{quote_identifier(column.name)}"
    match column.derived:
        case CountOf() | SumOf():
            exact = stored if definition.added is None else f"({stored} + {definition.added})"
            difference = f"{definition.actual} - {exact}"
            wrong = f"{exact} is distinct from {definition.actual}"
        case _:
            difference = "null::numeric"
            wrong = f"{stored} is distinct from {definition.actual} and not {definition.pending}"
    return (
        f"select target.id, {difference} as difference\nfrom {definition.tables}\n"
        f"where target.id = any ({_IDS}) and {wrong} order by target.id"
    )


def _mended(table: TableSpec, column: ColumnSpec, catalog: Catalog) -> str:
    field = quote_identifier(column.name)
    match column.derived:
        case CountOf() | SumOf():
            return f"target.{field} + wrong.difference"
        case AvgOf() | Computed():
            return f"target.{field}"  # Any write of the row makes it anew.
        case LastOf(source=source) as last:
            return f"({last_row(catalog.table(source), last, (taken_value(last),), 'target.id', catalog)})"
        case ListOf(source=source) as one:
            return listed(catalog.table(source), one, "target.id", catalog)
        case CopyOf() | BandOf():
            follower = follower_of(table, column, catalog)
            assert follower is not None, column
            return follower.value
        case AccountCopy(column=copied):
            return f"(select account.{copied} from derived.account(target.id) as account)"
        case None:
            raise AssertionError(column)
        case _:
            assert_never(column.derived)
