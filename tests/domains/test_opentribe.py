"""What is special about the community's own tables: seats, recurrence, levels, progress, settings."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from pydantic import TypeAdapter, ValidationError

from schema.tables import CATALOG
from tests.domains.mutations import refused
from tests.schema.world import World, insert

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OCCURRENCE_MS = 1_800_000_000_000


async def course(world: World, lessons: int = 1, **columns: object) -> tuple[UUID, UUID, list[UUID]]:
    """A published course with one module of so many lessons: their ids."""
    columns = {"visibility": "members", "status": "published", **columns}
    made = await world.add("courses", title="Speaking", **columns)
    module = await world.add("modules", course_id=made, title="First steps")
    place = {"course_id": made, "module_id": module}
    return made, module, [await world.add("lessons", **place, title=f"{n}") for n in range(lessons)]


@pytest.mark.parametrize("isolation", ["read_committed", "serializable"])
async def test_of_many_who_come_at_once_no_more_get_in_than_there_are_seats(busy_world, isolation):
    event = await busy_world.add("events", title="Feast", start_time=NOON, capacity=3)
    people = [await busy_world.person() for _ in range(9)]
    connections = [await busy_world.connect() for _ in people]

    async def answer(connection: asyncpg.Connection, person: UUID) -> str:
        while True:
            try:
                async with connection.transaction(isolation=isolation):
                    await insert(connection, "rsvps", event_id=event, user_id=person, status="going")
                return "in"
            except asyncpg.CheckViolationError:
                return "full"
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                pass  # Another came between; a mutation is tried again too.

    answers = await asyncio.gather(*map(answer, connections, people))
    assert sorted(answers) == ["full"] * 6 + ["in"] * 3
    assert await busy_world.value("events", event, "going_count") == 3
    assert await busy_world.drift() == {}


async def test_a_full_event_takes_more_on_the_waitlist_and_a_seat_given_up_is_free(world):
    ada, bob, eve = [await world.person() for _ in range(3)]
    event = await world.add("events", title="Feast", start_time=NOON, capacity=1)
    going = {"event_id": event, "status": "going"}
    first = await world.add("rsvps", user_id=ada, **going)
    await world.add("rsvps", event_id=event, user_id=bob, status="waitlist")
    with pytest.raises(asyncpg.CheckViolationError):
        await world.add("rsvps", user_id=eve, **going)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.run("update public.rsvps set status = 'going' where user_id = $1", bob)
    await world.run("update public.rsvps set status = 'not_going' where id = $1", first)
    await world.run("update public.rsvps set status = 'going' where user_id = $1", bob)
    counts = [await world.value("events", event, f"{kind}_count") for kind in ("going", "maybe", "waitlist")]
    assert counts == [1, 0, 0]


async def test_the_capacity_cannot_fall_below_those_who_are_coming_but_may_be_lifted(world):
    event = await world.add("events", title="Feast", start_time=NOON, capacity=2)
    for person in [await world.person(), await world.person()]:
        await world.add("rsvps", event_id=event, user_id=person, status="going")
    with pytest.raises(asyncpg.CheckViolationError):
        await world.run("update public.events set capacity = 1 where id = $1", event)
    await world.run("update public.events set capacity = null where id = $1", event)
    await world.add("rsvps", event_id=event, user_id=await world.person(), status="going")
    assert await world.value("events", event, "going_count") == 3


async def test_an_event_does_not_end_before_it_begins(world):
    with pytest.raises(asyncpg.CheckViolationError):
        await world.add("events", title="Feast", start_time=NOON, end_time=NOON - timedelta(minutes=1))
    await world.add("events", title="Feast", start_time=NOON, end_time=NOON)


RECURRENCES = {
    "every day": {"freq": "DAILY"},
    "ten times": {"freq": "WEEKLY", "interval": 2, "count": 10, "byday": ["MO", "FR"], "wkst": "SU"},
    "until a moment": {"freq": "WEEKLY", "until": OCCURRENCE_MS},
    "no end, said twice": {"freq": "WEEKLY", "count": None, "until": None},
    "an end, and no other": {"freq": "WEEKLY", "count": 3, "until": None},
    "second Tuesday, last Friday": {"freq": "MONTHLY", "byday": ["2TU", "-1FR"]},
    "last day of the month": {
        "freq": "MONTHLY",
        "byday": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"],
        "bysetpos": [-1],
    },
    "first of January and July": {"freq": "YEARLY", "bymonth": [1, 7], "bymonthday": [1]},
}
NO_RECURRENCES = {
    "nothing": {},
    "not an object": ["DAILY"],
    "hourly": {"freq": "HOURLY"},
    "small letters": {"freq": "weekly"},
    "never": {"freq": "DAILY", "interval": 0},
    "a half": {"freq": "DAILY", "interval": 1.5},
    "a number as text": {"freq": "DAILY", "count": "3"},
    "no occurrence": {"freq": "DAILY", "count": 0},
    "two ends": {"freq": "DAILY", "count": 3, "until": OCCURRENCE_MS},
    "an unknown day": {"freq": "WEEKLY", "byday": ["XX"]},
    "a sign without a number": {"freq": "MONTHLY", "byday": ["-MO"]},
    "a day beside another": {"freq": "WEEKLY", "byday": ["MO,TU"]},
    "no day at all": {"freq": "WEEKLY", "byday": []},
    "a day that is no list": {"freq": "WEEKLY", "byday": "MO"},
    "the thirteenth month": {"freq": "YEARLY", "bymonth": [13]},
    "day zero": {"freq": "MONTHLY", "bymonthday": [0]},
    "position zero": {"freq": "MONTHLY", "byday": ["MO"], "bysetpos": [0]},
    "an unknown key": {"freq": "DAILY", "color": "red"},
}


@pytest.mark.parametrize("case", [*RECURRENCES, *NO_RECURRENCES])
async def test_a_recurrence_is_one_that_a_calendar_understands_at_the_door_and_in_the_database(world, case):
    rule = {**RECURRENCES, **NO_RECURRENCES}[case]
    door = TypeAdapter(CATALOG.table("events").column("recurrence").annotation)
    try:
        door.validate_python(rule)
        let_in = True
    except ValidationError:
        let_in = False
    try:
        await world.add("events", title="Feast", start_time=NOON, recurrence=json.dumps(rule))
        kept = True
    except asyncpg.CheckViolationError:
        kept = False
    assert (let_in, kept) == (case in RECURRENCES, case in RECURRENCES)


ATTACHMENTS = {
    "none": [],
    "a path": [{"name": "Plan", "path": "plan.pdf"}],
    "all that can be said": [{"name": "Plan", "path": "plan.pdf", "type": "application/pdf", "size": 5}],
}
NO_ATTACHMENTS = {
    "an object": {"name": "Plan", "path": "plan.pdf"},
    "a bare path": ["plan.pdf"],
    "no path": [{"name": "Plan"}],
    "no size": [{"name": "Plan", "path": "plan.pdf", "size": -1}],
    "one too many": [{"name": "Plan", "path": "plan.pdf"}] * 21,
}


@pytest.mark.parametrize("case", [*ATTACHMENTS, *NO_ATTACHMENTS])
async def test_attachments_are_a_list_of_files(world, case):
    files = {**ATTACHMENTS, **NO_ATTACHMENTS}[case]
    _, _, [lesson] = await course(world)
    try:
        await world.run("update public.lessons set attachments = $2 where id = $1", lesson, json.dumps(files))
        kept = True
    except asyncpg.CheckViolationError:
        kept = False
    assert kept == (case in ATTACHMENTS)


@pytest.mark.parametrize(("points", "level"), [(-5, 1), (0, 1), (9, 1), (10, 2), (99, 2), (100, 3)])
async def test_points_make_the_level_from_its_threshold_on(world, points, level):
    for order, threshold in ((2, 10), (1, 0), (3, 100)):
        await world.add("levels", name=f"Level {order}", threshold=threshold, order=order)
    ada, bob = await world.person(), await world.person()
    await world.add("points", user_id=ada, action="gift", amount=points - 1)
    await world.add("points", user_id=ada, action="gift", amount=1)
    found = [
        (await world.value("users", who, "points"), await world.value("users", who, "level"))
        for who in (ada, bob)
    ]
    assert found == [(points, level), (0, 1)]


async def test_without_levels_everybody_is_on_the_first_and_new_thresholds_move_people(world):
    ada = await world.person()
    await world.add("points", user_id=ada, action="gift", amount=60)
    assert await world.value("users", ada, "level") == 1
    await world.add("levels", name="Newcomer", threshold=0, order=1)
    regular = await world.add("levels", name="Regular", threshold=50, order=2)
    await world.drain()
    assert await world.value("users", ada, "level") == 2
    await world.run("update public.levels set threshold = 70 where id = $1", regular)
    await world.drain()
    assert await world.value("users", ada, "level") == 1
    assert await world.drift() == {}


async def test_points_are_given_by_the_service_alone_once_for_the_same_thing_and_never_taken_back(world):
    ada, admin, post = await world.person(), await world.person(role="admin"), uuid4()
    give = (
        "insert into public.points (user_id, action, amount, reference_type, reference_id)"
        " values ($1, 'post_created', 5, 'post', $2)"
    )
    for caller in (ada, admin):
        assert await refused(world, caller, give, ada, post)
    async with world.acting("service_role") as service:
        await service.execute(give, ada, post)
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.run(give, ada, post)
    for caller in (ada, admin):
        assert await refused(world, caller, "update public.points set amount = 9")
        assert await refused(world, caller, "delete from public.points")
    assert await world.value("users", ada, "points") == 5


async def test_a_lesson_opens_with_the_enrolment_and_closes_with_the_membership(world):
    ada = await world.person(tier="gold")
    gold, _, [lesson] = await course(world, visibility="paid", required_tier="gold")
    assert await world.seen("lessons", ada) == set()
    async with world.acting("authenticated", ada) as browser:
        await browser.execute(
            "insert into public.enrollments (course_id, user_id) values ($1, $2)", gold, ada
        )
    assert await world.seen("lessons", ada) == {lesson}
    await world.run("update public.memberships set status = 'canceled' where user_id = $1", ada)
    assert await world.seen("lessons", ada) == set()


async def test_progress_counts_completed_lessons_of_the_course(world):
    ada = await world.person()
    speaking, module, lessons = await course(world, lessons=3)
    enrollment = await world.add("enrollments", course_id=speaking, user_id=ada)

    async def progress() -> tuple[object, ...]:
        columns = ("lesson_count", "completed_lesson_count", "completion_percentage")
        return tuple([await world.value("enrollments", enrollment, column) for column in columns])

    assert await progress() == (3, 0, 0)
    taken = {"enrollment_id": enrollment, "user_id": ada, "course_id": speaking}
    await world.add("lesson_progress", **taken, lesson_id=lessons[0], completed_at=NOON)
    opened = await world.add("lesson_progress", **taken, lesson_id=lessons[1])
    assert await progress() == (3, 1, 33)
    await world.run("update public.lesson_progress set completed_at = $2 where id = $1", opened, NOON)
    assert await progress() == (3, 2, 67)
    await world.add("lessons", course_id=speaking, module_id=module, title="One more")
    await world.drain()
    assert await progress() == (4, 2, 50)
    await world.run("delete from public.lessons where id = $1", lessons[2])
    await world.run("delete from public.lessons where id = $1", lessons[0])
    await world.drain()
    assert await progress() == (2, 1, 50)
    assert await world.drift() == {}


async def test_progress_is_in_ones_own_enrolment_and_in_a_lesson_of_its_course(world):
    ada, moderator = await world.person(), await world.person(role="moderator")
    speaking, _, [lesson] = await course(world)
    other, _, [elsewhere] = await course(world)
    own = await world.add("enrollments", course_id=speaking, user_id=ada)
    await world.add("enrollments", course_id=other, user_id=ada)
    note = (
        "insert into public.lesson_progress (enrollment_id, user_id, course_id, lesson_id)"
        " values ($1, $2, $3, $4)"
    )
    assert await refused(world, moderator, note, own, moderator, speaking, lesson)
    assert await refused(world, moderator, note, own, ada, speaking, lesson)
    assert await refused(world, ada, note, own, ada, speaking, elsewhere)
    assert await refused(world, ada, note, own, ada, other, elsewhere)
    assert not await refused(world, ada, note, own, ada, speaking, lesson)


async def test_a_lesson_stands_in_a_module_of_its_own_course(world):
    speaking, _, _ = await course(world)
    _, foreign, _ = await course(world)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await world.add("lessons", course_id=speaking, module_id=foreign, title="Astray")


async def test_an_answer_to_an_answer_is_refused(world):
    ada = await world.person()
    post = await world.post(await world.space(), ada)
    comment = await world.comment(post, ada)
    answer = await world.comment(post, ada, parent_id=comment)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.comment(post, ada, parent_id=answer)
    assert await world.value("posts", post, "comment_count") == 2


async def test_there_is_one_row_of_settings_and_its_stripe_account_is_the_services(world):
    admin = await world.person(role="admin")
    async with world.acting("folkmoot_writer", admin) as service:
        await service.execute("insert into public.community_settings (name) values ('The assembly')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.add("community_settings", name="Another")
    with pytest.raises(asyncpg.CheckViolationError):
        await world.add("community_settings", name="Another", scope="elsewhere")
    async with world.acting("service_role") as service:
        await service.execute("update public.community_settings set stripe_connected_account_id = 'acct_1'")
    for role, caller in (("anon", None), ("authenticated", admin)):
        async with world.acting(role, caller) as browser:
            assert await browser.fetchval("select name from public.community_settings") == "The assembly"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.acting(role, caller) as browser:
                await browser.fetchval("select stripe_connected_account_id from public.community_settings")
    assert await refused(
        world, admin, "update public.community_settings set stripe_connected_account_id = 'mine'"
    )


async def test_a_report_is_made_once_and_goes_with_what_it_is_about(world):
    ada, bob = await world.person(), await world.person()
    post = await world.post(await world.space(), bob)
    reported = {"reporter_id": ada, "target_type": "post", "target_id": post, "reason": "Rude."}
    await world.add("reports", **reported)
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.add("reports", **reported)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await world.add("reports", **{**reported, "target_type": "comment"})
    await world.run("update public.posts set deleted_at = now() where id = $1", post)
    assert len(await world.seen("reports", ada)) == 1
    await world.run("delete from public.posts where id = $1", post)
    assert await world.seen("reports", ada) == set()


async def test_followers_are_counted_on_both_sides(world):
    ada, bob, eve = [await world.person() for _ in range(3)]
    follow = "insert into public.follows (follower_id, following_id) values ($1, $2)"
    for follower in (bob, eve):
        assert not await refused(world, follower, follow, follower, ada)
    assert await refused(world, eve, follow, bob, ada)
    counts = [
        (
            await world.value("users", who, "follower_count"),
            await world.value("users", who, "following_count"),
        )
        for who in (ada, bob, eve)
    ]
    assert counts == [(2, 0), (0, 1), (0, 1)]


def test_moments_are_timestamps_with_a_time_zone_and_references_are_foreign_keys():
    # Paths in storage and ids at Stripe are texts.
    outside = {"stripe_customer_id", "stripe_subscription_id", "stripe_connected_account_id"}
    outside |= {"avatar_storage_id", "logo_storage_id"}
    for table in (table for table in CATALOG if table.schema == "public"):
        for column in table.columns:
            if column.name.endswith(("_at", "_time", "_end")) and column.sql_type != "boolean":
                assert column.sql_type == "timestamptz", (table.name, column.name)
            if column.name.endswith("_id") and column.name not in outside:
                refers = column.reference is not None or column.polymorphic is not None
                of_stripe = table.name.startswith("stripe_") and column.sql_type == "text"
                assert refers or of_stripe or (table.name, column.name) == ("points", "reference_id"), (
                    table.name,
                    column.name,
                )
