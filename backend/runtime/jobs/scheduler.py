"""`ctx.scheduler`: functions asked to run later."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ParamSpec, TypeAlias, overload
from uuid import UUID, uuid4

import asyncpg

from backend.protocol.values import decode_text, encode_text
from backend.runtime.errors import FunctionMisuse, LimitExceeded
from backend.runtime.functions import Function, Kind

P = ParamSpec("P")

JOBS_SCHEDULED_MAX = 1_000  # By one mutation or action: Convex's own limit.
JOB_ARGUMENTS_BYTES_MAX = 4 * 1024 * 1024  # Of one job: Convex's own limit. Files belong in storage.
ARGUMENTS_BYTES_MAX = 16 * 1024 * 1024  # Of all that one mutation or action schedules: Convex's own limit.
JOBS_WAITING_MAX = 1_000_000  # Of the whole project, give or take a minute's: Convex's own limit.
CAUSES_KEPT_MAX = 10_000  # Of jobs that wait, which span scheduled them: 2 MB, and only while tracing.
DELAY_DAYS_MAX = 5 * 366  # What is further off than Convex's own five years is a mistake in the unit.

_SCHEDULE = "select private.schedule_job($1, $2, $3, $4, {})"
_AT, _AFTER = _SCHEDULE.format("$5::timestamptz"), _SCHEDULE.format("now() + $5::interval")
_CANCEL = "select private.cancel_job($1) as canceled"

JobId: TypeAlias = UUID
"""The id of a scheduled job. On the wire it is a string."""

Execute: TypeAlias = Callable[[str, Sequence[object]], Awaitable[list[asyncpg.Record]]]


@dataclass
class Scheduling:
    """What all schedulers of one service have in common.

    `find` gives any function by its name. `jobs_waiting` is how many jobs waited when they were last counted.
    `wake` is called when jobs have been committed. `reference` names the span that is open.
    """

    find: Callable[[str], Function[..., object] | None]
    jobs_waiting: int = 0
    wake: Callable[[], None] = field(default=lambda: None)
    reference: Callable[[], str | None] = field(default=lambda: None)
    causes: OrderedDict[UUID, str] = field(default_factory=OrderedDict)

    def note_cause(self, job_id: UUID) -> None:
        """Remember which span scheduled the job, for the span of its run."""
        if (reference := self.reference()) is not None:
            self.causes[job_id] = reference
            if len(self.causes) > CAUSES_KEPT_MAX:
                self.causes.popitem(last=False)

    def cause_of(self, job_id: UUID) -> str | None:
        """The span that scheduled the job, where this copy of the service knows it."""
        return self.causes.pop(job_id, None)


class Scheduler:
    """Runs functions later. What a mutation schedules or cancels counts when the mutation commits, or never.

    A mutation that is scheduled runs exactly once, an action at most once. An internal function then acts as
    the service itself, which no row rule binds; a public one acts as a visitor who has not signed in, since
    whoever scheduled it is gone.
    """

    def __init__(self, execute: Execute, scheduling: Scheduling) -> None:
        self._execute, self._scheduling = execute, scheduling
        self._count = self._bytes = 0

    @property
    def is_used(self) -> bool:
        """Whether anything has been scheduled."""
        return self._count > 0

    @overload
    async def run_after(
        self, delay: timedelta, function: Function[P, object], /, *_: P.args, **arguments: P.kwargs
    ) -> JobId: ...

    @overload
    async def run_after(self, delay: timedelta, function: str, /, **arguments: object) -> JobId: ...

    async def run_after(
        self, delay: timedelta, function: Function[P, object] | str, /, *_: P.args, **arguments: P.kwargs
    ) -> JobId:
        """Run a mutation or action once `delay` has passed since this transaction began; the job's id.

        `function` is one of ours, or its name: `"posts:remind"`. Raises `ArgumentValidationError` for
        arguments it does not take, `LimitExceeded` for too many or too large ones.
        """
        if abs(delay) > timedelta(days=DELAY_DAYS_MAX):
            raise LimitExceeded(f"A job is scheduled more than {DELAY_DAYS_MAX} days away.")
        return await self._schedule(_AFTER, delay, function, arguments)

    @overload
    async def run_at(
        self, moment: datetime, function: Function[P, object], /, *_: P.args, **arguments: P.kwargs
    ) -> JobId: ...

    @overload
    async def run_at(self, moment: datetime, function: str, /, **arguments: object) -> JobId: ...

    async def run_at(
        self, moment: datetime, function: Function[P, object] | str, /, *_: P.args, **arguments: P.kwargs
    ) -> JobId:
        """Run a mutation or action at `moment`, at once where that has passed; otherwise as `run_after`."""
        if moment.tzinfo is None:
            raise FunctionMisuse("A moment needs a time zone: datetime.now(UTC), for example.")
        return await self._schedule(_AT, moment, function, arguments)

    async def cancel(self, job_id: JobId) -> bool:
        """Keep a job from running; whether that was still possible.

        A job that has run or is unknown stays as it is, and so does an action that has begun.
        """
        [row] = await self._execute(_CANCEL, (job_id,))
        return row["canceled"]

    async def _schedule(
        self,
        statement: str,
        when: datetime | timedelta,
        named: Function[..., object] | str,
        arguments: Mapping[str, object],
    ) -> JobId:
        function = self._resolve(named)
        text = write_arguments(function, arguments)
        self._count_job(len(text.encode()))
        job_id = uuid4()
        await self._execute(statement, (job_id, function.name, job_kind(function), text, when))
        self._scheduling.note_cause(job_id)
        return job_id

    def _resolve(self, named: Function[..., object] | str) -> Function[..., object]:
        function = self._scheduling.find(named) if isinstance(named, str) else named
        if function is None:
            raise FunctionMisuse(f"There is no function {named!r} to schedule.")
        return function

    def _count_job(self, size: int) -> None:
        self._count += 1
        self._bytes += size
        if self._count > JOBS_SCHEDULED_MAX:
            raise LimitExceeded(
                f"This function schedules more than {JOBS_SCHEDULED_MAX} jobs.",
                hint="Schedule one job that schedules the others in portions.",
            )
        if size > JOB_ARGUMENTS_BYTES_MAX:
            raise LimitExceeded(f"A job is given more than {JOB_ARGUMENTS_BYTES_MAX} bytes of arguments.")
        if self._bytes > ARGUMENTS_BYTES_MAX:
            raise LimitExceeded(f"This function gives its jobs more than {ARGUMENTS_BYTES_MAX} bytes.")
        if self._scheduling.jobs_waiting >= JOBS_WAITING_MAX:
            raise LimitExceeded(f"More than {JOBS_WAITING_MAX} jobs are waiting.")


def job_kind(function: Function[..., object]) -> str:
    """How the tables of jobs call the function's kind. Raises `FunctionMisuse` for a query."""
    if function.kind is Kind.QUERY:
        raise FunctionMisuse(f"{function.name} is a query: only mutations and actions can be scheduled.")
    return function.kind.value.lower()


def write_arguments(function: Function[..., object], arguments: Mapping[str, object]) -> str:
    """The arguments as stored JSON text. Raises `ArgumentValidationError` when the function takes others."""
    text = encode_text(function.contract.write_arguments(arguments))
    given = decode_text(text)
    assert isinstance(given, dict), text
    function.contract.read_arguments(given)
    return text
