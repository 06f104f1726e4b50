"""`ctx.db` for mutations: what reading offers, and rows inserted, changed and deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TypeVar, cast
from uuid import UUID, uuid4

import msgspec
from pydantic import TypeAdapter, ValidationError

from backend.engine.reads import Key
from backend.postgres.errors import PermissionDenied
from backend.runtime.errors import AccessDenied, DerivedColumn, LimitExceeded, NotFound, WriteRejected
from backend.runtime.reading import Reader
from backend.runtime.scans import delete_row, insert_row, update_row, upsert_row
from backend.runtime.session import Session
from schema.language import Id, Table
from schema.language.spec import ColumnSpec, Default

R = TypeVar("R", bound=Table)

ROWS_WRITTEN_MAX = 16_000  # By one mutation: Convex's own limit; more would hold its locks for too long.
ROW_BYTES_MAX = 1024 * 1024  # Given in one write: Convex's own limit on a document; files belong in storage.


class Writer(Reader):
    """Rows the caller may see, and writes the table's rules allow the caller.

    Writes happen at once, inside the mutation's transaction; when the mutation fails none of them ever did.
    Hidden columns hold what they hold: take care what a mutation answers.
    """

    with_hidden = True

    @property
    def session(self) -> Session:
        """The transaction, for the runtime's own statements."""
        return self._session

    def reader(self) -> Reader:
        """The same rows as a query may see them."""
        return Reader(self._session, self._recorder, self._paging, self.searched, self.usage)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is written inside is undone when an error leaves it. One may stand inside another."""
        await self._session.script("savepoint inside")
        ended = "rollback to savepoint inside; release savepoint inside"
        try:
            yield
            ended = "release savepoint inside"
        finally:
            await self._session.script(ended)

    async def insert(self, table: type[R], **values: object) -> Id[R]:
        """Add a row; its id. Columns left out take their defaults.

        Raises `WriteRejected` for values the table does not take, `DerivedColumn` for columns the database
        keeps, and `AccessDenied` where no rule allows the row.
        """
        given = to_parameters(table, values)
        given.setdefault("id", uuid4())
        self._count_write()
        try:
            await self._session.execute(_insert_sql(table, tuple(given)), tuple(given.values()))
        except PermissionDenied as error:  # In PostgreSQL's words, which speak of policies.
            raise AccessDenied(f"No rule allows this row in {table.spec().name}.") from error
        return cast("Id[R]", given["id"])

    async def patch(self, table: type[R], id: UUID, **changes: object) -> None:
        """Set the named columns of a row. Raises as `insert` does, and `NotFound` when there is no row."""
        given = to_parameters(table, changes)
        self._count_write()
        if not await self._session.execute(_update_sql(table, tuple(given)), (id, *given.values())):
            await self._explain_untouched(table, id)

    async def replace(self, table: type[R], id: UUID, **values: object) -> None:
        """Set all columns of a row that the table's rules open to change; those left out take their defaults.

        Raises as `patch` does, and `WriteRejected` where a column left out has no default.
        """
        spec = table.spec()
        given = to_parameters(table, values)
        left_out = tuple(name for name in spec.access.update.names if name not in given)
        for column in map(spec.column, left_out):
            if column.default is Default.REQUIRED and not column.nullable:
                raise WriteRejected(f"{spec.name}.{column.name}: a value is required.")
        self._count_write()
        sql = update_row(spec, tuple(given), to_default=left_out)
        if not await self._session.execute(sql, (id, *given.values())):
            await self._explain_untouched(table, id)

    async def upsert(self, table: type[R], index: str, /, **values: object) -> Id[R]:
        """Add a row or, where the unique index has one of these values, set the other columns there; its id.

        Of two at once one adds the row, and the other changes it. A softly deleted row counts as being there.
        Raises as `insert` does; changing the row that is there takes the right to change it.
        """
        spec = table.spec()
        key = spec.index(index)
        if not key.unique or not set(key.columns) <= set(values):
            raise TypeError(f"{spec.name}: upsert needs a unique index, and a value for each of its columns.")
        given = to_parameters(table, values)
        given.setdefault("id", uuid4())
        self._count_write()
        sql = upsert_row(spec, tuple(given), key.columns)
        try:
            rows = await self._session.fetch(sql, tuple(given.values()))
        except PermissionDenied as error:  # In PostgreSQL's words, which speak of policies.
            raise AccessDenied(f"No rule allows this row in {spec.name}.") from error
        if rows:
            return cast("Id[R]", rows[0]["id"])
        # Nothing to set in a row that is there: a transaction that could not see it would have failed.
        place = {name: cast("Key", given[name]) for name in key.columns}
        row = await self.query(table).with_deleted().index(index, **place).unique()
        assert row is not None, (spec.qualified, index)
        return cast("Id[R]", row.id)

    async def delete(self, table: type[R], id: UUID) -> None:
        """Remove a row for good. Raises `NotFound` or `AccessDenied`."""
        self._count_write()
        if not await self._session.execute(delete_row(table.spec()), (id,)):
            await self._explain_untouched(table, id)

    async def _explain_untouched(self, table: type[R], id: UUID) -> None:
        # A policy hides rows from UPDATE and DELETE without a word, so ask what the caller can see.
        name = table.spec().name
        if await self.get(table, id, with_deleted=True) is None:
            raise NotFound(f"There is no row {id} in {name}.")
        raise AccessDenied(f"No rule allows this change in {name}.")

    def _count_write(self) -> None:
        self.usage.rows_written += 1
        if self.usage.rows_written > ROWS_WRITTEN_MAX:
            raise LimitExceeded(
                f"This mutation writes more than {ROWS_WRITTEN_MAX} rows.",
                hint="Split it into several calls.",
            )


def to_parameters(table: type[Table], values: Mapping[str, object]) -> dict[str, object]:
    """The values of a row's columns as PostgreSQL takes them.

    Raises `WriteRejected`, `DerivedColumn` or `LimitExceeded`, and `TypeError` for a column there is not.
    """
    spec = table.spec()
    columns = _writable_columns(table)
    parameters: dict[str, object] = {}
    for name, value in values.items():
        column = columns.get(name)
        if column is None and not spec.has(name):
            raise TypeError(f"{spec.qualified} has no column {name!r}.")
        if column is None:
            raise DerivedColumn(f"{spec.name}.{name} is kept by the database and cannot be written.")
        try:
            checked = column_type(table, name).validate_python(value)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise WriteRejected(f"{spec.name}.{name}: {problem}.") from error
        is_json = column.sql_type == "jsonb" and checked is not None
        parameters[name] = msgspec.json.encode(checked).decode() if is_json else checked
    if len(msgspec.json.encode(list(parameters.values()))) > ROW_BYTES_MAX:
        raise LimitExceeded(f"A row of {spec.name} is given more than {ROW_BYTES_MAX} bytes.")
    return parameters


@lru_cache(maxsize=4096)
def _insert_sql(table: type[Table], columns: tuple[str, ...]) -> str:
    return insert_row(table.spec(), columns)


@lru_cache(maxsize=4096)
def _update_sql(table: type[Table], columns: tuple[str, ...]) -> str:
    return update_row(table.spec(), columns)


@lru_cache(maxsize=1024)
def _writable_columns(table: type[Table]) -> Mapping[str, ColumnSpec]:
    return {column.name: column for column in table.spec().columns if column.writable}


@lru_cache(maxsize=4096)
def column_type(table: type[Table], column: str) -> TypeAdapter[object]:
    """What a value of the column has to be."""
    return TypeAdapter(cast("type[object]", table.spec().column(column).annotation))
