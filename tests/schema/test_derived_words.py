"""Copies of accounts, bands, lists and what is computed equal their definitions, whoever writes when."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from tests.schema.workshop import insert

ISOLATIONS = ("read_committed", "repeatable_read", "serializable")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def test_a_list_holds_each_value_once_and_in_order(workshop):
    room = await workshop.room()
    assert await workshop.row(room, "speakers", "thread_ids") == ([], [])
    threads = sorted((uuid4(), uuid4()))
    said = [
        await workshop.say(room, speaker=who, thread_id=thread)
        for who, thread in (
            ("bob", threads[1]),
            ("Ada", threads[0]),
            ("bob", None),
            (None, threads[1]),
            ("Älf", None),
        )
    ]
    assert await workshop.row(room, "speakers", "thread_ids") == (["Ada", "bob", "Älf"], threads)
    await workshop.owner.execute("update messages set deleted_at = now() where id = $1", said[0])
    assert await workshop.row(room, "speakers") == (["Ada", "bob", "Älf"],), "bob spoke twice"
    await workshop.owner.execute("delete from messages where id = $1", said[2])
    assert await workshop.row(room, "speakers", "thread_ids") == (["Ada", "Älf"], threads)
    await workshop.owner.execute("update messages set speaker = 'Eve', thread_id = null")
    assert await workshop.row(room, "speakers", "thread_ids") == (["Eve"], [])
    await workshop.owner.execute("truncate messages")
    assert await workshop.row(room, "speakers", "thread_ids") == ([], [])
    assert await workshop.drift() == {}


async def test_a_list_in_one_snapshot_cannot_miss_what_another_adds(workshop):
    room, slow = await workshop.room(), await workshop.connect()
    adding = slow.transaction(isolation="repeatable_read")
    await adding.start()
    await slow.fetchval("select count(*) from messages")
    await workshop.say(room, speaker="Ada")
    with pytest.raises(asyncpg.SerializationError):
        await insert(slow, "messages", room_id=room, speaker="Bob")
    await adding.rollback()
    assert await workshop.row(room, "speakers") == (["Ada"],)
    assert await workshop.drift() == {}


async def _levels(workshop, *words: int) -> None:
    for rank, bound in enumerate(words, start=1):
        await insert(workshop.owner, "levels", words=bound, rank=rank, name=f"Level {rank}")


async def test_a_band_is_the_highest_one_reached(workshop):
    room = await workshop.room()
    await _levels(workshop, 2, 5)
    await workshop.drain()
    for words, level in ((1, 0), (1, 1), (2, 1), (1, 2), (90, 2)):
        await workshop.say(room, word_count=words)
        assert await workshop.row(room, "level") == (level,)
    assert await workshop.row(room, "level_name") == (None,), "no price has reached 2"
    await workshop.owner.execute("update messages set word_count = 1, price = 1")
    assert await workshop.row(room, "level", "level_name", "word_count") == (2, "Level 2", 5)
    await workshop.owner.execute("delete from messages")
    assert await workshop.row(room, "level", "level_name") == (0, None)
    assert await workshop.drift(late=True) == {}


async def test_changed_bands_are_followed_once_drained_and_are_late_until_then(workshop):
    room = await workshop.room()
    await workshop.say(room, word_count=3)
    changes = (
        ("insert into levels (words, rank) values (1, 1), (4, 2)", 1),
        ("update levels set words = 3 where rank = 2", 2),
        ("update levels set rank = rank + 10", 12),
        ("delete from levels where words = 3", 11),
        ("truncate levels", 0),
    )
    for change, level in changes:
        before = await workshop.row(room, "level")
        await workshop.owner.execute(change)
        assert await workshop.row(room, "level") == before
        assert (await workshop.drift(), set(await workshop.drift(late=True))) == (
            {},
            {"public.rooms.level"},
        )
        await workshop.drain()
        assert await workshop.row(room, "level") == (level,)
        assert await workshop.drift(late=True) == {}
    await workshop.owner.execute("insert into levels (words, rank) values (900, 1)")
    await workshop.drain()
    await workshop.owner.execute("update levels set words = words, created_at = now()")
    assert await workshop.owner.fetchval("select count(*) from derived.copy_queue") == 0


async def test_a_change_of_bands_waits_for_who_looks_and_then_finds_the_row(workshop):
    room = await workshop.room()
    await _levels(workshop, 100)
    await workshop.drain()
    writer, changer = await workshop.connect(), await workshop.connect()
    writing = writer.transaction()
    await writing.start()
    await insert(writer, "messages", room_id=room, word_count=10)
    changing = asyncio.create_task(changer.execute("update levels set words = 7"))
    await workshop.until_waiting(changer)
    await writing.commit()
    await changing
    await workshop.drain()
    assert await workshop.row(room, "level") == (1,)
    assert await workshop.drift(late=True) == {}


@pytest.mark.parametrize("isolation", ISOLATIONS)
async def test_who_looks_waits_for_a_change_of_bands_and_sees_it_or_starts_over(workshop, isolation):
    room = await workshop.room()
    await _levels(workshop, 100)
    await workshop.drain()
    writer, changer = await workshop.connect(), await workshop.connect()
    writing = writer.transaction(isolation=isolation)
    await writing.start()
    await writer.fetchval("select count(*) from levels")
    changing = changer.transaction()
    await changing.start()
    await changer.execute("update levels set words = 7")
    saying = asyncio.create_task(insert(writer, "messages", room_id=room, word_count=10))
    await workshop.until_waiting(writer)
    await changing.commit()
    if isolation == "read_committed":
        await saying
        await writing.commit()
    else:
        with pytest.raises(asyncpg.SerializationError):
            await saying
        await writing.rollback()
        await workshop.say(room, word_count=10)
    assert await workshop.row(room, "level") == (1,)
    await workshop.drain()
    assert await workshop.drift(late=True) == {}


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
async def test_one_snapshot_cannot_look_at_bands_that_have_changed_since_even_the_first_time(
    workshop, isolation
):
    room, writer = await workshop.room(), await workshop.connect()
    await workshop.owner.execute("truncate derived.band_changes")
    writing = writer.transaction(isolation=isolation)
    await writing.start()
    await writer.fetchval("select count(*) from levels")
    await _levels(workshop, 7)
    with pytest.raises(asyncpg.SerializationError):
        await insert(writer, "messages", room_id=room, word_count=10)
    await writing.rollback()
    await workshop.drain()
    assert await workshop.drift(late=True) == {}


async def test_an_account_is_copied_when_its_row_is_made_and_followed_at_once(workshop):
    ada = await workshop.account(email="ada@example.org")
    await insert(workshop.owner, "badges", id=ada)
    shown = "select email, seen_at from speakers where id = $1"
    assert tuple(await workshop.owner.fetchrow(shown, ada)) == ("ada@example.org", None)
    await workshop.owner.execute("update auth.users set email = 'a@example.org', last_sign_in_at = $1", NOON)
    await workshop.owner.execute("update speakers set email = 'spoofed', nickname = 'Ada'")
    assert tuple(await workshop.owner.fetchrow(shown, ada)) == ("a@example.org", NOON)
    await workshop.drain()
    badge = await workshop.owner.fetchrow("select worn_by, address from badges")
    assert tuple(badge) == ("Ada", "a@example.org")
    assert await workshop.drift(late=True) == {}
    await workshop.owner.execute("delete from auth.users")
    assert await workshop.owner.fetchval("select count(*) from badges") == 0


async def test_an_accounts_change_waits_for_its_row_being_made_and_then_finds_it(workshop):
    account = uuid4()
    await workshop.owner.execute("insert into auth.users (id, email) values ($1, 'old')", account)
    maker, changer = await workshop.connect(), await workshop.connect()
    making = maker.transaction()
    await making.start()
    await insert(maker, "speakers", id=account)
    changing = asyncio.create_task(changer.execute("update auth.users set email = 'new'"))
    await workshop.until_waiting(changer)
    await making.commit()
    await changing
    assert await workshop.owner.fetchval("select email from speakers") == "new"
    assert await workshop.drift() == {}


@pytest.mark.parametrize("isolation", ISOLATIONS)
async def test_a_row_made_during_its_accounts_change_shows_it_or_is_made_again(workshop, isolation):
    account = uuid4()
    await workshop.owner.execute("insert into auth.users (id, email) values ($1, 'old')", account)
    maker, changer = await workshop.connect(), await workshop.connect()
    making = maker.transaction(isolation=isolation)
    await making.start()
    await maker.fetchval("select count(*) from auth.users")
    changing = changer.transaction()
    await changing.start()
    await changer.execute("update auth.users set email = 'new'")
    inserting = asyncio.create_task(insert(maker, "speakers", id=account))
    await workshop.until_waiting(maker)
    await changing.commit()
    if isolation == "read_committed":
        await inserting
        await making.commit()
    else:
        with pytest.raises(asyncpg.SerializationError):
            await inserting
        await making.rollback()
        await insert(workshop.owner, "speakers", id=account)
    assert await workshop.owner.fetchval("select email from speakers") == "new"
    assert await workshop.drift() == {}


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
async def test_an_account_whose_row_may_be_out_of_sight_is_not_changed(workshop, isolation):
    account = uuid4()
    await workshop.owner.execute("insert into auth.users (id, email) values ($1, 'old')", account)
    changer = await workshop.connect()
    changing = changer.transaction(isolation=isolation)
    await changing.start()
    await changer.fetchval("select count(*) from speakers")
    await insert(workshop.owner, "speakers", id=account)
    with pytest.raises(asyncpg.FeatureNotSupportedError):
        await changer.execute("update auth.users set email = 'new'")
    await changing.rollback()
    assert await workshop.drift() == {}


async def test_nobody_but_the_keeper_may_ask_for_an_account(workshop):
    account = await workshop.account(email="ada@example.org")
    for role in ("anon", "authenticated", "service_role", "folkmoot_writer"):
        async with workshop.owner.transaction():
            await workshop.owner.execute(f"set local role {role}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with workshop.owner.transaction():
                    await workshop.owner.fetch("select * from derived.account($1)", account)
            await workshop.owner.execute("set local role none")
    async with workshop.owner.transaction():
        await workshop.owner.execute("set local role derived_owner")
        found = await workshop.owner.fetchval("select email from derived.account($1)", account)
    assert found == "ada@example.org"


async def test_a_copy_may_be_of_any_type(workshop):
    room = await workshop.room()
    copied = ("hall_name", "hall_kind", "hall_floors")
    assert await workshop.row(room, *copied) == ("Hall", "public", 2)
    await workshop.owner.execute("update halls set kind = 'private', floors = 3")
    await workshop.drain()
    assert await workshop.row(room, *copied) == ("Hall", "private", 3)
    assert await workshop.drift(late=True) == {}


async def test_a_rename_and_back_during_a_drain_leaves_the_last_name(workshop):
    """Two drains at once would each miss what the other was about to write."""
    hall = await workshop.hall()
    room = await workshop.room(hall)
    await workshop.owner.execute("update halls set name = 'Palace'")
    first, second = await workshop.connect(), await workshop.connect()
    following = first.transaction()
    await following.start()
    await first.fetchval("select derived.drain_copies(10)")
    await workshop.owner.execute("update halls set name = 'Hall'")
    draining = asyncio.create_task(second.fetchval("select derived.drain_copies(10)"))
    await workshop.until_waiting(second)
    await following.commit()
    assert await draining == 1
    assert await workshop.row(room, "hall_name") == ("Hall",)
    assert await workshop.drift(late=True) == {}


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
async def test_a_drain_that_may_not_see_everything_is_refused(workshop, isolation):
    with pytest.raises(asyncpg.FeatureNotSupportedError):
        async with workshop.owner.transaction(isolation=isolation):
            await workshop.owner.execute("select derived.drain_copies(10)")


async def test_a_truncate_cannot_leave_references_to_what_it_removes_out_of_sight(workshop):
    """`messages` go, and with them the applause for them: also that which came after the snapshot."""
    room, emptier = await workshop.room(), await workshop.connect()
    emptying = emptier.transaction(isolation="repeatable_read")
    await emptying.start()
    await emptier.fetchval("select count(*) from rooms")
    said = await workshop.say(room)
    await insert(workshop.owner, "applause", target_type="message", target_id=said)
    with pytest.raises(asyncpg.FeatureNotSupportedError):
        await emptier.execute("truncate messages")
    await emptying.rollback()
    await workshop.owner.execute("truncate messages")
    assert await workshop.owner.fetchval("select count(*) from applause") == 0
    assert await workshop.drift() == {}


async def test_what_is_counted_leaves_room_for_its_next_version_and_is_vacuumed_early(workshop):
    options = await workshop.owner.fetch(
        "select relname, (select array_agg(split_part(option, '=', 1) order by option)"
        " from unnest(reloptions) as option) from pg_class where relnamespace = any ($1::regnamespace[])"
        " and relkind = 'r' and reloptions is not null order by 1",
        ["public", "derived"],
    )
    eager = [f"autovacuum_vacuum_{name}" for name in ("cost_delay", "scale_factor", "threshold")]
    assert [tuple(row) for row in options] == [
        ("band_changes", eager),
        ("copy_queue", eager),
        ("halls", [*eager, "fillfactor"]),
        ("messages", [*eager, "fillfactor"]),
        ("rooms", [*eager, "fillfactor"]),
        ("rooms__deltas", eager),
    ]


@pytest.mark.parametrize(
    ("plan", "planned"),
    [
        ({}, 0),
        ({"jan": 1, "feb": "2.50", "mar": 0.25, "apr": -1, "may": "-1"}, Decimal("3.75")),
        ({"jan": "ten", "feb": None, "mar": [1], "apr": {"a": 1}, "may": True, "jun": "1e3", "jul": " 1"}, 0),
        ({"jan": "9" * 30, "feb": "9" * 31, "mar": 10**40}, int("9" * 30)),
    ],
)
async def test_a_total_adds_up_plain_numbers_and_passes_over_the_rest(workshop, plan, planned):
    room = await workshop.room(plan=json.dumps(plan))
    assert await workshop.row(room, "planned") == (planned,)
    assert await workshop.drift() == {}


async def test_whether_and_which_are_computed_from_the_row(workshop):
    room = await workshop.room(goal=3, plan=json.dumps({"jan": 9}))
    shown = ("room_id", "is_done", "is_quiet", "share")
    assert await workshop.row(room, *shown) == (room, False, True, 2)
    await _levels(workshop, 1, 1, 1)
    await workshop.owner.execute("update levels set words = rank - 1")
    await workshop.drain()
    await workshop.say(room, word_count=2)
    assert await workshop.row(room, *shown) == (room, False, False, 3), "the largest of level, 1 and 2"
    await workshop.say(room, word_count=1)
    assert await workshop.row(room, *shown) == (room, True, False, 5), "the smallest of 9 and 5"
    assert await workshop.drift(late=True) == {}


async def test_what_computes_has_the_names_it_was_given(workshop):
    hall = await workshop.hall()
    await workshop.say(await workshop.room(hall), word_count=5)
    assert await workshop.owner.fetchval("select words_per_floor from halls") == Decimal("2.5")
    found = await workshop.owner.fetchrow(
        "select p.oid::regprocedure::text as function, p.prosecdef as definer, t.tgname as trigger"
        " from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.proname = 'recompute_hall'"
    )
    assert tuple(found) == ("recompute_hall()", False, "recompute_hall_trigger")
    granted = "select has_function_privilege('authenticated', 'public.recompute_hall()', 'execute')"
    assert await workshop.owner.fetchval(granted) is False
