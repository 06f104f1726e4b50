"""Stripe's events as they are kept: received once, worked on until that succeeds, and never forgotten.

    pending -> done | ignored | parked | failed      failed -> done | ... | dead      parked -> pending

Whatever happens to a copy of the service, a pending or failed event is taken up again at its `next_at`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.registration import internal_action, internal_mutation, internal_query
from backend.webhooks.stripe_customers import find_customer
from backend.webhooks.stripe_envelopes import Endpoint, Envelope, why_ignored
from backend.webhooks.stripe_kinds import DEAD_EVENT, WAKE_UP, subject_of
from schema.tables import CommunitySettings, Notification, StripeEvent, User

SETTLE = "backend/webhooks/stripe_projection:settle_event"
"""The action that works on an event. It stands above this module, and goes by its name."""

ATTEMPTS_MAX = 17  # With the waits between them a day: outages are over by then, mistakes are not.
RETRY_FIRST_S, RETRY_LONGEST_S = 3.0, 6 * 3_600.0  # Between attempts, doubled each time.
LEASE_S = (
    300.0  # Work on one event takes some seconds; what is silent for so long has ended with its service.
)
WOKEN_MAX = 500  # Events that one look takes up; the next look follows within a minute.
NOTICED_MAX = 50  # Admins who are told of something odd: a community has a handful.
ERROR_CHARACTERS_MAX = 2_000  # Kept of what went wrong.


class Delivery(BaseModel):
    """An event as it came."""

    model_config = ConfigDict(frozen=True)

    envelope: Envelope
    payload: str


class Claimed(BaseModel):
    """An event that somebody now works on."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    account: str
    livemode: bool
    type: str
    event_id: str
    object_id: str | None
    payload: str
    attempts: int


class Outcome(BaseModel):
    """What working on an event led to. `notices`: what to tell whom, as kind and data."""

    model_config = ConfigDict(frozen=True)

    status: Literal["done", "ignored", "parked"] = "done"
    note: str | None = None
    customer_id: str | None = None
    subscription_id: str | None = None
    subscription_status: str | None = None
    user_id: UUID | None = None
    notice: str | None = None
    alert: str | None = None
    data: dict[str, JsonValue] = {}


@internal_mutation
async def receive(
    ctx: MutationContext, endpoint: Endpoint, livemode: bool, envelope: Envelope, payload: str
) -> bool:
    """Keep an event and have it worked on; whether it is new. `livemode` is that of our key."""
    subject = subject_of(envelope.type)
    ignored = why_ignored(envelope, endpoint, livemode=livemode, connected=await connected_account(ctx))
    if ignored is None and (subject is None or envelope.type == WAKE_UP):
        ignored = "nothing here depends on it"
    rows = await ctx.sql(
        _KEEP,
        *(envelope.account, envelope.livemode, envelope.event_id, envelope.type, envelope.api_version),
        *(envelope.occurred_at, envelope.object_id, payload, ignored),
        reads=("stripe_events",),
    )
    for row in rows:
        if ignored is None:
            await ctx.scheduler.run_after(timedelta(0), SETTLE, event=row["id"])
    return bool(rows)


@internal_mutation
async def receive_all(
    ctx: MutationContext, endpoint: Endpoint, livemode: bool, deliveries: list[Delivery]
) -> int:
    """Keep several events; how many are new."""
    received = [
        await ctx.run_mutation(
            receive, endpoint=endpoint, livemode=livemode, envelope=one.envelope, payload=one.payload
        )
        for one in deliveries
    ]
    return sum(received)


_KEEP = """\
insert into public.stripe_events
    (account, livemode, event_id, type, api_version, occurred_at, object_id, payload, note, status, next_at)
select $1, $2, $3, $4, $5, $6, $7, $8, $9::text,
    case when $9::text is null then 'pending' else 'ignored' end,
    case when $9::text is null then now() end
on conflict (account, livemode, event_id) do nothing returning id"""


@internal_mutation
async def claim(ctx: MutationContext, event: UUID) -> Claimed | None:
    """Begin to work on an event; None where that is over, begun elsewhere, or has been tried too often."""
    lease = timedelta(seconds=LEASE_S)
    rows = await ctx.sql(_CLAIM, event, lease, reads=("stripe_events",))
    if not rows:
        return None
    claimed = Claimed.model_validate(rows[0])
    if claimed.attempts > ATTEMPTS_MAX:  # Its work ended with the service, every time.
        await _bury(ctx, claimed, "the service ended while it worked on this")
        return None
    return claimed


# Everything about time is by PostgreSQL's clock: copies of the service may differ.
_CLAIM = """\
update public.stripe_events set attempts = attempts + 1, next_at = now() + $2::interval
where id = $1 and status in ('pending', 'failed') and next_at <= now()
returning id, account, livemode, event_id, type, object_id, payload, attempts"""


@internal_mutation
async def conclude(ctx: MutationContext, event: UUID, outcome: Outcome) -> None:
    """Note what an event led to, and tell those concerned: once, whoever else works on it."""
    row = await ctx.db.get(StripeEvent, event)
    if row is None or row.status not in ("pending", "failed"):
        return
    status, note = outcome.status, outcome.note
    if status == "parked" and await _is_linked(ctx, row, outcome.customer_id):
        status, note = "done", f"{note}; linked meanwhile"
    await ctx.db.patch(
        StripeEvent,
        event,
        status=status,
        note=note,
        customer_id=outcome.customer_id,
        subscription_id=outcome.subscription_id,
        next_at=None,
    )
    data = {"kind": outcome.notice or outcome.alert, **outcome.data}
    if outcome.notice is not None and outcome.user_id is not None:
        await ctx.db.insert(Notification, user_id=outcome.user_id, type="billing", data=data)
    if outcome.alert is not None:
        about = {"event": row.event_id, "subscription": outcome.subscription_id}
        await alert_admins(ctx, outcome.alert, {**about, **outcome.data})


