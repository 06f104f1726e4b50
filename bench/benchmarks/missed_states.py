"""Final states that a subscriber misses: 16 writers at once, many subscribers, and things that break.

In every round 16 connections commit to posts of many spaces at the same moment, each in several transactions
of plain SQL; then they rest, and every subscriber must come to hold what was committed last. A commit that
the service noticed before it could be seen, and then forgot, shows as a subscriber that never gets there: no
later commit of the round heals it. In the second half of the rounds something breaks every now and then: the
replication stream is ended, connections of the service to PostgreSQL are, sockets are cut, the service is
killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench.convex import feed_of, greeting, pages_in, sync_url
from bench.result import Cell, Result, Table
from bench.stack import Service, Supabase, run_service, run_supabase

DELIVERIES = 1_000_000  # Some minutes.
DELIVERIES_QUICKLY = 20_000
WRITERS = 16
COMMITS_A_ROUND = 3  # Of each writer, to posts of its own: they race, and do not wait for each other.
SPACES = 32
POSTS_A_SPACE = 4
SUBSCRIBERS = 640
ROUNDS_A_FAULT = 20
PATIENCE_S = 60.0  # Hundreds of sockets that come back take seconds; who holds an old state by then keeps it.
RECONNECT_S = 0.1
CONNECTING_MAX = 32  # At once: a thousand handshakes in one moment would measure something else.

_WRITE = """
    create procedure public.bench_write(chosen uuid[], versions int[]) language plpgsql as $$
    begin
        for place in 1..cardinality(chosen) loop
            update public.posts set content = versions[place]::text where id = chosen[place];
            commit;
        end loop;
    end $$;
"""
_POSTS = """
    insert into public.posts (space_id, author_id, content)
    select space.id, $1, '0' from public.spaces as space, generate_series(1, $2::int)
    where space.name = 'Bench' returning id, space_id
"""
_END_STREAM = "select pg_terminate_backend(active_pid) from pg_replication_slots where active"
_END_CONNECTIONS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> all ($1::int[])
        and random() < 0.5
"""

Fault: TypeAlias = Callable[[], Awaitable[None]]


@dataclass
class _Subscriber:
    """Follows one space, whatever happens to its connection."""

    bench: _Bench
    space: UUID
    held: dict[str, str] = field(default_factory=dict)
    deliveries: int = 0
    socket: ClientConnection | None = None

    async def live(self) -> None:
        while True:
            with suppress(OSError, WebSocketException):
                async with self.bench.connecting:
                    self.socket = await connect(
                        sync_url(self.bench.url),
                        compression=None,
                        proxy=None,
                        ping_interval=None,
                    )
                followed = feed_of(self.space, posts=2 * POSTS_A_SPACE)
                for message in greeting([followed], token=None):
                    await self.socket.send(json.dumps(message))
                async for frame in self.socket:
                    self._take(frame)
            await asyncio.sleep(RECONNECT_S)

    def _take(self, frame: str | bytes) -> None:
        for page in pages_in(frame):
            held = {post.id: post.content for post in page}
            if held != self.held:
                self.held = held
                self.deliveries += 1
                self.bench.look_at(self)


