"""The types a column may have, beyond Python's own.

Plain `str`, `int`, `float`, `bool`, `Decimal`, `date`, `UUID` and `Literal[...]` are column types too; a
column that may be empty is `... | None`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

from annotated_types import GroupedMetadata, MaxLen, MinLen
from pydantic import AwareDatetime, JsonValue

T = TypeVar("T")

Timestamp: TypeAlias = AwareDatetime
"""A moment: `timestamptz` in PostgreSQL, Unix milliseconds at the Convex face."""

JsonObject: TypeAlias = dict[str, JsonValue]
"""A `jsonb` object."""

OnDelete: TypeAlias = Literal["cascade", "set null", "restrict"]


@dataclass(frozen=True)
class Reference:
    """A foreign key to the table whose class is named `target`; `Self` means the table it stands in.

    When the row it refers to goes, a column that may be empty is emptied; otherwise this row goes too.
    """

    target: str


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
    """Bounds on a text column, in Unicode code points, checked by PostgreSQL as well as by Pydantic."""

    length_max: int
    length_min: int = 0

    def __iter__(self) -> Iterator[MinLen | MaxLen]:
        yield MinLen(self.length_min)
        yield MaxLen(self.length_max)


class Id(UUID, Generic[T]):
    """The id of a row of table `T`: a plain UUID at run time, a type of its own to the type checker.

    In a table it is a foreign key. Write the name in quotes for the table being defined: `Ref["Comment"]`.
    """

    def __class_getitem__(cls, target: object) -> object:
        name = target if isinstance(target, str) else getattr(target, "__name__", str(target))
        return Annotated[UUID, Reference(name)]


Ref = Id
"""The same type under the name that reads well on a column: `author_id: Ref[User]`."""
