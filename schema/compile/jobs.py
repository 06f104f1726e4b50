"""The tables of scheduled jobs: what is to run, what became of it, and what runs again and again.

A job is decided by its line in `private.job_outcomes`: whoever writes that line, and nobody else ever, may
run the job or cancel it. A mutation writes it blindly, in its own transaction: a serializable one that read
or changed `private.jobs` by its index would get in the way of every other that schedules something.
"""

from schema.compile.functions import Function, plpgsql_block
from schema.compile.tables import EAGER_VACUUM

CALLERS = ("folkmoot_writer", "service_role")
"""The roles that mutations run as. They reach jobs through the functions below only."""

# `due_at`: when some copy of the service must next look at the job; null once it is decided and over. While
# one has taken it, that is when the others may believe that this copy is gone. A cron has one job at a time.
_JOBS = f"""\
create table private.jobs (
    id uuid primary key,
    function text not null,
    kind text not null check (kind in ('mutation', 'action')),
    arguments text not null,
    cron text,
    run_at timestamptz not null,
    due_at timestamptz,
    taken_by uuid,
    attempts integer not null default 0,
    error text,
    created_at timestamptz not null default now()
) with ({EAGER_VACUUM});
create index jobs_by_kind_and_due_at on private.jobs (kind, due_at) where due_at is not null;
create unique index jobs_by_cron on private.jobs (cron) where cron is not null and due_at is not null;
comment on table private.jobs is 'Functions to be run at a certain time.';"""

_OUTCOMES = """\
create table private.job_outcomes (
    job_id uuid primary key,
    state text not null check (state in ('running', 'done', 'failed', 'dead', 'abandoned', 'canceled')),
    worker uuid,
    error text,
    decided_at timestamptz not null default now(),
    ended_at timestamptz
);
create index job_outcomes_by_state_and_decided_at on private.job_outcomes (state, decided_at);
comment on table private.job_outcomes is 'What became of jobs; a job that has none may still be run.';"""

_CRONS = """\
create table private.crons (
    name text primary key,
    function text not null,
    kind text not null check (kind in ('mutation', 'action')),
    arguments text not null,
    schedule text not null,
    next_at timestamptz not null
);
comment on table private.crons is 'What the service runs again and again, as it declares it.';"""


def compile_jobs() -> list[str]:
    """Create the tables of jobs and the functions through which mutations reach them."""
    return [_JOBS, _OUTCOMES, _CRONS, "grant usage on schema private to service_role;", *_functions()]


def _functions() -> list[str]:
    schedule = Function(
        "private.schedule_job",
        plpgsql_block(
            "insert into private.jobs (id, function, kind, arguments, run_at, due_at)\n"
            "values (_id, _function, _kind, _arguments, _run_at, _run_at);"
        ),
        arguments="_id uuid, _function text, _kind text, _arguments text, _run_at timestamptz",
        returns="void",
        callers=CALLERS,
    )
    finish = Function(
        "private.finish_job",
        plpgsql_block(
            "insert into private.job_outcomes (job_id, state, ended_at)\n"
            "values (_id, 'done', clock_timestamp());"
        ),
        arguments="_id uuid",
        returns="void",
        callers=CALLERS,
    )
    cancel = Function(
        "private.cancel_job",
        plpgsql_block(
            "insert into private.job_outcomes (job_id, state, ended_at)\n"
            "select job.id, 'canceled', clock_timestamp() from private.jobs as job where job.id = _id\n"
            "on conflict do nothing;",
            "if not found then\n    return false;\nend if;",
            "update private.jobs set due_at = null, taken_by = null where id = _id;",
            "return true;",
        ),
        arguments="_id uuid",
        returns="boolean",
        callers=CALLERS,
    )
    return [schedule.sql, finish.sql, cancel.sql]
