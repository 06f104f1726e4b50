"""Posts in a space's feed, and likes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.pages import Page, PageOptions
from backend.runtime.registration import mutation, query
from schema.language import Id
from schema.tables import Like, Post, Space


@query
async def feed(ctx: QueryContext, space_id: Id[Space], page: PageOptions) -> Page[Post]:
    """The posts of a space, newest first."""
    return await ctx.db.query(Post).index("by_space_id", space_id=space_id).newest_first().paginate(page)


@mutation
async def create(ctx: MutationContext, space_id: Id[Space], content: str) -> Id[Post]:
    """Write a post; its id."""
    return await ctx.db.insert(Post, space_id=space_id, author_id=ctx.auth.user_id, content=content)


@mutation(batch=True)
async def toggle_like(ctx: MutationContext, post_id: Id[Post]) -> bool:
    """Like a post, or take the like back; whether the caller likes it now.

    All likes of a post are counted in its one row, so that many likers at once are settled together.
    """
    mine = await _like_of(ctx, ctx.auth.user_id, post_id)
    if mine is not None:
        await ctx.db.delete(Like, mine.id)
        return False
    await ctx.db.insert(Like, user_id=ctx.auth.user_id, target_type="post", target_id=post_id)
    return True


@mutation
async def remove(ctx: MutationContext, post_id: Id[Post]) -> None:
    """Delete a post softly: nobody sees it any more, and nothing is lost."""
    await ctx.db.patch(Post, post_id, deleted_at=datetime.now(UTC))


async def _like_of(ctx: QueryContext, user_id: UUID, post_id: UUID) -> Like | None:
    likes = ctx.db.query(Like)
    return await likes.index(
        "by_user_id_and_target", user_id=user_id, target_type="post", target_id=post_id
    ).unique()
