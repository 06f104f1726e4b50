"""The simulated database as the reactor meets it: a `Backend`, and a feed of PostgreSQL's events."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from backend.engine.changes import Change, Commit, FeedEvent, Gap, Progress, RowChange
from backend.engine.ports import (
    Answer,
    Call,
    MutationCall,
    MutationOutcome,
    QueryRun,
    TokenRefused,
)
from backend.engine.versions import Identity, Snapshot, Ts
from backend.postgres import FeedEvent as PostgresEvent
from backend.postgres import Heartbeat, RelationChange, Started, Transaction
from backend.runtime.loop import PartCrashed, Reactor
from tests.engine.simulated_database import SimulatedDatabase, Tables, Write
from tests.engine.simulated_functions import POSTS, answer

Outcome = Callable[[MutationCall], Awaitable[MutationOutcome]]


class SimulatedView:
    """`slow`: calls that take until their event is set."""

    def __init__(
        self, snapshot: Snapshot, position: Ts, tables: Tables, slow: Mapping[Call, asyncio.Event]
    ) -> None:
        self.snapshot, self.position, self._tables, self._slow = snapshot, position, tables, slow

    async def run(
        self, runs: Sequence[QueryRun], answered: Callable[[QueryRun, Answer], None] | None = None
    ) -> list[Answer]:
        answers: dict[QueryRun, Answer] = {}
        for run in sorted(runs, key=lambda run: run.call in self._slow):
            if run.call in self._slow:
                await self._slow[run.call].wait()
            answers[run] = answer(run, self._tables)
            if answered is not None:
                answered(run, answers[run])
        return [answers[run] for run in runs]

    async def close(self) -> None:
        pass


class SimulatedBackend:
    """Fails as often as `failures` says, before anything else."""

    def __init__(self) -> None:
        self.database = SimulatedDatabase()
        self.feeds: list[SimulatedFeed] = []
        self.failures: list[Exception] = []
        self.crashes: asyncio.Queue[PartCrashed] = asyncio.Queue()
        self.copies: list[int] = []
        self.drained: asyncio.Queue[int] = asyncio.Queue()
        self.requests: list[int | Exception] = []
        self.pruned: asyncio.Queue[int] = asyncio.Queue()
        self.mutation: Outcome = self.create_post
        self.slow: dict[Call, asyncio.Event] = {}

    def open_feed(self) -> "SimulatedFeed":
        self.feeds.append(SimulatedFeed(self.database))
        return self.feeds[-1]

    def write(self, *writes: Write) -> int:
        xid = self.database.write(*writes)
        self.feeds[-1].request_heartbeat()
        return xid

    @asynccontextmanager
    async def reacting(self) -> AsyncIterator[Reactor]:
        reactor = Reactor(self, self.open_feed, observe=self.crashes.put_nowait)
        async with reactor.running():
            yield reactor

    async def open_snapshot(self, likely: Identity | None = None) -> SimulatedView:
        if self.failures:
            raise self.failures.pop(0)
        snapshot, tables = self.database.snapshot(), self.database.visible()
        return SimulatedView(snapshot, Ts(self.database.log_end), tables, self.slow)

    async def mutate(self, call: MutationCall) -> MutationOutcome:
        return await self.mutation(call)

    async def act(self, call: MutationCall) -> MutationOutcome:
        return await self.mutation(call)

    async def create_post(self, call: MutationCall) -> MutationOutcome:
        arguments = json.loads(call.call.arguments)
        id = UUID(arguments["id"])
        row = {"id": id, "space": "a", "rank": 0, "text": arguments["text"]}
        return MutationOutcome(json.dumps(str(id)), None, (), self.write(Write(POSTS, id, row)))

    async def drain_copies(self) -> int:
        settled = self.copies.pop(0) if self.copies else 0
        self.drained.put_nowait(settled)
        return settled

    async def prune_requests(self) -> int:
        pruned = self.requests.pop(0) if self.requests else 0
        if isinstance(pruned, Exception):
            raise pruned
        self.pruned.put_nowait(pruned)
        return pruned

    async def verify(self, token: str) -> Identity:
        """A token is its bearer's number."""
        if not token.isdecimal():
            raise TokenRefused("token.malformed", "not a number")
        return Identity(UUID(int=int(token)), {"role": "authenticated"})


class SimulatedFeed:
    def __init__(self, database: SimulatedDatabase) -> None:
        self._database = database
        self._events: asyncio.Queue[PostgresEvent | Exception] = asyncio.Queue()
        self._events.put_nowait(_postgres_event(database.lose_feed()))

    def __aiter__(self) -> AsyncIterator[PostgresEvent]:
        return self._iterate()

    async def _iterate(self) -> AsyncIterator[PostgresEvent]:
        while True:
            event = await self._events.get()
            if isinstance(event, Exception):
                raise event
            yield event

    def fail(self, error: Exception) -> None:
        self._events.put_nowait(error)

    def tell(self, event: PostgresEvent) -> None:
        self._events.put_nowait(event)

    def request_heartbeat(self) -> None:
        event = None
        while not isinstance(event, Progress):
            event = self._database.deliver()
            self._events.put_nowait(_postgres_event(event))

    async def aclose(self) -> None:
        pass


def _postgres_event(event: FeedEvent) -> PostgresEvent:
    match event:
        case Gap(position=position):
            return Started(position)
        case Progress(position=position):
            return Heartbeat(position)
        case Commit(xid=xid, position=position, changes=changes):
            return Transaction(xid, position, tuple(map(_relation_change, changes)))


def _relation_change(change: Change) -> RelationChange:
    assert isinstance(change, RowChange)
    kind = "delete" if change.new is None else "update" if change.old is not None else "insert"
    new = None if change.new is None else dict(change.new)
    old = None if change.old is None else dict(change.old)
    return RelationChange(change.table, kind, new, old)
