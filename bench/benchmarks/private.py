"""Private answers: 1,000 subscribers of one space, no two of whom get the same.

Folkmoot runs a query that says which of the newest posts the caller wrote, under row security with that
caller's claims; nothing of it can be shared. The peers run one that depends on the caller by an id in its
condition: posts that are not deleted, or are the caller's. Every commit concerns everybody.
"""

from __future__ import annotations

from bench.comparison import Scenario, compare
from bench.rehearsal import rehearse
from bench.result import Result

SCENARIOS = (
    Scenario(1_000, 1, "personal", (0.5, 1, 2, 5, 10, 20, 40)),
    Scenario(100, 1, "personal", (5, 10, 20, 40, 80)),
)


async def measure() -> Result:
    return await compare(SCENARIOS)


async def measure_quickly() -> Result:
    return await rehearse((Scenario(10, 1, "personal", (5, 20)),))
