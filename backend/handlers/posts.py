"""Posts in a space's feed, and likes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from backend.runtime.batch_context import BatchContext
from backend.runtime.batched_calls import BatchedCall, Calls
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


@dataclass(frozen=True)
class OnePost:
    """What `toggle_like` is given."""

    post_id: Id[Post]


@mutation(batch=True)
async def toggle_like(ctx: BatchContext, calls: Calls[OnePost]) -> list[bool]:
    """Like a post, or take the like back; whether the caller likes it now.

    All likes of a post are counted in its one row, so that many likers at once are settled together.
    """
    wanted = [(call, _like_of(call)) for call in calls]
    likes = await ctx.db.find_many(Like, "by_user_id_and_target", wanted)
    given = [(call, like.id) for call, like in zip(calls, likes, strict=True) if like is not None]
    await ctx.db.delete_many(Like, given)
    await ctx.db.insert_many(Like, [row for row, like in zip(wanted, likes, strict=True) if like is None])
    return [like is None for like in likes]


@mutation
async def remove(ctx: MutationContext, post_id: Id[Post]) -> None:
    """Delete a post softly: nobody sees it any more, and nothing is lost."""
    await ctx.db.patch(Post, post_id, deleted_at=datetime.now(UTC))


def _like_of(call: BatchedCall[OnePost]) -> dict[str, str | UUID]:
    return {"user_id": call.user_id, "target_type": "post", "target_id": call.arguments.post_id}
