"""Functions over the tables of all domains, for columns and indexes that the public ones do not have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from backend.engine.reads import Key
from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.pages import Page, PageOptions
from backend.runtime.registration import mutation, query
from backend.runtime.scans import Between, Direction, at_least, at_most
from schema.language import Id
from schema.tables import Enrollment, Post, SpaceVisit
from schema.tables.academy import Course, Program
from schema.tables.coaching import AssessmentQuestion, LearningResource
from schema.tables.community import Resource
from schema.tables.tracker import KanbanTask, Metric


@query
async def posts_of(ctx: QueryContext, ids: list[Id[Post]]) -> list[str | None]:
    return [post and post.content for post in await ctx.db.get_many(Post, ids)]


@query
async def due(
    ctx: QueryContext,
    page: PageOptions,
    order: Literal["asc", "desc"],
    since: date | None = None,
    until: date | None = None,
) -> Page[KanbanTask]:
    """The caller's tasks by their due date, which many have none of."""
    conditions: dict[str, Key | Between] = {"user_id": ctx.auth.user_id}
    if since is not None and until is not None:
        conditions["due_date"] = at_least(since) & at_most(until)
    elif since is not None:
        conditions["due_date"] = at_least(since)
    elif until is not None:
        conditions["due_date"] = at_most(until)
    tasks = ctx.db.query(KanbanTask).index("by_user_id_and_due_date", **conditions)
    return await tasks.order(Direction(order)).with_deleted().paginate(page)


@query
async def rated(ctx: QueryContext, least: float) -> list[str]:
    resources = ctx.db.query(Resource).index("by_rating", rating=at_least(least))
    return [resource.title for resource in await resources.collect()]


@query
async def programs_about(ctx: QueryContext, words: str, count: int = 10) -> list[str]:
    return [found.title for found in await ctx.db.query(Program).search("search", words).take(count)]


@query
async def beginners_programs_about(ctx: QueryContext, words: str) -> list[str]:
    found = ctx.db.query(Program).search("search", words, difficulty_level="beginner", thumbnail_url=None)
    return [program.title for program in await found.collect()]


@query
async def searched_twice_over(ctx: QueryContext) -> None:
    await ctx.db.query(Program).newest_first().search("search", "whales").first()


@query
async def resources_on(ctx: QueryContext, areas: list[str]) -> list[str]:
    found = ctx.db.query(LearningResource).containing("by_competency_areas", areas)
    return [resource.title for resource in await found.collect()]


async def _courses_about(
    ctx: QueryContext, words: str, count: int, program_id: Id[Program] | None, hours: int | None
) -> list[Id[Course]]:
    narrowed = {} if program_id is None else {"program_id": program_id, "estimated_hours": hours}
    found = ctx.db.query(Course).search("search", words, **narrowed)
    return [course.id for course in await found.take(count)]


@query
async def courses_about(
    ctx: QueryContext,
    words: str,
    count: int,
    program_id: Id[Program] | None = None,
    hours: int | None = None,
) -> list[Id[Course]]:
    return await _courses_about(ctx, words, count, program_id, hours)


@mutation
async def courses_about_now(
    ctx: MutationContext,
    words: str,
    count: int,
    program_id: Id[Program] | None = None,
    hours: int | None = None,
) -> list[Id[Course]]:
    return await _courses_about(ctx, words, count, program_id, hours)


async def _resources_tagged(
    ctx: QueryContext, tags: list[str], difficulty: str | None, with_deleted: bool
) -> list[Id[Resource]]:
    resources = ctx.db.query(Resource)
    searched = resources.with_deleted() if with_deleted else resources
    return [found.id for found in await searched.containing("by_tags", tags, difficulty=difficulty).collect()]


@query
async def resources_tagged(
    ctx: QueryContext, tags: list[str], difficulty: str | None, with_deleted: bool
) -> list[Id[Resource]]:
    return await _resources_tagged(ctx, tags, difficulty, with_deleted)


@mutation
async def resources_tagged_now(
    ctx: MutationContext, tags: list[str], difficulty: str | None, with_deleted: bool
) -> list[Id[Resource]]:
    return await _resources_tagged(ctx, tags, difficulty, with_deleted)


@query
async def tasks_labelled(ctx: QueryContext, labels: list[str]) -> list[str]:
    found = ctx.db.query(KanbanTask).containing("by_labels", labels, user_id=ctx.auth.user_id)
    return [task.title for task in await found.collect()]


@query
async def question(ctx: QueryContext, id: Id[AssessmentQuestion]) -> AssessmentQuestion | None:
    return await ctx.db.get(AssessmentQuestion, id)


@mutation
async def check_answer(ctx: MutationContext, id: Id[AssessmentQuestion], answer: int) -> bool:
    found = await ctx.db.get(AssessmentQuestion, id)
    assert found is not None
    return found.correct_answer == answer


@mutation
async def add_task(
    ctx: MutationContext, task_id: str, title: str, due_date: date | None, labels: list[str], hours: Decimal
) -> Id[KanbanTask]:
    return await ctx.db.insert(
        KanbanTask,
        user_id=ctx.auth.user_id,
        board_id="work",
        column_id="todo",
        task_id=task_id,
        title=title,
        priority="low",
        due_date=due_date,
        labels=labels,
        time_spent=hours,
    )


@query
async def task(ctx: QueryContext, id: Id[KanbanTask]) -> KanbanTask | None:
    return await ctx.db.get(KanbanTask, id)


@mutation
async def replace_task(ctx: MutationContext, id: Id[KanbanTask], title: str) -> None:
    await ctx.db.replace(
        KanbanTask,
        id,
        user_id=ctx.auth.user_id,
        board_id="work",
        column_id="todo",
        task_id="t",
        title=title,
        priority="high",
    )


@mutation
async def replace_post(ctx: MutationContext, id: Id[Post], content: str | None) -> None:
    await ctx.db.replace(Post, id, **({} if content is None else {"content": content}))


@mutation
async def measure(ctx: MutationContext, day: date, data: dict[str, object]) -> Id[Metric]:
    return await ctx.db.upsert(Metric, "by_user_id_and_date", user_id=ctx.auth.user_id, date=day, data=data)


@mutation
async def enroll_anyway(ctx: MutationContext, course_id: UUID, user_id: UUID | None = None) -> Id[Enrollment]:
    """Nothing but the index's own columns."""
    return await ctx.db.upsert(
        Enrollment,
        "by_user_id_and_course_id",
        user_id=user_id or ctx.auth.user_id,
        course_id=course_id,
    )


@mutation
async def upsert_without_key(ctx: MutationContext) -> None:
    await ctx.db.upsert(SpaceVisit, "by_user_id_and_space_id", user_id=ctx.auth.user_id)
