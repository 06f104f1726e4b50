"""Jobs as people see them: listed, tried again, canceled by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import asyncpg

JobState: TypeAlias = Literal["waiting", "running", "done", "failed", "dead", "abandoned", "canceled"]

# What a person may want to try again: a failed job, or one that is waiting for its next attempt or its time.
_RETRY = """\
with again as (
    delete from private.job_outcomes where job_id = $1 and state in ('failed', 'dead', 'abandoned')
    returning job_id
)
update private.jobs as job set due_at = now(), taken_by = null, attempts = 0, error = null
where id = $1 and (
    id in (select job_id from again)
    or (due_at is not null and taken_by is null
        and not exists (select from private.job_outcomes as outcome where outcome.job_id = job.id))
)
returning id"""
_RECORDS = """\
select job.id, job.function, job.kind, job.cron, job.arguments, job.created_at, job.run_at, job.attempts,
    coalesce(outcome.state, case when job.taken_by is not null then 'running' else 'waiting' end) as state,
    coalesce(outcome.error, job.error) as error, outcome.ended_at
from private.jobs as job left join private.job_outcomes as outcome on outcome.job_id = job.id"""
_LIST = f"""\
select * from ({_RECORDS}) as record
where ($1::text[] = '{{}}' or state = any ($1)) and ($2::text is null or function = $2)
order by created_at desc, id limit $3"""


@dataclass(frozen=True)
class JobRecord:
    """One job and what became of it. `error`: of its end, or of its last attempt so far."""

    id: UUID
    function: str
    kind: str
    state: JobState
    cron: str | None
    arguments: str
    created_at: datetime
    run_at: datetime
    ended_at: datetime | None
    attempts: int
    error: str | None


async def list_jobs(
    connection: asyncpg.Connection, *, states: tuple[JobState, ...], function: str | None, jobs_max: int
) -> list[JobRecord]:
    """The newest jobs, those in some of `states` only where any are named."""
    return [_record(row) for row in await connection.fetch(_LIST, list(states), function, jobs_max)]


async def find_job(connection: asyncpg.Connection, job_id: UUID) -> JobRecord | None:
    """One job; None for an unknown one."""
    row = await connection.fetchrow(f"{_RECORDS} where job.id = $1", job_id)
    return None if row is None else _record(row)


async def retry_job(connection: asyncpg.Connection, job_id: UUID) -> bool:
    """Have a job run now that has failed or still waits; False where it runs, is done or was canceled.

    Raises asyncpg's `UniqueViolationError` for a failed run of a cron whose next one is there already.
    """
    return bool(await connection.fetch(_RETRY, job_id))


async def cancel_job(connection: asyncpg.Connection, job_id: UUID) -> bool:
    """Keep a job from running; False where it is too late for that."""
    [row] = await connection.fetch("select private.cancel_job($1) as canceled", job_id)
    return row["canceled"]


def _record(row: asyncpg.Record) -> JobRecord:
    return JobRecord(**dict(row))
