"""What each event changes: every type that Stripe sends about money, and what follows for the membership."""

from __future__ import annotations

import pytest

from tests.stripe.club import Club
from tests.stripe.simulator.sdk_fields import PINNED_VERSION
from tests.stripe.simulator.versions import VERSION_2024

LIVE = ("active", "gold", True)
ENDED = ("canceled", "gold", False)


async def test_a_completed_checkout_links_the_customer_and_opens_the_tier(club: Club):
    person, made = await club.member("gold")
    assert await club.seen(made) == LIVE
    query = "select user_id::text from stripe_customers where customer_id = $1"
    assert await club.sql.fetchval(query, made["customer"]) == person


@pytest.mark.parametrize("succeeded", [True, False])
async def test_a_delayed_payment_is_told_when_it_fails_and_opens_when_it_succeeds(
    club: Club, succeeded: bool
):
    person = await club.person()
    session, made = club.shop.checkout("gold", "pm_usBankAccount_processing", client_reference_id=person)
    await club.tell()
    assert session["payment_status"] == "unpaid"
    before = made["status"] == "active"  # Stripe may trust a bank debit that is under way.
    assert await club.seen(made) == (made["status"], "gold", before)
    club.stripe.sessions.settle_checkout(session, succeeded=succeeded)
    await club.tell()
    assert await club.seen(made) == (made["status"], "gold", succeeded)
    assert await club.notices(person) == ([] if succeeded else ["payment_failed"])


async def test_an_expired_checkout_changes_nothing(club: Club):
    person = await club.person()
    lines = [{"price": club.shop.prices["gold"], "quantity": 1}]
    session = club.stripe.sessions.open_checkout(
        {"mode": "subscription", "line_items": lines, "client_reference_id": person}
    )
    club.stripe.sessions.expire_checkout(session)
    assert set(await club.tell()) == {200}
    assert await club.events("checkout.session.expired") == [("done", "nothing to change")]
    assert await club.sql.fetchval("select count(*) from memberships where user_id::text = $1", person) == 0


STATUSES = [
    ("trialing", True),
    ("active", True),
    ("past_due", True),
    ("incomplete", False),
    ("incomplete_expired", False),
    ("unpaid", False),
    ("paused", False),
    ("canceled", False),
]


@pytest.mark.parametrize(("status", "opens"), STATUSES)
@pytest.mark.parametrize("type", ["created", "updated"])
async def test_a_status_opens_or_not_as_the_table_says(club: Club, status: str, opens: bool, type: str):
    person = await club.person()
    made = club.shop.subscribe(club.shop.customer(metadata={"user_id": person}))
    made["status"] = status
    club.told.clear()
    club.stripe.book.emit(f"customer.subscription.{type}", made)
    assert await club.tell() == [200]
    assert await club.seen(made) == (status, "gold", opens)


@pytest.mark.parametrize("version", [PINNED_VERSION, VERSION_2024])
async def test_a_snapshot_of_any_version_leads_to_the_same(club: Club, version: str):
    person = await club.person()
    made = club.shop.subscribe(club.shop.customer(metadata={"user_id": person}))
    await club.tell(version=version)
    row = await club.row(made)
    assert row is not None
    assert (row["status"], row["tier"]) == ("active", "gold")
    ends = max(item["current_period_end"] for item in made["items"]["data"])
    assert int(row["current_period_end"].timestamp()) == ends


async def test_a_changed_price_changes_the_tier_at_once(club: Club):
    _, made = await club.member("silver")
    club.shop.change(made, "gold")
    await club.tell()
    assert await club.seen(made) == LIVE


async def test_a_deleted_subscription_is_canceled_and_kept(club: Club):
    _, made = await club.member()
    club.stripe.subscriptions.cancel(made)
    await club.tell()
    assert await club.seen(made) == ENDED
    query = "select status from stripe_subscriptions where subscription_id = $1"
    assert await club.sql.fetchval(query, made["id"]) == "canceled"


