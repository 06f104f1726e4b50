"""Pools and literals: what reaches the server is what was asked for."""

from __future__ import annotations

import asyncio

import pytest

from backend.postgres import open_pool, quote_literal
from backend.postgres.errors import InvalidValue
from tests.databases import Database
from tests.postgres.conftest import Connect


async def test_a_pool_names_its_application_and_applies_its_settings(empty_database: Database):
    async with await open_pool(
        empty_database.dsn(), connections_max=2, application_name="kitchen", settings={"search_path": "auth"}
    ) as pool:
        row = await pool.fetchrow(
            "select current_setting('application_name'), current_setting('search_path')"
        )
    assert row is not None
    assert tuple(row) == ("kitchen", "auth")


async def test_a_pool_opens_no_more_connections_than_its_limit(empty_database: Database):
    async with await open_pool(empty_database.dsn(), connections_max=2, application_name="test") as pool:
        pids = await asyncio.gather(
            *[pool.fetchval("select pg_backend_pid() from pg_sleep(0.01)") for _ in range(6)]
        )
    assert len(set(pids)) == 2


async def test_what_a_transaction_set_locally_is_gone_for_the_next_user_of_its_connection(
    empty_database: Database,
):
    async with await open_pool(empty_database.dsn(), connections_max=1, application_name="test") as pool:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "set local role anon; select set_config('request.jwt.claims', '{}', true)"
            )
        row = await pool.fetchrow("select current_user::text, current_setting('request.jwt.claims', true)")
    assert row is not None
    assert (row[0], row[1] or "") == ("postgres", "")


async def test_a_transaction_left_open_is_rolled_back_before_the_next_user_gets_the_connection(
    empty_database: Database,
):
    async with await open_pool(empty_database.dsn(), connections_max=1, application_name="test") as pool:
        async with pool.acquire() as connection:
            await connection.execute("begin; create table public.left_behind (id int)")
        assert await pool.fetchval("select to_regclass('public.left_behind')") is None


TEXTS = [
    "",
    "plain",
    "it's",
    "back\\slash",
    "\\'; drop table users; --",
    "ünï ☃ 🦆",
    "new\nline",
    "$1 %s {x}",
]


@pytest.mark.parametrize("conforming", ["on", "off"])
async def test_a_quoted_literal_reads_back_as_the_same_text(connect: Connect, conforming: str):
    connection = await connect()
    await connection.execute(f"set standard_conforming_strings = {conforming}; set backslash_quote = off")
    for text in TEXTS:
        assert await connection.fetchval(f"select{quote_literal(text)}") == text


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_postgresql_cannot_hold_is_refused(text: str):
    with pytest.raises(InvalidValue) as raised:
        quote_literal(text)
    assert raised.value.sqlstate == "22021"
