"""Transactions that begin with their first statement: nothing ever runs before, beside or after them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import asyncpg
import pytest

from backend.postgres import ConnectionState, PooledConnection, PostgresError, open_pool, state_of
from backend.postgres.errors import InvalidValue, UniqueViolation
from backend.runtime.transactions import TransactionSession
from tests.databases import Database

BEGIN = "begin isolation level serializable; set local role anon"
INSERT = "insert into public.notes (id, content, is_read, at) values ($1, $2, $3, $4)"
WHO = "select current_user::text || ', ' || current_setting('transaction_isolation') as who"
NOTE = (UUID(int=1), "it's a \\ note", True, datetime(2026, 1, 2, 3, 4, 5, 678901, UTC))


@pytest.fixture
async def pool(empty_database: Database) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(empty_database.dsn(), connections_max=1, application_name="test") as pool:
        await pool.execute(
            "create table public.notes (id uuid primary key, content text, is_read bool, at timestamptz);"
            "grant select, insert on public.notes to anon"
        )
        yield pool


@pytest.fixture
async def connection(pool: asyncpg.Pool) -> AsyncIterator[PooledConnection]:
    async with pool.acquire() as connection:
        yield cast("PooledConnection", connection)  # asyncpg's proxy does all that it does.


async def notes(session: TransactionSession) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await session.fetch("select id, content, is_read, at from public.notes")]


async def test_nothing_begins_before_there_is_something_to_do(connection):
    session = TransactionSession(connection, BEGIN)
    assert (session.has_begun, state_of(connection)) == (False, ConnectionState.IDLE)


async def test_whatever_comes_first_begins_the_transaction(connection):
    firsts = {
        "fetch": lambda session: session.fetch("select 1"),
        "execute": lambda session: session.execute(INSERT, NOTE),
        "script": lambda session: session.script("savepoint inside"),
        "read_script": lambda session: session.read_script("copy (select 1) to stdout"),
    }
    found = {}
    for name, first in firsts.items():
        session = TransactionSession(connection, BEGIN)
        await first(session)
        [found[name]] = [row["who"] for row in await session.fetch(WHO)]
        await session.script("rollback")
    assert found == dict.fromkeys(firsts, "anon, serializable")


@pytest.mark.parametrize("note", [NOTE, (UUID(int=2), "", False, None), (UUID(int=3), None, None, None)])
async def test_a_statement_written_out_does_what_it_does_with_parameters(connection, note):
    found, round_trips = [], []
    for _ in range(2):
        session, said = TransactionSession(connection, BEGIN), []
        with connection.query_logger(said.append):
            changed = await session.execute(INSERT, note)
        found.append((changed, await notes(session), await session.fetch(WHO)))
        round_trips.append(len(said))
        await session.script("rollback")
    assert found[0] == found[1]
    assert found[0][:2] == (1, [note])
    assert round_trips == [2, 1]  # What this connection never ran before is not written out.


async def test_text_that_postgresql_cannot_hold_is_refused_in_its_own_words(connection):
    refused = []
    for _ in range(2):
        session = TransactionSession(connection, BEGIN)
        with pytest.raises(InvalidValue) as raised:
            await session.execute(INSERT, (UUID(int=1), "a\0b", True, None))
        refused.append((raised.value.sqlstate, raised.value.message))
        await session.script("rollback")
    assert refused[0] == refused[1]


async def test_a_first_statement_that_fails_leaves_a_transaction_to_be_undone(connection):
    for _ in range(2):
        session = TransactionSession(connection, BEGIN)
        await session.execute(INSERT, NOTE)
        await session.script("commit")
        with pytest.raises(UniqueViolation):
            await (session := TransactionSession(connection, BEGIN)).execute(INSERT, NOTE)
        assert (session.has_begun, state_of(connection)) == (True, ConnectionState.IN_TRANSACTION)
        await session.script("rollback")
        await connection.execute("delete from public.notes")
    assert state_of(connection) is ConnectionState.IDLE


@pytest.mark.parametrize("begin", ["select 1 / 0", "begin; commit; select 1 / 0"])
@pytest.mark.parametrize("is_known", [False, True])
async def test_what_did_not_begin_does_not_go_on(pool, begin, is_known):
    async with pool.acquire() as connection:
        if is_known:
            await connection.execute(INSERT, *NOTE)
            await connection.execute("delete from public.notes")
        session = TransactionSession(connection, begin)
        ends = await asyncio.gather(
            session.execute(INSERT, NOTE), session.execute(INSERT, NOTE), return_exceptions=True
        )
        assert [isinstance(end, PostgresError) for end in ends] == [True, True]
        assert state_of(connection) is ConnectionState.CLOSED
    assert await pool.fetchval("select count(*) from public.notes") == 0


async def test_statements_at_once_wait_for_the_beginning(connection):
    session = TransactionSession(connection, BEGIN)
    answers = await asyncio.gather(*(session.fetch(WHO) for _ in range(3)))
    assert [rows[0]["who"] for rows in answers] == ["anon, serializable"] * 3
    await session.script("rollback")
