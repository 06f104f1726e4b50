"""What derived fields cost those who write: likes that their post counts, beside likes that nobody counts.

Four embedded databases hold the same posts and likes. In the first nothing is derived. In the next two every
post counts its likes, and in the second of these also adds them up and shows the last one, all by generated
triggers. In the last it counts by the trigger for each row that one would write by hand. Likes of random
posts are inserted and taken back by several connections, each in a transaction of its own; then many are
loaded and removed at once. The databases take turns, so that a busy moment strikes them alike; the figures
are medians of the rounds.
"""

from __future__ import annotations

import asyncio
import io
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import SUPERUSER, Cluster
from bench.result import Cell, Result
from bench.result import Table as Figures
from schema.compile.audits import compile_audits
from schema.compile.migration import render_migration
from schema.language import Catalog, Index, Ref, Table, Timestamp, count_of, last_of, sum_of

POSTS = 10_000
CONNECTIONS = 8
SECONDS = 0.5
ROUNDS, LOADS = 3, 2  # The first round only warms up.
LOADED, LOADED_POSTS = 100_000, 1_000
SPREAD_RATIO_MIN, LOAD_RATIO_MAX, LOAD_SPEEDUP_MIN = 0.5, 1.5, 3.0

_BY_HAND = """
    create function count_like() returns trigger language plpgsql as $$
    begin
        if tg_op = 'INSERT' then
            update public.posts set like_count = like_count + 1 where id = new.post_id;
        else
            update public.posts set like_count = like_count - 1 where id = old.post_id;
        end if;
        return null;
    end $$;
    create trigger count_like after insert or delete on public.likes
        for each row execute function count_like();
"""


class Post(Table, name="posts"):
    """What is liked; the catalogs that count have another of this name."""

    content: str
    like_count: int = 0


class Like(Table, name="likes"):
    """One like."""

    post_id: Ref[Post]
    weight: int = 1

    indexes = (Index("by_post_id", "post_id", "created_at"),)


def _counting() -> Catalog:
    class Post(Table, name="posts"):
        content: str
        like_count: int = count_of("likes", by="post_id")

    return Catalog(Post, Like)


def _remembering() -> Catalog:
    class Post(Table, name="posts"):
        content: str
        like_count: int = count_of("likes", by="post_id")
        weight: int = sum_of("likes.weight", by="post_id")
        last_liked_at: Timestamp | None = last_of("likes.created_at", by="post_id")

    return Catalog(Post, Like)


@dataclass
class Way:
    """One of the databases, and what it was measured at: samples by what was done."""

    name: str
    catalog: Catalog
    further: str = ""
    owner: asyncpg.Connection | None = None
    writers: Sequence[asyncpg.Connection] = ()
    posts: Sequence[UUID] = ()
    samples: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def note(self, what: str, figure: float) -> None:
        """Keep one sample."""
        self.samples.setdefault(what, []).append(figure)

    def figure(self, what: str) -> float:
        """The median of the rounds."""
        return median(self.samples[what])

    @property
    def connection(self) -> asyncpg.Connection:
        assert self.owner is not None, self.name
        return self.owner


async def measure() -> Result:
    ways = [
        Way("nothing derived", Catalog(Post, Like)),
        Way("count", _counting()),
        Way("count, sum and last", _remembering()),
        Way("count by hand, for each row", Catalog(Post, Like), _BY_HAND),
    ]
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = await stack.enter_async_context(Cluster.start(directory))
        await bootstrap(cluster.dsn(SUPERUSER))
        for number, way in enumerate(ways):
            await _prepare(way, cluster, f"way_{number}", stack)
        for number in range(ROUNDS):
            for way in ways:
                await _write(way, random.Random(number))
        for way in ways:
            way.samples = {what: samples[1:] for what, samples in way.samples.items()}
        for number in range(LOADS):
            # By hand it takes longer than all others together: once will do.
            for way in ways if number == 0 else ways[:-1]:
                await _load(way, random.Random(number))
        for way in ways[:3]:
            for audit in compile_audits(way.catalog):
                assert await way.connection.fetch(audit.sql) == [], audit.field
    return _result(ways)


