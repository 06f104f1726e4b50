"""`folkmoot jobs`, as people and scripts use it."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any
from uuid import uuid4

from tests.conftest import REPOSITORY
from tests.jobs.conftest import Project


async def folkmoot(project: Project, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `folkmoot jobs`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.cli", "jobs", *arguments, "--database-url", project.dsn),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def listed(project: Project, *options: str) -> list[dict[str, Any]]:
    code, out, err = await folkmoot(project, "list", "--json", *options)
    assert (code, err) == (0, "")
    return json.loads(out)


async def test_jobs_are_listed_newest_first_by_state_and_function(project: Project):
    async with project.copy() as copy:
        failed = await copy.mutate("schedule", function="breaks", what="it")
        done = await copy.mutate("schedule_note", what="it")
        await project.all_over()
        waiting = await copy.mutate("schedule_note", what="later", seconds=3_600)

    assert [(job["id"], job["state"]) for job in await listed(project)] == [
        (waiting, "waiting"),
        (done, "done"),
        (failed, "failed"),
    ]
    assert [job["id"] for job in await listed(project, "--state", "failed", "--state", "dead")] == [failed]
    assert [job["id"] for job in await listed(project, "--function", "tests/jobs/functions:note")] == [
        waiting,
        done,
    ]
    assert [job["id"] for job in await listed(project, "--limit", "1")] == [waiting]
    code, out, _ = await folkmoot(project, "list", "--state", "failed")
    assert code == 0
    assert failed in out
    assert "KeyError: 'a bug'" in out


async def test_one_job_is_shown_whole(project: Project):
    async with project.copy() as copy:
        job = await copy.mutate("schedule", function="breaks", what="it")
        await project.all_over()
    code, out, _ = await folkmoot(project, "show", job, "--json")
    shown = json.loads(out)
    assert code == 0
    assert {
        name: shown[name] for name in ("id", "function", "kind", "state", "arguments", "attempts", "error")
    } == {
        "id": job,
        "function": "tests/jobs/functions:breaks",
        "kind": "mutation",
        "state": "failed",
        "arguments": '{"what":"it"}',
        "attempts": 1,
        "error": "KeyError: 'a bug'",
    }
    assert "KeyError" in (await folkmoot(project, "show", job))[1]


async def test_a_failed_job_is_tried_again_by_hand(project: Project):
    async with project.copy(works=False) as copy:
        job = await copy.mutate("schedule", function="note", what="it")
    await project.sql.execute(
        "insert into private.job_outcomes (job_id, state, error) values ($1, 'dead', 'no luck')", job
    )
    await project.sql.execute("update private.jobs set due_at = null, attempts = 10")

    assert await folkmoot(project, "retry", job) == (0, f"Runs now: {job}\n", "")
    async with project.copy():
        await project.all_over()
    assert await project.effects() == ["it"]
    assert await project.states() == [("note", "done")]


async def test_an_abandoned_action_is_tried_again_by_hand_and_only_then(project: Project):
    async with project.copy(works=False) as copy:
        job = await copy.mutate("schedule", function="acts", what="it")
    await project.sql.execute(
        "insert into private.job_outcomes (job_id, state) values ($1, 'abandoned')", job
    )
    async with project.copy():
        await project.all_over()
        assert await project.effects() == []
        assert (await folkmoot(project, "retry", job))[0] == 0
        await project.all_over()
    assert await project.effects() == ["it began", "it ended"]


async def test_a_job_that_waits_can_be_run_now(project: Project):
    async with project.copy() as copy:
        job = await copy.mutate("schedule_note", what="later", seconds=3_600)
        assert (await folkmoot(project, "retry", job))[0] == 0
        await project.all_over()
    assert await project.effects() == ["later"]


async def test_jobs_are_canceled_by_hand(project: Project):
    async with project.copy(works=False) as copy:
        job = await copy.mutate("schedule_note", what="never")
    assert await folkmoot(project, "cancel", job) == (0, f"Canceled: {job}\n", "")
    async with project.copy():
        await project.all_over()
    assert await project.effects() == []


async def test_what_cannot_be_done_is_said(project: Project):
    async with project.copy() as copy:
        done = await copy.mutate("schedule_note", what="it")
        await project.all_over()
    nothing = str(uuid4())
    assert [
        (code, err.splitlines()[0])
        for code, _, err in (
            await folkmoot(project, "retry", done),
            await folkmoot(project, "cancel", done),
            await folkmoot(project, "retry", nothing),
            await folkmoot(project, "show", nothing),
        )
    ] == [
        (1, f"folkmoot: {done} cannot be tried again: done. [jobs.too_late]"),
        (1, f"folkmoot: {done} cannot be canceled: done. [jobs.too_late]"),
        (1, f"folkmoot: There is no job {nothing}. [jobs.unknown]"),
        (1, f"folkmoot: There is no job {nothing}. [jobs.unknown]"),
    ]


async def test_a_failed_run_of_a_cron_is_not_tried_again_beside_the_next(project: Project):
    failed, following = uuid4(), uuid4()
    async with project.copy(works=False):
        for id, due_at in ((failed, None), (following, "now() + interval '1 hour'")):
            await project.sql.execute(
                "insert into private.jobs (id, function, kind, arguments, cron, run_at, due_at)"
                f" values ($1, 'a:b', 'mutation', '{{}}', 'notes', now(), {due_at or 'null'})",
                id,
            )
    await project.sql.execute(
        "insert into private.job_outcomes (job_id, state) values ($1, 'failed')", failed
    )
    code, _, err = await folkmoot(project, "retry", str(failed))
    assert (code, err) == (
        1,
        f"folkmoot: {failed} cannot be tried again: its cron has a newer one. [jobs.too_late]\n",
    )
    assert await project.sql.fetchval("select state from private.job_outcomes") == "failed"
