"""Coaching content, and attempts at it: made by the tables' owner, to try things with."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg

LEVELS = ("core-i", "core-ii", "core-iii", "icf-i", "icf-ii", "icf-iii", "ac-i", "ac-ii", "ac-iii")


async def insert(owner: asyncpg.Connection, table: str, **columns: object) -> UUID:
    """Insert a row as the tables' owner; its id."""
    names = ", ".join(columns)
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    statement = f"insert into coaching.{table} ({names}) values ({places}) returning id"
    return await owner.fetchval(statement, *columns.values())


async def make_assessment(
    owner: asyncpg.Connection, *, level: str = "core-i", active: bool = True, right: tuple[int, ...] = (2, 0)
) -> tuple[UUID, list[UUID]]:
    """An assessment whose questions have these right answers; their ids, in order."""
    assessment = await insert(
        owner, "assessments", slug=str(uuid4()), title="CORE", framework="core", is_active=active
    )
    questions = [
        await insert(
            owner,
            "assessment_questions",
            assessment_id=assessment,
            question_order=order,
            question=f"Question {order}",
            option_a="This",
            option_b="That",
            option_c="Both",
            option_d="Neither",
            correct_answer=answer,
            explanation=f"Because of {order}",
            competency_area="active_listening",
            assessment_level=level,
        )
        for order, answer in enumerate(right, start=1)
    ]
    return assessment, questions


async def submit(
    owner: asyncpg.Connection,
    person: UUID,
    assessment: UUID,
    responses: dict[UUID, tuple[int, bool]] | None = None,
    **columns: object,
) -> UUID:
    """What the service writes when somebody submits; its id."""
    values = {"score": 50, **columns}
    attempt = await insert(owner, "user_attempts", user_id=person, assessment_id=assessment, **values)
    for question, (selected, right) in (responses or {}).items():
        await insert(
            owner,
            "user_responses",
            attempt_id=attempt,
            question_id=question,
            selected_answer=selected,
            is_correct=right,
        )
    return attempt


async def make_paths(owner: asyncpg.Connection, level: str, *areas: str, **columns: object) -> UUID:
    """A category of learning resources with three of them, one of which is not in use."""
    category = await insert(
        owner,
        "learning_path_categories",
        category_title=f"{level} {' '.join(areas)}",
        competency_areas=list(areas),
        assessment_level=level,
        **columns,
    )
    for title, kind, active in (("Seven", "video", True), ("Time", "book", True), ("Old", "book", False)):
        await insert(
            owner,
            "learning_resources",
            category_id=category,
            title=title,
            resource_type=kind,
            is_active=active,
            competency_areas=list(areas),
        )
    return category
