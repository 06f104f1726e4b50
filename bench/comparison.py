"""Folkmoot and its peers, driven by the same likes: one after another, in one run, over the same data."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bench.climb import Load, Opening, Step, open_subscribers, settle
from bench.load import plan
from bench.load.child import ChildFailed
from bench.population import Population
from bench.result import Cell, Result, Table
from bench.systems.folkmoot import Folkmoot
from bench.systems.parse import Parse
from bench.systems.prostgles import Prostgles
from bench.systems.site import Site
from bench.systems.system import NotRunnable, Query, Running, System
from bench.systems.zero import Zero

POPULATION = Population(spaces=1_000, people=20_000, posts=100_000)
STEP_S = 3.0
SUBSCRIBERS_MAX = 1_000  # People beyond them are the ones who like.

NOTES = (
    "Each step: likes committed at a steady rate by one writer for 3 s (4 commits at least), once, after"
    " a warm-up of 1 s at 5/s; no repetitions: differences below a factor of two mean little. Latency is"
    " from just before COMMIT is sent to the first frame that shows that like or a later one, over every"
    " subscriber and commit that concerns it. Kept up: nothing unseen 10 s after the last commit, p99"
    " below 1 s, 90 % of the asked rate written. CPU is user and system time of the service's processes,"
    " where noted also of PostgreSQL's. A delivery is a frame with news: where commits come faster than"
    " frames, a frame stands for several.",
    "One process holds all subscribers, another one writes; they share the machine with what is measured.",
)


@dataclass(frozen=True)
class Scenario:
    """`subscribers`, each a person of their own, follow `topics` spaces, which are liked in turn."""

    subscribers: int
    topics: int
    query: Query
    rates: Sequence[float]

    def __post_init__(self) -> None:
        assert self.topics <= self.subscribers <= SUBSCRIBERS_MAX, self

    @property
    def what(self) -> str:
        return f"{self.subscribers} on {self.topics}"


@dataclass
class Found:
    """What was measured of one system in one scenario."""

    system: str
    scenario: Scenario
    opening: Opening
    steps: list[Step] = field(default_factory=list[Step])

    @property
    def best(self) -> Step | None:
        """The last step that was kept up with."""
        return next((step for step in reversed(self.steps) if step.kept_up), None)


async def compare(scenarios: Sequence[Scenario], population: Population = POPULATION) -> Result:
    """Every system in every scenario. A peer that cannot run here is named in the notes, with the reason."""
    found: list[Found] = []
    notes: list[str] = []
    async with Load.start() as load:
        async with Folkmoot.open(population) as folkmoot:
            notes += await _measure(folkmoot, load, scenarios, population, found)
        async with Site.open(population) as site:
            for peer in (Zero(site), Prostgles(site), Parse(site)):
                notes += await _measure(peer, load, scenarios, population, found)
    return Result(tuple(tables_of(found)), (*NOTES, *notes))


async def _measure(
    system: System,
    load: Load,
    scenarios: Sequence[Scenario],
    population: Population,
    found: list[Found],
) -> list[str]:
    """Add to `found`; what there is to note about the system."""
    try:
        async for one in drive(system, load, scenarios, population):
            found.append(one)
    except (NotRunnable, ChildFailed) as refusal:
        return [f"{system.name} ({system.version}): not measured, or not to the end: {refusal}"]
    return [f"{system.name} ({system.version}): {system.differs}."]


async def drive(
    system: System, load: Load, scenarios: Sequence[Scenario], population: Population, step_s: float = STEP_S
) -> AsyncIterator[Found]:
    """One system through all scenarios, the first of which finds it fresh."""
    first_space = 0
    likers = tuple(str(population.person(n)) for n in range(max_subscribers(scenarios), population.people))
    async with system.run() as running, AsyncExitStack() as closing:
        closing.push_async_callback(load.generator.ask, plan.Close(), plan.Closed)
        for scenario in scenarios:
            subscribers = _subscribers(running, scenario, first_space)
            spaces = range(first_space, first_space + scenario.topics)
            posts = tuple(map(running.post, spaces))
            one = Found(system.name, scenario, await open_subscribers(load, running, subscribers))
            await load.writer.ask(plan.Prepare(running.writes, posts, likers), plan.Prepared)
            async for step in load.climb(running, scenario.rates, step_s, scenario.subscribers):
                one.steps.append(step)
                _tell(one, step)
            yield one
            await load.generator.ask(plan.Close(), plan.Closed)
            await settle(running)
            # Likes are counted from nought: the next scenario needs posts that nobody has liked.
            first_space += scenario.topics


def _tell(one: Found, step: Step) -> None:
    """A line for whoever waits: a run that is broken off should not have been for nothing."""
    seen = step.seen
    print(
        f"{one.system}, {one.scenario.what}, {step.asked_per_s:g}/s: p99 {seen.p99_s * 1_000:.1f} ms,"
        f" {step.per_delivery_us(step.service_cpu_s)} us a delivery {step.why_not}".rstrip(),
        file=sys.stderr,
    )


def max_subscribers(scenarios: Iterable[Scenario]) -> int:
    return max(scenario.subscribers for scenario in scenarios)


def _subscribers(running: Running, scenario: Scenario, first_space: int) -> list[plan.Subscriber]:
    return [
        running.subscriber(
            number % scenario.topics, first_space + number % scenario.topics, number, scenario.query
        )
        for number in range(scenario.subscribers)
    ]


# --- what is shown ---


def tables_of(found: Sequence[Found]) -> Iterable[Table]:
    """The highest rate kept up with, ratios to the peers, connecting, and every step."""
    if not found:
        return
    yield Table("highest rate that everybody kept up with, and figures at that rate", _best_rows(found))
    if ratios := _ratios(found):
        yield Table("Folkmoot against the others: how many times as good", ratios)
    yield Table("connecting everybody, and what each costs from then on", tuple(map(_opening_row, found)))
    rows = [_step_row(one, step) for one in found for step in one.steps]
    if rows:
        yield Table("every step", tuple(rows))


def _best_rows(found: Sequence[Found]) -> tuple[dict[str, Cell], ...]:
    rows: list[dict[str, Cell]] = []
    for one in found:
        figures = _step_row(one, one.best or one.steps[0])
        stopped = one.steps[-1]
        figures["commits_per_s"] = one.best.asked_per_s if one.best else 0
        del figures["fell_short"]
        rows.append(
            {
                **figures,
                "then": f"at {stopped.asked_per_s:g}/s {stopped.why_not}"
                if stopped.why_not
                else "not pushed on",
            }
        )
    return tuple(rows)


def _step_row(one: Found, step: Step) -> dict[str, Cell]:
    seen = step.seen
    return {
        "system": one.system,
        "subscribers": one.scenario.what,
        "commits_per_s": step.asked_per_s,
        "p50_ms": round(seen.p50_s * 1_000, 1),
        "p99_ms": round(seen.p99_s * 1_000, 1),
        "cpu_us": step.per_delivery_us(step.service_cpu_s),
        "with_postgres_us": step.per_delivery_us(step.service_cpu_s + step.postgres_cpu_s),
        "commit_cpu_ms": round(step.service_cpu_s / max(step.commits, 1) * 1_000, 2),
        "deliveries_per_s": round(seen.deliveries / max(step.commits / step.reached_per_s, 1e-3)),
        "bytes": round(seen.bytes / max(seen.deliveries, 1)),
        "load_1m": step.load_1m,
        "fell_short": step.why_not,
    }


def _opening_row(one: Found) -> dict[str, Cell]:
    opening = one.opening
    return {
        "system": one.system,
        "subscribers": one.scenario.what,
        "connected_s": round(opening.took_s, 2),
        "cpu_s": round(opening.cpu_s, 2),
        "postgres_cpu_s": round(opening.postgres_cpu_s, 2),
        "before_mb": round(opening.base_mb, 1),
        "kb_each": round(opening.kb_each, 1),
    }


def _ratios(found: Sequence[Found]) -> tuple[dict[str, Cell], ...]:
    ours = {one.scenario: one for one in found if one.system == Folkmoot.name}
    rows: list[dict[str, Cell]] = []
    for one in found:
        mine = ours.get(one.scenario)
        if mine is None or mine is one or not mine.steps or not one.steps:
            continue
        # At the same rate, the highest that both were asked for and the peer kept up with if it did with any.
        theirs = one.best or one.steps[0]
        mine_there = min(mine.steps, key=lambda step: abs(step.asked_per_s - theirs.asked_per_s))
        rows.append(
            {
                "peer": one.system,
                "subscribers": one.scenario.what,
                "commits_per_s": _ratio(
                    mine.best.asked_per_s if mine.best else 0, one.best.asked_per_s if one.best else 0
                ),
                "at_per_s": theirs.asked_per_s,
                "p50": _ratio(theirs.seen.p50_s, mine_there.seen.p50_s),
                "cpu": _ratio(
                    theirs.per_delivery_us(theirs.service_cpu_s),
                    mine_there.per_delivery_us(mine_there.service_cpu_s),
                ),
                "memory": _ratio(one.opening.kb_each, mine.opening.kb_each),
            }
        )
    return tuple(rows)


def _ratio(much: float, little: float) -> Cell:
    return f"{much / little:.1f}" if little > 0 and much > 0 else "-"
