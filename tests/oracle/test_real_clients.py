"""The same histories with the clients that people have: `convex` of npm and of PyPI, unmodified."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle import faults
from tests.oracle.history import begun_history, feed_of
from tests.oracle.place import Machine
from tests.oracle.real_clients import with_follower, with_tabs
from tests.oracle.socket_client import COMMENTS, FEED
from tests.oracle.test_histories import CHAPTER_S_MAX, CHAPTERS, SEED, STEPS

TABS = 4

pytestmark = pytest.mark.timeout(60 + CHAPTERS * CHAPTER_S_MAX)

FAULTS = (
    faults.all_connections_are_cut,
    faults.answers_are_lost,
    faults.the_walsender_is_terminated,
    faults.the_service_is_killed,
)


async def test_the_clients_of_npm_and_pypi_hold_the_truth_whatever_breaks(machine: Machine, tmp_path: Path):
    async with begun_history(machine, tmp_path, SEED) as history:
        things = history.things
        followed = [
            (COMMENTS, {"postId": things.ledgers[0]}),
            (FEED, feed_of(things.spaces[1], posts_max=50)),
            ("spaces:list", {}),
        ]
        async with (
            with_tabs(history, [*things.people[: TABS - 1], None]) as tabs,
            with_follower(history, things.people[2], followed) as follower,
        ):
            for number, tab in enumerate(tabs):
                tab.watch(COMMENTS, {"postId": things.ledgers[number % len(things.ledgers)]}, ledger=True)
                tab.watch(FEED, feed_of(things.spaces[number], posts_max=3))
            for _ in range(CHAPTERS):
                await history.run(STEPS, FAULTS)
            assert min(one.transitions for one in (*tabs, follower)) > CHAPTERS
