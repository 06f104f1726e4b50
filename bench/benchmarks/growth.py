"""Growth: what one commit costs with 1, 1,000, 10,000 and 100,000 subscriptions that it does not concern.

One client follows the space that is liked; the others hold a thousand subscriptions each, every one a query
of its own for posts of some other space. Flat is the claim: neither the time from COMMIT to the client nor
the CPU of a commit may grow with them. On the way up: how long it takes, and what it costs, until everybody
has a first answer, and what each subscription keeps in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.climb import WARM_UP, Load, Opening, Step, open_subscribers, settle
from bench.convex import Call
from bench.load import plan
from bench.population import Population
from bench.rehearsal import POPULATION as SMALL_POPULATION
from bench.result import Cell, Result, Table
from bench.systems.folkmoot import Folkmoot, client

POPULATION = Population(spaces=1_000, people=20_000, posts=100_000)
SIZES = (0, 1_000, 10_000, 100_000)
PER_CLIENT = 1_000
ROWS_READ_MIN = 100  # Far more than there are on a page of one post.
RATE_PER_S = 20
STEP_S, STEPS = 5.0, 3  # The step of the median counts: a busy moment of the machine strikes one of them.

NOTES = (
    f"Likes at {RATE_PER_S}/s, {STEPS} times {STEP_S:.0f} s after a warm-up of 1 s; the step with the median"
    " CPU is shown. The subscriptions differ in their arguments, so that nothing is shared, and are held by"
    f" one person on sockets of {PER_CLIENT:,}. Each size finds a fresh service.",
)


@dataclass(frozen=True)
class Grown:
    """What was measured with so many bystanders."""

    bystanders: int
    opening: Opening
    steps: Sequence[Step]

    @property
    def step(self) -> Step:
        """The one whose commits took the median CPU."""
        by_cpu = sorted(self.steps, key=lambda step: step.service_cpu_s / max(step.commits, 1))
        return by_cpu[len(by_cpu) // 2]


async def measure() -> Result:
    async with Folkmoot.open(POPULATION) as folkmoot:
        return await grow(folkmoot, SIZES, step_s=STEP_S)


async def measure_quickly() -> Result:
    async with Folkmoot.open(SMALL_POPULATION) as folkmoot:
        return await grow(folkmoot, (0, 100), step_s=0.5)


async def grow(folkmoot: Folkmoot, sizes: Sequence[int], *, step_s: float) -> Result:
    """Every one of `sizes`, with a service of its own."""
    async with Load.start() as load:
        found = [await _measure(folkmoot, load, number, size, step_s) for number, size in enumerate(sizes)]
    commits = Table("one commit, seen by one client", tuple(_commit_row(one, found[0]) for one in found))
    openings = Table(
        "first answers for everybody", tuple(_opening_row(one) for one in found if one.bystanders)
    )
    return Result((commits, openings), NOTES)


async def _measure(folkmoot: Folkmoot, load: Load, number: int, size: int, step_s: float) -> Grown:
    population = folkmoot.population
    likers = tuple(str(population.person(n)) for n in range(1, population.people))
    async with folkmoot.run() as running:
        # The first spaces are followed by nobody else, and liked in turn by the sizes, as likes count from 0.
        follower = running.subscriber(0, number, 0, "feed")
        everybody = [*_bystanders(folkmoot, size), follower]
        opening = await open_subscribers(load, running, everybody)
        await load.writer.ask(plan.Prepare(running.writes, (running.post(number),), likers), plan.Prepared)
        await settle(running)
        await load.write(running, WARM_UP, 1)
        what = plan.Write(RATE_PER_S, step_s)
        steps = [await load.write(running, what, 1) for _ in range(STEPS)]
        await load.generator.ask(plan.Close(), plan.Closed)
    return Grown(size, opening, steps)


def _bystanders(folkmoot: Folkmoot, size: int) -> Iterator[plan.Subscriber]:
    token = folkmoot.token_of(0)
    calls = [_other_call(folkmoot, number) for number in range(size)]
    for begin in range(0, size, PER_CLIENT):
        yield client(-1, token, calls[begin : begin + PER_CLIENT])


def _other_call(folkmoot: Folkmoot, number: int) -> Call:
    """For the newest post of a space that nobody likes. By another limit it is a query of its own."""
    others = folkmoot.population.spaces - len(SIZES)
    name, arguments = folkmoot.call(len(SIZES) + number % others, "feed", posts=1)
    page = {"numItems": 1, "cursor": None, "maximumRowsRead": ROWS_READ_MIN + number // others}
    return name, {**arguments, "paginationOpts": page}


def _commit_row(one: Grown, alone: Grown) -> dict[str, Cell]:
    return {
        "bystanders": one.bystanders,
        "p50_ms": round(one.step.seen.p50_s * 1_000, 1),
        "p99_ms": round(one.step.seen.p99_s * 1_000, 1),
        "cpu_ms": round(_cpu_ms(one), 2),
        "postgres_cpu_ms": round(one.step.postgres_cpu_s / max(one.step.commits, 1) * 1_000, 2),
        "times_alone_p50": round(one.step.seen.p50_s / alone.step.seen.p50_s, 2),
        "times_alone_cpu": round(_cpu_ms(one) / max(_cpu_ms(alone), 1e-3), 2),
        "unseen": sum(step.seen.unseen for step in one.steps),
        "load_1m": one.step.load_1m,
    }


def _cpu_ms(one: Grown) -> float:
    return one.step.service_cpu_s / max(one.step.commits, 1) * 1_000


def _opening_row(one: Grown) -> dict[str, Cell]:
    opening = one.opening
    return {
        "bystanders": one.bystanders,
        "took_s": round(opening.took_s, 2),
        "per_s": round(one.bystanders / opening.took_s),
        "cpu_ms_each": round(opening.cpu_s / one.bystanders * 1_000, 3),
        "postgres_cpu_ms_each": round(opening.postgres_cpu_s / one.bystanders * 1_000, 3),
        "kb_each": round(opening.kb / one.bystanders, 1),
    }
