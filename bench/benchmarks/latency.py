"""From COMMIT to the browser: how soon a like written in plain SQL shows in every open feed.

The whole stack runs: PostgreSQL, the gateway and the service. A writer commits likes, paced, in transactions
of one insert; a trigger counts them. N websockets follow the page of 20 posts the like belongs to. A sample
is the time from just before COMMIT is sent until the first frame with that count reaches one of them.
Between every two such commits another one goes to a space nobody follows; it gives the floor, the time until
a bare change feed with nothing behind it hears of it.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from backend.postgres import ChangeFeed, Transaction, stream_changes
from bench.community import Person, create_space, sign_up
from bench.result import Cell, Result, Table, percentile, spread_ms
from bench.stack import RunningStack, run_stack
from bench.subscriber import POSTS_PER_PAGE, Subscriber, subscribe

PEOPLE = 100
WARM_UP = 10  # Commits before the first sample: statements get prepared, pools filled.
PERIOD_S = 0.05  # 20 commits a second of each kind.
SEEN_TIMEOUT_S = 10.0  # A commit unseen for so long will not be seen: the run fails.

NOTES = (
    "Writer, subscribers and bare feed share one Python process, and the machine with the servers.",
    "Each commit waits until the one before it was seen by all, so nothing coalesces.",
)


@dataclass(frozen=True)
class Scenario:
    """So many `subscribers`, who are so many `people`; `commits` of each kind are measured."""

    subscribers: int
    people: int
    commits: int


# One person's sockets share each run of a query; a hundred people have a hundred runs.
SCENARIOS = (Scenario(1, 1, commits=150), Scenario(100, 1, commits=80), Scenario(100, PEOPLE, commits=30))


async def measure() -> Result:
    async with AsyncExitStack() as open_things:
        stack = await open_things.enter_async_context(run_stack())
        people = await sign_up(stack, people=PEOPLE)
        connection = await asyncpg.connect(stack.database_url)
        open_things.push_async_callback(connection.close)
        floor = await open_things.enter_async_context(bare_feed(stack))
        bench = Bench(stack, connection, floor, people)
        rows = [await _play(scenario, bench) for scenario in SCENARIOS]
    return Result((Table("COMMIT to the first frame that shows it", tuple(rows)),), NOTES)


@dataclass(frozen=True)
class Bench:
    """What the scenarios share."""

    stack: RunningStack
    writer: asyncpg.Connection
    floor: Floor
    people: list[Person]


async def _play(scenario: Scenario, bench: Bench) -> dict[str, Cell]:
    followed, posts = await create_space(bench.writer, author=bench.people[0], posts=POSTS_PER_PAGE)
    _, other_posts = await create_space(bench.writer, author=bench.people[0], posts=POSTS_PER_PAGE)
    async with AsyncExitStack() as sockets:
        listeners = [
            await sockets.enter_async_context(
                subscribe(
                    bench.stack.service_url,
                    token=bench.people[number % scenario.people].token,
                    space=followed,
                )
            )
            for number in range(scenario.subscribers)
        ]
        likes = zip(likes_of(posts, bench.people), likes_of(other_posts, bench.people), strict=True)
        seen_s: list[list[float]] = []
        heard_s: list[float] = []
        for like, like_elsewhere in itertools.islice(likes, WARM_UP + scenario.commits):
            seen_s.append(await _time_until_seen(bench, listeners, like))
            await asyncio.sleep(PERIOD_S / 2)
            heard_s.append(await _time_until_heard(bench, like_elsewhere))
            await asyncio.sleep(PERIOD_S / 2)
    seen = [sample for commit in seen_s[WARM_UP:] for sample in commit]
    heard = heard_s[WARM_UP:]
    floor = spread_ms(heard)
    return {
        "subscribers": scenario.subscribers,
        "people": scenario.people,
        **spread_ms(seen),
        "floor_p50_ms": floor["p50_ms"],
        "floor_p99_ms": floor["p99_ms"],
        "times_floor": round(percentile(seen, 50) / percentile(heard, 50), 1),
    }


async def _time_until_seen(bench: Bench, listeners: list[Subscriber], like: Like) -> list[float]:
    """Seconds from COMMIT until each of `listeners` has the frame."""
    arrivals = [listener.expect(like.post, like_count=like.like_count) for listener in listeners]
    sent_at, _ = await commit_like(bench.writer, like)
    async with asyncio.timeout(SEEN_TIMEOUT_S):
        return [arrived_at - sent_at for arrived_at in await asyncio.gather(*arrivals)]


async def _time_until_heard(bench: Bench, like: Like) -> float:
    """Seconds from COMMIT until the bare feed delivers it."""
    sent_at, xid = await commit_like(bench.writer, like)
    async with asyncio.timeout(SEEN_TIMEOUT_S):
        return await bench.floor.heard_at(xid) - sent_at


@asynccontextmanager
async def bare_feed(stack: RunningStack) -> AsyncIterator[Floor]:
    """A feed of the same publication as the service's, begun."""
    floor = Floor()
    feed = stream_changes(stack.database_url, publication="folkmoot", slot_prefix="bench")
    async with aclosing(feed):
        await anext(feed)
        listening = asyncio.create_task(floor.listen(feed))
        try:
            yield floor
        finally:
            listening.cancel()
            await asyncio.wait([listening])


class Floor:
    """A bare change feed: when did it hear of which transaction."""

    def __init__(self) -> None:
        self._heard: dict[int, asyncio.Future[float]] = {}

    async def listen(self, feed: ChangeFeed) -> None:
        async for event in feed:
            if isinstance(event, Transaction):
                heard = self._future(event.xid)
                if not heard.done():
                    heard.set_result(time.monotonic())

    async def heard_at(self, xid: int) -> float:
        return await self._future(xid)

    def _future(self, xid: int) -> asyncio.Future[float]:
        return self._heard.setdefault(xid, asyncio.get_running_loop().create_future())


@dataclass(frozen=True)
class Like:
    """One like to be committed, and how many the post has then."""

    post: UUID
    person: Person
    like_count: int


def likes_of(posts: list[UUID], people: list[Person]) -> Iterator[Like]:
    """Everybody likes the first post, one after another, then everybody the second..."""
    for post in posts:
        for like_count, person in enumerate(people, start=1):
            yield Like(post, person, like_count)


async def commit_like(connection: asyncpg.Connection, like: Like) -> tuple[float, int]:
    """When COMMIT was sent, and the transaction's id (32 bits)."""
    await connection.execute("begin")
    xid = await connection.fetchval(
        "insert into public.likes (user_id, target_type, target_id) values ($1, 'post', $2)"
        " returning pg_current_xact_id()::text",
        like.person.id,
        like.post,
    )
    sent_at = time.monotonic()
    await connection.execute("commit")
    return sent_at, int(xid or 0) & 0xFFFFFFFF
