"""Functions that do what no function of the product does, for tests."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Literal
from uuid import UUID

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.errors import ConvexError
from backend.runtime.pages import Page, PageOptions
from backend.runtime.registration import action, internal_query, mutation, query
from backend.runtime.scans import above, at_least, below
from schema.language import Id
from schema.tables import Course, Enrollment, Like, Post, Space, User


@query
async def echo(
    ctx: QueryContext,
    text: str,
    count: int = 1,
    post_id: Id[Post] | None = None,
    tags: list[str] = [],  # noqa: B006 (Pydantic copies it)
    mood: Literal["glad", "sad"] = "glad",
    at: datetime | None = None,
) -> dict[str, object]:
    """All it was given."""
    return {"text": text, "count": count, "postId": post_id, "tags": tags, "mood": mood, "at": at}


@internal_query
async def hidden(ctx: QueryContext) -> None:
    """Not for clients."""


@query
async def breaks(ctx: QueryContext) -> None:
    """A bug."""
    raise KeyError("a secret")


@query
async def complains(ctx: QueryContext) -> None:
    """An error for the client."""
    raise ConvexError({"code": "tea.cold", "degrees": 12})


@query
async def lies(ctx: QueryContext) -> int:
    """Something else than it promises."""
    return "three"  # pyright: ignore[reportReturnType]


@query
async def claims(ctx: QueryContext) -> dict[str, object]:
    """What the function and the database know of the caller."""
    [row] = await ctx.sql(
        "select current_user::text as role, auth.uid() as uid, "
        "current_setting('request.jwt.claims') as claims",
        reads=(),
    )
    return {"function": dict(ctx.auth.claims), "database": row}


@query
async def post(ctx: QueryContext, post_id: Id[Post]) -> Post | None:
    return await ctx.db.get(Post, post_id)


@query
async def posts_since(
    ctx: QueryContext, space_id: Id[Space], since: datetime, before: datetime
) -> list[Post]:
    span = at_least(since) & below(before)
    return await ctx.db.query(Post).index("by_space_id", space_id=space_id, created_at=span).collect()


@query
async def first_posts(ctx: QueryContext, space_id: Id[Space], count: int) -> list[str]:
    posts = await ctx.db.query(Post).index("by_space_id", space_id=space_id).take(count)
    return [post.content for post in posts]


@query
async def first_containing(ctx: QueryContext, space_id: Id[Space], word: str, count: int) -> list[str]:
    found = (
        ctx.db.query(Post).index("by_space_id", space_id=space_id).filter(lambda post: word in post.content)
    )
    return [post.content for post in await found.take(count)]


@query
async def page_containing(ctx: QueryContext, space_id: Id[Space], word: str, page: PageOptions) -> Page[Post]:
    found = (
        ctx.db.query(Post).index("by_space_id", space_id=space_id).filter(lambda post: word in post.content)
    )
    return await found.paginate(page)


@query
async def two_pages(ctx: QueryContext, space_id: Id[Space], page: PageOptions) -> Page[Post]:
    posts = ctx.db.query(Post).index("by_space_id", space_id=space_id)
    await posts.paginate(page)
    return await posts.paginate(page)


@query
async def likes_of(ctx: QueryContext, user_id: Id[User]) -> int:
    return len(await ctx.db.query(Like).index("by_user_id_and_target", user_id=user_id).collect())


@query
async def count_posts(ctx: QueryContext) -> int:
    [row] = await ctx.sql("select count(*)::int as count from public.posts", reads=("posts",))
    count = row["count"]
    assert isinstance(count, int)
    return count


@query
async def sleeps(ctx: QueryContext, seconds: float) -> None:
    await ctx.sql("select pg_sleep($1)::text", seconds, reads=())


@query
async def breaks_sql(ctx: QueryContext) -> None:
    await ctx.sql("select 1 / 0", reads=())


@query
async def people_above(ctx: QueryContext, points: int) -> list[str]:
    people = await ctx.db.query(User).index("by_points", points=above(points)).newest_first().collect()
    return [person.name for person in people]


@mutation
async def patch_post(ctx: MutationContext, post_id: Id[Post], column: str, value: str) -> None:
    await ctx.db.patch(Post, post_id, **{column: value})


@mutation
async def set_likes_by_sql(ctx: MutationContext, post_id: Id[Post], count: int) -> None:
    await ctx.sql(
        "update public.posts set like_count = $2 where id = $1 returning 1", post_id, count, reads=()
    )


@mutation
async def append(ctx: MutationContext, post_id: Id[Post], text: str) -> str:
    """Read and write one row: of two at once, one must run again."""
    post = await ctx.db.get(Post, post_id)
    assert post is not None
    await asyncio.sleep(0)
    await ctx.db.patch(Post, post_id, content=post.content + text)
    return post.content + text


@mutation
async def enroll_once(ctx: MutationContext, course_id: Id[Course]) -> str:
    """Fails the second time."""
    mine = ctx.db.query(Enrollment).index(
        "by_user_id_and_course_id", user_id=ctx.auth.user_id, course_id=course_id
    )
    if await mine.first() is not None:
        raise ConvexError("already enrolled")
    await ctx.db.insert(Enrollment, course_id=course_id, user_id=ctx.auth.user_id)
    return "welcome"


@mutation
async def rename_and_fail(ctx: MutationContext, name: str) -> None:
    await ctx.db.patch(User, ctx.auth.user_id, name=name)
    raise ConvexError("changed my mind")


@mutation
async def rename_often(ctx: MutationContext, times: int) -> None:
    for number in range(times):
        await ctx.db.patch(User, ctx.auth.user_id, name=f"Name {number}")


@query
async def long(ctx: QueryContext, bytes: int) -> str:
    """So many bytes of JSON."""
    return "x" * (bytes - 2)


WAITING = asyncio.Event()


@action
async def waits(ctx: ActionContext) -> str:
    await WAITING.wait()
    return "done"


@mutation
async def looks_only(ctx: MutationContext) -> UUID | None:
    return ctx.auth.maybe_user_id


@action
async def like_and_read(ctx: ActionContext, post_id: Id[Post]) -> dict[str, object]:
    from backend.handlers.posts import toggle_like

    liked = await ctx.run_mutation(toggle_like, post_id=post_id)
    return {"liked": liked, "post": await ctx.run_query(post, post_id=post_id)}


@query
async def whoami(ctx: QueryContext) -> UUID | None:
    return ctx.auth.maybe_user_id


@query
async def likes_of_mine(ctx: QueryContext) -> list[UUID]:
    """The caller's likes, and the caller."""
    likes = await ctx.db.query(Like).index("by_user_id_and_target", user_id=ctx.auth.user_id).collect()
    return [ctx.auth.user_id, *(like.id for like in likes)]


