"""The worker: what takes jobs that are due and runs them, in every copy of the service.

A mutation's effects and its outcome are one transaction, so it may be begun again until that is committed. An
action's outcome is written before it begins, so it is never begun again. Either way two copies that believe
they have the same job do no harm, and one that vanishes leaves nothing behind but a lease that ends.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from backend.engine.ticks import backoff_s
from backend.engine.versions import ANONYMOUS, Identity
from backend.postgres import PostgresError, open_pool
from backend.protocol.values import decode_text
from backend.runtime.errors import ArgumentValidationError, FunctionUnknown
from backend.runtime.execution import Execution
from backend.runtime.failures import Ending, Raised, Returned, run_to_end
from backend.runtime.functions import Function, Visibility
from backend.runtime.jobs.crons import Cron
from backend.runtime.jobs.queue import EndState, Job, JobKind, JobQueue, renew_every_s
from backend.runtime.mutations import Committed, JobDecided
from backend.runtime.observations import CronSkipped, JobEnded, JobsCounted, Observe
from backend.runtime.session import SERVICE

# At once, by one copy of the service. Mutations leave half of the connections to clients, actions just wait.
RUNNING_MAX: dict[JobKind, int] = {"mutation": 8, "action": 64}
ATTEMPTS_MAX = 10  # With the waits between them a quarter of an hour: outages are over, bugs still there.
RETRY_FIRST_S, RETRY_LONGEST_S = 1.0, 300.0  # Between attempts; each waits up to so long.
POLL_S = 1.0  # What another copy has scheduled is found so late; what this one has, at once.
PAUSE_S = 0.05  # At least, between looking twice: what is due may be in another copy's hands.
STEP_S_MAX = 60.0  # Of bookkeeping: a connection that hangs for so long is dropped for another.
COUNT_S = 15.0  # The numbers of the whole project, for whoever watches.
PRUNE_S = 3_600.0  # Of days of jobs an hour's are little.
STOP_S = 5.0  # Jobs at work may end before the service does.
CRASH_FIRST_S, CRASH_LONGEST_S = (
    0.1,
    5.0,
)  # A database that is away comes back; jobs should not wait long then.
CONNECTIONS_MAX = 4  # For bookkeeping: statements of a millisecond.

JobsPart: TypeAlias = Literal["mutation jobs", "action jobs", "leases", "crons", "counts", "old jobs", "job"]


@dataclass
class _Running:
    """A job at work. `begun`: it is an action that must not be begun again."""

    job: Job
    task: asyncio.Task[None] | None = None
    begun: bool = False


@dataclass
class _Crew:
    """The jobs of one kind that are at work here."""

    kind: JobKind
    running: dict[UUID, _Running] = field(default_factory=dict)
    over: set[UUID] = field(default_factory=set)  # Decided, and to be put away.
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class JobWorker:
    """Runs scheduled jobs and crons through `execution`, which must be running, over connections of its own.

    `observe` hears how each job ended and how many there are; `observe_crash` what went wrong around them. It
    is tried again.
    """

    def __init__(
        self,
        *,
        dsn: str,
        execution: Execution,
        crons: Sequence[Cron],
        observe: Observe,
        observe_crash: Callable[[JobsPart, Exception, int], None],
    ) -> None:
        self._dsn, self._execution, self._crons = dsn, execution, crons
        self._observe, self._observe_crash = observe, observe_crash
        self._crews = (_Crew("mutation"), _Crew("action"))
        self._crons_declared = False
        self._stopping = asyncio.Event()
        self._bells: list[asyncio.Event] = []  # Each wakes one of those that work for ever.

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """At work while the context lasts. In the end jobs are waited for, within reason, then given back."""
        pool = await open_pool(
            self._dsn,
            connections_max=CONNECTIONS_MAX,
            application_name="folkmoot jobs",
            settings={"jit": "off"},
        )
        self._queue = JobQueue(pool)
        self._execution.scheduling.wake = self._wake
        together = asyncio.create_task(self._work_together())
        try:
            yield
        finally:
            self._execution.scheduling.wake = lambda: None
            await self._stop(together)
            await pool.close()

    async def _work_together(self) -> None:
        mutations, actions = self._crews
        await asyncio.gather(
            self._for_ever("mutation jobs", lambda: self._work(mutations), mutations.woken),
            self._for_ever("action jobs", lambda: self._work(actions), actions.woken),
            self._for_ever("leases", self._renew),
            self._for_ever("crons", self._tick_crons),
            self._for_ever("counts", self._count),
            self._for_ever("old jobs", self._prune),
        )

    async def _stop(self, together: asyncio.Task[None]) -> None:
        self._stopping.set()
        for bell in self._bells:
            bell.set()
        # Not cancelled at once: that might lose sight of jobs which are being taken.
        await asyncio.wait([together], timeout=STOP_S)
        together.cancel()
        with suppress(asyncio.CancelledError):
            await together
        tasks = [one.task for crew in self._crews for one in crew.running.values() if one.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_S)
        left = [one for crew in self._crews for one in crew.running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Without the database, leases end by themselves.
        with suppress(PostgresError, TimeoutError):
            async with asyncio.timeout(STOP_S):
                for crew in self._crews:
                    await self._queue.settle(crew.over)
                for one in left:
                    if one.begun:
                        await self._queue.end_action(one.job, "abandoned", "The service was stopped.")
                        await self._queue.settle([one.job.id])
                await self._queue.release([one.job.id for one in left if not one.begun])

    async def _for_ever(
        self, part: JobsPart, step: Callable[[], Awaitable[float]], woken: asyncio.Event | None = None
    ) -> None:
        """Do `step` again and again; it says how long to wait, unless `woken`."""
        woken = woken or asyncio.Event()
        self._bells.append(woken)
        crashes = 0
        while not self._stopping.is_set():
            woken.clear()
            match await run_to_end(step(), timeout_s=STEP_S_MAX):
                case Returned(wait_s):
                    crashes = 0
                    await _wait(woken, wait_s)
                case Raised(error):
                    crashes += 1
                    self._observe_crash(part, error, crashes)
                    delay_s = backoff_s(crashes, first_s=CRASH_FIRST_S, longest_s=CRASH_LONGEST_S)
                    await _wait(self._stopping, delay_s)

    def _wake(self) -> None:
        for crew in self._crews:
            crew.woken.set()

    # --- what is done again and again ---

    async def _work(self, crew: _Crew) -> float:
        """Put away what is over, and begin what is due."""
        if over := set(crew.over):
            await self._queue.settle(over)
            crew.over -= over
        free = RUNNING_MAX[crew.kind] - len(crew.running)
        if free <= 0:
            return POLL_S
        jobs = await self._queue.take(crew.kind, jobs_max=free, running=crew.running)
        for job in jobs:
            running = crew.running[job.id] = _Running(job)
            running.task = asyncio.create_task(self._run(crew, running), name=f"job {job.function}")
            running.task.add_done_callback(self._report_bug)
        if len(jobs) == free:
            return POLL_S
        next_due_s = await self._queue.next_due_s(crew.kind)
        return POLL_S if next_due_s is None else min(POLL_S, max(PAUSE_S, next_due_s))

    def _report_bug(self, task: asyncio.Task[None]) -> None:
        """All that can fail in the work on a job is handled there; what is left is a mistake of ours."""
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._observe_crash("job", error, 1)

    async def _renew(self) -> float:
        if ids := [id for crew in self._crews for id in crew.running]:
            await self._queue.renew(ids)
        return renew_every_s()

    async def _tick_crons(self) -> float:
        if not self._crons_declared:
            await self._queue.declare_crons(self._crons)
            self._crons_declared = True
        tick = await self._queue.tick_crons()
        for name in tick.skipped:
            self._observe(CronSkipped(name))
        if tick.started:
            self._wake()
        return POLL_S if tick.next_in_s is None else min(POLL_S, max(PAUSE_S, tick.next_in_s))

    async def _count(self) -> float:
        counts = await self._queue.count()
        self._execution.scheduling.jobs_waiting = counts.waiting
        self._observe(JobsCounted(counts.waiting, counts.running, counts.failed, counts.lag_s))
        return COUNT_S

    async def _prune(self) -> float:
        while await self._queue.prune():
            pass
        return PRUNE_S

    # --- one job ---

    async def _run(self, crew: _Crew, running: _Running) -> None:
        job = running.job
        try:
            if job.attempts > ATTEMPTS_MAX:
                error = f"The service ended {ATTEMPTS_MAX} times while it ran this job."
                await self._queue.decide(job, "dead", error)
                self._end(crew, job, "dead", error)
            elif job.kind == "mutation":
                await self._run_mutation(crew, job)
            else:
                await self._run_action(crew, running)
        except PostgresError as error:  # Then the lease ends, and whoever takes the job next finds out.
            self._observe_crash("job", error, 1)
        finally:
            crew.running.pop(job.id, None)
            crew.woken.set()

    async def _run_mutation(self, crew: _Crew, job: Job) -> None:
        prepared = self._prepare(job)
        if isinstance(prepared, Raised):
            ending: Ending[Committed] = prepared
        else:
            try:
                ending = await self._execution.run_job_mutation(job.id, *prepared.value)
            except PostgresError as error:  # Nobody knows whether it was committed; trying again will show.
                ending = Raised(error)
        match ending:
            case Returned():
                self._end(crew, job, "done")
            case Raised(JobDecided()):
                crew.over.add(job.id)
            case Raised(error):
                await self._fail(crew, job, error)

    async def _run_action(self, crew: _Crew, running: _Running) -> None:
        job = running.job
        prepared = self._prepare(job)
        if isinstance(prepared, Raised):
            await self._fail(crew, job, prepared.error)
            return
        running.begun = await self._queue.begin_action(job)
        if not running.begun:
            crew.over.add(job.id)
            return
        ending = await self._execution.run_job_action(job.id, *prepared.value)
        state, error = ("failed", _describe(ending.error)) if isinstance(ending, Raised) else ("done", None)
        await self._insist(lambda: self._queue.end_action(job, state, error))
        self._end(crew, job, state, error)

    def _prepare(self, job: Job) -> Ending[tuple[Function[..., object], Identity, dict[str, object]]]:
        function = self._execution.registry.named(job.function)
        if function is None:
            return Raised(FunctionUnknown(job.function))
        given = decode_text(job.arguments)
        assert isinstance(given, dict), job
        try:
            arguments = function.contract.read_arguments(given)
        except ArgumentValidationError as error:
            return Raised(error)
        return Returned(
            (function, SERVICE if function.visibility is Visibility.INTERNAL else ANONYMOUS, arguments)
        )

    async def _fail(self, crew: _Crew, job: Job, error: Exception) -> None:
        """Have the job tried again where that may help, and end it otherwise."""
        # A function that is missing here may be there in a newer copy of the service.
        may_help = getattr(error, "retry_may_fix", False) or isinstance(error, FunctionUnknown)
        if may_help and job.attempts < ATTEMPTS_MAX:
            longest_s = backoff_s(job.attempts, first_s=RETRY_FIRST_S, longest_s=RETRY_LONGEST_S)
            delay_s = longest_s * random.uniform(0.5, 1)
            await self._insist(lambda: self._queue.postpone(job, delay_s=delay_s, error=_describe(error)))
            self._observe(JobEnded(job.function, str(job.id), "postponed", job.lag_s, _describe(error)))
            return
        state: EndState = "dead" if may_help else "failed"
        await self._insist(lambda: self._queue.decide(job, state, _describe(error)))
        self._end(crew, job, state, _describe(error))

    def _end(self, crew: _Crew, job: Job, state: EndState, error: str | None = None) -> None:
        crew.over.add(job.id)
        self._observe(JobEnded(job.function, str(job.id), state, job.lag_s, error))

    async def _insist(self, note: Callable[[], Awaitable[None]]) -> None:
        """Write down what has happened, also when the database comes back only later."""
        crashes = 0
        while True:
            try:
                return await note()
            except PostgresError as error:
                if not error.retry_may_fix:
                    raise
                crashes += 1
                self._observe_crash("job", error, crashes)
                await asyncio.sleep(backoff_s(crashes, first_s=CRASH_FIRST_S, longest_s=CRASH_LONGEST_S))


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
