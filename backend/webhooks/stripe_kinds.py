"""What each type of event is about: what to ask Stripe for, whom to tell, and what is none of ours."""

from __future__ import annotations

from typing import Literal, TypeAlias

Subject: TypeAlias = Literal[
    "subscription",
    "session",
    "invoice",
    "charge",
    "dispute",
    "refund",
    "warning",
    "customer",
    "price",
    "product",
    "schedule",
    "account",
    "deauthorized",
    "nothing",
]
"""What an event names. `nothing`: there is nothing to fetch, and somebody to tell perhaps."""

WAKE_UP = "folkmoot.subscription"
"""The type of our own wake-ups, which stand beside Stripe's events: look at this subscription again."""

# The longest beginning that fits counts.
_SUBJECTS: dict[str, Subject] = {
    WAKE_UP: "subscription",
    "checkout.session": "session",
    "checkout.session.expired": "nothing",
    "customer.created": "customer",
    "customer.updated": "customer",
    "customer.deleted": "customer",
    "customer.subscription": "subscription",
    "invoice": "invoice",
    "invoice.upcoming": "nothing",  # It has no id yet.
    "charge.refunded": "charge",
    "charge.refund": "refund",
    "refund": "refund",
    "charge.dispute": "dispute",
    "radar.early_fraud_warning": "warning",
    "price": "price",
    "product": "product",
    "subscription_schedule": "schedule",
    "account.updated": "account",
    "account.application.deauthorized": "deauthorized",
}

NOTICES = {
    "customer.subscription.trial_will_end": "trial_ends",
    "invoice.payment_failed": "payment_failed",
    "invoice.payment_action_required": "payment_action_required",
    "invoice.upcoming": "payment_upcoming",
    "checkout.session.async_payment_failed": "payment_failed",
}
"""What members are told, by the type of event."""

ALERTS = {
    "invoice.finalization_failed": "invoice_not_finalized",
    "charge.dispute.created": "disputed",
    "radar.early_fraud_warning.created": "fraud_warning",
    "account.application.deauthorized": "account_disconnected",
}
"""What admins are told, by the type of event."""

UNKNOWN_PRICE, DEAD_EVENT = "unknown_price", "dead_event"
"""What admins are told besides."""


def subject_of(type: str) -> Subject | None:
    """What an event of this type names; None where it is none of our business.

    >>> [subject_of(type) for type in ("customer.subscription.paused", "customer.source.created")]
    ['subscription', None]
    """
    words = type.split(".")
    for length in range(len(words), 0, -1):
        found = _SUBJECTS.get(".".join(words[:length]))
        if found is not None:
            return found
    return None
