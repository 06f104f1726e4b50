"""What the people of these histories read and write, beside the functions of the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.runtime.batch_context import BatchContext
from backend.runtime.batched_calls import Calls
from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.errors import ConvexError
from backend.runtime.registration import internal_mutation, mutation, query
from schema.language import Id
from schema.tables import (
    Comment,
    Conversation,
    Course,
    Lesson,
    Like,
    Membership,
    Message,
    Post,
    Space,
)

MODULE = "tests/oracle/functions"
"""Where clients find them."""

REFUSAL = "changed my mind"
"""What a mutation says that was asked to fail."""


# --- under rules ---


@query
async def post(ctx: QueryContext, post_id: Id[Post]) -> Post:
    """One post; `gone` for whoever does not see it, so that subscriptions fail and recover."""
    found = await ctx.db.get(Post, post_id)
    if found is None:
        raise ConvexError("gone")
    return found


@query
async def comments(ctx: QueryContext, post_id: Id[Post]) -> list[Comment]:
    return await ctx.db.query(Comment).index("by_post_id", post_id=post_id).collect()


@query
async def lessons(ctx: QueryContext, course_id: Id[Course]) -> list[Lesson]:
    """For those who take the course."""
    return await ctx.db.query(Lesson).index("by_course_id", course_id=course_id).collect()


@query
async def messages(ctx: QueryContext, conversation_id: Id[Conversation]) -> list[Message]:
    """For those who take part."""
    return await ctx.db.query(Message).index("by_conversation_id", conversation_id=conversation_id).collect()


@query
async def opening(ctx: QueryContext, space_id: Id[Space], count: int) -> list[str]:
    """The first things ever written in a space: a range that ends at its last row."""
    return [post.content for post in await _posts_of(ctx, space_id).take(count)]


# --- of one person ---


@query
async def my_likes(ctx: QueryContext) -> list[Like]:
    user_id = ctx.auth.maybe_user_id
    if user_id is None:
        return []
    return await ctx.db.query(Like).index("by_user_id_and_target", user_id=user_id).collect()


@query
async def my_memberships(ctx: QueryContext) -> list[Membership]:
    return await ctx.db.query(Membership).index("by_user_id").collect()


@query
async def greeting(ctx: QueryContext, space_id: Id[Space]) -> dict[str, object]:
    """Made by the handler for one person, of what everybody sees."""
    posts = await _posts_of(ctx, space_id).collect()
    return {"you": ctx.auth.maybe_user_id, "posts": len(posts)}


# --- by raw SQL ---


@query
async def tally(ctx: QueryContext, post_id: Id[Post]) -> dict[str, object]:
    """A post's counts beside what they count, in plain SQL."""
    [row] = await ctx.sql(
        "select coalesce(max(comment_count), 0)::float as told, "
        "(select count(*)::float from public.comments where post_id = $1) as counted "
        "from public.posts where id = $1",
        post_id,
        reads=("posts", "comments"),
    )
    return dict(row)


# --- mutations, each of which leaves one row with its key ---


@mutation
async def write(ctx: MutationContext, space_id: Id[Space], key: str) -> Id[Post]:
    return await ctx.db.insert(Post, space_id=space_id, author_id=ctx.auth.user_id, content=key)


@dataclass(frozen=True)
class Commenting:
    """What `comment` is given."""

    post_id: Id[Post]
    key: str
    fails: bool = False
    breaks: bool = False


@mutation(batch=True)
async def comment(ctx: BatchContext, calls: Calls[Commenting]) -> list[str]:
    """Settled together with others; one that fails, or breaks the whole statement, must leave nothing."""
    rows = [
        (call, {"post_id": call.arguments.post_id, "author_id": call.user_id, "content": call.arguments.key})
        for call in calls
    ]
    await ctx.db.insert_many(Comment, rows)
    for call in calls:
        if call.arguments.fails:
            call.refuse(ConvexError(REFUSAL))
    broken = [call.arguments.key for call in calls if call.arguments.breaks]
    if broken:
        raise KeyError(*broken)
    return [call.arguments.key for call in calls]


@mutation
async def write_in_turn(ctx: MutationContext, space_id: Id[Space], key: str) -> int:
    """How many posts there were before. No two can find the same number, as each adds one.

    Nothing but being serializable keeps them apart: no row of the space counts its posts.
    """
    before = await _posts_of(ctx, space_id).collect()
    await ctx.db.insert(Post, space_id=space_id, author_id=ctx.auth.user_id, content=key)
    return len(before)


@mutation
async def say(ctx: MutationContext, conversation_id: Id[Conversation], key: str) -> Id[Message]:
    return await ctx.db.insert(
        Message, conversation_id=conversation_id, sender_id=ctx.auth.user_id, content=key
    )


@mutation
async def promise(ctx: MutationContext, post_id: Id[Post], key: str, fails: bool) -> str:
    """A comment that a job writes at once; none where this fails after all."""
    author_id = ctx.auth.user_id
    await ctx.scheduler.run_after(timedelta(), keep, post_id=post_id, author_id=author_id, key=key)
    if fails:
        raise ConvexError(REFUSAL)
    return key


@internal_mutation
async def keep(ctx: MutationContext, post_id: Id[Post], author_id: UUID, key: str) -> None:
    await ctx.db.insert(Comment, post_id=post_id, author_id=author_id, content=key)


def _posts_of(ctx: QueryContext, space_id: Id[Space]):
    return ctx.db.query(Post).index("by_space_id", space_id=space_id)
