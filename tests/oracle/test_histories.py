"""Random histories of people, the owner's SQL, and failures, over real processes: in the end, and on the way
there, everybody holds the truth; no mutation is lost, and none is done twice.

Each history is made from one seed. Two settings, from the environment, make them longer and more:
`FOLKMOOT_ORACLE_STEPS` (the steps of one chapter, 80), among which its failures are scattered, and
`FOLKMOOT_ORACLE_CHAPTERS` (the chapters of each history, 1). `FOLKMOOT_ORACLE_SEED` (1) is the first seed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.oracle import faults
from tests.oracle.history import Fault, begun_history
from tests.oracle.place import Machine

STEPS = int(os.environ.get("FOLKMOOT_ORACLE_STEPS", "80"))
CHAPTERS = int(os.environ.get("FOLKMOOT_ORACLE_CHAPTERS", "1"))
SEED = int(os.environ.get("FOLKMOOT_ORACLE_SEED", "1"))
TRANSITIONS_MIN = 3  # Of a client in a chapter, on average; a quick machine gives tens.
CHAPTER_S_MAX = 120.0  # With its failures, each of which costs seconds; a hang must name itself.

pytestmark = pytest.mark.timeout(60 + CHAPTERS * CHAPTER_S_MAX)


@pytest.mark.parametrize(
    ("copies", "kinds", "faults_a_chapter"),
    [
        pytest.param(1, (), 0, id="nothing breaks"),
        pytest.param(1, faults.OF_POSTGRES, 3, id="PostgreSQL breaks"),
        pytest.param(1, faults.ON_THE_WAY_TO_POSTGRES, 3, id="the way to PostgreSQL breaks"),
        pytest.param(1, faults.OF_THE_SERVICE + faults.OF_THE_NETWORK, 4, id="service and network break"),
        pytest.param(
            2,
            (*faults.OF_THE_SERVICE, *faults.OF_THE_NETWORK, faults.a_copy_gets_no_new_connections),
            4,
            id="two copies, between which clients move",
        ),
    ],
)
async def test_everybody_holds_the_truth_and_every_mutation_is_done_once(
    machine: Machine, tmp_path: Path, copies: int, kinds: tuple[Fault, ...], faults_a_chapter: int
):
    async with begun_history(machine, tmp_path, SEED, copies=copies) as history:
        for _ in range(CHAPTERS):
            chosen = history.chance.sample(kinds, min(len(kinds), faults_a_chapter))
            await history.run(STEPS, chosen)
        # All of this proves little unless much was done, and everybody was told of it.
        done = [key for key in history.chronicle.keys.values() if key.fate == "done"]
        assert len(done) > STEPS * CHAPTERS / 10
        transitions = sum(client.transitions for client in history.clients)
        assert transitions > CHAPTERS * len(history.clients) * TRANSITIONS_MIN
