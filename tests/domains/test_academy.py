"""The academy, as its people use it: a catalogue to look through, programs to work through, and talk."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from schema.compile.tables import search_document
from schema.language import SearchIndex
from schema.tables import CATALOG
from tests.domains.academy_school import TEXT, School, open_school
from tests.domains.browsers import open_browsers
from tests.domains.community_people import (
    BROWSER,
    CHECKED,
    DANGLING,
    MUTATION,
    REFUSED,
    TAKEN,
    refused,
)

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
async def school(shared_dsn) -> AsyncIterator[School]:
    async with open_school(shared_dsn) as opened:
        yield opened


async def test_a_learner_begins_with_the_account_and_keeps_to_it(school):
    people, ada = school.people, await school.people.person("Ada")
    known = "email, name, last_login_at, is_active, preferred_language, timezone"
    learner = f"select {known} from academy.users where id = $1"
    email = f"{ada}@example.org"
    assert tuple(await people.owner.fetchrow(learner, ada)) == (email, "Ada", None, True, "en", "UTC")
    await people.run(
        "update auth.users set email = 'ada@example.net', last_sign_in_at = $2 where id = $1", ada, MONDAY
    )
    await people.run("update public.users set name = 'Ada L.' where id = $1", ada)
    await people.drain()
    changed = {"preferred_language": "de-AT", "timezone": "Europe/Vienna"}
    assert await people.change_as(BROWSER, ada, "academy.users", ada, **changed) == 1
    kept = ("ada@example.net", "Ada L.", MONDAY, True, "de-AT", "Europe/Vienna")
    assert tuple(await people.owner.fetchrow(learner, ada)) == kept
    async with refused(CHECKED):
        await people.change_as(BROWSER, ada, "academy.users", ada, preferred_language="German")
    assert await people.drift() == {}


async def test_people_see_their_own_ways_in_and_never_a_token(school):
    people = school.people
    ada, eve = await people.person("Ada"), await people.person("Eve")
    for person, provider in ((ada, "github"), (ada, "email"), (eve, "email")):
        await people.run(
            "insert into auth.identities (user_id, provider, provider_id, identity_data)"
            " values ($1, $2, $3, '{}')",
            person,
            provider,
            f"{provider} of {person}",
        )
        await people.run(
            "insert into auth.sessions (id, user_id, not_after) values ($1, $2, $3)", uuid4(), person, MONDAY
        )
    async with people.acting(BROWSER, ada) as browser:
        accounts = await browser.fetch("select * from academy.accounts order by provider")
        sessions = await browser.fetch("select * from academy.sessions")
    assert [tuple(account)[1:] for account in accounts] == [
        (ada, "credentials", "email", f"email of {ada}", None, None, None),
        (ada, "oauth", "github", f"github of {ada}", None, None, None),
    ]
    assert [tuple(session)[1:] for session in sessions] == [(None, ada, MONDAY)] * 2
    async with refused(REFUSED), people.acting("anon") as visitor:
        await visitor.fetch("select * from academy.accounts")


async def test_a_browser_lists_where_its_person_is_signed_in(declared, tmp_path):
    async with open_browsers(declared, tmp_path) as browsers:
        ada, eve = await browsers.sign_up("ada"), await browsers.sign_up("eve")
        for browser in (ada, eve):
            academy, person = browser.client.schema("academy"), str(browser.person)
            sessions = await academy.table("sessions").select("user_id, session_token").execute()
            assert sessions.data == [{"user_id": person, "session_token": None}]
            accounts = await academy.table("accounts").select("user_id, type, provider").execute()
            assert accounts.data == [{"user_id": person, "type": "credentials", "provider": "email"}]


CONTENT = {
    "text": {"text": "Read."},
    "video": {"url": "https://media.example.org/a.mp4", "transcript": None},
    "audio": {"url": "https://media.example.org/a.mp3"},
    "image": {"url": "https://media.example.org/a.png", "alt": "A hill"},
    "interactive": {"url": "https://media.example.org/a/", "height_px": 300},
    "document": {"url": "https://media.example.org/a.pdf", "media_type": "application/pdf"},
}


@pytest.mark.parametrize("kind", CONTENT)
async def test_content_fits_its_type_whoever_writes_it(school, kind):
    fitting = CONTENT[kind]
    await school.another_item(type=kind, content=fitting)
    (required, value), *_ = fitting.items()
    for misfit in ({}, {required: 7}, fitting | {"more": 1}, {**fitting, required: [value]}):
        async with refused(CHECKED):
            await school.another_item(type=kind, content=misfit)
    if kind != "text":
        async with refused(CHECKED):
            await school.people.run("update academy.content_items set type = $1", kind)


SHAPED = [
    ("programs", "overview", {"headline": "Two", "outcomes": ["One"]}, {"outcomes": "One"}),
    (
        "assessments",
        "instructions",
        {"questions": [{"id": "a", "prompt": "Why?"}]},
        {"questions": [{"id": "a"}]},
    ),
    ("assessments", "answer_key", {"choices": {"a": [0, 1]}}, {"choices": {"a": 0}}),
    (
        "assessment_attempts",
        "answers",
        {"choices": {"a": []}, "texts": {"b": "So"}},
        {"choices": {"a": ["0"]}},
    ),
    ("assessment_attempts", "feedback", {"points": {"a": 1}}, {"points": {"a": "1"}}),
    ("discussions", "content", {"text": "Hello", "format": "plain"}, {"text": "Hello", "format": "html"}),
    ("comments", "content", {"text": "Hello"}, {"text": ""}),
    ("user_achievements", "progress", {"current": 3, "target": 7}, {"current": 3}),
    ("certificates", "metadata", {"completion_date": "2026-03-01"}, {"completion_date": "March"}),
]


@pytest.mark.parametrize(("table", "column", "fitting", "misfit"), SHAPED)
async def test_json_has_its_shape_whoever_writes_it(seeded_people, table, column, fitting, misfit):
    change = f"update academy.{table} set {column} = $1"
    await seeded_people.run(change, json.dumps(fitting))
    assert await seeded_people.owner.fetchval(f"select exists (select from academy.{table})")
    async with refused(CHECKED):
        await seeded_people.run(change, json.dumps(misfit))


async def test_criteria_fit_the_type_of_the_achievement(school):
    fitting = {
        "course_completion": {"courses": 3},
        "streak": {"days": 7},
        "community": {"comments": 10},
        "special": {},
    }
    for kind, criteria in fitting.items():
        await school.people.add("academy.achievements", name=kind, type=kind, criteria=criteria)
    for kind, criteria in (("streak", {}), ("streak", {"days": 1}), ("special", {"days": 7})):
        async with refused(CHECKED):
            await school.people.add("academy.achievements", name="Other", type=kind, criteria=criteria)


async def test_slugs_are_their_own_within_a_program_and_fit_into_an_address(school):
    people, (other, *_) = school.people, await school.program_of_its_own("songs")
    async with refused(TAKEN):
        await school.program_of_its_own("songs")
    await people.add("academy.courses", program_id=other, slug="deciding", title="Deciding")
    async with refused(TAKEN):
        await people.add("academy.courses", program_id=other, slug="deciding", title="Again")
    for unfit in ("Deciding", "to decide", "-deciding", "deciding--again", ""):
        async with refused(CHECKED):
            await people.add("academy.courses", program_id=other, slug=unfit, title="Deciding")


async def test_the_catalogue_is_seen_as_far_as_it_is_published(school):
    people, ada = school.people, await school.people.person("Ada")
    moderator = await people.person("Barbara", role="moderator")
    rows = {"programs": school.program, "courses": school.course, "modules": school.module}
    for level, hidden in enumerate(rows):
        await people.run(f"update academy.{hidden} set is_published = false where id = $1", rows[hidden])
        for place, (table, row) in enumerate(rows.items()):
            for caller, sees in ((None, False), (ada, False), (school.author, True), (moderator, True)):
                found = await people.sees(f"academy.{table}", row, caller)
                assert found is (sees or place < level), (hidden, table, caller)
        await people.run(f"update academy.{hidden} set is_published = true where id = $1", rows[hidden])
    for table, row in rows.items():
        assert await people.sees(f"academy.{table}", row, None)


async def test_content_opens_by_enrolment_and_closes_with_it(school):
    people, ada = school.people, await school.people.person("Ada")
    items = "academy.content_items"
    assert not await people.sees(items, school.item, ada)
    enrollment = await people.insert_as(
        BROWSER, ada, "academy.enrollments", user_id=ada, program_id=school.program
    )
    for status, opened in (("active", True), ("paused", True), ("dropped", False), ("active", True)):
        change = ("academy.enrollments", enrollment)
        assert await people.change_as(BROWSER, ada, *change, status=status) == 1
        assert await people.sees(items, school.item, ada) is opened, status
    for table, row in (
        ("modules", school.module),
        ("courses", school.course),
        ("programs", school.program),
    ):
        await people.run(f"update academy.{table} set is_published = false where id = $1", row)
        assert not await people.sees(items, school.item, ada), table
        assert await people.sees(items, school.item, school.author), table
        await people.run(f"update academy.{table} set is_published = true where id = $1", row)
    assert await people.sees(items, school.item, ada)


async def test_only_the_service_completes_a_program_and_then_it_stays_completed(school):
    people, ada = school.people, await school.people.person("Ada")
    enrollment = await school.enroll(ada)
    change = ("academy.enrollments", enrollment)
    async with refused(REFUSED):
        await people.change_as(BROWSER, ada, *change, status="completed")
    await people.run("update academy.enrollments set status = 'completed'")
    assert await people.change_as(BROWSER, ada, *change, status="dropped") == 0
    assert await people.sees("academy.content_items", school.item, ada)


async def test_items_are_counted_up_to_the_program_as_far_as_they_are_published(school):
    people = school.people

    async def counts() -> tuple[object, ...]:
        return (
            await people.value("academy.modules", school.module, "content_item_count"),
            await people.value("academy.courses", school.course, "content_item_count"),
            await people.value("academy.programs", school.program, "content_item_count"),
        )

    assert await counts() == (1, 1, 1)
    await school.another_item()
    draft = await people.add("academy.modules", course_id=school.course, title="Halls")
    await school.another_item(draft)
    assert await counts() == (2, 2, 2)
    await people.run("update academy.modules set is_published = true where id = $1", draft)
    assert await counts() == (2, 3, 3)
    await people.run("update academy.courses set is_published = false")
    assert await counts() == (2, 3, 0)
    await people.run("delete from academy.content_items where module_id = $1", draft)
    await people.run("update academy.courses set is_published = true")
    assert await counts() == (2, 2, 2)
    assert await people.drift() == {}


async def test_completion_is_the_part_of_the_items_that_are_done(school):
    people, ada = school.people, await school.people.person("Ada")
    enrollment = await school.enroll(ada)
    second, third = await school.another_item(), await school.another_item()
    await people.drain()
    state = "(completed_item_count, completion_percentage, last_activity_at is not null)"
    assert await people.value("academy.enrollments", enrollment, state) == (0, 0, False)
    steps = [
        await people.insert_as(
            BROWSER, ada, "academy.progress", **school.step(ada, enrollment) | {"content_item_id": item}
        )
        for item in (school.item, second, third)
    ]
    assert await people.value("academy.enrollments", enrollment, state) == (0, 0, True)
    done = datetime.now(UTC) + timedelta(minutes=5)
    for step in steps[:2]:
        assert await people.change_as(BROWSER, ada, "academy.progress", step, completed_at=done) == 1
    assert await people.value("academy.enrollments", enrollment, state) == (2, 67, True)
    await people.run("delete from academy.content_items where id = $1", third)
    await people.drain()
    assert await people.value("academy.enrollments", enrollment, state) == (2, 100, True)
    await people.change_as(BROWSER, ada, "academy.progress", steps[0], completed_at=None)
    assert await people.value("academy.enrollments", enrollment, state) == (1, 50, True)
    async with refused(REFUSED):
        await people.change_as(BROWSER, ada, "academy.progress", steps[0], is_completed=True)
    latest = "select max(updated_at) from academy.progress"
    assert await people.value("academy.enrollments", enrollment, "last_activity_at") == (
        await people.owner.fetchval(latest)
    )
    assert await people.drift() == {}


async def test_progress_counts_towards_its_own_program_and_person_only(school):
    people = school.people
    ada, eve = await people.person("Ada"), await people.person("Eve")
    program, course, module, item = await school.program_of_its_own("songs")
    mine, hers = await school.enroll(ada), await school.enroll(eve)
    elsewhere = await people.add("academy.enrollments", user_id=ada, program_id=program)
    step = school.step(ada, mine)
    for crossed in (
        {"content_item_id": item},
        {"module_id": module},
        {"course_id": course},
        {"program_id": program},
        {"enrollment_id": elsewhere},
        {"content_item_id": item, "module_id": module, "course_id": course},
    ):
        async with refused(DANGLING):
            await people.insert_as(BROWSER, ada, "academy.progress", **step | crossed)
        async with refused(DANGLING):
            await people.add("academy.progress", **step | crossed)
    for pretended in ({"enrollment_id": hers}, {"user_id": eve, "enrollment_id": hers}):
        async with refused(REFUSED):
            await people.insert_as(BROWSER, ada, "academy.progress", **step | pretended)
    await people.insert_as(BROWSER, ada, "academy.progress", **step)
    async with refused(TAKEN):
        await people.insert_as(BROWSER, ada, "academy.progress", **step)


async def test_nobody_reads_the_right_answers_but_the_service_and_what_people_run_through_it(school):
    people, ada = school.people, await school.people.person("Ada")
    await school.enroll(ada)
    key = {"choices": {"hill": [0]}}
    quiz = await people.add("academy.assessments", module_id=school.module, title="Quiz", answer_key=key)
    assert await people.sees("academy.assessments", quiz, ada)
    for asked in ("answer_key", "answer_key ->> 'choices'", "assessments", "*"):
        for caller in (ada, school.author, await people.person("Root", role="admin")):
            async with refused(REFUSED), people.acting(BROWSER, caller) as browser:
                await browser.fetch(f"select {asked} from academy.assessments")
    for role in ("service_role", MUTATION):
        async with people.acting(role, school.author) as service:
            assert json.loads(await service.fetchval("select answer_key from academy.assessments")) == key


async def test_attempts_are_numbered_once_and_scored_by_the_service_alone(school):
    people, ada = school.people, await school.people.person("Ada")
    quiz = await people.add("academy.assessments", module_id=school.module, title="Quiz", answer_key={})
    begin = {"user_id": ada, "assessment_id": quiz}
    attempts = "academy.assessment_attempts"
    async with refused(REFUSED):
        await people.insert_as(MUTATION, ada, attempts, **begin)  # Not enrolled.
    await school.enroll(ada)
    async with refused(REFUSED):
        await people.insert_as(BROWSER, ada, attempts, **begin)
    first = await people.insert_as(MUTATION, ada, attempts, **begin, attempt_number=1)
    async with refused(TAKEN):
        await people.insert_as(MUTATION, ada, attempts, **begin, attempt_number=1)
    for own_word in ({"score": 100}, {"passed": True}, {"answers": {"choices": {}}}):
        async with refused(REFUSED):
            await people.insert_as(MUTATION, ada, attempts, **begin, attempt_number=2, **own_word)
        async with refused(REFUSED):
            await people.change_as(MUTATION, ada, attempts, first, **own_word)
    async with refused(CHECKED):
        await people.run("update academy.assessment_attempts set score = 101")
    await people.run("update academy.assessment_attempts set score = 100, passed = true")
    assert await people.seen(attempts, ada) == {first}


async def a_discussion(school: School, author: UUID, **columns: object) -> UUID:
    about = {"course_id": school.course} if "module_id" not in columns else {}
    return await school.people.add(
        "academy.discussions", **{"user_id": author, "title": "Why?", "content": TEXT} | about | columns
    )


async def test_a_locked_discussion_takes_no_comments_from_anybody(school):
    people, ada = school.people, await school.people.person("Ada")
    moderator = await people.person("Barbara", role="moderator")
    discussion = await a_discussion(school, ada)
    comment = {"discussion_id": discussion, "content": TEXT}
    mine = await people.insert_as(MUTATION, ada, "academy.comments", **comment, user_id=ada)
    async with refused(REFUSED):
        await people.change_as(MUTATION, ada, "academy.discussions", discussion, is_locked=True)
    assert await people.change_as(MUTATION, moderator, "academy.discussions", discussion, is_locked=True) == 1
    for person in (ada, moderator):
        async with refused(REFUSED):
            await people.insert_as(MUTATION, person, "academy.comments", **comment, user_id=person)
    assert await people.change_as(MUTATION, ada, "academy.comments", mine, content={"text": "No"}) == 0
    assert await people.change_as(MUTATION, ada, "academy.discussions", discussion, title="No") == 0
    assert (
        await people.change_as(MUTATION, moderator, "academy.discussions", discussion, is_locked=False) == 1
    )
    await people.insert_as(MUTATION, ada, "academy.comments", **comment, user_id=ada)


async def test_a_discussion_counts_its_comments_and_names_its_people(school):
    people, ada = school.people, await school.people.person("Ada")
    discussion = await a_discussion(school, ada)
    comment = {"discussion_id": discussion, "user_id": ada, "content": TEXT}
    first = await people.add("academy.comments", **comment)
    reply = await people.add("academy.comments", **comment, parent_id=first)
    told = "(author_name, comment_count)"
    assert await people.value("academy.discussions", discussion, told) == ("Ada", 2)
    async with refused(CHECKED):
        await people.add("academy.comments", **comment, parent_id=reply)
    async with refused(CHECKED):
        other = await a_discussion(school, ada)
        await people.add("academy.comments", **comment | {"discussion_id": other}, parent_id=first)
    await people.change_as(MUTATION, ada, "academy.comments", reply, deleted_at=MONDAY)
    await people.run("update public.users set name = 'Ada L.' where id = $1", ada)
    await people.drain()
    assert await people.value("academy.discussions", discussion, told) == ("Ada L.", 1)
    assert await people.value("academy.comments", first, "author_name") == "Ada L."
    assert await people.drift() == {}


async def test_a_discussion_is_seen_with_what_it_is_about(school):
    people, ada = school.people, await school.people.person("Ada")
    draft = await people.add("academy.modules", course_id=school.course, title="Halls")
    course, module = await a_discussion(school, ada), await a_discussion(school, ada, module_id=school.module)
    hidden = await a_discussion(school, ada, module_id=draft, course_id=school.course)
    nothing = await a_discussion(school, ada, course_id=None)
    discussions = "academy.discussions"
    async with refused(REFUSED):
        await people.seen(discussions, None)
    assert await people.seen(discussions, ada) == {course, module}
    assert await people.seen(discussions, school.author) == {course, module, hidden}
    assert nothing not in await people.seen(discussions, await people.person("Root", role="admin"))
    _, elsewhere, *_ = await school.program_of_its_own("songs")
    async with refused(DANGLING):
        await a_discussion(school, ada, module_id=school.module, course_id=elsewhere)


async def test_a_certificate_outlives_what_it_was_given_for(school):
    people, ada = school.people, await school.people.person("Ada")
    given = {"user_id": ada, "program_id": school.program, "certificate_number": "FM-1"}
    for role in (BROWSER, MUTATION):
        async with refused(REFUSED):
            await people.insert_as(role, ada, "academy.certificates", **given)
    certificate = await people.add("academy.certificates", **given)
    async with refused(TAKEN):
        await people.add("academy.certificates", user_id=ada, certificate_number="FM-1")
    await people.run("delete from academy.programs where id = $1", school.program)
    left = "(user_id, program_id, certificate_number)"
    assert await people.value("academy.certificates", certificate, left) == (ada, None, "FM-1")
    assert await people.sees("academy.certificates", certificate, ada)


async def test_an_achievement_gives_its_points(school):
    people, ada = school.people, await school.people.person("Ada")
    badge = await people.add(
        "academy.achievements", name="A week", type="streak", criteria={"days": 7}, points=30
    )
    earned = await people.add(
        "academy.user_achievements", user_id=ada, achievement_id=badge, earned_at=MONDAY
    )
    assert await people.value("academy.user_achievements", earned, "points") == 30
    async with refused(TAKEN):
        await people.add("academy.user_achievements", user_id=ada, achievement_id=badge)


@pytest.mark.parametrize(("table", "words"), [("programs", "arguing"), ("courses", "minorities")])
async def test_words_are_found_in_titles_and_descriptions_by_their_index(seeded_people, table, words):
    found = {"programs": "The art of assembly", "courses": "Deciding"}
    index = next(one for one in CATALOG.table(f"academy.{table}").indexes if isinstance(one, SearchIndex))
    search = (
        f"select title from academy.{table}"
        f" where {search_document(index)} @@ websearch_to_tsquery('english', $1)"
    )
    assert [row["title"] for row in await seeded_people.owner.fetch(search, words)] == [found[table]]
    assert await seeded_people.owner.fetch(search, "unheard") == []
    await seeded_people.run("set enable_seqscan = off")
    plan = "\n".join(row[0] for row in await seeded_people.owner.fetch(f"explain {search}", words))
    assert f"{table}_search" in plan


async def test_the_seeded_academy_is_lively_and_right(seeded_people):
    ways = await seeded_people.owner.fetch(
        "select person.name, way.status, way.completed_item_count, way.completion_percentage"
        " from academy.enrollments as way join public.users as person on person.id = way.user_id"
        " order by way.enrolled_at"
    )
    assert [tuple(way) for way in ways] == [
        ("Alan Turing", "completed", 5, 100),
        ("Hedy Lamarr", "active", 1, 20),
        ("Edsger Dijkstra", "dropped", 0, 0),
    ]
    talk = "select comment_count from academy.discussions order by created_at"
    assert [row[0] for row in await seeded_people.owner.fetch(talk)] == [2, 1, 0]
    learners = await seeded_people.owner.fetch("select name from academy.users where email like 'alan@%'")
    assert [row["name"] for row in learners] == ["Alan Turing"]
    assert await seeded_people.drift() == {}
