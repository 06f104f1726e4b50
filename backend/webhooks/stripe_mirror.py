"""Writing down what Stripe answered, under a fence, with the memberships that follow.

Whoever asks Stripe takes a number first (`ask`), and what they got is written only where nobody with a higher
number has written. So no lock and no connection is held while Stripe is asked, and of two answers the later
question's stays, in whichever order they arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.registration import internal_mutation, internal_query
from backend.webhooks.stripe_customers import find_customer
from backend.webhooks.stripe_events import alert_admins, wake_parked, wake_subscriptions
from backend.webhooks.stripe_gateway import Policy, Tiers
from backend.webhooks.stripe_kinds import UNKNOWN_PRICE
from backend.webhooks.stripe_memberships import settle_membership
from backend.webhooks.stripe_shapes import SubscriptionFacts, plain
from schema.language.rules import LIVE_STATUSES
from schema.tables import StripeCharge, StripeCustomer, StripeSubscription, User

SUBSCRIPTIONS_MAX = 500  # Of one customer: Stripe's own limit.

Fenced: TypeAlias = Literal["subscription", "charge"]


class Place(BaseModel):
    """Whose things they are: of our own account where `account` is empty, and of which mode."""

    model_config = ConfigDict(frozen=True)

    account: str
    livemode: bool


class Projected(BaseModel):
    """What is known of a subscription once an answer has been written, or was too late to be."""

    model_config = ConfigDict(frozen=True)

    subscription_id: str
    customer_id: str | None
    user_id: UUID | None
    status: str | None
    tier: str | None
    changed: bool

    @property
    def note(self) -> str:
        """In words, for whoever asks why."""
        whose = "" if self.user_id else ", of a customer who is nobody here yet"
        return f"{self.subscription_id}: {self.status or 'unknown'}, tier {self.tier or 'unknown'}{whose}"


class ChargeFacts(BaseModel):
    """What Stripe says about a payment of a subscription."""

    model_config = ConfigDict(frozen=True)

    charge_id: str
    subscription_id: str
    period_end: datetime | None
    is_refunded: bool
    dispute_status: str | None
    disputed_at: datetime | None


@internal_mutation
async def ask(ctx: MutationContext, place: Place, fenced: Fenced, id: str) -> int:
    """The number of a question that is about to be asked; higher than any before it."""
    [row] = await ctx.sql(_ASK[fenced], place.account, place.livemode, id, reads=(f"stripe_{fenced}s",))
    number = row["asked"]
    assert isinstance(number, int), row
    return number


_ASK = {
    fenced: f"""\
