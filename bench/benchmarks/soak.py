"""What becomes of a row that everybody writes to: likes of one post, for as long as one cares to wait.

Two embedded databases hold the same posts, each of which counts its likes by the generated triggers. One has
the storage settings that the schema gives a table with counters: room on every page, and an early vacuum. The
other has PostgreSQL's own. Many connections like one and the same post. For the middle third of the time
somebody holds a snapshot, as a dump or a long report does: until it ends no old version of the row can be
thrown away. The rates before, meanwhile and at the end are compared. PostgreSQL looks for work to vacuum
every second here instead of every minute, so that minutes pass in seconds.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import asyncpg

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import SUPERUSER, Cluster
from bench.result import Cell, Result
from bench.result import Table as Figures
from schema.compile.audits import compile_audits
from schema.compile.migration import render_migration
from schema.language import Catalog, Index, Ref, Table, count_of

POSTS = 50_000
CONNECTIONS = 16
SECONDS = 18.0  # For each database. `measure(600)` is the ten minutes that a release deserves.
PARTS = 6  # The first of these parts of the time, the one before the snapshot ends, and the last one count.


class Post(Table, name="posts"):
    """What is liked."""

    content: str
    like_count: int = count_of("likes", by="post_id")


class Like(Table, name="likes"):
    """One like."""

    post_id: Ref[Post]

    indexes = (Index("by_post_id", "post_id", "created_at"),)


CATALOG = Catalog(Post, Like)
_AS_USUAL = """
    alter table posts reset (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
        autovacuum_vacuum_cost_delay);
"""


@dataclass
class Soak:
    """One of the databases, and when likes were written to it."""

    name: str
    further: str
    moments_s: list[float] = field(default_factory=list[float])


async def measure(seconds: float = SECONDS) -> Result:
    soaks = [Soak("with room and early vacuum", ""), Soak("as usual", _AS_USUAL)]
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = await stack.enter_async_context(Cluster.start(directory))
        await bootstrap(cluster.dsn(SUPERUSER))
        superuser = await asyncpg.connect(cluster.dsn(SUPERUSER, "template1"))
        await superuser.execute("alter system set autovacuum_naptime = '1s'")
        await superuser.execute("select pg_reload_conf()")
        rows: list[dict[str, Cell]] = []
        for number, soak in enumerate(soaks):
            await superuser.execute(f"create database soak_{number} template postgres owner postgres")
            rows.append(await _soak(soak, cluster.dsn(database=f"soak_{number}"), seconds))
        await superuser.close()
    return Result((Figures(f"{CONNECTIONS} connections like one post", tuple(rows)),))


async def _soak(soak: Soak, dsn: str, seconds: float) -> dict[str, Cell]:
    async with AsyncExitStack() as stack:
        connections = [await asyncpg.connect(dsn) for _ in range(CONNECTIONS + 2)]
        for connection in connections:
            stack.push_async_callback(connection.close)
        owner, reader, *writers = connections
        await owner.execute(render_migration(CATALOG) + soak.further)
        await owner.execute(
            f"insert into posts (content) select repeat('Some words. ', 20) from generate_series(1, {POSTS})"
        )
        await owner.execute("vacuum analyze posts")
        [post] = await owner.fetch("select id from posts limit 1")
        began_s = time.monotonic()
        backends = [writer.get_server_pid() for writer in writers]
        spending = asyncio.create_task(_spending(backends, seconds))
        looking = asyncio.create_task(_look(reader, seconds))
        await asyncio.gather(*(_like(soak, writer, post["id"], began_s, seconds) for writer in writers))
        await looking
        spent_s = await spending
        for audit in compile_audits(CATALOG):
            assert await owner.fetch(audit.sql) == [], audit.field
        [found] = await owner.fetch(
            "select autovacuum_count, round(100.0 * n_tup_hot_upd / greatest(n_tup_upd, 1)) as hot"
            " from pg_stat_user_tables where relname = 'posts'"
        )
    parts = {"first": 0, "meanwhile": PARTS * 2 // 3 - 1, "last": PARTS - 1}
    likes = {name: _likes(soak.moments_s, seconds, part) for name, part in parts.items()}
    return {
        "posts": soak.name,
        **{f"{name}_per_s": round(count / (seconds / PARTS)) for name, count in likes.items()},
        **{f"{name}_cpu_us": round(spent_s[part] / likes[name] * 1e6) for name, part in parts.items()},
        "vacuums": found["autovacuum_count"],
        "hot_percent": int(found["hot"]),
    }


async def _spending(backends: Sequence[int], seconds: float) -> list[float]:
    """The CPU seconds that these processes spend in each part of the time."""
    spent_s = [_cpu_s(backends)]
    for _ in range(PARTS):
        await asyncio.sleep(seconds / PARTS)
        spent_s.append(_cpu_s(backends))
    return [after - before for before, after in pairwise(spent_s)]


def _cpu_s(backends: Sequence[int]) -> float:
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in backends]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


async def _look(reader: asyncpg.Connection, seconds: float) -> None:
    """Hold one snapshot for the middle third of the time."""
    await asyncio.sleep(seconds / 3)
    async with reader.transaction(isolation="repeatable_read", readonly=True):
        await reader.fetchval("select count(*) from posts")
        await asyncio.sleep(seconds / 3)


async def _like(soak: Soak, writer: asyncpg.Connection, post: UUID, began_s: float, seconds: float) -> None:
    while (moment_s := time.monotonic() - began_s) < seconds:
        await writer.execute("insert into likes (post_id) values ($1)", post)
        soak.moments_s.append(moment_s)


def _likes(moments_s: Sequence[float], seconds: float, part: int) -> int:
    """How many likes there were in one of the equal parts of the time."""
    return sum(int(moment_s * PARTS / seconds) == part for moment_s in moments_s)
