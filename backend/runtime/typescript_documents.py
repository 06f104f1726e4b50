"""`_generated/dataModel.ts`: every table's documents as TypeScript types, as queries return them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from backend.protocol.values import document_key
from schema.compile.typescript import (
    JSON_DECLARED,
    Property,
    array_type,
    comment,
    json_type,
    literal_type,
    object_type,
    stored_type,
    union_type,
)
from schema.language import Catalog, ColumnSpec, TableSpec
from schema.language.derived import CopyOf, LastOf, ListOf
from schema.language.names import document_table
from schema.language.shapes import ShapeBy

_HEAD = f"""\
// Generated from the tables in schema/tables by `folkmoot types write`. Change those, not this.

import type {{ GenericId }} from "convex/values";

/** The names of the tables. */
export type TableNames = keyof Documents;

/** The id of a row of one table: text at run time, a type of its own to the compiler. */
export type Id<TableName extends TableNames> = GenericId<TableName>;

/** A row of one table, as functions return it. */
export type Doc<TableName extends TableNames> = Documents[TableName];

{JSON_DECLARED}
"""


def render_data_model(catalog: Catalog) -> str:
    """The module, not formatted yet. Equal catalogs give equal text."""
    documents = object_type(
        Property(document_table(table), _document(table, catalog), comment=table.title)
        for table in sorted(catalog, key=document_table)
    )
    return f"{_HEAD}\n{comment('The documents of each table.')}export interface Documents {documents}\n"


def _document(table: TableSpec, catalog: Catalog) -> str:
    dependent = _dependent_columns(table)
    deciding = {column.name for columns in dependent.values() for column in columns} | set(dependent)
    plain = [
        Property(document_key(column.name), _column_type(column, table, catalog))
        for column in table.columns
        if column.name not in deciding
    ]
    cases = [
        # A line for each case, which a formatter keeps.
        "(\n| " + "\n| ".join(_cases(table.column(by), columns, catalog)) + "\n)"
        for by, columns in dependent.items()
    ]
    return " & ".join([object_type(plain), *cases])


def _dependent_columns(table: TableSpec) -> dict[str, list[ColumnSpec]]:
    """The columns whose type goes by the value of another column of the row, by the name of that one."""
    dependent: dict[str, list[ColumnSpec]] = defaultdict(list)
    for column in table.columns:
        match column:
            case ColumnSpec(shape=ShapeBy(column=by)):
                dependent[by].append(column)
            case ColumnSpec(polymorphic=reference) if reference is not None:
                dependent[reference.type_column].append(column)
            case _:
                pass
    return dict(dependent)


def _cases(by: ColumnSpec, columns: list[ColumnSpec], catalog: Catalog) -> Iterator[str]:
    """An object type for each value of `by` that a row can have."""
    types = {column.name: _types_by_value(column, catalog) for column in columns}
    for value in sorted(by.choices):  # The same as in each column's own list: the catalog sees to that.
        yield _case(by, literal_type(value), [(column, types[column.name][value]) for column in columns])
    if by.nullable:
        yield _case(by, "null", [(column, "null") for column in columns])


def _case(by: ColumnSpec, value: str, decided: list[tuple[ColumnSpec, str]]) -> str:
    return object_type(
        [
            Property(document_key(by.name), value),
            *(Property(document_key(column.name), _or_null(type_, column)) for column, type_ in decided),
        ]
    )


def _types_by_value(column: ColumnSpec, catalog: Catalog) -> dict[str, str]:
    if isinstance(column.shape, ShapeBy):
        return {value: json_type(record) for value, record in column.shape.types}
    assert column.polymorphic is not None, column
    return {kind: _id_of(catalog.table(name)) for kind, name in column.polymorphic.kinds}


def _column_type(column: ColumnSpec, table: TableSpec, catalog: Catalog) -> str:
    target = _target(column, table, catalog)
    if target is None:
        return _or_null(stored_type(column), column)
    return _or_null(array_type(_id_of(target)) if column.sql_type == "uuid[]" else _id_of(target), column)


def _target(column: ColumnSpec, table: TableSpec, catalog: Catalog) -> TableSpec | None:
    """The table whose ids the column holds, be they taken from another column; None for other content."""
    if column.name == "id":
        return table
    if column.reference is not None:
        return catalog.target(table, column)
    match column.derived:
        case CopyOf(source, taken) | LastOf(source, taken) | ListOf(source, taken) if (
            "uuid" in column.sql_type
        ):
            other = catalog.table(source)
            return _target(other.column(taken), other, catalog) if "uuid" in column.sql_type else None
        case _:
            return None


def _or_null(type_: str, column: ColumnSpec) -> str:
    # A document has all its keys: what is empty, or not this reader's to see, is null.
    return union_type([type_, "null"]) if column.nullable or column.hidden else type_


def _id_of(table: TableSpec) -> str:
    return f"Id<{literal_type(document_table(table))}>"
