"""Indexes as a table author writes them."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, init=False)
class Index:
    """An index over `columns`, equality columns first.

    `id` is added as the last key, so that every index is a total order and a page can resume after any
    row. `unique=True` makes it a promise about `columns` alone, and adds nothing; with `nulls_distinct=False`
    empty columns count as equal.

    >>> Index("by_space", "space_id", "created_at").key
    ('space_id', 'created_at', 'id')
    >>> Index("by_user_and_course", "user_id", "course_id", unique=True).key
    ('user_id', 'course_id')
    """

    name: str
    columns: tuple[str, ...]
    unique: bool
    nulls_distinct: bool

    def __init__(
        self, name: str, /, *columns: str, unique: bool = False, nulls_distinct: bool = True
    ) -> None:
        assert unique or nulls_distinct, name
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "unique", unique)
        object.__setattr__(self, "nulls_distinct", nulls_distinct)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns PostgreSQL sorts by, in order."""
        return self.columns if self.unique or "id" in self.columns else (*self.columns, "id")

    def serves(self, *columns: str) -> bool:
        """Whether looking up by equality on `columns`, in any order, uses this index from its start."""
        return set(self.key[: len(columns)]) == set(columns)


@dataclass(frozen=True)
class GinIndex:
    """An index of what is inside `column`, an array or `jsonb`: for `@>`, `&&` and `?`."""

    name: str
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at."""
        return (self.column,)


@dataclass(frozen=True, init=False)
class SearchIndex:
    """An index of the words in `columns`, read in `language`: for full-text search.

    It serves a condition on exactly `schema.compile.tables.search_document` of it.
    """

    name: str
    columns: tuple[str, ...]
    language: str

    def __init__(self, name: str, /, *columns: str, language: str = "english") -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "language", language)


AnyIndex: TypeAlias = Index | GinIndex | SearchIndex
