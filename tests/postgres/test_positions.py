"""What a position promises: the three claims on which answers that never miss a commit are built."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from backend.devstack.cluster import SUPERUSER, Cluster
from backend.postgres import RelationChange, stream_changes
from tests.databases import Database
from tests.postgres.conftest import TABLES, Connect, connections, insert_position
from tests.postgres.listener import PATIENCE_S, Listener, listening

WRITERS = 8


@asynccontextmanager
async def busy_writers(connect: Connect) -> AsyncIterator[None]:
    """Each inserts one fruit a transaction, as fast as it can; half of them through savepoints."""
    numbers = itertools.count(1)
    stop = asyncio.Event()

    async def write(connection: asyncpg.Connection, *, through_savepoint: bool) -> None:
        while not stop.is_set():
            async with connection.transaction():
                if through_savepoint:
                    async with connection.transaction():
                        await connection.execute("insert into fruit values ($1)", next(numbers))
                else:
                    await connection.execute("insert into fruit values ($1)", next(numbers))

    opened = [await connect() for _ in range(WRITERS)]
    tasks = [
        asyncio.create_task(write(connection, through_savepoint=bool(index % 2)))
        for index, connection in enumerate(opened)
    ]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def delivered(listener: Listener) -> set[object]:
    return {
        change.new["id"]
        for transaction in listener.transactions
        for change in transaction.changes
        if isinstance(change, RelationChange) and change.new
    }


async def test_all_commits_a_snapshot_sees_are_delivered_once_the_feed_reaches_a_position_read_after_it(
    listener: Listener, connection: asyncpg.Connection, connect: Connect
):
    async with busy_writers(connect):
        seen: set[object] = set()
        for _ in range(150):
            # In one statement, so that no round trip gives the feed time to get there by chance: a statement
            # takes its snapshot first and asks for the position while it runs.
            row = await connection.fetchrow(
                "select array(select id from fruit) as ids,"
                " (pg_current_wal_insert_lsn() - '0/0')::bigint as position"
            )
            assert row is not None
            await listener.reached(row["position"])
            seen = set(row["ids"])
            assert seen <= delivered(listener)
    assert len(seen) > WRITERS  # They did write meanwhile.


async def test_a_snapshot_taken_after_the_start_sees_every_commit_that_is_not_delivered(
    empty_database: Database, connection: asyncpg.Connection, connect: Connect
):
    async with busy_writers(connect):
        for _ in range(15):
            async with listening(empty_database.dsn()) as listener:
                known = {id for (id,) in await connection.fetch("select id from fruit")}
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    now = {id for (id,) in await connection.fetch("select id from fruit")}
                    position = await insert_position(connection)
                await listener.reached(position)
                assert now <= known | delivered(listener)


async def test_the_feed_does_not_start_while_a_commit_is_recorded_that_no_snapshot_sees_yet(
    tmp_path: Path,
):
    """The stalled commit here is one that waits for a standby which does not exist.

    Creating a slot passes through phases, each of which waits for the transactions running at its start. A
    commit recorded within the last phase is waited for by none of them, and lies before the slot's
    consistent point.
    """
    async with Cluster.start(tmp_path) as cluster, connections() as connect:
        dsn = cluster.dsn(SUPERUSER)
        admin, first, second, stalled = [await connect(dsn) for _ in range(4)]
        await admin.execute(TABLES)
        open_first = first.transaction()
        await open_first.start()
        await first.execute("insert into fruit values (1)")
        feed = stream_changes(dsn, publication="heard", slot_prefix="test")
        started = asyncio.ensure_future(anext(feed))
        await until_waits_for(admin, await xid_of(first))
        open_second = second.transaction()
        await open_second.start()
        await second.execute("insert into fruit values (2)")
        await open_first.commit()
        await until_waits_for(admin, await xid_of(second))

        await set_standby(admin, "nobody")
        committing = asyncio.ensure_future(stalled.execute("insert into fruit values (3)"))
        await until(admin, "select exists (select from pg_stat_activity where wait_event = 'SyncRep')")
        await second.execute("set local synchronous_commit = local")
        await open_second.commit()
        await until(
            admin, "select exists (select from pg_replication_slots where confirmed_flush_lsn is not null)"
        )
        visible = await admin.fetch("select id from fruit order by id")
        assert [id for (id,) in visible] == [1, 2]
        assert not started.done()

        await set_standby(admin, "")
        await started
        visible = await admin.fetch("select id from fruit order by id")
        assert [id for (id,) in visible] == [1, 2, 3]
        await committing
        await feed.aclose()


async def test_an_idle_feed_answers_a_request_for_a_heartbeat_at_once(listener: Listener):
    for _ in range(3):
        events_before = len(listener.events)
        async with asyncio.timeout(1):
            listener.request_heartbeat()
            await listener.until(lambda before=events_before: len(listener.events) > before)


async def test_commits_to_unpublished_tables_and_other_databases_move_the_feed_without_being_asked(
    listener: Listener, connection: asyncpg.Connection, empty_database: Database
):
    async with connections() as connect:
        elsewhere = await connect(empty_database.cluster.dsn(SUPERUSER))
        for writer in (connection, elsewhere):
            await writer.execute("create table if not exists unheard (id bigint)")
            await writer.execute("insert into unheard values (1)")
            position = await insert_position(writer)
            await listener.until(lambda position=position: listener.events[-1].position >= position)
    assert listener.transactions == []


async def test_writes_that_nobody_has_committed_or_flushed_do_not_hold_the_feed_up(
    listener: Listener, connection: asyncpg.Connection, connect: Connect
):
    unfinished = connection.transaction()
    await unfinished.start()
    observer = await connect()
    for _ in range(20):
        await connection.execute("insert into unheard values (1)")
        async with asyncio.timeout(1):
            await listener.reached(await insert_position(observer))
    await unfinished.rollback()


async def test_the_feed_reaches_an_insert_position_that_stands_behind_a_page_header(
    listener: Listener, connect: Connect
):
    superuser = await connect(SUPERUSER)
    await superuser.fetch("select pg_switch_wal()")
    position = await insert_position(superuser)
    assert position % 8192 == 40, "a segment's first page begins with a header of 40 bytes"
    async with asyncio.timeout(1):
        await listener.reached(position)


async def xid_of(connection: asyncpg.Connection) -> str:
    return str(await connection.fetchval("select pg_current_xact_id()::text"))


async def set_standby(admin: asyncpg.Connection, name: str) -> None:
    await admin.execute(f"alter system set synchronous_standby_names = '{name}'")
    await admin.execute("select pg_reload_conf()")
    await until(admin, f"select current_setting('synchronous_standby_names') = '{name}'")


async def until_waits_for(admin: asyncpg.Connection, xid: str) -> None:
    """Wait until somebody waits for transaction `xid` to end."""
    await until(
        admin,
        "select exists (select from pg_locks where locktype = 'transactionid' and not granted"
        f" and transactionid::text = '{xid}')",
    )


async def until(admin: asyncpg.Connection, question: str) -> None:
    """Ask the server until it says yes: what is awaited happens inside of it."""
    async with asyncio.timeout(PATIENCE_S):
        while not await admin.fetchval(question):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
