"""Sums, averages, last rows and computed fields equal their definitions, whoever writes."""

import asyncio
import contextlib
import io
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.schema.workshop import CATALOG, Workshop, insert, wrong_value

WRITERS = 5
STEPS = 20
ATTEMPTS_MAX = 300  # Each failure means that another writer got through.
CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
MORNING = datetime(2026, 1, 1, 8, tzinfo=UTC)


async def test_the_audit_finds_a_wrong_value_in_every_derived_field(workshop):
    """The control: what the other tests rest on is able to fail."""
    await workshop.say(await workshop.room(), mood=3)
    await insert(workshop.owner, "badges", id=await workshop.account())
    assert await workshop.drift() == {}
    for table in CATALOG:
        for place, column in enumerate(table.derived_columns):
            undone = workshop.owner.transaction()
            await undone.start()
            await workshop.spoil(table.name, f"{column.name} = {wrong_value(column, place)}")
            assert f"{table.qualified}.{column.name}" in await workshop.drift()
            await undone.rollback()


async def test_a_sum_and_a_mean_follow_inserts_updates_and_deletes_exactly(workshop):
    room, other = await workshop.room(), await workshop.room()
    assert await workshop.row(room, "word_count", "price", "mood", "mean_words") == (0, 0, None, None)
    first = await workshop.say(room, word_count=3, price=Decimal("0.1"), mood=1)
    await workshop.say(room, word_count=4, price=Decimal("0.2"), mood=None)
    second = await workshop.say(room, word_count=4, price=Decimal("-7.003"), mood=2)
    await workshop.say(room, mood=2, word_count=0)
    assert await workshop.row(
        room, "word_count", "price", "mood", "mood_sum", "mood_count", "mean_words"
    ) == (
        11,
        Decimal("-6.603"),
        Decimal("1.667"),
        5,
        3,
        2.75,
    )
    await workshop.owner.execute("update messages set deleted_at = now() where id = $1", first)
    await workshop.owner.execute(
        "update messages set room_id = $2, word_count = 9 where id = $1", second, other
    )
    assert await workshop.row(room, "word_count", "mood", "mean_words") == (4, Decimal("1.500"), 2.0)
    assert await workshop.row(other, "word_count", "mood", "mean_words") == (9, Decimal("2.000"), 9.0)
    await workshop.owner.execute("delete from messages")
    assert await workshop.row(room, "word_count", "price", "mood", "mean_words") == (0, 0, None, None)
    assert await workshop.drift() == {}


async def test_a_mean_of_many_thirds_comes_back_to_exactly_what_it_was(workshop):
    room = await workshop.room()
    await workshop.owner.execute(
        "insert into messages (room_id, mood) select $1, n % 3 from generate_series(1, 1000) as n", room
    )
    assert await workshop.row(room, "mood", "mood_sum", "mood_count") == (Decimal("1.000"), 1000, 1000)
    await workshop.owner.execute("delete from messages where mood = 0")
    assert await workshop.row(room, "mood", "mood_sum", "mood_count") == (Decimal("1.499"), 1000, 667)
    assert await workshop.drift() == {}


async def test_a_sum_refuses_numbers_that_it_could_never_take_away_again(workshop):
    room = await workshop.room()
    for price in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(asyncpg.CheckViolationError):
            await workshop.say(room, price=Decimal(price))


async def test_the_lowest_integer_can_be_taken_out_of_a_sum(workshop):
    said = await workshop.say(await workshop.room(), word_count=-(2**31))
    await workshop.owner.execute("delete from messages where id = $1", said)
    assert await workshop.drift() == {}


