"""`ctx.db` for batched mutations: one statement for all calls, and every row in the name of its own call.

Row security knows of one caller at a time. These statements are run as the tables' owner, whom it does not
bind, and carry each table's rules themselves (`schema.compile.set_wise`): they reach what the same act of an
ordinary mutation would reach, row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TypeVar, cast
from uuid import UUID, uuid4

import asyncpg
import msgspec
from pydantic import TypeAdapter, ValidationError

from backend.engine.reads import Key
from backend.runtime.batched_calls import BatchedCall
from backend.runtime.errors import (
    AccessDenied,
    ConvexError,
    DerivedColumn,
    LimitExceeded,
    NotFound,
    Refusal,
    WriteRejected,
)
from backend.runtime.reading import count_rows, to_row
from backend.runtime.session import Role, Session
from backend.runtime.usage import Usage
from backend.runtime.writing import ROW_BYTES_MAX, ROWS_WRITTEN_MAX, Writer, to_parameters
from schema.compile.set_wise import delete_each, insert_each, is_independent, select_each, update_each
from schema.language import Id, Table
from schema.language.rules import Rule
from schema.tables import CATALOG

R = TypeVar("R", bound=Table)

_JSON = ("jsonb", "text[]", "uuid[]")  # Sent as JSON text: see `schema.compile.set_wise`.


@dataclass(frozen=True, slots=True)
class _Write:
    """What one call wants written to one row."""

    call: BatchedCall[object]
    id: UUID
    values: Mapping[str, object]


class SetWriter:
    """Rows that each call's caller may see, and writes that the table's rules allow that caller.

    Writes happen at once, in the batch's transaction, in the order given. What is refused refuses its call,
    with the error that `Writer` raises, and leaves the others alone; rows of a call that was refused before
    are left out. A statement that fails as a whole makes the batch be tried again in halves.
    """

    def __init__(self, session: Session, usage: Usage, acts_as: Role | None = None) -> None:
        self._session, self._usage, self._acts_as = session, usage, acts_as

    @classmethod
    def inside(cls, writer: Writer) -> SetWriter:
        """For one call in a mutation that is under way, whose role is laid aside for each statement."""
        return cls(writer.session, writer.usage, acts_as="folkmoot_writer")

    async def get_many(
        self, table: type[R], ids: Sequence[tuple[BatchedCall[object], UUID]], *, with_deleted: bool = False
    ) -> list[R | None]:
        """The row of each id as far as its call's caller sees it, in the same order."""
        keys = [(call, (id,)) for call, id in ids]
        return await self._find(table, ("id",), keys, with_deleted=with_deleted)

    async def find_many(
        self,
        table: type[R],
        index: str,
        keys: Sequence[tuple[BatchedCall[object], Mapping[str, Key]]],
        *,
        with_deleted: bool = False,
    ) -> list[R | None]:
        """The row that has these values in a unique index, as `get_many`; None for a refused call."""
        found = table.spec().index(index)
        if not found.unique:
            raise TypeError(f"{table.spec().name}.{index} is not unique: one row is found for each call.")
        rows = [(call, tuple(key[column] for column in found.columns)) for call, key in keys]
        return await self._find(table, found.columns, rows, with_deleted=with_deleted)

    async def insert_many(
        self, table: type[R], rows: Sequence[tuple[BatchedCall[object], Mapping[str, object]]]
    ) -> list[Id[R]]:
        """Add rows; their ids, in order. Columns left out take their defaults."""
        writes = [_Write(call, _id_of(values), values) for call, values in rows]
        for wave in self._waves(table, table.spec().access.insert_rule, writes):
            for columns, alike in groupby(wave, key=lambda write: tuple(sorted({"id", *write.values}))):
                await self._insert(table, columns, list(alike))
        return [cast("Id[R]", write.id) for write in writes]

    async def patch_many(
        self,
        table: type[R],
        changes: Sequence[tuple[BatchedCall[object], UUID, Mapping[str, object]]],
    ) -> None:
        """Set the named columns of rows, which keep their ids."""
        writes = [_Write(call, id, values) for call, id, values in changes]
        for wave in self._waves(table, table.spec().access.update.rule, writes):
            for columns, alike in groupby(wave, key=lambda write: tuple(sorted(write.values))):
                await self._change(table, columns, list(alike))

    async def delete_many(self, table: type[R], ids: Sequence[tuple[BatchedCall[object], UUID]]) -> None:
        """Remove rows for good."""
        writes = [_Write(call, id, {}) for call, id in ids]
        for wave in self._waves(table, table.spec().access.delete, writes):
            self._count_writes(len(wave))
            sql = _delete_sql(table)
            columns = ([write.call.user_id for write in wave], [write.id for write in wave])
            self._judge_changes(table, wave, await self._fetch(sql, columns))

    async def _find(
        self,
        table: type[R],
        columns: tuple[str, ...],
        keys: Sequence[tuple[BatchedCall[object], tuple[Key, ...]]],
        *,
        with_deleted: bool,
    ) -> list[R | None]:
        found: list[R | None] = [None] * len(keys)
        places = [place for place, (call, _) in enumerate(keys) if call.refusal is None]
        if not places:
            return found
        count_rows(self._usage, len(places))
        callers = [keys[place][0].user_id for place in places]
        values = zip(*(keys[place][1] for place in places), strict=True)
        sql = _select_sql(table, columns, with_deleted)
        for record in await self._fetch(sql, (callers, *map(list, values))):
            row = dict(record)
            place = places[row.pop("_number") - 1]
            found[place] = to_row(table, row)
        return found

    def _waves(self, table: type[Table], rule: Rule, writes: Iterable[_Write]) -> Iterator[list[_Write]]:
        """The writes of calls that are not refused, in parts of which none depends on the other.

        A part is asked for when those before it are done.
        """
        together = _is_independent(table, rule)
        wave: dict[UUID, _Write] = {}
        for write in writes:
            if wave and (write.id in wave or not together):
                yield list(wave.values())
                wave = {}
            if write.call.refusal is None:
                wave[write.id] = write
        if wave:
            yield list(wave.values())

    async def _insert(self, table: type[Table], columns: tuple[str, ...], writes: list[_Write]) -> None:
        spec = table.spec()
        named = spec.access.insert_names
        allowed = named is None or set(columns) <= {"id", *named}
        writes = self._admitted(table, columns, writes, allowed=allowed)
        if not writes:
            return
        rows = [{**write.values, "id": write.id} for write in writes]
        writes, arrays = _to_arrays(table, columns, writes, rows)
        self._count_writes(len(writes))
        sql = _insert_sql(table, columns)
        records = await self._fetch(sql, ([write.call.user_id for write in writes], *arrays))
        refused: dict[int, ConvexError] = {
            record["_number"]: WriteRejected(f"A row with these values is in {spec.name} already.")
            if record["_allowed"]
            else AccessDenied(f"No rule allows this row in {spec.name}.")
            for record in records
        }
        _settle(writes, refused)

    async def _change(self, table: type[Table], columns: tuple[str, ...], writes: list[_Write]) -> None:
        allowed = set(columns) <= set(table.spec().access.update.names) - {"id"}
        writes = self._admitted(table, columns, writes, allowed=allowed)
        if not writes or not columns:
            return
        writes, arrays = _to_arrays(table, columns, writes, [write.values for write in writes])
        self._count_writes(len(writes))
        ids = [write.id for write in writes]
        sql = _update_sql(table, columns)
        records = await self._fetch(sql, ([write.call.user_id for write in writes], ids, *arrays))
        self._judge_changes(table, writes, records)

    def _admitted(
        self, table: type[Table], columns: tuple[str, ...], writes: list[_Write], *, allowed: bool
    ) -> list[_Write]:
        """The writes, unless they name a column that nobody may write, or none of their callers."""
        spec = table.spec()
        kept = [name for name in columns if not spec.column(name).writable]
        if not kept and allowed:
            return writes
        for write in writes:
            write.call.refuse(
                DerivedColumn(f"{spec.name}.{kept[0]} is kept by the database and cannot be written.")
                if kept
                else AccessDenied(f"No rule opens these columns of {spec.name}.")
            )
        return []

    def _judge_changes(
        self, table: type[Table], writes: Sequence[_Write], records: Iterable[asyncpg.Record]
    ) -> None:
        name = table.spec().name
        refused: dict[int, ConvexError] = {}
        for record in records:
            number = record["_number"]
            refused[number] = (
                AccessDenied(f"No rule allows this change in {name}.")
                if record["_seen"]
                else NotFound(f"There is no row {writes[number - 1].id} in {name}.")
            )
        _settle(writes, refused)

    def _count_writes(self, count: int) -> None:
        self._usage.rows_written += count
        if self._usage.rows_written > ROWS_WRITTEN_MAX:
            raise LimitExceeded(f"More than {ROWS_WRITTEN_MAX} rows are written together.")

    async def _fetch(self, sql: str, parameters: Sequence[object]) -> list[asyncpg.Record]:
        if self._acts_as is None:
            return await self._session.fetch(sql, parameters)
        await self._session.script("set local role none")
        records = await self._session.fetch(sql, parameters)
        # Where the statement failed its savepoint puts the role back.
        await self._session.script(f"set local role {self._acts_as}")
        return records


