"""Likes: how many a second, spread over many posts and all on one, beside pgbench with the same SQL.

Everything runs on one server, one after another. pgbench likes in tables made by hand (insert, add one to the
post's counter, commit) and in Folkmoot's own tables, where triggers count; what loses against another
transaction is tried again. Folkmoot runs `posts:toggle_like`, whose waiting calls are settled together, and
an ordinary mutation that inserts a like: under row rules, each call exactly once by its request id. First in
this process, through the service's own runtime; then over WebSocket, service and callers each in a process
of their own. After each run every counter is compared with the likes there are.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg

from backend.devstack.cluster import SUPERUSER
from backend.engine.ports import Call, MutationCall
from backend.engine.versions import Identity
from backend.handlers import posts
from backend.runtime.context import MutationContext
from backend.runtime.execution import Execution
from backend.runtime.loop import patient_collector
from backend.runtime.registration import Registry, mutation
from bench.load.callers import CallAway, Called
from bench.load.child import Child
from bench.pgbench import run_pgbench
from bench.population import Population, populate_plain_tables
from bench.result import Cell, Result, Table, percentile
from bench.systems.folkmoot import Folkmoot, client
from schema.language import Id
from schema.tables import CATALOG, Like, Post

POPULATION = Population(spaces=100, people=100_000, posts=10_000)
LIKES = 20_000  # That are there before each run: nobody measures an empty table. Nobody else's like is one.
LIKERS = POPULATION.people - LIKES  # More than like in one run of pgbench: nobody likes one post twice.
HOT = 0  # The number of the post that everybody likes.
CALLERS, CROWD = 64, 512
SECONDS, QUICK_SECONDS, WARM_UP_S = 3.0, 1.0, 1.0
HOT_RATIO_MIN, HOT_ALONE_RATIO_MIN, HOT_P99_MS_MAX, SPREAD_SHARE_MIN = 50.0, 5.0, 10.0, 0.6
PLAIN = "plain"

_FOREIGN_LIKES = f"""
    insert into public.likes (user_id, target_type, target_id)
    select md5('person ' || n)::uuid, 'post', md5('post ' || 1 + (n * 7) % {POPULATION.posts - 1})::uuid
    from generate_series(0, $1::int - 1) as n
"""
_COUNT = """
    update public.posts as one set like_count = coalesce(counted.n, 0)
    from public.posts as other left join (
        select target_id, count(*) as n from public.likes group by 1
    ) as counted on counted.target_id = other.id
    where other.id = one.id and one.like_count is distinct from coalesce(counted.n, 0)
"""
_COUNTED = """
    select sum(one.like_count) as counted, (select count(*) from public.likes) as likes,
        count(*) filter (where one.like_count <> coalesce(counted.n, 0)) as wrong
    from public.posts as one left join (
        select target_id, count(*) as n from public.likes where target_type = 'post' group by 1
    ) as counted on counted.target_id = one.id
