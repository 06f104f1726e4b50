"""Indexes as a table author writes them."""

from dataclasses import dataclass


@dataclass(frozen=True, init=False)
class Index:
    """An index over `columns`, equality columns first.

    `id` is added as the last key, so that every index is a total order and a page can resume after any
    row. `unique=True` makes it a promise about `columns` alone, and adds nothing.

    >>> Index("by_space", "space_id", "created_at").key
    ('space_id', 'created_at', 'id')
    >>> Index("by_user_and_course", "user_id", "course_id", unique=True).key
    ('user_id', 'course_id')
    """

    name: str
    columns: tuple[str, ...]
    unique: bool

    def __init__(self, name: str, /, *columns: str, unique: bool = False) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "unique", unique)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns PostgreSQL sorts by, in order."""
        return self.columns if self.unique or "id" in self.columns else (*self.columns, "id")

    def serves(self, *columns: str) -> bool:
        """Whether looking up by equality on `columns`, in any order, uses this index from its start."""
        return set(self.key[: len(columns)]) == set(columns)
