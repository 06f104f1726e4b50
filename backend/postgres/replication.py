"""The change feed: every commit to the published tables, whole, in commit order, without end.

    feed = stream_changes(dsn, publication="folkmoot", slot_prefix="folkmoot")
    async for event in feed:
        match event: ...

**What a position promises.** PostgreSQL's sender reads its log record by record and sends a transaction when
it reads the commit record. The position in one of its keepalives is the end of the last record it has read,
and both travel in one ordered stream. So when a keepalive arrives, every transaction whose commit record
ends at or before its position has been received, decoded and handed out: `Heartbeat.position` says just
that. The sender only reads what has been flushed to disk; a position taken from
`pg_current_wal_insert_lsn()` may lie beyond that until the next commit, or the server's WAL writer
(`wal_writer_delay`), flushes.

**When heartbeats come.** The sender, before it goes to sleep, tells its position to a receiver that has not
confirmed as much: after every commit, those to unpublished tables included. `request_heartbeat` asks out of
turn.

**Memory.** PostgreSQL sends a transaction only once it has committed; a huge one is collapsed to the names
of its tables (`transactions.py`). A feed nobody reads stops reading its socket. After `wal_sender_timeout`
(60 s) without an answer PostgreSQL then cuts the connection, and the feed starts again.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import AsyncGenerator, AsyncIterator

from backend.postgres.changes import FeedEvent, Heartbeat, Started
from backend.postgres.errors import PostgresError, Unavailable
from backend.postgres.replication_slot import Stream, open_stream
from backend.postgres.transactions import Assembler

STATUS_INTERVAL_S = 10.0  # How long PostgreSQL keeps log files we have read; how long silence is no concern.
LOST_AFTER_S = 60.0  # A sender that decodes a huge transaction answers only every 30 seconds.
RETRY_MIN_S = 0.05  # A restart of PostgreSQL takes a few tenths of a second.
RETRY_MAX_S = 5.0  # After a long outage the feed is back within this time.
STABLE_AFTER_S = 10.0  # A stream that lived this long ended for a new reason: try again at once.

# https://www.postgresql.org/docs/current/protocol-replication.html
_XLOG_DATA_HEADER_BYTES = 25
_KEEPALIVE = struct.Struct("!xQqB")
_STATUS = struct.Struct("!cQQQqB")


class ChangeFeed(AsyncIterator[FeedEvent]):
    """An endless iterator. It begins with `Started`, and yields `Started` again whenever it had to reconnect.

    Raises `PostgresError` only when trying again cannot help (`ReplicationRefused`, a wrong password);
    restarts of PostgreSQL and broken networks are waited out. To end it, cancel the task that iterates or
    call `aclose`.
    """

    def __init__(self, dsn: str, *, publication: str, slot_prefix: str) -> None:
        self._dsn = dsn
        self._publication = publication
        self._slot_prefix = slot_prefix
        self._reader: _Reader | None = None  # While connected.
        self._events = self._run()

    async def __anext__(self) -> FeedEvent:
        return await self._events.__anext__()

    def request_heartbeat(self) -> None:
        """Ask for a `Heartbeat` right now; it also comes when there is no progress to report.

        Costs one small message. Asking again when the answer brought no progress makes the server flush its
        log, so that whatever had been written by then is reached. Does nothing while disconnected: a
        `Started` is due.
        """
        if self._reader is not None:
            self._reader.request_heartbeat()

    async def aclose(self) -> None:
        """Disconnect and drop the slot. Not while another task waits for the next event: cancel that one."""
        await self._events.aclose()

    async def _run(self) -> AsyncGenerator[FeedEvent, None]:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            started_at = loop.time()
            try:
                async with open_stream(
                    self._dsn, publication=self._publication, slot_prefix=self._slot_prefix
                ) as stream:
                    self._reader = reader = _Reader(stream)
                    started_at = loop.time()
                    yield Started(stream.position)
                    while True:
                        for event in await reader.read():
                            yield event
            except PostgresError as error:
                if not error.retry_may_fix:
                    raise
            finally:
                self._reader = None
            failures = 0 if loop.time() - started_at > STABLE_AFTER_S else failures + 1
            # Jitter: the copies of a service lose the server together and should not come back together.
            await asyncio.sleep(min(RETRY_MIN_S * 2**failures, RETRY_MAX_S) * random.uniform(0.5, 1.0))


class _Reader:
    """One connection's stream, from its start to its end."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._assembler = Assembler()
        self._position = stream.position  # Everything up to here has been received, and is confirmed.
        self._was_asked = False  # By request_heartbeat, and not answered yet.
        self._asked_at = -1  # Where the stream stood when request_heartbeat was last called.
        self._heard_at = self._status_at = self._loop.time()

    def request_heartbeat(self) -> None:
        # Whoever asks twice without progress in between waits for something that is not flushed.
        if self._asked_at == self._position:
            self._stream.flusher.start()
        self._asked_at = self._position
        self._was_asked = True
        self._send_status(wants_reply=True)

    async def read(self) -> list[FeedEvent]:
        """The next events, in order; possibly none. Raises `Unavailable` when the stream is over."""
        messages = await self._stream.copy.receive(timeout_s=STATUS_INTERVAL_S)
        now = self._loop.time()
        if messages:
            self._heard_at = now
        elif now - self._heard_at > LOST_AFTER_S:
            raise Unavailable(f"The replication stream was silent for {LOST_AFTER_S:.0f} seconds.")
        events = [event for message in messages if (event := self._interpret(message)) is not None]
        if not messages or now - self._status_at > STATUS_INTERVAL_S:
            self._send_status(wants_reply=not messages)
        return events

    def _interpret(self, message: bytes) -> FeedEvent | None:
        match message[:1]:
            case b"w":  # XLogData
                transaction = self._assembler.add(message[_XLOG_DATA_HEADER_BYTES:])
                if transaction is not None:
                    self._position = transaction.position
                return transaction
            case b"k":
                position, _, wants_reply = _KEEPALIVE.unpack(message)
                return self._keepalive(position, wants_reply=bool(wants_reply))
            case _:
                raise AssertionError(("not a message of the streaming replication protocol", message[:64]))

    def _keepalive(self, position: int, *, wants_reply: bool) -> Heartbeat | None:
        has_news = position > self._position or self._was_asked
        self._position = max(self._position, position)
        self._was_asked = False
        if wants_reply:
            self._send_status(wants_reply=False)
        return Heartbeat(self._position) if has_news else None

    def _send_status(self, *, wants_reply: bool) -> None:
        at = self._position
        self._stream.copy.send(_STATUS.pack(b"r", at, at, at, 0, wants_reply))
        self._status_at = self._loop.time()


def stream_changes(dsn: str, *, publication: str, slot_prefix: str) -> ChangeFeed:
    """A feed of every commit to the tables of `publication`, over a temporary slot `<slot_prefix>_<random>`.

    Nothing happens before the first event is asked for. The role of `dsn` needs the right to replicate.
    """
    return ChangeFeed(dsn, publication=publication, slot_prefix=slot_prefix)
