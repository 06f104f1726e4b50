"""What the runs of one tick have answered, told to the engine in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from backend.engine.ports import Answer, QueryRun
from backend.engine.ticks import TICK_S_MAX


class TickAnswers:
    """Takes answers as they come, until `close`.

    Once none has come for `TICK_S_MAX`, `run_late` gets what there is, None in the place of the others. From
    then on `catch_up` gets what has come since, by its place, at most once in that time: each telling looks
    through all that is late, however many answers it brings.
    """

    def __init__(
        self,
        runs: Sequence[QueryRun],
        *,
        run_late: Callable[[Sequence[Answer | None]], None],
        catch_up: Callable[[Mapping[int, Answer]], None],
    ) -> None:
        self._places = {run: place for place, run in enumerate(runs)}
        self._run_late, self._catch_up = run_late, catch_up
        self._fresh: dict[int, Answer] = {}
        self._is_late = False
        self._loop = asyncio.get_running_loop()
        self._came_s = self._loop.time()
        self._timer = self._loop.call_later(TICK_S_MAX, self._look)

    def take(self, run: QueryRun, answer: Answer) -> None:
        self._fresh[self._places[run]] = answer
        self._came_s = self._loop.time()

    def close(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        rest_s = TICK_S_MAX
        if self._is_late:
            fresh, self._fresh = self._fresh, {}
            if fresh:
                self._catch_up(fresh)
        elif (waited_s := self._loop.time() - self._came_s) < TICK_S_MAX:
            rest_s -= waited_s
        else:
            fresh, self._fresh, self._is_late = self._fresh, {}, True
            self._run_late([fresh.get(place) for place in range(len(self._places))])
        self._timer = self._loop.call_later(rest_s, self._look)