insert into public.stripe_{fenced}s as one (account, livemode, {fenced}_id, asked) values ($1, $2, $3, 1)
on conflict (account, livemode, {fenced}_id) do update set asked = one.asked + 1 returning asked"""
    for fenced in ("subscription", "charge")
}


@internal_mutation
async def write_subscription(
    ctx: MutationContext,
    place: Place,
    number: int,
    facts: SubscriptionFacts,
    grace_from: datetime | None,
    tiers: Tiers,
    policy: Policy,
) -> Projected:
    """Write what question `number` was answered, unless a later one has been; what is known now."""
    row = await _subscription(ctx, place, facts.subscription_id)
    assert row is not None, facts
    if row.answered >= number:
        return _projected(row, changed=False)
    user_id = await _whose(ctx, place, facts)
    known = [tiers.of_prices.get(item.price_id) or item.metadata_tier for item in facts.items]
    tier = tiers.best(tier for tier in known if tier is not None)
    price_ids = [item.price_id for item in facts.items]
    is_odd = tier is None and facts.status in LIVE_STATUSES
    if is_odd and (row.price_ids != price_ids or row.tier is not None or row.status is None):
        about = {"subscription": facts.subscription_id, "prices": list(price_ids), "tier": row.tier}
        await alert_admins(ctx, UNKNOWN_PRICE, about)
    overdue = facts.status == "past_due"
    await ctx.db.patch(
        StripeSubscription,
        row.id,
        answered=number,
        customer_id=facts.customer_id,
        user_id=user_id or row.user_id,
        status=facts.status,
        tier=tier,
        tier_rank=tiers.rank(tier),
        price_ids=price_ids,
        product_ids=[item.product_id for item in facts.items if item.product_id is not None],
        items=[plain(item) for item in facts.items],
        current_period_start=facts.current_period_start,
        current_period_end=facts.current_period_end,
        cancel_at=facts.cancel_at,
        cancel_at_period_end=facts.cancel_at_period_end,
        trial_end=facts.trial_end,
        pause_collection=facts.pause_collection,
        grace_from=(grace_from or row.grace_from or datetime.now(UTC)) if overdue else None,
        latest_invoice_id=facts.latest_invoice_id,
        schedule_id=facts.schedule_id,
        has_pending_update=facts.has_pending_update,
    )
    return await _settled(ctx, place, facts.subscription_id, policy)


@internal_mutation
async def write_missing(
    ctx: MutationContext, place: Place, number: int, subscription_id: str, policy: Policy
) -> Projected:
    """Write that Stripe knows of no such subscription any more: it is over."""
    row = await _subscription(ctx, place, subscription_id)
    assert row is not None, subscription_id
    if row.answered >= number:
        return _projected(row, changed=False)
    await ctx.db.patch(StripeSubscription, row.id, answered=number, status="canceled", grace_from=None)
    return await _settled(ctx, place, subscription_id, policy)


@internal_mutation
async def link_customer(
    ctx: MutationContext, place: Place, customer_id: str, user_id: UUID, policy: Policy
) -> bool:
    """Write down whom a customer is, and settle what waited for it; False where they are somebody else.

    Who they are is said once: a payment link that names another person changes nothing.
    """
    if await ctx.db.get(User, user_id) is None:
        return False
    customer = await _customer(ctx, place, customer_id)
    if customer is not None and customer.user_id is not None:
        return customer.user_id == user_id
    await _link(ctx, place, customer_id, user_id)
    for row in await _subscriptions_of(ctx, place, customer_id):
        if row.user_id is None:
            await ctx.db.patch(StripeSubscription, row.id, user_id=user_id)
            await _settled(ctx, place, row.subscription_id, policy)
    return True


@internal_mutation
async def write_customer(
    ctx: MutationContext, place: Place, customer_id: str, is_deleted: bool, policy: Policy
) -> UUID | None:
    """Write down that a customer is there, or is no more, which ends all they have; who they are."""
    customer = await _customer(ctx, place, customer_id)
    now = datetime.now(UTC)
    if customer is None:
        await ctx.db.insert(
            StripeCustomer,
            **place.model_dump(),
            customer_id=customer_id,
            gone_at=now if is_deleted else None,
        )
    elif is_deleted and customer.gone_at is None:
        await ctx.db.patch(StripeCustomer, customer.id, gone_at=now)
    if is_deleted:
        for row in await _subscriptions_of(ctx, place, customer_id):
            await _settled(ctx, place, row.subscription_id, policy)
    return customer.user_id if customer is not None else None


@internal_mutation
async def write_charge(
    ctx: MutationContext, place: Place, number: int, facts: ChargeFacts, policy: Policy
) -> None:
    """Write what Stripe says about a payment, and what follows for the membership it paid."""
    charges = ctx.db.query(StripeCharge)
    row = await charges.index("by_charge_id", **place.model_dump(), charge_id=facts.charge_id).unique()
    assert row is not None, facts
    if row.answered >= number:
        return
    await ctx.db.patch(
        StripeCharge,
        row.id,
        answered=number,
        subscription_id=facts.subscription_id,
        period_end=facts.period_end,
        refunded_at=(row.refunded_at or datetime.now(UTC)) if facts.is_refunded else None,
        dispute_status=facts.dispute_status,
        disputed_at=facts.disputed_at,
    )
    await _settled(ctx, place, facts.subscription_id, policy)


@internal_mutation
async def settle_again(ctx: MutationContext, place: Place, ids: list[str], policy: Policy) -> list[str]:
    """Derive memberships anew from what is written down; the subscriptions whose ones were wrong."""
    rows = [await _subscription(ctx, place, id) for id in ids]
    return [row.subscription_id for row in rows if row and await settle_membership(ctx, row, policy)]


async def _whose(ctx: MutationContext, place: Place, facts: SubscriptionFacts) -> UUID | None:
    """The person whom a subscription is for; links the customer where its metadata is the first to say."""
    customer = await _customer(ctx, place, facts.customer_id)
    if customer is not None and customer.user_id is not None:
        return customer.user_id
    for named in facts.named_users:
        if await ctx.db.get(User, named) is not None:
            await _link(ctx, place, facts.customer_id, named)
            return named
    if customer is None:
        await ctx.db.insert(StripeCustomer, **place.model_dump(), customer_id=facts.customer_id)
    return None


async def _link(ctx: MutationContext, place: Place, customer_id: str, user_id: UUID) -> None:
    key = {**place.model_dump(), "customer_id": customer_id}
    await ctx.db.upsert(StripeCustomer, "by_customer_id", **key, user_id=user_id)
    await wake_parked(ctx, place.account, place.livemode, customer_id)


async def _settled(ctx: MutationContext, place: Place, subscription_id: str, policy: Policy) -> Projected:
    row = await _subscription(ctx, place, subscription_id)
    if row is None:
        return Projected(
            subscription_id=subscription_id,
            customer_id=None,
            user_id=None,
            status=None,
            tier=None,
            changed=False,
        )
    return _projected(row, changed=await settle_membership(ctx, row, policy))


def _projected(row: StripeSubscription, *, changed: bool) -> Projected:
    return Projected(
        subscription_id=row.subscription_id,
        customer_id=row.customer_id,
        user_id=row.user_id,
        status=row.status,
        tier=row.tier,
        changed=changed,
    )


async def _subscription(
    ctx: MutationContext, place: Place, subscription_id: str
) -> StripeSubscription | None:
    rows = ctx.db.query(StripeSubscription)
    return await rows.index(
        "by_subscription_id", **place.model_dump(), subscription_id=subscription_id
    ).unique()


async def _subscriptions_of(
    ctx: MutationContext, place: Place, customer_id: str
) -> Sequence[StripeSubscription]:
    rows = ctx.db.query(StripeSubscription)
    return await rows.index("by_customer_id", **place.model_dump(), customer_id=customer_id).take(
        SUBSCRIPTIONS_MAX
    )


async def _customer(ctx: QueryContext, place: Place, customer_id: str) -> StripeCustomer | None:
    return await find_customer(ctx, account=place.account, livemode=place.livemode, customer_id=customer_id)


@internal_query
async def user_of(ctx: QueryContext, place: Place, customer_id: str) -> UUID | None:
    """Who a customer is here."""
    customer = await _customer(ctx, place, customer_id)
    return customer.user_id if customer is not None else None


@internal_mutation
async def wake(ctx: MutationContext, place: Place, ids: list[str], reason: str) -> None:
    """Have subscriptions looked at again by jobs."""
    await wake_subscriptions(ctx, place.account, place.livemode, ids, reason)
