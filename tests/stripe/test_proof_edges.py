"""Customers nobody knows, prices nobody named, money that is not real, and accounts that are not ours."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.databases import Database
from tests.stripe.simulator.history import History, history, open_spaces, sign_up, visible_tiers
from tests.stripe.simulator.lives import Crowd
from tests.stripe.simulator.services import CONNECT_SECRET, TEST_MODE_SECRET
from tests.stripe.simulator.shop import UNKNOWN, open_shop
from tests.stripe.simulator.truth import standings

# The SDK hands httpx its forms in a way that httpx will not take for ever.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw:DeprecationWarning")

SEED = 7
OURS, THEIRS = "acct_1OfTheCommunity", "acct_1OfSomebodyElse"


async def _statuses(tale: History) -> set[str]:
    return set(await tale.service.events())


async def test_what_an_unknown_customer_bought_waits_for_whoever_they_turn_out_to_be(
    database: Database, tmp_path: Path
):
    async with history(database, tmp_path, seed=SEED) as tale:
        people = await sign_up(tale.service.sql, 3)
        bought = [tale.shop.subscribe(tale.shop.customer(), "gold") for _ in people]
        await tale.settle()
        assert await tale.service.standings() == {}
        assert (await tale.service.events())["parked"] > 0

        # One is named at the dashboard, one buys again as somebody, and one stays a stranger.
        customers = [made["customer"] for made in bought]
        tale.shop.account.book.update_customer(customers[0], {"metadata": {"user_id": people[0]}})
        tale.shop.checkout("silver", customer=customers[1], client_reference_id=people[1])
        await tale.settle()
        found, truth = await tale.service.standings(), await tale.truth()
        assert (tale.differences(found, truth), len(truth)) == ({}, 3)
        assert found[bought[0]["id"]].user_id == people[0]
        assert found[bought[1]["id"]].user_id == people[1]
        waiting = "select distinct customer_id from stripe_events where status = 'parked'"
        assert [row[0] for row in await tale.service.sql.fetch(waiting)] == [customers[2]]


async def test_a_price_without_a_tier_opens_nothing_is_told_of_and_opens_once_it_is_named(
    database: Database, tmp_path: Path
):
    async with history(database, tmp_path, seed=SEED) as tale:
        sql = tale.service.sql
        person, admin = await sign_up(sql, 2)
        await sql.execute("update public.users set role = 'admin' where id = $1", admin)
        await open_spaces(sql, "silver", "gold")
        _, made = tale.shop.checkout("gold", client_reference_id=person)
        await tale.settle()
        assert await visible_tiers(sql, [person]) == {person: {"gold"}}
        told = "select count(*) from notifications where user_id = $1 and type = 'billing'"
        assert await sql.fetchval(told, admin) == 0

        tale.shop.change(made, UNKNOWN)
        await tale.settle()
        standing = (await tale.service.standings())[made["id"]]
        assert (standing.status, standing.tier, standing.grants) == ("active", None, False)
        assert tale.differences(await tale.service.standings(), await tale.truth()) == {}
        assert await sql.fetchval(told, admin) == 1

        tale.shop.account.book.update_catalog(
            "price", tale.shop.prices[UNKNOWN], {"metadata": {"tier": "silver"}}
        )
        await tale.settle()
        assert await visible_tiers(sql, [person]) == {person: {"silver"}}
        assert tale.differences(await tale.service.standings(), await tale.truth()) == {}


@pytest.mark.parametrize("livemode", [True, False])
async def test_what_happens_in_the_other_mode_touches_no_membership(
    database: Database, tmp_path: Path, livemode: bool
):
    async with history(database, tmp_path, seed=SEED, livemode=livemode) as tale:
        people = await sign_up(tale.service.sql, 2)
        for person in people:
            tale.shop.checkout("silver", client_reference_id=person)
        await tale.settle()
        before = await tale.service.standings()
        assert tale.differences(before, await tale.truth()) == {}

        play = open_shop(tale.simulator.platform(livemode=not livemode))
        # As a careless copy of the same endpoint; and the SDK's command line delivers just so.
        tale.sender.endpoints.append(
            tale.service.endpoint("of the other mode", secret=TEST_MODE_SECRET, livemode=not livemode)
        )
        crowd = Crowd(play, random.Random(SEED), people)
        await tale.play(crowd.begin())
        await tale.play(crowd.steps(8, tale.simulator.timeline.now_s))
        await tale.settle()
        assert standings(play.account, await tale.service.now_s()) != {}
        assert await tale.service.standings() == before
        ignored = "select count(*) from stripe_events where livemode = $1 and status <> 'ignored'"
        assert await tale.service.sql.fetchval(ignored, not livemode) == 0


async def test_only_the_communitys_own_connected_account_makes_members(database: Database, tmp_path: Path):
    async with history(database, tmp_path, seed=SEED) as tale:
        sql = tale.service.sql
        people = await sign_up(sql, 3)
        await sql.execute(
            "insert into public.community_settings (name, stripe_connected_account_id) values ('Ours', $1)",
            OURS,
        )
        ours, theirs = (open_shop(tale.simulator.open_account(id, livemode=True)) for id in (OURS, THEIRS))
        url = f"{tale.service.url}/webhooks/stripe/connect"
        tale.sender.endpoints[:] = [
            tale.service.endpoint("connect", url=url, secret=CONNECT_SECRET, connect=True),
            # Mixed up at Stripe: accounts' events at the platform's address.
            tale.service.endpoint("mixed up", connect=True),
        ]
        for shop in (ours, theirs):
            crowd = Crowd(shop, random.Random(SEED), people)
            await tale.play(crowd.begin())
            await tale.play(crowd.steps(10, tale.simulator.timeline.now_s))
        await tale.settle()
        truth = standings(ours.account, await tale.service.now_s())
        assert len(truth) > 2
        assert await tale.service.standings() == truth
        states = "select distinct status from stripe_events where account = $1"
        assert [row[0] for row in await sql.fetch(states, THEIRS)] == ["ignored"]

        ours.account.disconnect()
        await tale.settle()
        assert await tale.service.standings() == truth
        asked = "select stripe_connected_account_id from community_settings"
        assert await sql.fetchval(asked) == ""
