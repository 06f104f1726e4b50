"""The coaching hub, as its people use it: content to read, attempts to submit, and what comes of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import pytest
from postgrest.exceptions import APIError

from tests.domains.browsers import Browser
from tests.domains.coaching_content import LEVELS, insert, make_assessment, make_paths, submit

REFUSED = "42501"

# Word for word from the design document, but for the schema.
DOCUMENTED_PATHS = """
create schema documented;
CREATE OR REPLACE FUNCTION documented.get_learning_paths_for_assessment(
    weak_competency_areas text[],
    overall_score integer
)
RETURNS TABLE (
    category_id uuid,
    category_title text,
    category_description text,
    category_icon text,
    resources json[]
)
LANGUAGE plpgsql
set search_path = coaching
AS $$
BEGIN
    RETURN QUERY
    SELECT
        lpc.id as category_id,
        lpc.category_title,
        lpc.category_description,
        lpc.category_icon,
        ARRAY(
            SELECT json_build_object(
                'title', lr.title,
                'description', lr.description,
                'resource_type', lr.resource_type,
                'url', lr.url,
                'author', lr.author_instructor,
                'competency_areas', lr.competency_areas
            )
            FROM learning_resources lr
            WHERE lr.category_id = lpc.id
            AND lr.is_active = true
            ORDER BY lr.resource_type, lr.title
        ) as resources
    FROM learning_path_categories lpc
    WHERE lpc.is_active = true
    AND lpc.assessment_level = 'core-i'
    -- Only show categories where competency areas overlap with weak areas
    AND lpc.competency_areas && weak_competency_areas
    ORDER BY lpc.priority_order, lpc.category_title;
END;
$$;
"""


@asynccontextmanager
async def mutating(owner: asyncpg.Connection, person: UUID) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection as a mutation of the service that `person` called."""
    async with owner.transaction():
        claims = json.dumps({"role": "authenticated", "sub": str(person)})
        await owner.execute("select set_config('request.jwt.claims', $1, true)", claims)
        await owner.execute("set local role folkmoot_writer")
        yield owner


async def refusal_of(request) -> str | None:
    """The code with which a request is refused; it must be."""
    with pytest.raises(APIError) as refused:
        await request.execute()
    return refused.value.code


def coaching(browser: Browser):
    return browser.client.schema("coaching")


async def test_questions_are_read_without_their_answers(browsers):
    await make_assessment(browsers.owner)
    ada, boss = await browsers.sign_up("ada"), await browsers.sign_up("boss", role="admin")
    for browser in (ada, boss):
        questions = coaching(browser).table("assessment_questions")
        read = await questions.select("question, option_c").order("question_order").execute()
        assert read.data == [{"question": f"Question {order}", "option_c": "Both"} for order in (1, 2)]
        for hidden in ("correct_answer", "explanation", "*"):
            assert await refusal_of(questions.select(hidden)) == REFUSED
        assert await refusal_of(questions.select("id").eq("correct_answer", 2)) == REFUSED
        assert await refusal_of(questions.select("id").order("correct_answer")) == REFUSED
    whole = await browsers.service.schema("coaching").table("assessment_questions").select("*").execute()
    assert {row["correct_answer"] for row in whole.data} == {2, 0}


async def test_answers_are_shown_for_what_one_has_submitted_and_for_nothing_else(browsers):
    owner = browsers.owner
    assessment, (first, second) = await make_assessment(owner)
    other, (unseen, _) = await make_assessment(owner, level="core-ii")
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve", role="moderator")
    asked = "attempt_id, question_id, selected_answer, is_correct, correct_answer, explanation"

    async def shown_to(browser: Browser):
        answers = coaching(browser).table("attempt_answers").select(asked)
        return (await answers.order("question_order").execute()).data

    under_way = await submit(owner, ada.person, other, {unseen: (2, True)}, completed_at=None)
    assert await shown_to(ada) == []
    attempt = await submit(owner, ada.person, assessment, {first: (1, False)})
    answers = [
        {
            "attempt_id": str(attempt),
            "question_id": str(first),
            "selected_answer": 1,
            "is_correct": False,
            "correct_answer": 2,
            "explanation": "Because of 1",
        },
        {
            "attempt_id": str(attempt),
            "question_id": str(second),
            "selected_answer": None,
            "is_correct": False,
            "correct_answer": 0,
            "explanation": "Because of 2",
        },
    ]
    assert await shown_to(ada) == answers
    assert await shown_to(eve) == []
    # One's own responses say just as much, and wait for the same moment.
    responses = coaching(ada).table("user_responses").select("attempt_id, is_correct")
    assert (await responses.execute()).data == [{"attempt_id": str(attempt), "is_correct": False}]
    await owner.execute("update coaching.user_attempts set completed_at = now() where id = $1", under_way)
    assert len(await shown_to(ada)) == 4
    # What has been answered stays answered when the assessment is no longer given.
    await owner.execute("update coaching.assessments set is_active = false")
    assert len(await shown_to(ada)) == 4


async def test_a_browser_cannot_say_what_its_score_is(browsers):
    owner = browsers.owner
    assessment, (question, _) = await make_assessment(owner)
    ada = await browsers.sign_up("ada")
    attempts = coaching(ada).table("user_attempts")
    invented = {"user_id": str(ada.person), "assessment_id": str(assessment), "score": 100}
    assert await refusal_of(attempts.insert(invented)) == REFUSED
    attempt = await submit(owner, ada.person, assessment, score=50)
    for better in ({"score": 100}, {"completed_at": None}, {"frontend_insights": {}, "score": 100}):
        assert await refusal_of(attempts.update(better).eq("id", str(attempt))) == REFUSED
    response = {
        "attempt_id": str(attempt),
        "question_id": str(question),
        "selected_answer": 1,
        "is_correct": True,
    }
    assert await refusal_of(coaching(ada).table("user_responses").insert(response)) == REFUSED
    seen = (await attempts.select("score, user_responses(is_correct)").execute()).data
    assert seen == [{"score": 50, "user_responses": []}]


