"""Mutations: each a serializable transaction as its caller, run until it is settled, counted once.

Exactly once: a mutation that comes with a session and request id leaves both, with its result, in
`private.mutation_requests` in its own transaction. The log is written last and never read inside the
transaction, since a serializable read of it would set unrelated mutations against each other; that a request
was answered before shows as a violation of its primary key, or as a failure that the log then explains.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg

from backend.engine.ports import MutationCall, MutationOutcome
from backend.engine.versions import Identity
from backend.postgres import PostgresError
from backend.postgres.errors import SerializationConflict, Unavailable, UniqueViolation
from backend.protocol.values import decode_text, encode_text
from backend.runtime.batches import Batches
from backend.runtime.context import Auth, MutationContext, Sql
from backend.runtime.errors import (
    ArgumentValidationError,
    FunctionUnknown,
    LimitExceeded,
    RequestReused,
    TryAgain,
)
from backend.runtime.failures import Ending, Explainer, Raised, Returned, run_to_end
from backend.runtime.functions import Function, Kind
from backend.runtime.jobs.scheduler import Scheduler, Scheduling
from backend.runtime.log_lines import Log
from backend.runtime.observations import MutationConflicted
from backend.runtime.reading import Paging
from backend.runtime.registration import Registry
from backend.runtime.results import encode_result
from backend.runtime.session import Session, acquire, assume, lent, writing_role
from backend.runtime.writing import Writer
from schema.language import Catalog

INSIST_FROM = 3  # The attempt from which a function's transactions run one by one in this process.
ATTEMPTS_MAX = 10  # Past this some other process wins every time, and the client had better know.
BACKOFF_MS = 4  # Times the attempt, at most: other copies of the service may be at the same rows.
CONNECTIONS_MAX = 16  # Transactions at once: the fewer run, the fewer get in each other's way.
CONNECTION_WAIT_S = 30.0  # For a free connection; later the caller is better told to come back.
MUTATION_S_MAX = 10.0  # Of one attempt: its locks keep others waiting.
BATCHED_CALL_S_MAX = 1.0  # Of one call in a batch, Convex's own limit: all others of the batch wait for it.
BATCH_S_MAX = 5.0  # After which a batch begins no further call, so that no attempt runs out of its time.

T = TypeVar("T")

KEYED_REQUEST = -1
"""The request id of what a caller named by a key instead: clients count theirs from 0."""

_XID32 = 0xFFFF_FFFF  # The change feed carries the low half of a transaction's id.
_NOTE_REQUEST = (
    "insert into private.mutation_requests (session_id, request_id, caller_id, function, result) "
    "values ($1, $2, $3, $4, $5) returning pg_current_xact_id()::text as xid"
)
_READ_XID = "select pg_current_xact_id_if_assigned()::text as xid"
_FINISH_JOB = "select private.finish_job($1)"
_FIND_REQUEST = (
    "select caller_id, function, result from private.mutation_requests "
    "where session_id = $1 and request_id = $2"
)


def keyed_session(identity: Identity, key: str) -> UUID:
    """The session in which `KEYED_REQUEST` is what this caller named by `key`."""
    return uuid5(NAMESPACE_OID, f"{identity.user_id or ''}\n{key}")


@dataclass(frozen=True)
class Task:
    """A mutation to be run, once for a session and request id in `request`, or for a scheduled `job`.

    `request_of` says in the request log which call the request is.
    """

    function: Function[..., object]
    identity: Identity
    arguments: Mapping[str, object]
    request: tuple[UUID, int] | None
    job: UUID | None = None
    log: Log = field(default_factory=Log)
    request_of: str = ""


@dataclass(frozen=True)
class Committed:
    """A committed transaction: the handler's result, and the transaction's id where it wrote anything."""

    value: object
    value_json: str
    xid: int | None
    has_jobs: bool = False


@dataclass
class _Queue:
    """Where transactions of one function wait for each other, once they have got in each other's way."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    losers: int = 0  # Calls that lost twice: until they are through, newcomers wait as well.


