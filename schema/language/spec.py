"""A table as plain values: what the compiler and the runtime read."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Literal, TypeAlias

from schema.language.access import Access
from schema.language.derived import AvgOf, ComputedNames, CountOf, Derived, SumOf
from schema.language.indexes import AnyIndex, Index
from schema.language.shapes import Shape, ShapeBy
from schema.language.values import Bounds, OnDelete, PolymorphicRef, Text

SqlType: TypeAlias = Literal[
    "uuid",
    "text",
    "integer",
    "double precision",
    "numeric",
    "boolean",
    "date",
    "timestamptz",
    "inet",
    "jsonb",
    "text[]",
    "uuid[]",
]

ACCOUNT_TABLE = "auth.users"
"""Supabase Auth's own table of accounts, which no catalog holds."""


class Default(Enum):
    """Defaults that are not a plain value."""

    REQUIRED = "the writer must give a value"
    NEW_ID = "a random uuid"
    NOW = "the start of the transaction"


@dataclass(frozen=True)
class JsonDefault:
    """A default that is an object or an array, as JSON text with sorted keys."""

    text: str


class Rows(Enum):
    """How many rows a table is expected to hold, which decides how rules look them up."""

    FEW = "the ids one caller can read fit in an array: at most about a thousand"
    MANY = "rows are looked up one by one, by id"


@dataclass(frozen=True)
class ColumnReference:
    """A foreign key to the id of `target`: `schema.Class`, or a table's own `schema.name`.

    `Catalog.target` finds the table.
    """

    target: str
    on_delete: OnDelete


@dataclass(frozen=True)
class ColumnSpec:
    """One column. `annotation` is what Pydantic validates a value against, its constraints included.

    `nullable` speaks of the database: a `hidden` column is never empty there, though queries find None.
    """

    name: str
    sql_type: SqlType
    annotation: object
    nullable: bool
    default: Default | JsonDefault | Hashable
    text: Text | None = None
    bounds: Bounds | None = None
    shape: Shape | ShapeBy | None = None
    json_type: Literal["object", "array"] | None = None
    choices: tuple[str, ...] = ()
    reference: ColumnReference | None = None
    polymorphic: PolymorphicRef | None = None
    derived: Derived | None = None
    hidden: bool = False
    renamed_from: str | None = None

    @property
    def writable(self) -> bool:
        """Whether any caller may ever name it in an insert: derived columns and clocks keep themselves."""
        return self.derived is None and self.name not in ("created_at", "updated_at")


@dataclass(frozen=True)
class Nesting:
    """Rows answer rows of the same table through `parent`, at most one level deep, inside one `within`.

    Neither column can change once the row is written.
    """

    parent: str
    within: str


@dataclass(frozen=True, init=False)
class ForeignKey:
    """A reference by several columns to a row of `to`, a class of the same schema.

    This row goes when that one does, and follows when its values change. A row in which one of `columns` is
    empty refers to nothing. `other` names the columns there where they differ; they must be unique together.

    >>> ForeignKey("user_id", "board_id", to="KanbanBoard").other
    ('user_id', 'board_id')
    """

    columns: tuple[str, ...]
    to: str
    other: tuple[str, ...]

    def __init__(self, *columns: str, to: str, other: tuple[str, ...] | None = None) -> None:
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "to", to)
        object.__setattr__(self, "other", other or columns)


@dataclass(frozen=True)
class AtMost:
    """The number, date or moment in `column` never exceeds the one in `limit`, where both are there.

    On a count this bounds a crowd, however many come at once: counting happens in the row they all write to.
    `message` tells people why they are refused, where the numbers do not say it.
    """

    column: str
    limit: str
    message: str = ""


@dataclass(frozen=True)
class Differ:
    """The two columns never hold the same, as nobody follows themselves. `message` says so to people."""

    column: str
    other: str
    message: str = ""


Limit: TypeAlias = AtMost | Differ


@dataclass(frozen=True)
class TableSpec:
    """One table. `columns` are in the order PostgreSQL holds them.

    `automatic`: a row is made together with the row it extends. `followed`: browsers may follow its changes
    through Supabase Realtime.
    """

    name: str
    schema: str
    class_name: str
    title: str
    columns: tuple[ColumnSpec, ...]
    indexes: tuple[AnyIndex, ...]
    access: Access
    extends: str | None = None
    rows: Rows = Rows.MANY
    nesting: Nesting | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    limits: tuple[Limit, ...] = ()
    automatic: bool = False
    followed: bool = False
    renamed_from: str | None = None
    computed_as: ComputedNames | None = None

    @property
    def qualified(self) -> str:
        """The name with its schema, as the change feed writes it: `public.posts`."""
        return f"{self.schema}.{self.name}"

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return any(one.name == column for one in self.columns)

    def column(self, name: str) -> ColumnSpec:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.qualified} has no column {name!r}")

    @property
    def sorted_indexes(self) -> tuple[Index, ...]:
        """The indexes that put rows in order, and so serve lookups, ranges and pages."""
        return tuple(index for index in self.indexes if isinstance(index, Index))

    @property
    def is_searched(self) -> bool:
        """Whether there is an index of what is in a row: of words, elements or content."""
        return len(self.sorted_indexes) < len(self.indexes)

    def serves(self, *columns: str) -> bool:
        """Whether a lookup by equality on `columns` uses an index, the primary key included."""
        return columns == ("id",) or any(index.serves(*columns) for index in self.sorted_indexes)

    def index(self, name: str) -> Index:
        """The sorted index of that name; KeyError when there is none."""
        for index in self.sorted_indexes:
            if index.name == name:
                return index
        raise KeyError(f"{self.qualified} has no index {name!r}")

    @property
    def hidden_columns(self) -> tuple[ColumnSpec, ...]:
        """The columns that browsers, and queries, cannot read."""
        return tuple(column for column in self.columns if column.hidden)

    @property
    def stored_columns(self) -> tuple[ColumnSpec, ...]:
        """The columns in PostgreSQL: those declared, then the parts that averages are made of."""
        parts = [part for column in self.columns for part in average_parts(column)]
        return (*self.columns, *parts)

    @property
    def derived_columns(self) -> tuple[ColumnSpec, ...]:
        """The columns the database keeps, parts of averages included."""
        return tuple(column for column in self.stored_columns if column.derived is not None)


def average_parts(column: ColumnSpec) -> tuple[ColumnSpec, ...]:
    """The sum and the count that an average is made of, in this order; none for other columns."""
    match column.derived:
        case AvgOf(source=source, column=summed, by=by, where=where):
            total, count = SumOf(source, summed, by, where), CountOf(source, by, where, column=summed)
            return (
                ColumnSpec(f"{column.name}_sum", "numeric", Decimal, False, 0, derived=total),
                ColumnSpec(f"{column.name}_count", "integer", int, False, 0, derived=count),
            )
        case _:
            return ()
