"""The reactor: the one running thing around the engine. It feeds the engine and does what the engine asks.

Everything happens on one event loop: what comes from outside (feed events, clients' commands, results)
becomes a call of the engine, and the effects that call returns are started at once, in order. What takes
time runs as a task and comes back as another call.

Nothing that breaks stops it. A tick that fails is tried again by the engine, later and later; a feed that
ends is opened again, and starts with `Started`, after which everything is run anew; each time `observe` is
told.
"""

import asyncio
import gc
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Literal, Protocol, assert_never

from backend.engine.commands import Authenticate, AuthenticateRefused, Command
from backend.engine.effects import (
    CloseCode,
    CloseSession,
    Effect,
    Execute,
    Message,
    ReleaseSnapshot,
    RequestHeartbeat,
    RunAction,
    RunMutation,
    Send,
    SessionNumber,
    TakeSnapshot,
    TickNumber,
)
from backend.engine.engine import Engine
from backend.engine.ports import (
    Answer,
    Backend,
    FunctionError,
    MutationOutcome,
    OpenSnapshot,
    QueryRun,
    TokenRefused,
)
from backend.engine.ticks import RETRY_FIRST_S, RETRY_LONGEST_S, backoff_s
from backend.engine.versions import ANONYMOUS, TS_ZERO, Ts
from backend.postgres import FeedEvent as PostgresEvent
from backend.postgres import RelationChange, Started, Transaction, Truncated
from backend.runtime.feed_events import Translation
from backend.runtime.observations import TickEnded
from backend.runtime.tick_answers import TickAnswers
from backend.runtime.tracing import NOT_TRACED, Tracing
from backend.runtime.traffic import OpenNow, Traffic

SESSIONS_MAX = 20_000  # About 1 GB of sockets and subscriptions; more belongs to another copy of the service.
TICK_TIMEOUT_S = 60.0  # A snapshot held open keeps PostgreSQL from cleaning up behind it.
MUTATION_TIMEOUT_S = 60.0  # Convex's. The outcome is then unknown; the client asks again.
ACTION_TIMEOUT_S = 600.0  # Convex's for actions that run in Node.
STOP_TIMEOUT_S = 5.0  # Mutations in flight may end before the service does.
FEED_RETRY_FIRST_S, FEED_RETRY_LONGEST_S = 0.1, 5.0  # The feed reconnects by itself; this is for the rest.
COPIES_RETRY_FIRST_S, COPIES_RETRY_LONGEST_S = 0.1, 5.0  # A queue is patient; a hot loop on an error is not.
COPIES_SWEEP_S = 60.0  # Another copy of the service may have died over a batch that it held locked.
COPY_QUEUE = "derived.copy_queue"
PRUNE_EVERY_S = 3_600.0  # Of days of records an hour's are little, and a batch or two removes them.
PRUNE_RETRY_FIRST_S, PRUNE_RETRY_LONGEST_S = 1.0, 300.0  # Nobody waits for it.
YOUNG_OBJECTS_MAX = 50_000  # A tick makes several per socket that die with it, which is no sign of garbage.


class Feed(Protocol):
    """The change feed, as `backend.postgres.stream_changes` gives it."""

    def __aiter__(self) -> AsyncIterator[PostgresEvent]: ...

    def request_heartbeat(self) -> None: ...

    async def aclose(self) -> None: ...


class Outbox(Protocol):
    """Where a session's messages go. Neither method waits or raises."""

    def send(self, told: tuple[Message, ...], /) -> bool:
        """Whether all of it has been sent already. Otherwise report each transition when it has been."""
        ...

    def close(self, code: CloseCode, reason: str) -> None:
        """Close behind what was sent so far."""
        ...


@dataclass(frozen=True)
class PartCrashed:
    """Something broke that should not; it is tried again. `times`: so often in a row."""

    part: Literal["feed", "tick", "copies", "requests", "mutation", "action", "engine"]
    error: BaseException
    times: int


class TooManyConnections(Exception):
    """This copy of the service is full. Another, or this one later, may have room."""

    code, status, retry_may_fix = "reactor.too_many_connections", 503, True


