"""`folkmoot jobs`: what is scheduled, what failed, and trying that again."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backend.cli.stack_database import DatabaseUrl, on_database

if TYPE_CHECKING:
    import asyncpg

    from backend.runtime.jobs.records import JobRecord

JOBS_LISTED = 50
LINE_CHARACTERS_MAX = 5_000  # Terminals wrap by themselves, and programs that filter lines want whole ones.
Json = Annotated[bool, Parameter(name="--json", negative="")]
State = Literal["waiting", "running", "done", "failed", "dead", "abandoned", "canceled"]

jobs_app = App(name="jobs", help="Functions that run later: what waits, what failed, trying again.")


@jobs_app.command(name="list")
def list_jobs(
    *,
    state: tuple[State, ...] = (),
    function: str | None = None,
    limit: int = JOBS_LISTED,
    database_url: DatabaseUrl = None,
    json: Json = False,
) -> int:
    """List the newest jobs.

    Parameters
    ----------
    state
        Only jobs in this state; may be given several times.
    function
        Only jobs that run this function, such as posts:remind.
    limit
        At most so many.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    json
        Print a JSON list instead of a table.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.jobs.records import list_jobs

        found = await list_jobs(connection, states=state, function=function, jobs_max=limit)
        print_jobs(found, as_json=json)
        return 0

    return on_database(database_url, run)


@jobs_app.command(name="show")
def show_job(job_id: UUID, /, *, database_url: DatabaseUrl = None, json: Json = False) -> int:
    """Show all that is known of one job.

    Parameters
    ----------
    job_id
        As `folkmoot jobs list` gives it.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    json
        Print one JSON object.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.jobs.records import find_job

        found = await find_job(connection, job_id)
        if found is None:
            return _refuse_unknown(job_id)
        if json:
            print(_to_json(asdict(found)))
        else:
            for name, value in asdict(found).items():
                if value is not None:
                    print(f"{name.replace('_', ' '):>10}: {value}")
        return 0

    return on_database(database_url, run)


@jobs_app.command(name="retry")
def retry_jobs(*job_ids: UUID, database_url: DatabaseUrl = None) -> int:
    """Run jobs now that failed, died or were abandoned, or that still wait; exit code 1 if one cannot be.

    An abandoned action may have done part of its work, or all of it: look before you run it again.

    Parameters
    ----------
    job_ids
        As `folkmoot jobs list` gives them.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    """

    async def retry(connection: asyncpg.Connection, job_id: UUID) -> bool:
        import asyncpg

        from backend.runtime.jobs.records import retry_job

        try:
            return await retry_job(connection, job_id)
        except asyncpg.UniqueViolationError:
            return False  # A cron whose next run is there already.

    return on_database(
        database_url, lambda connection: _each(connection, job_ids, retry, "Runs now", "tried again")
    )


@jobs_app.command(name="cancel")
def cancel_jobs(*job_ids: UUID, database_url: DatabaseUrl = None) -> int:
    """Keep jobs from running; exit code 1 if it is too late for one.

    Parameters
    ----------
    job_ids
        As `folkmoot jobs list` gives them.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    """

    async def cancel(connection: asyncpg.Connection, job_id: UUID) -> bool:
        from backend.runtime.jobs.records import cancel_job

        return await cancel_job(connection, job_id)

    return on_database(
        database_url, lambda connection: _each(connection, job_ids, cancel, "Canceled", "canceled")
    )


async def _each(
    connection: asyncpg.Connection,
    job_ids: Sequence[UUID],
    do: Callable[[asyncpg.Connection, UUID], Awaitable[bool]],
    done: str,
    wanted: str,
) -> int:
    """Do something to every job, and say so; the exit code."""
    from backend.runtime.jobs.records import find_job

    code = 0
    for job_id in job_ids:
        if await do(connection, job_id):
            print(f"{done}: {job_id}")
        elif (found := await find_job(connection, job_id)) is None:
            code = _refuse_unknown(job_id)
        else:
            why = (
                "its cron has a newer one" if found.state in ("failed", "dead", "abandoned") else found.state
            )
            print(f"folkmoot: {job_id} cannot be {wanted}: {why}. [jobs.too_late]", file=sys.stderr)
            code = 1
    return code


def _refuse_unknown(job_id: UUID) -> int:
    print(f"folkmoot: There is no job {job_id}. [jobs.unknown]", file=sys.stderr)
    print("Old ones are forgotten; folkmoot jobs list shows those there are.", file=sys.stderr)
    return 1


def print_jobs(jobs: Sequence[JobRecord], *, as_json: bool) -> None:
    """Show jobs on stdout, one line each."""
    if as_json:
        print(_to_json([asdict(job) for job in jobs]))
        return
    table = Table("id", "function", "state", "run at", "attempts", "error", box=None)
    for job in jobs:
        error = (job.error or "").partition("\n")[0]
        run_at = job.run_at.isoformat(sep=" ", timespec="seconds")
        table.add_row(str(job.id), job.function, job.state, run_at, str(job.attempts), Text(error))
    Console(highlight=False, width=LINE_CHARACTERS_MAX).print(table)


def _to_json(value: object) -> str:
    return json_text.dumps(value, default=str)
