"""Audits: queries that compare a derived field with its definition, row by row."""

from dataclasses import dataclass

from schema.compile.definitions import Definition, compile_definition
from schema.compile.quoting import quote_identifier
from schema.language.catalog import Catalog


@dataclass(frozen=True)
class Audit:
    """One derived field and the query that finds where it is wrong.

    The query yields `id uuid, stored text, actual text, pending boolean`: the rows whose stored value differs
    from the definition, in id order. `pending` is a change already queued: late and not wrong.
    """

    field: str
    sql: str


def compile_audits(catalog: Catalog) -> tuple[Audit, ...]:
    """The audit of every derived field, in the order declared. One snapshot is enough to run each.

    An average is audited three times: itself, and the sum and the count it is made of.
    """
    return tuple(
        Audit(
            f"{table.qualified}.{column.name}",
            _audit(quote_identifier(column.name), compile_definition(table, column, catalog)),
        )
        for table in catalog
        for column in table.derived_columns
    )


def _audit(field: str, definition: Definition) -> str:
    unsettled = "" if definition.added is None else f" or {definition.added} <> 0"
    return (
        f"select target.id, target.{field}::text as stored, {definition.actual}::text as actual,\n"
        f"    {definition.pending} as pending\n"
        f"from {definition.tables}\n"
        f"where target.{field} is distinct from {definition.actual}{unsettled} order by target.id"
    )