"""


@dataclass(frozen=True)
class Run:
    """What came of one way to like: who, where, and how long every like took."""

    way: str
    where: str
    callers: int
    per_s: float
    latencies_s: Sequence[float]
    retries: int = 0

    def row(self) -> dict[str, Cell]:
        return {
            "likes": self.way,
            "callers": self.callers,
            "per_s": round(self.per_s),
            "p50_ms": round(percentile(self.latencies_s, 50) * 1_000, 2),
            "p99_ms": round(percentile(self.latencies_s, 99) * 1_000, 2),
            "retries": self.retries,
        }


@mutation
async def like(ctx: MutationContext, post_id: Id[Post]) -> None:
    """An ordinary mutation, each in a transaction of its own."""
    await ctx.db.insert(Like, user_id=ctx.auth.user_id, target_type="post", target_id=post_id)


async def measure() -> Result:
    return await _measure(SECONDS)


async def measure_quickly() -> Result:
    return await _measure(QUICK_SECONDS)


async def _measure(seconds: float) -> Result:
    async with Folkmoot.open(POPULATION) as folkmoot:
        ours = folkmoot.supabase.database_url
        plain = await _plain_database(folkmoot)
        runs = [run for dsn in (plain, ours) for run in await _run_pgbench(dsn, dsn is plain, seconds)]
        runs += await _run_in_process(folkmoot, seconds)
        runs += await _run_over_websocket(folkmoot, seconds)
    return _result(runs)


async def _plain_database(folkmoot: Folkmoot) -> str:
    connection = await asyncpg.connect(folkmoot.supabase.superuser_url)
    await connection.execute(f"create database {PLAIN} owner postgres")
    await connection.close()
    dsn = f"{folkmoot.supabase.database_url.rpartition('/')[0]}/{PLAIN}"
    await populate_plain_tables(_superuser(dsn), POPULATION)
    return dsn


def _superuser(dsn: str) -> str:
    return dsn.replace("//postgres:", f"//{SUPERUSER}:", 1)


async def _restore(dsn: str) -> None:
    """The likes of others and no more, and nothing dead left behind that a run would meet."""
    connection = await asyncpg.connect(_superuser(dsn))
    await connection.execute("set session_replication_role = replica; truncate public.likes")
    await connection.execute(_FOREIGN_LIKES, LIKES)
    await connection.execute(_COUNT)
    await connection.execute("drop sequence if exists public.likers; create sequence public.likers")
    await connection.execute("vacuum (full, analyze) public.posts")
    await connection.execute("vacuum (analyze) public.likes")
    await connection.execute("checkpoint")
    await connection.close()


async def _check(dsn: str) -> None:
    """Every counter is right, whatever was done to it."""
    connection = await asyncpg.connect(_superuser(dsn))
    row = await connection.fetchrow(_COUNTED)
    await connection.close()
    assert row is not None
    assert (row["counted"], row["wrong"]) == (row["likes"], 0), dict(row)


# --- pgbench ---


async def _run_pgbench(dsn: str, is_plain: bool, seconds: float) -> list[Run]:
    runs: list[Run] = []
    for isolation in ("serializable", "read committed"):
        for where, clients in (("hot", 1), ("hot", CALLERS), ("spread", CALLERS)):
            await _restore(dsn)
            script = _script(isolation, is_plain=is_plain, hot=where == "hot")
            done = await run_pgbench(_superuser(dsn), script, clients=clients, seconds=seconds)
            await _check(dsn)
            way = f"pgbench, {'tables by hand' if is_plain else 'our tables'}, {isolation}"
            runs.append(Run(way, where, clients, done.per_s, done.latencies_s, done.retries))
    return runs


def _script(isolation: str, *, is_plain: bool, hot: bool) -> str:
    post = f"md5('post ' || {HOT if hot else ':post'})::uuid"
    liker = f"md5('person ' || {LIKES} + nextval('public.likers') % {LIKERS})::uuid"
    count = f"update public.posts set like_count = like_count + 1 where id = {post};\n" if is_plain else ""
    return (
        f"\\set post random(0, {POPULATION.posts - 1})\nbegin isolation level {isolation};\n"
        f"insert into public.likes (user_id, target_type, target_id) values ({liker}, 'post', {post});\n"
        f"{count}commit;\n"
    )


# --- Folkmoot ---


async def _run_in_process(folkmoot: Folkmoot, seconds: float) -> list[Run]:
    runs: list[Run] = []
    toggling, inserting = "posts:toggleLike", f"{__name__.replace('.', '/')}:like"
    together, alone = "settled together", "each by itself"
    plans = [
        (f"in process, {together}", toggling, where, callers)
        for where in ("hot", "spread")
        for callers in (CALLERS, CROWD)
    ]
    plans += [(f"in process, {alone}", inserting, "spread", callers) for callers in (16, CALLERS)]
    dsn = folkmoot.supabase.database_url
    async with _executing(dsn) as execution:
        people = itertools.cycle(range(POPULATION.people))
        for way, function, where, callers in plans:
            await _restore(dsn)
            targets = _targets(where)
            await _call_away(execution, function, targets, callers, people, WARM_UP_S)
            began_s = time.monotonic()
            latencies_s = await _call_away(execution, function, targets, callers, people, seconds)
            per_s = len(latencies_s) / (time.monotonic() - began_s)
            await _check(dsn)
            runs.append(Run(way, where, callers, per_s, latencies_s))
    return runs


@asynccontextmanager
async def _executing(dsn: str) -> AsyncIterator[Execution]:
    async def refuse(token: str) -> Identity:
        raise AssertionError(token)

    execution = Execution(
        dsn=dsn,
        registry=Registry.of(posts, sys.modules[__name__]),
        catalog=CATALOG,
        verify=refuse,
        cursor_secret=b"benchmark",
        observe=lambda _: None,
        production=True,
    )
    with patient_collector():  # As the service's own loop has it.
        async with execution.running():
            yield execution


def _targets(where: str) -> list[str]:
    numbers = range(POPULATION.posts) if where == "spread" else [HOT]
    chosen = [str(POPULATION.post(number)) for number in numbers]
    random.Random(1).shuffle(chosen)
    return chosen


async def _call_away(
    execution: Execution,
    function: str,
    targets: Sequence[str],
    callers: int,
    people: itertools.cycle[int],
    seconds: float,
) -> list[float]:
    """So many at a time, each of another person than the one before; how long every call took."""
    end, latencies_s = time.monotonic() + seconds, list[float]()
    targeted = itertools.cycle(targets)

    async def call_one_by_one() -> None:
        session = uuid4()
        for request in itertools.count():
            if (began_s := time.monotonic()) > end:
                return
            call = Call(function, f'{{"postId":"{next(targeted)}"}}')
            who = _identity(POPULATION.person(next(people)))
            outcome = await execution.mutate(MutationCall(call, who, session, request))
            latencies_s.append(time.monotonic() - began_s)
            # Whoever comes round again likes the same post twice by the ordinary mutation, which is refused.
            assert outcome.error is None or function.endswith(":like"), outcome.error

    await asyncio.gather(*(call_one_by_one() for _ in range(callers)))
    return latencies_s


def _identity(person: UUID) -> Identity:
    return Identity(person, {"sub": str(person), "role": "authenticated", "aud": "authenticated"})


async def _run_over_websocket(folkmoot: Folkmoot, seconds: float) -> list[Run]:
    runs: list[Run] = []
    dsn = folkmoot.supabase.database_url
    async with folkmoot.run() as running, Child.start("bench.load.callers") as child:
        for where in ("hot", "spread"):
            for callers in (CALLERS, CROWD):
                await _restore(dsn)
                people = [client(0, folkmoot.token_of(number), []) for number in range(callers)]
                question = CallAway(
                    running.dialect.host,
                    running.dialect.port,
                    people[0].path,
                    [person.greeting for person in people],
                    "posts:toggleLike",
                    _targets(where),
                    WARM_UP_S,
                    seconds,
                )
                called = await child.ask(question, Called)
                assert called.failed == 0, called.failed
                await _check(dsn)
                per_s = len(called.latencies_s) / called.took_s
                runs.append(Run("WebSocket, settled together", where, callers, per_s, called.latencies_s))
    return runs


# --- what it comes to ---


def _result(runs: Sequence[Run]) -> Result:
    hot = [run for run in runs if run.where == "hot"]
    spread = [run for run in runs if run.where == "spread"]
    return Result(
        (
            Table(f"all on one post, after {LIKES} likes of others", tuple(run.row() for run in hot)),
            Table(f"spread over {POPULATION.posts} posts", tuple(run.row() for run in spread)),
            Table("ratios", tuple(_ratios(runs))),
        ),
        (
            "Every like is another person's; over WebSocket the same people like and take it back.",
            "After every run every counter was what there were likes, or this would have ended there.",
        ),
    )


def _ratios(runs: Sequence[Run]) -> list[dict[str, Cell]]:
    def best(way: str, where: str, callers: Callable[[int], bool]) -> Run:
        fitting = [run for run in runs if way in run.way and run.where == where and callers(run.callers)]
        return max(fitting, key=lambda run: run.per_s)

    def of(claim: str, found: float, wanted: str) -> dict[str, Cell]:
        return {"claim": claim, "found": str(round(found, 2)), "wanted": wanted}

    rows: list[dict[str, Cell]] = []
    for tables in ("tables by hand", "our tables"):
        serializable = best(f"{tables}, serializable", "hot", lambda n: n == CALLERS).per_s
        alone = best(tables, "hot", lambda n: n == 1).per_s
        one_by_one = best(f"{tables}, serializable", "spread", lambda n: n == CALLERS).per_s
        ordinary = best("each by itself", "spread", lambda _: True).per_s
        for way in ("in process, settled", "WebSocket, settled"):
            hot = best(way, "hot", lambda n: n == CALLERS).per_s
            beside = f"pgbench, {tables}"
            rows += [
                of(f"hot, {way}, of {beside}, serializable", hot / serializable, f">= {HOT_RATIO_MIN:g}"),
                of(f"hot, {way}, of {beside}, one connection", hot / alone, f">= {HOT_ALONE_RATIO_MIN:g}"),
            ]
        share = ordinary / one_by_one
        claim = f"spread, ordinary mutation, of pgbench, {tables}, serializable"
        rows.append(of(claim, share, f">= {SPREAD_SHARE_MIN:g}"))
    for way in ("in process, settled", "WebSocket, settled"):
        run = best(way, "hot", lambda n: n == CALLERS)
        p99_ms = percentile(run.latencies_s, 99) * 1_000
        rows.append(of(f"hot, {way}: p99 ms of {CALLERS} callers", p99_ms, f"< {HOT_P99_MS_MAX:g}"))
    return rows
