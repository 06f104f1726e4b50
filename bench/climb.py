"""How far a system can be driven: likes at rising rates, until somebody does not keep up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.load import plan
from bench.load.child import Child
from bench.processes import memory_kb_of, usage_of
from bench.systems.system import Running

SEEN_TIMEOUT_S = 10.0  # A commit that is unseen for so long was lost, or the system is hopelessly behind.
P99_S_MAX = 1.0
RATE_REACHED_MIN = 0.9
WARM_UP = plan.Write(rate_per_s=5, seconds=1.0)  # Statements get prepared, pools filled, code compiled.
SETTLED_S, SETTLED_CPU_MAX = 0.5, 0.2  # A system is at rest when it uses less than that of a core.
SETTLE_S_MAX = 15.0
COMMITS_MIN = 4  # A step at a slow rate takes longer than others, for this many.


@dataclass(frozen=True)
class Step:
    """What came of writing at one rate; CPU seconds are those of all its commits together."""

    asked_per_s: float
    reached_per_s: float
    commits: int
    subscribers: int
    seen: plan.Seen
    service_cpu_s: float
    postgres_cpu_s: float
    load_1m: float

    @property
    def kept_up(self) -> bool:
        return (
            self.seen.unseen == 0
            and self.seen.p99_s < P99_S_MAX
            and self.reached_per_s >= RATE_REACHED_MIN * self.asked_per_s
        )

    @property
    def why_not(self) -> str:
        """Why this does not count as keeping up; empty where it does."""
        if self.seen.unseen:
            return f"{self.seen.unseen:,} of {self.seen.unseen + self.seen.samples:,} unseen"
        if self.seen.p99_s >= P99_S_MAX:
            return f"p99 {self.seen.p99_s:.1f} s"
        if self.reached_per_s < RATE_REACHED_MIN * self.asked_per_s:
            return f"writer reached {self.reached_per_s:.0f}/s"
        return ""

    def per_delivery_us(self, cpu_s: float) -> float:
        return round(cpu_s / max(self.seen.deliveries, 1) * 1e6, 1)


@dataclass(frozen=True)
class Load:
    """The two processes that use a system."""

    generator: Child
    writer: Child

    @staticmethod
    @asynccontextmanager
    async def start() -> AsyncIterator[Load]:
        async with (
            Child.start("bench.load.generator") as generator,
            Child.start("bench.load.writer") as writer,
        ):
            yield Load(generator, writer)

    async def write(self, system: Running, what: plan.Write, subscribers: int) -> Step:
        """Write, and wait until everybody has seen all of it."""
        service_before, postgres_before = usage_of(system.service_pid), usage_of(system.postgres_pid)
        written = await self.writer.ask(what, plan.Written)
        seen = await self.generator.ask(plan.Await(written.commits, SEEN_TIMEOUT_S), plan.Seen)
        return Step(
            asked_per_s=what.rate_per_s,
            reached_per_s=written.reached_per_s,
            commits=len(written.commits),
            subscribers=subscribers,
            seen=seen,
            service_cpu_s=usage_of(system.service_pid).since(service_before),
            postgres_cpu_s=usage_of(system.postgres_pid).since(postgres_before),
            load_1m=round(os.getloadavg()[0], 1),
        )

    async def climb(
        self, system: Running, rates: Sequence[float], seconds: float, subscribers: int
    ) -> AsyncIterator[Step]:
        """One step for each of `rates`, the first that is not kept up with being the last."""
        await self.write(system, WARM_UP, subscribers)
        for rate in rates:
            what = plan.Write(rate, max(seconds, COMMITS_MIN / rate))
            step = await self.write(system, what, subscribers)
            yield step
            if not step.kept_up:
                return


@dataclass(frozen=True)
class Opening:
    """What it cost to connect everybody and to give each a first answer, and what each costs from then on."""

    subscribers: int
    took_s: float
    cpu_s: float
    postgres_cpu_s: float
    base_mb: float
    kb: float

    @property
    def kb_each(self) -> float:
        return self.kb / self.subscribers


async def open_subscribers(load: Load, system: Running, subscribers: Sequence[plan.Subscriber]) -> Opening:
    """Connect all of them to a system that nobody has used before."""
    # The first one makes the system load what it loads but once.
    await load.generator.ask(plan.Open(system.dialect, tuple(subscribers[:1])), plan.Opened)
    await load.generator.ask(plan.Close(), plan.Closed)
    base_kb = memory_kb_of(system.service_pid)
    before, postgres_before = usage_of(system.service_pid), usage_of(system.postgres_pid)
    opened = await load.generator.ask(plan.Open(system.dialect, tuple(subscribers)), plan.Opened)
    cpu_s = usage_of(system.service_pid).since(before)
    postgres_cpu_s = usage_of(system.postgres_pid).since(postgres_before)
    kb = memory_kb_of(system.service_pid) - base_kb
    return Opening(len(subscribers), opened.took_s, cpu_s, postgres_cpu_s, base_kb / 1000, kb)


async def settle(system: Running) -> None:
    """Wait until the system has done with what it was left behind with, for as long as that is bearable."""
    for _ in range(round(SETTLE_S_MAX / SETTLED_S)):
        before = usage_of(system.service_pid)
        await asyncio.sleep(SETTLED_S)
        if usage_of(system.service_pid).since(before) < SETTLED_CPU_MAX * SETTLED_S:
            return
