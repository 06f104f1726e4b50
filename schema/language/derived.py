"""Fields whose value is defined by other rows, and kept by the database whoever writes.

    like_count: int = count_of("likes", by="target_id", where={"target_type": "post"})
    author_name: str | None = copy_of("users.name", via="author_id")

Nobody can write such a column: an insert that names it is corrected, an update is ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from pydantic import Field
from pydantic.fields import FieldInfo

from schema.language.rules import AllOf, Equals, Everyone, Rule, Value


@dataclass(frozen=True)
class CountOf:
    """How many rows of `source` have this row's id in `by` and pass `where`, a rule about that row alone."""

    source: str
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


Derived: TypeAlias = CountOf | CopyOf


def count_of(source: str, *, by: str, where: Rule | Mapping[str, Value] | None = None) -> int:
    """A count of `source` rows, never null. A mapping as `where` asks for equality on each column."""
    return cast("int", _marked(Field(default=0), CountOf(source, by, _as_rule(where))))


def copy_of(source: str, *, via: str) -> str | None:
    """A copy of the text in `table.column`, found through the reference `via`."""
    table, _, column = source.partition(".")
    return cast("str | None", _marked(Field(default=None), CopyOf(table, column, via)))


def _marked(field: object, mark: Derived) -> FieldInfo:
    # Pydantic types `Field(...)` as the value it stands for; what it makes is a FieldInfo.
    assert isinstance(field, FieldInfo), field
    field.metadata.append(mark)
    return field


def _as_rule(where: Rule | Mapping[str, Value] | None) -> Rule:
    match where:
        case None:
            return Everyone()
        case Mapping():
            return AllOf(tuple(Equals(column, value) for column, value in where.items()))
        case rule:
            return rule
