"""Paid memberships, as members see them: what they have, and the ways to buy, change and end it.

Every action that changes something takes an `intent_id` that the page makes once for one wish: a second
click, or a repeated call, does nothing more. What Stripe makes of a wish shows in `billing:membership` by
itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.errors import Refusal
from backend.runtime.registration import action, internal_mutation, internal_query, query
from backend.webhooks import stripe_mirror
from backend.webhooks.stripe_errors import BillingOff
from backend.webhooks.stripe_events import account_of
from backend.webhooks.stripe_gateway import StripeGateway, idempotency_key
from backend.webhooks.stripe_mirror import Place
from backend.webhooks.stripe_projection import project
from backend.webhooks.stripe_shapes import Found, metadata_tier, part, parts, required, text
from schema.language import Id
from schema.language.rules import LIVE_STATUSES
from schema.tables import CommunitySettings, Membership, StripeCustomer, StripeSubscription

MEMBERSHIPS_MAX = 100  # Of one person, with all that have ended; far above any buyer of tiers.
OPEN_STATUSES = (*LIVE_STATUSES, "incomplete", "unpaid", "paused")
"""States of a subscription that can still be changed."""

Url = Annotated[str, Field(max_length=2_000, pattern=r"^https?://[^\s]+$")]
PriceId = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_-]+$")]
IntentId = Annotated[str, Field(min_length=8, max_length=255)]


class PriceUnknown(Refusal):
    code, status = "billing.price_unknown", 400


class NoSubscription(Refusal):
    code, status = "billing.no_subscription", 404


class AlreadySubscribed(Refusal):
    code, status = "billing.already_subscribed", 409


class PaymentsClosed(Refusal):
    code, status = "billing.payments_closed", 409


class MembershipShown(BaseModel):
    """A membership as its person sees it. `opens`: whether it did when this was read."""

    id: UUID
    tier: str | None
    status: str
    opens: bool
    current_period_end: datetime | None
    access_until: datetime | None
    access_note: str | None


class Changed(BaseModel):
    """How a change ended. `pending`: it waits for a payment, at `url` where Stripe says so."""

    pending: bool
    url: str | None


class Seat(BaseModel):
    """Where a person pays: the account, and who they are there."""

    model_config = ConfigDict(frozen=True)

    place: Place
    customer_id: str | None
    customers_before: int
    can_pay: bool


@query
async def membership(ctx: QueryContext) -> MembershipShown | None:
    """The caller's membership, the best of those that open something; null for who never had any.

    It is asked again when the membership changes, also by time alone.
    """
    user_id = ctx.auth.maybe_user_id
    if user_id is None:
        return None
    found = await ctx.db.query(Membership).index("by_user_id", user_id=user_id).take(MEMBERSHIPS_MAX)
    best = max(found, key=_worth, default=None)
    if best is None:
        return None
    return MembershipShown(
        id=best.id,
        tier=best.tier,
        status=best.status,
        opens=_opens(best),
        current_period_end=best.current_period_end,
        access_until=best.access_until,
        access_note=best.access_note,
    )


@action
async def checkout(
    ctx: ActionContext, price_id: PriceId, intent_id: IntentId, success_url: Url, cancel_url: Url
) -> str:
    """The address of a page of Stripe's on which the caller subscribes to a price.

    Raises `AlreadySubscribed` for a price they pay already, and `PriceUnknown` for one that is no tier's.
    """
    gateway, user_id, seat = await _sit_down(ctx)
    place = seat.place
    if not seat.can_pay:
        raise PaymentsClosed("This community cannot take payments yet.")
    await _check_price(gateway, place, price_id)
    service = ctx.as_service()
    if price_id in await service.run_query(find_prices, place=place, user_id=user_id):
        raise AlreadySubscribed("You have this already.", hint="billing:changePlan changes it.")
    customer_id = seat.customer_id or await _make_customer(ctx, gateway, user_id, seat)
    named = {"user_id": str(user_id)}
    session = await gateway.write(
        "/v1/checkout/sessions",
        place.account,
        key=idempotency_key(user_id, "checkout", intent_id),
        mode="subscription",
        customer=customer_id,
        client_reference_id=str(user_id),
        line_items=[{"price": price_id, "quantity": 1}],
        metadata=named,
        subscription_data={"metadata": named},
        success_url=success_url,
        cancel_url=cancel_url,
    )
    return required(session, "url")


@action
async def portal(ctx: ActionContext, return_url: Url) -> str:
    """The address of Stripe's own page where the caller sees invoices and changes how they pay."""
    gateway, _, seat = await _sit_down(ctx)
    if seat.customer_id is None:
        raise NoSubscription("You have never bought anything here.")
    session = await gateway.write(
        "/v1/billing_portal/sessions",
        seat.place.account,
        key=idempotency_key(seat.customer_id, "portal", datetime.now(UTC).isoformat()),
        customer=seat.customer_id,
        return_url=return_url,
    )
    return required(session, "url")


