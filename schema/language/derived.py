"""Fields whose value is defined by other columns, and kept by the database whoever writes.

    like_count: int = count_of("likes", by="target_id", where={"target_type": "post"})
    points: int = sum_of("point_events.amount", by="user_id", where={"voided": False})
    rating: Decimal | None = avg_of("ratings.stars", by="course_id", digits=1)
    last_message_at: Timestamp | None = last_of("messages.created_at", by="conversation_id")
    author_name: str | None = copy_of("users.name", via="author_id")
    progress: int = computed((own("done") * 100 / own("total")).rounded().otherwise(0))

Nobody can write such a column: an insert that names it is corrected, an update is ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar, cast

from pydantic import Field
from pydantic.fields import FieldInfo

from schema.language.expressions import Expression
from schema.language.rules import AllOf, Equals, Everyone, Rule, Value, rule_columns

T = TypeVar("T")

Mode: TypeAlias = Literal["sync", "queued"]
"""When a count or sum follows: in the same transaction, or when its changes are next folded in.

`queued` is for a row that very many write to at once: they add lines to a list instead of waiting for it. The
view `derived.<table>__exact` adds what is still in the list; `derived.drain_deltas` folds it in.
"""


@dataclass(frozen=True)
class CountOf:
    """How many rows of `source` have this row's id in `by` and pass `where`, a rule about that row alone.

    With `column`, only those in which it is filled.
    """

    source: str
    by: str
    where: Rule
    mode: Mode = "sync"
    column: str | None = None


@dataclass(frozen=True)
class SumOf:
    """The sum of `column` over those rows, exactly; an empty one adds nothing, and no rows make 0."""

    source: str
    column: str
    by: str
    where: Rule
    mode: Mode = "sync"


@dataclass(frozen=True)
class AvgOf:
    """The mean of `column` over those rows in which it is filled, rounded to `digits`; empty for none.

    It is made of a sum and a count that stand beside it in the table, and in no Python class: a mean alone
    cannot be carried on exactly.
    """

    source: str
    column: str
    by: str
    where: Rule
    digits: int


@dataclass(frozen=True)
class LastOf:
    """What `column` holds in the last of those rows by `order`, the higher id among equals; empty for none.

    Of a text, at most the first `length_max` characters.
    """

    source: str
    column: str
    by: str
    where: Rule
    order: str
    length_max: int | None


@dataclass(frozen=True)
class CopyOf:
    """What `column` holds in the row of `source` that `via` refers to; null when `via` is.

    Writing this row copies at once. When the source changes, its dependents follow shortly after
    (`derived.copy_queue`), so that renaming a busy author never blocks their readers.
    """

    source: str
    column: str
    via: str


@dataclass(frozen=True)
class Computed:
    """What `expression` makes of the row itself."""

    expression: Expression


Added: TypeAlias = CountOf | SumOf
"""What changes of the source are added to."""

Kept: TypeAlias = Added | LastOf
"""What the triggers of the source write; an average follows from its parts."""

Aggregate: TypeAlias = CountOf | SumOf | AvgOf | LastOf
"""What is made of the many rows that refer to this one."""

Derived: TypeAlias = Aggregate | CopyOf | Computed


def count_of(
    source: str, *, by: str, where: Rule | Mapping[str, Value] | None = None, mode: Mode = "sync"
) -> int:
    """A count of `source` rows, never null. A mapping as `where` asks for equality on each column."""
    return cast("int", _marked(CountOf(source, by, _as_rule(where), mode), 0))


def sum_of(
    source: str, *, by: str, where: Rule | Mapping[str, Value] | None = None, mode: Mode = "sync"
) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # An int or a Decimal: what the field says.
    """The sum of the whole or decimal numbers in `table.column`, never null."""
    table, column = _split(source)
    return cast("T", _marked(SumOf(table, column, by, _as_rule(where), mode), 0))


def avg_of(source: str, *, by: str, digits: int = 2, where: Rule | Mapping[str, Value] | None = None) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # A Decimal or a float, or None.
    """The mean of the whole or decimal numbers in `table.column`, rounded; null when there is none."""
    table, column = _split(source)
    return cast("T", _marked(AvgOf(table, column, by, _as_rule(where), digits), None))


def last_of(
    source: str,
    *,
    by: str,
    order: str = "created_at",
    length_max: int | None = None,
    where: Rule | Mapping[str, Value] | None = None,
) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # What the column is, or None.
    """`table.column` of the last row by `order`. Fields that agree on which row that is share one look."""
    table, column = _split(source)
    return cast("T", _marked(LastOf(table, column, by, _as_rule(where), order, length_max), None))


def copy_of(source: str, *, via: str) -> str | None:
    """A copy of the text in `table.column`, found through the reference `via`."""
    table, column = _split(source)
    return cast("str | None", _marked(CopyOf(table, column, via), None))


def computed(expression: Expression) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # Any kind of number.
    """A number made of other columns of the same row, derived ones included."""
    return cast("T", _marked(Computed(expression), None))


def source_columns(aggregate: Aggregate) -> frozenset[str]:
    """The columns of the source that `aggregate` looks at."""
    columns = {aggregate.by, *rule_columns(aggregate.where)}
    if aggregate.column is not None:
        columns.add(aggregate.column)
    if isinstance(aggregate, LastOf):
        columns.add(aggregate.order)
    return frozenset(columns)


def mode_of(kept: Kept) -> Mode:
    """When `kept` follows its source."""
    return "sync" if isinstance(kept, LastOf) else kept.mode


def _marked(mark: Derived, default: object) -> FieldInfo:
    field = cast("object", Field(default=default))
    # Pydantic types `Field(...)` as the value it stands for; what it makes is a FieldInfo.
    assert isinstance(field, FieldInfo), field
    field.metadata.append(mark)
    return field


def _split(source: str) -> tuple[str, str]:
    """Table and column of `posts.title` or `public.posts.title`."""
    table, _, column = source.rpartition(".")
    return table, column


def _as_rule(where: Rule | Mapping[str, Value] | None) -> Rule:
    match where:
        case None:
            return Everyone()
        case Mapping():
            return AllOf(tuple(Equals(column, value) for column, value in where.items()))
        case rule:
            return rule
