"""What a function schedules: with its transaction or never, within limits, as whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.protocol.values import decode_text
from backend.runtime.jobs import scheduler
from backend.runtime.observations import JobEnded
from tests.jobs import functions
from tests.jobs.conftest import Project


async def test_a_scheduled_mutation_runs_once_and_leaves_what_became_of_it(project: Project):
    async with project.copy() as copy:
        job = await copy.mutate("schedule_note", what="hello")
        await project.all_over()

    assert await project.effects() == ["hello"]
    assert await project.states() == [("note", "done")]
    assert [
        (ended.job_id, ended.state, ended.error) for ended in copy.observed if isinstance(ended, JobEnded)
    ] == [(job, "done", None)]
    assert copy.crashes == []


async def test_what_a_mutation_schedules_is_gone_when_it_fails(project: Project):
    async with project.copy() as copy:
        outcome = await copy.try_to_mutate("schedule_and_fail", what="never")
        assert outcome.error is not None
        assert await project.sql.fetchval("select count(*) from private.jobs") == 0
        await copy.mutate("schedule_note", what="after")
        await project.all_over()
    assert await project.effects() == ["after"]


async def test_a_job_waits_for_its_time_and_not_much_longer(project: Project):
    async with project.copy() as copy:
        later = await copy.mutate("schedule_note", what="later", seconds=0.7)
        await copy.mutate("schedule_note", what="now")
        await copy.mutate("schedule_at", what="past", moment=datetime.now(UTC) - timedelta(days=3))
        await project.all_over()

    assert (await project.effects())[-1] == "later"
    query = "select extract(epoch from at - run_at)::float8 from effects, private.jobs as j where j.id = $1"
    late_s = await project.sql.fetchval(f"{query} and what = 'later'", UUID(later))
    assert 0 <= late_s < 5


async def test_jobs_schedule_jobs_and_actions_do_too(project: Project):
    async with project.copy() as copy:
        await copy.act("schedules_from_action", what="from an action")
        await project.all_over()
        await copy.execution.scheduler().run_after(timedelta(), functions.chain, left=5)
        await project.all_over()
    assert await project.effects() == ["from an action", *(f"link {left}" for left in (5, 4, 3, 2, 1))]


async def test_internal_functions_act_as_the_service_and_public_ones_as_a_visitor(project: Project):
    async with project.copy() as copy:
        for function in ("who_am_i", "who_am_i_in_public", "who_acts"):
            await copy.mutate("schedule_bare", function=function)
            await project.all_over()
    assert await project.effects() == [
        'internal: service_role {"role":"service_role"}, None',
        'public: folkmoot_writer {"role":"anon"}, None',
        "action reads as service_role",
        'internal: service_role {"role":"service_role"}, None',
    ]


async def test_the_service_itself_calls_no_function_that_relies_on_its_callers_rules(project: Project):
    async with project.copy() as copy:
        job = await copy.mutate("schedule_bare", function="acts_in_public")
        await project.all_over()
    assert "the service runs internal functions only" in await project.error_of(job)


async def test_the_service_may_write_what_no_rule_allows_a_caller(project: Project):
    space, author = uuid4(), uuid4()
    await project.sql.execute("insert into auth.users (id, email) values ($1, 'ada@example.org')", author)
    await project.sql.execute(
        "insert into spaces (id, name, visibility, post_permission) values ($1, 'News', 'members', 'admins')",
        space,
    )
    async with project.copy() as copy:
        ctx_scheduler = copy.execution.scheduler()
        await ctx_scheduler.run_after(timedelta(), functions.welcome, space_id=space, author_id=author)
        await project.all_over()
    assert await project.states() == [("welcome", "done")]
    assert await project.sql.fetchval("select content from posts where author_id = $1", author) == "Welcome!"


@pytest.mark.parametrize(
    ("function", "arguments", "says"),
    [
        ("schedule_wrongly", {}, "Object contains extra field `when` that is not in the validator."),
        ("schedule_bare", {"function": "note"}, "Object is missing the required field `what`."),
        ("schedule_bare", {"function": "nothing"}, "There is no function 'tests/jobs/functions:nothing'"),
        ("schedule_query", {}, "is a query: only mutations and actions can be scheduled."),
        ("schedule_far", {"days": scheduler.DELAY_DAYS_MAX + 1}, "days away"),
    ],
)
async def test_what_cannot_run_is_refused_when_it_is_scheduled(project: Project, function, arguments, says):
    async with project.copy(works=False) as copy:
        outcome = await copy.try_to_mutate(function, **arguments)
    assert outcome.error is not None
    assert says in outcome.error.message
    assert await project.states() == []


async def test_a_mutation_schedules_so_many_jobs_and_not_one_more(project: Project):
    async with project.copy(works=False) as copy:
        refused = await copy.try_to_mutate("schedule_many", count=scheduler.JOBS_SCHEDULED_MAX + 1)
        assert await project.sql.fetchval("select count(*) from private.jobs") == 0
        await copy.mutate("schedule_many", count=scheduler.JOBS_SCHEDULED_MAX)
    assert await project.sql.fetchval("select count(*) from private.jobs") == scheduler.JOBS_SCHEDULED_MAX
    assert _refusal(refused) == "limit.exceeded"


async def test_arguments_of_jobs_are_so_large_and_no_larger(project: Project):
    one, all_of_them = scheduler.JOB_ARGUMENTS_BYTES_MAX, scheduler.ARGUMENTS_BYTES_MAX
    async with project.copy(works=False) as copy:
        await copy.mutate("schedule_large", sizes=[one] * (all_of_them // one))
        outcomes = [
            await copy.try_to_mutate("schedule_large", sizes=sizes)
            for sizes in ([one + 1], [*[one] * (all_of_them // one), 20])
        ]
    assert list(map(_refusal, outcomes)) == ["limit.exceeded", "limit.exceeded"]
    assert await project.sql.fetchval("select count(*) from private.jobs") == all_of_them // one


async def test_nothing_is_scheduled_once_too_many_jobs_wait(project: Project):
    async with project.copy(works=False) as copy:
        copy.execution.scheduling.jobs_waiting = scheduler.JOBS_WAITING_MAX - 1
        await copy.mutate("schedule_note", what="the last")
        copy.execution.scheduling.jobs_waiting = scheduler.JOBS_WAITING_MAX
        assert _refusal(await copy.try_to_mutate("schedule_note", what="too many")) == "limit.exceeded"


def _refusal(outcome) -> str:
    assert outcome.error is not None
    return decode_text(outcome.error.data_json)["code"]


# --- cancelling ---


async def test_a_canceled_job_never_runs(project: Project):
    async with project.copy(works=False) as copy:
        job = await copy.mutate("schedule_note", what="never")
        assert await copy.mutate("cancel", job_id=job) is True
        assert await copy.mutate("cancel", job_id=job) is False
        assert await copy.mutate("schedule_and_cancel", what="nor this") is True
    async with project.copy() as copy:
        await copy.mutate("schedule_note", what="after")
        await project.all_over()
    assert await project.effects() == ["after"]
    assert sorted(await project.states()) == [("note", "canceled"), ("note", "canceled"), ("note", "done")]


async def test_a_cancellation_counts_only_if_its_mutation_commits(project: Project):
    async with project.copy(works=False) as copy:
        job = await copy.mutate("schedule_note", what="still there")
        assert (await copy.try_to_mutate("cancel_and_fail", job_id=job)).error is not None
    async with project.copy():
        await project.all_over()
    assert await project.effects() == ["still there"]


async def test_what_has_run_or_never_was_cannot_be_canceled(project: Project):
    async with project.copy() as copy:
        job = await copy.mutate("schedule_note", what="done")
        await project.all_over()
        assert await copy.mutate("cancel", job_id=job) is False
        assert await copy.mutate("cancel", job_id=uuid4()) is False
    assert await project.states() == [("note", "done")]


async def test_a_mutation_can_be_canceled_until_it_commits(project: Project):
    async with project.copy() as copy, project.gate_closed():
        job = await copy.mutate("schedule", function="note_behind_gate", what="never")
        await project.one_waits_at_gate()
        assert await copy.mutate("cancel", job_id=job) is True
    assert await project.effects() == []
    assert await project.states() == [("noteBehindGate", "canceled")]


async def test_an_action_that_has_begun_cannot_be_canceled(project: Project):
    async with project.copy() as copy:
        async with project.gate_closed():
            job = await copy.mutate("schedule", function="acts_behind_gate", what="it")
            await project.one_waits_at_gate()
            assert await copy.mutate("cancel", job_id=job) is False
        await project.all_over()
    assert await project.effects() == ["it began", "it ended"]
    assert await project.states() == [("actsBehindGate", "done")]


async def test_who_cancels_and_who_runs_never_both_win(project: Project):
    async with project.copy() as copy, project.copy(works=False) as other:
        canceled: dict[str, bool] = {}
        for number in range(60):
            function = ("note", "acts")[number % 2]
            job = await copy.mutate("schedule", function=function, what=str(number))
            canceled[str(number)] = await other.mutate("cancel", job_id=job)
        await project.all_over()
    ran = {effect.split()[0] for effect in await project.effects()}
    assert ran == {number for number, was in canceled.items() if not was}
    assert {state for _, state in await project.states()} <= {"done", "canceled"}