@action
async def change_plan(
    ctx: ActionContext, membership_id: Id[Membership], price_id: PriceId, intent_id: IntentId
) -> Changed:
    """Have a subscription be for another price from now on, the difference charged at once.

    Where that cannot be paid by itself nothing changes until it is, and after a day it never does.
    """
    gateway, user_id, _ = await _sit_down(ctx)
    subscription_id, place = await _own(ctx, membership_id, user_id)
    await _check_price(gateway, place, price_id)
    found = await gateway.read(f"/v1/subscriptions/{subscription_id}", place.account)
    items = parts(found or {}, "items")
    if len(items) != 1:
        raise NoSubscription("A subscription of several things is changed in the portal.")
    changed = await gateway.write(
        f"/v1/subscriptions/{subscription_id}",
        place.account,
        key=idempotency_key(user_id, "change_plan", intent_id),
        items=[{"id": required(items[0], "id"), "price": price_id}],
        payment_behavior="pending_if_incomplete",
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )
    await project(ctx.as_service(), gateway, place, subscription_id)
    pending = bool(part(changed, "pending_update"))
    url = text(part(changed, "latest_invoice"), "hosted_invoice_url") if pending else None
    return Changed(pending=pending, url=url)


@action
async def cancel(ctx: ActionContext, membership_id: Id[Membership], intent_id: IntentId) -> None:
    """End a subscription when what is paid for is over; until then it can be resumed."""
    gateway, user_id, _ = await _sit_down(ctx)
    subscription_id, place = await _own(ctx, membership_id, user_id)
    key = idempotency_key(user_id, "cancel", intent_id)
    path = f"/v1/subscriptions/{subscription_id}"
    await gateway.write(path, place.account, key=key, cancel_at_period_end="true")
    await project(ctx.as_service(), gateway, place, subscription_id)


@action
async def resume(ctx: ActionContext, membership_id: Id[Membership], intent_id: IntentId) -> None:
    """Go on with a subscription that was to end, or that stopped for want of a way to pay after its trial."""
    gateway, user_id, _ = await _sit_down(ctx)
    subscription_id, place = await _own(ctx, membership_id, user_id)
    path = f"/v1/subscriptions/{subscription_id}"
    found = await gateway.read(path, place.account)
    key = idempotency_key(user_id, "resume", intent_id)
    if found is not None and text(found, "status") == "paused":
        await gateway.write(f"{path}/resume", place.account, key=key, billing_cycle_anchor="now")
    else:
        await gateway.write(path, place.account, key=key, cancel_at_period_end="false")
    await project(ctx.as_service(), gateway, place, subscription_id)


def _opens(membership: Membership) -> bool:
    until = membership.access_until
    lasts = until is None or until > datetime.now(UTC)
    return membership.tier is not None and membership.status in LIVE_STATUSES and lasts


def _worth(membership: Membership) -> tuple[bool, int, datetime]:
    return _opens(membership), membership.tier_rank, membership.created_at


