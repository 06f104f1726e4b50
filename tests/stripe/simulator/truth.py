"""Who is a member of what, read off the simulator by a plain reading of the policy; shares no code with ours.

| status | access |
|---|---|
| trialing, active | the tier of the price; until `cancel_at`, when a cancellation is planned |
| past_due | the same for seven days from the first payment that failed of those still owed |
| anything else | none |

A paused collection changes nothing. A full refund changes nothing. A dispute suspends until it is won.
A price without a tier gives none, whatever was bought before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.stripe.simulator.account import Account
from tests.stripe.simulator.shapes import DAY_S
from tests.stripe.simulator.shop import TIERS

Json = dict[str, Any]

GRACE_S = 7 * DAY_S


@dataclass(frozen=True)
class Standing:
    """One subscription of one person: what Stripe calls it, what it is for, and whether it opens anything."""

    user_id: str
    status: str
    tier: str | None
    period_end: int
    grants: bool


def standings(
    account: Account, now_s: int, *, instead: Mapping[str, Json] | None = None
) -> dict[str, Standing]:
    """Every subscription that is somebody's, by id. `instead` tells other versions of subscriptions by id:
    what somebody believes them to be."""
    return {
        id: Standing(
            user_id,
            made["status"],
            tier := _tier(account, made),
            max(item["current_period_end"] for item in made["items"]["data"]),
            tier is not None and _opens(account, made, now_s),
        )
        for id, made in believed(account, instead).items()
        if (user_id := owner(account, made)) is not None
    }


def believed(account: Account, instead: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Subscriptions by id, as they are or as somebody believes them to be."""
    real = {made["id"]: made for made in account.book.all("subscription")}
    return real if instead is None else {id: instead[id] for id in real if id in instead}


def open_tiers(found: Mapping[str, Standing]) -> dict[str, set[str]]:
    """What each person may enter."""
    tiers: dict[str, set[str]] = {}
    for standing in found.values():
        mine = tiers.setdefault(standing.user_id, set())
        if standing.grants and standing.tier is not None:
            mine.add(standing.tier)
    return tiers


def owner(account: Account, subscription: Json) -> str | None:
    """Who bought it: the subscription says so, or its customer, or the checkout it came from."""
    customer = account.book.get("customer", subscription["customer"])
    told = [subscription["metadata"].get("user_id"), customer.get("metadata", {}).get("user_id")]
    for session in account.book.all("checkout.session"):
        if session["customer"] == subscription["customer"] and session["status"] == "complete":
            told += [session["client_reference_id"], session["metadata"].get("user_id")]
    return next((user_id for user_id in told if user_id), None)


def _tier(account: Account, subscription: Json) -> str | None:
    """The best of what is bought, of what is known to be for sale."""
    known = []
    for item in subscription["items"]["data"]:
        price = account.book.get("price", item["price"]["id"])
        product = account.book.get("product", price["product"])
        known.append(price["metadata"].get("tier") or product["metadata"].get("tier"))
    ranked = sorted((tier for tier in known if tier), key=list(TIERS).index)
    return ranked[-1] if ranked else None


def _opens(account: Account, subscription: Json, now_s: int) -> bool:
    if _is_disputed(account, subscription["id"]):
        return False
    match subscription["status"]:
        case "trialing" | "active":
            return subscription["cancel_at"] is None or subscription["cancel_at"] > now_s
        case "past_due":
            return now_s < _first_failure(account, subscription["id"]) + GRACE_S
        case _:
            return False


def _first_failure(account: Account, subscription_id: str) -> int:
    """When the first payment failed, of those still owed, as Stripe's own log has it."""
    owed = {
        invoice["id"]
        for invoice in account.book.all("invoice")
        if invoice["status"] == "open" and _subscription_of(invoice) == subscription_id
    }
    return min(
        event["created"]
        for event in account.book.all("event")
        if event["type"] == "invoice.payment_failed" and event["data"]["object"]["id"] in owed
    )


def _is_disputed(account: Account, subscription_id: str) -> bool:
    for dispute in account.book.all("dispute"):
        [payment] = [
            made
            for made in account.book.all("invoice_payment")
            if made["payment"]["payment_intent"] == dispute["payment_intent"]
        ]
        paid_for = _subscription_of(account.book.get("invoice", payment["invoice"]))
        if paid_for == subscription_id and dispute["status"] != "won":
            return True
    return False


def _subscription_of(invoice: Json) -> str:
    return invoice["parent"]["subscription_details"]["subscription"]
