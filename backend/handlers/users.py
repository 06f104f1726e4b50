"""People."""

from __future__ import annotations

from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.registration import mutation, query
from schema.tables import User


@query
async def me(ctx: QueryContext) -> User | None:
    """The caller's own profile; null for a visitor."""
    return await ctx.user()


@mutation
async def rename(ctx: MutationContext, name: str) -> None:
    """Change the caller's name. Their posts and comments follow shortly after."""
    await ctx.db.patch(User, ctx.auth.user_id, name=name)