async def _sit_down(ctx: ActionContext) -> tuple[StripeGateway, UUID, Seat]:
    """The gateway, the caller, and where they pay. Raises `BillingOff` and `SignInRequired`."""
    gateway, user_id = ctx.gateway(StripeGateway), ctx.auth.user_id
    if not gateway.is_on:
        raise BillingOff
    seat = await ctx.as_service().run_mutation(find_seat, user_id=user_id, livemode=gateway.livemode)
    return gateway, user_id, seat


async def _check_price(gateway: StripeGateway, place: Place, price_id: str) -> None:
    price: Found = await gateway.read(f"/v1/prices/{price_id}", place.account, expand=["product"]) or {}
    named = metadata_tier(price) or metadata_tier(part(price, "product"))
    known = gateway.setup.tiers.of_prices.get(price_id) or named
    if known is None or price.get("active") is not True:
        raise PriceUnknown("This price is not for sale here.")


async def _make_customer(ctx: ActionContext, gateway: StripeGateway, user_id: UUID, seat: Seat) -> str:
    # Made and linked before anything is bought, so that no event is about somebody unknown.
    made = await gateway.write(
        "/v1/customers",
        seat.place.account,
        key=idempotency_key(user_id, "customer", seat.customers_before),
        metadata={"user_id": str(user_id)},
    )
    customer_id = required(made, "id")
    await ctx.as_service().run_mutation(
        stripe_mirror.link_customer,
        place=seat.place,
        customer_id=customer_id,
        user_id=user_id,
        policy=gateway.setup.policy,
    )
    return customer_id


async def _own(ctx: ActionContext, membership_id: UUID, user_id: UUID) -> tuple[str, Place]:
    found = await ctx.as_service().run_query(find_subscription, membership_id=membership_id, user_id=user_id)
    if found is None:
        raise NoSubscription("You have no such subscription.")
    return found.subscription_id, found.place


class OwnSubscription(BaseModel):
    """A subscription of somebody's that can still be changed."""

    model_config = ConfigDict(frozen=True)

    subscription_id: str
    place: Place


@internal_query
async def find_subscription(ctx: QueryContext, membership_id: UUID, user_id: UUID) -> OwnSubscription | None:
    """The subscription behind a membership of this person; None where it is not theirs, or over."""
    membership = await ctx.db.get(Membership, membership_id)
    if membership is None or membership.user_id != user_id or membership.status not in OPEN_STATUSES:
        return None
    for row in await ctx.db.query(StripeSubscription).index("by_user_id", user_id=user_id).collect():
        if row.subscription_id == membership.stripe_subscription_id:
            place = Place(account=row.account, livemode=row.livemode)
            return OwnSubscription(subscription_id=row.subscription_id, place=place)
    return None


@internal_query
async def find_prices(ctx: QueryContext, place: Place, user_id: UUID) -> list[str]:
    """The prices that a person pays at this place and goes on paying."""
    rows = await ctx.db.query(StripeSubscription).index("by_user_id", user_id=user_id).collect()
    going_on = [
        row
        for row in rows
        if (row.account, row.livemode) == (place.account, place.livemode)
        and row.status in LIVE_STATUSES
        and row.cancel_at is None
        and not row.cancel_at_period_end
    ]
    return [price for row in going_on for price in row.price_ids]


@internal_mutation
async def find_seat(ctx: MutationContext, user_id: UUID, livemode: bool) -> Seat:
    """Where a person pays now, and as which customer. Only a mutation sees the community's account."""
    settings = await ctx.db.query(CommunitySettings).first()
    account = account_of(settings)
    rows = await ctx.db.query(StripeCustomer).index("by_user_id", user_id=user_id).collect()
    mine = [row for row in rows if (row.account, row.livemode) == (account, livemode)]
    there = [row.customer_id for row in mine if row.gone_at is None]
    return Seat(
        place=Place(account=account, livemode=livemode),
        customer_id=there[0] if there else None,
        customers_before=len(mine) - len(there),
        can_pay=account == "" or (settings is not None and settings.stripe_charges_enabled is True),
    )
