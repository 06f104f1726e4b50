"""What the service says of itself: log lines for people, numbers for Prometheus."""

from __future__ import annotations

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from backend.runtime.loop import PartCrashed
from backend.runtime.observations import FunctionBroke, FunctionRan, MutationConflicted, Observation

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

    def observe_crash(self, crash: PartCrashed) -> None:
        """Hear that a part of the reactor failed; it is being tried again."""
        self._crashes.labels(crash.part).inc()
        self._log.error("part crashed", part=crash.part, times=crash.times, exc_info=crash.error)

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
