"""One account in one mode, with everything that can be done in it."""

from __future__ import annotations

from typing import Any

from tests.stripe.simulator import shapes
from tests.stripe.simulator.books import Book, missing
from tests.stripe.simulator.invoices import Invoices
from tests.stripe.simulator.sessions import Sessions
from tests.stripe.simulator.subscriptions import Subscriptions

Json = dict[str, Any]


class Account:
    """A book with the machines that write in it. `undelivered`: whom each event has not reached."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.invoices = Invoices(book)
        self.subscriptions = Subscriptions(book, self.invoices)
        self.sessions = Sessions(book, self.subscriptions)
        self.undelivered: dict[str, set[str]] = {}
        self.is_connected = True
        self.profile = shapes.account(book.account_id, book.now)

    def delete_customer(self, id: str) -> Json:
        """Cancel what the customer has, and keep only that there was one."""
        book = self.book
        customer = book.living("customer", id)
        self.subscriptions.end_of_customer(id)
        gone = {"id": id, "object": "customer", "deleted": True}
        book.put(gone)
        book.emit("customer.deleted", customer)
        return gone

    def renew_charges(self, *, enabled: bool) -> None:
        """Stripe allows the account to take payments, or no longer does."""
        with self.book.changing(self.profile, "account.updated"):
            self.profile["charges_enabled"] = enabled

    def disconnect(self) -> None:
        """The account's owner takes the platform's rights away."""
        application = {"id": "ca_of_the_platform", "object": "application", "name": "Folkmoot"}
        self.book.emit("account.application.deauthorized", application)
        self.is_connected = False

    def thin_event(self, id: str) -> Json:
        """The thin twin of a snapshot event, whole."""
        snapshot = self.book.objects.get(id.removeprefix("thin_"))
        if snapshot is None:
            raise missing("event", id)
        return thin(snapshot) | {"changes": None}

    def charge_of(self, subscription: Json) -> Json | None:
        """The latest payment of a subscription's latest invoice, if money has moved."""
        invoice = self.book.get("invoice", subscription["latest_invoice"])
        for payment in self.invoices.payments_of(invoice):
            intent = self.book.get("payment_intent", payment["payment"]["payment_intent"])
            if intent["latest_charge"] and intent["status"] == "succeeded":
                return self.book.get("charge", intent["latest_charge"])
        return None


URLS = {
    "customer": "customers",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "checkout.session": "checkout/sessions",
    "charge": "charges",
    "refund": "refunds",
    "dispute": "disputes",
    "price": "prices",
    "product": "products",
    "payment_intent": "payment_intents",
    "subscription_schedule": "subscription_schedules",
    "account": "accounts",
}


def thin(snapshot: Json) -> Json:
    """What is sent to an endpoint that wants thin events: who changed, and not to what."""
    changed = snapshot["data"]["object"]
    kind = changed["object"]
    found = {
        "id": f"thin_{snapshot['id']}",
        "object": "v2.core.event",
        "type": f"v1.{snapshot['type']}",
        "created": shapes.instant(snapshot["created"]),
        "livemode": snapshot["livemode"],
        "context": snapshot.get("account"),
        "reason": None,
        "snapshot_event": snapshot["id"],
    }
    if kind in URLS and "id" in changed:
        url = f"/v1/{URLS[kind]}/{changed['id']}"
        found["related_object"] = {"id": changed["id"], "type": kind, "url": url}
    return found
