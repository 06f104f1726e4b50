"""What the service knows of Stripe: its events, its customers, and the subscriptions they have.

Nobody but the service reaches these tables. What people see of them is in `memberships`.

An `account` is the connected account that a thing belongs to, and empty where it is the platform's own.
`livemode` is false for whatever Stripe's test mode made. Both are part of every key: an id says neither.
`asked` and `answered` are a fence. Whoever fetches something from Stripe first takes the next number, and
writes what it got only where no higher number has been written: the later question has the newer answer,
whichever comes back first.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from schema.language import (
    GinIndex,
    Index,
    JsonArray,
    Ref,
    Table,
    Text,
    Timestamp,
)
from schema.tables.users import User

StripeId: TypeAlias = Annotated[str, Text(length_min=1, length_max=255)]
"""An id as Stripe gives it."""

StripeAccount: TypeAlias = Annotated[str, Text(length_max=255)]
"""The id of a connected account; empty for the platform's own."""

SubscriptionStatus: TypeAlias = Literal[
    "incomplete",
    "incomplete_expired",
    "trialing",
    "active",
    "past_due",
    "canceled",
    "unpaid",
    "paused",
]
"""Stripe's words for the state of a subscription."""


class StripeEvent(Table, name="stripe_events"):
    """One event, as Stripe delivered it, and what became of it.

    `pending` and `failed` ones are worked on at `next_at` at the latest: `failed` has been tried. A `parked`
    one is about a customer who is nobody here yet, and becomes `pending` when they are linked. `done`,
    `ignored` and `dead` are the end, unless somebody replays them. `note` says what it led to, or why not.
    """

    account: StripeAccount = ""
    livemode: bool
    event_id: StripeId
    type: StripeId
    api_version: StripeId | None = None
    occurred_at: Timestamp
    object_id: StripeId | None = None
    payload: Annotated[str, Text(length_max=1_048_576)]
    status: Literal["pending", "done", "ignored", "parked", "failed", "dead"] = "pending"
    attempts: int = 0
    last_error: Annotated[str, Text(length_max=2_000)] | None = None
    note: Annotated[str, Text(length_max=2_000)] | None = None
    next_at: Timestamp | None = None
    customer_id: StripeId | None = None
    subscription_id: StripeId | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_event_id", "account", "livemode", "event_id", unique=True),
        Index("by_status_and_next_at", "status", "next_at"),
        Index("by_customer_id", "customer_id", "occurred_at"),
        Index("by_subscription_id", "subscription_id", "occurred_at"),
    )


class StripeCustomer(Table, name="stripe_customers"):
    """One customer, and who that is here. A person may have had several.

    One that is deleted stays for the record, as `gone_at` says.
    """

    account: StripeAccount = ""
    livemode: bool
    customer_id: StripeId
    user_id: Ref[User] | None = None
    gone_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_customer_id", "account", "livemode", "customer_id", unique=True),
        Index("by_user_id", "user_id"),
    )


class StripeSubscription(Table, name="stripe_subscriptions"):
    """One subscription, as Stripe described it when it was last asked. A canceled one stays for the record.

    `status` is empty until it has been fetched, `tier` where none of its prices is known to be one's.
    `user_id` is whom it is for: whoever the customer is, else whoever its own metadata names. The current
    period is the widest of its items'. `grace_from`: since when a payment has been failing.
    """

    account: StripeAccount = ""
    livemode: bool
    subscription_id: StripeId
    asked: int = 0
    answered: int = 0
    customer_id: StripeId | None = None
    user_id: Ref[User] | None = None
    status: SubscriptionStatus | None = None
    tier: Annotated[str, Text(length_min=1, length_max=60)] | None = None
    tier_rank: int = 0
    price_ids: list[str] = Field(default_factory=list)
    product_ids: list[str] = Field(default_factory=list)
    items: JsonArray = Field(default_factory=list)
    current_period_start: Timestamp | None = None
    current_period_end: Timestamp | None = None
    cancel_at: Timestamp | None = None
    cancel_at_period_end: bool = False
    trial_end: Timestamp | None = None
    pause_collection: Annotated[str, Text(length_max=60)] | None = None
    grace_from: Timestamp | None = None
    latest_invoice_id: StripeId | None = None
    schedule_id: StripeId | None = None
    has_pending_update: bool = False
    updated_at: Timestamp

    indexes = (
        Index("by_subscription_id", "account", "livemode", "subscription_id", unique=True),
        Index("by_customer_id", "account", "livemode", "customer_id"),
        Index("by_user_id", "user_id"),
        GinIndex("by_price_ids", "price_ids"),
        GinIndex("by_product_ids", "product_ids"),
    )


class StripeCharge(Table, name="stripe_charges"):
    """One payment of a subscription that was refunded or disputed.

    `period_end`: until when the invoice it paid counts. `refunded_at` is there when all of it was given back.
    """

    account: StripeAccount = ""
    livemode: bool
    charge_id: StripeId
    asked: int = 0
    answered: int = 0
    subscription_id: StripeId | None = None
    period_end: Timestamp | None = None
    refunded_at: Timestamp | None = None
    dispute_status: Annotated[str, Text(length_max=60)] | None = None
    disputed_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_charge_id", "account", "livemode", "charge_id", unique=True),
        Index("by_subscription_id", "account", "livemode", "subscription_id"),
    )


BILLING = (StripeEvent, StripeCustomer, StripeSubscription, StripeCharge)
