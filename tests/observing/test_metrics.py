"""The numbers, after things that have happened."""

from __future__ import annotations

import asyncio
import json

import websockets

from backend.runtime.observations import FunctionRan, MutationConflicted
from backend.server.metrics import Metrics
from tests.observing.conftest import FUNCTIONS, Caller


async def test_calls_are_counted_by_name_and_outcome_and_unknown_names_share_one(caller: Caller):
    token = await caller.service.stack.sign_up()
    await caller.call("query", "people", token)
    await caller.call("query", "refuses", text="no")
    await caller.call("query", "breaks", text="oh")
    for number in range(20):
        await caller.call("query", f"made_up_{number}")
    await caller.call("query", "people", "no token")
    await caller.call("action", "asks", token)
    numbers = await caller.metrics()

    def runs(name: str, outcome: str, kind: str = "Query") -> float:
        labels = f'function="{name}",kind="{kind}",outcome="{outcome}"'
        return numbers[f"folkmoot_function_seconds_count{{{labels}}}"]

    assert runs(f"{FUNCTIONS}:people", "ok") == 2  # The action's as well.
    assert runs(f"{FUNCTIONS}:asks", "ok", "Action") == 1
    assert runs(f"{FUNCTIONS}:refuses", "refused") == 1
    assert runs(f"{FUNCTIONS}:breaks", "broken") == 1
    assert runs("(unknown)", "refused") == 20
    assert not [name for name in numbers if "made_up" in name]
    assert numbers[f'folkmoot_rows_total{{function="{FUNCTIONS}:people",how="read"}}'] == 2
    errors = f'folkmoot_function_errors_total{{code="document.not_found",function="{FUNCTIONS}:refuses"}}'
    assert numbers[errors] == 1
    assert numbers['folkmoot_tokens_rejected_total{code="token.malformed"}'] == 1
    assert numbers['folkmoot_crashes_total{part="function"}'] == 1
    requests = 'folkmoot_http_seconds_count{method="POST",route="/api/query",status="2xx"}'
    assert numbers[requests] == 23


async def test_what_is_open_and_what_was_sent_are_counted(caller: Caller):
    address = caller.service.url.replace("http", "ws") + "/api/1.28.0/sync"
    add = {"type": "Add", "udfPath": f"{FUNCTIONS}:people", "args": [{}]}
    connect = {
        "type": "Connect",
        "sessionId": "8d7f3b86-4c9a-4a4e-9a4c-0b1f3c5d7e9f",
        "connectionCount": 0,
        "lastCloseReason": None,
        "maxObservedTimestamp": None,
    }
    watch = {
        "type": "ModifyQuerySet",
        "baseVersion": 0,
        "newVersion": 1,
        "modifications": [{**add, "queryId": 0}, {**add, "queryId": 1}],
    }
    async with websockets.connect(address) as socket:
        for message in (connect, watch):
            await socket.send(json.dumps(message))
        said = await asyncio.wait_for(socket.recv(), 10)
        while json.loads(said)["type"] != "Transition" or not json.loads(said)["modifications"]:
            said = await asyncio.wait_for(socket.recv(), 10)
        numbers = await caller.metrics()

    opened = {name: numbers[f"folkmoot_{name}"] for name in ("sockets", "subscriptions", "distinct_runs")}
    assert opened == {"sockets": 1, "subscriptions": 2, "distinct_runs": 1}
    assert numbers["folkmoot_transitions_sent_total"] >= 1
    assert numbers["folkmoot_sent_bytes_total"] >= len(said)
    assert numbers["folkmoot_tick_seconds_count"] >= 1
    assert numbers["folkmoot_feed_starts_total"] == 1
    assert 0 <= numbers["folkmoot_feed_behind_bytes"] < 1_000_000
    pool = {name for name in numbers if name.startswith("folkmoot_pool_connections")}
    assert len(pool) == 6
    assert numbers['folkmoot_query_answers_total{how="own"}'] >= 1
    assert {"process_resident_memory_bytes", "process_open_fds"} <= numbers.keys()
    assert any(name.startswith("folkmoot_build_info") for name in numbers)
    assert any(name.startswith("python_gc_collections_total") for name in numbers)


def test_conflicts_have_few_causes_and_functions_only_known_names():
    metrics = Metrics(["posts:create"], "1")
    for code in ("40001", "40P01", "23505", "XX000", "XX001"):
        metrics.observe(MutationConflicted("posts:create", 1, code))
    for name in ("a", "b", "posts:create"):
        metrics.observe(FunctionRan(name, "Mutation", 0.1))
    lines = metrics.text().decode().splitlines()
    conflicts = [line for line in lines if line.startswith("folkmoot_mutation_conflicts_total{")]
    runs = [line for line in lines if line.startswith("folkmoot_function_seconds_count{")]
    place = 'function="posts:create"}'
    assert sorted(conflicts) == [
        f'folkmoot_mutation_conflicts_total{{cause="deadlock",{place} 1.0',
        f'folkmoot_mutation_conflicts_total{{cause="duplicate",{place} 1.0',
        f'folkmoot_mutation_conflicts_total{{cause="other",{place} 2.0',
        f'folkmoot_mutation_conflicts_total{{cause="serialization",{place} 1.0',
    ]
    assert sorted(runs) == [
        'folkmoot_function_seconds_count{function="(unknown)",kind="Mutation",outcome="ok"} 2.0',
        'folkmoot_function_seconds_count{function="posts:create",kind="Mutation",outcome="ok"} 1.0',
    ]