async def test_the_last_row_is_that_of_the_order_and_not_the_one_written_last(workshop):
    room = await workshop.room()
    shown = ("last_message_at", "last_preview", "last_mood")
    noon = await workshop.say(room, content="At noon", created_at=MORNING + timedelta(hours=4), mood=1)
    await workshop.say(room, content="Back-dated", created_at=MORNING, mood=2)
    assert await workshop.row(room, *shown) == (MORNING + timedelta(hours=4), "At noo", 1)
    await workshop.owner.execute("update messages set deleted_at = now() where id = $1", noon)
    assert await workshop.row(room, *shown) == (MORNING, "Back-d", 1), (
        "only previews leave out what is deleted"
    )
    await workshop.owner.execute("delete from messages where id = $1", noon)
    assert await workshop.row(room, *shown) == (MORNING, "Back-d", 2)
    await workshop.owner.execute("update messages set content = 'Edited'")
    assert await workshop.row(room, *shown) == (MORNING, "Edited", 2)
    await workshop.owner.execute("delete from messages")
    assert await workshop.row(room, *shown) == (None, None, None)
    assert await workshop.drift() == {}


async def test_among_rows_of_one_moment_the_highest_id_is_the_last(workshop):
    room = await workshop.room()
    low, high = sorted([uuid4(), uuid4()])
    for message in (high, low):
        await workshop.say(room, id=message, content=str(message), created_at=MORNING)
    assert await workshop.row(room, "last_preview") == (str(high)[:6],)


async def test_computed_fields_follow_the_row_and_its_other_derived_fields(workshop):
    room = await workshop.room(goal=8)
    shown = ("progress", "mood", "cheer")
    assert await workshop.row(room, *shown) == (0, None, None)
    await workshop.say(room, word_count=3, mood=2)
    assert await workshop.row(room, *shown) == (38, 2, -34), "37.5 is rounded up"
    await workshop.owner.execute("update rooms set goal = 0, progress = 50")
    assert await workshop.row(room, *shown) == (0, 2, 4), "nothing can be divided by zero"
    await workshop.owner.execute("update rooms set goal = 1")
    assert await workshop.row(room, *shown) == (100, 2, -96), "never above its bound"
    assert await workshop.drift() == {}


async def test_nobody_can_write_a_derived_field_not_even_the_tables_owner(workshop):
    hall, wrong = await workshop.hall(), {}
    for place, column in enumerate(CATALOG.table("rooms").derived_columns):
        wrong[column.name] = wrong_value(column, place)
    names, values = ", ".join(wrong), ", ".join(wrong.values())
    await workshop.owner.execute(f"insert into rooms (hall_id, {names}) values ($1, {values})", hall)
    assert await workshop.drift(late=True) == {}
    await workshop.owner.execute(f"update rooms set ({names}) = row ({values})")
    assert await workshop.drift(late=True) == {}


async def test_what_is_derived_from_derived_fields_follows_all_the_way(workshop):
    hall = await workshop.hall()
    rooms = [await workshop.room(hall) for _ in range(2)]
    for room in rooms:
        await workshop.say(room, word_count=5, created_at=MORNING)
    assert await workshop.owner.fetchval("select word_count from halls") == 10
    assert await workshop.owner.fetchval("select busiest_at from halls") == MORNING
    await workshop.owner.execute("delete from rooms where id = $1", rooms[0])
    assert await workshop.owner.fetchval("select word_count from halls") == 5
    await workshop.owner.execute("truncate messages")
    assert await workshop.owner.fetchval("select (word_count, busiest_at) is null from halls") is False
    assert await workshop.drift() == {}


async def test_all_fields_of_one_source_are_written_at_once(workshop):
    room = await workshop.room()
    written = "select xmin::text::bigint from rooms where id = $1"
    await workshop.owner.execute("create table versions (n integer)")
    await workshop.owner.execute(
        "create function note() returns trigger language plpgsql security definer as"
        " $$ begin insert into public.versions values (1); return null; end $$;"
        "create trigger note after update on rooms for each row execute function note()"
    )
    await workshop.say(room, mood=1)
    assert await workshop.owner.fetchval("select count(*) from versions") == 1
    await workshop.owner.execute("update messages set id = id")
    assert await workshop.owner.fetchval("select count(*) from versions") == 1, "nothing that matters changed"
    assert await workshop.owner.fetchval(written, room) > 0


