"""What must hold for a catalog to work, looked at when it is made."""

from collections import Counter
from typing import TYPE_CHECKING

from schema.language.derived import CountOf, LastOf, SumOf, mode_of
from schema.language.derived_checks import check_derived
from schema.language.errors import (
    DuplicateName,
    MissingIndex,
    NameTooLong,
    PolymorphicMismatch,
    TableMismatch,
    UnknownColumn,
    UnknownTable,
)
from schema.language.names import (
    NAME_BYTES_MAX,
    OPERATIONS,
    aggregate_function,
    aggregate_trigger,
    generated_names,
)
from schema.language.rule_checks import check_rules
from schema.language.spec import ColumnSpec, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog


def check_catalog(catalog: "Catalog") -> None:
    """Raise the first `SchemaError` found, tables in the order declared."""
    for table in catalog:
        _check_indexes(table)
        _check_conventions(table)
        for column in table.columns:
            _check_reference(table, column, catalog)
            _check_polymorphic(table, column, catalog)
    check_rules(catalog)
    check_derived(catalog)
    for table in catalog:
        _check_names(table, catalog)


def _check_indexes(table: TableSpec) -> None:
    for index in table.indexes:
        for column in index.columns:
            if not table.has(column):
                raise UnknownColumn(
                    f"index {index.name} names a column that is not there.",
                    table=table.qualified,
                    field=column,
                    mend="declare the column, or correct the index.",
                )
    for name, times in Counter(index.name for index in table.indexes).items():
        if times > 1:
            raise DuplicateName(
                f"there are {times} indexes named {name}.", table=table.qualified, mend="rename one of them."
            )


def _check_conventions(table: TableSpec) -> None:
    for name, times in Counter(column.name for column in table.stored_columns).items():
        if times > 1:
            raise DuplicateName(
                "an average keeps a part of itself under this name.",
                table=table.qualified,
                field=name,
                mend="rename the column or the average.",
            )
    if table.access.can_change and not table.has("updated_at"):
        raise TableMismatch(
            "its rows can change, but do not say when they did.",
            table=table.qualified,
            field="updated_at",
            mend="declare `updated_at: Timestamp`.",
        )
    if table.nesting is not None:
        for column in (table.nesting.parent, table.nesting.within):
            if not table.has(column):
                raise UnknownColumn(
                    "nesting names a column that is not there.",
                    table=table.qualified,
                    field=column,
                    mend="declare the column, or correct the nesting.",
                )
        parent = table.column(table.nesting.parent)
        own = parent.reference is not None and parent.reference.class_name == table.class_name
        if not (own and parent.nullable):
            raise TableMismatch(
                "the parent of a nested row is a row of the same table, or none.",
                table=table.qualified,
                field=parent.name,
                mend=f'declare it as `Ref["{table.class_name}"] | None`.',
            )


def _check_reference(table: TableSpec, column: ColumnSpec, catalog: "Catalog") -> None:
    if column.reference is None:
        return
    catalog.target(table, column)
    if column.reference.on_delete == "set null" and not column.nullable:
        raise TableMismatch(
            "deleting what it refers to would empty it, but it may not be empty.",
            table=table.qualified,
            field=column.name,
            mend='allow None, or use Deletes("cascade").',
        )
    if not any(index.serves(column.name) for index in table.indexes):
        raise MissingIndex(
            "a foreign key is looked up whenever what it refers to goes.",
            table=table.qualified,
            field=column.name,
            mend=f'add Index("by_{column.name}", "{column.name}").',
        )


def _check_polymorphic(table: TableSpec, column: ColumnSpec, catalog: "Catalog") -> None:
    if column.polymorphic is None:
        return
    type_column, kinds = column.polymorphic.type_column, column.polymorphic.kinds
    if not table.has(type_column):
        raise UnknownColumn(
            f"it says what {column.name} refers to, but is not there.",
            table=table.qualified,
            field=type_column,
            mend=f"declare it as a Literal of {', '.join(kind for kind, _ in kinds)}.",
        )
    if set(table.column(type_column).choices) != {kind for kind, _ in kinds}:
        raise PolymorphicMismatch(
            f"{type_column} and {column.name} do not name the same kinds.",
            table=table.qualified,
            field=column.name,
            mend=f"give {type_column} a Literal of exactly {', '.join(kind for kind, _ in kinds)}.",
        )
    for kind, name in kinds:
        if name not in catalog:
            raise UnknownTable(
                f"kind {kind} refers to {name}, which is not in the catalog.",
                table=table.qualified,
                field=column.name,
                mend="add that table to the catalog, or correct its name.",
            )
    if not any(index.serves(type_column, column.name) for index in table.indexes):
        raise MissingIndex(
            "a polymorphic reference is looked up whenever what it refers to goes.",
            table=table.qualified,
            field=column.name,
            mend=f'add Index("by_{column.name}", "{type_column}", "{column.name}").',
        )


def _check_names(table: TableSpec, catalog: "Catalog") -> None:
    joined = [
        name
        for kept in (column.derived for column in table.derived_columns)
        if isinstance(kept, CountOf | SumOf | LastOf)
        for operation in OPERATIONS
        for name in (
            aggregate_function(catalog.table(kept.source), table, operation, mode_of(kept)),
            aggregate_trigger(table, operation, mode_of(kept)),
        )
    ]
    for name in (*generated_names(table), *joined):
        if len(name.encode()) > NAME_BYTES_MAX:
            raise NameTooLong(
                f"{name} has {len(name.encode())} bytes; PostgreSQL keeps {NAME_BYTES_MAX}.",
                table=table.qualified,
                mend="shorten the table's, the column's or the index's name.",
            )
