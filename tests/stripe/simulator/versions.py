"""The same object in another version of Stripe's API: what an endpoint made in 2024 is still sent.

Basil (2025-03-31) moved a subscription's period to its items, an invoice's subscription below `parent`, and
an invoice's payment below `payments`.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

BASIL = "2025-03-31"
VERSION_2024 = "2024-06-20"


def in_version(payload: Json, version: str) -> Json:
    """A copy of `payload`, and of whatever it holds, as `version` has it."""
    copy = deepcopy(payload)
    if version < BASIL:
        _before_basil(copy)
    return copy


def _before_basil(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _before_basil(item)
    if not isinstance(value, dict):
        return
    match value.get("object"):
        case "subscription":
            _period_on_top(value)
        case "invoice":
            _subscription_on_top(value)
    for inner in list(value.values()):
        _before_basil(inner)


def _period_on_top(subscription: Json) -> None:
    items = subscription["items"]["data"]
    if items:
        subscription["current_period_start"] = items[0]["current_period_start"]
        subscription["current_period_end"] = items[0]["current_period_end"]
        subscription["plan"], subscription["quantity"] = items[0]["plan"], items[0]["quantity"]
    for item in items:
        item.pop("current_period_start", None)
        item.pop("current_period_end", None)
        item.pop("billed_until", None)
    subscription["discount"] = None
    for later in ("billing_mode", "billing_schedules", "customer_account"):
        subscription.pop(later, None)


def _subscription_on_top(invoice: Json) -> None:
    parent = invoice.pop("parent", None) or {}
    details = parent.get("subscription_details") or {}
    invoice["subscription"] = details.get("subscription")
    invoice["subscription_details"] = {"metadata": details.get("metadata")}
    invoice["paid"] = invoice["status"] == "paid"
    invoice["paid_out_of_band"] = False
    invoice["charge"], invoice["payment_intent"] = None, None
    payments = invoice.pop("payments", None)
    for payment in payments["data"] if payments else ():
        invoice["payment_intent"] = payment["payment"]["payment_intent"]
    for line in invoice["lines"]["data"]:
        details = (line.pop("parent", None) or {}).get("subscription_item_details") or {}
        line["subscription_item"], line["proration"] = (
            details.get("subscription_item"),
            details.get("proration"),
        )
        line["type"] = "subscription"
        line.pop("pricing", None)
