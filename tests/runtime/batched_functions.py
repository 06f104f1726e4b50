"""Mutations whose waiting calls are settled together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from backend.handlers.posts import toggle_like
from backend.runtime.batch_context import BatchContext
from backend.runtime.batched_calls import Calls
from backend.runtime.context import MutationContext
from backend.runtime.errors import ConvexError
from backend.runtime.registration import mutation
from schema.language import Id
from schema.tables import Course, Enrollment, Event, Notification, Post, Rsvp, User
from schema.tables.community import Resource

BATCHES: list[list[str]] = []
"""The names each run of `rename_together` was begun with, in order."""


@dataclass(frozen=True)
class Renaming:
    name: str
    outcome: str = "well"


@mutation(batch=True)
async def rename_together(ctx: BatchContext, calls: Calls[Renaming]) -> list[str]:
    """Rename the callers, and then end well, refuse some, break, or take long."""
    BATCHES.append([call.arguments.name for call in calls])
    for call in calls:
        call.log("renaming to", call.arguments.name)
    await ctx.db.patch_many(User, [(call, call.user_id, {"name": call.arguments.name}) for call in calls])
    outcomes = {call.arguments.outcome for call in calls}
    if "break" in outcomes:
        raise KeyError("somebody")
    if "snooze" in outcomes:
        await asyncio.sleep(30)
    for call in calls:
        if call.arguments.outcome == "fail":
            call.refuse(ConvexError("changed my mind"))
    return [7 if call.arguments.outcome == "lie" else f"{call.arguments.name} it is" for call in calls]  # pyright: ignore[reportReturnType]


@dataclass(frozen=True)
class RenamingOther:
    user_id: Id[User]
    name: str


@mutation(batch=True)
async def rename_other(ctx: BatchContext, calls: Calls[RenamingOther]) -> list[UUID]:
    """What only the person themselves may do."""
    await ctx.db.patch_many(
        User, [(call, call.arguments.user_id, {"name": call.arguments.name}) for call in calls]
    )
    return [call.user_id for call in calls]


@dataclass(frozen=True)
class Appending:
    post_id: Id[Post]
    text: str


@mutation(batch=True)
async def append_together(ctx: BatchContext, calls: Calls[Appending]) -> list[str]:
    """Each adds to what those before them have made of the post."""
    posts = await ctx.db.get_many(Post, [(call, call.arguments.post_id) for call in calls])
    contents = {post.id: post.content for post in posts if post is not None}
    said: list[str] = []
    for call in calls:
        contents[call.arguments.post_id] += call.arguments.text
        said.append(contents[call.arguments.post_id])
    changes = [
        (call, call.arguments.post_id, {"content": text}) for call, text in zip(calls, said, strict=True)
    ]
    await ctx.db.patch_many(Post, changes)
    return said


@dataclass(frozen=True)
class OneCourse:
    course_id: Id[Course]


@mutation(batch=True)
async def enroll_blindly(ctx: BatchContext, calls: Calls[OneCourse]) -> list[Id[Enrollment]]:
    """Without looking: the second time is a duplicate."""
    rows = [(call, {"course_id": call.arguments.course_id, "user_id": call.user_id}) for call in calls]
    return await ctx.db.insert_many(Enrollment, rows)


@dataclass(frozen=True)
class Going:
    event_id: Id[Event]


@mutation(batch=True)
async def go(ctx: BatchContext, calls: Calls[Going]) -> list[bool]:
    """As many as there is room for."""
    answer = {"status": "going"}
    await ctx.db.insert_many(
        Rsvp,
        [(call, {"event_id": call.arguments.event_id, "user_id": call.user_id} | answer) for call in calls],
    )
    return [True] * len(calls)


@dataclass(frozen=True)
class OneNotification:
    notification_id: Id[Notification]


@mutation(batch=True)
async def mark_read(ctx: BatchContext, calls: Calls[OneNotification]) -> list[None]:
    changes = [(call, call.arguments.notification_id, {"read": True}) for call in calls]
    await ctx.db.patch_many(Notification, changes)
    return [None] * len(calls)


@mutation(batch=True)
async def leave_course(ctx: BatchContext, calls: Calls[OneCourse]) -> list[int]:
    """How many leave; whoever is not enrolled has nothing to leave."""
    keys = [(call, {"user_id": call.user_id, "course_id": call.arguments.course_id}) for call in calls]
    mine = await ctx.db.find_many(Enrollment, "by_user_id_and_course_id", keys)
    found = [(call, one.id) for call, one in zip(calls, mine, strict=True) if one is not None]
    await ctx.db.delete_many(Enrollment, [*found, *found[:1]])  # The first one twice.
    return [len(found)] * len(calls)


@mutation
async def like_and_rename(ctx: MutationContext, post_id: Id[Post], name: str) -> bool:
    """A batched mutation as part of another one, which goes on as the caller."""
    likes = await ctx.run_mutation(toggle_like, post_id=post_id)
    await ctx.db.patch(User, ctx.auth.user_id, name=name)
    return likes


@dataclass(frozen=True)
class Offering:
    title: str
    tags: list[str]
    to: Id[User]


@mutation(batch=True)
async def offer(ctx: BatchContext, calls: Calls[Offering]) -> list[Id[Resource]]:
    """A row with an array, and one with an object, for each call."""
    usual = {"description": "Useful.", "type": "guide", "category": "business", "format": "PDF"}
    given = [(call, call.arguments) for call in calls]
    resources = await ctx.db.insert_many(
        Resource, [(call, {"title": one.title, "tags": one.tags, **usual}) for call, one in given]
    )
    told = [
        (call, {"user_id": one.to, "actor_id": call.user_id, "type": "course", "data": {"title": one.title}})
        for call, one in given
    ]
    await ctx.db.insert_many(Notification, told)
    return resources
