"""A membership as it follows from what is known of its subscription, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.registration import internal_mutation, internal_query
from backend.webhooks.stripe_customers import find_customer
from backend.webhooks.stripe_gateway import Policy
from schema.language.rules import LIVE_STATUSES
from schema.tables import Membership, StripeCharge, StripeSubscription
from schema.tables.billing import SubscriptionStatus

CHARGES_MAX = 200  # Refunded or disputed ones of one subscription: an account with more is closed by Stripe.
LAPSES_MAX = 500  # That one run notes: a second's work.

OPEN_DISPUTES = ("needs_response", "under_review")
"""States of a dispute in which the money is gone for now. A `warning_...` is a question only."""


@dataclass(frozen=True)
class Ending:
    """When access ends, or has ended, and why. Without `at` it has, since somebody looked first."""

    at: datetime | None
    note: str


@dataclass(frozen=True)
class Terms:
    """What a membership says about access."""

    status: SubscriptionStatus
    access_until: datetime | None
    access_note: str | None


def terms_of(
    subscription: StripeSubscription,
    charges: Sequence[StripeCharge],
    policy: Policy,
    *,
    now: datetime,
    customer_is_deleted: bool = False,
    before: Terms | None = None,
) -> Terms:
    """The terms of a fetched subscription. `before`: those there were, whose past endings stay in place."""
    assert subscription.status is not None, subscription.subscription_id
    if customer_is_deleted:  # Stripe ends them with their customer, and need not be asked.
        return Terms("canceled", None, None)
    if subscription.status not in LIVE_STATUSES:
        return Terms(subscription.status, None, None)
    endings = [*_endings(subscription, policy), *_endings_by_charges(subscription, charges, policy)]
    if not endings:
        return Terms(subscription.status, None, None)
    placed = [(_moment(ending, now, before), ending.note) for ending in endings]
    until, note = min(placed)
    return Terms(subscription.status, until, note)


def _moment(ending: Ending, now: datetime, before: Terms | None) -> datetime:
    if ending.at is not None:
        return ending.at
    if before is not None and before.access_note == ending.note and before.access_until is not None:
        return min(before.access_until, now)
    return now


def _endings(subscription: StripeSubscription, policy: Policy) -> Iterator[Ending]:
    if subscription.cancel_at is not None:
        yield Ending(subscription.cancel_at, "canceled")
    elif subscription.cancel_at_period_end and subscription.current_period_end is not None:
        yield Ending(subscription.current_period_end, "canceled")
    if subscription.status == "past_due" and subscription.grace_from is not None:
        yield Ending(subscription.grace_from + policy.grace, "payment overdue")
    if subscription.pause_collection is not None and policy.pause == "close":
        yield Ending(None, "payments paused")


def _endings_by_charges(
    subscription: StripeSubscription, charges: Sequence[StripeCharge], policy: Policy
) -> Iterator[Ending]:
    started = subscription.current_period_start
    for charge in charges:
        is_current = started is None or charge.period_end is None or charge.period_end > started
        if charge.refunded_at is not None and is_current and policy.refund == "revoke":
            yield Ending(charge.refunded_at, "refunded")
        if charge.dispute_status in OPEN_DISPUTES and policy.dispute == "suspend":
            yield Ending(charge.disputed_at, "payment disputed")
        if charge.dispute_status == "lost":
            yield Ending(charge.disputed_at, "dispute lost")


async def settle_membership(ctx: MutationContext, subscription: StripeSubscription, policy: Policy) -> bool:
    """Make the membership say what follows from its subscription; whether it said something else.

    There is none while nobody knows whom the subscription is for, or what state it is in. One that is there
    stays with its person.
    """
    found = ctx.db.query(Membership)
    here = await found.index(
        "by_stripe_subscription_id", stripe_subscription_id=subscription.subscription_id
    ).unique()
    user_id = here.user_id if here is not None else subscription.user_id
    if subscription.status is None or user_id is None:
        return False
    now = datetime.now(UTC)
    before = None if here is None else Terms(here.status, here.access_until, here.access_note)
    terms = terms_of(
        subscription,
        await _charges_of(ctx, subscription),
        policy,
        now=now,
        customer_is_deleted=await _is_customer_deleted(ctx, subscription),
        before=before,
    )
    values: dict[str, object] = {
        "tier": subscription.tier,
        "tier_rank": subscription.tier_rank,
        "stripe_customer_id": subscription.customer_id,
        "status": terms.status,
        "current_period_end": subscription.current_period_end,
        "access_until": terms.access_until,
        "access_note": terms.access_note,
    }
    if here is not None and all(getattr(here, name) == value for name, value in values.items()):
        return False
    is_over = terms.access_until is not None and terms.access_until <= now
    values["lapsed_at"] = (here and here.lapsed_at) or now if is_over else None
    if here is None:
        id: UUID = await ctx.db.insert(
            Membership, user_id=user_id, stripe_subscription_id=subscription.subscription_id, **values
        )
    else:
        id = here.id
        await ctx.db.patch(Membership, id, **values)
    if terms.access_until is not None and not is_over:
        await ctx.scheduler.run_at(terms.access_until, lapse, membership_id=id)
    return True


@internal_mutation
async def lapse(ctx: MutationContext, membership_id: UUID) -> None:
    """Note that a membership's access has ended by now, so that open pages hear of what rules say already."""
    await ctx.sql(f"{_LAPSE} and id = $1", membership_id, reads=("memberships",))


_LAPSE = "update public.memberships set lapsed_at = now() where lapsed_at is null and access_until <= now()"


@internal_query
async def find_lapsed(ctx: QueryContext) -> list[UUID]:
    """Memberships whose access has ended without anybody noting it, whoever wrote that end."""
    rows = await ctx.sql(_LAPSED, LAPSES_MAX, reads=("memberships",))
    return [UUID(str(row["id"])) for row in rows]


_LAPSED = "select id from public.memberships where lapsed_at is null and access_until <= now() limit $1"


async def _charges_of(ctx: MutationContext, subscription: StripeSubscription) -> list[StripeCharge]:
    charges = ctx.db.query(StripeCharge)
    return await charges.index(
        "by_subscription_id",
        account=subscription.account,
        livemode=subscription.livemode,
        subscription_id=subscription.subscription_id,
    ).take(CHARGES_MAX)


async def _is_customer_deleted(ctx: MutationContext, subscription: StripeSubscription) -> bool:
    customer = await find_customer(
        ctx,
        account=subscription.account,
        livemode=subscription.livemode,
        customer_id=subscription.customer_id,
    )
    return customer is not None and customer.gone_at is not None
