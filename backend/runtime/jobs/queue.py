"""The tables of jobs, as the copies of the service share them.

`private.job_outcomes` decides: a job that has a line there is never begun again. Taking a job only keeps the
other copies from trying in vain; a copy that vanishes loses what it has taken when `LEASE_S` is over.
Everything here is a statement of its own, in read committed mode. All times are the database's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID, uuid4

import asyncpg

from backend.runtime.jobs.crons import Cron
from backend.runtime.jobs.scheduler import job_kind
from backend.runtime.jobs.schedules import parse_schedule
from backend.runtime.session import Session, acquire, lent

LEASE_S = 30.0  # A copy that has said nothing for so long is gone.
RENEWALS = 3  # In that time: two may fail before others take over.
CONNECTION_WAIT_S = 10.0  # For one of the queue's own few connections.
ERROR_CHARACTERS_MAX = 4_000  # Kept of what went wrong; the rest is in the logs.
DONE_KEPT_DAYS = 7  # Convex's own figure.
FAILED_KEPT_DAYS = 30  # Somebody may come back from a holiday and want to try them again.
PRUNE_BATCH_MAX = 1_000  # That one statement forgets: some milliseconds, whatever has piled up.

JobKind: TypeAlias = Literal["mutation", "action"]
EndState: TypeAlias = Literal["done", "failed", "dead", "abandoned"]
"""How a job ended that was begun: `failed` by its own fault, `dead` after trying in vain, or `abandoned`."""


@dataclass(frozen=True)
class Job:
    """A job this copy of the service has taken. `attempts` counts this one; `lag_s`: how late it is."""

    id: UUID
    function: str
    kind: JobKind
    arguments: str
    attempts: int
    lag_s: float


@dataclass(frozen=True)
class Counts:
    """How many jobs there are in all copies together. `lag_s`: how long the most overdue one has waited."""

    waiting: int
    running: int
    failed: int
    lag_s: float


@dataclass(frozen=True)
class CronTick:
    """Which crons were due and got a job, which still ran and were skipped, and when to look again."""

    started: tuple[str, ...]
    skipped: tuple[str, ...]
    next_in_s: float | None


# A job may have been decided by a copy that vanished before it said so here: an action that ran there is
# abandoned, anything else is over.
_TAKE = """\
with due as materialized (
    select id from private.jobs
    where kind = $1 and due_at <= now() and id <> all ($4)
    order by due_at limit $2 for update skip locked
), lapsed as (
    update private.job_outcomes as outcome
    set state = 'abandoned', ended_at = now(), error = 'The service ended while it ran this action.'
    from due where outcome.job_id = due.id and outcome.state = 'running'
), looked_at as (
    select due.id, outcome.job_id is not null as decided
    from due left join private.job_outcomes as outcome on outcome.job_id = due.id
)
update private.jobs as job set
    due_at = case when not decided then now() + $5::interval end,
    taken_by = case when not decided then $3::uuid end,
    attempts = attempts + (not decided)::integer
