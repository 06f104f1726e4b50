"""What the service says of itself: log lines for people, numbers for Prometheus."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from structlog.typing import FilteringBoundLogger

from backend.postgres import PostgresError
from backend.runtime.execution import Execution
from backend.runtime.jobs.worker import JobsPart
from backend.runtime.keeping import KeptPart
from backend.runtime.loop import PartCrashed, Reactor
from backend.runtime.observations import (
    FieldAudited,
    FunctionBroke,
    FunctionRan,
    FunctionSaid,
    JobEnded,
    MutationConflicted,
    Observation,
    TokenRejected,
)
from backend.server.health import FeedStanding
from backend.server.metrics import Metrics
from backend.server.requests import RequestEnded
from backend.server.standing import Standing

POSITION_S_MAX = 1.0  # Whoever reads the numbers wants the others even when the database does not answer.


class Observer:
    """Hears every observation: `log` gets a line of each call and of what needs a person, `metrics` the rest.

    Queries and mutations that take longer than `slow_s` are logged as warnings. Serves `/metrics`.
    """

    def __init__(self, log: FilteringBoundLogger, metrics: Metrics, *, slow_s: float) -> None:
        self._log, self._metrics, self._slow_s = log, metrics, slow_s
        self._execution: Execution | None = None
        self._standing: Standing | None = None

    def read(self, reactor: Reactor, execution: Execution, feed: FeedStanding) -> None:
        """From now on also tell how these stand whenever the numbers are asked for."""
        self._execution = execution
        self._standing = Standing(reactor, execution.pools, feed)
        self._metrics.registry.register(self._standing)

    def observe(self, observation: Observation) -> None:
        """Hear what the runtime has to say."""
        self._metrics.observe(observation)
        match observation:
            case FunctionRan():
                self._log_run(observation)
            case FunctionBroke(function=function, request_id=client_id, error=error):
                self._metrics.crashes.labels("function").inc()
                self._log.error("function broke", function=function, shown_as=client_id, exc_info=error)
            case FunctionSaid(function=function, lines=lines):
                self._log.info("function said", function=function, lines=lines)
            case MutationConflicted(function=function, attempt=attempt, code=code):
                self._log.debug("mutation conflicted", function=function, attempt=attempt, code=code)
            case TokenRejected(code=code):
                self._log.info("token rejected", code=code)
            case FieldAudited(field=field, wrong=wrong) if wrong > 0:
                self._log.error("derived field drifted", field=field, rows=wrong)
            case JobEnded(error=str()):
                told = self._log.warning if observation.state == "postponed" else self._log.error
                told(
                    "job " + observation.state,
                    function=observation.function,
                    job=observation.job_id,
                    error=observation.error,
                )
            case _:
                pass

    def _log_run(self, ran: FunctionRan) -> None:
        is_slow = ran.duration_s >= self._slow_s and ran.kind != "Action"  # Those wait for the world.
        told = self._log.warning if is_slow or ran.broke else self._log.info
        request = {} if ran.request is None else {"call": ran.request}
        told(
            "function slow" if is_slow else "function ran",
            function=ran.function,
            kind=ran.kind,
            outcome=ran.code or "ok",
            duration_ms=round(ran.duration_s * 1000, 2),
            rows_read=ran.rows_read,
            rows_written=ran.rows_written,
            retries=ran.retries,
            **request,
        )

    def observe_http(self, ended: RequestEnded) -> None:
        """Hear that an HTTP request was answered."""
        self._metrics.observe_request(ended)
        self._log.debug(
            "request",
            method=ended.method,
            route=ended.route,
            status=ended.status,
            duration_ms=round(ended.duration_s * 1000, 2),
        )

    def observe_crash(self, crash: PartCrashed) -> None:
        """Hear that a part of the reactor failed; it is being tried again."""
        self._crashed(crash.part, crash.error, times=crash.times)

    def observe_keeping(self, part: KeptPart, error: Exception, times: int) -> None:
        """Hear that keeping derived fields failed; it is being tried again."""
        self._crashed(part, error, times=times)

    def observe_jobs(self, part: JobsPart, error: Exception, times: int) -> None:
        """Hear that something around scheduled jobs failed; it is being tried again."""
        self._crashed(part, error, times=times)

    def _crashed(self, part: str, error: BaseException, times: int) -> None:
        self._metrics.crashes.labels(part).inc()
        self._log.error("part crashed", part=part, times=times, exc_info=error)

    def observe_request(self, error: Exception) -> None:
        """Hear that a request failed through no fault of its own."""
        self._metrics.crashes.labels("request").inc()
        self._log.error("request failed", exc_info=error)

    def routes(self) -> list[HTTPRouteHandler]:
        """The handlers, for Litestar."""
        return [get("/metrics", include_in_schema=False)(self.metrics)]

    async def metrics(self) -> Response[bytes]:
        """All numbers, as Prometheus reads them."""
        if self._standing is not None and self._execution is not None:
            self._standing.position = None
            with suppress(PostgresError, TimeoutError):
                async with asyncio.timeout(POSITION_S_MAX):
                    self._standing.position = await self._execution.position()
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)
