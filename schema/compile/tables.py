"""Tables, their constraints and their indexes."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

from schema.compile.quoting import quote_columns, quote_identifier, quote_literal, quote_qualified
from schema.compile.shapes import shape_condition
from schema.language.catalog import Catalog
from schema.language.derived import Kept, mode_of
from schema.language.indexes import AnyIndex, GinIndex, Index, SearchIndex
from schema.language.names import check_name, foreign_key_name, index_name, limit_name
from schema.language.spec import (
    ACCOUNT_TABLE,
    AtMost,
    ColumnSpec,
    Default,
    Differ,
    JsonDefault,
    Limit,
    TableSpec,
)

COUNTED_FILLFACTOR = 85
"""Percent of each page filled in a table with counters, so that counting finds room beside the old row."""

EAGER_VACUUM = (
    "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500,"
    " autovacuum_vacuum_cost_delay = 0"
)
"""Storage settings of what is rewritten or emptied all the time.

A row with a thousand dead versions is slow to write long before a fifth of a large table is dead. What is
kept apart for its length (TOAST) is not rewritten by counting, and needs none of this.
"""


def compile_table(table: TableSpec) -> str:
    """Create `table` with its checks, closed to everyone but its owner; foreign keys come later."""
    lines = [_column(table, column) for column in table.stored_columns]
    lines += [check for column in table.columns if (check := _check(table, column))]
    lines += [_limit(table, limit) for limit in table.limits]
    counted = any(
        isinstance(column.derived, Kept) and mode_of(column.derived) == "sync"
        for column in table.derived_columns
    )
    storage = f" with (fillfactor = {COUNTED_FILLFACTOR}, {EAGER_VACUUM})" if counted else ""
    name = quote_qualified(table)
    return (
        f"create table {name} (\n    " + ",\n    ".join(lines) + f"\n){storage};\n"
        f"comment on table {name} is {quote_literal(table.title)};\n"
        f"alter table {name} enable row level security;"
    )


def compile_index(table: TableSpec, index: AnyIndex) -> str:
    """Create one index of `table`.

    >>> from schema.tables import CATALOG
    >>> spaces = CATALOG.table("spaces")
    >>> compile_index(spaces, spaces.index("by_order"))
    'create index "spaces_by_order" on "public"."spaces" ("order", "id");'
    """
    name = quote_identifier(index_name(table, index))
    place = f"{name} on {quote_qualified(table)}"
    match index:
        case Index(unique=unique, nulls_distinct=distinct):
            nulls = "" if distinct else " nulls not distinct"
            return f"create {'unique ' if unique else ''}index {place} ({quote_columns(index.key)}){nulls};"
        case GinIndex(column=column):
            return f"create index {place} using gin ({quote_identifier(column)});"
        case SearchIndex():
            return f"create index {place} using gin ({search_document(index)});"
        case _:
            assert_never(index)


def search_document(index: SearchIndex, row: str | None = None) -> str:
    """The words of a row, as the index holds them: what a search condition must compare with to use it."""
    prefix = f"{row}." if row else ""
    texts = " || ' ' || ".join(f"coalesce({prefix}{quote_identifier(name)}, '')" for name in index.columns)
    return f"to_tsvector({quote_literal(index.language)}::regconfig, {texts})"


def compile_foreign_keys(table: TableSpec, catalog: Catalog) -> list[str]:
    """Add the foreign keys of `table`, one statement each."""
    one = ("id",)
    keys = [
        _foreign_key(table, (column.name,), catalog.target(table, column), one, column.reference.on_delete)
        for column in table.columns
        if column.reference is not None
    ]
    if table.extends == ACCOUNT_TABLE:
        schema, _, name = ACCOUNT_TABLE.partition(".")
        accounts = f"{quote_identifier(schema)}.{quote_identifier(name)}"
        keys.insert(0, _foreign_key(table, one, accounts, one, "cascade"))
    keys += [
        _foreign_key(table, key.columns, catalog.sibling(table, key), key.other, "cascade on update cascade")
        for key in table.foreign_keys
    ]
    return keys


def _foreign_key(
    table: TableSpec,
    columns: tuple[str, ...],
    target: TableSpec | str,
    other: tuple[str, ...],
    on_delete: str,
) -> str:
    place = target if isinstance(target, str) else quote_qualified(target)
    return (
        f"alter table {quote_qualified(table)}\n"
        f"    add constraint {quote_identifier(foreign_key_name(table, *columns))}\n"
        f"    foreign key ({quote_columns(columns)}) references {place} ({quote_columns(other)})"
        f" on delete {on_delete};"
    )


def _column(table: TableSpec, column: ColumnSpec) -> str:
    parts = [quote_identifier(column.name), column.sql_type]
    if column.name == "id":
        parts.append("constraint " + quote_identifier(f"{table.name}_pkey") + " primary key")
    elif not column.nullable:
        parts.append("not null")
    default = column_default(column)
    return " ".join([*parts, f"default {default}"] if default else parts)


def column_default(column: ColumnSpec) -> str | None:
    """SQL for what PostgreSQL puts where nobody gives a value; None for nothing."""
    match column.default:
        case None | Default.REQUIRED:
            return None
        case Default.NEW_ID:
            return "gen_random_uuid()"
        case Default.NOW:
            return "now()"
        case JsonDefault(text=text):
            return f"{quote_literal(text)}::jsonb" if column.sql_type == "jsonb" else _array(column, text)
        case str() | int() | float() | bool() | Decimal() as value:
            return quote_literal(value)
        case other:
            raise AssertionError((column.name, other))


def _array(column: ColumnSpec, text: str) -> str:
    items = ", ".join(map(quote_literal, json.loads(text)))
    return f"array[{items}]::{column.sql_type}"


def _limit(table: TableSpec, limit: Limit) -> str:
    match limit:
        case AtMost(column=column, limit=other):
            compared = f"{quote_identifier(column)} <= {quote_identifier(other)}"
        case Differ(column=column, other=other):
            compared = f"{quote_identifier(column)} <> {quote_identifier(other)}"
        case _:
            assert_never(limit)
    return f"constraint {quote_identifier(limit_name(table, limit))} check ({compared})"


def _check(table: TableSpec, column: ColumnSpec) -> str | None:
    conditions = list(_conditions(column))
    if not conditions:
        return None
    name = quote_identifier(check_name(table, column.name))
    return f"constraint {name} check ({' and '.join(conditions)})"


def _conditions(column: ColumnSpec) -> Iterator[str]:
    """What must hold of a value, apart from its type."""
    quoted = quote_identifier(column.name)
    if column.choices:
        yield f"{quoted} in ({', '.join(map(quote_literal, column.choices))})"
    if column.text is not None:
        yield f"char_length({quoted}) between {column.text.length_min} and {column.text.length_max}"
        if column.text.pattern is not None:
            yield f"{quoted} ~ {quote_literal(column.text.pattern)}"
    if column.sql_type == "numeric" and column.derived is None:
        # JSON has no other numbers; and a sum that has once met NaN never leaves it again.
        yield f"{quoted} not in ('NaN', 'Infinity', '-Infinity')"
    if column.bounds is not None and column.bounds.minimum is not None:
        yield f"{quoted} >= {quote_literal(column.bounds.minimum)}"
    if column.bounds is not None and column.bounds.maximum is not None:
        yield f"{quoted} <= {quote_literal(column.bounds.maximum)}"
    if column.json_type is not None and column.shape is None:
        yield f"jsonb_typeof({quoted}) = {quote_literal(column.json_type)}"
    if column.shape is not None:
        yield shape_condition(column.name, column.shape)
