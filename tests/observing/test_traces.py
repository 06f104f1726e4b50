"""Traces, as a collector gets them; and that there are none unless somebody wants them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from backend.runtime.tracing import NOT_TRACED
from backend.server.traces import open_tracing
from tests.observing.collector import Collector, collecting
from tests.observing.conftest import FUNCTIONS, Caller

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Where the service that comes next sends its spans, soon."""
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        yield collector


async def spans(collector: Collector, name: str) -> list:
    """The spans of that name, once there are some."""
    async with asyncio.timeout(20):
        while not collector.named(name):
            collector.came.clear()
            if not collector.named(name):
                await asyncio.to_thread(collector.came.wait, 20)
    return collector.named(name)


async def test_a_call_is_followed_from_the_browser_to_the_job_it_scheduled(
    collector: Collector, caller: Caller
):
    token = await caller.service.stack.sign_up()
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    answer = await caller.call("mutation", "rename_later", token, headers, name="A private name")
    assert answer.json()["status"] == "success", answer.text
    [job] = await spans(collector, f"mutation {FUNCTIONS}:renameNow")
    [request] = await spans(collector, "POST /api/mutation")
    [mutation] = await spans(collector, f"mutation {FUNCTIONS}:renameLater")

    assert (request.trace, request.parent) == (TRACE, PARENT)
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": "/api/mutation",
        "http.response.status_code": 200,
    }
    assert (mutation.trace, mutation.parent) == (TRACE, request.id)
    assert mutation.attributes["folkmoot.function"] == f"{FUNCTIONS}:renameLater"
    assert collector.inside(mutation) == ["attempt"]
    [attempt] = [span for span in collector.named("attempt") if span.parent == mutation.id]
    assert job.links == (attempt.id,)
    assert job.trace != TRACE
    assert collector.inside(job) == ["attempt"]
    assert [text for text in (token, "A private name") if text in collector.text] == []


async def test_queries_actions_and_failures_have_spans(collector: Collector, caller: Caller):
    await caller.call("action", "asks", await caller.service.stack.sign_up())
    await caller.call("query", "breaks", text="private words")
    [action] = await spans(collector, f"action {FUNCTIONS}:asks")
    [broken] = await spans(collector, f"query {FUNCTIONS}:breaks")
    assert collector.inside(action) == [f"query {FUNCTIONS}:people"]
    assert broken.failed
    assert broken.attributes["error.type"] == "RuntimeError"
    assert not action.failed
    assert "private words" not in collector.text


def test_nothing_is_loaded_where_nobody_traces():
    program = (
        "import sys; import backend.server.app; from backend.server.traces import open_tracing; "
        "open_tracing(None, '1'); print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
    assert open_tracing(None, "1") is NOT_TRACED


def test_a_span_that_nobody_wants_costs_next_to_nothing():
    def cpu_s(times: int) -> float:
        began_s = time.process_time()
        for _ in range(times):
            with NOT_TRACED.span("query"):
                NOT_TRACED.note({})
        return time.process_time() - began_s

    assert min(cpu_s(10_000) for _ in range(5)) < 0.05  # 5 us each, where a tenth of that is usual.
