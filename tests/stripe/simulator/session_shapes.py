"""Checkout and portal sessions, subscription schedules and test clocks, in the pinned version."""

from __future__ import annotations

from typing import Any

from tests.stripe.simulator.shapes import DAY_S, listed

Json = dict[str, Any]

CHECKOUT_AGE_S = DAY_S  # Stripe's own default.


def checkout_session(id: str, now: int, livemode: bool, given: Json) -> Json:
    """An open one, not yet paid."""
    total = sum(line["amount_total"] for line in given["lines"])
    return {
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "created": now,
        "currency": "usd",
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": given.get("customer"),
        "customer_creation": None if given.get("customer") else "always",
        "customer_details": None,
        "customer_email": given.get("customer_email"),
        "expires_at": int(given.get("expires_at", now + CHECKOUT_AGE_S)),
        "invoice": None,
        "livemode": livemode,
        "locale": None,
        "metadata": given.get("metadata", {}),
        "mode": "subscription",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always",
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "redirect_on_completion": None,
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": given.get("success_url"),
        "ui_mode": "hosted_page",
        "url": f"https://checkout.stripe.test/c/pay/{id}",
    }


def checkout_line(id: str, price: Json, quantity: int) -> Json:
    total = price["unit_amount"] * quantity
    return {
        "id": id,
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": "usd",
        "description": price["nickname"],
        "metadata": {},
        "price": price,
        "quantity": quantity,
    }


def portal_session(id: str, now: int, livemode: bool, given: Json) -> Json:
    return {
        "id": id,
        "object": "billing_portal.session",
        "configuration": given.get("configuration", "bpc_of_the_simulator"),
        "created": now,
        "customer": given["customer"],
        "livemode": livemode,
        "locale": None,
        "on_behalf_of": None,
        "return_url": given.get("return_url"),
        "url": f"https://billing.stripe.test/p/session/{id}",
    }


def schedule(id: str, now: int, subscription: Json) -> Json:
    """An active one of a single phase: what the subscription is now."""
    items = subscription["items"]["data"]
    end = max(item["current_period_end"] for item in items)
    start = min(item["current_period_start"] for item in items)
    lines = [{"price": item["price"]["id"], "quantity": item["quantity"]} for item in items]
    return {
        "id": id,
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "itemized"}},
        "canceled_at": None,
        "completed_at": None,
        "created": now,
        "current_phase": {"start_date": start, "end_date": end},
        "customer": subscription["customer"],
        "default_settings": {
            "billing_cycle_anchor": "automatic",
            "collection_method": "charge_automatically",
            "default_payment_method": None,
            "invoice_settings": {
                "account_tax_ids": None,
                "days_until_due": None,
                "issuer": {"account": None, "type": "self"},
            },
            "on_behalf_of": None,
        },
        "end_behavior": "release",
        "livemode": subscription["livemode"],
        "metadata": {},
        "pause_schedules": [],
        "phases": [phase(lines, start, end)],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "subscription": subscription["id"],
        "test_clock": None,
    }


def phase(lines: list[Json], start: int, end: int) -> Json:
    return {
        "add_invoice_items": [],
        "billing_cycle_anchor": None,
        "collection_method": None,
        "currency": "usd",
        "default_payment_method": None,
        "discounts": [],
        "end_date": end,
        "items": [
            {
                "discounts": [],
                "metadata": {},
                "plan": line["price"],
                "price": line["price"],
                "quantity": int(line.get("quantity", 1)),
                "tax_rates": [],
            }
            for line in lines
        ],
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "create_prorations",
        "start_date": start,
    }


def test_clock(id: str, now: int, created: int) -> Json:
    return {
        "id": id,
        "object": "test_helpers.test_clock",
        "created": created,
        "deletes_after": created + 30 * DAY_S,
        "frozen_time": now,
        "livemode": False,
        "name": None,
        "status": "ready",
        "status_details": {},
    }


def lines_of(session_id: str, lines: list[Json]) -> Json:
    return listed(lines, f"/v1/checkout/sessions/{session_id}/line_items")