@query
async def posts_and_mine(ctx: QueryContext, space_id: Id[Space]) -> dict[str, object]:
    """The posts of a space, the first of them once more by its id, and which are the caller's."""
    me = ctx.auth.user_id
    posts = await ctx.db.query(Post).index("by_space_id", space_id=space_id).collect()
    first = await ctx.db.get(Post, posts[0].id) if posts else None
    again = await ctx.db.get_many(Post, [post.id for post in posts])
    return {
        "all": [post.content for post in posts],
        "first": first and first.content,
        "again": [post and post.content for post in again],
        "mine": [post.content for post in posts if post.author_id == me],
    }


@query
async def everything_of_mine(ctx: QueryContext) -> list[str]:
    """What rules keep apart by who asks: one's own profile, and one's own likes."""
    me = await ctx.db.get(User, ctx.auth.user_id)
    likes = await ctx.db.query(Like).collect()
    return [me.name if me else "nobody", *(str(like.user_id) for like in likes)]


@query
async def posts_unless_first(ctx: QueryContext, space_id: Id[Space], failing: str) -> list[str]:
    """The posts of a space; whoever is called `failing` asks the database for nonsense at the same time."""
    if (me := await ctx.db.get(User, ctx.auth.user_id)) is not None and me.name == failing:
        await ctx.sql("select 1 / 0", reads=())
    posts = await ctx.db.query(Post).index("by_space_id", space_id=space_id).collect()
    return [me.name if me else "nobody", *(post.content for post in posts)]
