"""The two-way copy a replication connection turns into, driven by the event loop alone."""

from __future__ import annotations

import asyncio

import psycopg
from psycopg.pq.abc import PGconn

from backend.postgres.errors import Unavailable


class CopyBoth:
    """A libpq connection in CopyBoth state. One task may receive at a time.

    Nothing is read while nobody waits, so a slow reader slows the server down instead of filling memory. The
    socket stays registered with the event loop from one wait to the next: registering costs two system calls.
    """

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._socket = pgconn.socket  # libpq forgets the number when it loses the connection.
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[bool] | None = None
        self._is_registered = False
        self._aborted: Exception | None = None

    async def receive(self, *, timeout_s: float) -> list[bytes]:
        """The messages that have arrived, at least one; none when `timeout_s` went by in silence.

        Raises `Unavailable` when the stream is over, whatever ended it.
        """
        messages = self._take()
        while not messages:
            if not await self._wait(timeout_s):
                return []
            messages = self._take()
        return messages

    def send(self, message: bytes) -> None:
        """Queue `message` and send what the socket takes; the rest goes out with a later call.

        A broken connection is left to `receive` to report: whoever sends need not be the one who reads.
        """
        try:
            self._pgconn.put_copy_data(message)
            self._pgconn.flush()
        except psycopg.Error as error:
            self.abort(error)

    def abort(self, error: Exception) -> None:
        """End the stream from this side: `receive` raises `Unavailable` because of `error`."""
        self._aborted = error
        if self._waiter is not None:
            _settle(self._waiter, True)

    def close(self) -> None:
        """Stop watching the socket. The connection itself belongs to whoever opened it."""
        if self._is_registered:
            self._loop.remove_reader(self._socket)
            self._is_registered = False

    def _take(self) -> list[bytes]:
        """All complete messages that libpq holds."""
        if self._aborted is not None:
            raise Unavailable(str(self._aborted)) from self._aborted
        messages: list[bytes] = []
        try:
            while True:
                size, data = self._pgconn.get_copy_data(1)
                if size == 0:
                    return messages
                if size < 0:
                    break
                messages.append(bytes(data))
            if messages:
                return messages  # The end of the stream is found again by the next call.
            result = self._pgconn.get_result()
        except psycopg.Error as error:
            raise Unavailable(str(error)) from error
        message = result.get_error_message() if result else ""
        raise Unavailable(message or "The server ended the replication stream.")

    async def _wait(self, timeout_s: float) -> bool:
        """Wait until libpq has read something; False when nothing came."""
        if not self._is_registered:
            self._loop.add_reader(self._socket, self._on_readable)
            self._is_registered = True
        waiter = self._waiter = self._loop.create_future()
        timer = self._loop.call_later(timeout_s, _settle, waiter, False)
        try:
            return await waiter
        except psycopg.Error as error:
            raise Unavailable(str(error)) from error
        finally:
            timer.cancel()
            self._waiter = None

    def _on_readable(self) -> None:
        if self._waiter is None or self._waiter.done():
            self.close()
            return
        try:
            # Here and not in the waiting task: else the loop would find the socket readable once more.
            self._pgconn.consume_input()
        except psycopg.Error as error:
            self.close()  # At once: the number of a closed socket is soon somebody else's.
            self._waiter.set_exception(error)
        else:
            self._waiter.set_result(True)


def _settle(waiter: asyncio.Future[bool], result: bool) -> None:
    if not waiter.done():
        waiter.set_result(result)
