"""A transaction that begins with its first statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import asyncpg

from backend.postgres import ConnectionState, PooledConnection, literal_of, state_of
from backend.runtime.session import Session, discard


class TransactionSession(Session):
    """Statements inside a transaction that the script `begin` opens, once there is something to do in it.

    Where the first statement can be written out as text it goes along with that script: a round trip less.
    """

    def __init__(self, connection: asyncpg.Connection, begin: str) -> None:
        super().__init__(connection)
        self._begin = begin

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to commit or to roll back."""
        return not self._begin

    async def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[asyncpg.Record]:
        if self._begin:
            with self._beginning() as begin:
                await super().script(begin)
        return await super().fetch(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        if self._begin:
            written_out = self._write_out(sql, parameters)
            with self._beginning() as begin:
                if written_out is not None:
                    return await super().execute(f"{begin}; {written_out}")
                await super().script(begin)
        return await super().execute(sql, parameters)

    async def script(self, sql: str) -> None:
        if self._begin:
            with self._beginning() as begin:
                return await super().script(f"{begin}; {sql}")
        return await super().script(sql)

    async def read_script(self, sql: str) -> str:
        if self._begin:
            with self._beginning() as begin:
                return await super().read_script(f"{begin}; {sql}")
        return await super().read_script(sql)

    @contextmanager
    def _beginning(self) -> Iterator[str]:
        """The script, once. Others may wait for their turn meanwhile, hence not a moment between the two.

        What follows a script that failed would run outside of the transaction, as the owner of the tables: it
        finds the connection closed.
        """
        begin, self._begin = self._begin, ""
        try:
            yield begin
        except BaseException:
            if state_of(self._connection) is not ConnectionState.IN_TRANSACTION:
                discard(self._connection)
            raise

    def _write_out(self, sql: str, parameters: Sequence[object]) -> str | None:
        """A statement this connection has prepared, as text; None where that cannot be."""
        name = cast("PooledConnection", self._connection).prepared_name(sql)
        literals = list(map(literal_of, parameters))
        if name is None or not literals or None in literals:
            return None
        return f"execute {name}({', '.join(cast('list[str]', literals))})"
