"""Looking after derived fields: audits, repairs, and following what is queued.

Each of these may run at any time, beside a busy service. They need a login that owns the tables and may act
as `derived_owner`: `postgres`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import asyncpg

from backend.postgres import ASYNCPG_ERRORS, translate
from backend.postgres.errors import SerializationConflict
from schema.compile.audits import Audit
from schema.compile.functions import DERIVED_OWNER
from schema.compile.repairs import Repair

T = TypeVar("T")

CHUNK_ROWS_MAX = 500  # Rows measured and mended by one transaction: writers wait for no more than that.
ATTEMPTS_MAX = 20  # Deadlocks come and go; so many in a row mean that something else is wrong.
DRAIN_BATCH_MAX = 100  # Queue rows per transaction: following a renamed person may write many rows.
FOLD_BATCH_MAX = 5_000  # Lines per transaction: they are summed first, so that few rows are written.
RETRY_S = 0.05  # About as long as a writer holds a lock.

DRAIN_COPIES, DRAIN_DELTAS = "derived.drain_copies", "derived.drain_deltas"
"""What follows queues. A catalog without queued fields has no function for deltas."""


@dataclass(frozen=True)
class Finding:
    """How many rows of one field are wrong, and how many are merely late: their change is queued."""

    field: str
    wrong: int
    pending: int


@dataclass(frozen=True)
class Progress:
    """One chunk of a repair is done: how many rows of the field have been looked at, and mended, so far."""

    field: str
    looked_at: int
    mended: int


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection; whatever goes wrong on it or while connecting is raised as `PostgresError`."""
    try:
        connection = await asyncpg.connect(dsn, server_settings={"application_name": "folkmoot derived"})
    except (*ASYNCPG_ERRORS, ValueError) as error:
        raise translate(error) from error
    try:
        yield connection
    except ASYNCPG_ERRORS as error:
        raise translate(error, connection_lost=connection.is_closed()) from error
    finally:
        await connection.close()


async def audit(connection: asyncpg.Connection, audits: Iterable[Audit]) -> list[Finding]:
    """Compare every field with its definition, all in one snapshot; a finding for each, in order."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return [await audit_field(connection, one) for one in audits]


async def audit_field(connection: asyncpg.Connection, audit: Audit) -> Finding:
    """Compare one field with its definition."""
    [counted] = await connection.fetch(_COUNTED.format(audit.sql))
    return Finding(audit.field, counted["wrong"], counted["pending"])


_COUNTED = """\
select count(*) filter (where not found.pending) as wrong, count(*) filter (where found.pending) as pending
from ({}) as found"""


async def repair(connection: asyncpg.Connection, repairs: Iterable[Repair]) -> AsyncIterator[Progress]:
    """Mend every field, one chunk of rows after the other; progress after each chunk.

    A chunk that meets a deadlock is tried again. Every chunk is a transaction of its own, so that stopping at
    any point loses nothing.
    """
    for one in repairs:
        after: UUID | None = None
        looked_at, mended = 0, 0
        while chunk := [row["id"] for row in await connection.fetch(one.chunk, after, CHUNK_ROWS_MAX)]:
            mended += await _until_done(lambda one=one, chunk=chunk: _mend(connection, one, chunk))
            looked_at += len(chunk)
            after = chunk[-1]
            yield Progress(one.field, looked_at, mended)


async def _mend(connection: asyncpg.Connection, repair: Repair, ids: list[UUID]) -> int:
    """Mend the rows among `ids` that are wrong; how many."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(repair.exclusive)
        wrong = await connection.fetch(repair.measure, ids)
        if wrong:
            await connection.execute(f"set local role {DERIVED_OWNER}")
            keys = [row["id"] for row in wrong]
            if repair.lock is not None:
                await connection.execute(repair.lock, keys)
            await connection.execute(repair.mend, keys, [row["difference"] for row in wrong])
        return len(wrong)


async def drain(connection: asyncpg.Connection) -> int:
    """Follow what is queued until nothing is left; how many queue rows were worked on."""
    settled = await _drain(connection, DRAIN_COPIES, DRAIN_BATCH_MAX)
    if await connection.fetchval("select to_regproc($1) is not null", DRAIN_DELTAS):
        settled += await fold_deltas(connection)
    return settled


async def fold_deltas(connection: asyncpg.Connection) -> int:
    """Fold listed changes of queued counts and sums into their rows until none is left; how many lines."""
    return await _drain(connection, DRAIN_DELTAS, FOLD_BATCH_MAX)


async def _drain(connection: asyncpg.Connection, function: str, batch_max: int) -> int:
    settled = 0
    while batch := await _until_done(lambda: connection.fetchval(f"select {function}($1)", batch_max)):
        settled += batch
    return settled


async def _until_done(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work`, again after a conflict with someone else; raises `SerializationConflict` in the end."""
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            return await work()
        except asyncpg.PostgresError as error:
            translated = translate(error)
            if not isinstance(translated, SerializationConflict) or attempt == ATTEMPTS_MAX:
                raise translated from error
        await asyncio.sleep(RETRY_S * random.uniform(0.5, 1.5))
    raise AssertionError(ATTEMPTS_MAX)
