"""What the community sells: tiers with their products and prices, and a price nobody has given a tier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import stripe

from tests.stripe.simulator.account import Account
from tests.stripe.simulator.server import KEYS, Simulator

Json = dict[str, Any]

TIERS = {"silver": 500, "gold": 1_500}
UNKNOWN, NEW = "unknown", "new"
YEARLY = "gold yearly"


@dataclass(frozen=True)
class Shop:
    """An account with its prices, by name: a tier, `gold yearly`, or `unknown` and `new`, which have none."""

    account: Account
    prices: dict[str, str]

    def customer(self, card: str | None = "pm_card_visa", **given: object) -> Json:
        """Somebody who can be charged, in the way of a test card, or cannot."""
        return self.account.book.create_customer(given | ({"payment_method": card} if card else {}))

    def subscribe(self, customer: Json, price: str = "gold", **given: object) -> Json:
        """A subscription, as a program or a person at the dashboard makes one."""
        items = [{"price": self.prices[price]}]
        return self.account.subscriptions.create({"customer": customer["id"], "items": items, **given})

    def checkout(self, price: str = "gold", card: str = "pm_card_visa", **given: object) -> tuple[Json, Json]:
        """A session that is completed, and the subscription that came of it."""
        lines = [{"price": self.prices[price], "quantity": 1}]
        session = self.account.sessions.open_checkout({"mode": "subscription", "line_items": lines, **given})
        return session, self.account.sessions.complete_checkout(session, card)

    def change(self, subscription: Json, price: str, **given: object) -> Json:
        """Another price for the first item."""
        [item, *_] = subscription["items"]["data"]
        items = [{"id": item["id"], "price": self.prices[price]}]
        return self.account.subscriptions.update(subscription, {"items": items, **given})

    def set_card(self, subscription: Json, card: str) -> None:
        """Another card for the customer and the subscription."""
        attached = self.account.book.attach(card, subscription["customer"])
        settings = {"invoice_settings": {"default_payment_method": attached["id"]}}
        self.account.book.update_customer(subscription["customer"], settings)
        subscription["default_payment_method"] = attached["id"]

    def pay(self, subscription: Json) -> str:
        """Pay what is owed on the latest invoice, if it can be; what came of it."""
        invoice = self.account.book.get("invoice", subscription["latest_invoice"])
        if invoice["status"] == "draft":
            self.account.invoices.finalize(invoice)
        return self.account.subscriptions.collect(invoice) if invoice["status"] == "open" else "paid"


def open_shop(account: Account) -> Shop:
    """Put the catalog in an account."""
    book, prices = account.book, {}
    for tier, cents in TIERS.items():
        product = book.create_product({"name": tier.title(), "metadata": {}})
        given = {"product": product["id"], "unit_amount": cents, "nickname": tier, "metadata": {"tier": tier}}
        prices[tier] = book.create_price(given)["id"]
    # The tier of a yearly price stands on its product, as it may.
    product = book.create_product({"name": "Gold by the year", "metadata": {"tier": "gold"}})
    given = {"product": product["id"], "unit_amount": 15_000, "recurring": {"interval": "year"}}
    prices[YEARLY] = book.create_price(given)["id"]
    for name in (UNKNOWN, NEW):
        product = book.create_product({"name": f"Something {name}", "metadata": {}})
        prices[name] = book.create_price({"product": product["id"], "unit_amount": 900})["id"]
    return Shop(account, prices)


@asynccontextmanager
async def stripe_client(
    simulator: Simulator,
    *,
    livemode: bool = False,
    account: str | None = None,
    retries: int = 0,
    timeout_s: float = 5,
) -> AsyncIterator[stripe.StripeClient]:
    """The SDK, over real HTTP to the simulator."""
    http_client = stripe.HTTPXClient(
        timeout=2, verify_ssl_certs=False
    )  # Plain HTTP: authorities need not be read.
    try:
        yield stripe.StripeClient(
            KEYS[livemode],
            stripe_account=account,
            base_addresses={"api": simulator.url},
            http_client=http_client,
            max_network_retries=retries,
        )
    finally:
        await http_client.close_async()
