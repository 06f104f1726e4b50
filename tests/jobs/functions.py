"""Functions to be scheduled, for tests. What they do leaves lines in `public.effects`."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.errors import ConvexError, TryAgain
from backend.runtime.registration import (
    action,
    internal_action,
    internal_mutation,
    internal_query,
    mutation,
)
from schema.language import Id
from schema.tables import Post, Space

GATE = 4_711
"""The advisory lock at which gated functions wait."""

NOTE = "insert into public.effects (what) values ($1) returning what"


WHO = "select current_user::text || ' ' || current_setting('request.jwt.claims') as me"


@internal_mutation
async def note(ctx: MutationContext, what: str) -> None:
    await ctx.sql(NOTE, what, reads=())


@internal_mutation
async def count_up(ctx: MutationContext, what: str) -> int:
    """Read and write one row that others count up at the same time."""
    [row] = await ctx.sql("select count from public.counter", reads=())
    count = row["count"]
    assert isinstance(count, int)
    await asyncio.sleep(0)
    await ctx.sql("update public.counter set count = $1 returning count", count + 1, reads=())
    await ctx.sql(NOTE, what, reads=())
    return count + 1


@internal_mutation
async def note_behind_gate(ctx: MutationContext, what: str) -> None:
    await ctx.sql(NOTE, what, reads=())
    await ctx.sql("select pg_advisory_xact_lock_shared($1)::text", GATE, reads=())


@internal_mutation
async def breaks(ctx: MutationContext, what: str) -> None:
    await ctx.sql(NOTE, what, reads=())
    raise KeyError("a bug")


@internal_mutation
async def refuses(ctx: MutationContext) -> None:
    raise ConvexError({"code": "tea.cold"})


@internal_mutation
async def is_always_busy(ctx: MutationContext) -> None:
    """Fails as if the database were away."""
    raise TryAgain("The database is busy.")


@internal_mutation
async def chain(ctx: MutationContext, left: int) -> None:
    """Note this link, and schedule the next."""
    await ctx.sql(NOTE, f"link {left}", reads=())
    if left > 1:
        await ctx.scheduler.run_after(timedelta(), chain, left=left - 1)


@internal_query
async def tell_role(ctx: QueryContext) -> str:
    [row] = await ctx.sql("select current_user::text as role", reads=())
    return str(row["role"])


@internal_mutation
async def who_am_i(ctx: MutationContext) -> None:
    [row] = await ctx.sql(WHO, reads=())
    await ctx.sql(NOTE, f"internal: {row['me']}, {ctx.auth.maybe_user_id}", reads=())


@mutation
async def who_am_i_in_public(ctx: MutationContext) -> None:
    [row] = await ctx.sql(WHO, reads=())
    await ctx.sql(NOTE, f"public: {row['me']}, {ctx.auth.maybe_user_id}", reads=())


@internal_action
async def who_acts(ctx: ActionContext) -> None:
    await ctx.run_mutation(note, what=f"action reads as {await ctx.run_query(tell_role)}")
    await ctx.run_mutation(who_am_i)


@internal_action
async def acts_in_public(ctx: ActionContext) -> None:
    await ctx.run_mutation(who_am_i_in_public)


@internal_mutation
async def welcome(ctx: MutationContext, space_id: Id[Space], author_id: UUID) -> None:
    """Write where the caller of no request could."""
    await ctx.db.insert(Post, space_id=space_id, author_id=author_id, content="Welcome!")


@internal_action
async def acts(ctx: ActionContext, what: str) -> None:
    await ctx.run_mutation(note, what=f"{what} began")
    await ctx.run_mutation(note, what=f"{what} ended")


@internal_action
async def acts_for_ever(ctx: ActionContext, what: str) -> None:
    await ctx.run_mutation(note, what=f"{what} began")
    await asyncio.Event().wait()


@internal_action
async def acts_behind_gate(ctx: ActionContext, what: str) -> None:
    await ctx.run_mutation(note, what=f"{what} began")
    await ctx.run_query(passes_gate)
    await ctx.run_mutation(note, what=f"{what} ended")


@internal_query
async def passes_gate(ctx: QueryContext) -> None:
    await ctx.sql("select pg_advisory_xact_lock_shared($1)::text", GATE, reads=())


@internal_action
async def acts_badly(ctx: ActionContext) -> None:
    raise KeyError("a bug")


@action
async def schedules_from_action(ctx: ActionContext, what: str) -> UUID:
    return await ctx.scheduler.run_after(timedelta(), note, what=what)


@mutation
async def schedule_note(ctx: MutationContext, what: str, seconds: float = 0) -> UUID:
    return await ctx.scheduler.run_after(timedelta(seconds=seconds), note, what=what)


@mutation
async def schedule(ctx: MutationContext, function: str, what: str) -> UUID:
    return await ctx.scheduler.run_after(timedelta(), f"tests/jobs/functions:{function}", what=what)


@mutation
async def schedule_bare(ctx: MutationContext, function: str) -> UUID:
    return await ctx.scheduler.run_after(timedelta(), f"tests/jobs/functions:{function}")


@mutation
async def schedule_at(ctx: MutationContext, what: str, moment: datetime) -> UUID:
    return await ctx.scheduler.run_at(moment, note, what=what)


@mutation
async def schedule_and_fail(ctx: MutationContext, what: str) -> None:
    await ctx.scheduler.run_after(timedelta(), note, what=what)
    raise ConvexError("changed my mind")


@mutation
async def schedule_many(ctx: MutationContext, count: int, function: str = "note") -> None:
    for number in range(count):
        await ctx.scheduler.run_after(timedelta(), f"tests/jobs/functions:{function}", what=str(number))


@mutation
async def schedule_large(ctx: MutationContext, sizes: list[int]) -> None:
    """Each with arguments of so many bytes."""
    for size in sizes:
        await ctx.scheduler.run_after(timedelta(), note, what="x" * (size - len('{"what":""}')))


@mutation
async def schedule_wrongly(ctx: MutationContext) -> None:
    await ctx.scheduler.run_after(timedelta(), "tests/jobs/functions:note", what="it", when="never")


@mutation
async def schedule_query(ctx: MutationContext) -> None:
    await ctx.scheduler.run_after(timedelta(), tell_role)


@mutation
async def schedule_far(ctx: MutationContext, days: int) -> None:
    await ctx.scheduler.run_after(timedelta(days=days), note, what="far")


@mutation
async def cancel(ctx: MutationContext, job_id: UUID) -> bool:
    return await ctx.scheduler.cancel(job_id)


@mutation
async def schedule_and_cancel(ctx: MutationContext, what: str) -> bool:
    return await ctx.scheduler.cancel(await ctx.scheduler.run_after(timedelta(), note, what=what))


@mutation
async def cancel_and_fail(ctx: MutationContext, job_id: UUID) -> None:
    await ctx.scheduler.cancel(job_id)
    raise ConvexError("changed my mind")
