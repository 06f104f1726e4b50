"""Rows found by what is in them: the words of a text, the elements of an array, the content of an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from backend.engine.reads import Key
from backend.runtime.scans import and_kept, select_rows
from schema.compile.quoting import quote_identifier, quote_literal
from schema.compile.tables import search_document
from schema.language import GinIndex, SearchIndex, Table, TableSpec

if TYPE_CHECKING:
    from backend.runtime.reading import Reader

R = TypeVar("R", bound=Table)
Kind = TypeVar("Kind", GinIndex, SearchIndex)

SEARCH_ROWS_MAX = 1024  # Convex's own limit: nobody reads so far down, and each match has to be ranked.
SEARCH_WORDS_MAX = 16  # Convex's own limit; words past it are not looked for.


@dataclass(frozen=True)
class Matching:
    """A condition on a row's content, and the order of what it finds. `parameters` are those of `sql`."""

    sql: str
    order: str
    parameters: tuple[object, ...]


@dataclass(frozen=True)
class Search(Generic[R]):
    """A search of one table, not made yet. A change to any row of the table makes it again."""

    _reader: Reader
    _table: type[R]
    _matching: Matching
    _with_deleted: bool

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
        table = self._table.spec()
        kept = and_kept(table, with_deleted=self._with_deleted)
        return (
            f"{select_rows(table, with_hidden=self._reader.with_hidden)} where {self._matching.sql}{kept}"
            f" order by {self._matching.order} limit ${len(self._matching.parameters) + 1}"
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
    order = f'ts_rank({document}, {asked}) desc, "created_at" desc, "id"'
    given = (value for value in equals.values() if value is not None)
    return Matching(" and ".join(conditions), order, (words, *given))


def match_content(table: TableSpec, name: str, content: object, equals: Mapping[str, Key]) -> Matching:
    """Rows whose array has all of these elements, or whose object has all of these keys and values.

    The newest come first. Raises `TypeError` when there is no such index.
    """
    index = _index(table, name, GinIndex)
    sql_type = table.column(index.column).sql_type
    held = msgspec.json.encode(content).decode() if sql_type == "jsonb" else content
    conditions = [f"{quote_identifier(index.column)} @> $1::{sql_type}", *_equal(table, equals, count(2))]
    given = (value for value in equals.values() if value is not None)
    return Matching(" and ".join(conditions), '"created_at" desc, "id"', (held, *given))


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
