"""Rows found by what is in them: the words of a text, the elements of an array, the content of an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import msgspec

from backend.engine.reads import Key
from backend.runtime.scans import and_kept, select_rows
from backend.runtime.session import Role
from schema.compile.quoting import quote_identifier, quote_literal
from schema.compile.searches import searched_relation
from schema.compile.tables import search_document
from schema.language import Catalog, GinIndex, SearchIndex, Table, TableSpec

if TYPE_CHECKING:
    from backend.runtime.reading import Reader

R = TypeVar("R", bound=Table)
Kind = TypeVar("Kind", GinIndex, SearchIndex)

SEARCH_ROWS_MAX = 1024  # Convex's own limit: nobody reads so far down, and each match has to be ranked.
SEARCH_WORDS_MAX = 16  # Convex's own limit; words past it are not looked for.


Searched: TypeAlias = Callable[[TableSpec], str]
"""Where searches of a table look for ids, as SQL: a view or the table itself."""


def searched_as(catalog: Catalog, role: Role) -> Searched:
    """Where they look under `role`, so that row security does not keep them from their index."""
    return lambda table: _searched(catalog, table.qualified, role)


@lru_cache(maxsize=1024)
def _searched(catalog: Catalog, table: str, role: Role) -> str:
    return searched_relation(catalog.table(table), catalog, role)


@dataclass(frozen=True)
class Matching:
    """A condition on a row's content, and how well it matches. `parameters` are those of both."""

    sql: str
    rank: str
    parameters: tuple[object, ...]


@dataclass(frozen=True)
class Search(Generic[R]):
    """A search of one table, not made yet. A change to any row of the table makes it again.

    Ids are found in `_searched`, best first, and rows in the table, whose policies have the last word.
    """

    _reader: Reader
    _table: type[R]
    _matching: Matching
    _with_deleted: bool
    _searched: str

    async def take(self, rows_max: int) -> list[R]:
        """The first rows, at most `rows_max`, and never more than `SEARCH_ROWS_MAX`."""
        if rows_max <= 0:
            return []
        parameters = (*self._matching.parameters, min(rows_max, SEARCH_ROWS_MAX))
        return await self._reader.find(self._table, self._sql, parameters)

    async def collect(self) -> list[R]:
        """The first `SEARCH_ROWS_MAX` rows."""
        return await self.take(SEARCH_ROWS_MAX)

    async def first(self) -> R | None:
        """The first row, if there is one."""
        return next(iter(await self.take(1)), None)

    @property
    def _sql(self) -> str:
        table, matching = self._table.spec(), self._matching
        kept = and_kept(table, with_deleted=self._with_deleted)
        ids = (
            f'select "id" as _id, {matching.rank} as _rank from {self._searched} where {matching.sql}{kept}'
            f' order by _rank desc, "created_at" desc, "id" limit ${len(matching.parameters) + 1}'
        )
        # Limited, so that each row is looked up by itself: left to join, PostgreSQL may read all of them.
        row = f'{select_rows(table, with_hidden=self._reader.with_hidden)} where "id" = _found._id limit 1'
        return (
            f"select one.* from ({ids}) as _found cross join lateral ({row}) as one"
            ' order by _found._rank desc, one."created_at" desc, one."id"'
        )


def match_words(table: TableSpec, name: str, text: str, equals: Mapping[str, Key]) -> Matching:
    """Rows that hold the words, best first: "a phrase", or, and -not mean what they mean to search engines.

    Raises `TypeError` when there is no search index of that name.
    """
    index = _index(table, name, SearchIndex)
    document = search_document(index)
    words = " ".join(text.split()[:SEARCH_WORDS_MAX])
    asked = f"websearch_to_tsquery({quote_literal(index.language)}::regconfig, $1)"
    conditions = [f"{document} @@ {asked}", *_equal(table, equals, count(2))]
    given = (value for value in equals.values() if value is not None)
    return Matching(" and ".join(conditions), f"ts_rank({document}, {asked})", (words, *given))


def match_content(table: TableSpec, name: str, content: object, equals: Mapping[str, Key]) -> Matching:
    """Rows whose array has all of these elements, or whose object has all of these keys and values.

    The newest come first. Raises `TypeError` when there is no such index.
    """
    index = _index(table, name, GinIndex)
    sql_type = table.column(index.column).sql_type
    held = msgspec.json.encode(content).decode() if sql_type == "jsonb" else content
    conditions = [f"{quote_identifier(index.column)} @> $1::{sql_type}", *_equal(table, equals, count(2))]
    given = (value for value in equals.values() if value is not None)
    return Matching(" and ".join(conditions), "0", (held, *given))


def _equal(table: TableSpec, equals: Mapping[str, Key], places: Iterator[int]) -> list[str]:
    return [
        f"{quote_identifier(table.column(name).name)} {'is null' if value is None else f'= ${next(places)}'}"
        for name, value in equals.items()
    ]


def _index(table: TableSpec, name: str, kind: type[Kind]) -> Kind:
    for index in table.indexes:
        if index.name == name and isinstance(index, kind):
            return index
    raise TypeError(f"{table.qualified} has no {kind.__name__} {name!r}.")