from looked_at where job.id = looked_at.id
returning job.id, function, kind, arguments, attempts, decided,
    extract(epoch from now() - run_at)::float8 as lag_s"""

_SETTLE = """\
update private.jobs as job set due_at = null, taken_by = null
where id = any ($1) and exists (
    select from private.job_outcomes as outcome where outcome.job_id = job.id and outcome.state <> 'running'
)"""
_NEXT_DUE = "select extract(epoch from min(due_at) - now())::float8 as s from private.jobs where kind = $1"
_RENEW = """\
update private.jobs set due_at = now() + $3::interval
where id = any ($1) and taken_by = $2 and due_at is not null"""
_POSTPONE = """\
update private.jobs set due_at = now() + $3::interval, taken_by = null, error = $4
where id = $1 and taken_by = $2 and due_at is not null"""
_RELEASE = """\
update private.jobs set due_at = now(), taken_by = null, attempts = attempts - 1
where id = any ($1) and taken_by = $2 and due_at is not null"""
_BEGIN_ACTION = """\
insert into private.job_outcomes (job_id, state, worker)
select id, 'running', $2::uuid from private.jobs where id = $1 and taken_by = $2
on conflict do nothing returning job_id"""
_END_ACTION = """\
update private.job_outcomes set state = $3, error = $4, ended_at = now()
where job_id = $1 and worker = $2 and state in ('running', 'abandoned')"""
_DECIDE = """\
insert into private.job_outcomes (job_id, state, error, ended_at) values ($1, $2, $3, now())
on conflict do nothing"""
_COUNT = """\
select
    (select count(*) from private.jobs where due_at is not null and taken_by is null) as waiting,
    (select count(*) from private.jobs where due_at is not null and taken_by is not null) as running,
    (select count(*) from private.job_outcomes where state in ('failed', 'dead', 'abandoned')) as failed,
    (select coalesce(extract(epoch from now() - min(due_at)), 0)::float8
        from private.jobs where due_at <= now()) as lag_s"""
_PRUNE = """\
with old as (
    delete from private.job_outcomes where job_id = any (array(
        select job_id from private.job_outcomes
        where (state in ('done', 'canceled') and decided_at < now() - $1::interval)
            or (state in ('failed', 'dead', 'abandoned') and decided_at < now() - $2::interval)
        limit $3 for update skip locked
    )) returning job_id
), gone as (
    delete from private.jobs where id in (select job_id from old)
)
select count(*)::integer as forgotten from old"""

_CRON_LOCK = "select pg_advisory_xact_lock(hashtextextended('private:crons', 0))"
_DECLARE = """\
insert into private.crons (name, function, kind, arguments, schedule, next_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (name) do update set function = excluded.function, kind = excluded.kind,
    arguments = excluded.arguments, schedule = excluded.schedule,
    next_at = case when crons.schedule = excluded.schedule then crons.next_at else excluded.next_at end"""
_FORGET = "delete from private.crons where name <> all ($1) returning name"
_CANCEL_OF_CRONS = (
    "select private.cancel_job(id) from private.jobs where cron = any ($1) and due_at is not null"
)
_DUE_CRONS = """\
select name, function, kind, arguments, schedule, next_at, now() as now
from private.crons where next_at <= now() order by name for update skip locked"""
_SETTLE_CRON = """\
update private.jobs as job set due_at = null, taken_by = null
where cron = $1 and due_at is not null and exists (
    select from private.job_outcomes as outcome where outcome.job_id = job.id and outcome.state <> 'running'
)"""
_START_CRON = """\
insert into private.jobs (id, function, kind, arguments, cron, run_at, due_at)
values ($1, $2, $3, $4, $5, $6, now()) on conflict do nothing"""
_MOVE_CRON = "update private.crons set next_at = $2 where name = $1"
_NEXT_CRON = "select extract(epoch from min(next_at) - now())::float8 as s from private.crons"


class JobQueue:
    """One copy's hand on the tables; `pool` is as their owner. Everything may raise `PostgresError`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._worker = uuid4()

    async def take(self, kind: JobKind, *, jobs_max: int, running: Collection[UUID]) -> list[Job]:
        """Take jobs that are due, the most overdue first; none of those `running` here already."""
        rows = await self._fetch(_TAKE, kind, jobs_max, self._worker, list(running), _lease())
        jobs = [
            Job(row["id"], row["function"], row["kind"], row["arguments"], row["attempts"], row["lag_s"])
            for row in rows
            if not row["decided"]
        ]
        return sorted(jobs, key=lambda job: -job.lag_s)

    async def next_due_s(self, kind: JobKind) -> float | None:
        """In how many seconds a job is due; None while there is none."""
        [row] = await self._fetch(_NEXT_DUE, kind)
        return row["s"]

    async def settle(self, ids: Iterable[UUID]) -> None:
        """Put away those of the jobs that are decided."""
        await self._fetch(_SETTLE, list(ids))

    async def renew(self, ids: Iterable[UUID]) -> None:
        """Tell the other copies that these jobs are still at work here."""
        await self._fetch(_RENEW, list(ids), self._worker, _lease())

    async def postpone(self, job: Job, *, delay_s: float, error: str) -> None:
        """Give a job back, to be tried again after `delay_s`."""
        await self._fetch(
            _POSTPONE, job.id, self._worker, timedelta(seconds=delay_s), error[:ERROR_CHARACTERS_MAX]
        )

    async def release(self, ids: Iterable[UUID]) -> None:
        """Give jobs back as if they had not been taken."""
        await self._fetch(_RELEASE, list(ids), self._worker)

    async def begin_action(self, job: Job) -> bool:
        """Decide that this copy runs the action; False when it was canceled or begun elsewhere."""
        return bool(await self._fetch(_BEGIN_ACTION, job.id, self._worker))

    async def end_action(self, job: Job, state: EndState, error: str | None) -> None:
        """Say how an action ended that this copy began."""
        await self._fetch(_END_ACTION, job.id, self._worker, state, error and error[:ERROR_CHARACTERS_MAX])

    async def decide(self, job: Job, state: EndState, error: str) -> None:
        """Decide that a job is over, unless somebody else has."""
        await self._fetch(_DECIDE, job.id, state, error[:ERROR_CHARACTERS_MAX])

    async def count(self) -> Counts:
        """How many jobs there are. It takes a moment per hundred thousand."""
        [row] = await self._fetch(_COUNT)
        return Counts(row["waiting"], row["running"], row["failed"], row["lag_s"])

    async def prune(self) -> int:
        """Forget one batch of jobs that ended long ago; how many."""
        kept = timedelta(days=DONE_KEPT_DAYS), timedelta(days=FAILED_KEPT_DAYS)
        [row] = await self._fetch(_PRUNE, *kept, PRUNE_BATCH_MAX)
        return row["forgotten"]

    async def declare_crons(self, crons: Sequence[Cron]) -> None:
        """Make the table say what the code says. A schedule that stays the same keeps its next time."""
        async with self._transaction() as session:
            await session.fetch(_CRON_LOCK)
            [row] = await session.fetch("select clock_timestamp() as now")
            for one in crons:
                named = (one.name, one.function.name, job_kind(one.function), one.arguments)
                await session.execute(_DECLARE, (*named, one.schedule.text, one.schedule.first(row["now"])))
            gone = [row["name"] for row in await session.fetch(_FORGET, ([one.name for one in crons],))]
            await session.fetch(_CANCEL_OF_CRONS, (gone,))

    async def tick_crons(self) -> CronTick:
        """Make a job of every cron that is due, unless its last one is still at work."""
        started: list[str] = []
        skipped: list[str] = []
        async with self._transaction() as session:
            for row in await session.fetch(_DUE_CRONS):
                name, due_at = row["name"], row["next_at"]
                await session.execute(_SETTLE_CRON, (name,))
                job = (uuid4(), row["function"], row["kind"], row["arguments"], name, due_at)
                (started if await session.execute(_START_CRON, job) else skipped).append(name)
                await session.execute(_MOVE_CRON, (name, _next_time(row["schedule"], row["now"], due_at)))
            [row] = await session.fetch(_NEXT_CRON)
        return CronTick(tuple(started), tuple(skipped), row["s"])

    async def _fetch(self, statement: str, *parameters: object) -> list[asyncpg.Record]:
        async with self._session() as session:
            return await session.fetch(statement, parameters)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        async with lent(self._pool, await acquire(self._pool, timeout_s=CONNECTION_WAIT_S)) as connection:
            yield Session(connection)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Session]:
        async with self._session() as session:
            await session.script("begin")
            yield session
            await session.script("commit")


def renew_every_s() -> float:
    """How often to call `JobQueue.renew`."""
    return LEASE_S / RENEWALS


def _lease() -> timedelta:
    return timedelta(seconds=LEASE_S)


def _next_time(schedule: str, now: datetime, due_at: datetime) -> datetime:
    return parse_schedule(schedule).after(now, due_at=due_at)
