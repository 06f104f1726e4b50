"""Calls that wait for one another, settled together: while one batch runs, the next one gathers.

Nobody waits for company: the first call starts at once, alone.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from backend.runtime.errors import TryAgain

T = TypeVar("T")
R = TypeVar("R")

BATCH_CALLS_MAX = 512  # Some 10 ms of work: larger ones gain little, and whoever is in them waits longer.
BATCH_WAITING_MAX = 10_000  # About a second of work; whoever comes then had better come back.

_Waiting: TypeAlias = tuple[T, asyncio.Future[R]]


class Batches(Generic[T, R]):
    """Settles the calls of one function, at most `BATCH_CALLS_MAX` at a time, and one of each person.

    Calls of one person begin in the order they came, and people take turns: nobody's many calls keep others
    waiting. `settle` gets calls and gives their results, in order. What it raises, all of its calls raise.
    """

    def __init__(self, settle: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._settle = settle
        self._waiting: OrderedDict[UUID, deque[_Waiting[T, R]]] = OrderedDict()
        self._count = 0
        self._worker: asyncio.Task[None] | None = None

    async def add(self, person: UUID, call: T) -> R:
        """The call's result, once its batch is settled. Raises `TryAgain` when too many wait."""
        if self._count >= BATCH_WAITING_MAX:
            raise TryAgain("Too many calls of this function are waiting. Try again.")
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(person, deque()).append((call, result))
        self._count += 1
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await result

    async def _work(self) -> None:
        try:
            while batch := self._take():
                await self._settle_batch(batch)
        finally:
            self._worker = None
            for calls in self._waiting.values():  # Only where the work was cancelled.
                for _, result in calls:
                    result.cancel()
            self._waiting.clear()
            self._count = 0

    def _take(self) -> list[_Waiting[T, R]]:
        batch: list[_Waiting[T, R]] = []
        left: list[tuple[UUID, deque[_Waiting[T, R]]]] = []
        while self._waiting and len(batch) < BATCH_CALLS_MAX:
            person, calls = self._waiting.popitem(last=False)
            while calls:
                call, result = calls.popleft()
                self._count -= 1
                if not result.done():  # Whoever has stopped waiting was not begun, and need not be.
                    batch.append((call, result))
                    break
            if calls:
                left.append((person, calls))
        self._waiting.update(left)  # At the end, behind those who have not had a turn.
        return batch

    async def _settle_batch(self, batch: list[_Waiting[T, R]]) -> None:
        [settled] = await asyncio.gather(self._settle([call for call, _ in batch]), return_exceptions=True)
        if isinstance(settled, BaseException):
            for _, result in batch:
                if not result.done():
                    result.set_exception(settled)
            return
        for (_, result), value in zip(batch, settled, strict=True):
            if not result.done():
                result.set_result(value)
