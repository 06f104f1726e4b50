"""What the REST face knows about the exposed schemas."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

SIMILARITY_MIN = 0.75  # PostgREST's threshold: a hint must not give away names one cannot nearly guess.


@dataclass(frozen=True, slots=True, order=True)
class Name:
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is what values are compared as (a domain's base type, no length), `declared_type` what is kept.

    Both are SQL, and so is `default`; None without one.
    """

    name: str
    type: str
    declared_type: str = ""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view. `key` lists the primary key's columns, empty without one."""

    name: Name
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    insertable: bool = False
    updatable: bool = False
    deletable: bool = False


class Cardinality(Enum):
    MANY_TO_ONE = "many-to-one"
    ONE_TO_ONE = "one-to-one"
    ONE_TO_MANY = "one-to-many"
    MANY_TO_MANY = "many-to-many"

    @property
    def is_to_one(self) -> bool:
        return self in (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE)


@dataclass(frozen=True, slots=True)
class Junction:
    """The table in the middle of a many-to-many; column pairs are (outer table's, junction's)."""

    table: Name
    source_constraint: str
    target_constraint: str
    source_columns: tuple[tuple[str, str], ...]
    target_columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from one row of `source` to rows of `target`.

    `columns` pairs (source's, target's); empty for a many-to-many, which has a `junction` instead, and for a
    computed one, whose rows come from the `function`. `refers`: the foreign key is source's own.
    """

    source: Name
    target: Name
    cardinality: Cardinality
    constraint: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    refers: bool = False
    junction: Junction | None = None
    function: Name | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    type: str
    required: bool = True
    variadic: bool = False


class Returns(Enum):
    VOID = "void"
    SCALAR = "scalar"
    COMPOSITE = "composite"


@dataclass(frozen=True, slots=True)
class Function:
    """`columns` are those of a composite result, `result_table` the relation it is a row of, if it is one.

    `row_of` is set when the only argument is a row of that table: then the function computes a field of it,
    or, when it returns rows of a table, a relationship.
    """

    name: Name
    arguments: tuple[Argument, ...]
    returns: Returns
    returns_set: bool
    result_type: str
    volatile: bool
    columns: Mapping[str, Column] = field(default_factory=dict)
    result_table: Name | None = None
    row_of: Name | None = None
    returns_one_row: bool = False

    @property
    def argument_names(self) -> list[str]:
        return [argument.name for argument in self.arguments]


@dataclass(frozen=True, slots=True)
class SchemaCache:
    """One reading of the catalog. `types` maps a name a cast may use to its SQL."""

    tables: Mapping[Name, Table] = field(default_factory=dict)
    relationships: Mapping[Name, tuple[Relationship, ...]] = field(default_factory=dict)
    functions: Mapping[Name, tuple[Function, ...]] = field(default_factory=dict)
    computed: Mapping[Name, Mapping[str, Function]] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    role_settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    time_zones: frozenset[str] = frozenset()


def closest(word: str, words: Iterable[str], similarity_min: float = SIMILARITY_MIN) -> str | None:
    """The most similar of `words`, for hints; None when none is similar enough.

    >>> closest("pots", ["posts", "users"])
    'posts'
    """
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=similarity_min)
    return found[0] if found else None
