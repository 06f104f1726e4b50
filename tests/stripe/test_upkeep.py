"""What keeps memberships right when something goes wrong: retries, reconciliation, lapses, and asking why."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.webhooks import stripe_events, stripe_reconciliation
from tests.conftest import REPOSITORY
from tests.databases import Database
from tests.stripe.club import SECRET, Club, open_club
from tests.stripe.simulator.server import KEYS

LIVE = ("active", "gold", True)
CONNECTED = "acct_1TheirOwn"


async def run_command(club: Club, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `folkmoot billing ...`."""
    environment = os.environ | {
        "FOLKMOOT_STRIPE_SECRET_KEY": KEYS[False],
        "FOLKMOOT_STRIPE_API_URL": club.simulator.url,
        "FOLKMOOT_STRIPE_TIERS": '["silver", "gold"]',
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.cli", "billing", *arguments, "--database-url", club.dsn),
        cwd=REPOSITORY,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_an_outage_is_waited_out_and_a_last_attempt_ends_it(club: Club):
    admin = await club.person("admin")
    _, made = await club.member()
    club.shop.change(made, "silver")
    club.simulator.weather.trouble, club.simulator.weather.chance = ("rate limit",), 1.0
    try:
        await club.tell(settles=False)
        await club.becomes(
            0,
            "select count(*) from stripe_events where status = 'pending'",
        )
        rows = await club.sql.fetch("select * from stripe_events where status = 'failed'")
        assert rows
        for row in rows:
            assert row["last_error"].startswith("billing.stripe_away: ")
            assert row["next_at"] > row["updated_at"]
        assert await club.seen(made) == LIVE

        last = rows[0]["id"]
        await club.sql.execute(
            "update stripe_events set attempts = $2, next_at = now() where id = $1",
            *(last, stripe_events.ATTEMPTS_MAX - 1),
        )
        await club.operator.run_action(stripe_events.wake_waiting)
        await club.becomes("dead", "select status from stripe_events where id = $1", last)
        assert await club.notices(admin) == ["dead_event"]
    finally:
        club.simulator.weather.chance = 0.0
    await club.sql.execute("update stripe_events set next_at = now() where status = 'failed'")
    await club.operator.run_action(stripe_events.wake_waiting)
    await club.settle()
    await club.sql.execute("update users set role = 'member' where id = $1::text::uuid", admin)

    code, out, _ = await run_command(club, "replay", "--status", "dead")
    assert (code, out.count("Worked on again")) == (0, 1)
    await club.settle()
    assert await club.sql.fetchval("select status from stripe_events where id = $1", last) == "done"
    assert await club.seen(made) == ("active", "silver", True)


async def test_two_at_one_event_do_its_work_once(club: Club):
    person, made = await club.member()
    club.stripe.book.emit("customer.subscription.trial_will_end", made)
    await club.tell()
    [row] = await club.sql.fetch(
        "update stripe_events set status = 'pending', next_at = now()"
        " where type = 'customer.subscription.trial_will_end' and object_id = $1 returning id, attempts",
        made["id"],
    )
    claims = await asyncio.gather(
        *(club.operator.run_mutation(stripe_events.claim, event=row["id"]) for _ in range(4))
    )
    assert len([one for one in claims if one is not None]) == 1
    outcome = stripe_events.Outcome(notice="trial_ends", user_id=None)
    for _ in range(2):
        await club.operator.run_mutation(stripe_events.conclude, event=row["id"], outcome=outcome)
    assert await club.notices(person) == ["trial_ends"]


async def test_reconciling_finds_and_mends_what_no_event_told(club: Club):
    _, made = await club.member()
    unheard = await club.person()
    named = {"metadata": {"user_id": unheard}}  # As our own checkout names whoever buys.
    _, new = club.shop.checkout("silver", client_reference_id=unheard, subscription_data=named)
    club.stripe.subscriptions.cancel(made)
    club.told.clear()
    assert (await club.seen(made), await club.seen(new)) == (LIVE, None)

    code, out, err = await run_command(club, "reconcile", "--json")
    assert code == 0, err
    report = json.loads(out)
    assert set(report["mended"]) == {made["id"], new["id"]}
    assert report["mended"][made["id"]].startswith("status active is canceled")
    assert report["mended"][new["id"]] == "it was unknown here"
    assert "compared" in err
    await club.settle()
    assert await club.seen(made) == ("canceled", "gold", False)
    assert await club.seen(new) == ("active", "silver", True)

    await club.sql.execute(
        "update memberships set tier = 'gold' where stripe_subscription_id = $1", new["id"]
    )
    code, out, _ = await run_command(club, "reconcile")
    assert code == 0
    assert f"{new['id']}: its membership was not what follows from it" in out
    assert await club.seen(new) == ("active", "silver", True)
    said = await club.operator.run_action(stripe_reconciliation.reconcile)
    assert ", 0 mended, 0 memberships derived anew, 0 undelivered" in said


async def test_why_somebody_has_access_is_told_event_by_event(club: Club):
    person, made = await club.member()
    code, out, _ = await run_command(club, "explain", person)
    assert code == 0
    assert f"{person} has access." in out
    assert f"{made['id']}: active, tier gold, opens: it is paid for" in out
    assert "checkout.session.completed" in out
    club.stripe.subscriptions.cancel(made)
    await club.tell()
    code, out, _ = await run_command(club, "explain", f"{person}@example.test", "--json")
    found = json.loads(out)
    assert [one["why"] for one in found["memberships"]] == ["Stripe says canceled"]
    assert found["events"][-1]["type"] == "customer.subscription.deleted"
    assert found["events"][-1]["note"] == f"{made['id']}: canceled, tier gold"
    code, _, err = await run_command(club, "explain", "nobody@example.test")
    assert (code, "[billing.unknown_person]" in err) == (1, True)


async def test_an_access_that_ends_by_time_alone_is_noted_when_it_ends(club: Club):
    _, made = await club.member()
    ends = datetime.now(UTC) + timedelta(seconds=2)
    made["cancel_at"] = int(ends.timestamp()) + 1
    club.stripe.book.emit("customer.subscription.updated", made)
    await club.tell()
    assert await club.seen(made) == LIVE
    await club.becomes(
        True,
        "select lapsed_at >= access_until from memberships where stripe_subscription_id = $1",
        made["id"],
    )
    assert await club.seen(made) == ("active", "gold", False)


async def test_an_end_that_somebody_wrote_by_hand_is_noted_too(club: Club):
    _, made = await club.member()
    await club.sql.execute(
        "update memberships set access_until = now() where stripe_subscription_id = $1", made["id"]
    )
    await club.operator.run_action(stripe_reconciliation.keep_up)
    row = await club.row(made)
    assert row is not None
    assert row["lapsed_at"] is not None


async def test_a_connected_account_has_its_own_endpoint_customers_and_end(database: Database):
    async with open_club(database) as club:
        admin = await club.person("admin")
        await club.sql.execute(
            "insert into community_settings (name, stripe_connected_account_id) values ('Club', $1)",
            CONNECTED,
        )
        theirs = club.simulator.open_account(CONNECTED, livemode=False)
        product = theirs.book.create_product({"name": "Gold", "metadata": {"tier": "gold"}})
        price = theirs.book.create_price({"product": product["id"], "unit_amount": 100})
        person = await club.person()
        given: dict[str, Any] = {
            "priceId": price["id"],
            "intentId": "intent-1",
            "successUrl": "https://club.test",
            "cancelUrl": "https://club.test",
        }
        assert await club.refusal("billing:checkout", person, **given) == "billing.payments_closed"
        theirs.renew_charges(enabled=False)
        theirs.renew_charges(enabled=True)
        await club.tell()
        await club.value("billing:checkout", person, **given)
        made = theirs.sessions.complete_checkout(theirs.book.all("checkout.session")[-1])
        assert set(await club.tell()) == {200}
        assert await club.seen(made) == LIVE
        query = "select account from stripe_subscriptions where subscription_id = $1"
        assert await club.sql.fetchval(query, made["id"]) == CONNECTED
        await club.operator.run_action(stripe_reconciliation.reconcile)

        theirs.disconnect()
        await club.tell()
        query = "select stripe_connected_account_id from community_settings"
        assert (await club.sql.fetchval(query), await club.seen(made)) == ("", LIVE)
        assert await club.notices(admin) == ["account_disconnected"]


async def test_policies_are_what_the_settings_say(database: Database):
    chosen = {
        "stripe_pause": "close",
        "stripe_refund": "revoke",
        "stripe_dispute": "keep",
        "stripe_dispute_lost": "cancel",
        "stripe_grace_days": 0,
    }
    async with open_club(database, **chosen) as club:
        _, paused = await club.member()
        club.stripe.subscriptions.update(paused, {"pause_collection": {"behavior": "void"}})
        _, refunded = await club.member()
        _, disputed = await club.member()
        charges = [club.stripe.charge_of(made) for made in (refunded, disputed)]
        assert charges[0] is not None
        assert charges[1] is not None
        club.stripe.invoices.refund(charges[0])
        dispute = club.stripe.invoices.dispute(charges[1])
        await club.tell()
        assert [await club.seen(made) for made in (paused, refunded, disputed)] == [
            ("active", "gold", False),
            ("active", "gold", False),
            LIVE,
        ]
        club.stripe.subscriptions.update(paused, {"pause_collection": ""})
        club.stripe.invoices.close_dispute(dispute, "lost")
        await club.tell()
        await club.tell()
        assert [await club.seen(made) for made in (paused, disputed)] == [LIVE, ("canceled", "gold", False)]


async def test_secrets_are_shown_nowhere(club: Club, capfd: pytest.CaptureFixture[str]):
    club.simulator.weather.trouble, club.simulator.weather.chance = ("server error",), 1.0
    try:
        code, out, err = await run_command(club, "reconcile")
    finally:
        club.simulator.weather.chance = 0.0
    assert (code, "[billing.stripe_away]" in err) == (1, True)
    shown = out + err + "".join(capfd.readouterr())
    assert [secret for secret in (KEYS[False], SECRET) if secret in shown] == []
