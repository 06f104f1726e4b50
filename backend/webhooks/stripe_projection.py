"""Working on an event: asking Stripe how things stand now, and writing that down.

What an event says is only where to look. Working on it twice, late, or in another order leads to the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, assert_never, cast
from uuid import UUID

from backend.postgres import PostgresError
from backend.runtime.context import ActionContext, QueryContext
from backend.runtime.errors import Refusal
from backend.runtime.registration import internal_action, internal_query
from backend.webhooks import stripe_accounts, stripe_events, stripe_mirror
from backend.webhooks.stripe_errors import ShapeUnknown
from backend.webhooks.stripe_events import Claimed, Outcome
from backend.webhooks.stripe_gateway import StripeGateway, idempotency_key
from backend.webhooks.stripe_kinds import ALERTS, NOTICES, Subject, subject_of
from backend.webhooks.stripe_mirror import ChargeFacts, Place, Projected
from backend.webhooks.stripe_shapes import (
    Found,
    failing_since,
    invoice_period_end,
    moment,
    part,
    parts,
    read_subscription,
    required,
    subscription_of_invoice,
    text,
    user_named,
)

EXPANDED = ("items.data.price.product", "customer")
"""What is fetched along with a subscription: Stripe follows four steps at most."""


@internal_action
async def settle_event(ctx: ActionContext, event: UUID) -> None:
    """Work on an event that is kept; what fails is tried again later."""
    claimed = await ctx.run_mutation(stripe_events.claim, event=event)
    if claimed is None:
        return
    try:
        outcome = await _Work(ctx, ctx.gateway(StripeGateway), claimed).follow()
    except (Refusal, PostgresError, ShapeUnknown) as error:
        said = f"{getattr(error, 'code', None) or type(error).__name__}: {error}"
        await ctx.run_mutation(stripe_events.fail, claimed=claimed, error=said)
    else:
        await ctx.run_mutation(stripe_events.conclude, event=event, outcome=outcome)


async def project(ctx: ActionContext, gateway: StripeGateway, place: Place, id: str) -> Projected:
    """Ask Stripe for a subscription and write it down; what is known of it then."""
    policy = gateway.setup.policy
    number = await ctx.run_mutation(stripe_mirror.ask, place=place, fenced="subscription", id=id)
    found = await gateway.read(f"/v1/subscriptions/{id}", place.account, expand=list(EXPANDED))
    if found is None:
        return await ctx.run_mutation(
            stripe_mirror.write_missing, place=place, number=number, subscription_id=id, policy=policy
        )
    facts = read_subscription(found)
    grace_from = None
    if facts.status == "past_due":
        unpaid = await gateway.read("/v1/invoices", place.account, subscription=id, status="open", limit=100)
        grace_from = failing_since(parts(unpaid or {}, "data"))
    projected = await ctx.run_mutation(
        stripe_mirror.write_subscription,
        place=place,
        number=number,
        facts=facts,
        grace_from=grace_from,
        tiers=gateway.setup.tiers,
        policy=policy,
    )
    if facts.customer_is_deleted:
        await ctx.run_mutation(
            stripe_mirror.write_customer,
            place=place,
            customer_id=facts.customer_id,
            is_deleted=True,
            policy=policy,
        )
    return projected


async def wake_all(
    ctx: ActionContext, place: Place, what: Literal["price", "product", "customer"], id: str
) -> int:
    """Have every subscription looked at again that has this price, product or customer; how many."""
    ids = await ctx.run_query(find_having, place=place, what=what, id=id)
    reason = f"{id} has changed"
    await ctx.run_mutation(stripe_mirror.wake, place=place, ids=ids, reason=reason)
    return len(ids)


@internal_query
async def find_having(
    ctx: QueryContext, place: Place, what: Literal["price", "product", "customer"], id: str
) -> list[str]:
    """The subscriptions that have this price, product or customer."""
    rows = await ctx.sql(
        f"select subscription_id from public.stripe_subscriptions where {_HAVING[what]}"
        " and account = $2 and livemode = $3",
        *(id, place.account, place.livemode),
        reads=("stripe_subscriptions",),
    )
    return [str(row["subscription_id"]) for row in rows]


_HAVING = {
    "price": "price_ids @> array[$1::text]",
    "product": "product_ids @> array[$1::text]",
    "customer": "customer_id = $1",
}


@dataclass(frozen=True)
class _Work:
    """Work on one event. Raises `Refusal`, `PostgresError` or `ShapeUnknown`: trying again may help."""

    ctx: ActionContext
    gateway: StripeGateway
    event: Claimed

    @property
    def _place(self) -> Place:
        return Place(account=self.event.account, livemode=self.event.livemode)

    @property
    def _carried(self) -> Found:
        """The object as the event carries it: for ids, and for what people are told. Thin ones have none."""
        return part(part(cast("Found", json.loads(self.event.payload)), "data"), "object")

    async def follow(self) -> Outcome:
        """Do all that follows from the event."""
        subject = subject_of(self.event.type)
        # Events that were ignored may be replayed, and keys may change while some wait.
        if subject is None or self.event.livemode != self.gateway.livemode:
            return Outcome(status="ignored", note="it is none of ours")
        outcome = await self._follow(subject)
        notice = NOTICES.get(self.event.type)
        # Whoever has not paid for the first time stands before the form that says so.
        if self.event.type == "invoice.payment_failed" and outcome.subscription_status == "incomplete":
            notice = None
        told = {"notice": notice, "alert": ALERTS.get(self.event.type), "data": self._shown()}
        return outcome.model_copy(update=told)

    async def _follow(self, subject: Subject) -> Outcome:
        match subject:
            case "subscription":
                return await self._project(self._id)
            case "session":
                return await self._follow_session()
            case "invoice":
                return await self._follow_invoice()
            case "schedule":
                schedule = await self._whole("/v1/subscription_schedules", "subscription")
                return await self._project_maybe(text(schedule, "subscription"))
            case "charge":
                return await self._follow_charge(self._id)
            case "dispute":
                return await self._follow_charge(
                    required(await self._whole("/v1/disputes", "charge"), "charge")
                )
            case "refund":
                charge = text(await self._whole("/v1/refunds", "charge"), "charge")
                return await self._follow_charge(charge) if charge else Outcome(note="a refund of no charge")
            case "warning":
                warning = await self._whole("/v1/radar/early_fraud_warnings", "charge")
                return Outcome(note=f"{text(warning, 'charge')} may be fraud")
            case "customer":
                return await self._follow_customer(self._id)
            case "price" | "product":
                woken = await wake_all(self.ctx, self._place, subject, self._id)
                return Outcome(note=f"{woken} subscriptions are looked at again")
            case "account":
                return await stripe_accounts.refresh(self.ctx, self.gateway, self.event.account)
            case "deauthorized":
                return await stripe_accounts.disconnect(self.ctx, self.event.account)
            case "nothing":
                return await self._nothing("nothing to change")
            case _:
                assert_never(subject)

    @property
    def _id(self) -> str:
        if self.event.object_id is None:
            raise ShapeUnknown(f"a {self.event.type} without an id")
        return self.event.object_id

    async def _whole(self, path: str, needed: str) -> Found:
        """The object as the event carries it where that names what is needed, else as Stripe has it."""
        if text(self._carried, needed) is not None:
            return self._carried
        return await self.gateway.read(f"{path}/{self._id}", self.event.account) or {}

    async def _project(self, subscription_id: str) -> Outcome:
        projected = await project(self.ctx, self.gateway, self._place, subscription_id)
        return Outcome(
            status="done" if projected.user_id else "parked",
            note=projected.note,
            customer_id=projected.customer_id,
            subscription_id=subscription_id,
            subscription_status=projected.status,
            user_id=projected.user_id,
        )

    async def _project_maybe(self, subscription_id: str | None) -> Outcome:
        if subscription_id is not None:
            return await self._project(subscription_id)
        return await self._nothing("it is about no subscription")

    async def _follow_session(self) -> Outcome:
        session = await self.gateway.read(f"/v1/checkout/sessions/{self._id}", self.event.account) or {}
        customer_id, user_id = text(session, "customer"), user_named(session)
        linked = False
        if customer_id is not None and user_id is not None:
            linked = await self.ctx.run_mutation(
                stripe_mirror.link_customer,
                place=self._place,
                customer_id=customer_id,
                user_id=user_id,
                policy=self.gateway.setup.policy,
            )
        outcome = await self._project_maybe(text(session, "subscription"))
        if user_id is not None and not linked:
            return outcome.model_copy(update={"note": f"{outcome.note}; its customer is not {user_id}"})
        return outcome

    async def _follow_invoice(self) -> Outcome:
        carried = subscription_of_invoice(self._carried)
        if carried is None:
            invoice = await self.gateway.read(f"/v1/invoices/{self._id}", self.event.account)
            carried = subscription_of_invoice(invoice or {})
        return await self._project_maybe(carried)

    async def _follow_charge(self, charge_id: str) -> Outcome:
        number = await self.ctx.run_mutation(
            stripe_mirror.ask, place=self._place, fenced="charge", id=charge_id
        )
        charge = await self.gateway.read(f"/v1/charges/{charge_id}", self.event.account) or {}
        invoice = await self._invoice_of(charge)
        subscription_id = subscription_of_invoice(invoice)
        if subscription_id is None:
            return await self._nothing(f"{charge_id} paid for no subscription")
        listed = await self.gateway.read("/v1/disputes", self.event.account, charge=charge_id, limit=100)
        dispute = max(parts(listed or {}, "data"), key=_gravity, default={})
        facts = ChargeFacts(
            charge_id=charge_id,
            subscription_id=subscription_id,
            period_end=invoice_period_end(invoice),
            is_refunded=charge.get("refunded") is True,
            dispute_status=text(dispute, "status"),
            disputed_at=moment(dispute, "created"),
        )
        policy = self.gateway.setup.policy
        await self.ctx.run_mutation(
            stripe_mirror.write_charge, place=self._place, number=number, facts=facts, policy=policy
        )
        if facts.dispute_status == "lost" and policy.lost == "cancel":
            key = idempotency_key("dispute lost", charge_id)
            await self.gateway.cancel(subscription_id, self.event.account, key=key)
        return await self._project(subscription_id)

    async def _invoice_of(self, charge: Found) -> Found:
        """The invoice that a charge paid, which up to basil named it, and since then is asked for."""
        invoice_id, intent = text(charge, "invoice"), text(charge, "payment_intent")
        if invoice_id is None and intent is not None:
            payment = {"type": "payment_intent", "payment_intent": intent}
            found = await self.gateway.read("/v1/invoice_payments", self.event.account, payment=payment)
            invoice_id = next((text(paid, "invoice") for paid in parts(found or {}, "data")), None)
        if invoice_id is None:
            return {}
        return await self.gateway.read(f"/v1/invoices/{invoice_id}", self.event.account) or {}

    async def _follow_customer(self, customer_id: str) -> Outcome:
        customer = await self.gateway.read(f"/v1/customers/{customer_id}", self.event.account)
        policy = self.gateway.setup.policy
        is_deleted = customer is None or customer.get("deleted") is True
        known = await self.ctx.run_mutation(
            stripe_mirror.write_customer,
            place=self._place,
            customer_id=customer_id,
            is_deleted=is_deleted,
            policy=policy,
        )
        named = user_named(customer or {})
        if named is not None and known is None and not is_deleted:
            await self.ctx.run_mutation(
                stripe_mirror.link_customer,
                place=self._place,
                customer_id=customer_id,
                user_id=named,
                policy=policy,
            )
        woken = 0
        if is_deleted:
            woken = await wake_all(self.ctx, self._place, "customer", customer_id)
        note = f"deleted, with {woken} subscriptions" if is_deleted else "refreshed"
        return Outcome(note=note, customer_id=customer_id, user_id=known or named)

    async def _nothing(self, note: str) -> Outcome:
        """Nothing changes; the customer named may be told."""
        customer_id = text(self._carried, "customer")
        user_id = None
        if customer_id is not None:
            user_id = await self.ctx.run_query(
                stripe_mirror.user_of, place=self._place, customer_id=customer_id
            )
        return Outcome(note=note, customer_id=customer_id, user_id=user_id)

    def _shown(self) -> dict[str, str]:
        """What goes with a notice: where to pay."""
        url = text(self._carried, "hosted_invoice_url")
        return {"url": url} if url is not None and url.startswith("https://") else {}


def _gravity(dispute: Found) -> int:
    """Which of several disputes of one payment counts: a lost one, then an open one."""
    status = text(dispute, "status") or ""
    return 2 if status == "lost" else 1 if status in ("needs_response", "under_review") else 0