class MutationRunner:
    """Runs mutations on a pool of its own, of `CONNECTIONS_MAX` connections."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        registry: Registry,
        catalog: Catalog,
        cursor_secret: bytes,
        explainer: Explainer,
        scheduling: Scheduling,
    ) -> None:
        self._scheduling = scheduling
        self._pool, self._registry, self._catalog = pool, registry, catalog
        self._cursor_secret, self._explainer = cursor_secret, explainer
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)
        self._batches = defaultdict[str, Batches[Task, Ending[Committed]]](lambda: Batches(self._settle))

    async def mutate(self, call: MutationCall) -> MutationOutcome:
        """Run a client's mutation to its end, or find the end it had.

        Raises `PostgresError` when the connection broke while committing: nobody can tell then what happened.
        Asking again with the same session and request id is safe.
        """
        began_s, log = time.monotonic(), Log()
        ending = await self._run_call(call, log)
        error = self._explainer.conclude(Kind.MUTATION, call.call, call.identity, ending, began_s)
        lines = self._explainer.shown(call.call.function, log)
        match ending:
            case Returned(committed):
                return MutationOutcome(committed.value_json, None, lines, committed.xid)
            case Raised():
                return MutationOutcome(None, error, lines, None)

    async def _run_call(self, call: MutationCall, log: Log) -> Ending[Committed]:
        try:
            function, arguments = self._registry.prepare(call.call, Kind.MUTATION)
        except (FunctionUnknown, ArgumentValidationError, LimitExceeded) as error:
            return Raised(error)
        if call.session_id is None or call.request_id is None:
            return await self.run(Task(function, call.identity, arguments, None, log=log))
        request_of = function.name
        if call.request_id == KEYED_REQUEST:  # Keys are people's own, who may take one for two things.
            request_of += f" {hashlib.sha256(call.call.arguments.encode()).hexdigest()}"
        request = (call.session_id, call.request_id)
        task = Task(function, call.identity, arguments, request, log=log, request_of=request_of)
        ending = await self.run(task)
        # A mutation that succeeded before may well fail now: "already enrolled". The first time counts.
        return ending if isinstance(ending, Returned) else await self._find_answer(task) or ending

    async def run(self, task: Task) -> Ending[Committed]:
        """Try until the transaction commits or fails for good. Raises `Unavailable` as `mutate` does."""
        if not task.function.batch:
            return await self._run_alone(task)
        try:
            ending = await self._batches[task.function.name].add(task)
        except TryAgain as error:
            return Raised(error)
        # A duplicate may be a conflict in disguise (see `_lost`), and then ends well when it is run again.
        is_duplicate = isinstance(ending, Raised) and isinstance(ending.error, UniqueViolation)
        return await self._run_alone(task) if is_duplicate else ending

    async def _run_alone(self, task: Task) -> Ending[Committed]:
        """Try in a transaction of its own.

        The first try runs beside others of its function and the second waits its turn. Whoever loses both
        makes newcomers wait, too: from there on nothing of this process is in its way.
        """
        queue = self._queues[task.function.name]
        ending = await (self._attempt(task) if queue.losers == 0 else self._attempt_in_turn(queue, task))
        if not self._lost(task, 1, ending):
            return ending
        ending = await self._attempt_in_turn(queue, task)
        if not self._lost(task, 2, ending):
            return ending
        queue.losers += 1
        try:
            async with queue.turn:
                return await self._insist(task, ending)
        finally:
            queue.losers -= 1

    async def _attempt_in_turn(self, queue: _Queue, task: Task) -> Ending[Committed]:
        async with queue.turn:
            return await self._attempt(task)

    async def _insist(self, task: Task, ending: Ending[Committed]) -> Ending[Committed]:
        for number in range(INSIST_FROM, ATTEMPTS_MAX + 1):
            await asyncio.sleep(random.uniform(0, BACKOFF_MS * number) / 1000)
            ending = await self._attempt(task)
            if not self._lost(task, number, ending):
                break
        return ending

    def _lost(self, task: Task, number: int, ending: Ending[Committed]) -> bool:
        match ending:
            case Raised(SerializationConflict() as error):
                pass
            # Of two transactions that both looked first, PostgreSQL may call the second one's insert a
            # duplicate where it means a conflict. Alone, a mutation that looks first finds the row.
            # https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
            case Raised(UniqueViolation() as error) if number < INSIST_FROM:
                pass
            case _:
                return False
        self._explainer.observe(MutationConflicted(task.function.name, number, error.sqlstate or ""))
        return True

    async def _attempt(self, task: Task) -> Ending[Committed]:
        ending = await self._try(lambda session: self._transact(session, task))
        if isinstance(ending, Returned) and ending.value.has_jobs:
            self._scheduling.wake()
        return ending

    async def _try(self, work: Callable[[Session], Awaitable[T]]) -> Ending[T]:
        """Do the work, which begins a transaction, and commit what it did, or nothing at all."""
        try:
            connection = await acquire(self._pool, timeout_s=CONNECTION_WAIT_S)
        except PostgresError as error:
            return Raised(error)
        async with lent(self._pool, connection):
            session = Session(connection)
            ending = await run_to_end(work(session), timeout_s=MUTATION_S_MAX)
            if isinstance(ending, Raised):
                with suppress(PostgresError):  # Of a connection that is gone, nothing is left to roll back.
                    await session.script("rollback")
                return ending
            try:
                await session.script("commit")
            except Unavailable:
                raise
            except PostgresError as error:  # A conflict or a deferred constraint: nothing was committed.
                return Raised(error)
            return ending

    async def _settle(self, tasks: Sequence[Task]) -> Sequence[Ending[Committed]]:
        """Run calls of one function in one transaction; how the first of them ended, in order.

        A call that fails is undone by itself. Where the whole transaction cannot be committed the first call
        is run alone, and so in the end is the one that is the reason.
        """
        if len(tasks) == 1:
            return [await self._run_alone(tasks[0])]
        for number in range(1, ATTEMPTS_MAX + 1):
            ending = await self._try(lambda session: self._perform_each(session, tasks))
            match ending:
                case Returned(endings):
                    if any(isinstance(one, Returned) and one.value.has_jobs for one in endings):
                        self._scheduling.wake()
                    return endings
                case Raised(SerializationConflict()):
                    self._lost(tasks[0], number, ending)
                    await asyncio.sleep(random.uniform(0, BACKOFF_MS * number) / 1000)
                case Raised(Unavailable()):
                    return [ending] * len(tasks)
                case Raised():
                    break
        return [await self._run_alone(tasks[0])]

    async def _perform_each(self, session: Session, tasks: Sequence[Task]) -> list[Ending[Committed]]:
        """Each call as its own caller, behind a savepoint, until time is short."""
        began_s = time.monotonic()
        endings: list[Ending[Committed]] = []
        for task in tasks:
            if endings and time.monotonic() - began_s > BATCH_S_MAX:
                break
            before = "release savepoint call" if endings else "begin isolation level serializable"
            # Behind the savepoint, so that what one caller was goes with what they did.
            assumed = assume(task.identity, writing_role(task.identity))
            await session.script(f"{before}; savepoint call; {assumed}")
            ending = await run_to_end(self._perform(session, task), timeout_s=BATCHED_CALL_S_MAX)
            match ending:
                case Raised(SerializationConflict() | Unavailable() as error):
                    raise error  # What has happened to the transaction has happened to all of its calls.
                case Raised():
                    await session.script("rollback to savepoint call")
                case Returned():
                    pass
            endings.append(ending)
        return endings

    async def _transact(self, session: Session, task: Task) -> Committed:
        """All of the transaction but its end."""
        assumed = assume(task.identity, writing_role(task.identity))
        await session.script(f"begin isolation level serializable; {assumed}")
        return await self._perform(session, task)

    async def _perform(self, session: Session, task: Task) -> Committed:
        """One call inside a transaction that acts as its caller."""
        task.log.clear()  # What an attempt said that came to nothing was not said.
        writer = Writer(session, None, Paging(self._cursor_secret))
        sql = Sql(session, None, self._catalog, writer.usage)
        scheduler = Scheduler(session.fetch, self._scheduling)
        context = MutationContext(Auth(task.identity), writer, sql, scheduler, log=task.log)
        value = await task.function.handler(context, **task.arguments)
        value_json = encode_result(task.function.contract, value)
        if task.job is not None:
            await self._note_job(session, task.job)
        xid = await self._note_request(session, task, value_json)
        return Committed(value, value_json, xid, has_jobs=scheduler.is_used)

    async def _note_job(self, session: Session, job: UUID) -> None:
        try:
            await session.fetch(_FINISH_JOB, (job,))
        except UniqueViolation as error:
            raise JobDecided from error

    async def _note_request(self, session: Session, task: Task, value_json: str) -> int | None:
        if task.request is None:
            [row] = await session.fetch(_READ_XID)
        else:
            parameters = (*task.request, task.identity.user_id, task.request_of, value_json)
            try:
                [row] = await session.fetch(_NOTE_REQUEST, parameters)
            except UniqueViolation as error:
                raise AnsweredBefore from error
        return None if row["xid"] is None else int(row["xid"]) & _XID32

    async def _find_answer(self, task: Task) -> Ending[Committed] | None:
        """The stored end of a request, None when it has none. Only its own caller may see it."""
        async with lent(self._pool, await acquire(self._pool, timeout_s=CONNECTION_WAIT_S)) as connection:
            rows = await Session(connection).fetch(_FIND_REQUEST, task.request or ())
        if not rows:
            return None
        [row] = rows
        if (row["caller_id"], row["function"]) != (task.identity.user_id, task.request_of):
            return Raised(RequestReused("This request id or key belongs to another call."))
        # jsonb keeps its own spacing and order of keys; equal answers are equal text.
        return Returned(Committed(None, encode_text(decode_text(row["result"])), None))


class JobDecided(Exception):
    """The job was canceled, or has been run already: this run of it counts for nothing."""


class AnsweredBefore(Exception):
    """The request log already holds this request."""
