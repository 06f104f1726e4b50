"""Rows of every domain through `ctx.db`: columns of every type, and writes that find their row."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.engine.versions import ANONYMOUS, Identity
from tests.runtime.conftest import Community, refusal, value

FUNCTIONS = "tests/runtime/domainFunctions"


@pytest.fixture
async def ada(community: Community) -> Identity:
    return await community.member("Ada")


@pytest.fixture
async def board(community: Community, ada: Identity) -> None:
    await community.insert("tracker.kanban_boards", user_id=ada.user_id, board_id="work", name="Work")
    await community.insert(
        "tracker.kanban_columns",
        user_id=ada.user_id,
        board_id="work",
        column_id="todo",
        title="To do",
        color="#fff",
        position=1,
    )


async def add_task(
    community: Community, by: Identity, title: str, due: str | None = None, labels: tuple[str, ...] = ()
) -> Any:
    arguments = {"taskId": title, "title": title, "dueDate": due, "labels": list(labels), "hours": 0.1}
    return value(await community.mutate(f"{FUNCTIONS}:addTask", arguments, by=by))


# --- many rows by id ---


async def test_many_rows_by_id_come_in_the_order_asked_for_and_are_read_one_by_one(community, ada):
    space = await community.insert("spaces", name="General", visibility="public")
    closed = await community.insert("spaces", name="Paid", visibility="paid")
    a, b, unseen = [
        await community.insert("posts", space_id=place, author_id=ada.user_id, content=content)
        for place, content in ((space, "a"), (space, "b"), (closed, "unseen"))
    ]
    nowhere = uuid4()
    eve = await community.member("Eve")

    answer = await community.query(f"{FUNCTIONS}:postsOf", {"ids": [b, unseen, a, nowhere, b]}, by=eve)

    assert value(answer) == ["b", None, "a", None, "b"]
    assert {read.id for read in answer.reads.rows if read.table == "public.posts"} == {a, b, unseen, nowhere}


async def test_ids_that_lead_nowhere_count_as_rows_read(community, monkeypatch):
    monkeypatch.setattr("backend.runtime.reading.ROWS_READ_MAX", 3)
    within, over = [
        await community.query(f"{FUNCTIONS}:postsOf", {"ids": [uuid4() for _ in range(count)]})
        for count in (3, 4)
    ]
    assert value(within) == [None] * 3
    assert refusal(over)["code"] == "limit.exceeded"


# --- values of every type ---


async def test_a_row_of_dates_numbers_and_arrays_is_written_and_read_as_it_was(community, ada, board):
    id = await add_task(community, ada, "Tea", "2026-02-28", ("home", 'a "b", c'))
    stored = await community.sql.fetchrow(
        "select due_date, labels, time_spent::text from tracker.kanban_tasks where id = $1", UUID(id)
    )
    assert stored is not None
    assert stored["due_date"] == date(2026, 2, 28)
    assert json.loads(stored["labels"]) == ["home", 'a "b", c']
    assert stored["time_spent"] == "0.1"

    read = value(await community.query(f"{FUNCTIONS}:task", {"id": id}, by=ada))

    assert (read["dueDate"], read["labels"]) == ("2026-02-28", ["home", 'a "b", c'])
    assert (read["timeSpent"], read["isDeleted"]) == (0.1, False)


async def test_hidden_columns_are_empty_in_queries_and_readable_in_mutations(community, ada):
    assessment = await community.insert(
        "coaching.assessments", slug="core", title="CORE", framework="core", is_active=True
    )
    options = dict.fromkeys(("option_a", "option_b", "option_c", "option_d"), "Maybe")
    question = await community.insert(
        "coaching.assessment_questions",
        assessment_id=assessment,
        question_order=1,
        question="Which?",
        correct_answer=2,
        explanation="Because",
        competency_area="listening",
        assessment_level="core-i",
        **options,
    )

    asked = value(await community.query(f"{FUNCTIONS}:question", {"id": question}, by=ada))
    right, wrong = [
        value(await community.mutate(f"{FUNCTIONS}:checkAnswer", {"id": question, "answer": answer}, by=ada))
        for answer in (2, 1)
    ]

    assert (asked["question"], asked["correctAnswer"], asked["explanation"]) == ("Which?", None, None)
    assert (right, wrong) == (True, False)


async def test_a_number_given_as_a_float_is_watched_as_the_database_spells_it(community):
    answer = await community.query(f"{FUNCTIONS}:rated", {"least": 4.5}, by=ANONYMOUS)
    assert value(answer) == []


# --- pages where the order may be empty ---


async def pages(community: Community, by: Identity, **arguments: object) -> list[list[str]]:
    """All pages of tasks of two each, as a client loads them."""
    found: list[list[str]] = []
    cursor = None
    while True:
        options = {"numItems": 2, "cursor": cursor}
        page = value(
            await community.query(f"{FUNCTIONS}:due", {**arguments, "paginationOpts": options}, by=by)
        )
        found.append([task["title"] for task in page["page"]])
        cursor = page["continueCursor"]
        if page["isDone"]:
            return found


async def test_pages_go_on_through_rows_without_a_date_which_come_last(community, ada, board):
    for title, due in (("b", "2026-02-02"), ("x", None), ("a", "2026-01-01"), ("c", "2026-03-03")):
        await add_task(community, ada, title, due)
    for title in ("y", "z"):
        await add_task(community, ada, title)
    undated = [title for page in await pages(community, ada, order="asc") for title in page][3:]
    assert sorted(undated) == ["x", "y", "z"]

    up, down = await pages(community, ada, order="asc"), await pages(community, ada, order="desc")

    assert up == [["a", "b"], ["c", undated[0]], undated[1:]]
    assert down == [list(page) for page in (undated[:0:-1], [undated[0], "c"], ["b", "a"])]
    assert await pages(community, ada, order="asc", since="2026-01-02") == [["b", "c"]]
    assert await pages(community, ada, order="desc", since="2026-01-01") == [["c", "b"], ["a"]]
    assert await pages(community, ada, order="asc", until="2026-02-02") == [["a", "b"]]


async def test_a_page_that_ends_without_a_date_keeps_its_end_when_it_is_run_again(community, ada, board):
    for title, due in (("a", "2026-01-01"), ("b", None), ("c", None)):
        await add_task(community, ada, title, due)
    arguments = {"order": "asc", "paginationOpts": {"numItems": 2, "cursor": None}}
    first = await community.query(f"{FUNCTIONS}:due", arguments, by=ada)
    assert value(first)["isDone"] is False

    await add_task(community, ada, "between", "2027-01-01")
    again = await community.query(f"{FUNCTIONS}:due", arguments, by=ada, journal=first.journal)

    before, after = value(first)["page"], value(again)["page"]
    assert [task["title"] for task in after] == ["a", "between", before[1]["title"]]
    assert again.journal == first.journal


# --- writes that find their row ---


async def test_replacing_sets_what_is_given_and_empties_the_rest(community, ada, board):
    id = await add_task(community, ada, "Tea", "2026-02-28", ("home",))

    value(await community.mutate(f"{FUNCTIONS}:replaceTask", {"id": id, "title": "Coffee"}, by=ada))

    task = value(await community.query(f"{FUNCTIONS}:task", {"id": id}, by=ada))
    kept = {name: task[name] for name in ("title", "taskId", "priority", "dueDate", "labels", "timeSpent")}
    assert kept == {
        "title": "Coffee",
        "taskId": "t",
        "priority": "high",
        "dueDate": None,
        "labels": [],
        "timeSpent": 0.0,
    }


async def test_replacing_needs_what_has_no_default_and_the_right_to_change(community, ada):
    space = await community.insert("spaces", name="General", visibility="public")
    post = await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")
    eve = await community.member("Eve")

    async def replaced(content: str | None, by: Identity, id: UUID = post) -> Any:
        arguments = {"id": id, "content": content}
        return refusal(await community.mutate(f"{FUNCTIONS}:replacePost", arguments, by=by))

    assert await replaced(None, ada) == {
        "code": "document.rejected",
        "message": "posts.content: a value is required.",
    }
    assert (await replaced("Mine", eve))["code"] == "access.denied"
    assert (await replaced("Mine", ada, uuid4()))["code"] == "document.not_found"
    assert await community.sql.fetchval("select content from posts") == "Hello"


async def test_upserting_adds_a_row_and_then_changes_it(community, ada):
    first, second = [
        value(await community.mutate(f"{FUNCTIONS}:measure", {"day": "2026-01-01", "data": data}, by=ada))
        for data in ({"steps": 1}, {"steps": 2})
    ]
    assert first == second
    [row] = await community.sql.fetch("select id::text, data from tracker.metrics")
    assert (row["id"], json.loads(row["data"])) == (first, {"steps": 2})


async def test_of_many_upserts_at_once_one_adds_the_row_and_all_know_it(community, ada):
    outcomes = await asyncio.gather(
        *(
            community.mutate(f"{FUNCTIONS}:measure", {"day": "2026-01-01", "data": {"n": number}}, by=ada)
            for number in range(12)
        )
    )
    assert len({value(outcome) for outcome in outcomes}) == 1
    assert await community.sql.fetchval("select count(*) from tracker.metrics") == 1


async def test_upserting_nothing_but_the_key_finds_the_row_that_is_there(community, ada):
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    ids = [
        value(await community.mutate(f"{FUNCTIONS}:enrollAnyway", {"courseId": course}, by=ada))
        for _ in range(2)
    ]
    assert all(one == other for one, other in pairwise(ids))
    assert await community.sql.fetchval("select count(*) from enrollments") == 1


async def test_upserting_is_under_the_rules_of_inserting(community, ada):
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    eve = await community.member("Eve")
    arguments = {"courseId": course, "userId": ada.user_id}
    denied = await community.mutate(f"{FUNCTIONS}:enrollAnyway", arguments, by=eve)
    assert refusal(denied) == {"code": "access.denied", "message": "No rule allows this row in enrollments."}


async def test_upserting_needs_a_value_for_each_column_of_a_unique_index(community, ada):
    outcome = await community.mutate(f"{FUNCTIONS}:upsertWithoutKey", by=ada)
    assert outcome.error is not None
    assert "upsert needs a unique index" in outcome.error.message
