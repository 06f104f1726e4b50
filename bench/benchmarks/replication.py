"""The change feed alone: from COMMIT to a Python callback, and rows a second when it has to catch up.

A writer inserts rows of eight columns into an embedded PostgreSQL. Latency is measured on one paced writer,
from just before COMMIT is sent and from its acknowledgement. Throughput is measured on a backlog: the feed
is not read while the writer loads, then read until the last row, decoded to Python values.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

import asyncpg

from backend.devstack.cluster import SUPERUSER, Cluster
from backend.postgres import ChangeFeed, Started, Transaction, stream_changes
from bench.result import Cell, Result, Table, spread_ms

COMMITS = 500
PAUSE_S = 0.005
WARM_UP = 20
BACKLOG_ROWS = 40_000

_SET_UP = """
    create table posts (
        id uuid primary key default gen_random_uuid(),
        space_id uuid not null default gen_random_uuid(),
        author_id uuid not null default gen_random_uuid(),
        content text not null default repeat('word ', 20),
        author_name text default 'Ada',
        like_count bigint not null default 7,
        created_at timestamptz not null default clock_timestamp(),
        deleted_at timestamptz
    );
    create publication bench for table posts;
"""


async def measure() -> Result:
    with tempfile.TemporaryDirectory() as directory:
        async with Cluster.start(Path(directory)) as cluster:
            dsn = cluster.dsn(SUPERUSER)
            connection = await asyncpg.connect(dsn)
            await connection.execute(_SET_UP)
            latency = Table("COMMIT to callback, one paced writer", await _latency(dsn, connection))
            throughput = [await _throughput(dsn, connection, rows) for rows in (1, 100)]
            await connection.close()
    return Result((latency, Table("catching up with a backlog", tuple(throughput))))


async def _latency(dsn: str, connection: asyncpg.Connection) -> tuple[dict[str, Cell], ...]:
    heard_at: asyncio.Queue[float] = asyncio.Queue()

    async def listen(feed: ChangeFeed) -> None:
        async for event in feed:
            if isinstance(event, Transaction | Started):
                heard_at.put_nowait(time.monotonic())

    since_sent: list[float] = []
    since_acknowledged: list[float] = []
    async with aclosing(stream_changes(dsn, publication="bench", slot_prefix="bench")) as feed:
        listening = asyncio.create_task(listen(feed))
        await heard_at.get()  # Started.
        for _ in range(WARM_UP + COMMITS):
            await connection.execute("begin; insert into posts default values")
            sent = time.monotonic()
            await connection.execute("commit")
            acknowledged = time.monotonic()
            heard = await heard_at.get()
            since_sent.append(heard - sent)
            since_acknowledged.append(max(heard - acknowledged, 0.0))
            await asyncio.sleep(PAUSE_S)
        listening.cancel()
        await asyncio.wait([listening])
    return (
        {"from": "COMMIT sent", **spread_ms(since_sent[WARM_UP:])},
        {"from": "COMMIT acknowledged", **spread_ms(since_acknowledged[WARM_UP:])},
    )


async def _throughput(dsn: str, connection: asyncpg.Connection, rows_per_transaction: int) -> dict[str, Cell]:
    async with aclosing(stream_changes(dsn, publication="bench", slot_prefix="bench")) as feed:
        await anext(feed)
        await connection.execute(f"""
            do $$ begin
                for batch in 1..{BACKLOG_ROWS // rows_per_transaction} loop
                    insert into posts (like_count) select i from generate_series(1, {rows_per_transaction}) i;
                    commit;
                end loop;
            end $$
        """)
        rows = 0
        began, cpu_began = time.monotonic(), time.process_time()
        while rows < BACKLOG_ROWS:
            event = await anext(feed)
            if isinstance(event, Transaction):
                rows += len(event.changes)
        took_s, cpu_s = time.monotonic() - began, time.process_time() - cpu_began
    return {
        "rows_per_transaction": rows_per_transaction,
        "rows": rows,
        "rows_per_s": round(rows / took_s),
        "python_us_per_row": round(cpu_s / rows * 1e6, 2),
    }
