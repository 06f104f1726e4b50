"""The types a column may have, beyond Python's own.

Plain `str`, `int`, `float`, `bool`, `Decimal`, `date`, `UUID`, `IPvAnyAddress`, `Literal[...]`, `list[str]`
and `list[UUID]` are column types too; a column that may be empty is `... | None`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeAlias, TypeVar, cast
from uuid import UUID

from annotated_types import Ge, GroupedMetadata, Le, MaxLen, MinLen
from pydantic import AwareDatetime, Field, JsonValue, StringConstraints
from pydantic.fields import FieldInfo

T = TypeVar("T")

Timestamp: TypeAlias = AwareDatetime
"""A moment: `timestamptz` in PostgreSQL, Unix milliseconds at the Convex face."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""A `jsonb` object."""

JsonArray: TypeAlias = list[JsonValue]
"""A `jsonb` array; `list[str]` and `list[UUID]` are arrays of PostgreSQL's own."""

OnDelete: TypeAlias = Literal["cascade", "set null", "restrict"]


@dataclass(frozen=True)
class Reference:
    """A foreign key to `target`: a table class, or the name of one in the same schema.

    When the row it refers to goes, a column that may be empty is emptied; otherwise this row goes too.
    """

    target: object


@dataclass(frozen=True, init=False)
class PolymorphicRef:
    """A reference to one of several tables; the column `type_column` says to which.

    `kinds` maps each value of that column to the name of a table. Existence is checked and leftovers are
    removed by generated triggers, since PostgreSQL has no such foreign key.

    >>> PolymorphicRef("target_type", post="posts", comment="comments").kinds
    (('comment', 'comments'), ('post', 'posts'))
    """

    type_column: str
    kinds: tuple[tuple[str, str], ...]

    def __init__(self, type_column: str, /, **kinds: str) -> None:
        object.__setattr__(self, "type_column", type_column)
        object.__setattr__(self, "kinds", tuple(sorted(kinds.items())))


@dataclass(frozen=True)
class Deletes:
    """What deleting the referenced row does to this one, where the usual is not meant.

    Written beside the reference: `Annotated[Ref["Comment"], Deletes("cascade")] | None`.
    """

    action: OnDelete


@dataclass(frozen=True)
class Text(GroupedMetadata):
    """Bounds on a text column, in Unicode code points, checked by PostgreSQL as well as by Pydantic.

    `pattern` must match somewhere in the text, so anchor it; write it in what PostgreSQL's and Rust's regular
    expressions share: classes, `*`, `+`, `{n,m}`, groups, `|`, `^` and `$`.
    """

    length_max: int
    length_min: int = 0
    pattern: str | None = None

    def __iter__(self) -> Iterator[MinLen | MaxLen | StringConstraints]:
        yield MinLen(self.length_min)
        yield MaxLen(self.length_max)
        if self.pattern is not None:
            yield StringConstraints(pattern=self.pattern)


@dataclass(frozen=True)
class Bounds(GroupedMetadata):
    """The least and the greatest value of a number column, checked by PostgreSQL as well as by Pydantic."""

    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None

    def __iter__(self) -> Iterator[Ge | Le]:
        if self.minimum is not None:
            yield Ge(self.minimum)
        if self.maximum is not None:
            yield Le(self.maximum)


@dataclass(frozen=True)
class Renamed:
    """What a column was called before: `folkmoot schema diff` renames it, with all it holds."""

    old: str


@dataclass(frozen=True)
class HiddenMark:
    """On a column that browsers cannot read."""


Hidden: TypeAlias = Annotated[T | None, HiddenMark()]
"""A column that only mutations and the service read: `correct_answer: Hidden[int]`.

It is never empty in the database. Queries run as their caller, who has no grant on it: they find None.
"""


class DefaultNow:
    """Marks a column that begins at the moment its row is written."""


def now() -> Timestamp:
    """The default of a moment: when the row was written, unless the writer says otherwise."""
    field = cast("object", Field(default=None))
    assert isinstance(field, FieldInfo), field
    field.metadata.append(DefaultNow())
    return cast("Timestamp", field)


class Id(UUID, Generic[T]):
    """The id of a row of table `T`: a plain UUID at run time, a type of its own to the type checker.

    In a table it is a foreign key. The class's name in quotes stands for the table being defined, or for one
    of the same schema that comes later: `Ref["Comment"]`.
    """

    def __class_getitem__(cls, target: object) -> object:
        return Annotated[UUID, Reference(target)]


Ref = Id
"""The same type under the name that reads well on a column: `author_id: Ref[User]`."""
