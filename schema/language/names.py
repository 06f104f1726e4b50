"""The names of what is generated, in one place: the compiler writes them, the checks measure them."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from schema.language.derived import CopyOf, CountOf
from schema.language.indexes import Index
from schema.language.rules import READ
from schema.language.spec import TableSpec

NAME_BYTES_MAX = 63
"""PostgreSQL cuts longer identifiers, silently, so that two of them may meet."""

Operation: TypeAlias = Literal["insert", "update", "delete", "truncate"]
OPERATIONS: tuple[Operation, ...] = ("insert", "update", "delete", "truncate")


def index_name(table: TableSpec, index: Index) -> str:
    """`<table>_<index>`, so that two tables may both have `by_user`."""
    return f"{table.name}_{index.name}"


def foreign_key_name(table: TableSpec, column: str) -> str:
    """The name PostgreSQL itself would choose."""
    return f"{table.name}_{column}_fkey"


def check_name(table: TableSpec, column: str) -> str:
    """The name PostgreSQL itself would choose."""
    return f"{table.name}_{column}_check"


def plain_name(table: TableSpec) -> str:
    """A name for `table` that is its own among all schemas."""
    return table.name if table.schema == "public" else f"{table.schema}_{table.name}"


def permission_function(table: TableSpec, permission: str) -> str:
    """The function that lists the rows of `table` granting a permission: `readable_spaces`."""
    return f"{permission}able_{plain_name(table)}"


def guard_function(table: TableSpec) -> str:
    """The function that keeps writers off the derived columns of `table`."""
    return f"{plain_name(table)}__guard"


def count_function(source: TableSpec, target: TableSpec, operation: Operation) -> str:
    """The function that carries one kind of change of `source` into the counts of `target`."""
    return f"{plain_name(source)}_to_{plain_name(target)}__{operation}"


def count_trigger(target: TableSpec, operation: Operation) -> str:
    """The trigger on the source that calls `count_function`."""
    return f"derived_{plain_name(target)}_{operation}"


def verify_function(table: TableSpec, operation: Operation) -> str:
    """The function that verifies the copies just written to `table`."""
    return f"{plain_name(table)}__verify_{operation}"


def queue_function(source: TableSpec) -> str:
    """The function that queues the copies of changed rows of `source`."""
    return f"{plain_name(source)}__queue_copies"


def exists_function(table: TableSpec, column: str) -> str:
    """The function that checks a polymorphic reference."""
    return f"{plain_name(table)}__{column}_exists"


def forget_function(table: TableSpec, operation: Operation) -> str:
    """The function that removes polymorphic references to removed rows of `table`."""
    return f"{plain_name(table)}__forget_{operation}"


def nesting_function(table: TableSpec) -> str:
    """The function that keeps answers one level deep."""
    return f"{plain_name(table)}__nesting"


def generated_names(table: TableSpec) -> Iterator[str]:
    """Every name that declaring `table` brings about, apart from those that join two tables."""
    yield from (table.name, table.schema, f"{table.name}_pkey")
    yield from (guard_function(table), queue_function(table), nesting_function(table))
    for operation in OPERATIONS:
        yield from (verify_function(table, operation), forget_function(table, operation))
    for permission in (READ, *table.access.permissions):
        yield permission_function(table, permission)
    for index in table.indexes:
        yield index_name(table, index)
    for column in table.columns:
        yield from (column.name, foreign_key_name(table, column.name), check_name(table, column.name))
        if column.polymorphic is not None:
            yield exists_function(table, column.name)
        match column.derived:
            case CountOf():
                yield f"_{column.name}"  # The variable holding its changes, in the functions that count.
            case CopyOf() | None:
                pass
