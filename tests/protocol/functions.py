"""Functions by which the protocol shows: what they give is what they are given."""

from __future__ import annotations

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.errors import ConvexError
from backend.runtime.registration import action, mutation, query
from schema.language import Id
from schema.tables import Post, Space


@query
async def echo(ctx: QueryContext, value: object) -> object:
    return value


@mutation
async def echo_back(ctx: MutationContext, value: object) -> object:
    return value


@action
async def echo_later(ctx: ActionContext, value: object) -> object:
    return value


@query
async def says(ctx: QueryContext, text: str) -> None:
    ctx.log(text)


@mutation
async def complains(ctx: MutationContext, data: object) -> None:
    """An error of any data."""
    ctx.log("about to complain")
    raise ConvexError(data)


@query
async def breaks(ctx: QueryContext) -> None:
    raise KeyError("a secret")


@query
async def long(ctx: QueryContext, space_id: Id[Space], characters: int) -> str:
    """Much, and something else whenever a post is written."""
    posts = await ctx.db.query(Post).index("by_space_id", space_id=space_id).collect()
    return f"{len(posts)}".ljust(characters, ".")


@query
async def whoami(ctx: QueryContext) -> str | None:
    return str(ctx.auth.maybe_user_id) if ctx.auth.maybe_user_id else None


@mutation
async def whoami_now(ctx: MutationContext) -> str | None:
    return str(ctx.auth.maybe_user_id) if ctx.auth.maybe_user_id else None
