"""What must hold for a catalog to work, looked at when it is made."""

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from schema.language.derived import Kept, mode_of
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
    document_table,
    generated_names,
)
from schema.language.routines import Routine
from schema.language.rule_checks import check_rules
from schema.language.shapes import ShapeBy
from schema.language.spec import AtMost, ColumnSpec, Default, Differ, SqlType, TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog


def check_catalog(catalog: "Catalog") -> None:
    """Raise the first `SchemaError` found, tables in the order declared."""
    for table in catalog:
        _check_indexes(table)
        _check_conventions(table)
        _check_columns(table)
        _check_limits(table)
        _check_foreign_keys(table, catalog)
        _check_automatic(table)
        for column in table.columns:
            _check_reference(table, column, catalog)
            _check_polymorphic(table, column, catalog)
    _check_handwritten(catalog)
    check_rules(catalog)
    check_derived(catalog)
    for table in catalog:
        _check_names(table, catalog)
    _check_document_tables(catalog)


def _check_handwritten(catalog: "Catalog") -> None:
    for one in (*catalog.views, *catalog.routines):
        schema, _, name = one.name.partition(".")
        if not schema or not name:
            raise TableMismatch("its name says no schema.", table=one.name, mend="qualify it: schema.name.")
        if isinstance(one, Routine) and one.definer and schema != "private":
            raise TableMismatch(
                "a function that passes row security by must be out of clients' reach.",
                table=one.name,
                mend="put it in the schema private, and call it from one that runs as its caller.",
            )
        if one.name in catalog:
            raise DuplicateName("a table has this name.", table=one.name, mend="rename one of the two.")


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


_SIZED: tuple[SqlType, ...] = ("integer", "numeric", "double precision")


def _check_columns(table: TableSpec) -> None:
    """Bounds, shapes and hiding only where they have a meaning."""
    for column in table.columns:

        def refuse(problem: str, mend: str, field: str = column.name) -> None:
            raise TableMismatch(problem, table=table.qualified, field=field, mend=mend)

        if column.bounds is not None and column.sql_type not in _SIZED:
            refuse("only a number has Bounds.", "bound a text with Text(length_max=...).")
        if column.text is not None and "\\" in (column.text.pattern or ""):
            refuse("a pattern has no backslash.", "write a class instead: [0-9], [.].")
        if column.hidden and (
            column.derived is not None or column.name in ("id", "created_at", "updated_at")
        ):
            refuse("everyone who sees the row sees it.", "hide a column of its own.")
        if isinstance(column.shape, ShapeBy):
            _require_own(table, (column.shape.column,), f"the shape of {column.name} depends on it.")
            choices = table.column(column.shape.column).choices
            if set(choices) != {value for value, _ in column.shape.models}:
                refuse(
                    f"its shapes and {column.shape.column} do not name the same kinds.",
                    f"give a model for each of {', '.join(choices) or 'its Literals'}.",
                )


def _check_limits(table: TableSpec) -> None:
    for limit in table.limits:
        match limit:
            case AtMost(column=column, limit=other):
                comparable = {"number", "date", "timestamptz"}
            case Differ(column=column, other=other):
                comparable = {"number", "date", "timestamptz", "uuid", "text"}
            case _:
                assert_never(limit)
        _require_own(table, (column, other), "a limit compares it.")
        kinds = {_kind(table.column(name).sql_type) for name in (column, other)}
        if len(kinds) > 1 or not kinds <= comparable:
            raise TableMismatch(
                f"it cannot be compared with {other}.",
                table=table.qualified,
                field=limit.column,
                mend="limit a number by a number, or a moment by a moment.",
            )


def _kind(sql_type: SqlType) -> str:
    return "number" if sql_type in _SIZED else sql_type


def _check_foreign_keys(table: TableSpec, catalog: "Catalog") -> None:
    for key in table.foreign_keys:
        target = catalog.sibling(table, key)
        _require_own(table, key.columns, f"a foreign key to {target.qualified} names it.")
        _require_own(target, key.other, f"a foreign key of {table.qualified} refers to it.")
        if not any(index.unique and index.columns == key.other for index in target.sorted_indexes):
            raise MissingIndex(
                f"a foreign key of {table.qualified} refers to these columns together.",
                table=target.qualified,
                field=key.other[0],
                mend=f"add a unique Index over {', '.join(key.other)}.",
            )
        if not any(index.columns[: len(key.columns)] == key.columns for index in table.sorted_indexes):
            raise MissingIndex(
                "a foreign key is looked up whenever what it refers to goes.",
                table=table.qualified,
                field=key.columns[0],
                mend=f"add an Index that begins with {', '.join(key.columns)}.",
            )


def _check_automatic(table: TableSpec) -> None:
    if not table.automatic:
        return
    if table.extends is None:
        raise TableMismatch(
            "its rows are made with the rows they extend, but it extends nothing.",
            table=table.qualified,
            mend="say extends=, or leave automatic out.",
        )
    for column in table.columns:
        given = column.nullable or column.derived is not None or column.default is not Default.REQUIRED
        if column.name != "id" and not given:
            raise TableMismatch(
                "the row is made by itself, and nobody gives this a value.",
                table=table.qualified,
                field=column.name,
                mend="give it a default, or allow None.",
            )


def _require_own(table: TableSpec, names: tuple[str, ...], why: str) -> None:
    for name in names:
        if not table.has(name):
            raise UnknownColumn(
                why, table=table.qualified, field=name, mend="declare the column, or correct its name."
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
        own = parent.reference is not None and parent.reference.target == f"{table.schema}.{table.class_name}"
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
    if not table.serves(column.name):
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
    if not table.serves(type_column, column.name):
        raise MissingIndex(
            "a polymorphic reference is looked up whenever what it refers to goes.",
            table=table.qualified,
            field=column.name,
            mend=f'add Index("by_{column.name}", "{type_column}", "{column.name}").',
        )


def _check_document_tables(catalog: "Catalog") -> None:
    found: dict[str, TableSpec] = {}
    for table in catalog:
        other = found.setdefault(document_table(table), table)
        if other is not table:
            raise DuplicateName(
                f"documents of it and of {other.qualified} would have one name, {document_table(table)}.",
                table=table.qualified,
                mend="rename one of the two.",
            )


def _check_names(table: TableSpec, catalog: "Catalog") -> None:
    joined = [
        name
        for kept in (column.derived for column in table.derived_columns)
        if isinstance(kept, Kept)
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
