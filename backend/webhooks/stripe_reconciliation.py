"""Comparing all that is written down with what Stripe lists, and mending the differences.

Events may be lost: a wrong secret, a service that was away for more than three days. Stripe keeps them for 30
days and its subscriptions for ever, so that subscriptions are what is compared. Besides, events that Stripe
could not deliver are taken up, for what they tell people.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.jobs.crons import cron
from backend.runtime.jobs.schedules import daily, every
from backend.runtime.registration import internal_action, internal_mutation, internal_query
from backend.webhooks import stripe_events, stripe_memberships, stripe_mirror
from backend.webhooks.stripe_envelopes import open_envelope
from backend.webhooks.stripe_events import Delivery
from backend.webhooks.stripe_gateway import StripeGateway
from backend.webhooks.stripe_mirror import Place
from backend.webhooks.stripe_projection import project
from backend.webhooks.stripe_shapes import (
    Found,
    SubscriptionFacts,
    metadata_tier,
    read_subscription,
    required,
)

EVENTS_KEPT_DAYS = 30  # Stripe's own figure: what is older cannot be listed.
MENDED_HERE_MAX = 200  # By one run itself; more is a restored backup, say, and left to jobs.
ROWS_PER_STEP = 200  # Read or settled by one transaction: some tens of milliseconds.
STEPS_MAX = 100_000  # A walk that goes on after that goes in circles.


@dataclass
class Report:
    """What a reconciliation found. `mended` says of each subscription what was different."""

    looked_at: int = 0
    mended: dict[str, str] = field(default_factory=dict[str, str])
    memberships: list[str] = field(default_factory=list[str])
    events: int = 0


class Written(BaseModel):
    """What is written down of a subscription, as far as a list of Stripe's can tell."""

    id: UUID
    subscription_id: str
    status: str | None
    tier: str | None
    price_ids: list[str]
    current_period_end: datetime | None
    cancel_at: datetime | None
    cancel_at_period_end: bool
    pause_collection: str | None


async def reconcile_all(ctx: ActionContext, gateway: StripeGateway) -> AsyncIterator[Report]:
    """Mend what differs from Stripe; how far it is, after every step, and the whole report last.

    Raises `Refusal`; what is mended by then stays so.
    """
    report = Report()
    await ctx.run_mutation(end_other_mode, livemode=gateway.livemode)
    for place in await _places(ctx, gateway):
        seen: set[str] = set()
        products: dict[str, Found] = {}
        async for page in gateway.pages("/v1/subscriptions", place.account, status="all"):
            await _compare(ctx, gateway, place, page, products, report)
            seen.update(required(one, "id") for one in page)
            yield report
        async for rows in _walk(ctx, place):
            for row in rows:
                # Stripe lists all there are; what it does not list, it may still know.
                if row.subscription_id not in seen and row.status != "canceled":
                    await _mend(ctx, gateway, place, row.subscription_id, "Stripe does not list it", report)
            ids = [row.subscription_id for row in rows]
            report.memberships += await ctx.run_mutation(
                stripe_mirror.settle_again, place=place, ids=ids, policy=gateway.setup.policy
            )
            yield report
        await _take_up_undelivered(ctx, gateway, place, report)
        yield report


@internal_action
async def reconcile(ctx: ActionContext) -> str:
    """Mend what differs from Stripe; what was found, in words."""
    gateway = ctx.gateway(StripeGateway)
    if not gateway.is_on:
        return "payments are not set up"
    report = Report()
    async for so_far in reconcile_all(ctx, gateway):
        report = so_far
    for subscription_id, difference in report.mended.items():
        ctx.log.warn("differed from Stripe", subscription_id, difference)
    return describe(report)


@internal_action
async def keep_up(ctx: ActionContext) -> None:
    """Take up what waits for its time: events, and memberships whose access has ended."""
    await ctx.run_action(stripe_events.wake_waiting)
    for membership_id in await ctx.run_query(stripe_memberships.find_lapsed):
        await ctx.run_mutation(stripe_memberships.lapse, membership_id=membership_id)


RECONCILING = cron("reconcile with Stripe", daily(hour=3, minute=30), reconcile)
KEEPING_UP = cron("keep up with Stripe", every(timedelta(minutes=1)), keep_up)


def describe(report: Report) -> str:
    """A report in one line."""
    return (
        f"{report.looked_at} subscriptions compared, {len(report.mended)} mended,"
        f" {len(report.memberships)} memberships derived anew, {report.events} undelivered events taken up"
    )


async def _places(ctx: ActionContext, gateway: StripeGateway) -> list[Place]:
    connected = await ctx.run_mutation(find_connected)
    accounts = ["", connected] if connected else [""]
    return [Place(account=account, livemode=gateway.livemode) for account in accounts]


@internal_mutation
async def find_connected(ctx: MutationContext) -> str:
    """The connected account that the community's payments go to; empty where it is our own."""
    return await stripe_events.connected_account(ctx)


