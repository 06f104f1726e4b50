"""What each address of the API does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.stripe.simulator import session_shapes
from tests.stripe.simulator.account import Account
from tests.stripe.simulator.answers import listing
from tests.stripe.simulator.books import StripeRefusal, invalid, missing

Json = dict[str, Any]
Given = Json
Route = Callable[[Account, str, Given], Json]

KINDS = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "payment_methods": "payment_method",
    "subscriptions": "subscription",
    "subscription_items": "subscription_item",
    "subscription_schedules": "subscription_schedule",
    "invoices": "invoice",
    "invoice_payments": "invoice_payment",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "checkout/sessions": "checkout.session",
    "events": "event",
    "radar/early_fraud_warnings": "radar.early_fraud_warning",
}
"""What can be retrieved and listed, by its address."""


def route(account: Account, method: str, path: str, given: Given) -> Json:
    """Do what is asked; the object or list to answer with. Raises `StripeRefusal`."""
    for verb, pattern, act in ROUTES:
        matched = re.fullmatch(pattern, path)
        if verb == method and matched:
            return act(account, matched[1] if matched.groups() else "", given)
    name = path.removeprefix("/v1/")
    folder, _, id = name.rpartition("/")
    if method == "GET" and name in KINDS:
        return listing(account, KINDS[name], path, given)
    if method == "GET" and folder in KINDS:
        return account.book.get(KINDS[folder], id)
    raise StripeRefusal(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).")


def _update_subscription(account: Account, id: str, given: Given) -> Json:
    return account.subscriptions.update(account.book.get("subscription", id), given)


def _cancel_subscription(account: Account, id: str, given: Given) -> Json:
    return account.subscriptions.cancel(account.book.get("subscription", id))


def _resume_subscription(account: Account, id: str, given: Given) -> Json:
    return account.subscriptions.resume(account.book.get("subscription", id))


def _pay(account: Account, id: str, given: Given) -> Json:
    invoice = account.book.get("invoice", id)
    if invoice["status"] == "draft":
        account.invoices.finalize(invoice)
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if account.subscriptions.collect(invoice, given.get("payment_method")) in ("failed", "asks"):
        raise StripeRefusal(402, "card_error", "Your card was declined.", code="card_declined")
    return invoice


def _finalize(account: Account, id: str, given: Given) -> Json:
    account.invoices.finalize(account.book.get("invoice", id))
    return account.book.get("invoice", id)


def _void(account: Account, id: str, given: Given) -> Json:
    account.invoices.void(account.book.get("invoice", id))
    return account.book.get("invoice", id)


def _mark_uncollectible(account: Account, id: str, given: Given) -> Json:
    account.invoices.mark_uncollectible(account.book.get("invoice", id))
    return account.book.get("invoice", id)


def _refund(account: Account, _: str, given: Given) -> Json:
    id = given.get("charge")
    if id is None:
        id = account.book.get("payment_intent", given["payment_intent"])["latest_charge"]
    amount = int(given["amount"]) if "amount" in given else None
    return account.invoices.refund(account.book.get("charge", id), amount, given.get("reason"))


def _close_dispute(account: Account, id: str, given: Given) -> Json:
    """Whoever closes a dispute accepts that it is lost."""
    account.invoices.close_dispute(account.book.get("dispute", id), "lost")
    return account.book.get("dispute", id)


def _retrieve_account(account: Account, id: str, given: Given) -> Json:
    if id not in ("", account.book.account_id):
        raise missing("account", id)
    return account.profile


def _create_clock(account: Account, _: str, given: Given) -> Json:
    book = account.book
    if book.livemode:
        raise invalid("Test clocks are not available in live mode.")
    book.timeline.advance(int(given["frozen_time"]))
    return book.put(session_shapes.test_clock(book.new_id("clock"), book.now, book.now))


def _advance_clock(account: Account, id: str, given: Given) -> Json:
    """Move the time of the whole simulator: here every clock shows the same."""
    clock = account.book.get("test_helpers.test_clock", id)
    account.book.timeline.advance(int(given["frozen_time"]))
    clock["frozen_time"] = account.book.now
    return clock


ID = "([^/]+)"
ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("POST", "/v1/customers", lambda a, _, given: a.book.create_customer(given)),
    ("POST", f"/v1/customers/{ID}", lambda a, id, given: a.book.update_customer(id, given)),
    ("DELETE", f"/v1/customers/{ID}", lambda a, id, given: a.delete_customer(id)),
    ("POST", f"/v1/payment_methods/{ID}/attach", lambda a, id, given: a.book.attach(id, given["customer"])),
    ("POST", "/v1/products", lambda a, _, given: a.book.create_product(given)),
    ("POST", f"/v1/products/{ID}", lambda a, id, given: a.book.update_catalog("product", id, given)),
    ("POST", "/v1/prices", lambda a, _, given: a.book.create_price(given)),
    ("POST", f"/v1/prices/{ID}", lambda a, id, given: a.book.update_catalog("price", id, given)),
    ("POST", "/v1/subscriptions", lambda a, _, given: a.subscriptions.create(given)),
    ("POST", f"/v1/subscriptions/{ID}/resume", _resume_subscription),
    ("POST", f"/v1/subscriptions/{ID}", _update_subscription),
    ("DELETE", f"/v1/subscriptions/{ID}", _cancel_subscription),
    ("POST", f"/v1/invoices/{ID}/pay", _pay),
    ("POST", f"/v1/invoices/{ID}/finalize", _finalize),
    ("POST", f"/v1/invoices/{ID}/void", _void),
    ("POST", f"/v1/invoices/{ID}/mark_uncollectible", _mark_uncollectible),
    ("POST", "/v1/refunds", _refund),
    ("POST", f"/v1/disputes/{ID}/close", _close_dispute),
    ("POST", "/v1/checkout/sessions", lambda a, _, given: a.sessions.open_checkout(given)),
    (
        "POST",
        f"/v1/checkout/sessions/{ID}/expire",
        lambda a, id, given: a.sessions.expire_checkout(a.book.get("checkout.session", id)),
    ),
    (
        "GET",
        f"/v1/checkout/sessions/{ID}/line_items",
        lambda a, id, given: session_shapes.lines_of(id, a.sessions.lines[id]),
    ),
    ("POST", "/v1/billing_portal/sessions", lambda a, _, given: a.sessions.open_portal(given)),
    (
        "POST",
        "/v1/subscription_schedules",
        lambda a, _, given: a.sessions.schedule(a.book.get("subscription", given["from_subscription"])),
    ),
    (
        "POST",
        f"/v1/subscription_schedules/{ID}/release",
        lambda a, id, given: a.sessions.release(a.book.get("subscription_schedule", id)),
    ),
    (
        "POST",
        f"/v1/subscription_schedules/{ID}",
        lambda a, id, given: a.sessions.set_phases(a.book.get("subscription_schedule", id), given["phases"]),
    ),
    ("GET", "/v1/account", _retrieve_account),
    ("GET", f"/v1/accounts/{ID}", _retrieve_account),
    ("GET", f"/v2/core/events/{ID}", lambda a, id, given: a.thin_event(id)),
    ("POST", "/v1/test_helpers/test_clocks", _create_clock),
    ("POST", f"/v1/test_helpers/test_clocks/{ID}/advance", _advance_clock),
    (
        "GET",
        f"/v1/test_helpers/test_clocks/{ID}",
        lambda a, id, given: a.book.get("test_helpers.test_clock", id),
    ),
)
