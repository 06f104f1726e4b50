"""Places for discussion."""

from __future__ import annotations

from backend.runtime.context import QueryContext
from backend.runtime.registration import query
from schema.tables import Space

SPACES_MAX = 500  # A navigation bar: a community with more spaces needs pages, not a longer bar.


@query
async def list_(ctx: QueryContext) -> list[Space]:
    """The spaces the caller may see, in the order the community gave them."""
    return await ctx.db.query(Space).index("by_order").take(SPACES_MAX)