class Reactor:
    """Live queries over one database.

    `open_feed` is called for the first feed, and again whenever a feed ends. Use:

        async with reactor.running():
            connection = reactor.connect(outbox)
    """

    def __init__(
        self,
        backend: Backend,
        open_feed: Callable[[], Feed],
        *,
        observe: Callable[[PartCrashed], None],
        watch: Callable[[TickEnded], None] = lambda _: None,
        tracing: Tracing = NOT_TRACED,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.traffic = Traffic()
        self._watch, self._tracing = watch, tracing
        self.backend = backend
        self._open_feed = open_feed
        self._observe = observe
        self._now_s = now_s
        self._engine = Engine()
        self._translation = Translation()
        self._outboxes: dict[SessionNumber, Outbox] = {}
        self._contexts: dict[SessionNumber, Context] = {}  # What logs say of whose work it is.
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests: set[asyncio.Task[None]] = set()
        self._asked: deque[Effect] = deque()
        self._performing = False
        self._feed: Feed | None = None
        self._heartbeat: asyncio.TimerHandle | None = None
        self._orders: dict[TickNumber, asyncio.Future[tuple[QueryRun, ...]]] = {}
        self._tick_crashes = 0
        self._copies_wait = asyncio.Event()
        self._copies_told: set[int] = set()  # the transactions that queued them

    @property
    def ts(self) -> Ts:
        """The newest position that clients were told of."""
        return TS_ZERO if self._engine.cut is None else self._engine.cut.ts

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Live while the context lasts. At its end mutations in flight are waited for, within reason."""
        self._spawn(self._follow_feed())
        self._spawn(self._drain_copies())
        self._spawn(self._prune_requests())
        with patient_collector():
            try:
                yield
            finally:
                await self._stop()

    async def _stop(self) -> None:
        for outbox in self._outboxes.values():
            outbox.close(CloseCode.TRY_AGAIN_LATER, "ServiceRestart")
        if self._requests:
            await asyncio.wait(self._requests, timeout=STOP_TIMEOUT_S)
        for task in (*self._tasks, *self._requests):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._requests, return_exceptions=True)
        if self._heartbeat is not None:
            self._heartbeat.cancel()

    def connect(self, outbox: Outbox) -> "Connection":
        """A session whose messages go to `outbox`. Raises `TooManyConnections`."""
        if len(self._outboxes) >= SESSIONS_MAX:
            self.traffic.sockets_refused += 1
            raise TooManyConnections
        self.traffic.sockets_opened += 1
        number = self._engine.open_session()
        self._outboxes[number], self._contexts[number] = outbox, copy_context()
        return Connection(self, number)

    def open_now(self) -> OpenNow:
        """What stands open now. Counting takes a millisecond for each 10,000 runs."""
        return OpenNow(len(self._outboxes), *self._engine.count_open())

    # --- the engine's inputs ---

    def obey(self, number: SessionNumber, command: Command) -> None:
        self._perform(self._engine.receive(number, command, self._now_s()))

    def note_sent(self, number: SessionNumber) -> None:
        self._perform(self._engine.transitions_sent((number,), self._now_s()))

    def disconnect(self, number: SessionNumber) -> None:
        self._outboxes.pop(number, None)
        self._contexts.pop(number, None)
        self._perform(self._engine.close_session(number))

    async def _follow_feed(self) -> None:
        """Tell the engine all that the feed tells, for ever."""
        crashes = 0
        while True:
            try:
                async with aclosing(self._open_feed()) as feed:
                    self._feed = feed
                    async for event in feed:
                        crashes = 0
                        self._note_copies(event)
                        self._perform(self._engine.feed(self._translation.translate(event), self._now_s()))
                raise RuntimeError("The change feed ended.")
            except Exception as error:
                crashes += 1
                self._observe(PartCrashed("feed", error, crashes))
            finally:
                self._feed = None
            await asyncio.sleep(
                backoff_s(crashes, first_s=FEED_RETRY_FIRST_S, longest_s=FEED_RETRY_LONGEST_S)
            )

    async def _tick(self, effect: TakeSnapshot, runs: "asyncio.Future[tuple[QueryRun, ...]]") -> None:
        """One tick, from its snapshot to its end. `runs`: what the engine orders; cancelled at the end."""
        try:
            if effect.delay_s:
                await asyncio.sleep(effect.delay_s)
            if not self._engine.opening_snapshot(effect.tick):
                return
            with self._tracing.span("tick"):
                async with asyncio.timeout(TICK_TIMEOUT_S):
                    await self._run_tick(effect, runs)
        except Exception as error:
            self._tick_crashes += 1
            self._observe(PartCrashed("tick", error, self._tick_crashes))
            self._perform(self._engine.tick_failed(effect.tick, self._now_s()))
        else:
            self._tick_crashes = 0

    async def _run_tick(self, effect: TakeSnapshot, runs: "asyncio.Future[tuple[QueryRun, ...]]") -> None:
        began_s = time.monotonic()
        view = await self.backend.open_snapshot(effect.likely)
        try:
            taken = self._engine.snapshot_taken(effect.tick, view.snapshot, view.position, self._now_s())
            taken_s = time.monotonic()
            self._perform(taken)
            if not runs.done():  # In an idle database the feed is there already.
                await asyncio.wait([runs])
            waited_s = time.monotonic() - taken_s
            if not runs.cancelled():
                answers = await self._run_all(effect.tick, view, runs.result())
                self._perform(self._engine.executed(effect.tick, answers, self._now_s()))
                self._watch(TickEnded(time.monotonic() - began_s, waited_s, len(answers)))
                self._tracing.note({"folkmoot.runs": len(answers), "folkmoot.feed_wait_s": waited_s})
        finally:
            await view.close()

    async def _run_all(
        self, tick: TickNumber, view: OpenSnapshot, runs: tuple[QueryRun, ...]
    ) -> list[Answer]:
        """Run them; the engine is told of what there is where some take long."""
        answers = TickAnswers(
            runs,
            run_late=lambda known: self._perform(self._engine.running_late(tick, known, self._now_s())),
            catch_up=lambda fresh: self._perform(self._engine.answered_late(tick, fresh, self._now_s())),
        )
        try:
            return await view.run(runs, answers.take)
        finally:
            answers.close()

    async def _run_mutation(self, effect: RunMutation) -> None:
        try:
            async with asyncio.timeout(MUTATION_TIMEOUT_S):
                outcome = await self.backend.mutate(effect.call)
        except Exception as error:
            self._observe(PartCrashed("mutation", error, 1))
            self._perform(self._engine.outcome_unknown(effect.session))
        else:
            self._perform(self._engine.mutation_finished(effect.session, outcome, self._now_s()))

    async def _run_action(self, effect: RunAction) -> None:
        try:
            async with asyncio.timeout(ACTION_TIMEOUT_S):
                outcome = await self.backend.act(effect.call)
        except Exception as error:
            # Clients do not repeat actions, so nothing is gained by leaving them in the dark.
            self._observe(PartCrashed("action", error, 1))
            outcome = MutationOutcome(None, FunctionError("Server Error"), (), None)
        now_s = self._now_s()
        self._perform(self._engine.action_finished(effect.session, effect.request_id, outcome, now_s))

    # --- the engine's effects ---

    def _perform(self, effects: list[Effect]) -> None:
        """Do what the engine asks. What an outbox makes it ask meanwhile comes behind that."""
        self._asked.extend(effects)
        if self._performing:
            return
        self._performing = True
        try:
            while self._asked:
                self._do(self._asked.popleft())
        finally:
            self._performing = False

    def _do(self, effect: Effect) -> None:
        match effect:
            case Send(sessions=numbers, messages=messages):
                outboxes = self._outboxes
                sent = [number for number in numbers if outboxes[number].send(messages)]
                self._asked += self._engine.transitions_sent(sent, self._now_s())
            case TakeSnapshot(tick=tick):
                runs = self._orders[tick] = asyncio.get_running_loop().create_future()
                self._spawn(self._tick(effect, runs))
            case RequestHeartbeat(delay_s=delay_s):
                self._request_heartbeat(delay_s)
            case Execute(tick=tick, runs=runs):
                self._orders[tick].set_result(runs)
            case ReleaseSnapshot(tick=tick):
                self._orders.pop(tick).cancel()
            case RunMutation():
                self._spawn(self._run_mutation(effect), self._requests, self._context_of(effect.session))
            case RunAction():
                self._spawn(self._run_action(effect), self._requests, self._context_of(effect.session))
            case CloseSession(session=number, code=code, reason=reason):
                self._contexts.pop(number, None)
                self._outboxes.pop(number).close(code, reason)
            case _:
                assert_never(effect)

    def _context_of(self, number: SessionNumber) -> Context:
        return self._contexts[number].copy() if number in self._contexts else Context()

    def _spawn(
        self,
        work: Coroutine[None, None, None],
        tasks: set[asyncio.Task[None]] | None = None,
        context: Context | None = None,
    ) -> None:
        """Start a task. Without a `context` it is nobody's: whoever caused it, it serves everybody."""
        tasks = self._tasks if tasks is None else tasks
        task = asyncio.create_task(work, context=context or Context())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(self._report_bug)

    def _report_bug(self, task: asyncio.Task[None]) -> None:
        """All that can fail in the work of a task is handled there; what is left is a mistake of ours."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._observe(PartCrashed("engine", error, 1))

    def _request_heartbeat(self, delay_s: float) -> None:
        """At most one request is under way; its answer leads to the next where one is needed."""
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        self._heartbeat = asyncio.get_running_loop().call_later(delay_s, self._request_heartbeat_now)

    def _request_heartbeat_now(self) -> None:
        self._heartbeat = None
        if self._feed is not None:
            self._feed.request_heartbeat()

    # --- queued copies ---

    def _note_copies(self, event: PostgresEvent) -> None:
        match event:
            case Started():
                self._copies_wait.set()
            case Transaction(xid=xid, changes=changes) if any(map(_queues_a_copy, changes)):
                self._copies_told.add(xid)
                self._copies_wait.set()
            case _:
                pass

    async def _drain_copies(self) -> None:
        """Settle queued copies, whoever queued them: when the feed shows some, and now and then."""
        crashes = 0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(COPIES_SWEEP_S):
                    await self._copies_wait.wait()
            self._copies_wait.clear()
            told, self._copies_told = self._copies_told, set()
            try:
                await self._until_visible(told)
                while await self.backend.drain_copies() > 0:
                    pass
                crashes = 0
            except Exception as error:
                crashes += 1
                self._observe(PartCrashed("copies", error, crashes))
                self._copies_told |= told
                self._copies_wait.set()
                delay_s = backoff_s(crashes, first_s=COPIES_RETRY_FIRST_S, longest_s=COPIES_RETRY_LONGEST_S)
                await asyncio.sleep(delay_s)

    async def _until_visible(self, told: set[int]) -> None:
        """The feed tells of a commit shortly before others see it: looking at once could find nothing."""
        times = 0
        while told:
            await asyncio.sleep(backoff_s(times, first_s=RETRY_FIRST_S, longest_s=RETRY_LONGEST_S))
            times += 1
            view = await self.backend.open_snapshot()
            await view.close()
            told = {xid for xid in told if not view.snapshot.sees(xid)}

    # --- old requests ---

    async def _prune_requests(self) -> None:
        """Have requests forgotten that were answered long ago: at the start, and now and then."""
        crashes = 0
        while True:
            try:
                while await self.backend.prune_requests() > 0:
                    pass
                crashes, wait_s = 0, PRUNE_EVERY_S
            except Exception as error:
                crashes += 1
                self._observe(PartCrashed("requests", error, crashes))
                wait_s = backoff_s(crashes, first_s=PRUNE_RETRY_FIRST_S, longest_s=PRUNE_RETRY_LONGEST_S)
            await asyncio.sleep(wait_s)


class Connection:
    """One client's session, as its socket drives it."""

    def __init__(self, reactor: Reactor, number: SessionNumber) -> None:
        self._reactor = reactor
        self._number = number
        self.traffic = reactor.traffic

    def receive(self, command: Command) -> None:
        self._reactor.obey(self._number, command)

    async def authenticate(self, base_version: int, token: str | None) -> None:
        """Be who `token` proves, or a visitor without one.

        Whatever the client says next must be received after this returns: it is said as the new identity.
        """
        try:
            identity = ANONYMOUS if token is None else await self._reactor.backend.verify(token)
        except TokenRefused as refusal:
            self.receive(AuthenticateRefused(base_version, refusal.message))
        else:
            self.receive(Authenticate(base_version, identity))

    def transition_sent(self) -> None:
        """The outbox has got rid of one transition."""
        self._reactor.note_sent(self._number)

    def close(self) -> None:
        """The socket is gone."""
        self._reactor.disconnect(self._number)


@contextmanager
def patient_collector() -> Iterator[None]:
    """Let Python look for garbage only when there is far more new than a tick of a thousand sockets makes.

    Otherwise every tick looks like a leak to it, and it searches all that the sockets hold: a fifth of the
    time that telling them takes. What was there before, modules most of all, it leaves alone: to search that
    takes 100 ms, for which everybody waits.
    """
    young, *older = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS_MAX, *older)
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(young, *older)


def _queues_a_copy(change: RelationChange | Truncated) -> bool:
    match change:
        case RelationChange(table=table, kind=kind):
            return table == COPY_QUEUE and kind == "insert"
        case Truncated(tables=tables):  # This is also what the feed makes of a huge transaction.
            return COPY_QUEUE in tables
        case _:
            assert_never(change)
