"""Looking a customer up."""

from __future__ import annotations

from backend.runtime.context import QueryContext
from schema.tables import StripeCustomer


async def find_customer(
    ctx: QueryContext, *, account: str, livemode: bool, customer_id: str | None
) -> StripeCustomer | None:
    """What is written down of a customer; None of one who is not known, or without an id."""
    if customer_id is None:
        return None
    customers = ctx.db.query(StripeCustomer)
    key = {"account": account, "livemode": livemode, "customer_id": customer_id}
    return await customers.index("by_customer_id", **key).unique()
