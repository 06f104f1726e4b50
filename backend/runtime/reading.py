"""`ctx.db` for reading: rows by id and along indexes, with everything read on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Generic, TypeVar, cast
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from backend.engine.reads import Key
from backend.protocol.values import parse_json
from backend.runtime.documents import interchangeable
from backend.runtime.errors import FunctionMisuse, LimitExceeded
from backend.runtime.pages import (
    END,
    PAGE_ROWS_MAX,
    PAGE_ROWS_SPLIT,
    SPLIT_ROWS_MIN,
    Cursors,
    End,
    Page,
    PageOptions,
    PageStatus,
    Place,
)
from backend.runtime.recording import Recorder
from backend.runtime.scans import (
    CREATION_ORDER,
    Between,
    Direction,
    Scan,
    scan_index,
    select_by_id,
    select_by_ids,
    select_scan,
)
from backend.runtime.searches import Matching, Search, Searched, match_content, match_words
from backend.runtime.session import Session
from backend.runtime.shared_reads import SharedReads
from backend.runtime.usage import Usage
from schema.compile.quoting import quote_qualified
from schema.language import Table

R = TypeVar("R", bound=Table)

# Of those read last: most rows are read again, as they were, by the next run or for the next caller.
ROWS_KEPT_MAX = 4096  # A few MB; tens of them where all rows hold long texts.
ROWS_READ_MAX = 32_000  # Of one run: Convex's own limit; more belongs in a page, an index or a derived field.
FILTER_BATCH_ROWS = 256  # Read at a time while a Python filter decides: a few hundred kB at most.


@dataclass
class Paging:
    """Where the one page of a run ended before (`given`), and where it ends now (`written`)."""

    secret: bytes
    given: str | None = None
    written: str | None = None


class Reader:
    """Rows the caller may see. Soft-deleted rows are left out unless asked for, hidden columns are None."""

    with_hidden = False

    def __init__(
        self,
        session: Session,
        recorder: Recorder | None,
        paging: Paging,
        searched: Searched = quote_qualified,
        usage: Usage | None = None,
        shared: SharedReads | None = None,
    ) -> None:
        self._session, self._recorder, self._paging, self._shared = session, recorder, paging, shared
        self.searched, self.usage = searched, usage or Usage()

    async def get(self, table: type[R], id: UUID, *, with_deleted: bool = False) -> R | None:
        """The row, or None when there is none the caller may see."""
        spec = table.spec()
        sql = select_by_id(spec, with_deleted=with_deleted, with_hidden=self.with_hidden)
        rows = await self._fetch(table, sql, (id,), known={"id": id})
        row = rows[0] if rows else None
        if self._recorder is not None:
            self._recorder.note_row(spec, id, row)
        self._check_rows_read()
        return row

    async def get_many(
        self, table: type[R], ids: Sequence[UUID], *, with_deleted: bool = False
    ) -> list[R | None]:
        """The row of each id, in the same order; None where there is none the caller may see."""
        spec = table.spec()
        asked = list(dict.fromkeys(ids))
        if not asked:
            return []
        sql = select_by_ids(spec, with_deleted=with_deleted, with_hidden=self.with_hidden)
        # One id more than may be read tells that there are too many.
        parameters = (tuple(asked[: ROWS_READ_MAX + 1]),)
        rows: dict[UUID, R] = {row.id: row for row in await self._fetch(table, sql, parameters, known={})}
        if self._recorder is not None:
            for id in asked:
                self._recorder.note_row(spec, id, rows.get(id))
        self._check_rows_read(more=len(asked) - len(rows))
        return [rows.get(id) for id in ids]

    def query(self, table: type[R]) -> Query[R]:
        """The table's rows in the order they were made; narrow and order it with the query's own words."""
        return Query(self, table, Scan(table.spec(), CREATION_ORDER))

    async def scan(self, table: type[R], scan: Scan, rows_max: int) -> list[R]:
        """The first rows of a scan. What was read of it is for the caller to put on record."""
        sql, parameters = select_scan(scan, min(rows_max, ROWS_READ_MAX + 1), with_hidden=self.with_hidden)
        rows = await self._fetch(table, sql, parameters, known=scan.known)
        if self.usage.rows_read > ROWS_READ_MAX:
            self.note(scan, rows)  # Fewer rows here would mend the failure.
        self._check_rows_read()
        return rows

    async def find(self, table: type[R], sql: str, parameters: Sequence[object]) -> list[R]:
        """The rows of a search. All of the table is put on record: any change may bring another row up."""
        if self._recorder is not None:
            self._recorder.note_table(table.spec())
        rows = await self._fetch(table, sql, parameters)
        self._check_rows_read()
        return rows

    def note(self, scan: Scan, rows: Iterable[Table]) -> None:
        """Put a scan that was read to its bounds on record, with the rows it gave."""
        if self._recorder is not None:
            self._recorder.note_range(scan.table, scan.stretch, [row.id for row in rows])

    def open_page(self) -> Paging:
        """The state of this run's page. Raises `FunctionMisuse` for a second: one journal holds one end."""
        if self._paging.written is not None:
            raise FunctionMisuse("MultiplePaginatedDatabaseQueries: a function may paginate one query only.")
        return self._paging

    async def _fetch(
        self,
        table: type[R],
        sql: str,
        parameters: Sequence[object],
        *,
        known: Mapping[str, Key] | None = None,
    ) -> list[R]:
        """`known`: what rows have in common, of a read that others may make too; None of one all its own."""
        records = await self._records(table, sql, parameters, known)
        self.usage.rows_read += len(records)
        to_row = _known_row if interchangeable(table) else _to_row
        return [to_row(table, record) for record in records]

    async def _records(
        self, table: type[R], sql: str, parameters: Sequence[object], known: Mapping[str, Key] | None
    ) -> Sequence[asyncpg.Record]:
        if self._shared is None or self._recorder is None or known is None:
            return await self._session.fetch(sql, parameters)
        if self._recorder.tells_callers_apart(table.spec(), known):
            return await self._session.fetch(sql, parameters)
        return await self._shared.read((sql, *parameters), lambda: self._session.fetch(sql, parameters))

    def _check_rows_read(self, more: int = 0) -> None:
        """`more` rows were looked for and not found, which costs as much."""
        count_rows(self.usage, more)


