"""A project's database, copies of the service that run its jobs, and a hand on both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.devstack.cluster import Cluster
from backend.engine.ports import Call, MutationCall, MutationOutcome
from backend.engine.versions import ANONYMOUS, Identity
from backend.protocol.values import camel_case, decode_text, encode_text
from backend.runtime.execution import Execution
from backend.runtime.jobs.crons import Cron
from backend.runtime.jobs.worker import JobWorker
from backend.runtime.observations import Observation
from backend.runtime.registration import Registry
from schema.compile.migration import render_migration
from schema.tables import CATALOG
from tests.databases import copied_database, create_database
from tests.jobs import functions

FUNCTIONS = "tests/jobs/functions"
REGISTRY = Registry.of(functions)
WITH_JOBS = "with_jobs"
PATIENCE_S = 30.0
POLL_S = 0.02

EFFECTS = """\
create table public.effects (
    id bigint generated always as identity primary key,
    what text not null,
    at timestamptz not null default clock_timestamp()
);
create table public.counter (count integer not null);
insert into public.counter values (0);
grant select, insert on public.effects to folkmoot_writer, service_role;
grant select, update on public.counter to folkmoot_writer, service_role;"""


@dataclass
class Copy:
    """One copy of the service in this process."""

    execution: Execution
    observed: list[Observation] = field(default_factory=list)
    crashes: list[tuple[str, Exception, int]] = field(default_factory=list)

    async def mutate(self, function: str, /, *, by: Identity = ANONYMOUS, **arguments: object) -> Any:
        """What the mutation returned."""
        outcome = await self.try_to_mutate(function, by=by, **arguments)
        assert outcome.error is None, outcome.error
        return decode_text(outcome.value_json or "null")

    async def try_to_mutate(
        self, function: str, /, *, by: Identity = ANONYMOUS, **arguments: object
    ) -> MutationOutcome:
        """How the mutation ended."""
        call = Call(f"{FUNCTIONS}:{function}", encode_text(_wire(arguments)))
        return await self.execution.mutate(MutationCall(call, by, None, None))

    async def act(self, function: str, /, **arguments: object) -> Any:
        """What the action returned."""
        call = Call(f"{FUNCTIONS}:{function}", encode_text(_wire(arguments)))
        outcome = await self.execution.act(MutationCall(call, ANONYMOUS, None, None))
        assert outcome.error is None, outcome.error
        return decode_text(outcome.value_json or "null")


@dataclass
class Project:
    """A database with all that is declared, and one's hand on it."""

    dsn: str
    sql: asyncpg.Connection

    @asynccontextmanager
    async def copy(
        self, *, crons: Sequence[Cron] = (), registry: Registry = REGISTRY, works: bool = True
    ) -> AsyncIterator[Copy]:
        """A copy of the service, which runs jobs if it `works`."""
        observed: list[Observation] = []
        execution = Execution(
            dsn=self.dsn,
            registry=registry,
            catalog=CATALOG,
            verify=_nobody,
            cursor_secret=b"a secret of the tests",
            observe=observed.append,
            production=False,
        )
        copy = Copy(execution, observed)
        worker = JobWorker(
            dsn=self.dsn,
            execution=execution,
            crons=crons,
            observe=observed.append,
            observe_crash=lambda part, error, times: copy.crashes.append((part, error, times)),
        )
        async with execution.running():
            if not works:
                yield copy
                return
            async with worker.running():
                yield copy

    async def effects(self) -> list[str]:
        """What functions have noted, in order."""
        return [row["what"] for row in await self.sql.fetch("select what from effects order by id")]

    async def states(self) -> list[tuple[str, str]]:
        """Every job's function and state, oldest first."""
        rows = await self.sql.fetch(
            "select split_part(function, ':', 2) as function, coalesce(state, 'waiting') as state"
            " from private.jobs as job left join private.job_outcomes as outcome on job_id = job.id"
            " order by run_at, job.id"
        )
        return [(row["function"], row["state"]) for row in rows]

    async def error_of(self, job_id: str | UUID) -> str:
        """Why a job ended."""
        query = "select error from private.job_outcomes where job_id = $1"
        return await self.sql.fetchval(query, UUID(str(job_id)))

    async def becomes(self, expected: object, query: str, *parameters: object) -> None:
        """Wait until a query gives one value."""
        found = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    if (found := await self.sql.fetchval(query, *parameters)) == expected:
                        return
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise AssertionError(f"{query} is {found!r} and not {expected!r}") from None

    async def all_over(self) -> None:
        """Wait until no job is left to be run."""
        await self.becomes(0, "select count(*) from private.jobs where due_at is not null")

    async def one_waits_at_gate(self) -> None:
        """Wait until a function waits at the gate."""
        await self.becomes(
            True, "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        )

    @asynccontextmanager
    async def gate_closed(self) -> AsyncIterator[None]:
        """Gated functions wait as long as this lasts."""
        await self.sql.execute("select pg_advisory_lock($1)", functions.GATE)
        try:
            yield
        finally:
            await self.sql.execute("select pg_advisory_unlock($1)", functions.GATE)


def _wire(arguments: dict[str, object]) -> dict[str, object]:
    return {camel_case(name): value for name, value in arguments.items()}


async def _nobody(token: str) -> Identity:
    raise AssertionError(token)


@pytest.fixture(scope="session")
async def jobs_template(cluster: Cluster) -> str:
    """Name of a database with all that is declared, and what the functions of the tests write."""
    await create_database(cluster, WITH_JOBS)
    connection = await asyncpg.connect(cluster.dsn(database=WITH_JOBS))
    try:
        await connection.execute(render_migration(CATALOG))
        await connection.execute(EFFECTS)
    finally:
        await connection.close()
    return WITH_JOBS


@pytest.fixture
async def project(cluster: Cluster, jobs_template: str) -> AsyncIterator[Project]:
    """A project without jobs."""
    async with copied_database(cluster, jobs_template) as database:
        project = Project(database.dsn(), await asyncpg.connect(database.dsn()))
        try:
            yield project
        finally:
            await project.sql.close()
