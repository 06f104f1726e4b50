"""Unmodified convex clients as people of a history: npm's under Deno, and PyPI's, which only follows."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.oracle.chronicle import Chronicle, Purpose
from tests.oracle.history import History
from tests.oracle.place import Person
from tests.oracle.socket_client import Watch

Json = Any

DENO = Path(sys.executable).with_name("deno")
HERE = Path(__file__).parent
TOKENS = 50  # For one identity: every refresh must give another, and a history has few.
LINE_BYTES_MAX = 16 * 1024 * 1024  # One line holds a whole answer.


@dataclass
class Tab:
    """One npm client, with the face of `SocketClient`."""

    name: str
    chronicle: Chronicle
    stdin: asyncio.StreamWriter
    person: Person | None = None
    watches: dict[int, Watch] = field(default_factory=dict)
    transitions: int = 0
    _asked: dict[int, tuple[str | None, set[Person | None], asyncio.Future[Json]]] = field(
        default_factory=dict
    )
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    def watch(self, path: str, args: Json, *, ledger: bool = False) -> int:
        query_id = next(self._ids)
        self.watches[query_id] = Watch(path, args, ledger)
        self._send("watch", id=query_id, path=path, args=args)
        return query_id

    def unwatch(self, query_id: int) -> None:
        del self.watches[query_id]
        self._send("unwatch", id=query_id)

    def become(self, person: Person | None) -> None:
        self.person = person
        for _, senders, _ in self._asked.values():
            senders.add(person)
        self._send("become", tokens=[person.token() for _ in range(TOKENS)] if person else [])

    def mutate(
        self, path: str, args: Json, *, key: str | None = None, purpose: Purpose = "to be tried"
    ) -> asyncio.Future[Json]:
        request_id = next(self._ids)
        if key is not None:
            self.chronicle.begin(key, purpose)
        settled: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._asked[request_id] = (key, {self.person}, settled)
        self._send("mutate", id=request_id, path=path, args=args)
        return settled

    def busy_with(self) -> str | None:
        if self._asked:
            return f"waits for {list(self._asked.values())}"
        unanswered = [watch.path for watch in self.watches.values() if not watch.answered]
        return f"has no answers to {unanswered}" if unanswered else None

    def hear(self, event: Json) -> None:
        if "query" in event:
            self.transitions += 1
            watch = self.watches.get(event["query"])
            if watch is not None:
                watch.hold({"failed": "", "data": event.get("data")} if "failed" in event else event["value"])
            return
        key, senders, settled = self._asked.pop(event["request"])
        if key is not None:
            refused = "refused" if len(senders) == 1 else "unknown"
            self.chronicle.end(key, "done" if "value" in event else refused, told=event)
        if "failed" in event and len(senders) == 1:
            self.chronicle.note_refusal(self.name, key, event.get("data"), event)
        if not settled.done():
            settled.set_result(event.get("value"))

    def _send(self, verb: str, **command: Json) -> None:
        self.stdin.write(json.dumps({"tab": self.name, "verb": verb, **command}).encode() + b"\n")


@asynccontextmanager
async def with_tabs(history: History, people: Sequence[Person | None]) -> AsyncIterator[list[Tab]]:
    """A tab for each of `people`, who take part in the history."""
    process = await asyncio.create_subprocess_exec(
        *(str(DENO), "run", "--quiet", "--cached-only", "--frozen", "--allow-net", "--allow-env"),
        *(str(HERE / "tabs.ts"), history.network.url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES_MAX,
    )
    assert process.stdin
    assert process.stdout
    tabs = {
        name: Tab(name, history.chronicle, process.stdin)
        for name in (f"tab {number}" for number in range(len(people)))
    }

    async def read(lines: asyncio.StreamReader) -> None:
        async for line in lines:
            event = json.loads(line)
            tabs[event["tab"]].hear(event)

    for tab, person in zip(tabs.values(), people, strict=True):
        if person is not None:
            tab.become(person)
        history.clients.append(tab)
    try:
        async with asyncio.TaskGroup() as reading:
            reading.create_task(read(process.stdout))
            yield list(tabs.values())
            process.stdin.close()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@dataclass
class Follower:
    """The PyPI client: it holds answers, and does nothing."""

    name: str
    person: Person
    watches: dict[int, Watch]
    transitions: int = 0

    def busy_with(self) -> str | None:
        unanswered = [watch.path for watch in self.watches.values() if not watch.answered]
        return f"has no answers to {unanswered}" if unanswered else None


@asynccontextmanager
async def with_follower(
    history: History, person: Person, queries: Sequence[tuple[str, Json]]
) -> AsyncIterator[Follower]:
    """A PyPI client that follows `queries`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / "follower.py")),
        *(history.network.url, person.token(), json.dumps(queries)),
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES_MAX,
    )
    assert process.stdout
    follower = Follower(
        "follower", person, {number: Watch(path, args) for number, (path, args) in enumerate(queries)}
    )
    history.followers.append(follower)

    async def read(lines: asyncio.StreamReader) -> None:
        async for line in lines:
            number, answer = json.loads(line)
            follower.transitions += 1
            follower.watches[number].hold(answer)

    try:
        async with asyncio.TaskGroup() as reading:
            reading.create_task(read(process.stdout))
            yield follower
            process.kill()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
