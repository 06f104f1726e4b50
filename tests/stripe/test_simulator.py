"""The simulator of Stripe moves subscriptions as Stripe does, and the real SDK reads all it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from tests.stripe.simulator.sdk_fields import field_mistakes
from tests.stripe.simulator.server import Simulator
from tests.stripe.simulator.shapes import DAY_S, HOUR_S
from tests.stripe.simulator.shop import YEARLY, Shop, open_shop, stripe_client

Json = dict[str, Any]

# The SDK hands httpx its forms in a way that httpx will not take for ever.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw:DeprecationWarning")

NOW_S = 1_790_000_000
MONTH_S = 30 * DAY_S


@dataclass
class Life:
    """One subscription, moved by hand and read by the SDK."""

    simulator: Simulator
    shop: Shop
    client: stripe.StripeClient
    heard: list[Json]

    @property
    def now(self) -> int:
        return self.simulator.timeline.now_s

    def wait(self, seconds: int) -> None:
        self.simulator.timeline.advance(self.now + seconds)

    async def read(self, subscription: Json) -> stripe.Subscription:
        """As anybody would see it now."""
        return await self.client.v1.subscriptions.retrieve_async(subscription["id"])

    async def status(self, subscription: Json) -> str:
        return (await self.read(subscription)).status

    def told(self, *prefixes: str) -> list[str]:
        """The types of the events since the last time, of those that begin so; others are forgotten."""
        types = [event["type"] for event in self.heard if event["type"].startswith(prefixes)]
        self.heard.clear()
        return types


@pytest.fixture
async def life() -> AsyncIterator[Life]:
    """An empty shop at the simulator, and the SDK."""
    simulator = Simulator(NOW_S)
    heard: list[Json] = []
    async with simulator.serving(), stripe_client(simulator) as client:
        shop = open_shop(simulator.platform())
        simulator.listeners.append(lambda account, event: heard.append(event))
        yield Life(simulator, shop, client, heard)
    for account in simulator.accounts.values():
        for made in account.book.objects.values():
            assert field_mistakes(made) == []
            if made["object"] == "event" and made["data"]["object"].get("object") != "application":
                assert field_mistakes(made["data"]["object"]) == []


SUBSCRIPTION = "customer.subscription"


async def test_a_first_payment_that_is_made_makes_a_subscription_active(life: Life):
    made = life.shop.subscribe(life.shop.customer())
    assert life.told(SUBSCRIPTION, "invoice.", "charge.") == [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "charge.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    read = await life.read(made)
    assert (read.status, read["items"].data[0].current_period_end) == ("active", NOW_S + MONTH_S)


async def test_a_first_payment_that_is_never_made_expires_after_23_hours(life: Life):
    made = life.shop.subscribe(life.shop.customer("pm_card_chargeCustomerFail"))
    assert await life.status(made) == "incomplete"
    life.wait(23 * HOUR_S - 1)
    assert await life.status(made) == "incomplete"
    life.told()
    life.wait(1)
    assert await life.status(made) == "incomplete_expired"
    assert life.told("") == ["customer.subscription.updated", "invoice.voided"]
    life.wait(100 * DAY_S)
    assert life.told("") == []


async def test_a_first_payment_made_in_time_counts(life: Life):
    made = life.shop.subscribe(life.shop.customer(), payment_behavior="default_incomplete")
    assert await life.status(made) == "incomplete"
    assert life.shop.pay(made) == "paid"
    assert await life.status(made) == "active"
    life.wait(DAY_S)
    assert await life.status(made) == "active"


@pytest.mark.parametrize(
    ("card", "missing", "then", "told"),
    [
        ("pm_card_visa", "pause", "active", ["updated"]),
        (None, "pause", "paused", ["updated", "paused"]),
        (None, "cancel", "canceled", ["deleted"]),
        (None, "create_invoice", "past_due", ["updated", "updated"]),
        ("pm_card_chargeCustomerFail", "pause", "past_due", ["updated", "updated"]),
    ],
)
async def test_a_trial_ends_in_what_it_was_told_to(
    life: Life, card: str | None, missing: str, then: str, told: list[str]
):
    behavior = {"end_behavior": {"missing_payment_method": missing}}
    made = life.shop.subscribe(life.shop.customer(card), trial_period_days=7, trial_settings=behavior)
    assert await life.status(made) == "trialing"
    life.told()
    life.wait(4 * DAY_S)
    assert life.told("") == ["customer.subscription.trial_will_end"]
    life.wait(3 * DAY_S + HOUR_S)
    assert await life.status(made) == then
    assert life.told(SUBSCRIPTION) == [f"customer.subscription.{word}" for word in told]


async def test_a_paused_subscription_is_resumed_by_a_payment(life: Life):
    behavior = {"end_behavior": {"missing_payment_method": "pause"}}
    made = life.shop.subscribe(life.shop.customer(None), trial_period_days=1, trial_settings=behavior)
    life.wait(DAY_S)
    life.shop.set_card(made, "pm_card_visa")
    life.told()
    await life.client.v1.subscriptions.resume_async(made["id"], {"billing_cycle_anchor": "now"})
    assert await life.status(made) == "active"
    assert life.told(SUBSCRIPTION) == ["customer.subscription.updated", "customer.subscription.resumed"]


async def test_a_trial_ended_now_is_announced_at_once_and_billed(life: Life):
    made = life.shop.subscribe(life.shop.customer(), trial_period_days=14)
    life.told()
    await life.client.v1.subscriptions.update_async(made["id"], {"trial_end": "now"})
    assert life.told(SUBSCRIPTION)[:2] == [
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
    ]
    assert await life.status(made) == "active"


@pytest.mark.parametrize("after_retries", ["cancel", "unpaid", "past_due"])
async def test_a_renewal_that_fails_is_past_due_until_the_retries_end(life: Life, after_retries):
    life.shop.account.subscriptions.after_retries = after_retries
    made = life.shop.subscribe(life.shop.customer())
    life.shop.set_card(made, "pm_card_chargeCustomerFail")
    life.wait(MONTH_S)
    assert await life.status(made) == "active"  # The invoice is a draft for an hour.
    life.wait(HOUR_S)
    assert await life.status(made) == "past_due"
    life.told()
    life.wait((3 + 5 + 7) * DAY_S)
    assert life.told("invoice.payment_failed") == ["invoice.payment_failed"] * 3
    expected = {"cancel": "canceled"}.get(after_retries, after_retries)
    assert await life.status(made) == expected


async def test_a_past_due_subscription_is_active_again_once_its_latest_invoice_is_paid(life: Life):
    made = life.shop.subscribe(life.shop.customer())
    life.shop.set_card(made, "pm_card_chargeCustomerFail")
    life.wait(MONTH_S + HOUR_S)
    with pytest.raises(stripe.CardError) as refused:
        await life.client.v1.invoices.pay_async(made["latest_invoice"])
    assert refused.value.code == "card_declined"
    life.shop.set_card(made, "pm_card_visa")
    paid = await life.client.v1.invoices.pay_async(made["latest_invoice"])
    assert (paid.status, await life.status(made)) == ("paid", "active")


async def test_an_unpaid_subscription_gets_drafts_and_returns_when_the_latest_is_paid(life: Life):
    life.shop.account.subscriptions.after_retries = "unpaid"
    made = life.shop.subscribe(life.shop.customer())
    life.shop.set_card(made, "pm_card_chargeCustomerFail")
    life.wait(2 * MONTH_S + 2 * HOUR_S)
    assert await life.status(made) == "unpaid"
    latest = await life.client.v1.invoices.retrieve_async(made["latest_invoice"])
    assert (latest.status, latest.auto_advance) == ("draft", False)
    life.shop.set_card(made, "pm_card_visa")
    await life.client.v1.invoices.pay_async(made["latest_invoice"])
    assert await life.status(made) == "active"


@pytest.mark.parametrize(
    ("behavior", "invoice"),
    [("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible"), ("void", "void")],
)
async def test_a_pause_of_collection_changes_no_status(life: Life, behavior: str, invoice: str):
    made = life.shop.subscribe(life.shop.customer())
    given: Any = {"pause_collection": {"behavior": behavior, "resumes_at": life.now + 40 * DAY_S}}
    await life.client.v1.subscriptions.update_async(made["id"], given)
    life.wait(MONTH_S + HOUR_S)
    read = await life.read(made)
    assert (read.status, read.pause_collection and read.pause_collection.behavior) == ("active", behavior)
    assert (await life.client.v1.invoices.retrieve_async(made["latest_invoice"])).status == invoice
    life.wait(10 * DAY_S)
    assert (await life.read(made)).pause_collection is None


async def test_a_cancellation_at_the_end_of_the_period_can_be_taken_back_until_then(life: Life):
    made = life.shop.subscribe(life.shop.customer())
    update = life.client.v1.subscriptions.update_async
    planned = await update(made["id"], {"cancel_at_period_end": True})
    assert (planned.status, planned.cancel_at) == ("active", NOW_S + MONTH_S)
    assert (await update(made["id"], {"cancel_at_period_end": False})).cancel_at is None
    await update(made["id"], {"cancel_at_period_end": True})
    life.told()
    life.wait(MONTH_S)
    ended = await life.read(made)
    assert (ended.status, ended.ended_at) == ("canceled", NOW_S + MONTH_S)
    assert life.told("") == ["customer.subscription.deleted"]


async def test_a_cancellation_at_an_instant_and_one_at_once(life: Life):
    customer = life.shop.customer()
    later, now = life.shop.subscribe(customer), life.shop.subscribe(customer)
    await life.client.v1.subscriptions.update_async(later["id"], {"cancel_at": life.now + 5 * DAY_S})
    await life.client.v1.subscriptions.cancel_async(now["id"])
    assert [await life.status(later), await life.status(now)] == ["active", "canceled"]
    with pytest.raises(stripe.InvalidRequestError):
        await life.client.v1.subscriptions.cancel_async(now["id"])
    life.wait(5 * DAY_S)
    assert await life.status(later) == "canceled"


async def test_an_upgrade_is_in_force_at_once_and_a_pending_one_once_it_is_paid(life: Life):
    made = life.shop.subscribe(life.shop.customer(), "silver")
    life.shop.change(made, "gold", proration_behavior="always_invoice")
    assert [item.price.id for item in (await life.read(made))["items"].data] == [life.shop.prices["gold"]]
    life.shop.change(made, "silver")

    life.shop.set_card(made, "pm_card_authenticationRequired")
    pending = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    life.told()
    life.shop.change(made, "gold", **pending)
    read = await life.read(made)
    assert read.pending_update is not None
    assert (read.status, read["items"].data[0].price.id) == ("active", life.shop.prices["silver"])
    assert "invoice.payment_action_required" in life.told("invoice.")
    life.shop.set_card(made, "pm_card_visa")
    assert life.shop.pay(made) == "paid"
    read = await life.read(made)
    assert (read.pending_update, read["items"].data[0].price.id) == (None, life.shop.prices["gold"])
    assert life.told(SUBSCRIPTION) == [
        "customer.subscription.updated",
        "customer.subscription.pending_update_applied",
    ]


async def test_a_pending_upgrade_that_is_not_paid_never_happens(life: Life):
    made = life.shop.subscribe(life.shop.customer(), "silver")
    life.shop.set_card(made, "pm_card_chargeCustomerFail")
    pending = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
    life.shop.change(made, "gold", **pending)
    life.told()
    life.wait(23 * HOUR_S)
    assert life.told("") == ["invoice.voided", "customer.subscription.pending_update_expired"]
    read = await life.read(made)
    assert (read.pending_update, read.status) == (None, "active")
    assert read["items"].data[0].price.id == life.shop.prices["silver"]


async def test_an_upgrade_that_may_fail_does_and_one_that_may_not_is_past_due(life: Life):
    made = life.shop.subscribe(life.shop.customer(), "silver")
    life.shop.set_card(made, "pm_card_chargeCustomerFail")
    items: Any = [{"id": made["items"]["data"][0]["id"], "price": life.shop.prices["gold"]}]
    given: Any = {"items": items, "proration_behavior": "always_invoice"}
    update = life.client.v1.subscriptions.update_async
    with pytest.raises(stripe.CardError):
        await update(made["id"], {**given, "payment_behavior": "error_if_incomplete"})
    assert (await life.read(made))["items"].data[0].price.id == life.shop.prices["silver"]
    assert (await update(made["id"], given)).status == "past_due"
    assert (await life.read(made))["items"].data[0].price.id == life.shop.prices["gold"]


async def test_another_interval_begins_a_new_period(life: Life):
    made = life.shop.subscribe(life.shop.customer())
    life.wait(10 * DAY_S)
    life.shop.change(made, YEARLY)
    assert (await life.read(made))["items"].data[0].current_period_end == life.now + 365 * DAY_S


async def test_a_scheduled_downgrade_comes_with_the_next_period(life: Life):
    made = life.shop.subscribe(life.shop.customer(), "gold")
    schedules = life.client.v1.subscription_schedules
    schedule = await schedules.create_async({"from_subscription": made["id"]})
    gold, silver = life.shop.prices["gold"], life.shop.prices["silver"]
    phases: Any = [{"items": [{"price": gold, "quantity": 1}]}, {"items": [{"price": silver, "quantity": 1}]}]
    phases[0] |= {"start_date": schedule.phases[0].start_date, "end_date": schedule.phases[0].end_date}
    await schedules.update_async(schedule.id, {"phases": phases})
    life.wait(MONTH_S - 1)
    assert (await life.read(made))["items"].data[0].price.id == gold
    life.wait(1)
    assert (await life.read(made))["items"].data[0].price.id == silver
    life.wait(MONTH_S)
    assert (await schedules.retrieve_async(schedule.id)).status == "completed"
    assert (await life.read(made)).schedule is None


async def test_checkout_makes_customer_and_subscription_and_says_who_bought(life: Life):
    checkout = life.client.v1.checkout.sessions
    given: Any = {
        "mode": "subscription",
        "line_items": [{"price": life.shop.prices["gold"], "quantity": 1}],
        "client_reference_id": "ada",
        "subscription_data": {"metadata": {"user_id": "ada"}},
        "success_url": "https://example.test/thanks",
    }
    opened = await checkout.create_async(given)
    assert (opened.status, opened.payment_status, opened.subscription) == ("open", "unpaid", None)
    held = life.shop.account.book.get("checkout.session", opened.id)
    life.shop.account.sessions.complete_checkout(held)
    done = await checkout.retrieve_async(opened.id, {"expand": ["subscription", "line_items"]})
    assert (done.status, done.payment_status, done.client_reference_id) == ("complete", "paid", "ada")
    assert isinstance(done.subscription, stripe.Subscription)
    assert done.subscription.metadata.to_dict() == {"user_id": "ada"}
    assert life.heard[-1]["type"] == "checkout.session.completed"


@pytest.mark.parametrize(("succeeded", "status"), [(True, "active"), (False, "incomplete")])
async def test_a_delayed_method_opens_nothing_before_the_bank_says_so(
    life: Life, succeeded: bool, status: str
):
    session, made = life.shop.checkout("gold", "pm_usBankAccount_processing")
    read = await life.client.v1.checkout.sessions.retrieve_async(session["id"])
    assert (read.status, read.payment_status, await life.status(made)) == ("complete", "unpaid", "incomplete")
    life.wait(3 * DAY_S)
    life.told()
    life.shop.account.sessions.settle_checkout(session, succeeded=succeeded)
    assert await life.status(made) == status
    word = "succeeded" if succeeded else "failed"
    assert life.told("checkout") == [f"checkout.session.async_payment_{word}"]


async def test_a_session_expires_after_a_day(life: Life):
    lines = [{"price": life.shop.prices["gold"], "quantity": 1}]
    opened = life.shop.account.sessions.open_checkout({"mode": "subscription", "line_items": lines})
    life.wait(DAY_S)
    assert (await life.client.v1.checkout.sessions.retrieve_async(opened["id"])).status == "expired"
    assert life.told("checkout") == ["checkout.session.expired"]


async def test_refunds_and_disputes_leave_the_subscription_alone(life: Life):
    made = life.shop.subscribe(life.shop.customer())
    charge = life.shop.account.charge_of(made)
    assert charge is not None
    life.told()
    await life.client.v1.refunds.create_async({"charge": charge["id"], "amount": 100})
    assert (await life.client.v1.charges.retrieve_async(charge["id"])).refunded is False
    await life.client.v1.refunds.create_async({"charge": charge["id"]})
    assert (await life.client.v1.charges.retrieve_async(charge["id"])).refunded is True
    dispute = life.shop.account.invoices.dispute(charge)
    life.shop.account.invoices.close_dispute(dispute, "lost")
    life.shop.account.invoices.warn_of_fraud(charge)
    assert life.told("charge", "refund", SUBSCRIPTION, "radar") == [
        *("refund.created", "charge.refunded") * 2,
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "radar.early_fraud_warning.created",
    ]
    assert await life.status(made) == "active"


async def test_a_deleted_customers_subscriptions_are_canceled_and_stay_readable(life: Life):
    customer = life.shop.customer()
    made = life.shop.subscribe(customer)
    life.told()
    await life.client.v1.customers.delete_async(customer["id"])
    assert life.told("") == ["customer.subscription.deleted", "customer.deleted"]
    gone = await life.client.v1.customers.retrieve_async(customer["id"])
    assert (gone.to_dict(), await life.status(made)) == (
        {"id": customer["id"], "object": "customer", "deleted": True},
        "canceled",
    )


async def test_a_test_clock_moves_time(life: Life):
    clocks = life.client.v1.test_helpers.test_clocks
    made = life.shop.subscribe(life.shop.customer())
    clock = await clocks.create_async({"frozen_time": life.now})
    await clocks.advance_async(clock.id, {"frozen_time": life.now + MONTH_S + HOUR_S})
    assert (await clocks.retrieve_async(clock.id)).frozen_time == NOW_S + MONTH_S + HOUR_S
    assert (await life.read(made))["items"].data[0].current_period_end == NOW_S + 2 * MONTH_S