async def _prepare(way: Way, cluster: Cluster, name: str, stack: AsyncExitStack) -> None:
    administrator = await asyncpg.connect(cluster.dsn(SUPERUSER, "template1"))
    await administrator.execute(f"create database {name} template postgres owner postgres")
    await administrator.close()
    connections = [await asyncpg.connect(cluster.dsn(database=name)) for _ in range(CONNECTIONS + 1)]
    for connection in connections:
        stack.push_async_callback(connection.close)
    way.owner, *way.writers = connections
    await way.connection.execute(render_migration(way.catalog) + way.further)
    await way.connection.execute(
        f"insert into posts (content) select repeat('Some words. ', 20) from generate_series(1, {POSTS})"
    )
    way.posts = [row["id"] for row in await way.connection.fetch("select id from posts")]


async def _write(way: Way, dice: random.Random) -> None:
    """Insert likes one by one for a while, then take them back for a while."""
    written: list[UUID] = []

    async def like(writer: asyncpg.Connection) -> bool:
        insert = "insert into likes (post_id) values ($1) returning id"
        [like] = await writer.fetch(insert, dice.choice(way.posts))
        written.append(like["id"])
        return True

    async def unlike(writer: asyncpg.Connection) -> bool:
        if written:
            await writer.execute("delete from likes where id = $1", written.pop())
        return bool(written)

    way.note("inserts_per_s", await _rate(way.writers, like))
    way.note("deletes_per_s", await _rate(way.writers, unlike))
    await _tidy(way.connection)


async def _load(way: Way, dice: random.Random) -> None:
    """Load many likes by one statement, and remove them by another."""
    liked = way.posts[:LOADED_POSTS]
    rows = "".join(f"{dice.choice(liked)}\n" for _ in range(LOADED)).encode()
    began_s = time.monotonic()
    await way.connection.copy_to_table(
        "likes", schema_name="public", columns=["post_id"], source=io.BytesIO(rows)
    )
    loaded_s = time.monotonic()
    await way.connection.execute("delete from likes")
    way.note("copy_s", loaded_s - began_s)
    way.note("delete_s", time.monotonic() - loaded_s)
    await _tidy(way.connection)


async def _tidy(connection: asyncpg.Connection) -> None:
    """Leave nothing dead behind that the next measurement would meet."""
    await connection.execute("truncate likes")
    await connection.execute("vacuum (full, analyze) posts")


async def _rate(
    writers: Sequence[asyncpg.Connection], step: Callable[[asyncpg.Connection], Awaitable[bool]]
) -> float:
    """How often a second all writers together do `step`, for a while, or until one has nothing to do."""
    done = 0
    began_s = time.monotonic()

    async def work(writer: asyncpg.Connection) -> None:
        nonlocal done
        while time.monotonic() - began_s < SECONDS and await step(writer):
            done += 1

    await asyncio.gather(*map(work, writers))
    return done / (time.monotonic() - began_s)


def _result(ways: list[Way]) -> Result:
    plain = ways[0]
    by_hand = ways[-1]

    def one_by_one(way: Way) -> dict[str, Cell]:
        return {
            "posts": way.name,
            **{what: round(way.figure(what)) for what in ("inserts_per_s", "deletes_per_s")},
            "inserts_of_plain": round(way.figure("inserts_per_s") / plain.figure("inserts_per_s"), 2),
            "deletes_of_plain": round(way.figure("deletes_per_s") / plain.figure("deletes_per_s"), 2),
        }

    def at_once(way: Way) -> dict[str, Cell]:
        return {
            "posts": way.name,
            **{what: round(way.figure(what), 2) for what in ("copy_s", "delete_s")},
            "copy_of_plain": round(way.figure("copy_s") / plain.figure("copy_s"), 2),
            "faster_than_by_hand": round(_both(by_hand) / _both(way), 1),
        }

    return Result(
        (
            Figures(f"one at a time, {CONNECTIONS} connections, {POSTS} posts", tuple(map(one_by_one, ways))),
            Figures(f"{LOADED} likes of {LOADED_POSTS} posts at once", tuple(map(at_once, ways))),
        ),
        (
            f"A counted like is to be inserted at least {SPREAD_RATIO_MIN} times as fast as a plain one; many"
            f" at once are to take at most {LOAD_RATIO_MAX} times as long as plain ones, and to be loaded and"
            f" removed at least {LOAD_SPEEDUP_MIN} times as fast as by hand.",
        ),
    )


def _both(way: Way) -> float:
    return way.figure("copy_s") + way.figure("delete_s")
