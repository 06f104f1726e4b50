"""At quiet every membership is what Stripe's state makes it, whatever became of the deliveries on the way.

Random lives of many people run against the simulator, while their events are delivered in any order, twice,
late and never; answers of the API come late; the API is out of order for a while; the service is killed and
started again. What naive projections make of the same deliveries is found wrong by the same comparison.

`FOLKMOOT_PROOF_PEOPLE` (8 by default), `FOLKMOOT_PROOF_STEPS` (5 for each of them) and
`FOLKMOOT_PROOF_SEED` make it longer, or another one.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

import pytest

from tests.databases import Database
from tests.stripe.simulator.delivery import Chances
from tests.stripe.simulator.history import History, Json, history, open_spaces, sign_up, visible_tiers
from tests.stripe.simulator.lives import Crowd
from tests.stripe.simulator.naive import EachEventOnce, LastWriteWins, NewerByTime, RefetchWithoutFence
from tests.stripe.simulator.services import PATIENCE_S
from tests.stripe.simulator.shop import stripe_client
from tests.stripe.simulator.truth import Standing, open_tiers, standings

# The SDK hands httpx its forms in a way that httpx will not take for ever.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw:DeprecationWarning")

PEOPLE = int(os.environ.get("FOLKMOOT_PROOF_PEOPLE", "8"))
STEPS = int(os.environ.get("FOLKMOOT_PROOF_STEPS", "5")) * PEOPLE
SEED = int(os.environ.get("FOLKMOOT_PROOF_SEED", "20261121"))

KILLS, OUTAGES = 1 + PEOPLE // 20, 3
FLURRY_ROUNDS = 3  # Changes of one second: what orders them by time guesses.
OVERTAKEN = 6  # Subscriptions whose answers overtake each other: fewer than the actions of one copy.
SLOW_S = 0.3  # An answer's longest way, longer than what happens meanwhile.


async def kill_now_and_then(tale: History) -> None:
    """End the service as a power cut would, and start it again a little later."""
    for _ in range(KILLS):
        await asyncio.sleep(0.5 + tale.choose.random() * 1.5)
        await tale.service.kill()
        await asyncio.sleep(0.2)
        await tale.service.start()


async def break_now_and_then(tale: History) -> None:
    """Make the API refuse, limit, and lose its answers for a while."""
    for _ in range(OUTAGES):
        await asyncio.sleep(0.4 + tale.choose.random())
        tale.simulator.weather.trouble = ("rate limit", "server error", "cut off")
        tale.simulator.weather.chance = 0.6
        await asyncio.sleep(0.6)
        tale.simulator.weather.chance = 0.0


def mistakes(tale: History, truth: dict[str, Standing], held: dict[str, Json]) -> list[str]:
    """The subscriptions about which somebody is wrong who holds them to be `held`."""
    believed = standings(tale.shop.account, tale.simulator.timeline.now_s, instead=held)
    return [id for id, standing in truth.items() if believed.get(id) != standing]


@pytest.mark.timeout(600)  # A copy that is killed is started again, which takes long on a busy machine.
async def test_at_quiet_every_membership_is_what_stripe_says_and_naive_projections_are_wrong(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    async with (
        history(
            database,
            tmp_path,
            seed=SEED,
            chances=Chances(duplicated=0.3, delay_s=1.0),
            may_be_killed=True,
        ) as tale,
        stripe_client(tale.simulator, livemode=True, timeout_s=PATIENCE_S) as client,
    ):
        people = await sign_up(tale.service.sql, PEOPLE)
        await open_spaces(tale.service.sql, "silver", "gold")
        refetching = RefetchWithoutFence(client)
        naive = {
            "last write wins": LastWriteWins(),
            "each event once, then last write wins": EachEventOnce(),
            "newer by its time": NewerByTime(),
            "newer or as new by its time": NewerByTime(lets_ties_in=True),
            "refetch without a fence": refetching,
        }
        tale.sender.shadows += [projection.receive for projection in naive.values()]
        tale.simulator.weather.slow_s = SLOW_S
        crowd = Crowd(tale.shop, random.Random(SEED), people)
        async with asyncio.TaskGroup() as meanwhile:
            meanwhile.create_task(kill_now_and_then(tale))
            meanwhile.create_task(break_now_and_then(tale))
            await tale.play(crowd.begin())
            await tale.play(crowd.steps(STEPS, int(time.time())))
        await tale.play(crowd.begin())
        await tale.play(crowd.flurry(FLURRY_ROUNDS))
        tale.simulator.weather.slow_s = 0.0
        await tale.settle()
        tale.sender.send_again(0.1)
        await tale.settle()
        steady = [crowd.shop.checkout("gold", client_reference_id=person)[1] for person in people[:OVERTAKEN]]
        await tale.settle()
        await tale.overtake(steady, refetching)
        await tale.settle()
        await refetching.quiet()

        truth, found = await tale.truth(), await tale.service.standings()
        wrong = {name: len(mistakes(tale, truth, projection.held)) for name, projection in naive.items()}
        with capsys.disabled():
            if "FOLKMOOT_PROOF_PEOPLE" in os.environ:
                print(f"\n{len(truth)} subscriptions, {len(tale.sender.sent)} deliveries; wrong: {wrong}")
        assert tale.differences(found, truth) == {}
        assert await visible_tiers(tale.service.sql, people) == {
            person: open_tiers(truth).get(person, set()) for person in people
        }
        assert all(wrong.values()), wrong


async def test_what_was_never_delivered_is_mended_by_the_nightly_reconciliation(
    database: Database, tmp_path: Path
):
    chances = Chances(duplicated=0.1, dropped=0.4, delay_s=0.3)
    # Stripe lists undelivered events for thirty days.
    async with history(database, tmp_path, seed=SEED, chances=chances, began_days=28) as tale:
        people = await sign_up(tale.service.sql, PEOPLE)
        crowd = Crowd(tale.shop, random.Random(SEED), people)
        await tale.play(crowd.begin())
        await tale.play(crowd.steps(STEPS // 2, int(time.time())))
        await tale.settle()
        truth = await tale.truth()
        assert tale.differences(await tale.service.standings(), truth) != {}

        await tale.service.reconcile()
        await tale.settle()
        assert tale.differences(await tale.service.standings(), truth) == {}


async def test_of_two_answers_the_one_asked_for_later_stays(database: Database, tmp_path: Path):
    async with (
        history(database, tmp_path, seed=SEED) as tale,
        stripe_client(tale.simulator, livemode=True, timeout_s=PATIENCE_S) as client,
    ):
        [person] = await sign_up(tale.service.sql, 1)
        refetching = RefetchWithoutFence(client)
        tale.sender.shadows.append(refetching.receive)
        _, made = tale.shop.checkout("gold", client_reference_id=person)
        await tale.settle()
        await tale.overtake([made], refetching)
        await tale.settle()
        await refetching.quiet()

        assert [standing.tier for standing in (await tale.service.standings()).values()] == ["gold"]
        assert mistakes(tale, await tale.truth(), refetching.held) == [made["id"]]
