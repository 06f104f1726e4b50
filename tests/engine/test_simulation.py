"""The oracle: in whatever order things happen, a client holds the truth at its ts, and at rest the truth now.

The outside of the engine is simulated; the engine is the real one. Each step of a simulation is one thing
that can happen outside. A failure prints the steps.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engine import engine
from tests.engine.simulated_database import SimulatedDatabase
from tests.engine.simulation import World

CHOICES_MAX = 2**32
NEAR_WRAP_AROUND = 2**32 - 20


@pytest.mark.parametrize("first_xid", [1, NEAR_WRAP_AROUND])
@pytest.mark.parametrize("seed", range(10))
def test_every_transition_is_a_consistent_cut_and_at_rest_all_hold_the_newest_answers(
    seed: int, first_xid: int
) -> None:
    run_many(seed, first_xid)


@pytest.mark.parametrize("runs_max", [1, 2, 3])
def test_so_it_is_where_a_tick_has_room_for_a_part_of_what_is_stale(
    runs_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "TICK_RUNS_MAX", runs_max)
    run_many(seed=runs_max, first_xid=1)


@given(choices=st.lists(st.integers(0, CHOICES_MAX), max_size=100))
@settings(max_examples=200, deadline=None, derandomize=True, report_multiple_bugs=False)
def test_so_it_is_in_short_histories_which_are_easier_to_read_when_they_fail(choices: list[int]) -> None:
    run(1, choices)


def run_many(seed: int, first_xid: int) -> None:
    choices = random.Random(seed)
    for _ in range(15):
        run(first_xid, [choices.randrange(CHOICES_MAX) for _ in range(300)])


def run(first_xid: int, choices: list[int]) -> None:
    world = World(SimulatedDatabase(first_xid))
    try:
        for choice in choices:
            world.step(choice)
        world.settle()
    except Exception as error:
        error.add_note(" ".join(world.log))
        raise
