"""A table as plain values: what the compiler and the runtime read."""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Literal, TypeAlias

from schema.language.access import Access
from schema.language.derived import AvgOf, CountOf, Derived, SumOf
from schema.language.indexes import Index
from schema.language.values import OnDelete, PolymorphicRef, Text

SqlType: TypeAlias = Literal[
    "uuid",
    "text",
    "integer",
    "double precision",
    "numeric",
    "boolean",
    "date",
    "timestamptz",
    "jsonb",
]


class Default(Enum):
    """Defaults that are not a plain value."""

    REQUIRED = "the writer must give a value"
    NEW_ID = "a random uuid"
    NOW = "the start of the transaction"
    EMPTY_OBJECT = "{}"
    EMPTY_ARRAY = "[]"


class Rows(Enum):
    """How many rows a table is expected to hold, which decides how rules look them up."""

    FEW = "the ids one caller can read fit in an array: at most about a thousand"
    MANY = "rows are looked up one by one, by id"


@dataclass(frozen=True)
class ColumnReference:
    """A foreign key to the id of the table whose class is `class_name`; `Catalog.target` finds it."""

    class_name: str
    on_delete: OnDelete


@dataclass(frozen=True)
class ColumnSpec:
    """One column. `annotation` is what Pydantic validates a value against, its constraints included."""

    name: str
    sql_type: SqlType
    annotation: object
    nullable: bool
    default: Default | Hashable
    text: Text | None = None
    choices: tuple[str, ...] = ()
    reference: ColumnReference | None = None
    polymorphic: PolymorphicRef | None = None
    derived: Derived | None = None

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


@dataclass(frozen=True)
class TableSpec:
    """One table. `columns` are in the order PostgreSQL holds them."""

    name: str
    schema: str
    class_name: str
    title: str
    columns: tuple[ColumnSpec, ...]
    indexes: tuple[Index, ...]
    access: Access
    extends: str | None = None
    rows: Rows = Rows.MANY
    nesting: Nesting | None = None

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

    def index(self, name: str) -> Index:
        """The index of that name; KeyError when there is none."""
        for index in self.indexes:
            if index.name == name:
                return index
        raise KeyError(f"{self.qualified} has no index {name!r}")

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
