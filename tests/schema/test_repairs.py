"""A repair puts right what is wrong while everybody writes, and never makes anything wrong."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.runtime.upkeep import CHUNK_ROWS_MAX, Finding, audit, connected, drain, repair
from schema.compile.audits import compile_audits
from schema.compile.repairs import compile_repairs
from tests.schema.test_aggregates import STEPS_TAKEN, crowd
from tests.schema.workshop import CATALOG, wrong_value

AUDITS, REPAIRS = compile_audits(CATALOG), compile_repairs(CATALOG)


async def _repair(workshop) -> int:
    """Repair everything over a connection of its own; how many rows of how many fields were mended."""
    mended: dict[str, int] = {}
    async with connected(workshop.dsn) as connection:
        async for done in repair(connection, REPAIRS):
            mended[done.field] = done.mended
    return sum(mended.values())


async def _spoil_everything(workshop) -> None:
    for table in CATALOG:
        for place, column in enumerate(table.derived_columns):
            await workshop.spoil(table.name, f"{column.name} = {wrong_value(column, place)}")


def test_every_derived_field_has_an_audit_and_a_repair():
    assert {one.field for one in REPAIRS} == {one.field for one in AUDITS}


async def test_a_repair_mends_every_field_and_finds_nothing_the_second_time(workshop):
    rooms = [await workshop.room() for _ in range(2)]
    for room in rooms:
        await workshop.say(room, mood=2)
        await workshop.owner.execute("insert into waves (room_id) values ($1)", room)
    await _spoil_everything(workshop)
    assert await _repair(workshop) > 0
    assert await workshop.drift() == {}
    assert await _repair(workshop) == 0
    await workshop.drain()
    assert await workshop.drift(late=True) == {}
    assert await workshop.row(rooms[0], "message_count", "wave_count", "hall_name") == (1, 1, "Hall")


async def test_a_repair_goes_through_all_rows_a_chunk_at_a_time(workshop):
    hall = await workshop.hall()
    await workshop.owner.execute(
        "insert into rooms (hall_id) select $1 from generate_series(1, $2)", hall, CHUNK_ROWS_MAX + 1
    )
    await workshop.spoil("rooms", "message_count = 5")
    one = next(one for one in REPAIRS if one.field == "public.rooms.message_count")
    async with connected(workshop.dsn) as connection:
        progress = [(done.looked_at, done.mended) async for done in repair(connection, [one])]
    assert progress == [(CHUNK_ROWS_MAX,) * 2, (CHUNK_ROWS_MAX + 1,) * 2]
    assert await workshop.drift() == {}


async def test_setting_what_was_counted_would_undo_what_came_in_between(workshop):
    """The control: a repair that is not additive makes drift, and the audit sees it."""
    room = await workshop.room()
    slow = await workshop.connect()
    counted = await slow.fetchval("select count(*) from messages where room_id = $1", room)
    await workshop.say(room)
    await workshop.spoil("rooms", f"message_count = {counted}")
    assert await workshop.drift() == {"public.rooms.message_count": [(room, "0", "1")]}


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read"])
async def test_repairs_among_busy_writers_end_without_drift_and_never_make_any(workshop, isolation):
    hall = await workshop.hall()
    rooms = [await workshop.room(hall) for _ in range(3)]
    await _spoil_everything(workshop)
    writing = asyncio.create_task(crowd(workshop, rooms, isolation, steps=STEPS_TAKEN))
    rounds = 0
    while not writing.done():
        await asyncio.gather(_repair(workshop), _repair(workshop))  # Two at once must not add twice.
        rounds += 1
        if rounds > 1:
            assert await workshop.drift() == {}
    await writing
    await _repair(workshop)
    assert await workshop.drift() == {}
    await workshop.drain()
    assert await workshop.drift(late=True) == {}


async def test_an_audit_tells_wrong_from_late_and_draining_leaves_neither(workshop):
    room = await workshop.room()
    await workshop.owner.execute("insert into waves (room_id) values ($1)", room)
    await workshop.owner.execute("update halls set name = 'Palace'")
    await workshop.spoil("rooms", "message_count = 5")
    async with connected(workshop.dsn) as connection:
        before = {one for one in await audit(connection, AUDITS) if one.wrong or one.pending}
        assert await drain(connection) == 2
        after = {one for one in await audit(connection, AUDITS) if one.wrong or one.pending}
    assert before == {
        Finding("public.rooms.hall_name", 0, 1),
        Finding("public.rooms.message_count", 1, 0),
        Finding("public.rooms.wave_count", 0, 1),
        Finding("public.rooms.wave_height", 0, 1),
    }
    assert after == {Finding("public.rooms.message_count", 1, 0)}


def _folkmoot(*arguments: str, directory: Path | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", "derived", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=directory,
    )
    return done.returncode, done.stdout, done.stderr


async def test_the_commands_audit_repair_and_drain(busy_world):
    world = busy_world
    ada, space = await world.person("Ada"), await world.space()
    await world.post(space, ada)
    async with world.acting("derived_owner") as keeper:
        await keeper.execute("update public.posts set like_count = 9")
    await world.owner.execute("update public.users set name = 'Countess'")
    url = ("--database-url", world.dsn)
    code, out, _ = await asyncio.to_thread(_folkmoot, "audit", "--json", *url)
    found = [(one["field"], one["wrong"], one["pending"]) for one in json.loads(out)]
    assert code == 1
    assert sorted(one for one in found if one[1:] != (0, 0)) == [
        ("academy.users.name", 0, 1),
        ("public.posts.author_name", 0, 1),
        ("public.posts.like_count", 1, 0),
    ]
    code, out, progress = await asyncio.to_thread(_folkmoot, "repair", *url)
    assert (code, "public.posts.like_count: 1 rows looked at, 1 mended" in progress) == (0, True)
    code, out, said = await asyncio.to_thread(_folkmoot, "drain", *url)
    assert (code, out.startswith("Worked on "), said) == (0, True, "")
    code, out, _ = await asyncio.to_thread(_folkmoot, "audit", *url)
    assert (code, out.split()[:4]) == (0, ["field", "rows", "wrong", "pending"])
    assert await world.drift() == {}


async def test_an_audit_and_a_repair_may_be_of_some_fields_only(busy_world):
    world = busy_world
    post = await world.post(await world.space(), await world.person("Ada"))
    async with world.acting("derived_owner") as keeper:
        await keeper.execute("update public.posts set like_count = 9, comment_count = 9")
    url, fields = ("--database-url", world.dsn), ("public.posts.like_count", "public.users.name")
    assert (await asyncio.to_thread(_folkmoot, "audit", *fields, *url))[:2] == (1, "")
    code, out, _ = await asyncio.to_thread(_folkmoot, "repair", fields[0], "--json", *url)
    assert (code, json.loads(out)) == (0, [{"field": fields[0], "wrong": 0, "pending": 0}])
    assert set(await world.drift()) == {"public.posts.comment_count"}
    assert await world.value("posts", post, "like_count") == 0


async def test_an_unknown_field_is_named(tmp_path):
    code, out, said = await asyncio.to_thread(_folkmoot, "repair", "posts.like_count")
    assert (code, out, "posts.like_count is no derived field. [derived.unknown_field]" in said) == (
        1,
        "",
        True,
    )


async def test_without_a_url_the_configured_port_is_asked(tmp_path):
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text("[db]\nport = 9\n")
    for command in ("audit", "repair", "drain"):
        code, out, said = await asyncio.to_thread(_folkmoot, command, directory=tmp_path)
        assert (code, out, "('127.0.0.1', 9)" in said) == (1, "", True)


async def test_without_a_url_and_a_project_the_mend_is_told(tmp_path):
    code, out, said = await asyncio.to_thread(_folkmoot, "drain", directory=tmp_path)
    assert (code, out, "[config.missing]" in said, "say --database-url" in said) == (1, "", True, True)


async def test_a_database_that_cannot_be_reached_is_named_with_its_code():
    code, out, said = await asyncio.to_thread(
        _folkmoot, "audit", "--database-url", "postgresql://postgres@127.0.0.1:1/postgres"
    )
    assert (code, out, "[postgres.unavailable]" in said) == (1, "", True)
