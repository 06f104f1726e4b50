"""Getting the server to flush its log now, so that the change feed reaches what has been written so far.

PostgreSQL's sender reads only what is flushed to disk. Commits flush what precedes them, but a transaction
that has written and is still open leaves a tail that nobody flushes before the next commit anywhere, which on
a quiet server may take 15 seconds (`wal_writer_delay` bounds it for asynchronous commits only). Whoever waits
for `pg_current_wal_insert_lsn()` would wait as long.

Once in a thousand times the last record ends exactly where a page of the log does. The insert position then
already stands behind the next page's header, where the sender gets only with another record. To the server
this, too, looks like a tail that is not flushed, and the message written here is that other record.
"""

from __future__ import annotations

import asyncio

import asyncpg

from backend.postgres.copy_both import CopyBoth
from backend.postgres.errors import ASYNCPG_ERRORS

_IS_BEHIND = "pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn()"
# An empty message that pgoutput skips. With `flush` it needs no transaction id.
_FLUSH_SQL = f"select pg_logical_emit_message(false, 'folkmoot', '', true) where {_IS_BEHIND}"
# Before PostgreSQL 17 only a commit flushes, and only one with something in it.
_FLUSH_SQL_BEFORE_17 = f"select pg_logical_emit_message(true, 'folkmoot', '') where {_IS_BEHIND}"


class WalFlusher:
    """Flushes in the background, over `connection`, at most once at a time."""

    def __init__(self, connection: asyncpg.Connection, stream: CopyBoth) -> None:
        self._connection = connection
        self._stream = stream
        self._sql = _FLUSH_SQL if connection.get_server_version().major >= 17 else _FLUSH_SQL_BEFORE_17
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Flush soon, unless a flush is under way. A broken connection aborts the stream."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._flush())

    def close(self) -> None:
        """Stop. The connection belongs to whoever opened it."""
        if self._task is not None:
            self._task.cancel()

    async def _flush(self) -> None:
        try:
            await self._connection.execute(self._sql)
        except ASYNCPG_ERRORS as error:
            self._stream.abort(error)
