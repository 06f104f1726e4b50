"""The names of what is generated, in one place: the compiler writes them, the checks measure them."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from schema.language.derived import CountOf, Mode, SumOf
from schema.language.indexes import Index
from schema.language.rules import READ
from schema.language.spec import TableSpec

NAME_BYTES_MAX = 63
"""PostgreSQL cuts longer identifiers, silently, so that two of them may meet."""

Operation: TypeAlias = Literal["insert", "update", "delete", "truncate"]
OPERATIONS: tuple[Operation, ...] = ("insert", "update", "delete", "truncate")

_QUEUE: dict[Mode, str] = {"sync": "", "queued": "queue_"}


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


def aggregate_function(source: TableSpec, target: TableSpec, operation: Operation, mode: Mode) -> str:
    """The function that carries one kind of change of `source` into fields of `target`."""
    return f"{plain_name(source)}_to_{plain_name(target)}__{_QUEUE[mode]}{operation}"


def aggregate_trigger(target: TableSpec, operation: Operation, mode: Mode) -> str:
    """The trigger on the source that calls `aggregate_function`."""
    return f"derived_{plain_name(target)}_{_QUEUE[mode]}{operation}"


def delta_table(target: TableSpec) -> str:
    """The list of what is still to be added to queued fields of `target`."""
    return f"{plain_name(target)}__deltas"


def delta_index(target: TableSpec) -> str:
    """The index of that list by the row's id."""
    return f"{delta_table(target)}_by_key"


def exact_view(target: TableSpec) -> str:
    """The view that shows the queued fields of `target` as they will be."""
    return f"{plain_name(target)}__exact"


def compute_function(table: TableSpec) -> str:
    """The function that computes fields of a row of `table` from the row itself."""
    return f"{plain_name(table)}__compute"


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
    yield from (delta_index(table), exact_view(table), compute_function(table))
    for operation in OPERATIONS:
        yield from (verify_function(table, operation), forget_function(table, operation))
    for permission in (READ, *table.access.permissions):
        yield permission_function(table, permission)
    for index in table.indexes:
        yield index_name(table, index)
    for column in table.stored_columns:
        yield from (column.name, foreign_key_name(table, column.name), check_name(table, column.name))
        if column.polymorphic is not None:
            yield exists_function(table, column.name)
        if isinstance(column.derived, CountOf | SumOf):
            yield f"_{column.name}"  # The variable holding its changes, in the functions that add them.
