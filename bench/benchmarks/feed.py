"""One feed, many subscribers: at which rate of likes do all of them still keep up, and at what cost?

1 to 1,000 clients, each a person with a token of their own, follow the newest 20 posts of one space. Likes of
one of its posts are committed at rising rates until somebody does not keep up. Beside Folkmoot the same is
done to the peers that are installed, by the same processes.
"""

from __future__ import annotations

from bench.comparison import Scenario, compare
from bench.rehearsal import rehearse
from bench.result import Result

# The most first, so that memory is measured in fresh processes.
SCENARIOS = (
    Scenario(1_000, 1, "feed", (0.5, 1, 5, 10, 20, 50, 80, 120)),
    Scenario(500, 1, "feed", (1, 5, 20, 50, 100, 200)),
    Scenario(100, 1, "feed", (5, 20, 80, 160, 320)),
    Scenario(1, 1, "feed", (20, 200, 800, 1_600)),
)


async def measure() -> Result:
    return await compare(SCENARIOS)


async def measure_quickly() -> Result:
    return await rehearse((Scenario(10, 1, "feed", (5, 20)), Scenario(1, 1, "feed", (20,))))
