"""Many calls of one function in one transaction, each with its own end.

A call that fails leaves nothing behind. Most are refused row by row, before anything is written for them; one
that fails after it wrote is left out, and the batch done again without it. Where a statement or the function
itself fails nobody can tell whose call it was: then the batch is done again in halves, down to the one call.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from backend.postgres.errors import SerializationConflict, Unavailable
from backend.runtime.batch_context import BatchContext
from backend.runtime.batched_calls import BatchedCall
from backend.runtime.failures import Ending, Raised, Returned
from backend.runtime.functions import Batching
from backend.runtime.observations import BatchSettled, MutationConflicted, Observe
from backend.runtime.request_log import AnsweredBefore, note_answers
from backend.runtime.results import encode_result
from backend.runtime.session import Session
from backend.runtime.set_writing import SetWriter
from backend.runtime.tasks import Committed, Task
from backend.runtime.usage import Usage

ATTEMPTS_MAX = 10  # Past this some other process wins every time; half a batch meets half as many others.
BACKOFF_MS = 4  # Times the attempt, at most: other copies of the service may be at the same rows.

# Rows are found by index, one by one: what reads a whole table conflicts with all who write to it.
_BEGIN = (
    "begin isolation level serializable; set local enable_hashjoin = off; set local enable_mergejoin = off"
)

Endings: TypeAlias = list[Ending[Committed]]

Transact: TypeAlias = Callable[
    [str, Callable[[Session], Awaitable[Endings]], Callable[[Session, Endings], Awaitable[Endings]]],
    Awaitable[Ending[Endings]],
]
"""Does the work in a transaction that a script begins, and commits what it did, or nothing at all."""


class Settler:
    """Settles batches by `transact`."""

    def __init__(self, transact: Transact, observe: Observe) -> None:
        self._transact, self._observe = transact, observe

    async def settle(self, tasks: Sequence[Task]) -> Endings:
        """How each call ended, in order. Raises `Unavailable` when nobody can tell."""
        match await self._try(tasks):
            case Returned(endings):
                return endings
            case Raised(_LeftOut(failed=failed)):
                others = [task for place, task in enumerate(tasks) if place not in failed]
                ends = iter(await self.settle(others) if others else [])
                return [failed[place] if place in failed else next(ends) for place in range(len(tasks))]
            case Raised(error) as ending if len(tasks) == 1 or isinstance(error, Unavailable):
                return [ending] * len(tasks)
            case Raised():
                half = len(tasks) // 2
                return [*await self.settle(tasks[:half]), *await self.settle(tasks[half:])]

    async def _try(self, tasks: Sequence[Task]) -> Ending[Endings]:
        number = 0
        while True:
            number += 1
            began_s, usage = time.monotonic(), Usage()
            ending = await self._transact(_BEGIN, partial(_perform, tasks=tasks, usage=usage), _commit)
            if isinstance(ending, Returned):
                self._observe(
                    BatchSettled(
                        tasks[0].function.name,
                        len(tasks),
                        time.monotonic() - began_s,
                        usage.rows_read,
                        usage.rows_written,
                    )
                )
            if number >= ATTEMPTS_MAX or not isinstance(ending, Raised):
                return ending
            if not isinstance(ending.error, SerializationConflict):
                return ending
            code = ending.error.sqlstate or ""
            self._observe(MutationConflicted(tasks[0].function.name, number, code))
            await asyncio.sleep(random.uniform(0, BACKOFF_MS * number) / 1000)


class _LeftOut(Exception):
    """Some calls of a batch have failed, by their places, and what was written for them must not be."""

    def __init__(self, failed: Mapping[int, Raised]) -> None:
        super().__init__(sorted(failed))
        self.failed = failed


async def _perform(session: Session, tasks: Sequence[Task], usage: Usage) -> Endings:
    """All of the transaction but its ends. Raises `_LeftOut`."""
    batching = tasks[0].function.batching
    assert batching is not None, tasks[0].function.name
    calls = [_begin(batching, task) for task in tasks]
    values = await batching.handler(BatchContext(SetWriter(session, usage)), calls)
    assert len(values) == len(calls), (tasks[0].function.name, len(values), len(calls))
    results = list(map(_encode, tasks, calls, values))
    failed = {place: end for place, end in enumerate(results) if isinstance(end, Raised)}
    spoilt = {place: end for place, end in failed.items() if calls[place].has_written}
    if spoilt:
        raise _LeftOut(spoilt)
    answers = [(place, end) for place, end in enumerate(results) if isinstance(end, str)]
    xid, repeated = await note_answers(session, [(tasks[place], end) for place, end in answers])
    if repeated:
        raise _LeftOut({answers[one][0]: Raised(AnsweredBefore()) for one in repeated})
    return [
        end if isinstance(end, Raised) else Returned(Committed(value, end, xid))
        for end, value in zip(results, values, strict=True)
    ]


async def _commit(session: Session, endings: Endings) -> Endings:
    await session.script("commit")
    return endings


def _begin(batching: Batching, task: Task) -> BatchedCall[object]:
    assert task.identity.user_id is not None, task
    task.log.clear()  # What an attempt said that came to nothing was not said.
    return BatchedCall(task.identity.user_id, batching.arguments(**task.arguments), task.log)


def _encode(task: Task, call: BatchedCall[object], value: object) -> str | Raised:
    """The call's result as JSON text."""
    if call.refusal is not None:
        return Raised(call.refusal)
    return encode_result(task.function.contract, value)
