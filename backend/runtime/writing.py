"""`ctx.db` for mutations: what reading offers, and rows inserted, changed and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar, cast
from uuid import UUID, uuid4

import msgspec
from pydantic import TypeAdapter, ValidationError

from backend.postgres.errors import PermissionDenied
from backend.runtime.errors import AccessDenied, DerivedColumn, LimitExceeded, NotFound, WriteRejected
from backend.runtime.reading import Reader
from backend.runtime.scans import delete_row, insert_row, update_row
from schema.language import Id, Table

R = TypeVar("R", bound=Table)

ROWS_WRITTEN_MAX = 16_000  # By one mutation: Convex's own limit; more would hold its locks for too long.
ROW_BYTES_MAX = 1024 * 1024  # Given in one write: Convex's own limit on a document; files belong in storage.


class Writer(Reader):
    """Rows the caller may see, and writes the table's rules allow the caller.

    Writes happen at once, inside the mutation's transaction; when the mutation fails none of them ever did.
    Hidden columns hold what they hold: take care what a mutation answers.
    """

    _with_hidden = True
    _rows_written = 0

    async def insert(self, table: type[R], **values: object) -> Id[R]:
        """Add a row; its id. Columns left out take their defaults.

        Raises `WriteRejected` for values the table does not take, `DerivedColumn` for columns the database
        keeps, and `AccessDenied` where no rule allows the row.
        """
        given = _to_parameters(table, values)
        given.setdefault("id", uuid4())
        self._count_write()
        try:
            await self._session.execute(insert_row(table.spec(), tuple(given)), tuple(given.values()))
        except PermissionDenied as error:  # In PostgreSQL's words, which speak of policies.
            raise AccessDenied(f"No rule allows this row in {table.spec().name}.") from error
        return cast("Id[R]", given["id"])

    async def patch(self, table: type[R], id: UUID, **changes: object) -> None:
        """Set the named columns of a row. Raises as `insert` does, and `NotFound` when there is no row."""
        given = _to_parameters(table, changes)
        self._count_write()
        if not await self._session.execute(update_row(table.spec(), tuple(given)), (id, *given.values())):
            await self._explain_untouched(table, id)

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
        self._rows_written += 1
        if self._rows_written > ROWS_WRITTEN_MAX:
            raise LimitExceeded(
                f"This mutation writes more than {ROWS_WRITTEN_MAX} rows.",
                hint="Split it into several calls.",
            )


def _to_parameters(table: type[Table], values: Mapping[str, object]) -> dict[str, object]:
    spec = table.spec()
    parameters: dict[str, object] = {}
    for name, value in values.items():
        if not spec.has(name):
            raise TypeError(f"{spec.qualified} has no column {name!r}.")
        column = spec.column(name)
        if not column.writable:
            raise DerivedColumn(f"{spec.name}.{name} is kept by the database and cannot be written.")
        try:
            checked = _column_type(table, name).validate_python(value)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise WriteRejected(f"{spec.name}.{name}: {problem}.") from error
        is_json = column.sql_type == "jsonb" and checked is not None
        parameters[name] = msgspec.json.encode(checked).decode() if is_json else checked
    if len(msgspec.json.encode(list(parameters.values()))) > ROW_BYTES_MAX:
        raise LimitExceeded(f"A row of {spec.name} is given more than {ROW_BYTES_MAX} bytes.")
    return parameters


@lru_cache(maxsize=4096)
def _column_type(table: type[Table], column: str) -> TypeAdapter[object]:
    return TypeAdapter(cast("type[object]", table.spec().column(column).annotation))
