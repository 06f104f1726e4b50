"""The names of what is generated, in one place: the compiler writes them, the checks measure them."""

import hashlib
from collections.abc import Iterator
from typing import Literal, TypeAlias, assert_never

from schema.language.derived import CountOf, Mode, SumOf
from schema.language.indexes import AnyIndex
from schema.language.rules import READ, CallerHas, Everyone
from schema.language.spec import AtMost, Differ, Limit, TableSpec

NAME_BYTES_MAX = 63
"""PostgreSQL cuts longer identifiers, silently, so that two of them may meet."""

Operation: TypeAlias = Literal["insert", "update", "delete", "truncate"]
OPERATIONS: tuple[Operation, ...] = ("insert", "update", "delete", "truncate")

SearchReader: TypeAlias = Literal["visitors", "people", "writer"]
SEARCH_READERS: tuple[SearchReader, ...] = ("visitors", "people", "writer")

GUARD_TRIGGER = "derived_guard"
"""Keeps writers off derived columns, before anything is computed from the row: triggers fire by name."""

CLOCK_TRIGGER = "touch_updated_at"
"""Looks whether anything changed, after everything is computed."""

_DIGEST_CHARACTERS = 8

_QUEUE: dict[Mode, str] = {"sync": "", "queued": "queue_"}


def fitted(name: str) -> str:
    """`name`, or its beginning and a digest of all of it where PostgreSQL would cut it.

    For names that join those of two tables: both may be fine and the two together too long.

    >>> len(fitted("a" * 70)), fitted("posts")
    (63, 'posts')
    """
    if len(name.encode()) <= NAME_BYTES_MAX:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    beginning = name.encode()[: NAME_BYTES_MAX - _DIGEST_CHARACTERS - 1].decode(errors="ignore")
    return f"{beginning}_{digest}"


def document_table(table: TableSpec) -> str:
    """The table's name at the Convex face: `lessonProgress`, `academyCourses`, `communityPosts`."""
    told = table.schema == "public" or table.name.startswith(f"{table.schema}_")
    head, *rest = (table.name if told else plain_name(table)).split("_")
    return head + "".join(part.capitalize() for part in rest)


def index_name(table: TableSpec, index: AnyIndex) -> str:
    """`<table>_<index>`, so that two tables may both have `by_user`."""
    return f"{table.name}_{index.name}"


def foreign_key_name(table: TableSpec, *columns: str) -> str:
    """The name PostgreSQL itself would choose."""
    return f"{table.name}_{'_'.join(columns)}_fkey"


def limit_name(table: TableSpec, limit: Limit) -> str:
    """The constraint that compares two columns."""
    match limit:
        case AtMost(column=column, limit=other):
            return fitted(f"{table.name}_{column}_at_most_{other}")
        case Differ(column=column, other=other):
            return fitted(f"{table.name}_{column}_not_{other}")
        case _:
            assert_never(limit)


def check_name(table: TableSpec, column: str) -> str:
    """The name PostgreSQL itself would choose."""
    return f"{table.name}_{column}_check"


def plain_name(table: TableSpec) -> str:
    """A name for `table` that is its own among all schemas."""
    return table.name if table.schema == "public" else f"{table.schema}_{table.name}"


def permission_function(table: TableSpec, permission: str) -> str:
    """The function that lists the rows of `table` granting a permission: `readable_spaces`."""
    return f"{permission}able_{plain_name(table)}"


def held_function(rule: CallerHas, table: TableSpec) -> str:
    """The function that lists what the caller's rows of `table` refer to: `caller_enrollments_course_id`.

    Further conditions tell it apart by a digest.
    """
    name = f"caller_{plain_name(table)}_{rule.by}"
    if (rule.who, rule.where) == ("user_id", Everyone()):
        return fitted(name)
    return fitted(
        f"{name}_{hashlib.sha256(repr((rule.who, rule.where)).encode()).hexdigest()[:_DIGEST_CHARACTERS]}"
    )


def search_view(table: TableSpec, reader: SearchReader) -> str:
    """The view in which searches look for rows of `table` that `reader` sees."""
    return f"{plain_name(table)}_seen_by_{reader}"


def guard_function(table: TableSpec) -> str:
    """The function that keeps writers off the derived columns of `table`."""
    return f"{plain_name(table)}__guard"


def aggregate_function(source: TableSpec, target: TableSpec, operation: Operation, mode: Mode) -> str:
    """The function that carries one kind of change of `source` into fields of `target`."""
    return fitted(f"{plain_name(source)}_to_{plain_name(target)}__{_QUEUE[mode]}{operation}")


def aggregate_trigger(target: TableSpec, operation: Operation, mode: Mode) -> str:
    """The trigger on the source that calls `aggregate_function`."""
    return fitted(f"derived_{plain_name(target)}_{_QUEUE[mode]}{operation}")


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
    """The function that computes fields of a row of `table` from the row itself, with its schema."""
    names = table.computed_as
    return f"derived.{plain_name(table)}__compute" if names is None else names.function


def compute_trigger(table: TableSpec) -> str:
    """The trigger that calls it; by its name it fires after the guard, and before the clock."""
    return "derived_keep_computed" if table.computed_as is None else table.computed_as.trigger


def band_function(source: TableSpec, operation: Operation) -> str:
    """The function that queues what looks at bands of `source` when these change."""
    return f"{plain_name(source)}__queue_bands_{operation}"


def account_function(table: TableSpec) -> str:
    """The function that carries changes of accounts into `table`."""
    return f"accounts_to_{plain_name(table)}__update"


def account_trigger(table: TableSpec) -> str:
    """The trigger on accounts that calls `account_function`."""
    return f"derived_{plain_name(table)}_update"


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


def automatic_function(table: TableSpec) -> str:
    """The function that makes a row of `table` with the one it extends."""
    return f"{plain_name(table)}__automatic"


def nesting_function(table: TableSpec) -> str:
    """The function that keeps answers one level deep."""
    return f"{plain_name(table)}__nesting"


def generated_names(table: TableSpec) -> Iterator[str]:
    """Every name that declaring `table` brings about, apart from those that join two tables."""
    yield from (table.name, table.schema, f"{table.name}_pkey")
    yield from (guard_function(table), queue_function(table), nesting_function(table))
    yield from (delta_index(table), exact_view(table), compute_trigger(table))
    yield compute_function(table).rpartition(".")[2]
    yield from (account_function(table), account_trigger(table))
    yield from (automatic_function(table), f"automatic_{plain_name(table)}")
    for operation in OPERATIONS:
        yield from (verify_function(table, operation), forget_function(table, operation))
        yield band_function(table, operation)
    for permission in (READ, *table.access.permissions):
        yield permission_function(table, permission)
    for index in table.indexes:
        yield index_name(table, index)
    if table.is_searched:
        yield from (search_view(table, reader) for reader in SEARCH_READERS)
    yield from (limit_name(table, limit) for limit in table.limits)
    yield from (foreign_key_name(table, *key.columns) for key in table.foreign_keys)
    for column in table.stored_columns:
        yield from (column.name, foreign_key_name(table, column.name), check_name(table, column.name))
        if column.polymorphic is not None:
            yield exists_function(table, column.name)
        if isinstance(column.derived, CountOf | SumOf):
            yield f"_{column.name}"  # The variable holding its changes, in the functions that add them.
