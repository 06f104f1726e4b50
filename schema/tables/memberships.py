"""Paid memberships."""

from typing import Annotated, Literal

from schema.language import Access, Index, Ref, Table, Text, Timestamp, admin, any_of, caller_is
from schema.tables.users import User


class Membership(Table, name="memberships"):
    """One subscription of one person, as Stripe last described it.

    It opens paid spaces and courses while `status` is trialing, active or past due. Only the service writes
    it. Its owner and admins may read it: moderators have no business with someone's payments.
    """

    user_id: Ref[User]
    tier: Annotated[str, Text(length_min=1, length_max=60)]
    stripe_customer_id: Annotated[str, Text(length_max=255)] | None = None
    stripe_subscription_id: Annotated[str, Text(length_max=255)] | None = None
    status: Literal[
        "incomplete",
        "incomplete_expired",
        "trialing",
        "active",
        "past_due",
        "canceled",
        "unpaid",
        "paused",
    ]
    current_period_end: Timestamp | None = None
    updated_at: Timestamp

    indexes = (
        Index("by_user_id", "user_id", "status"),
        Index("by_stripe_customer_id", "stripe_customer_id"),
        Index("by_stripe_subscription_id", "stripe_subscription_id", unique=True),
    )
    access = Access(read=any_of(caller_is("user_id"), admin()))
