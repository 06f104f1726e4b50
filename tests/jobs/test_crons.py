"""What runs again and again: declared in code, never twice at once, missed times once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import ModuleType

import pytest

from backend.runtime.errors import ArgumentValidationError
from backend.runtime.jobs.crons import cron, crons_of
from backend.runtime.jobs.schedules import Crontab, crontab, daily, every, hourly, parse_schedule, weekly
from backend.runtime.observations import CronSkipped
from tests.jobs import functions
from tests.jobs.conftest import Project
from tests.jobs.services import start_service

YEARLY = crontab("0 0 1 1 *")
OFTEN = every(timedelta(seconds=1))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (hourly(minute=15), "2026-03-01T10:15:00", "2026-03-01T11:15:00"),
        (daily(hour=3), "2026-03-01T02:59:59", "2026-03-01T03:00:00"),
        (daily(hour=3, minute=30, zone="Europe/Berlin"), "2026-01-10T12:00:00", "2026-01-11T02:30:00"),
        (daily(hour=3, minute=30, zone="Europe/Berlin"), "2026-07-10T12:00:00", "2026-07-11T01:30:00"),
        (weekly("monday", hour=9), "2026-03-04T00:00:00", "2026-03-09T09:00:00"),
        (crontab("*/20 8-9 * * mon-fri"), "2026-03-06T09:40:00", "2026-03-09T08:00:00"),
        (crontab("0 0 29 2 *"), "2026-03-01T00:00:00", "2028-02-29T00:00:00"),
        # In this night, Berlin's clocks go from 2:00 to 3:00, and in that one from 3:00 back to 2:00.
        (daily(hour=2, minute=30, zone="Europe/Berlin"), "2026-03-28T12:00:00", "2026-03-29T01:00:00"),
        (daily(hour=2, minute=30, zone="Europe/Berlin"), "2026-10-24T12:00:00", "2026-10-25T00:30:00"),
        (daily(hour=2, minute=30, zone="Europe/Berlin"), "2026-10-25T00:30:00", "2026-10-26T01:30:00"),
    ],
)
def test_a_crontab_is_due_when_the_clocks_of_its_zone_say_so(schedule: Crontab, now: str, expected: str):
    assert schedule.first(at(now)) == at(expected)
    assert schedule.after(at(now), due_at=at(now)) == at(expected)
    assert parse_schedule(schedule.text) == schedule


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("10:00:00", "10:00:07"),
        ("10:00:06.999", "10:00:07"),
        ("10:00:07", "10:00:14"),
        ("11:00:00", "11:00:05"),
    ],
)
def test_an_interval_keeps_its_beat_and_skips_what_was_missed(now: str, expected: str):
    schedule = every(timedelta(seconds=7))
    due_at = at("2026-03-01T10:00:00")
    assert schedule.first(due_at) == due_at
    assert schedule.after(at(f"2026-03-01T{now}"), due_at=due_at) == at(f"2026-03-01T{expected}")
    assert parse_schedule(schedule.text) == schedule


@pytest.mark.parametrize(
    "declare",
    [
        lambda: crontab("* * * *"),
        lambda: crontab("61 * * * *"),
        lambda: crontab("0 3 * * *", zone="Europe/Nowhere"),
        lambda: daily(hour=25),
        lambda: every(timedelta(seconds=0.5)),
    ],
)
def test_a_schedule_nobody_can_keep_is_refused_when_it_is_declared(declare):
    with pytest.raises(ValueError, match=r"."):
        declare()


def test_a_cron_is_refused_when_its_function_takes_other_arguments():
    with pytest.raises(ArgumentValidationError):
        cron("notes", YEARLY, functions.note)  # pyright: ignore[reportCallIssue]


def test_crons_are_found_in_modules_and_have_names_of_their_own():
    module = ModuleType("handlers")
    vars(module).update(
        B=cron("b", YEARLY, functions.note, what="b"), A=cron("a", YEARLY, functions.note, what="a")
    )
    assert [one.name for one in crons_of(module)] == ["a", "b"]
    vars(module).update(C=cron("b", OFTEN, functions.note, what="c"))
    with pytest.raises(ValueError, match="Two crons are named 'b'"):
        crons_of(module)


# --- as the service runs them ---


async def test_a_cron_runs_again_and_again_and_only_in_one_copy(project: Project):
    crons = [cron("notes", OFTEN, functions.note, what="tick")]
    async with project.copy(crons=crons) as one, project.copy(crons=crons) as other:
        await project.becomes(True, "select count(*) >= 3 from effects")
    seconds = await project.sql.fetch("select at from effects order by id")
    gaps_s = [(b["at"] - a["at"]).total_seconds() for a, b in pairwise(seconds)]
    assert await project.effects() == ["tick"] * len(seconds)
    # Each has a beat of its own: however late one begins, two of them never share one.
    beats = await project.sql.fetchval("select count(distinct run_at) from private.jobs where cron = 'notes'")
    assert beats == await project.sql.fetchval("select count(*) from private.jobs")
    assert min(gaps_s) > 0
    assert one.crashes == other.crashes == []


@pytest.mark.parametrize("function", [functions.note_behind_gate, functions.acts_behind_gate])
async def test_a_cron_never_overlaps_itself(project: Project, function):
    crons = [cron("slow", OFTEN, function, what="it")]
    async with project.copy(crons=crons) as one, project.copy(crons=crons) as other:
        async with project.gate_closed():
            await project.one_waits_at_gate()
            await project.becomes(
                True,
                "select next_at > (select min(run_at) from private.jobs) + interval '2 s' from private.crons",
            )
            assert await project.sql.fetchval("select count(*) from private.jobs") == 1
        await project.becomes(True, "select count(*) >= 2 from private.job_outcomes where state = 'done'")
    skipped = [seen for copy in (one, other) for seen in copy.observed if isinstance(seen, CronSkipped)]
    assert len(skipped) >= 1
    assert set(skipped) == {CronSkipped("slow")}


async def test_times_missed_while_nothing_ran_are_made_up_for_once(project: Project):
    crons = [cron("notes", every(timedelta(hours=1)), functions.note, what="tick")]
    async with project.copy(crons=crons):
        await project.becomes(1, "select count(*) from effects")
    await project.sql.execute("update private.crons set next_at = now() - interval '5 hours 20 minutes'")
    async with project.copy(crons=crons):
        await project.becomes(2, "select count(*) from effects")
        await project.all_over()
    [row] = await project.sql.fetch("select next_at - now() as wait from private.crons")
    assert timedelta(minutes=39) < row["wait"] <= timedelta(minutes=40)
    assert await project.effects() == ["tick", "tick"]


async def test_the_table_follows_what_the_code_declares(project: Project):
    notes = cron("notes", YEARLY, functions.note, what="a")
    gone = cron("gone", YEARLY, functions.note, what="never")
    async with project.copy(crons=[notes, gone]):
        await project.becomes(2, "select count(*) from private.crons")
    await project.sql.execute("update private.crons set next_at = '2026-01-01' where false")
    [before] = await project.sql.fetch("select next_at from private.crons where name = 'notes'")

    async with project.copy(crons=[cron("notes", YEARLY, functions.note, what="b")]):
        await project.becomes(1, "select count(*) from private.crons")
    [after] = await project.sql.fetch("select name, arguments, schedule, next_at from private.crons")
    assert tuple(after) == ("notes", '{"what":"b"}', "0 0 1 1 * UTC", before["next_at"])

    async with project.copy(crons=[cron("notes", hourly(), functions.note, what="b")]):
        await project.becomes("0 * * * * UTC", "select schedule from private.crons")
    assert await project.sql.fetchval("select next_at - now() <= interval '1 hour' from private.crons")

    async with project.copy():
        await project.becomes(0, "select count(*) from private.crons")
    assert await project.effects() == []


async def test_a_cron_that_is_no_longer_declared_does_not_run_what_it_had_queued(project: Project):
    await project.sql.execute(
        "insert into private.jobs (id, function, kind, arguments, cron, run_at, due_at)"
        " values (gen_random_uuid(), $1, 'mutation', $2, 'gone', now(), now() + interval '1 s')",
        "tests/jobs/functions:note",
        '{"what":"never"}',
    )
    await project.sql.execute(
        "insert into private.crons values ('gone', $1, 'mutation', '{}', 'every 1 s', now())",
        "tests/jobs/functions:note",
    )
    async with project.copy():
        await project.all_over()
    assert await project.states() == [("note", "canceled")]


async def test_a_cron_whose_copy_was_killed_goes_on(project: Project, tmp_path):
    async with start_service(project, tmp_path) as service:
        await service.mutate("schedule_note", what="up")
        await project.all_over()
        await service.kill()
    # What a copy leaves behind that is killed while its cron runs.
    await project.sql.execute(
        "insert into private.crons values ('notes', 'tests/jobs/functions:note', 'mutation',"
        " '{\"what\":\"tick\"}', 'every 1 s', now())"
    )
    await project.sql.execute(
        "insert into private.jobs (id, function, kind, arguments, cron, run_at, due_at, taken_by, attempts)"
        " values (gen_random_uuid(), 'tests/jobs/functions:note', 'mutation', '{\"what\":\"tick\"}', 'notes',"
        " now(), now() + interval '1 s', gen_random_uuid(), 1)"
    )
    async with project.copy(crons=[cron("notes", OFTEN, functions.note, what="tick")]):
        await project.becomes(True, "select count(*) >= 3 from effects")
    assert set(await project.effects()) == {"up", "tick"}
