"""Functions that call functions, say things, and go too far."""

from __future__ import annotations

from uuid import UUID

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.errors import ConvexError, Refusal
from backend.runtime.registration import (
    action,
    internal_action,
    internal_mutation,
    internal_query,
    mutation,
    query,
)
from schema.language import Id
from schema.tables import Post, User
from schema.tables.coaching import AssessmentQuestion


@internal_query
async def content_of(ctx: QueryContext, post_id: Id[Post]) -> str | None:
    ctx.log("looking at", post_id)
    post = await ctx.db.get(Post, post_id)
    return post and post.content


@internal_mutation
async def rewrite(ctx: MutationContext, post_id: Id[Post], content: str, fails: bool = False) -> str:
    await ctx.db.patch(Post, post_id, content=content)
    if fails:
        raise ConvexError("no")
    return content.upper()


@internal_action
async def shout(ctx: ActionContext, post_id: Id[Post]) -> str:
    ctx.log("shouting")
    return await ctx.run_mutation(rewrite, post_id=post_id, content="loud")


@query
async def read_through(ctx: QueryContext, post_id: Id[Post]) -> str | None:
    return await ctx.run_query(content_of, post_id=post_id)


@mutation
async def rewrite_twice(ctx: MutationContext, post_id: Id[Post]) -> list[str | None]:
    """The second one fails, and takes back what it wrote, and no more."""
    said: list[str | None] = [await ctx.run_mutation(rewrite, post_id=post_id, content="first")]
    try:
        await ctx.run_mutation(rewrite, post_id=post_id, content="second", fails=True)
    except ConvexError as error:
        said.append(str(error.data))
    try:
        await ctx.run_mutation(rewrite, post_id=post_id, content="")
    except Refusal as refusal:
        said.append(refusal.code)
    return [*said, await ctx.run_query(content_of, post_id=post_id)]


@mutation
async def two_at_once(ctx: MutationContext, post_id: Id[Post]) -> None:
    from asyncio import gather

    await gather(
        ctx.run_mutation(rewrite, post_id=post_id, content="a"),
        ctx.run_mutation(rewrite, post_id=post_id, content="b"),
    )


@mutation
async def answer_seen_by_query(ctx: MutationContext, id: Id[AssessmentQuestion]) -> list[int | None]:
    found = await ctx.db.get(AssessmentQuestion, id)
    return [found and found.correct_answer, await ctx.run_query(answer_of, id=id)]


@internal_query
async def answer_of(ctx: QueryContext, id: Id[AssessmentQuestion]) -> int | None:
    found = await ctx.db.get(AssessmentQuestion, id)
    return found and found.correct_answer


@action
async def shout_through(ctx: ActionContext, post_id: Id[Post]) -> list[str | None]:
    return [
        await ctx.run_action(shout, post_id=post_id),
        await ctx.run_query(content_of, post_id=post_id),
    ]


@action
async def confused(ctx: ActionContext, post_id: Id[Post]) -> None:
    await ctx.run_query(shout, post_id=post_id)


@internal_mutation
async def rename_anyone(ctx: MutationContext, user_id: UUID, name: str) -> None:
    await ctx.db.patch(User, user_id, name=name)


@action
async def rename_as(ctx: ActionContext, user_id: UUID, name: str, as_service: bool) -> None:
    await (ctx.as_service() if as_service else ctx).run_mutation(rename_anyone, user_id=user_id, name=name)


@action
async def public_as_service(ctx: ActionContext, post_id: Id[Post]) -> None:
    await ctx.as_service().run_query(read_through, post_id=post_id)


@query
async def calls_itself(ctx: QueryContext, times: int) -> int:
    return 0 if times == 0 else 1 + await ctx.run_query(calls_itself, times=times - 1)


@query
async def calls_often(ctx: QueryContext, times: int) -> int:
    return sum([await ctx.run_query(calls_itself, times=0) + 1 for _ in range(times)])


@query
async def says(ctx: QueryContext, lines: list[str], fails: bool = False) -> int:
    for line in lines:
        ctx.log(line)
    ctx.log.warn({"number": len(lines)})
    ctx.log.error("odd", object(), 1.5)
    if fails:
        raise ConvexError("and failed")
    return len(lines)


@mutation
async def says_and_writes(ctx: MutationContext, name: str) -> None:
    ctx.log("renaming to", name)
    await ctx.db.patch(User, ctx.auth.user_id, name=name)


@query
async def sql_rows(ctx: QueryContext, count: int) -> int:
    return len(await ctx.sql("select generate_series(1, $1::int) as number", count, reads=()))


@query
async def measures(ctx: QueryContext, text: str) -> int:
    return len(text)
