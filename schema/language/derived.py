"""Fields whose value is defined by other columns, and kept by the database whoever writes.

    like_count: int = count_of("likes", by="target_id", where={"target_type": "post"})
    points: int = sum_of("point_events.amount", by="user_id", where={"voided": False})
    rating: Decimal | None = avg_of("ratings.stars", by="course_id", digits=1)
    last_message_at: Timestamp | None = last_of("messages.created_at", by="conversation_id")
    participant_ids: list[UUID] = list_of("participants.user_id", by="conversation_id")
    author_name: str | None = copy_of("users.name", via="author_id")
    email: str | None = of_account("email")
    level: int = band_of("levels.order", threshold="threshold", of="points", otherwise=1)
    progress: int = computed((own("done") * 100 / own("total")).rounded().otherwise(0))

Nobody can write such a column: an insert that names it is corrected, an update is ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar, cast

from pydantic import Field
from pydantic.fields import FieldInfo

from schema.language.expressions import Expression, Plain
from schema.language.rules import Rule, Value, as_rule, rule_columns

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
class ListOf:
    """The different values of `column` in those rows, in order; none are an empty list."""

    source: str
    column: str
    by: str
    where: Rule


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
class AccountCopy:
    """What `column` holds in the account with this row's id, in `auth.users`, at every moment."""

    column: str


@dataclass(frozen=True)
class BandOf:
    """What `column` holds in the row of `source` with the highest `threshold` not above this row's `of`.

    `otherwise` where there is none. Writing this row looks at once. When the source changes, its dependents
    follow shortly after, as copies do.
    """

    source: str
    column: str
    threshold: str
    of: str
    otherwise: Plain | None


@dataclass(frozen=True)
class Computed:
    """What `expression` makes of the row itself."""

    expression: Expression


Added: TypeAlias = CountOf | SumOf
"""What changes of the source are added to."""

Found: TypeAlias = LastOf | ListOf
"""What is looked up anew when the source changes."""

Kept: TypeAlias = Added | Found
"""What the triggers of the source write; an average follows from its parts."""

Aggregate: TypeAlias = CountOf | SumOf | AvgOf | LastOf | ListOf
"""What is made of the many rows that refer to this one."""

Derived: TypeAlias = Aggregate | CopyOf | AccountCopy | BandOf | Computed


@dataclass(frozen=True)
class ComputedNames:
    """What computes the fields of a table, by the names others know: `schema.function` and a trigger."""

    function: str
    trigger: str


def count_of(
    source: str, *, by: str, where: Rule | Mapping[str, Value] | None = None, mode: Mode = "sync"
) -> int:
    """A count of `source` rows, never null. A mapping as `where` asks for equality on each column."""
    return cast("int", _marked(CountOf(source, by, as_rule(where), mode), 0))


def sum_of(
    source: str, *, by: str, where: Rule | Mapping[str, Value] | None = None, mode: Mode = "sync"
) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # An int or a Decimal: what the field says.
    """The sum of the whole or decimal numbers in `table.column`, never null."""
    table, column = _split(source)
    return cast("T", _marked(SumOf(table, column, by, as_rule(where), mode), 0))


def avg_of(source: str, *, by: str, digits: int = 2, where: Rule | Mapping[str, Value] | None = None) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # A Decimal or a float, or None.
    """The mean of the whole or decimal numbers in `table.column`, rounded; null when there is none."""
    table, column = _split(source)
    return cast("T", _marked(AvgOf(table, column, by, as_rule(where), digits), None))


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
    return cast("T", _marked(LastOf(table, column, by, as_rule(where), order, length_max), None))


def list_of(source: str, *, by: str, where: Rule | Mapping[str, Value] | None = None) -> list[T]:  # pyright: ignore[reportInvalidTypeVarUse]  # Of ids or of texts.
    """The different ids or texts in `table.column`, sorted, never null."""
    table, column = _split(source)
    return cast("list[T]", _marked(ListOf(table, column, by, as_rule(where)), []))


def copy_of(source: str, *, via: str) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # What the column is, or None.
    """A copy of `table.column`, found through the reference `via`: `id` in a table that extends that one."""
    table, column = _split(source)
    return cast("T", _marked(CopyOf(table, column, via), None))


def of_account(column: str) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # What the column is, or None.
    """What the account of this row's id holds in `column` of `auth.users`."""
    return cast("T", _marked(AccountCopy(column), None))


def band_of(source: str, *, threshold: str, of: str, otherwise: Plain | None = None) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # What the column is.
    """`table.column` of the band this row's `of` falls into, or `otherwise`; for a table of few bands."""
    table, column = _split(source)
    return cast("T", _marked(BandOf(table, column, threshold, of, otherwise), otherwise))


def computed(expression: Expression) -> T:  # pyright: ignore[reportInvalidTypeVarUse]  # What the field says.
    """What is made of other columns of the same row, derived ones included: `computed(own("id"))` is one."""
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
    return kept.mode if isinstance(kept, CountOf | SumOf) else "sync"


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
