"""Traces over OTLP, where `OTEL_EXPORTER_OTLP_ENDPOINT` says to; otherwise none, and nothing is loaded.

Spans go out in batches from a thread of OpenTelemetry's own; when nobody takes them they are dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from backend.runtime.tracing import NOT_TRACED, Attribute, SpanName, Tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

FLUSH_S_MAX = 5.0  # At the end, for spans that are still here: a collector that is away must not hold us.


class OtlpTracing:
    """Spans by way of OpenTelemetry. Make it with `open_tracing`."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("folkmoot")
        self._trace = trace
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(
        self,
        name: SpanName,
        *,
        headers: Mapping[str, str] | None = None,
        follows: str | None = None,
    ) -> Iterator[None]:
        links = [] if follows is None else [self._trace.Link(self._context_of(follows))]
        parent = None if headers is None else self._propagator.extract(headers)
        # What an exception says may be private, so only its class goes out.
        with self._tracer.start_as_current_span(
            name, context=parent, links=links, record_exception=False, set_status_on_exception=False
        ):
            try:
                yield
            except BaseException as error:
                self.fail(type(error).__name__)
                raise

    def rename(self, name: SpanName) -> None:
        self._trace.get_current_span().update_name(name)

    def note(self, attributes: Mapping[str, Attribute]) -> None:
        self._trace.get_current_span().set_attributes(attributes)

    def fail(self, code: str) -> None:
        span = self._trace.get_current_span()
        span.set_attribute("error.type", code)
        span.set_status(self._trace.StatusCode.ERROR)

    def reference(self) -> str | None:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get("traceparent")

    async def close(self) -> None:
        """Send what is left, within reason."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_S_MAX):
                await asyncio.to_thread(self._provider.force_flush, int(FLUSH_S_MAX * 1000))
        # Waits for an export under way, which has a timeout of its own.
        await asyncio.to_thread(self._provider.shutdown)

    def _context_of(self, reference: str):
        context = self._propagator.extract({"traceparent": reference})
        return self._trace.get_current_span(context).get_span_context()


def open_tracing(endpoint: str | None, version: str) -> Tracing:
    """Spans that go to the collector at `endpoint`, where there is one.

    How and how many: OpenTelemetry's own variables, such as `OTEL_SERVICE_NAME` and `OTEL_TRACES_SAMPLER`.
    """
    if endpoint is None:
        return NOT_TRACED
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    ours = Resource({"service.name": "folkmoot", "service.version": version})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OtlpTracing(provider)


@asynccontextmanager
async def exporting(tracing: Tracing) -> AsyncIterator[None]:
    """Spans go out while the context lasts; in the end those that are left."""
    try:
        yield
    finally:
        if isinstance(tracing, OtlpTracing):
            await tracing.close()
