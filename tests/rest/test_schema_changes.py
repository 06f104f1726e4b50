"""The schema cache follows the database."""

from __future__ import annotations

import asyncio

import asyncpg
import httpx

from backend.devstack.rest import create_rest_app
from backend.postgres import open_pool
from tests.rest.conftest import SETTINGS, Rest

DEADLINE_S = 10.0


async def settles(rest: Rest, url: str, status: int) -> None:
    """Ask until the answer has this status: a notification comes from another process."""
    async with asyncio.timeout(DEADLINE_S):
        while (await rest.get(url)).status != status:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_new_tables_and_columns_are_served_once_postgres_says_so(fresh: Rest):
    assert (await fresh.get("/gadgets")).status == 404
    connection = await asyncpg.connect(fresh.dsn)
    try:
        await connection.execute("create table gadgets (id int primary key); notify pgrst, 'reload schema'")
        await settles(fresh, "/gadgets", 200)
        await connection.execute("alter table gadgets add label text")
        await settles(fresh, "/gadgets?select=label", 200)
        await connection.execute("drop table gadgets")
        await settles(fresh, "/gadgets", 404)
    finally:
        await connection.close()


async def test_a_lost_connection_is_listened_to_again(fresh: Rest):
    assert (await fresh.get("/books?limit=1")).status == 200
    connection = await asyncpg.connect(fresh.dsn.replace("postgres:postgres@", "supabase_admin:postgres@"))
    try:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        await connection.execute("create table gadgets (id int primary key)")
        await connection.execute("grant select on gadgets to anon")
        await settles(fresh, "/gadgets", 200)
    finally:
        await connection.close()


async def test_a_database_that_cannot_be_reached_is_a_503(library):
    pool = await open_pool(
        library.dsn("authenticator", "postgres"), connections_max=1, application_name="rest test"
    )
    await pool.close()
    app = create_rest_app(pool, SETTINGS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rest") as http:
        reply = await http.get("/books")
    assert (reply.status_code, reply.json()["code"]) == (503, "PGRST002")