async def test_a_pause_after_a_trial_closes_and_resuming_opens(club: Club):
    _, made = await club.member()
    made["status"] = "paused"
    club.stripe.book.emit("customer.subscription.paused", made)
    await club.tell()
    assert await club.seen(made) == ("paused", "gold", False)
    club.stripe.subscriptions.resume(made)
    await club.tell()
    assert await club.seen(made) == LIVE


async def test_a_paused_collection_keeps_access_by_default(club: Club):
    _, made = await club.member()
    club.stripe.subscriptions.update(made, {"pause_collection": {"behavior": "void"}})
    await club.tell()
    assert await club.seen(made) == LIVE


async def test_a_trial_that_ends_soon_is_told_and_changes_nothing(club: Club):
    person, made = await club.member()
    club.stripe.book.emit("customer.subscription.trial_will_end", made)
    await club.tell()
    assert (await club.seen(made), await club.notices(person)) == (LIVE, ["trial_ends"])


async def test_an_upgrade_that_waits_for_its_payment_keeps_the_old_tier_until_it_is_applied(club: Club):
    _, made = await club.member("silver")
    club.shop.set_card(made, "pm_card_authenticationRequired")
    club.shop.change(
        made, "gold", payment_behavior="pending_if_incomplete", proration_behavior="always_invoice"
    )
    await club.tell()
    assert await club.seen(made) == ("active", "silver", True)
    club.shop.set_card(made, "pm_card_visa")
    club.shop.pay(made)
    assert "customer.subscription.pending_update_applied" in [event["type"] for _, event in club.told]
    await club.tell()
    assert await club.seen(made) == LIVE


async def test_an_upgrade_that_expires_did_not_happen(club: Club):
    _, made = await club.member("silver")
    club.stripe.book.emit("customer.subscription.pending_update_expired", made)
    await club.tell()
    assert await club.seen(made) == ("active", "silver", True)


async def fail_payment(club: Club, made: dict[str, object], *, days: int = 0) -> dict[str, object]:
    """Its latest invoice could not be collected, so many days ago."""
    invoice = club.stripe.book.get("invoice", str(made["latest_invoice"]))
    failed_at = club.simulator.timeline.now_s - days * 86_400
    invoice |= {"status": "open", "attempted": True, "created": failed_at, "due_date": None}
    invoice["status_transitions"] = {**invoice["status_transitions"], "finalized_at": failed_at}
    made["status"] = "past_due"
    club.stripe.book.emit("invoice.payment_failed", invoice)
    await club.tell()
    return invoice


@pytest.mark.parametrize(("days", "opens"), [(0, True), (6, True), (8, False)])
async def test_a_failed_payment_keeps_access_for_seven_days_from_the_first_failure(
    club: Club, days: int, opens: bool
):
    person, made = await club.member()
    invoice = await fail_payment(club, made, days=days)
    assert await club.seen(made) == ("past_due", "gold", opens)
    assert await club.notices(person) == ["payment_failed"]
    first = await club.row(made)
    club.stripe.book.emit("invoice.payment_failed", invoice)  # A second try of the same invoice.
    await club.tell()
    assert first is not None
    again = await club.row(made)
    assert again is not None
    assert again["access_until"] == first["access_until"]

    invoice["status"], made["status"] = "paid", "active"
    club.stripe.book.emit("invoice.paid", invoice)
    await club.tell()
    settled = await club.row(made)
    assert settled is not None
    assert (await club.seen(made), settled["access_until"]) == (LIVE, None)


async def test_a_first_payment_that_fails_is_told_by_the_form_and_not_by_us(club: Club):
    person = await club.person()
    customer = club.shop.customer("pm_card_chargeCustomerFail", metadata={"user_id": person})
    made = club.shop.subscribe(customer, payment_behavior="allow_incomplete")
    assert "invoice.payment_failed" in [event["type"] for _, event in club.told]
    await club.tell()
    assert (await club.seen(made), await club.notices(person)) == (("incomplete", "gold", False), [])


