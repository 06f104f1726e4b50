"""Functions that let tests see how calls are told of. They touch no table but posts."""

from __future__ import annotations

from datetime import timedelta

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.errors import NotFound
from backend.runtime.http_routes import HttpRequest, HttpResponse, http_route
from backend.runtime.registration import action, internal_mutation, mutation, query
from schema.tables import User


@query
async def people(ctx: QueryContext) -> int:
    """How many people the caller sees."""
    return len(await ctx.db.query(User).take(10))


@query
async def long_text(ctx: QueryContext, characters: int) -> str:
    """A text of so many characters."""
    return "a" * characters


@query
async def breaks(ctx: QueryContext, text: str) -> str:
    """Fail, with a text that is told."""
    raise RuntimeError(text)


@query
async def refuses(ctx: QueryContext, text: str) -> str:
    """Refuse."""
    raise NotFound(text)


@mutation
async def rename_later(ctx: MutationContext, name: str) -> str:
    """Have the caller renamed by a job."""
    await ctx.scheduler.run_after(timedelta(), rename_now, user_id=str(ctx.auth.user_id), name=name)
    return name


@internal_mutation
async def rename_now(ctx: MutationContext, user_id: str, name: str) -> None:
    """Rename somebody."""
    await ctx.sql("update public.users set name = $1 where id = $2::uuid", name, user_id, reads=("users",))


@action
async def asks(ctx: ActionContext) -> int:
    """What a query says."""
    return await ctx.run_query(people)


@http_route("GET", "/packed")
async def packed(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    """A body that is compressed already, so it claims."""
    return HttpResponse(body="b" * 5_000, headers={"content-type": "text/plain", "content-encoding": "br"})
