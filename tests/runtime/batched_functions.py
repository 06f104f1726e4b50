"""Mutations whose waiting calls are settled together."""

from __future__ import annotations

import asyncio
from uuid import UUID

from backend.runtime.context import MutationContext
from backend.runtime.errors import ConvexError
from backend.runtime.registration import mutation
from schema.language import Id
from schema.tables import Course, Enrollment, Post, User

STARTED: list[str] = []
"""The names with which `rename_together` was begun, in order."""


@mutation(batch=True)
async def rename_together(ctx: MutationContext, name: str, outcome: str = "well") -> str:
    """Rename the caller, and then end well, fail, break, break the database's rules, or take long."""
    STARTED.append(name)
    ctx.log("renaming to", name)
    await ctx.db.patch(User, ctx.auth.user_id, name=name)
    match outcome:
        case "fail":
            raise ConvexError("changed my mind")
        case "break":
            raise KeyError(name)
        case "reject":
            await ctx.sql("select 1 / 0", reads=())
        case "sleep":
            await ctx.sql("select pg_sleep(30)::text", reads=())
        case "snooze":
            await asyncio.sleep(30)
        case _:
            pass
    return f"{name} it is"


@mutation(batch=True)
async def rename_other(ctx: MutationContext, user_id: Id[User], name: str) -> UUID | None:
    """What only the person themselves may do."""
    await ctx.db.patch(User, user_id, name=name)
    [row] = await ctx.sql("select current_setting('request.jwt.claims')::json ->> 'sub' as caller", reads=())
    caller = row["caller"]
    return UUID(caller) if isinstance(caller, str) else None


@mutation(batch=True)
async def append_together(ctx: MutationContext, post_id: Id[Post], text: str) -> str:
    post = await ctx.db.get(Post, post_id)
    assert post is not None
    await ctx.db.patch(Post, post_id, content=post.content + text)
    return post.content + text


@mutation(batch=True)
async def enroll_blindly(ctx: MutationContext, course_id: Id[Course]) -> Id[Enrollment]:
    """Without looking: the second time is a duplicate."""
    return await ctx.db.insert(Enrollment, course_id=course_id, user_id=ctx.auth.user_id)