async def test_queued_fields_are_exact_in_the_view_and_stored_once_folded(workshop):
    room = await workshop.room()
    exact = 'select wave_count, wave_height from derived."rooms__exact" where id = $1'
    await workshop.owner.execute(
        "insert into waves (room_id, height) select $1, 0.1 from generate_series(1, 5)", room
    )
    waves = await workshop.owner.fetch("select id from waves")
    await workshop.owner.execute("delete from waves where id = $1", waves[0]["id"])
    assert await workshop.row(room, "wave_count", "wave_height", "tide") == (0, 0, 0)
    assert tuple(await workshop.owner.fetchrow(exact, room)) == (4, Decimal("0.4"))
    assert (await workshop.drift(), set(await workshop.drift(late=True))) == (
        {},
        {"public.rooms.wave_count", "public.rooms.wave_height"},
    )
    assert await workshop.owner.fetchval("select derived.drain_deltas(1)") == 1
    assert await workshop.row(room, "wave_count", "wave_height", "tide") == (
        5,
        Decimal("0.5"),
        Decimal("5.5"),
    )
    assert tuple(await workshop.owner.fetchrow(exact, room)) == (4, Decimal("0.4"))
    assert await workshop.owner.fetchval("select derived.drain_deltas(100)") == 1
    assert await workshop.owner.fetchval("select derived.drain_deltas(100)") == 0
    assert await workshop.row(room, "wave_count", "wave_height", "tide") == (
        4,
        Decimal("0.4"),
        Decimal("4.4"),
    )
    await workshop.owner.execute("insert into waves (room_id) values ($1)", room)
    await workshop.owner.execute("truncate waves")
    assert tuple(await workshop.owner.fetchrow(exact, room)) == (0, 0)
    await workshop.drain()
    assert await workshop.row(room, "wave_count", "wave_height", "tide") == (0, 0, 0)
    assert await workshop.drift(late=True) == {}


async def test_writers_of_a_queued_field_do_not_wait_for_each_other(workshop):
    room = await workshop.room()
    first, second = await workshop.connect(), await workshop.connect()
    open_transaction = first.transaction()
    await open_transaction.start()
    await insert(first, "waves", room_id=room)
    await second.execute("set lock_timeout = '5s'")
    await insert(second, "waves", room_id=room)
    await open_transaction.rollback()
    await workshop.drain()
    assert await workshop.row(room, "wave_count") == (1,)


async def test_a_snapshot_cannot_miss_a_row_that_would_have_been_the_next_last(workshop):
    """Two rows remain visible to different transactions only: the second must start over."""
    room = await workshop.room()
    last = await workshop.say(room, content="last", created_at=MORNING + timedelta(hours=2))
    await workshop.say(room, content="first", created_at=MORNING)
    remover = await workshop.connect()
    removal = remover.transaction(isolation="repeatable_read")
    await removal.start()
    await remover.fetchval("select count(*) from rooms")
    await workshop.say(room, content="between", created_at=MORNING + timedelta(hours=1))
    with pytest.raises(asyncpg.SerializationError):
        await remover.execute("delete from messages where id = $1", last)
    await removal.rollback()
    await workshop.owner.execute("delete from messages where id = $1", last)
    assert await workshop.row(room, "last_preview") == ("betwee",)
    assert await workshop.drift() == {}


