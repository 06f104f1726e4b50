"""Tables, their constraints and their indexes."""

from decimal import Decimal

from schema.compile.quoting import quote_columns, quote_identifier, quote_literal, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import CountOf, LastOf, SumOf, mode_of
from schema.language.indexes import Index
from schema.language.names import check_name, foreign_key_name, index_name
from schema.language.spec import ColumnSpec, Default, TableSpec

COUNTED_FILLFACTOR = 85
"""Percent of each page filled in a table with counters, so that counting finds room beside the old row."""


def compile_table(table: TableSpec) -> str:
    """Create `table` with its checks, closed to everyone but its owner; foreign keys come later."""
    lines = [_column(table, column) for column in table.stored_columns]
    lines += [check for column in table.columns if (check := _check(table, column))]
    counted = any(
        isinstance(column.derived, CountOf | SumOf | LastOf) and mode_of(column.derived) == "sync"
        for column in table.derived_columns
    )
    storage = f" with (fillfactor = {COUNTED_FILLFACTOR})" if counted else ""
    name = quote_qualified(table)
    return (
        f"create table {name} (\n    " + ",\n    ".join(lines) + f"\n){storage};\n"
        f"comment on table {name} is {quote_literal(table.title)};\n"
        f"alter table {name} enable row level security;"
    )


def compile_index(table: TableSpec, index: Index) -> str:
    """Create one index of `table`.

    >>> from schema.tables import CATALOG
    >>> spaces = CATALOG.table("spaces")
    >>> compile_index(spaces, spaces.index("by_order"))
    'create index "spaces_by_order" on "public"."spaces" ("order", "id");'
    """
    unique = "unique " if index.unique else ""
    name = quote_identifier(index_name(table, index))
    return f"create {unique}index {name} on {quote_qualified(table)} ({quote_columns(index.key)});"


def compile_foreign_keys(table: TableSpec, catalog: Catalog) -> list[str]:
    """Add the foreign keys of `table`, one statement each."""
    keys = [
        (column.name, quote_qualified(catalog.target(table, column)), column.reference.on_delete)
        for column in table.columns
        if column.reference is not None
    ]
    if table.extends is not None:
        schema, _, name = table.extends.partition(".")
        keys.insert(0, ("id", f"{quote_identifier(schema)}.{quote_identifier(name)}", "cascade"))
    return [
        f"alter table {quote_qualified(table)}\n"
        f"    add constraint {quote_identifier(foreign_key_name(table, column))}\n"
        f"    foreign key ({quote_identifier(column)}) references {target} (id) on delete {on_delete};"
        for column, target, on_delete in keys
    ]


def _column(table: TableSpec, column: ColumnSpec) -> str:
    parts = [quote_identifier(column.name), column.sql_type]
    if column.name == "id":
        parts.append("constraint " + quote_identifier(f"{table.name}_pkey") + " primary key")
    elif not column.nullable:
        parts.append("not null")
    default = _default(column)
    return " ".join([*parts, f"default {default}"] if default else parts)


def _default(column: ColumnSpec) -> str | None:
    match column.default:
        case None | Default.REQUIRED:
            return None
        case Default.NEW_ID:
            return "gen_random_uuid()"
        case Default.NOW:
            return "now()"
        case Default.EMPTY_OBJECT | Default.EMPTY_ARRAY as empty:
            return f"{quote_literal(empty.value)}::jsonb"
        case str() | int() | float() | bool() | Decimal() as value:
            return quote_literal(value)
        case other:
            raise AssertionError((column.name, other))


def _check(table: TableSpec, column: ColumnSpec) -> str | None:
    name, quoted = quote_identifier(check_name(table, column.name)), quote_identifier(column.name)
    if column.choices:
        choices = ", ".join(map(quote_literal, column.choices))
        return f"constraint {name} check ({quoted} in ({choices}))"
    if column.text is not None:
        bounds = f"between {column.text.length_min} and {column.text.length_max}"
        return f"constraint {name} check (char_length({quoted}) {bounds})"
    if column.sql_type == "numeric" and column.derived is None:
        # JSON has no other numbers; and a sum that has once met NaN never leaves it again.
        return f"constraint {name} check ({quoted} not in ('NaN', 'Infinity', '-Infinity'))"
    return None