def count_rows(usage: Usage, rows: int) -> None:
    """Note that so many more rows were read. Raises `LimitExceeded` past `ROWS_READ_MAX`."""
    usage.rows_read += rows
    if usage.rows_read > ROWS_READ_MAX:
        raise LimitExceeded(
            f"This function reads more than {ROWS_READ_MAX} rows.",
            hint="Read a page, narrow the index range, or declare a derived field.",
        )


@dataclass(frozen=True)
class _Found(Generic[R]):
    """Rows that passed the filter, all rows looked at, and whether the scan has no more."""

    rows: list[R]
    seen: list[R]
    exhausted: bool


@dataclass(frozen=True)
class Query(Generic[R]):
    """A question about one table, not asked yet; every word gives a new query.

    Reads as it is meant: `ctx.db.query(Post).index("by_space_id", space_id=space).newest_first().take(20)`.
    """

    _reader: Reader
    _table: type[R]
    _scan: Scan
    _keep: Callable[[R], bool] | None = field(default=None)

    def index(self, name: str, /, **conditions: Key | Between) -> Query[R]:
        """Walk an index: equal values for its leading columns, then at most one range as `at_least(x)`."""
        found = scan_index(self._scan.table, name, conditions)
        return self._with(
            replace(found, direction=self._scan.direction, with_deleted=self._scan.with_deleted)
        )

    def search(self, name: str, text: str, /, **equals: Key) -> Search[R]:
        """Rows that hold the words of `text`, best first, through a `SearchIndex`.

        `equals` narrows the search to rows that have these values.
        """
        return self._search(match_words(self._scan.table, name, text, equals))

    def containing(self, name: str, content: object, /, **equals: Key) -> Search[R]:
        """Rows whose array has all elements of `content`, or whose object all it holds; by a `GinIndex`."""
        return self._search(match_content(self._scan.table, name, content, equals))

    def _search(self, matching: Matching) -> Search[R]:
        plain = Scan(self._scan.table, CREATION_ORDER, with_deleted=self._scan.with_deleted)
        if self._scan != plain or self._keep is not None:
            raise FunctionMisuse("A search has its own order and conditions; nothing may stand before it.")
        searched = self._reader.searched(self._scan.table)
        return Search(self._reader, self._table, matching, plain.with_deleted, searched)

    def order(self, direction: Direction) -> Query[R]:
        """Walk the index from its start or from its end."""
        return self._with(replace(self._scan, direction=direction))

    def newest_first(self) -> Query[R]:
        """Walk the index from its end: newest first where it ends in `created_at`."""
        return self.order(Direction.DESCENDING)

    def oldest_first(self) -> Query[R]:
        """Walk the index from its start, as it is without being told."""
        return self.order(Direction.ASCENDING)

    def with_deleted(self) -> Query[R]:
        """Softly deleted rows too, where the table's rules let the caller see them."""
        return self._with(replace(self._scan, with_deleted=True))

    def filter(self, keep: Callable[[R], bool]) -> Query[R]:
        """Only rows that `keep` accepts. Rows it drops are read all the same: prefer an index."""
        before = self._keep
        both = keep if before is None else lambda row: before(row) and keep(row)
        return Query(self._reader, self._table, self._scan, both)

    def _with(self, scan: Scan) -> Query[R]:
        return Query(self._reader, self._table, scan, self._keep)

    async def collect(self) -> list[R]:
        """All rows. Raises `LimitExceeded` past `ROWS_READ_MAX`."""
        return await self.take(ROWS_READ_MAX + 1)

    async def first(self) -> R | None:
        """The first row, if there is one."""
        return next(iter(await self.take(1)), None)

    async def unique(self) -> R | None:
        """The only row, if there is one. Raises `FunctionMisuse` when there are two."""
        rows = await self.take(2)
        if len(rows) > 1:
            raise FunctionMisuse(f"unique() found more than one row in {self._scan.table.qualified}.")
        return rows[0] if rows else None

    async def take(self, rows_max: int) -> list[R]:
        """The first rows, at most `rows_max`."""
        if rows_max <= 0:
            return []
        found = await self._find(self._scan, rows_max, ROWS_READ_MAX + 1, rows_ahead=0)
        self._note(self._scan, found)
        return found.rows

    async def paginate(self, options: PageOptions) -> Page[R]:
        """One page, its end fixed by the first run (see `backend.runtime.pages`). Raises `InvalidCursor`."""
        paging = self._reader.open_page()
        cursors = Cursors(paging.secret, _fingerprint(self._scan), _key_type(self._table, self._scan.rest))
        start = cursors.read(options.cursor) if options.cursor is not None else None
        fixed_end = paging.given if options.end_cursor is None else options.end_cursor
        asked_max = PAGE_ROWS_MAX if options.maximum_rows_read is None else options.maximum_rows_read
        seen_max = int(min(PAGE_ROWS_MAX, max(1, asked_max)))  # In this order NaN is 1.
        if isinstance(start, End):
            page = Page[self._table](page=[], is_done=True, continue_cursor=cursors.write(END))
        elif fixed_end is not None:
            page = await self._page_to(cursors, start, cursors.read(fixed_end), seen_max)
        else:
            rows_max = min(max(options.num_items, 1), seen_max)
            page = await self._page_of(cursors, start, rows_max, seen_max)
        paging.written = page.continue_cursor
        return page

    async def _page_of(
        self, cursors: Cursors, start: tuple[Key, ...] | None, rows_max: int, seen_max: int
    ) -> Page[R]:
        scan = self._scan if start is None else self._scan.after(start)
        found = await self._find(scan, rows_max, seen_max, rows_ahead=1)
        self._note(scan, found)
        end = END if found.exhausted else scan.key_of(found.seen[-1])
        return self._page(cursors, found, end)

    async def _page_to(
        self, cursors: Cursors, start: tuple[Key, ...] | None, end: Place, seen_max: int
    ) -> Page[R]:
        scan = self._scan if start is None else self._scan.after(start)
        scan = scan if isinstance(end, End) else scan.up_to(end)
        found = await self._find(scan, seen_max, seen_max, rows_ahead=1)
        self._note(scan, found)
        return self._page(cursors, found, end, None if found.exhausted else "SplitRequired")

    def _page(
        self, cursors: Cursors, found: _Found[R], end: Place, status: PageStatus | None = None
    ) -> Page[R]:
        seen = found.seen
        if status is None and len(seen) > PAGE_ROWS_SPLIT:
            status = "SplitRecommended"
        middle = seen[(len(seen) - 1) // 2] if len(seen) >= SPLIT_ROWS_MIN else None
        return Page[self._table](
            page=found.rows,
            is_done=isinstance(end, End),
            continue_cursor=cursors.write(end),
            split_cursor=None if middle is None else cursors.write(self._scan.key_of(middle)),
            page_status=status,
        )

    async def _find(self, scan: Scan, rows_max: int, seen_max: int, *, rows_ahead: int) -> _Found[R]:
        """Rows until `rows_max` passed the filter, or `seen_max` were looked at.

        `rows_ahead=1` looks whether that was all.
        """
        if self._keep is None:
            batch = await self._reader.scan(self._table, scan, rows_max + rows_ahead)
            first = batch[:rows_max]
            return _Found(first, first, exhausted=len(batch) < rows_max + rows_ahead)
        rows: list[R] = []
        seen: list[R] = []
        while True:
            batch = await self._reader.scan(self._table, scan, FILTER_BATCH_ROWS)
            for row in batch:
                if len(rows) == rows_max or len(seen) == seen_max:
                    return _Found(rows, seen, exhausted=False)
                seen.append(row)
                if self._keep(row):
                    rows.append(row)
            if len(batch) < FILTER_BATCH_ROWS:
                return _Found(rows, seen, exhausted=True)
            if len(rows) == rows_max and not rows_ahead:
                return _Found(rows, seen, exhausted=False)
            scan = scan.after(scan.key_of(seen[-1]))

    def _note(self, scan: Scan, found: _Found[R]) -> None:
        read = scan if found.exhausted else scan.up_to(scan.key_of(found.seen[-1]))
        self._reader.note(read, found.seen)


def _to_row(table: type[R], record: asyncpg.Record) -> R:
    return to_row(table, dict(record))


def to_row(table: type[R], values: dict[str, object]) -> R:
    """The row that holds `values`, as PostgreSQL gave them."""
    for name in _json_columns(table):
        text = values[name]
        values[name] = parse_json(text) if isinstance(text, str) else None
    return table.model_validate(values)


_known_row = lru_cache(maxsize=ROWS_KEPT_MAX)(_to_row)


@lru_cache(maxsize=1024)
def _json_columns(table: type[Table]) -> tuple[str, ...]:
    return tuple(column.name for column in table.spec().columns if column.sql_type == "jsonb")


@lru_cache(maxsize=1024)
def _key_type(table: type[Table], columns: tuple[str, ...]) -> TypeAdapter[tuple[Key, ...]]:
    types = tuple(table.spec().column(column).annotation for column in columns)
    return TypeAdapter(cast("type[tuple[Key, ...]]", tuple[types]))


def _fingerprint(scan: Scan) -> bytes:
    parts = (scan.stretch, scan.direction.value, scan.with_deleted)
    return hashlib.sha256(repr(parts).encode()).digest()
