"""Audits: queries that compare a derived field with its definition, row by row."""

from dataclasses import dataclass
from typing import assert_never

from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.compile.rules import compile_rule
from schema.language.catalog import Catalog
from schema.language.derived import CopyOf, CountOf
from schema.language.spec import ColumnSpec, TableSpec


@dataclass(frozen=True)
class Audit:
    """One derived field and the query that finds where it is wrong.

    The query yields `id uuid, stored text, actual text, pending boolean`: the rows whose stored value differs
    from the definition, in id order. `pending` is a copy already queued, late and not wrong.
    """

    field: str
    sql: str


def compile_audits(catalog: Catalog) -> tuple[Audit, ...]:
    """The audit of every derived field, in the order declared. One snapshot is enough to run each."""
    return tuple(
        Audit(f"{table.qualified}.{column.name}", _audit(table, column, catalog))
        for table in catalog
        for column in table.derived_columns
    )


def _audit(table: TableSpec, column: ColumnSpec, catalog: Catalog) -> str:
    field, name = quote_identifier(column.name), quote_qualified(table)
    match column.derived:
        case CountOf(source=source, by=by, where=where):
            origin = catalog.table(source)
            key = quote_identifier(by)
            return (
                f"select target.id, target.{field}::text as stored,\n"
                f"    coalesce(counted.n, 0)::text as actual, false as pending\n"
                f"from {name} as target left join (\n"
                f"    select one.{key} as key, count(*) as n from {quote_qualified(origin)} as one\n"
                f"    where {compile_rule(where, origin, catalog, row='one')} group by one.{key}\n"
                f") as counted on counted.key = target.id\n"
                f"where target.{field} is distinct from coalesce(counted.n, 0) order by target.id"
            )
        case CopyOf(source=source, column=copied, via=via):
            reference, value = f"target.{quote_identifier(via)}", f"source.{quote_identifier(copied)}"
            return (
                f"select target.id, target.{field}::text as stored, {value}::text as actual, exists (\n"
                f"    select from derived.copy_queue as queued where queued.source_id = {reference}\n"
                f"    and queued.target = {quote_literal(f'{table.qualified}.{column.name}')}\n"
                f") as pending\n"
                f"from {name} as target left join {quote_qualified(catalog.table(source))} as source\n"
                f"    on source.id = {reference}\n"
                f"where target.{field} is distinct from {value} order by target.id"
            )
        case None:
            raise AssertionError(column)
        case _:
            assert_never(column.derived)
