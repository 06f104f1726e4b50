"""Services and databases killed at the worst moments: no mutation twice or never, no action twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack

import asyncpg

from tests.clients.test_restarts import crash
from tests.jobs.conftest import PATIENCE_S, POLL_S, Project
from tests.jobs.services import start_service


async def test_a_mutation_killed_in_the_middle_runs_once(project: Project, tmp_path):
    async with start_service(project, tmp_path) as service, project.gate_closed():
        await service.mutate("schedule", function="note_behind_gate", what="it")
        await project.one_waits_at_gate()
        await service.kill()
    assert await project.effects() == []

    async with start_service(project, tmp_path):
        await project.all_over()
    assert await project.effects() == ["it"]
    assert await project.states() == [("noteBehindGate", "done")]
    assert await project.sql.fetchval("select attempts from private.jobs") == 2


async def test_a_mutation_killed_right_after_its_commit_is_not_run_again(project: Project, tmp_path):
    async with start_service(project, tmp_path, dies="settling") as service:
        await service.mutate("schedule", function="note", what="it")
        await service.dies()
    assert await project.effects() == ["it"]
    assert await project.sql.fetchval("select count(*) from private.jobs where due_at is not null") == 1

    async with start_service(project, tmp_path):
        await project.all_over()
    assert await project.effects() == ["it"]
    assert await project.states() == [("note", "done")]


async def test_an_action_killed_in_the_middle_is_abandoned_and_not_run_again(project: Project, tmp_path):
    async with start_service(project, tmp_path) as service:
        job = await service.mutate("schedule", function="acts_for_ever", what="it")
        await project.becomes(1, "select count(*) from effects")
        assert await project.states() == [("actsForEver", "running")]
        await service.kill()

    async with start_service(project, tmp_path):
        await project.all_over()
    assert await project.effects() == ["it began"]
    assert await project.states() == [("actsForEver", "abandoned")]
    assert await project.error_of(job) == "The service ended while it ran this action."


async def test_an_action_killed_before_it_could_begin_is_not_begun_either(project: Project, tmp_path):
    async with start_service(project, tmp_path, dies="acting") as service:
        await service.mutate("schedule", function="acts", what="it")
        await service.dies()

    async with start_service(project, tmp_path):
        await project.all_over()
    assert await project.effects() == []
    assert await project.states() == [("acts", "abandoned")]


async def test_a_copy_that_is_alive_takes_over_from_one_that_died(project: Project, tmp_path):
    async with start_service(project, tmp_path) as dying, start_service(project, tmp_path):
        async with project.gate_closed():
            for number in range(20):
                await dying.mutate("schedule", function="note_behind_gate", what=str(number))
            await project.one_waits_at_gate()
            await dying.kill()
        await project.all_over()
    assert sorted(map(int, await project.effects())) == list(range(20))


async def test_a_copy_that_is_stopped_gives_back_what_it_has_not_finished(project: Project, tmp_path):
    # With this lease nobody would take the jobs over in time if they were not given back.
    async with start_service(project, tmp_path, lease_s=600) as service, project.gate_closed():
        await service.mutate("schedule", function="note_behind_gate", what="mutation")
        await service.mutate("schedule", function="acts_for_ever", what="action")
        await project.one_waits_at_gate()
        await project.becomes(1, "select count(*) from effects")
        await service.stop()
    assert await project.states() == [("noteBehindGate", "waiting"), ("actsForEver", "abandoned")]

    async with start_service(project, tmp_path, lease_s=600):
        await project.all_over()
    assert await project.effects() == ["action began", "mutation"]
    assert await project.states() == [("noteBehindGate", "done"), ("actsForEver", "abandoned")]
    assert await project.sql.fetchval("select max(attempts) from private.jobs") == 1


async def test_copies_killed_again_and_again_lose_and_repeat_nothing(project: Project, tmp_path):
    jobs, kills = 200, 4
    choose = random.Random(20_261_121)
    async with AsyncExitStack() as stack:
        copies = [await stack.enter_async_context(start_service(project, tmp_path)) for _ in range(2)]
        await copies[0].mutate("schedule_many", count=jobs, function="count_up")
        await copies[1].mutate("schedule_many", count=jobs // 3, function="acts")
        for number in range(kills):
            await project.becomes(
                True, "select count(*) >= $1 from effects", choose.randint(1, 30) + number * jobs // kills
            )
            victim = choose.randrange(len(copies))
            await copies[victim].kill()
            copies[victim] = await stack.enter_async_context(start_service(project, tmp_path))
        await project.all_over()

    effects = Counter(await project.effects())
    assert {what: effects[what] for what in map(str, range(jobs))} == {str(n): 1 for n in range(jobs)}
    assert await project.sql.fetchval("select count from counter") == jobs
    assert all(effects[f"{number} {step}"] <= 1 for number in range(jobs) for step in ("began", "ended"))
    states = Counter(await project.states())
    assert states["countUp", "done"] == jobs
    assert states["acts", "done"] + states["acts", "abandoned"] == jobs // 3
    assert states["acts", "done"] <= sum(effects[f"{number} ended"] for number in range(jobs // 3))


async def test_postgresql_restarts_in_the_middle_and_every_job_still_runs_once(project: Project, cluster):
    async with project.copy() as copy:
        await copy.mutate("schedule_many", count=200, function="count_up")
        await project.becomes(True, "select count(*) > 20 from effects")
        await crash(project.sql, project.dsn)
        project.sql = await _reconnect(project.dsn)
        await project.all_over()
        assert await copy.mutate("schedule_note", what="afterwards")
        await project.all_over()

    effects = Counter(await project.effects())
    assert effects == Counter([*map(str, range(200)), "afterwards"])
    assert await project.sql.fetchval("select count from counter") == 200
    assert {part for part, _, _ in copy.crashes} <= {
        "mutation jobs",
        "action jobs",
        "leases",
        "crons",
        "counts",
        "job",
    }


async def _reconnect(dsn: str) -> asyncpg.Connection:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await asyncpg.connect(dsn)
            except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
                await asyncio.sleep(POLL_S)
