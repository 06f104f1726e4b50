"""How jobs are run: which failures are final, what is tried again, how copies share, what is kept."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from backend.postgres import open_pool
from backend.runtime.jobs import queue, worker
from backend.runtime.observations import FunctionBroke, JobEnded, JobsCounted
from backend.runtime.registration import Registry
from tests.jobs.conftest import Project
from tests.jobs.services import start_service

AT_GATE = "select count(*) from pg_locks where locktype = 'advisory' and not granted"


async def test_a_function_that_fails_has_failed_for_good_and_says_why(project: Project):
    async with project.copy() as copy:
        bug = await copy.mutate("schedule", function="breaks", what="undone")
        refusal = await copy.mutate("schedule_bare", function="refuses")
        action = await copy.mutate("schedule_bare", function="acts_badly")
        await project.all_over()

    assert await project.effects() == []
    assert await project.states() == [("breaks", "failed"), ("refuses", "failed"), ("actsBadly", "failed")]
    assert [await project.error_of(job) for job in (bug, refusal, action)] == [
        "KeyError: 'a bug'",
        "ConvexError: {'code': 'tea.cold'}",
        "KeyError: 'a bug'",
    ]
    assert [ended.state for ended in copy.observed if isinstance(ended, JobEnded)] == ["failed"] * 3
    broke = {one.function for one in copy.observed if isinstance(one, FunctionBroke)}
    assert broke == {"tests/jobs/functions:breaks", "tests/jobs/functions:actsBadly"}


async def test_what_time_may_mend_is_tried_again_and_given_up_in_the_end(project: Project, monkeypatch):
    monkeypatch.setattr(worker, "ATTEMPTS_MAX", 3)
    monkeypatch.setattr(worker, "RETRY_FIRST_S", 0.01)
    async with project.copy() as copy:
        job = await copy.mutate("schedule_bare", function="is_always_busy")
        await project.all_over()

    assert await project.states() == [("isAlwaysBusy", "dead")]
    assert await project.error_of(job) == "TryAgain: The database is busy."
    ends = [(ended.job_id, ended.state) for ended in copy.observed if isinstance(ended, JobEnded)]
    assert ends == [(job, "postponed"), (job, "postponed"), (job, "dead")]


async def test_a_job_that_always_takes_the_service_with_it_is_given_up(project: Project):
    async with project.copy(works=False) as copy:
        job = await copy.mutate("schedule", function="note", what="poison")
    await project.sql.execute("update private.jobs set attempts = $1", worker.ATTEMPTS_MAX)
    async with project.copy():
        await project.all_over()
    assert await project.effects() == []
    assert await project.states() == [("note", "dead")]
    assert await project.error_of(job) == "The service ended 10 times while it ran this job."


async def test_a_function_that_only_a_newer_copy_knows_waits_for_that_copy(project: Project, monkeypatch):
    monkeypatch.setattr(worker, "RETRY_FIRST_S", 0.01)
    async with project.copy(registry=Registry([])):
        await project.sql.execute(
            "select private.schedule_job(gen_random_uuid(), 'tests/jobs/functions:note', 'mutation',"
            """ '{"what":"new"}', now())"""
        )
        await project.becomes(True, "select max(attempts) >= 2 from private.jobs")
        assert await project.effects() == []
    async with project.copy():
        await project.all_over()
    assert await project.effects() == ["new"]


async def test_two_copies_share_the_work_and_repeat_none_of_it(project: Project):
    each = worker.RUNNING_MAX["mutation"]
    async with project.copy() as one, project.copy() as other:
        async with project.gate_closed():
            await one.mutate("schedule_many", count=3 * each, function="note_behind_gate")
            await project.becomes(2 * each, AT_GATE)
        await project.all_over()
    ran = [sum(isinstance(seen, JobEnded) for seen in copy.observed) for copy in (one, other)]
    assert Counter(await project.effects()) == Counter(map(str, range(3 * each)))
    assert sum(ran) == 3 * each
    assert min(ran) >= each


async def test_a_job_whose_copy_is_only_slow_still_counts_once(project: Project, monkeypatch):
    # So short a lease ends before it is renewed: both copies run the same job.
    monkeypatch.setattr(queue, "LEASE_S", 0.2)
    monkeypatch.setattr(queue, "renew_every_s", lambda: 60.0)
    monkeypatch.setattr(worker, "renew_every_s", lambda: 60.0)
    async with project.copy() as one, project.copy():
        async with project.gate_closed():
            await one.mutate("schedule", function="note_behind_gate", what="it")
            await project.becomes(2, AT_GATE)
        await project.all_over()
    assert await project.effects() == ["it"]
    assert await project.states() == [("noteBehindGate", "done")]


async def test_a_copy_runs_so_many_jobs_at_once_and_no_more(project: Project):
    async with project.copy() as copy:
        async with project.gate_closed():
            await copy.mutate(
                "schedule_many", count=worker.RUNNING_MAX["mutation"] + 4, function="note_behind_gate"
            )
            await project.becomes(worker.RUNNING_MAX["mutation"], AT_GATE)
            # Actions have places of their own.
            await copy.mutate("schedule", function="acts", what="meanwhile")
            await project.becomes(2, "select count(*) from effects")
            assert await project.sql.fetchval(AT_GATE) == worker.RUNNING_MAX["mutation"]
        await project.all_over()
    assert len(await project.effects()) == worker.RUNNING_MAX["mutation"] + 4 + 2


async def test_jobs_that_ended_long_ago_are_forgotten(project: Project):
    async with project.copy() as copy:
        for function in ("note", "breaks"):
            await copy.mutate("schedule", function=function, what="it")
        await copy.mutate("schedule_note", what="to come", seconds=3_600)
        await project.becomes(1, "select count(*) from private.jobs where due_at is not null")
        long_ago = "update private.job_outcomes set decided_at = now() - make_interval(days => $1, mins => 1)"
        pool = await open_pool(project.dsn, connections_max=1, application_name="test")
        tables = queue.JobQueue(pool)
        forgotten = []
        for days in (queue.DONE_KEPT_DAYS - 1, queue.DONE_KEPT_DAYS, queue.FAILED_KEPT_DAYS):
            await project.sql.execute(long_ago, days)
            forgotten.append(await tables.prune())
            forgotten.append(await project.states())
        await pool.close()
    to_come = ("note", "waiting")
    assert forgotten == [
        *(0, [("note", "done"), ("breaks", "failed"), to_come]),
        *(1, [("breaks", "failed"), to_come]),
        *(1, [to_come]),
    ]


async def test_the_numbers_of_jobs_are_told(project: Project, monkeypatch):
    monkeypatch.setattr(worker, "COUNT_S", 0.05)
    async with project.copy() as copy:
        async with project.gate_closed():
            await copy.mutate("schedule", function="note_behind_gate", what="it")
            await copy.mutate("schedule", function="breaks", what="it")
            await copy.mutate("schedule_note", what="later", seconds=3_600)
            expected = {"waiting": 1, "running": 1, "failed": 1}
            async with asyncio.timeout(30):
                while True:
                    if _last_counts(copy) == expected:
                        break
                    await asyncio.sleep(0.02)
        assert copy.execution.scheduling.jobs_waiting == 1


def _last_counts(copy) -> dict[str, int]:
    counted = [seen for seen in copy.observed if isinstance(seen, JobsCounted)]
    if not counted:
        return {}
    return {"waiting": counted[-1].waiting, "running": counted[-1].running, "failed": counted[-1].failed}


async def test_prometheus_reads_how_jobs_fare(project: Project, tmp_path):
    async with start_service(project, tmp_path) as service:
        await service.mutate("schedule", function="note", what="it")
        await service.mutate("schedule", function="breaks", what="it")
        await project.all_over()
        metrics = await service.metrics()
    ended = {
        state: metrics[f'folkmoot_jobs_ended_total{{function="tests/jobs/functions:{name}",state="{state}"}}']
        for name, state in (("note", "done"), ("breaks", "failed"))
    }
    assert ended == {"done": 1, "failed": 1}
    assert metrics["folkmoot_job_lag_seconds_count"] == 2
    assert {'folkmoot_jobs{state="waiting"}', "folkmoot_jobs_overdue_seconds"} <= metrics.keys()


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_browsers_reach_nothing_of_jobs(project: Project, role: str):
    reachable = await project.sql.fetch(
        "select relname::text from pg_class where relnamespace = 'private'::regnamespace and relkind = 'r'"
        " and has_table_privilege($1, oid, 'select, insert, update, delete')"
        " union all select proname::text from pg_proc where pronamespace = 'private'::regnamespace"
        " and proname like '%_job' and has_function_privilege($1, oid, 'execute')",
        role,
    )
    assert reachable == []


@pytest.mark.parametrize("role", ["folkmoot_writer", "service_role"])
async def test_mutations_reach_jobs_through_three_functions_only(project: Project, role: str):
    tables = await project.sql.fetch(
        "select relname::text from pg_class where relnamespace = 'private'::regnamespace and relkind = 'r'"
        " and relname in ('jobs', 'job_outcomes', 'crons')"
        " and has_any_column_privilege($1, oid, 'select, insert, update, references')",
        role,
    )
    functions = await project.sql.fetch(
        "select proname::text from pg_proc where pronamespace = 'private'::regnamespace"
        " and proname like '%_job' and has_function_privilege($1, oid, 'execute') order by 1",
        role,
    )
    assert (tables, [row[0] for row in functions]) == ([], ["cancel_job", "finish_job", "schedule_job"])
