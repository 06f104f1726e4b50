"""Renames: declared ones of tables and columns, and those of indexes and constraints that follow."""

from collections.abc import Iterator

from schema.compile.diff_changes import Changes
from schema.compile.inspection import FoundConstraint, FoundIndex, Inspection
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog


def declared_renames(catalog: Catalog, built: Inspection) -> list[str]:
    """Statements for every rename that `catalog` declares and `built` has not seen yet.

    A mark that has done its work says nothing more, and may stay.
    """
    names = {f"{table.schema}.{table.name}" for table in catalog}
    statements: list[str] = []
    for table in catalog:
        before = f"{table.schema}.{table.name}"
        if table.renamed_from is not None and not _has_table(built, before):
            old = table.renamed_from if "." in table.renamed_from else f"{table.schema}.{table.renamed_from}"
            if _has_table(built, old) and old not in names:
                statements += _rename_table(old, table.schema, table.name)
                before = old
        for column in table.columns:
            old = column.renamed_from
            if (
                old is not None
                and not table.has(old)
                and _has_column(built, before, old)
                and not _has_column(built, before, column.name)
            ):
                statements.append(
                    f"alter table {quote_qualified(table)}"
                    f" rename column {quote_identifier(old)} to {quote_identifier(column.name)}"
                )
    return statements


def following_renames(changes: Changes) -> list[str]:
    """Statements that rename what is the same but for its name, rather than build it again.

    A renamed table's indexes and constraints are such: their names begin with the table's.
    """
    return [*_constraints(changes), *_indexes(changes)]


def _constraints(changes: Changes) -> Iterator[str]:
    free = [
        one
        for one in changes.declared.of_type(FoundConstraint)
        if one.key in changes.new and changes.stays(one.table)
    ]
    for before in changes.built.of_type(FoundConstraint):
        if before.key in changes.gone:
            alike = (before.table, before.kind, before.meaning)
            after = next((one for one in free if (one.table, one.kind, one.meaning) == alike), None)
            if after is not None:
                free.remove(after)
                yield f"alter table {before.table} rename constraint {before.name} to {after.name}"


def _indexes(changes: Changes) -> Iterator[str]:
    free = [index for index in changes.declared.of_type(FoundIndex) if index.key in changes.new]
    for before in changes.built.of_type(FoundIndex):
        if before.key in changes.gone:
            after = next((index for index in free if index.nameless == before.nameless), None)
            if after is not None:
                free.remove(after)
                yield f"alter index {before.name} rename to {after.own_name}"


def _rename_table(old: str, schema: str, name: str) -> Iterator[str]:
    old_schema, _, old_name = old.partition(".")
    place = f"{quote_identifier(old_schema)}.{quote_identifier(old_name)}"
    if old_schema != schema:
        yield f"alter table {place} set schema {quote_identifier(schema)}"
        place = f"{quote_identifier(schema)}.{quote_identifier(old_name)}"
    if old_name != name:
        yield f"alter table {place} rename to {quote_identifier(name)}"


def _has_table(built: Inspection, qualified: str) -> bool:
    return any(table.place == qualified for table in built.tables)


def _has_column(built: Inspection, table: str, column: str) -> bool:
    return any(one.place == f"{table}.{column}" for one in built.all_columns)
