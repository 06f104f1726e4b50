"""Paid memberships."""

from typing import Annotated

from schema.language import Access, Index, Ref, Table, Text, Timestamp, admin, any_of, caller_is
from schema.tables.billing import SubscriptionStatus
from schema.tables.users import User


class Membership(Table, name="memberships"):
    """One subscription of one person, as Stripe last described it.

    It opens what its `tier` opens while `status` is trialing, active or past due, until `access_until`, where
    that is set; without a tier it opens nothing. Who has several has what any of them opens; the highest
    `tier_rank` is the one to show. `access_note` says why access ends, or has ended. `lapsed_at` is written
    when `access_until` has passed: what a rule no longer allows by then goes from open pages, too.

    Only the service writes it. Its owner and admins may read it: moderators have no business with someone's
    payments.
    """

    user_id: Ref[User]
    tier: Annotated[str, Text(length_min=1, length_max=60)] | None
    tier_rank: int = 0
    stripe_customer_id: Annotated[str, Text(length_max=255)] | None = None
    stripe_subscription_id: Annotated[str, Text(length_max=255)] | None = None
    status: SubscriptionStatus
    current_period_end: Timestamp | None = None
    access_until: Timestamp | None = None
    access_note: Annotated[str, Text(length_max=200)] | None = None
    lapsed_at: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id", "user_id", "status"),
        Index("by_stripe_customer_id", "stripe_customer_id"),
        Index("by_stripe_subscription_id", "stripe_subscription_id", unique=True),
        Index("by_access_until", "lapsed_at", "access_until"),
    )
    access = Access(read=any_of(caller_is("user_id"), admin()))
