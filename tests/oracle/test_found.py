"""What histories have found, each as the shortest story that shows it."""

from __future__ import annotations

from backend.engine.effects import RunMutation
from tests.engine.room import ADA, DONE, EVE, Room


def test_a_mutation_that_waits_for_another_runs_as_whom_it_was_said_by():
    room = Room()
    guest = room.guest(identity=ADA)
    guest.mutates(1)
    guest.mutates(2)
    guest.authenticates(EVE)
    guest.mutates(3)
    callers = []
    for _ in range(3):
        [running] = room.asked(RunMutation)
        callers.append(running.call.identity)
        room.finish(DONE)
    assert callers == [ADA, ADA, EVE]
