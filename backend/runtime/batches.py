"""Calls that wait for one another, settled together: while one batch runs, the next one gathers.

Nobody waits for company: the first call starts at once, alone. Calls of one function begin in the order they
came.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from backend.runtime.errors import TryAgain

T = TypeVar("T")
R = TypeVar("R")

# Each call is a subtransaction, and of a transaction with more than 64 every snapshot has to look them up on
# disk (PGPROC_MAX_CACHED_SUBXIDS).
BATCH_CALLS_MAX = 64
BATCH_WAITING_MAX = 10_000  # Some seconds of work; whoever comes then had better come back.


class Batches(Generic[T, R]):
    """Settles the calls of one function, at most `BATCH_CALLS_MAX` at a time.

    `settle` gets calls in order and gives a result for each of the first of them, at least one; the others
    are handed to it again. What it raises, all of its calls raise.
    """

    def __init__(self, settle: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._settle = settle
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def add(self, call: T) -> R:
        """The call's result, once its batch is settled. Raises `TryAgain` when too many wait."""
        if len(self._waiting) >= BATCH_WAITING_MAX:
            raise TryAgain("Too many calls of this function are waiting. Try again.")
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, result))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await result

    async def _work(self) -> None:
        try:
            while batch := self._take():
                await self._settle_batch(batch)
        finally:
            self._worker = None
            for _, result in self._waiting:  # Only where the work was cancelled.
                result.cancel()
            self._waiting.clear()

    def _take(self) -> list[tuple[T, asyncio.Future[R]]]:
        batch: list[tuple[T, asyncio.Future[R]]] = []
        while self._waiting and len(batch) < BATCH_CALLS_MAX:
            call, result = self._waiting.popleft()
            if not result.done():  # Whoever has stopped waiting was not begun, and need not be.
                batch.append((call, result))
        return batch

    async def _settle_batch(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        [settled] = await asyncio.gather(self._settle([call for call, _ in batch]), return_exceptions=True)
        if isinstance(settled, BaseException):
            for _, result in batch:
                if not result.done():
                    result.set_exception(settled)
            return
        assert settled, batch
        self._waiting.extendleft(reversed(batch[len(settled) :]))
        for (_, result), value in zip(batch, settled, strict=False):
            if not result.done():
                result.set_result(value)
