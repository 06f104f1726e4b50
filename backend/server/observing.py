"""What the service says of itself: log lines for people, numbers for Prometheus."""

from __future__ import annotations

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from backend.runtime.jobs.worker import JobsPart
from backend.runtime.keeping import KeptPart
from backend.runtime.loop import PartCrashed
from backend.runtime.observations import (
    CronSkipped,
    FieldAudited,
    FunctionBroke,
    FunctionRan,
    FunctionSaid,
    JobEnded,
    JobsCounted,
    MutationConflicted,
    Observation,
)

_DURATIONS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Observer:
    """Hears every observation; logs what needs a person, counts the rest. Serves `/metrics`."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._registry = CollectorRegistry()
        self._runs = Histogram(
            "folkmoot_function_seconds",
            "How long functions ran",
            ("function", "kind", "failed"),
            registry=self._registry,
            buckets=_DURATIONS_S,
        )
        self._conflicts = Counter(
            "folkmoot_mutation_conflicts",
            "Transactions that had to be run again",
            ("function",),
            registry=self._registry,
        )
        self._crashes = Counter(
            "folkmoot_crashes",
            "Failures that are nobody's fault but ours",
            ("part",),
            registry=self._registry,
        )

        self._drift = Gauge(
            "folkmoot_derived_rows",
            "Rows in which a derived field was not what it should be when last audited",
            ("field", "state"),
            registry=self._registry,
        )

        self._jobs = Gauge(
            "folkmoot_jobs", "Scheduled jobs of the project", ("state",), registry=self._registry
        )
        self._jobs_overdue = Gauge(
            "folkmoot_jobs_overdue_seconds",
            "How long the most overdue job has waited",
            registry=self._registry,
        )
        self._jobs_ended = Counter(
            "folkmoot_jobs_ended",
            "Scheduled jobs that this copy ran",
            ("function", "state"),
            registry=self._registry,
        )
        self._jobs_lag = Histogram(
            "folkmoot_job_lag_seconds",
            "How late scheduled jobs began",
            registry=self._registry,
            buckets=(*_DURATIONS_S, 60.0, 600.0),
        )
        self._crons_skipped = Counter(
            "folkmoot_crons_skipped",
            "Times at which a cron was still at work",
            ("cron",),
            registry=self._registry,
        )

    def observe(self, observation: Observation) -> None:
        """Hear what the runtime has to say."""
        match observation:
            case FunctionRan(function=function, kind=kind, failed=failed, duration_s=duration_s):
                self._runs.labels(function, kind, str(failed).lower()).observe(duration_s)
            case MutationConflicted(function=function):
                self._conflicts.labels(function).inc()
            case FunctionBroke(function=function, request_id=request_id, error=error):
                self._crashes.labels("function").inc()
                self._log.error("function broke", function=function, request_id=request_id, exc_info=error)
            case FunctionSaid(function=function, lines=lines):
                self._log.info("function said", function=function, lines=lines)
            case FieldAudited(field=field, wrong=wrong, pending=pending):
                self._drift.labels(field, "wrong").set(wrong)
                self._drift.labels(field, "pending").set(pending)
                if wrong > 0:
                    self._log.error("derived field drifted", field=field, rows=wrong)
            case JobEnded():
                self._observe_job(observation)
            case CronSkipped(name=name):
                self._crons_skipped.labels(name).inc()
            case JobsCounted(waiting=waiting, running=running, failed=failed, lag_s=lag_s):
                for state, count in (("waiting", waiting), ("running", running), ("failed", failed)):
                    self._jobs.labels(state).set(count)
                self._jobs_overdue.set(lag_s)

    def _observe_job(self, ended: JobEnded) -> None:
        self._jobs_ended.labels(ended.function, ended.state).inc()
        self._jobs_lag.observe(max(0.0, ended.lag_s))
        if ended.error is not None:
            told = self._log.warning if ended.state == "postponed" else self._log.error
            told("job " + ended.state, function=ended.function, job=ended.job_id, error=ended.error)

    def observe_crash(self, crash: PartCrashed) -> None:
        """Hear that a part of the reactor failed; it is being tried again."""
        self._crashes.labels(crash.part).inc()
        self._log.error("part crashed", part=crash.part, times=crash.times, exc_info=crash.error)

    def observe_keeping(self, part: KeptPart, error: Exception, times: int) -> None:
        """Hear that keeping derived fields failed; it is being tried again."""
        self._crashes.labels(part).inc()
        self._log.error("part crashed", part=part, times=times, exc_info=error)

    def observe_jobs(self, part: JobsPart, error: Exception, times: int) -> None:
        """Hear that something around scheduled jobs failed; it is being tried again."""
        self._crashes.labels(part).inc()
        self._log.error("part crashed", part=part, times=times, exc_info=error)

    def observe_request(self, error: Exception) -> None:
        """Hear that a request failed through no fault of its own."""
        self._crashes.labels("request").inc()
        self._log.error("request failed", exc_info=error)

    def routes(self) -> list[HTTPRouteHandler]:
        """The handlers, for Litestar."""
        return [get("/metrics", include_in_schema=False, sync_to_thread=False)(self.metrics)]

    def metrics(self) -> Response[bytes]:
        """All numbers, as Prometheus reads them."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
