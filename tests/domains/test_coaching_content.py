"""Coaching content is whole: what cannot be is refused, and what is missing is found."""

from __future__ import annotations

import asyncpg
import pytest

from tests.domains.coaching_content import LEVELS, insert, make_assessment, make_paths


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (
            "skill_tags",
            {"name": "Paraphrasing", "competency_area": "listening", "framework": "core"},
        ),
        ("learning_path_categories", {"category_title": "Listening"}),
    ],
)
async def test_there_are_nine_levels_and_no_others(owner, table, columns):
    for level in (*LEVELS, None):
        await insert(owner, table, **columns, assessment_level=level)
    for level in ("core-iv", "CORE-I", "beginner", ""):
        with pytest.raises(asyncpg.CheckViolationError):
            await insert(owner, table, **columns, assessment_level=level)


async def test_a_skill_without_a_level_is_there_once_too(owner):
    skill = {"name": "Paraphrasing", "competency_area": "listening", "framework": "core"}
    await insert(owner, "skill_tags", **skill)
    with pytest.raises(asyncpg.UniqueViolationError):
        await insert(owner, "skill_tags", **skill)
    await insert(owner, "skill_tags", **skill, assessment_level="core-i")


async def test_a_range_of_scores_has_its_ends_in_order(owner):
    strength = {"competency_area": "listening", "leverage_text": "Use it.", "framework": "core"}
    await insert(owner, "competency_leverage_strengths", **strength, score_range_min=70, score_range_max=70)
    for least, most in ((71, 70), (-1, 70), (70, 101)):
        with pytest.raises(asyncpg.CheckViolationError):
            await insert(
                owner,
                "competency_leverage_strengths",
                **strength,
                score_range_min=least,
                score_range_max=most,
            )


async def test_moderators_and_the_service_see_what_is_missing_from_the_content(browsers):
    owner = browsers.owner
    await make_assessment(owner)
    await make_assessment(owner, right=(), active=False)
    empty, _ = await make_assessment(owner, right=())
    skills = {
        name: await insert(
            owner, "skill_tags", name=name, competency_area="listening", framework="core", is_active=active
        )
        for name, active in (("whole", True), ("no action", True), ("one insight", True), ("unused", False))
    }
    for name in ("whole", "no action", "one insight"):
        for kind in ("weakness", "strength")[: 1 if name == "one insight" else 2]:
            await insert(
                owner, "tag_insights", skill_tag_id=skills[name], insight_text="So.", insight_type=kind
            )
        if name != "no action":
            # The action of a skill counts, whether it is shown at the moment or not.
            await insert(
                owner, "tag_actions", skill_tag_id=skills[name], action_text="Do.", is_active=name != "whole"
            )
    await make_paths(owner, "core-i", "listening")
    await owner.execute(
        "update coaching.learning_resources set url = 'https://example.org' where title = 'Time'"
    )
    await owner.execute("update coaching.learning_resources set url = ' ' where title = 'Seven'")

    missing = (
        [{"id": str(empty), "title": "CORE", "question_count": 0}],
        [
            {"name": "no action", "insights_count": 2, "actions_count": 0},
            {"name": "one insight", "insights_count": 1, "actions_count": 1},
        ],
        [{"title": "Seven", "url": " "}],
    )
    boss = await browsers.sign_up("boss", role="moderator")
    assert await _missing(boss.client) == missing
    assert await _missing(browsers.service) == missing
    ada = await browsers.sign_up("ada")
    assert await _missing(ada.client) == ([], [], [])


async def _missing(client):
    content = client.schema("coaching")
    assessments = content.table("assessments_without_questions").select("*")
    skills = (
        content.table("incomplete_skill_tags").select("name, insights_count, actions_count").order("name")
    )
    resources = content.table("learning_resources_without_url").select("title, url")
    return tuple([(await asked.execute()).data for asked in (assessments, skills, resources)])


async def test_the_seed_leaves_nothing_missing_and_scores_by_right_answers(seeded):
    connection = await asyncpg.connect(seeded.dsn())
    try:
        for view in (
            "assessments_without_questions",
            "incomplete_skill_tags",
            "learning_resources_without_url",
        ):
            assert await connection.fetch(f"select * from coaching.{view}") == []
        scores = await connection.fetch(
            "select person.name, attempt.score,"
            " round(avg(response.is_correct::int) * 100)::int as right_percent, count(*) as responses"
            " from coaching.user_attempts as attempt"
            " join public.users as person on person.id = attempt.user_id"
            " join coaching.user_responses as response on response.attempt_id = attempt.id"
            " group by person.name, attempt.id order by person.name"
        )
        assert [tuple(row) for row in scores] == [("Alan Turing", 50, 50, 6), ("Emmy Noether", 83, 83, 6)]
    finally:
        await connection.close()
