"""A fresh temporary replication slot, streaming: what has to be true first, and where the stream begins.

**What the stream may leave out.** It begins at the slot's consistent point: commits recorded in the log
before it are never delivered, all later ones are. "Recorded" is not yet "visible": a transaction writes its
commit record, flushes it (with a synchronous standby it waits for that, too) and only then leaves the list
of running transactions that snapshots look at. So at the moment the slot is ready there may be transactions
which the stream will not deliver and a new snapshot does not see. A reader that takes a snapshot then would
never learn of them.

`open_stream` closes that gap: it lists the transactions still running once the slot exists and waits until
each of them has ended. A commit the stream leaves out was recorded before that list was made; it is either
in the list, and waited for, or it had already become visible. Hence: *a snapshot taken after `open_stream`
returns sees every commit that the stream will not deliver.* The price is a start that takes as long as the
longest write transaction open at that time, in whichever database of the server. Creating a slot waits for
open transactions anyway, so this adds no new kind of waiting.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass

import asyncpg
import psycopg
from psycopg.conninfo import make_conninfo

from backend.postgres.copy_both import CopyBoth
from backend.postgres.errors import (
    ASYNCPG_ERRORS,
    PublicationMissing,
    ReplicationNotAllowed,
    Unavailable,
    WalLevelTooLow,
    translate,
)
from backend.postgres.literals import quote_literal
from backend.postgres.positions import parse_position
from backend.postgres.values import SESSION_SETTINGS
from backend.postgres.wal_flush import WalFlusher

CONNECT_TIMEOUT_S = 10  # A server that takes longer to accept is as good as down.
RUNNING_POLL_MIN_S = 0.005  # Commits that are recorded but not visible become so within milliseconds...
RUNNING_POLL_MAX_S = 0.5  # ...and a long transaction is not worth burdening the server for.

# Creating a slot may have to wait for others, so no limit on statements applies, and a dead server has to be
# noticed by TCP's own probes.
_SETTINGS = {**SESSION_SETTINGS, "statement_timeout": "0", "lock_timeout": "0", "idle_session_timeout": "0"}
_TCP_PROBES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}

_FACTS_SQL = """
    select current_setting('wal_level') as wal_level,
           exists (select from pg_publication where pubname = $1) as is_published,
           (select rolsuper or rolreplication from pg_roles where rolname = current_user) as may_replicate
"""
# Each transaction locks its own id until snapshots see it as ended. A snapshot's own list of running ones
# would not do: it leaves out ids newer than the newest that has ended.
_RUNNING_SQL = """
    select transactionid::text from pg_locks
    where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted
"""


@dataclass(frozen=True)
class Stream:
    """A running stream that begins at `position`."""

    copy: CopyBoth
    flusher: WalFlusher
    position: int


@asynccontextmanager
async def open_stream(dsn: str, *, publication: str, slot_prefix: str) -> AsyncIterator[Stream]:
    """Start streaming `publication` through a slot that lives as long as this context.

    Raises `ReplicationRefused` when the server's set-up forbids it, `Unavailable` when trying again may help.
    """
    async with AsyncExitStack() as stack:
        observer = await _open_observer(dsn, slot_prefix)
        stack.callback(observer.terminate)
        try:
            facts = await _check_server(observer, publication)
            connection = await _connect(dsn, slot_prefix, may_replicate=facts["may_replicate"])
            stack.push_async_callback(connection.close)  # Ends the server's side, which drops the slot.
            slot = f"{slot_prefix}_{secrets.token_hex(8)}"
            position = await _create_slot(connection, slot)
            await _await_running_transactions(observer)
            await _start_replication(connection, slot, position, publication)
        except asyncpg.InterfaceError as error:
            raise Unavailable(str(error)) from error  # The server went away between two questions.
        except (psycopg.Error, *ASYNCPG_ERRORS) as error:
            raise translate(error) from error
        copy = stack.enter_context(closing(CopyBoth(connection.pgconn)))
        flusher = stack.enter_context(closing(WalFlusher(observer, copy)))
        yield Stream(copy, flusher, parse_position(position))


async def _open_observer(dsn: str, slot_prefix: str) -> asyncpg.Connection:
    """An ordinary connection: a replicating one cannot ask questions while it streams."""
    settings = {
        "application_name": f"{slot_prefix} change feed (observer)",
        "idle_session_timeout": "0",
        "synchronous_commit": "local",  # Flushing is about this server's disk, not its standbys.
    }
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT_S, server_settings=settings)
    except ASYNCPG_ERRORS as error:
        raise translate(error) from error


async def _check_server(observer: asyncpg.Connection, publication: str) -> asyncpg.Record:
    facts = await observer.fetchrow(_FACTS_SQL, publication)
    assert facts is not None
    if facts["wal_level"] != "logical":
        raise WalLevelTooLow(
            f"The server runs with wal_level '{facts['wal_level']}'; the change feed needs 'logical'.",
            hint="alter system set wal_level = 'logical', then restart PostgreSQL.",
        )
    if not facts["is_published"]:
        # Streaming would begin all the same, and fail (before PostgreSQL 18) or stay silent (from 18 on).
        raise PublicationMissing(
            f'The database has no publication "{publication}".',
            hint="Apply the migrations, or create publication with the tables to follow.",
        )
    return facts


async def _connect(dsn: str, slot_prefix: str, *, may_replicate: bool) -> psycopg.AsyncConnection:
    conninfo = make_conninfo(
        dsn,
        replication="database",
        application_name=f"{slot_prefix} change feed",
        connect_timeout=CONNECT_TIMEOUT_S,
        **_TCP_PROBES,
    )
    try:
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
    except psycopg.OperationalError as error:
        # libpq gives no SQLSTATE for a refused connection. The role's attribute explains it; it is no
        # condition, because some hosts grant replication in ways of their own.
        if not may_replicate:
            raise ReplicationNotAllowed(
                "The role of the change feed may not replicate.",
                hint="alter role <name> with replication (on Supabase, connect as postgres).",
            ) from error
        raise Unavailable(str(error)) from error
    # Such a connection speaks the simple protocol only: psycopg uses it when there are no parameters.
    statements = [f"set {name} = {quote_literal(value)}" for name, value in _SETTINGS.items()]
    await connection.execute("; ".join(statements).encode())
    return connection


async def _create_slot(connection: psycopg.AsyncConnection, slot: str) -> str:
    """The position of the new slot's consistent point."""
    command = f"CREATE_REPLICATION_SLOT {_quote(slot)} TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')"
    row = await (await connection.execute(command.encode())).fetchone()
    assert row is not None
    _, consistent_point, _, _ = row
    return consistent_point


async def _await_running_transactions(observer: asyncpg.Connection) -> None:
    """Wait until every transaction that runs now has ended (see the top of this module)."""
    pause_s = RUNNING_POLL_MIN_S
    running = await _running_transactions(observer)
    while running:
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, RUNNING_POLL_MAX_S)
        running &= await _running_transactions(observer)


async def _running_transactions(observer: asyncpg.Connection) -> set[str]:
    return {xid for (xid,) in await observer.fetch(_RUNNING_SQL)}


async def _start_replication(
    connection: psycopg.AsyncConnection, slot: str, position: str, publication: str
) -> None:
    # The value is a list of identifiers inside a literal; the replication grammar knows no E'' strings.
    publications = _quote(publication).replace("'", "''")
    command = (
        f"START_REPLICATION SLOT {_quote(slot)} LOGICAL {position} "
        f"(proto_version '1', publication_names '{publications}')"
    )
    await connection.execute(command.encode())


def _quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