@internal_mutation
async def fail(ctx: MutationContext, claimed: Claimed, error: str) -> None:
    """Note why work on an event failed, and when it is tried again; after `ATTEMPTS_MAX` times never."""
    error = error[:ERROR_CHARACTERS_MAX]
    if claimed.attempts >= ATTEMPTS_MAX:
        await _bury(ctx, claimed, error)
        return
    delay = timedelta(seconds=retry_s(claimed.attempts))
    if await ctx.sql(_FAIL, claimed.id, error, delay, reads=("stripe_events",)):
        await ctx.scheduler.run_after(delay, SETTLE, event=claimed.id)


_FAIL = """\
update public.stripe_events set status = 'failed', last_error = $2, next_at = now() + $3::interval
where id = $1 and status in ('pending', 'failed') returning id"""


async def _bury(ctx: MutationContext, claimed: Claimed, error: str) -> None:
    await ctx.db.patch(StripeEvent, claimed.id, status="dead", last_error=error, next_at=None)
    await alert_admins(ctx, DEAD_EVENT, {"event": claimed.event_id, "type": claimed.type})


def retry_s(attempts: int) -> float:
    """How long to wait after so many attempts.

    >>> [retry_s(1), retry_s(2), retry_s(30)]
    [3.0, 6.0, 21600.0]
    """
    return min(RETRY_LONGEST_S, RETRY_FIRST_S * 2 ** min(attempts - 1, 30))


@internal_action
async def wake_waiting(ctx: ActionContext) -> int:
    """Take up events whose time has come, as many as one look may; how many."""
    # Looked for in a snapshot: a mutation that reads a stretch of this table gets in everybody's way.
    ids = await ctx.run_query(find_waiting)
    for id in ids:
        await ctx.scheduler.run_after(timedelta(0), SETTLE, event=id)
    return len(ids)


@internal_query
async def find_waiting(ctx: QueryContext) -> list[UUID]:
    """The events whose time has come, those first that wait longest."""
    rows = await ctx.sql(_WAITING, WOKEN_MAX, reads=("stripe_events",))
    return [UUID(str(row["id"])) for row in rows]


_WAITING = """\
select id from public.stripe_events where status in ('pending', 'failed') and next_at <= now()
order by next_at limit $1"""


async def wake_subscriptions(
    ctx: MutationContext, account: str, livemode: bool, ids: Sequence[str], reason: str
) -> None:
    """Have subscriptions looked at again, as if Stripe had said so."""
    if ids:
        given = (account, livemode, WAKE_UP, datetime.now(UTC), reason, list(ids))
        rows = await ctx.sql(_WAKE, *given, reads=("stripe_events",))
        await _hurry(ctx, rows)


_WAKE = """\
insert into public.stripe_events
    (account, livemode, event_id, type, occurred_at, object_id, payload, note, next_at)
select $1, $2, 'wake:' || gen_random_uuid(), $3, $4::timestamptz, id, '{}', $5, now()
from unnest($6::text[]) as id returning id"""


async def wake_parked(ctx: MutationContext, account: str, livemode: bool, customer_id: str) -> None:
    """Work on the events again that waited for somebody to be this customer."""
    rows = await ctx.sql(_UNPARK, account, livemode, customer_id, reads=("stripe_events",))
    await _hurry(ctx, rows)


_UNPARK = """\
update public.stripe_events set status = 'pending', attempts = 0, next_at = now()
where customer_id = $3 and account = $1 and livemode = $2 and status = 'parked' returning id"""


async def _hurry(ctx: MutationContext, rows: Sequence[Mapping[str, object]]) -> None:
    """Have events worked on at once; those past `WOKEN_MAX` are found a minute later."""
    for row in rows[:WOKEN_MAX]:
        await ctx.scheduler.run_after(timedelta(0), SETTLE, event=row["id"])


async def connected_account(ctx: MutationContext) -> str:
    """The connected account that the community's payments go to; empty where it is our own."""
    return account_of(await ctx.db.query(CommunitySettings).first())


def account_of(settings: CommunitySettings | None) -> str:
    """The same, by settings that were read in a mutation: from queries the account is hidden."""
    return (settings.stripe_connected_account_id or "") if settings is not None else ""


async def alert_admins(ctx: MutationContext, kind: str, data: Mapping[str, JsonValue]) -> None:
    """Tell admins of something odd, in the logs as well."""
    ctx.log.error(kind, dict(data))
    for admin in await ctx.db.query(User).index("by_role", role="admin").take(NOTICED_MAX):
        await ctx.db.insert(Notification, user_id=admin.id, type="billing", data={"kind": kind, **data})


async def _is_linked(ctx: MutationContext, event: StripeEvent, customer_id: str | None) -> bool:
    customer = await find_customer(
        ctx, account=event.account, livemode=event.livemode, customer_id=customer_id
    )
    return customer is not None and customer.user_id is not None
