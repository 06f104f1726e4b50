"""Courses, and who takes them."""

from __future__ import annotations

from backend.runtime.context import MutationContext, QueryContext
from backend.runtime.errors import NotFound
from backend.runtime.registration import mutation, query
from schema.language import Id
from schema.tables import Course, Enrollment

COURSES_MAX = 500  # One catalogue page; a larger catalogue needs pages.


@query
async def list_(ctx: QueryContext) -> list[Course]:
    """The published courses the caller may see, oldest first."""
    return await ctx.db.query(Course).index("by_status", status="published").take(COURSES_MAX)


@mutation
async def enroll(ctx: MutationContext, course_id: Id[Course]) -> Id[Enrollment]:
    """Take a course; the enrolment's id. Whoever takes it already keeps the enrolment they have."""
    mine = await _enrollment(ctx, course_id)
    if mine is not None:
        return mine.id
    return await ctx.db.insert(Enrollment, course_id=course_id, user_id=ctx.auth.user_id)


@mutation
async def leave(ctx: MutationContext, course_id: Id[Course]) -> None:
    """Give a course up. Raises `NotFound` for one the caller does not take."""
    mine = await _enrollment(ctx, course_id)
    if mine is None:
        raise NotFound("You do not take this course.")
    await ctx.db.delete(Enrollment, mine.id)


async def _enrollment(ctx: QueryContext, course_id: Id[Course]) -> Enrollment | None:
    enrollments = ctx.db.query(Enrollment)
    return await enrollments.index(
        "by_user_id_and_course_id", user_id=ctx.auth.user_id, course_id=course_id
    ).unique()