def _id_of(values: Mapping[str, object]) -> UUID:
    return cast("UUID", values["id"]) if "id" in values else uuid4()


def _settle(writes: Sequence[_Write], refused: Mapping[int, ConvexError]) -> None:
    for number, write in enumerate(writes, start=1):
        error = refused.get(number)
        if error is None:
            write.call.has_written = True
        else:
            write.call.refuse(error)


def _to_arrays(
    table: type[Table],
    columns: tuple[str, ...],
    writes: list[_Write],
    rows: Sequence[Mapping[str, object]],
) -> tuple[list[_Write], list[list[object]]]:
    """Those writes whose values fit the table, with the values by column; the calls of others are refused."""
    arrays = _checked_arrays(table, columns, rows)
    if arrays is None or len(msgspec.json.encode(arrays)) > ROW_BYTES_MAX:
        fitting = [place for place, row in enumerate(rows) if _fits(table, writes[place].call, row)]
        writes = [writes[place] for place in fitting]
        arrays = _checked_arrays(table, columns, [rows[place] for place in fitting])
        assert arrays is not None, (table, columns)
    return writes, [
        [None if value is None else msgspec.json.encode(value).decode() for value in array]
        if table.spec().column(name).sql_type in _JSON
        else array
        for name, array in zip(columns, arrays, strict=True)
    ]