@pytest.mark.parametrize(("table", "field"), [("messages", "message_count"), ("waves", "wave_count")])
async def test_a_truncate_that_would_remove_rows_it_cannot_see_is_refused(workshop, table, field):
    room = await workshop.room()
    emptier = await workshop.connect()
    emptying = emptier.transaction(isolation="repeatable_read")
    await emptying.start()
    await emptier.fetchval("select count(*) from rooms")
    await insert(workshop.owner, table, room_id=room)
    with pytest.raises(asyncpg.FeatureNotSupportedError):
        await emptier.execute(f"truncate {table}")
    await emptying.rollback()
    await workshop.drain()
    assert await workshop.row(room, field) == (1,)
    assert await workshop.drift() == {}


def _said(room: UUID, dice: random.Random) -> dict[str, object]:
    return {
        "room_id": room,
        "content": f"said {dice.random()}",
        "speaker": dice.choice((None, "Ada", "Bob", "Eve")),
        "word_count": dice.randrange(5),
        "price": Decimal(dice.randrange(1000)) / 100,
        "mood": dice.choice((None, 1, 2, 3)),
        "created_at": MORNING + timedelta(minutes=dice.randrange(5)),
    }


async def _say(connection, rooms, dice):
    await insert(connection, "messages", **_said(dice.choice(rooms), dice))


async def _change(connection, rooms, dice):
    changes = (
        "word_count = word_count + 1",
        "mood = 3 - mood",
        "content = content || '!'",
        "price = price + 0.01",
        "created_at = created_at + interval '1 minute'",
        "deleted_at = case when deleted_at is null then now() end",
        "speaker = case speaker when 'Ada' then 'Bob' else 'Ada' end",
    )
    await connection.execute(
        f"update messages set {dice.choice(changes)} where id in"
        " (select id from messages where room_id = $1 order by created_at desc, id limit 2)",
        dice.choice(rooms),
    )


async def _move(connection, rooms, dice):
    await connection.execute(
        "update messages set room_id = $2 where id in"
        " (select id from messages where room_id = $1 order by created_at desc limit 1)",
        *dice.sample(rooms, 2),
    )


async def _upsert(connection, rooms, dice):
    await connection.execute(
        "insert into messages (id, room_id, word_count) select id, $2, 7 from"
        " (select id from messages where room_id = $1 limit 2) as taken"
        " on conflict (id) do update set room_id = excluded.room_id, word_count = excluded.word_count",
        *dice.sample(rooms, 2),
    )


async def _erase_last(connection, rooms, dice):
    await connection.execute(
        "delete from messages where id in"
        " (select id from messages where room_id = $1 order by created_at desc, id desc limit 1)",
        dice.choice(rooms),
    )


async def _load(connection, rooms, dice):
    rows = "".join(f"{uuid4()}\t{dice.choice(rooms)}\t{dice.randrange(4)}\n" for _ in range(4))
    await connection.copy_to_table(
        "messages",
        schema_name="public",
        columns=["id", "room_id", "word_count"],
        source=io.BytesIO(rows.encode()),
    )


async def _wave(connection, rooms, dice):
    await insert(connection, "waves", room_id=dice.choice(rooms), height=Decimal(dice.randrange(30)) / 10)


async def _unwave(connection, rooms, dice):
    await connection.execute(
        "delete from waves where id in (select id from waves where room_id = $1 limit 2)", dice.choice(rooms)
    )


async def _think_again(connection, rooms, dice):
    with contextlib.suppress(ZeroDivisionError):
        async with connection.transaction():
            await _say(connection, rooms, dice)
            await _erase_last(connection, rooms, dice)
            raise ZeroDivisionError  # Rolls back to the savepoint.


async def _fold(connection, rooms, dice):
    await connection.execute("select derived.drain_deltas(3)")


async def _aim(connection, rooms, dice):
    await connection.execute(
        "update rooms set goal = $2 where id = $1", dice.choice(rooms), dice.randrange(9)
    )


async def _close(connection, rooms, dice):
    """Make a room, fill it, and remove it with all that was said there."""
    hall = await connection.fetchval("select hall_id from rooms where id = $1", rooms[0])
    room = await insert(connection, "rooms", hall_id=hall)
    await insert(connection, "messages", **_said(room, dice))
    await insert(connection, "waves", room_id=room)
    await connection.execute("delete from rooms where id = $1", room)