async def test_a_mutation_writes_attempts_of_its_caller_at_what_the_caller_sees(owner):
    assessment, (question, _) = await make_assessment(owner)
    hidden, _ = await make_assessment(owner, active=False)
    ada, eve = uuid4(), uuid4()
    for person in (ada, eve):
        await owner.execute(
            "insert into auth.users (id, email) values ($1, $2)", person, f"{person}@example.org"
        )
    async with mutating(owner, ada) as service:
        attempt = await insert(
            service, "user_attempts", user_id=ada, assessment_id=assessment, score=50, time_spent=60
        )
        response = {
            "attempt_id": attempt,
            "question_id": question,
            "selected_answer": 2,
            "is_correct": True,
        }
        await insert(service, "user_responses", **response)
    for person, target in ((eve, assessment), (ada, hidden)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with mutating(owner, ada) as service:
                await insert(service, "user_attempts", user_id=person, assessment_id=target, score=50)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with mutating(owner, eve) as service:
            await insert(service, "user_responses", **response)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with mutating(owner, ada) as service:
            await insert(service, "user_responses", **response)
    assert await owner.fetchval("select completed_at is not null from coaching.user_attempts") is True


async def test_insights_are_kept_with_an_attempt_of_ones_own_and_with_no_other(browsers):
    owner = browsers.owner
    assessment, _ = await make_assessment(owner)
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve", role="admin")
    attempt = await submit(owner, ada.person, assessment)

    async def store(browser: Browser, target: UUID, insights: object) -> object:
        given = {"attempt_uuid": str(target), "frontend_insights": insights}
        return (await coaching(browser).rpc("store_frontend_insights", given).execute()).data

    insights = {"strengths": ["active_listening"], "notes": [1, 2]}
    assert await store(ada, attempt, insights) is True
    assert await store(eve, attempt, {"forged": True}) is False
    assert await store(ada, uuid4(), insights) is False
    columns = "frontend_insights, insights_generated_at, score"
    kept = (await coaching(ada).table("user_attempts").select(columns).execute()).data[0]
    assert kept["frontend_insights"] == insights
    assert kept["insights_generated_at"] is not None
    assert kept["score"] == 50
    assert await store(ada, attempt, {"second": "thoughts"}) is True
    assert (await coaching(ada).table("user_attempts").select("frontend_insights").execute()).data == [
        {"frontend_insights": {"second": "thoughts"}}
    ]


async def test_visitors_call_neither_function(browsers):
    ada = await browsers.sign_up("ada")
    await ada.client.auth.sign_out()
    paths = {"weak_competency_areas": ["active_listening"], "overall_score": 40}
    assert await refusal_of(coaching(ada).rpc("get_learning_paths_for_assessment", paths)) == REFUSED
    insights = {"attempt_uuid": str(uuid4()), "frontend_insights": {}}
    assert await refusal_of(coaching(ada).rpc("store_frontend_insights", insights)) == REFUSED


async def test_learning_paths_are_those_of_the_design_document(browsers):
    owner = browsers.owner
    await owner.execute(DOCUMENTED_PATHS)
    for order, areas in enumerate((("listening", "questions"), ("presence",), ("trust",)), start=1):
        await make_paths(owner, "core-i", *areas, priority_order=-order, category_icon="*")
    await make_paths(owner, "core-i", "listening", is_active=False)
    await make_paths(owner, "core-ii", "listening")
    ada = await browsers.sign_up("ada")
    found = []
    for weak in (["listening"], ["presence", "questions", "nothing"], ["nothing"], []):
        given = {"weak_competency_areas": weak, "overall_score": 40}
        called = await coaching(ada).rpc("get_learning_paths_for_assessment", given).execute()
        documented = await owner.fetch(
            "select * from documented.get_learning_paths_for_assessment($1, 40)", weak
        )
        assert called.data == [
            {
                **row,
                "category_id": str(row["category_id"]),
                "resources": [json.loads(resource) for resource in row["resources"]],
            }
            for row in documented
        ]
        found.append(len(called.data))
    assert found == [1, 2, 0, 0]


async def test_the_score_says_which_attempt_learning_paths_are_for(browsers):
    owner = browsers.owner
    for level in LEVELS[:3]:
        await make_paths(owner, level, "listening")
    ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")

    async def levels(browser: Browser, score: int) -> list[str]:
        given = {"weak_competency_areas": ["listening"], "overall_score": score}
        paths = await coaching(browser).rpc("get_learning_paths_for_assessment", given).execute()
        return [row["category_title"].split()[0] for row in paths.data]

    assert await levels(ada, 60) == ["core-i"]
    for level, score, day in (("core-ii", 60, 1), ("core-iii", 70, 2)):
        assessment, _ = await make_assessment(owner, level=level)
        attempt = await submit(owner, ada.person, assessment, score=score)
        await owner.execute(
            "update coaching.user_attempts set completed_at = '2026-01-01'::date + $2::int where id = $1",
            attempt,
            day,
        )
    third, _ = await make_assessment(owner, level="core-i")
    await submit(owner, ada.person, third, score=80, completed_at=None)
    assert await levels(ada, 60) == ["core-ii"]
    assert await levels(ada, 70) == ["core-iii"]
    # Under way, and so not meant; nor is there any other with that score: the latest then.
    assert await levels(ada, 80) == ["core-iii"]
    assert await levels(eve, 60) == ["core-i"]
