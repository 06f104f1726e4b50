"""A benchmark in seconds: that it runs, not how fast. Folkmoot alone, few people, short steps."""

from __future__ import annotations

from collections.abc import Sequence

from bench.climb import Load
from bench.comparison import Scenario, drive, tables_of
from bench.population import Population
from bench.result import Result
from bench.systems.folkmoot import Folkmoot

POPULATION = Population(spaces=20, people=200, posts=400)
STEP_S = 0.4
NOTES = ("A rehearsal: these figures say that the benchmark works, and nothing else.",)


async def rehearse(scenarios: Sequence[Scenario]) -> Result:
    """`scenarios` with a stack of their own."""
    async with Folkmoot.open(POPULATION) as folkmoot:
        return await rehearse_with(folkmoot, scenarios)


async def rehearse_with(folkmoot: Folkmoot, scenarios: Sequence[Scenario]) -> Result:
    """`scenarios` with a stack that is there already, and populated."""
    async with Load.start() as load:
        found = [one async for one in drive(folkmoot, load, scenarios, folkmoot.population, STEP_S)]
    return Result(tuple(tables_of(found)), NOTES)