async def _applaud(connection, rooms, dice):
    room = dice.choice(rooms)
    await insert(connection, "applause", target_type="room", target_id=room)
    await connection.execute(
        "insert into applause (target_type, target_id) select 'message', id from messages"
        " where room_id = $1 order by id limit 2",
        room,
    )


async def _boo(connection, rooms, dice):
    await connection.execute("delete from applause where target_id = $1", dice.choice(rooms))


async def _grade(connection, rooms, dice):
    await connection.execute(
        "insert into levels (id, words, rank) values ($1, $2, $3)"
        " on conflict (id) do update set words = excluded.words, rank = excluded.rank",
        UUID(int=dice.randrange(3)),
        dice.randrange(12),
        dice.randrange(9),
    )


async def _rename(connection, rooms, dice):
    await connection.execute(
        "update halls set name = $1, floors = $2", f"{dice.random()}", dice.randrange(1, 3)
    )


async def _empty(connection, rooms, dice):
    await connection.execute(f"truncate {dice.choice(('waves', 'messages', 'applause', 'levels'))}")


STEPS_TAKEN = (
    *(_say, _say, _say, _change, _change, _move, _upsert, _erase_last, _load, _wave, _wave, _wave),
    *(_unwave, _think_again, _fold, _aim, _close, _applaud, _boo, _grade, _rename),
)


async def crowd(workshop: Workshop, rooms: list[UUID], isolation: str, *, steps=STEPS_TAKEN) -> None:
    """Let several writers do things at random, each transaction again until it succeeds or is abandoned."""

    async def write(number: int) -> None:
        dice, connection = random.Random(number), await workshop.connect()
        for _ in range(STEPS):
            taken = dice.choices(steps, k=dice.choice((1, 1, 1, 2)))
            for _ in range(ATTEMPTS_MAX):
                with contextlib.suppress(*CONFLICTS):
                    async with connection.transaction(isolation=isolation):
                        for step in taken:
                            await step(connection, rooms, dice)
                    break
            else:
                raise AssertionError(f"no attempt of {ATTEMPTS_MAX} succeeded: {taken}")

    await asyncio.gather(*(write(number) for number in range(WRITERS)))


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read", "serializable"])
async def test_a_crowd_of_writers_leaves_no_drift(workshop, isolation):
    hall = await workshop.hall()
    rooms = [await workshop.room(hall) for _ in range(3)]
    await crowd(workshop, rooms, isolation)
    assert await workshop.drift() == {}
    await workshop.drain()
    assert await workshop.drift(late=True) == {}
    assert await workshop.owner.fetchval("select count(*) from messages") > 0


async def test_a_crowd_among_which_some_truncate_leaves_no_drift(workshop):
    rooms = [await workshop.room() for _ in range(2)]
    await crowd(
        workshop, rooms, "read_committed", steps=(_say, _wave, _move, _fold, _grade, _say, _applaud, _empty)
    )
    assert await workshop.drift() == {}
    await workshop.drain()
    assert await workshop.drift(late=True) == {}


async def test_concurrent_folds_settle_every_line_once(workshop):
    rooms = [await workshop.room() for _ in range(3)]
    folders = [await workshop.connect() for _ in range(4)]
    for _ in range(10):
        for room in rooms:
            await workshop.owner.execute(
                "insert into waves (room_id) select $1 from generate_series(1, 3)", room
            )
            await workshop.owner.execute("insert into waves (room_id) values ($1)", room)
        await asyncio.gather(*(folder.execute("select derived.drain_deltas(2)") for folder in folders))
        assert await workshop.drift() == {}
    await workshop.drain()
    assert await workshop.drift(late=True) == {}
    assert await workshop.row(rooms[0], "wave_count", "wave_height") == (40, 60)
