"""What is known of somebody's payments, for people who ask why, and events worked on again by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import asyncpg

EVENTS_SHOWN_MAX = 500  # Of one person: years of them.
REPLAYED_MAX = 10_000  # By one command; the service takes up some hundreds a minute.

EventStatus: TypeAlias = Literal["pending", "done", "ignored", "parked", "failed", "dead"]


@dataclass(frozen=True)
class EventRecord:
    """One event: when it happened, what became of it, and what it led to or why not."""

    event_id: str
    type: str
    occurred_at: datetime
    status: EventStatus
    attempts: int
    note: str | None
    last_error: str | None


@dataclass(frozen=True)
class MembershipRecord:
    """One membership. `opens`: whether rules let its person in now."""

    subscription_id: str | None
    tier: str | None
    status: str
    opens: bool
    why: str
    current_period_end: datetime | None
    access_until: datetime | None


@dataclass(frozen=True)
class Explanation:
    """Why somebody has access, or has none. `without`: subscriptions that lead to no membership, and why."""

    user_id: UUID
    customers: tuple[str, ...]
    memberships: tuple[MembershipRecord, ...]
    without: tuple[str, ...]
    events: tuple[EventRecord, ...]


async def find_person(connection: asyncpg.Connection, named: str) -> UUID | None:
    """The person with this id or this address."""
    return await connection.fetchval(
        "select id from auth.users where id::text = lower($1) or lower(email) = lower($1) limit 1", named
    )


async def explain(connection: asyncpg.Connection, user_id: UUID) -> Explanation:
    """Why a person has access or not, and every event about them, oldest first."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        customers = await connection.fetch(_CUSTOMERS, user_id)
        memberships = await connection.fetch(_MEMBERSHIPS, user_id)
        subscriptions = await connection.fetch(_SUBSCRIPTIONS, user_id)
        held = {row["subscription_id"] for row in memberships}
        ids = [row["subscription_id"] for row in subscriptions]
        names = [row["customer_id"] for row in customers]
        events = await connection.fetch(_EVENTS, ids, names, EVENTS_SHOWN_MAX)
    return Explanation(
        user_id,
        customers=tuple(names),
        memberships=tuple(
            MembershipRecord(**{name: row[name] for name in _SHOWN}, why=_why(row)) for row in memberships
        ),
        without=tuple(
            f"{row['subscription_id']}: {row['status'] or 'Stripe has not been asked yet'}"
            for row in subscriptions
            if row["subscription_id"] not in held
        ),
        events=tuple(EventRecord(**dict(row)) for row in reversed(events)),
    )


_SHOWN = ("subscription_id", "tier", "status", "opens", "current_period_end", "access_until")
_CUSTOMERS = "select customer_id from public.stripe_customers where user_id = $1 order by created_at"
_SUBSCRIPTIONS = """\
select subscription_id, status from public.stripe_subscriptions
where user_id = $1 or customer_id in (select customer_id from public.stripe_customers where user_id = $1)
order by created_at"""
_MEMBERSHIPS = """\
select one.stripe_subscription_id as subscription_id, one.tier, one.status, one.current_period_end,
    one.access_until, one.access_note, other.price_ids,
    one.status in ('trialing', 'active', 'past_due') as is_live,
    one.tier is not null and one.status in ('trialing', 'active', 'past_due')
        and (one.access_until is null or one.access_until > now()) as opens
from public.memberships as one
left join public.stripe_subscriptions as other on other.subscription_id = one.stripe_subscription_id
where one.user_id = $1 order by one.created_at"""
_EVENTS = """\
select event_id, type, occurred_at, status, attempts, note, last_error from public.stripe_events
where subscription_id = any ($1) or customer_id = any ($2) or object_id = any ($1) or object_id = any ($2)
order by occurred_at desc, created_at desc limit $3"""


def _why(row: asyncpg.Record) -> str:
    if not row["is_live"]:
        return f"Stripe says {row['status']}"
    if row["tier"] is None:
        return f"no tier is known for {', '.join(row['price_ids'] or ())}"
    if row["access_until"] is None:
        return "it is paid for"
    ends = "until then" if row["opens"] else "since then"
    return f"{row['access_note'] or 'limited'} {ends}"


async def replay(
    connection: asyncpg.Connection, *, event_ids: Sequence[str], statuses: Sequence[EventStatus]
) -> list[str]:
    """Have the running service work on events again, named or in these states; which."""
    rows = await connection.fetch(_REPLAY, list(event_ids), list(statuses), REPLAYED_MAX)
    return sorted(row["event_id"] for row in rows)


_REPLAY = """\
with again as (
    update public.stripe_events set status = 'pending', attempts = 0, next_at = now()
    where id in (
        select id from public.stripe_events where event_id = any ($1) or status = any ($2) limit $3
    ) returning id, event_id
), begun as (
    select private.schedule_job(
        gen_random_uuid(), 'backend/webhooks/stripeProjection:settleEvent', 'action',
        json_build_object('event', id)::text, now()
    ) from again
)
select event_id, (select count(*) from begun) from again"""
