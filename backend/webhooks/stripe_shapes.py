"""What we read in Stripe's objects, whichever version of its API wrote them.

With 2025-03-31 (basil) the current period moved from the subscription to its items, and what an invoice is
for from `subscription` to `parent`. Anything may be an id or, expanded, the object itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, cast, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from backend.webhooks.stripe_errors import ShapeUnknown
from schema.tables.billing import SubscriptionStatus

Found: TypeAlias = Mapping[str, object]
"""One object of Stripe's, as plain JSON."""

MOMENT_MAX_S = 253_402_300_799  # The last second of the year 9999.
TIER_CHARACTERS_MAX = 60
ITEMS_MAX = 20  # Stripe's own limit on a subscription.

_STATUSES = get_args(SubscriptionStatus)


class PricedItem(BaseModel):
    """One item of a subscription: what is paid for, and the tier that its metadata names."""

    model_config = ConfigDict(frozen=True)

    id: str
    price_id: str
    product_id: str | None
    metadata_tier: str | None
    quantity: int
    current_period_start: datetime | None
    current_period_end: datetime | None


class SubscriptionFacts(BaseModel):
    """What one answer of Stripe's says of a subscription. The current period is the widest of its items'."""

    model_config = ConfigDict(frozen=True)

    subscription_id: str
    customer_id: str
    customer_is_deleted: bool
    named_users: tuple[UUID, ...]
    status: SubscriptionStatus
    items: tuple[PricedItem, ...]
    current_period_start: datetime | None
    current_period_end: datetime | None
    cancel_at: datetime | None
    cancel_at_period_end: bool
    trial_end: datetime | None
    pause_collection: str | None
    latest_invoice_id: str | None
    schedule_id: str | None
    has_pending_update: bool


def read_subscription(found: Found) -> SubscriptionFacts:
    """A subscription of any version. Raises `ShapeUnknown`."""
    items = tuple(_item(one, found) for one in parts(found, "items")[:ITEMS_MAX])
    status, customer = text(found, "status"), text(found, "customer")
    if status not in _STATUSES or customer is None:
        raise ShapeUnknown(f"a subscription with the status {status!r} and the customer {customer!r}")
    starts = [item.current_period_start for item in items if item.current_period_start]
    ends = [item.current_period_end for item in items if item.current_period_end]
    named = (user_named(found), user_named(part(found, "customer")))
    return SubscriptionFacts(
        subscription_id=required(found, "id"),
        customer_id=customer,
        customer_is_deleted=part(found, "customer").get("deleted") is True,
        named_users=tuple(user for user in named if user is not None),
        status=cast("SubscriptionStatus", status),
        items=items,
        current_period_start=min(starts, default=None),
        current_period_end=max(ends, default=None),
        cancel_at=moment(found, "cancel_at"),
        cancel_at_period_end=found.get("cancel_at_period_end") is True,
        trial_end=moment(found, "trial_end"),
        pause_collection=text(part(found, "pause_collection"), "behavior"),
        latest_invoice_id=text(found, "latest_invoice"),
        schedule_id=text(found, "schedule"),
        has_pending_update=bool(part(found, "pending_update")),
    )


def _item(item: Found, subscription: Found) -> PricedItem:
    price = part(item, "price") or part(item, "plan")
    product = part(price, "product")
    quantity = item.get("quantity")
    return PricedItem(
        id=text(item, "id") or "",
        price_id=text(item, "price") or required(price, "id"),
        product_id=text(price, "product"),
        metadata_tier=metadata_tier(price) or metadata_tier(product),
        quantity=quantity if isinstance(quantity, int) else 1,
        current_period_start=moment(item, "current_period_start")
        or moment(subscription, "current_period_start"),
        current_period_end=moment(item, "current_period_end") or moment(subscription, "current_period_end"),
    )


def metadata_tier(of: Found) -> str | None:
    """The tier that the metadata of a price or a product names."""
    tier = text(part(of, "metadata"), "tier")
    return tier if tier is not None and len(tier) <= TIER_CHARACTERS_MAX else None


def user_named(of: Found) -> UUID | None:
    """The person whose id an object carries: as `metadata.user_id`, or as `client_reference_id`."""
    for name in (text(part(of, "metadata"), "user_id"), text(of, "client_reference_id")):
        try:
            return UUID(name or "")
        except ValueError:
            continue
    return None


def subscription_of_invoice(invoice: Found) -> str | None:
    """The id of the subscription that an invoice is for."""
    return text(invoice, "subscription") or text(
        part(part(invoice, "parent"), "subscription_details"), "subscription"
    )


def invoice_period_end(invoice: Found) -> datetime | None:
    """Until when what an invoice is for counts."""
    ends = [moment(part(line, "period"), "end") for line in parts(invoice, "lines")]
    return max((end for end in ends if end), default=moment(invoice, "period_end"))


def failing_since(invoices: Sequence[Found]) -> datetime | None:
    """Since when the oldest of a subscription's open invoices could not be collected.

    One that is charged by itself is first tried when it is finalized; one that is sent is late after its day.
    """
    since = [
        moment(invoice, "due_date")
        or moment(part(invoice, "status_transitions"), "finalized_at")
        or moment(invoice, "created")
        for invoice in invoices
        if invoice.get("status") == "open" and invoice.get("attempted") is not False
    ]
    return min((moment for moment in since if moment), default=None)


def text(of: Found, name: str) -> str | None:
    """A text, or the id of an object that stands there in whole; None where there is neither."""
    match of.get(name):
        case str() as value if value:
            return value
        case {"id": str() as id}:
            return id
        case _:
            return None


def required(of: Found, name: str) -> str:
    """A text that is always there. Raises `ShapeUnknown`."""
    found = text(of, name)
    if found is None:
        raise ShapeUnknown(f"a {text(of, 'object') or 'thing'} without {name}")
    return found


def moment(of: Found, name: str) -> datetime | None:
    """A moment, which Stripe gives in Unix seconds."""
    value = of.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOMENT_MAX_S:
        return None
    return datetime.fromtimestamp(value, UTC)


def part(of: Found, name: str) -> Found:
    """An object inside another; empty where there is none, or only its id."""
    value = of.get(name)
    return cast("Found", value) if isinstance(value, dict) else {}


def parts(of: Found, name: str) -> list[Found]:
    """The objects of a list inside another, whether Stripe pages it or not."""
    value = of.get(name)
    held = cast("Found", value).get("data") if isinstance(value, dict) else value
    listed = cast("list[object]", held) if isinstance(held, list) else []
    return [cast("Found", one) for one in listed if isinstance(one, dict)]


def plain(model: BaseModel) -> JsonValue:
    """A model as JSON."""
    return cast("JsonValue", model.model_dump(mode="json"))