async def _compare(
    ctx: ActionContext,
    gateway: StripeGateway,
    place: Place,
    page: list[Found],
    products: dict[str, Found],
    report: Report,
) -> None:
    facts = [read_subscription(one) for one in page]
    ids = [one.subscription_id for one in facts]
    written = {row.subscription_id: row for row in await ctx.run_query(find_written, place=place, ids=ids)}
    for one in facts:
        report.looked_at += 1
        tier = await _tier(gateway, place, one, products)
        difference = _difference(written.get(one.subscription_id), one, tier)
        if difference is not None:
            await _mend(ctx, gateway, place, one.subscription_id, difference, report)


def _difference(row: Written | None, facts: SubscriptionFacts, tier: str | None) -> str | None:
    """What is different from what Stripe lists; None where nothing is."""
    if row is None:
        return "it was unknown here"
    pairs = {
        "status": (row.status, facts.status),
        "tier": (row.tier, tier),
        "prices": (row.price_ids, [item.price_id for item in facts.items]),
        "current_period_end": (row.current_period_end, facts.current_period_end),
        "cancel_at": (row.cancel_at, facts.cancel_at),
        "cancel_at_period_end": (row.cancel_at_period_end, facts.cancel_at_period_end),
        "pause_collection": (row.pause_collection, facts.pause_collection),
    }
    different = [f"{name} {here} is {there}" for name, (here, there) in pairs.items() if here != there]
    return "; ".join(different) or None


async def _tier(
    gateway: StripeGateway, place: Place, facts: SubscriptionFacts, products: dict[str, Found]
) -> str | None:
    """The tier of a listed subscription, whose products are not in the list: each is asked for once."""
    tiers = gateway.setup.tiers
    found: list[str] = []
    for item in facts.items:
        tier = tiers.of_prices.get(item.price_id) or item.metadata_tier
        if tier is None and item.product_id is not None:
            if item.product_id not in products:
                product = await gateway.read(f"/v1/products/{item.product_id}", place.account)
                products[item.product_id] = product or {}
            tier = metadata_tier(products[item.product_id])
        if tier is not None:
            found.append(tier)
    return tiers.best(found)


async def _mend(
    ctx: ActionContext, gateway: StripeGateway, place: Place, id: str, difference: str, report: Report
) -> None:
    if len(report.mended) < MENDED_HERE_MAX:
        await project(ctx, gateway, place, id)
    else:
        await ctx.run_mutation(stripe_mirror.wake, place=place, ids=[id], reason="it differed")
    report.mended[id] = difference


@internal_mutation
async def end_other_mode(ctx: MutationContext, livemode: bool) -> None:
    """End what a key of the other mode once opened: a tester's purchase is none."""
    await ctx.sql(_END_OTHER_MODE, livemode, reads=("memberships", "stripe_subscriptions"))


_END_OTHER_MODE = """\
update public.memberships as one set access_until = now(), access_note = 'other mode', lapsed_at = now()
from public.stripe_subscriptions as other
where other.subscription_id = one.stripe_subscription_id and other.livemode <> $1
    and (one.access_until is null or one.access_until > now())"""


async def _walk(ctx: ActionContext, place: Place) -> AsyncIterator[list[Written]]:
    after = UUID(int=0)
    for _ in range(STEPS_MAX):
        rows = await ctx.run_query(walk_written, place=place, after=after)
        if not rows:
            return
        yield rows
        after = rows[-1].id


@internal_query
async def find_written(ctx: QueryContext, place: Place, ids: list[str]) -> list[Written]:
    """What is written down of some subscriptions."""
    return await _written(ctx, "subscription_id = any ($3::text[])", place.account, place.livemode, ids)


@internal_query
async def walk_written(ctx: QueryContext, place: Place, after: UUID) -> list[Written]:
    """What is written down of the next few subscriptions."""
    condition = f"id > $3 order by id limit {ROWS_PER_STEP}"
    return await _written(ctx, condition, place.account, place.livemode, after)


async def _written(ctx: QueryContext, condition: str, *given: object) -> list[Written]:
    columns = ", ".join(Written.model_fields)
    rows = await ctx.sql(
        f"select {columns} from public.stripe_subscriptions"
        f" where account = $1 and livemode = $2 and {condition}",
        *given,
        reads=("stripe_subscriptions",),
    )
    return [Written.model_validate(row) for row in rows]


async def _take_up_undelivered(
    ctx: ActionContext, gateway: StripeGateway, place: Place, report: Report
) -> None:
    since = int((datetime.now(UTC) - timedelta(days=EVENTS_KEPT_DAYS)).timestamp())
    listed = gateway.pages("/v1/events", place.account, delivery_success="false", created={"gte": since})
    async for page in listed:
        deliveries: list[Delivery] = []
        for event in page:
            payload = json.dumps(event)
            envelope = open_envelope(payload).model_copy(update={"account": place.account})
            deliveries.append(Delivery(envelope=envelope, payload=payload))
        report.events += await ctx.run_mutation(
            stripe_events.receive_all,
            endpoint="connect" if place.account else "platform",
            livemode=place.livemode,
            deliveries=deliveries,
        )