class _Bench:
    """The service under load. `expected` is what each space shows once all is told."""

    def __init__(self, supabase: Supabase, owner: asyncpg.Connection) -> None:
        self.chance = random.Random(0)
        self.connecting = asyncio.Semaphore(CONNECTING_MAX)
        self.url = ""
        self.expected: dict[UUID, dict[str, str]] = {}
        self.writers: list[asyncpg.Connection] = []
        self.posts: list[list[tuple[UUID, UUID]]] = []  # Of each writer: space and post.
        self.subscribers: list[_Subscriber] = []
        self.faults = 0
        self._supabase, self._owner = supabase, owner
        self._service: Service | None = None
        self._version = 0
        self._late: set[int] = set()  # Numbers of subscribers that do not hold what is expected yet.
        self._all_there = asyncio.Event()

    @property
    def deliveries(self) -> int:
        return sum(one.deliveries for one in self.subscribers)

    async def populate(self, stack: AsyncExitStack) -> None:
        author = uuid4()
        await self._owner.execute("insert into auth.users (id, email) values ($1, 'a@example.com')", author)
        await self._owner.execute(
            "insert into public.spaces (name, visibility)"
            " select 'Bench', 'public' from generate_series(1, $1)",
            SPACES,
        )
        rows = await self._owner.fetch(_POSTS, author, POSTS_A_SPACE)
        await self._owner.execute(_WRITE)
        self.posts = [[] for _ in range(WRITERS)]
        for number, (post, space) in enumerate(rows):
            self.expected.setdefault(space, {})[str(post)] = "0"
            self.posts[number % WRITERS].append((space, post))
        for _ in range(WRITERS):
            writer = await asyncpg.connect(self._supabase.database_url)
            stack.push_async_callback(writer.close)
            self.writers.append(writer)

    async def start_service(self, stack: AsyncExitStack) -> None:
        self._service = await stack.enter_async_context(run_service(self._supabase))
        self.url = self._service.url

    def look_at(self, subscriber: _Subscriber) -> None:
        if self._late and subscriber.held == self.expected[subscriber.space]:
            self._late.discard(id(subscriber))
            if not self._late:
                self._all_there.set()

    async def everybody_holds_it(self) -> int:
        """Wait until they do; how many do not when patience ends."""
        self._late = {id(one) for one in self.subscribers if one.held != self.expected[one.space]}
        self._all_there.clear()
        if self._late:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_there.wait(), PATIENCE_S)
        missed, self._late = len(self._late), set()
        return missed

    async def round(self, fault: Fault) -> int:
        """All writers at once, and `fault` among them; how many subscribers miss what was last."""
        writing = [self._write(writer, posts) for writer, posts in zip(self.writers, self.posts, strict=True)]
        await asyncio.gather(fault(), *writing)
        return await self.everybody_holds_it()

    async def _write(self, writer: asyncpg.Connection, posts: Sequence[tuple[UUID, UUID]]) -> None:
        chosen = self.chance.sample(posts, COMMITS_A_ROUND)
        self._version += COMMITS_A_ROUND
        versions = range(self._version - COMMITS_A_ROUND, self._version)
        await writer.execute("call public.bench_write($1, $2)", [post for _, post in chosen], list(versions))
        for (space, post), version in zip(chosen, versions, strict=True):
            self.expected[space][str(post)] = str(version)

    # --- what breaks ---

    async def nothing(self) -> None:
        pass

    async def end_stream(self) -> None:
        await self._owner.execute(_END_STREAM)

    async def end_connections(self) -> None:
        ours = [one.get_server_pid() for one in (self._owner, *self.writers)]
        await self._owner.execute(_END_CONNECTIONS, ours)

    async def cut_sockets(self) -> None:
        for one in self.chance.sample(self.subscribers, SUBSCRIBERS // 4):
            if one.socket is not None:
                one.socket.transport.abort()

    async def kill_service(self, stack: AsyncExitStack) -> None:
        assert self._service is not None
        os.kill(self._service.pid, signal.SIGKILL)
        await self.start_service(stack)


async def measure() -> Result:
    return await _measure(DELIVERIES)


async def measure_quickly() -> Result:
    return await _measure(DELIVERIES_QUICKLY)


async def _measure(deliveries: int) -> Result:
    async with AsyncExitStack() as stack:
        supabase = await stack.enter_async_context(run_supabase())
        owner = await asyncpg.connect(supabase.superuser_url)
        stack.push_async_callback(owner.close)
        bench = _Bench(supabase, owner)
        await bench.populate(stack)
        await bench.start_service(stack)
        spaces = list(bench.expected)
        bench.subscribers = [_Subscriber(bench, spaces[n % SPACES]) for n in range(SUBSCRIBERS)]
        following = [asyncio.create_task(one.live()) for one in bench.subscribers]
        try:
            assert await bench.everybody_holds_it() == 0, "The subscribers did not all connect."
            rows = [
                await _half(bench, "nothing breaks", deliveries // 2, []),
                await _half(
                    bench,
                    "something breaks",
                    deliveries - deliveries // 2,
                    [
                        bench.end_stream,
                        bench.end_connections,
                        bench.cut_sockets,
                        lambda: bench.kill_service(stack),
                    ],
                ),
            ]
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    title = f"{WRITERS} writers, {SUBSCRIBERS} subscribers on {SPACES} spaces"
    return Result((Table(title, tuple(rows)),))


async def _half(bench: _Bench, name: str, deliveries: int, faults: Sequence[Fault]) -> dict[str, Cell]:
    """Rounds until so much was delivered."""
    began_s, begun_with = time.monotonic(), bench.deliveries
    rounds = missed = broken = 0
    while bench.deliveries - begun_with < deliveries:
        fault = bench.nothing
        if faults and rounds % ROUNDS_A_FAULT == 0:
            fault = faults[broken % len(faults)]
            broken += 1
        missed += await bench.round(fault)
        rounds += 1
    return {
        "rounds": name,
        "count": rounds,
        "commits": rounds * WRITERS * COMMITS_A_ROUND,
        "faults": broken,
        "deliveries": bench.deliveries - begun_with,
        "final_states": rounds * SUBSCRIBERS,
        "missed": missed,
        "seconds": round(time.monotonic() - began_s),
    }
