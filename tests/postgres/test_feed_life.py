"""How a feed begins, survives what happens to its server, refuses what cannot work, and ends."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import asyncpg
import pytest

from backend.devstack import cluster as devstack_cluster
from backend.devstack.cluster import SUPERUSER, Cluster, free_port
from backend.postgres import ChangeFeed, RelationChange, Started, Transaction, stream_changes
from backend.postgres.errors import (
    PostgresError,
    PublicationMissing,
    ReplicationNotAllowed,
    WalLevelTooLow,
)
from tests.clients.network import open_network
from tests.databases import Database
from tests.postgres.conftest import TABLES, connections, insert_position
from tests.postgres.listener import Listener, listening

SLOTS = "select slot_name, temporary, plugin from pg_replication_slots"


def ids(listener: Listener) -> list[object]:
    """The ids of all inserted rows, in the order they were heard of."""
    return [
        change.new["id"]
        for changes in listener.changes
        for change in changes
        if isinstance(change, RelationChange) and change.new
    ]


async def test_a_feed_begins_with_its_start_and_leaves_no_slot_when_it_ends(
    empty_database: Database, connection: asyncpg.Connection
):
    async with listening(empty_database.dsn()) as listener:
        [start] = listener.events
        assert isinstance(start, Started)
        assert 0 < start.position <= await insert_position(connection)
        [slot] = await connection.fetch(f"{SLOTS} where database = current_database()")
        assert slot["slot_name"].startswith("test_")
        assert (slot["temporary"], slot["plugin"]) == (True, "pgoutput")
    async with asyncio.timeout(5):
        # Its server process ends a moment after the connection.
        while await connection.fetch(f"{SLOTS} where database = current_database()"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_after_a_crash_of_postgresql_the_feed_starts_again_and_delivers_new_commits(tmp_path: Path):
    port = free_port()
    async with connections() as connect, AsyncExitStack() as open_things:
        async with Cluster.start(tmp_path, port) as cluster:
            connection = await connect(cluster.dsn(SUPERUSER))
            await connection.execute(TABLES)
            listener = await open_things.enter_async_context(listening(cluster.dsn(SUPERUSER)))
            await connection.execute("insert into fruit values (1)")
            await listener.reached(await insert_position(connection))
            os.kill(cluster.pid, signal.SIGQUIT)  # pg_ctl stop -m immediate
        async with Cluster.start(tmp_path, port) as cluster:
            await listener.started(times=2)
            connection = await connect(cluster.dsn(SUPERUSER))
            await connection.execute("insert into fruit values (2)")
            await listener.reached(await insert_position(connection))
            assert ids(listener) == [1, 2]
            first, second = [event for event in listener.events if isinstance(event, Started)]
            assert first.position < second.position


async def test_a_feed_that_waits_for_an_open_transaction_can_be_cancelled(
    empty_database: Database, connection: asyncpg.Connection
):
    unfinished = connection.transaction()
    await unfinished.start()
    await connection.execute("insert into fruit values (1)")
    feed = stream_changes(empty_database.dsn(), publication="heard", slot_prefix="test")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(feed), 0.3)
    await feed.aclose()
    await unfinished.rollback()


async def test_asking_a_feed_whose_connection_is_gone_for_a_heartbeat_does_no_harm(
    listener: Listener, connection: asyncpg.Connection
):
    await terminate_sender(connection)
    while listener.starts == 1:
        listener.request_heartbeat()
        await asyncio.sleep(0)
    await listener.reached(await insert_position(connection))


async def test_a_cut_network_makes_the_feed_start_again(
    empty_database: Database, connection: asyncpg.Connection
):
    address = f"127.0.0.1:{empty_database.cluster.port}"
    async with open_network(f"http://{address}") as network:
        dsn = empty_database.dsn().replace(address, network.url.removeprefix("http://"))
        async with listening(dsn) as listener:
            for times in (1, 2, 3):
                await listener.started(times)
                await connection.execute("insert into fruit values ($1)", times)
                await listener.reached(await insert_position(connection))
                network.cut()
            await listener.started(times=4)
        assert ids(listener) == [1, 2, 3]


async def test_a_feed_whose_backend_is_terminated_starts_again(
    listener: Listener, connection: asyncpg.Connection
):
    await terminate_sender(connection)
    await listener.started(times=2)


async def terminate_sender(connection: asyncpg.Connection) -> None:
    """End the server's side of the feed, as an administrator might."""
    terminated = await connection.fetchval(
        "select count(pg_terminate_backend(active_pid)) from pg_replication_slots"
        " where database = current_database()"
    )
    assert terminated == 1


async def read_to_the_end(feed: ChangeFeed) -> None:
    async for event in feed:
        assert not isinstance(event, Started)


async def refusal(dsn: str, publication: str = "heard") -> PostgresError:
    """What the feed raises instead of its first event."""
    async with aclosing(stream_changes(dsn, publication=publication, slot_prefix="test")) as feed:
        with pytest.raises(PostgresError) as refused:
            await anext(feed)
    return refused.value


async def test_a_missing_publication_is_refused_and_not_tried_again(
    empty_database: Database, connection: asyncpg.Connection
):
    error = await refusal(empty_database.dsn(), publication='no "such" one')
    assert (type(error), error.retry_may_fix) == (PublicationMissing, False)
    assert error.message == 'The database has no publication "no "such" one".'
    assert await connection.fetch(f"{SLOTS} where database = current_database()") == []


async def test_a_publication_dropped_while_the_feed_is_away_is_refused_on_return(
    empty_database: Database, connection: asyncpg.Connection
):
    feed = stream_changes(empty_database.dsn(), publication="heard", slot_prefix="test")
    async with aclosing(feed):
        await anext(feed)
        await connection.execute("drop publication heard")
        await terminate_sender(connection)
        with pytest.raises(PublicationMissing):
            await read_to_the_end(feed)


async def test_a_role_that_may_not_replicate_is_refused(
    empty_database: Database, connection: asyncpg.Connection
):
    error = await refusal(empty_database.dsn("authenticator"))
    assert (type(error), error.retry_may_fix) == (ReplicationNotAllowed, False)


async def test_a_wrong_password_is_refused(empty_database: Database):
    error = await refusal(empty_database.dsn().replace("postgres:postgres@", "postgres:wrong@"))
    assert (error.sqlstate, error.retry_may_fix) == ("28P01", False)


async def test_a_server_without_logical_wal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(devstack_cluster.SETTINGS, "wal_level", "replica")
    async with Cluster.start(tmp_path) as cluster:
        error = await refusal(cluster.dsn(SUPERUSER))
    assert (type(error), error.retry_may_fix) == (WalLevelTooLow, False)


async def test_a_feed_nobody_reads_for_a_while_goes_on_where_it_was(
    empty_database: Database, connection: asyncpg.Connection
):
    feed = stream_changes(empty_database.dsn(), publication="heard", slot_prefix="test")
    async with aclosing(feed):
        await anext(feed)
        for number in range(20):  # 10 MB, more than the sockets between them hold.
            await connection.execute(
                "insert into fruit select $1 + i, 'apple', repeat('x', 500) from generate_series(1, 1000) i",
                number * 1_000,
            )
        sizes: list[int] = []
        while len(sizes) < 20:
            event = await anext(feed)
            assert not isinstance(event, Started)
            if isinstance(event, Transaction):
                sizes.append(len(event.changes))
    assert sizes == [1_000] * 20