async def test_a_payment_that_needs_its_owner_is_told_with_the_address(club: Club):
    person, made = await club.member()
    invoice = club.stripe.book.get("invoice", made["latest_invoice"])
    invoice["hosted_invoice_url"] = "https://invoice.stripe.test/i/1"
    club.stripe.book.emit("invoice.payment_action_required", invoice)
    await club.tell()
    query = "select data ->> 'url' from notifications where user_id = $1::text::uuid and type = 'billing'"
    assert await club.sql.fetchval(query, person) == "https://invoice.stripe.test/i/1"
    assert await club.seen(made) == LIVE


@pytest.mark.parametrize(
    "end", ["marked_uncollectible", "voided", "finalization_failed", "payment_succeeded"]
)
async def test_the_end_of_an_invoice_asks_how_its_subscription_stands(club: Club, end: str):
    admin = await club.person("admin")
    _, made = await club.member()
    made["status"] = "unpaid"
    club.stripe.book.emit(f"invoice.{end}", club.stripe.book.get("invoice", made["latest_invoice"]))
    await club.tell()
    assert await club.seen(made) == ("unpaid", "gold", False)
    alerts = ["invoice_not_finalized"] if end == "finalization_failed" else []
    assert await club.notices(admin) == alerts
    await club.sql.execute("update users set role = 'member' where id = $1::text::uuid", admin)


async def test_an_upcoming_invoice_has_no_id_and_is_only_told(club: Club):
    person, made = await club.member()
    invoice = dict(club.stripe.book.get("invoice", made["latest_invoice"]))
    del invoice["id"]
    club.stripe.book.emit("invoice.upcoming", invoice)
    assert await club.tell() == [200]
    assert (await club.seen(made), await club.notices(person)) == (LIVE, ["payment_upcoming"])


async def test_a_full_refund_keeps_access_by_default(club: Club):
    _, made = await club.member()
    charge = club.stripe.charge_of(made)
    assert charge is not None
    club.stripe.invoices.refund(charge)
    assert {"charge.refunded"} <= {event["type"] for _, event in club.told}
    await club.tell()
    assert await club.seen(made) == LIVE


@pytest.mark.parametrize(("end", "expected"), [("won", True), ("lost", False)])
async def test_a_dispute_suspends_until_it_is_won_and_for_good_when_it_is_lost(
    club: Club, end: str, expected: bool
):
    _, made = await club.member()
    charge = club.stripe.charge_of(made)
    assert charge is not None
    dispute = club.stripe.invoices.dispute(charge)
    await club.tell()
    assert await club.seen(made) == ("active", "gold", False)
    row = await club.row(made)
    assert row is not None
    assert row["access_note"] == "payment disputed"
    club.stripe.invoices.close_dispute(dispute, "won" if end == "won" else "lost")
    await club.tell()
    assert await club.seen(made) == ("active", "gold", expected)


async def test_a_warning_of_fraud_only_alerts(club: Club):
    admin = await club.person("admin")
    _, made = await club.member()
    charge = club.stripe.charge_of(made)
    assert charge is not None
    club.stripe.invoices.warn_of_fraud(charge)
    await club.tell()
    assert (await club.seen(made), await club.notices(admin)) == (LIVE, ["fraud_warning"])
    await club.sql.execute("update users set role = 'member' where id = $1::text::uuid", admin)


async def test_an_updated_customer_changes_nothing_about_access(club: Club):
    _, made = await club.member()
    club.stripe.book.update_customer(made["customer"], {"email": "other@example.test"})
    await club.tell()
    assert await club.seen(made) == LIVE


async def test_a_deleted_customer_ends_all_they_have_and_leaves_room_for_another(club: Club):
    person, made = await club.member()
    club.stripe.delete_customer(made["customer"])
    await club.tell()
    assert await club.seen(made) == ENDED
    _, bought = club.shop.checkout("gold", client_reference_id=person)
    await club.tell()
    assert (await club.seen(made), await club.seen(bought)) == (ENDED, LIVE)