def _fits(table: type[Table], call: BatchedCall[object], row: Mapping[str, object]) -> bool:
    try:
        to_parameters(table, row)
    except Refusal as error:
        call.refuse(error)
        return False
    return True


def _checked_arrays(
    table: type[Table], columns: tuple[str, ...], rows: Sequence[Mapping[str, object]]
) -> list[list[object]] | None:
    """The values by column, None where one does not fit."""
    try:
        return [_array_type(table, name).validate_python([row[name] for row in rows]) for name in columns]
    except ValidationError:
        return None


@lru_cache(maxsize=4096)
def _array_type(table: type[Table], column: str) -> TypeAdapter[list[object]]:
    annotation = table.spec().column(column).annotation
    return TypeAdapter(cast("type[list[object]]", list[annotation]))  # pyright: ignore[reportInvalidTypeForm]


@lru_cache(maxsize=1024)
def _is_independent(table: type[Table], rule: Rule) -> bool:
    return is_independent(rule, table.spec(), CATALOG)


@lru_cache(maxsize=1024)
def _select_sql(table: type[Table], key: tuple[str, ...], with_deleted: bool) -> str:
    return select_each(table.spec(), CATALOG, key, with_deleted=with_deleted)


@lru_cache(maxsize=1024)
def _insert_sql(table: type[Table], columns: tuple[str, ...]) -> str:
    return insert_each(table.spec(), CATALOG, columns)


@lru_cache(maxsize=1024)
def _update_sql(table: type[Table], columns: tuple[str, ...]) -> str:
    return update_each(table.spec(), CATALOG, columns)


@lru_cache(maxsize=1024)
def _delete_sql(table: type[Table]) -> str:
    return delete_each(table.spec(), CATALOG)
