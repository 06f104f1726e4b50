"""The service in numbers, as Prometheus reads them: `/metrics`.

What happens now and then is counted here as it is told of. What happens with every delivery is counted where
it happens, by plain additions, and read when somebody asks: see `standing.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from backend.runtime.observations import (
    UNKNOWN,
    AnswersShared,
    BatchSettled,
    CronSkipped,
    FieldAudited,
    FunctionRan,
    JobEnded,
    JobsCounted,
    MutationConflicted,
    Observation,
    TickEnded,
    TokenRejected,
)
from backend.server.requests import RequestEnded

_DURATIONS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000)

_CAUSES = {"40001": "serialization", "40P01": "deadlock", "23505": "duplicate"}


class Metrics:
    """Counts what it is told of. `functions`: the names with numbers of their own; all others share one."""

    def __init__(self, functions: Iterable[str], version: str) -> None:
        self.registry = CollectorRegistry()
        self._functions = frozenset(functions)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        Info("folkmoot_build", "What is running", registry=self.registry).info({"version": version})
        self._make_function_metrics()
        self._make_reactor_metrics()
        self._make_job_metrics()
        self.crashes = self._counter("crashes", "Failures that are nobody's fault but ours", "part")
        self._requests = self._histogram(
            "http_seconds", "How long HTTP requests took", _DURATIONS_S, "method", "route", "status"
        )
        self._tokens = self._counter("tokens_rejected", "Tokens that proved nobody", "code")
        self._drift = self._gauge(
            "derived_rows",
            "Rows in which a derived field was not what it should be when last audited",
            "field",
            "state",
        )

    def _make_function_metrics(self) -> None:
        self._runs = self._histogram(
            "function_seconds", "How long functions ran", _DURATIONS_S, "function", "kind", "outcome"
        )
        self._errors = self._counter("function_errors", "What functions failed with", "function", "code")
        self._rows = self._counter("rows", "Rows that functions read and wrote", "function", "how")
        self._conflicts = self._counter(
            "mutation_conflicts", "Transactions that had to be run again", "function", "cause"
        )
        self._batches = self._histogram(
            "batch_calls", "Calls that were settled by one transaction", _COUNTS, "function"
        )

    def _make_reactor_metrics(self) -> None:
        self._ticks = self._histogram(
            "tick_seconds", "From a tick's snapshot until all sockets know of it", _DURATIONS_S
        )
        self._tick_runs = self._histogram("tick_runs", "Queries that a tick had to answer", (0, *_COUNTS))
        self._feed_waits = self._histogram(
            "feed_wait_seconds", "How long the change feed was behind a tick's snapshot", _DURATIONS_S
        )
        self._answers = self._counter(
            "query_answers", "Queries answered by a run of their own, or by another caller's", "how"
        )
        self._reads_shared = self._counter("query_reads_shared", "Reads that another caller's run had made")

    def _make_job_metrics(self) -> None:
        self._jobs = self._gauge("jobs", "Scheduled jobs of the project", "state")
        self._jobs_overdue = self._gauge("jobs_overdue_seconds", "How long the most overdue job has waited")
        self._jobs_ended = self._counter(
            "jobs_ended", "Scheduled jobs that this copy ran", "function", "state"
        )
        self._jobs_lag = self._histogram(
            "job_lag_seconds", "How late scheduled jobs began", (*_DURATIONS_S, 60.0, 600.0)
        )
        self._crons_skipped = self._counter(
            "crons_skipped", "Times at which a cron was still at work", "cron"
        )

    def observe(self, observation: Observation) -> None:
        """Count what the runtime has to say."""
        match observation:
            case FunctionRan():
                self._count_run(observation)
            case MutationConflicted(function=function, code=code):
                self._conflicts.labels(self._name(function), _CAUSES.get(code, "other")).inc()
            case BatchSettled(function=function, calls=calls):
                self._batches.labels(function).observe(calls)
                self._count_rows(function, observation.rows_read, observation.rows_written)
            case TickEnded(duration_s=duration_s, waited_s=waited_s, runs=runs):
                self._ticks.observe(duration_s)
                self._feed_waits.observe(waited_s)
                self._tick_runs.observe(runs)
            case AnswersShared(own=own, shared=shared, reads=reads):
                self._answers.labels("own").inc(own)
                self._answers.labels("shared").inc(shared)
                self._reads_shared.inc(reads)
            case TokenRejected(code=code):
                self._tokens.labels(code).inc()
            case FieldAudited(field=field, wrong=wrong, pending=pending):
                self._drift.labels(field, "wrong").set(wrong)
                self._drift.labels(field, "pending").set(pending)
            case JobEnded(function=function, state=state, lag_s=lag_s):
                self._jobs_ended.labels(self._name(function), state).inc()
                self._jobs_lag.observe(max(0.0, lag_s))
            case CronSkipped(name=name):
                self._crons_skipped.labels(name).inc()
            case JobsCounted(waiting=waiting, running=running, failed=failed, lag_s=lag_s):
                for state, count in (("waiting", waiting), ("running", running), ("failed", failed)):
                    self._jobs.labels(state).set(count)
                self._jobs_overdue.set(lag_s)
            case _:  # What functions said and broke on is for people: there is nothing to add up.
                pass

    def observe_request(self, ended: RequestEnded) -> None:
        """Count one HTTP request."""
        status = f"{ended.status // 100}xx"
        self._requests.labels(ended.method, ended.route, status).observe(ended.duration_s)

    def text(self) -> bytes:
        """All numbers as they are now."""
        return generate_latest(self.registry)

    def _count_run(self, ran: FunctionRan) -> None:
        name = self._name(ran.function)
        outcome = "broken" if ran.broke else "ok" if ran.code is None else "refused"
        self._runs.labels(name, ran.kind, outcome).observe(ran.duration_s)
        if ran.code is not None:
            self._errors.labels(name, ran.code).inc()
        self._count_rows(name, ran.rows_read, ran.rows_written)

    def _count_rows(self, function: str, read: int, written: int) -> None:
        if read:
            self._rows.labels(function, "read").inc(read)
        if written:
            self._rows.labels(function, "written").inc(written)

    def _name(self, function: str) -> str:
        return function if function in self._functions else UNKNOWN

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"folkmoot_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"folkmoot_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: Iterable[float], *labels: str) -> Histogram:
        return Histogram(f"folkmoot_{name}", about, labels, registry=self.registry, buckets=tuple(buckets))
