"""Many feeds: 500 subscribers on 500 spaces, where each commit concerns one of them.

Each is a person with a token of their own. Likes go round the spaces at rising rates. A system whose commits
cost more the more is followed elsewhere falls behind here.
"""

from __future__ import annotations

from bench.comparison import Scenario, compare
from bench.rehearsal import rehearse
from bench.result import Result

RATES = (5, 20, 50, 100, 200, 400, 800, 1_600)
SCENARIOS = (Scenario(500, 500, "feed", RATES), Scenario(1, 1, "feed", RATES))


async def measure() -> Result:
    return await compare(SCENARIOS)


async def measure_quickly() -> Result:
    return await rehearse((Scenario(10, 10, "feed", (5, 20)), Scenario(1, 1, "feed", (20,))))
