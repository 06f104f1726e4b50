"""One transaction per request: the only place where the database is asked on a caller's behalf."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import asyncpg

from backend.devstack.rest.errors import RestError
from backend.devstack.rest.postgres_errors import CONNECTION_FAILURES, refusal
from backend.devstack.rest.sql.statement import Query, Statement

ACQUIRE_TIMEOUT_S = 10.0  # PostgREST's db-pool-acquisition-timeout.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the statement gave. `rows` counts those read or written, `total` those without a range.

    `location` is a JSON object with the key of the first row inserted; `conflicts` counts rows that an upsert
    found there. `status` and `headers` are what SQL set for the response.
    """

    rows: int
    total: int | None = None
    body: str | None = None
    location: str | None = None
    conflicts: int = 0
    status: str | None = None
    headers: str | None = None


async def run(
    pool: asyncpg.Pool,
    preamble: str,
    statement: Statement,
    *,
    accept: Callable[[Outcome], None],
    ending: Literal["commit", "rollback"],
    is_anonymous: bool,
) -> Outcome:
    """Run `statement` in the transaction that `preamble` opens: three round trips once its text is known.

    `accept` may raise `RestError` to have everything rolled back. So does whatever PostgreSQL refuses.
    """
    try:
        connection = await pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
    except TimeoutError:
        raise RestError("PGRST003", "Timed out acquiring connection from connection pool.") from None
    except (asyncpg.PostgresError, *CONNECTION_FAILURES) as error:
        raise _no_connection(error) from error
    try:
        return await _run(connection, preamble, statement, accept, ending)
    except asyncpg.PostgresError as error:
        raise refusal(error, is_anonymous=is_anonymous) from error
    except CONNECTION_FAILURES as error:
        raise _no_connection(error) from error
    finally:
        await pool.release(connection)


async def _run(
    connection: asyncpg.pool.PoolConnectionProxy,
    preamble: str,
    statement: Statement,
    accept: Callable[[Outcome], None],
    ending: Literal["commit", "rollback"],
) -> Outcome:
    try:
        await connection.execute(preamble)
        outcome = await _outcome(connection, statement)
        accept(outcome)
        # A rollback must still tell of deferred constraints that a commit would have failed on.
        await connection.execute(ending if ending == "commit" else "set constraints all immediate; rollback")
        return outcome
    except BaseException:
        await _abandon(connection)
        raise


async def _abandon(connection: asyncpg.pool.PoolConnectionProxy) -> None:
    """Roll back, whatever the connection believes: a BEGIN that was cancelled may have reached the server.

    When that is cut short, too, the connection goes: its next user must not inherit a role or half a write.
    """
    if connection.is_closed():
        return
    try:
        await connection.execute("rollback")
    except BaseException:
        connection.terminate()
        raise


async def _outcome(connection: asyncpg.pool.PoolConnectionProxy, statement: Statement) -> Outcome:
    row = await _fetch(connection, statement.main)
    total = row["total"]
    if statement.explain is not None:
        guess = json.loads((await _fetch(connection, statement.explain))[0])[0]["Plan"]["Plan Rows"]
        total = guess if total is None else max(total, guess)
    return Outcome(
        rows=row["rows"],
        total=total,
        body=row["body"],
        location=row["location"],
        conflicts=row["conflicts"] or 0,
        status=row["status"],
        headers=row["headers"],
    )


async def _fetch(connection: asyncpg.pool.PoolConnectionProxy, query: Query) -> asyncpg.Record:
    row = await connection.fetchrow(query.text, *query.values)
    assert row is not None, query.text
    return row


def _no_connection(error: BaseException) -> RestError:
    message = "Database connection error. Retrying the connection."
    return RestError("PGRST000", message, details=str(error) or None)