@pytest.mark.parametrize("kind", ["price", "product"])
async def test_an_unknown_price_gives_no_tier_and_alerts_until_somebody_names_it(club: Club, kind: str):
    admin = await club.person("admin")
    name = f"of {kind}"
    product = club.stripe.book.create_product({"name": name, "metadata": {}})
    price = club.stripe.book.create_price({"product": product["id"], "unit_amount": 100})
    club.shop.prices[name] = price["id"]
    _, made = await club.member("gold")
    club.shop.change(made, name)
    await club.tell()
    assert await club.seen(made) == ("active", None, False)
    assert await club.notices(admin) == ["unknown_price"]
    club.stripe.book.update_catalog(
        kind, {"price": price, "product": product}[kind]["id"], {"metadata": {"tier": "gold"}}
    )
    await club.tell()
    assert await club.seen(made) == LIVE
    assert await club.notices(admin) == ["unknown_price"]
    await club.sql.execute("update users set role = 'member' where id = $1::text::uuid", admin)


async def test_a_schedule_is_a_reason_to_look(club: Club):
    _, made = await club.member()
    schedule = club.stripe.sessions.schedule(made)
    club.told.clear()
    made["status"] = "unpaid"
    club.stripe.book.emit("subscription_schedule.updated", schedule)
    await club.tell()
    assert await club.seen(made) == ("unpaid", "gold", False)


async def test_what_is_none_of_our_business_is_kept_and_ignored(club: Club):
    club.stripe.book.emit("customer.source.created", {"id": "card_1", "object": "card"})
    assert await club.tell() == [200]
    assert await club.events("customer.source.created") == [("ignored", "nothing here depends on it")]


async def test_a_thin_event_leads_to_the_same_and_its_twin_to_nothing_more(club: Club):
    person = await club.person()
    made = club.shop.subscribe(club.shop.customer(metadata={"user_id": person}))
    twins = list(club.told)
    await club.tell(thin=True)
    assert await club.seen(made) == LIVE
    count = "select count(*) from stripe_events"
    kept = await club.sql.fetchval(count)
    club.told = twins
    assert set(await club.tell()) == {200}
    assert await club.sql.fetchval(count) == kept


async def test_an_old_canceled_subscription_does_not_close_a_new_one(club: Club):
    person, old = await club.member("gold")
    club.stripe.subscriptions.cancel(old)
    await club.tell()
    _, new = club.shop.checkout("gold", client_reference_id=person)
    await club.tell()
    club.stripe.book.emit("customer.subscription.updated", old)
    await club.tell()
    assert (await club.seen(old), await club.seen(new)) == (ENDED, LIVE) or (await club.row(old)) is not None


async def test_several_subscriptions_open_what_any_of_them_opens(club: Club):
    person, gold = await club.member("gold")
    _, silver = club.shop.checkout("silver", client_reference_id=person)
    await club.tell()
    assert (await club.seen(gold), await club.seen(silver)) == (LIVE, ("active", "silver", True))
    club.stripe.subscriptions.cancel(gold)
    await club.tell()
    assert await club.seen(silver) == ("active", "silver", True)


async def test_a_planned_end_keeps_access_until_that_instant(club: Club):
    _, made = await club.member()
    club.stripe.subscriptions.update(made, {"cancel_at_period_end": True})
    await club.tell()
    row = await club.row(made)
    assert row is not None
    assert (await club.seen(made), row["access_note"]) == (LIVE, "canceled")
    assert row["access_until"] == row["current_period_end"]
    made["cancel_at"] = club.simulator.timeline.now_s - 60
    club.stripe.book.emit("customer.subscription.updated", made)
    await club.tell()
    assert await club.seen(made) == ("active", "gold", False)


async def test_an_unknown_customer_is_parked_and_settled_when_checkout_links_them(club: Club):
    customer = club.shop.customer(email="somebody@example.test")
    made = club.shop.subscribe(customer)
    await club.tell()
    query = "select status, count(*) from stripe_events where subscription_id = $1 group by 1"
    parked = [row["status"] for row in await club.sql.fetch(query, made["id"])]
    assert (await club.seen(made), parked) == (None, ["parked"])
    person = await club.person()
    club.shop.checkout("silver", customer=customer["id"], client_reference_id=person)
    await club.tell()
    done = [row["status"] for row in await club.sql.fetch(query, made["id"])]
    assert (await club.seen(made), done) == (LIVE, ["done"])
