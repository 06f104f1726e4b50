"""Mutations: each a serializable transaction as its caller, run until it is settled, counted once.

Exactly once: what comes with a session and request id is noted in `backend.runtime.request_log`. That a
request was answered before shows as a violation of the log's primary key, or as a failure that the log then
explains.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg

from backend.engine.ports import MutationCall, MutationOutcome
from backend.engine.versions import Identity
from backend.postgres import PostgresError
from backend.postgres.errors import SerializationConflict, Unavailable, UniqueViolation
from backend.runtime.batches import Batches
from backend.runtime.context import Auth, MutationContext, Sql
from backend.runtime.errors import (
    ArgumentValidationError,
    FunctionUnknown,
    LimitExceeded,
    TryAgain,
)
from backend.runtime.failures import Ending, Explainer, Raised, Returned, run_to_end
from backend.runtime.functions import Kind
from backend.runtime.jobs.scheduler import Scheduler, Scheduling
from backend.runtime.log_lines import Log
from backend.runtime.observations import MutationConflicted
from backend.runtime.reading import Paging
from backend.runtime.registration import Registry
from backend.runtime.request_log import AnsweredBefore, commit_answer, find_answer
from backend.runtime.results import encode_result
from backend.runtime.searches import searched_as
from backend.runtime.session import Session, acquire, assume, lent, writing_role
from backend.runtime.settling import Settler
from backend.runtime.storage import Files
from backend.runtime.tasks import Committed, Task
from backend.runtime.transactions import TransactionSession
from backend.runtime.usage import Effort
from backend.runtime.writing import Writer
from schema.language import Catalog

INSIST_FROM = 3  # The attempt from which a function's transactions run one by one in this process.
ATTEMPTS_MAX = 10  # Past this some other process wins every time, and the client had better know.
BACKOFF_MS = 4  # Times the attempt, at most: other copies of the service may be at the same rows.
CONNECTIONS_MAX = 16  # Transactions at once: the fewer run, the fewer get in each other's way.
CONNECTION_WAIT_S = 30.0  # For a free connection; later the caller is better told to come back.
MUTATION_S_MAX = 10.0  # Of one attempt: its locks keep others waiting.

T = TypeVar("T")

KEYED_REQUEST = -1
"""The request id of what a caller named by a key instead: clients count theirs from 0."""

_FINISH_JOB = "select private.finish_job($1)"


def keyed_session(identity: Identity, key: str) -> UUID:
    """The session in which `KEYED_REQUEST` is what this caller named by `key`."""
    return uuid5(NAMESPACE_OID, f"{identity.user_id or ''}\n{key}")


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
        storage: Files,
    ) -> None:
        self._storage = storage
        self._scheduling = scheduling
        self._pool, self._registry, self._catalog = pool, registry, catalog
        self._cursor_secret, self._explainer = cursor_secret, explainer
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)
        settler = Settler(self._try, explainer.observe)
        self._batches = defaultdict[str, Batches[Task, Ending[Committed]]](lambda: Batches(settler.settle))

    async def mutate(self, call: MutationCall) -> MutationOutcome:
        """Run a client's mutation to its end, or find the end it had.

        Raises `PostgresError` when the connection broke while committing: nobody can tell then what happened.
        Asking again with the same session and request id is safe.
        """
        began_s, log, effort = time.monotonic(), Log(), Effort()
        ending = await self._run_call(call, log, effort)
        request = f"{call.session_id}/{call.request_id}" if call.session_id else None
        error = self._explainer.conclude(
            Kind.MUTATION, call.call, call.identity, ending, began_s, effort, request
        )
        lines = self._explainer.shown(call.call.function, log)
        match ending:
            case Returned(committed):
                return MutationOutcome(committed.value_json, None, lines, committed.xid)
            case Raised():
                return MutationOutcome(None, error, lines, None)

    async def _run_call(self, call: MutationCall, log: Log, effort: Effort) -> Ending[Committed]:
        try:
            function, arguments = self._registry.prepare(call.call, Kind.MUTATION)
        except (FunctionUnknown, ArgumentValidationError, LimitExceeded) as error:
            return Raised(error)
        if call.session_id is None or call.request_id is None:
            return await self.run(Task(function, call.identity, arguments, None, log=log, effort=effort))
        request_of = function.name
        if call.request_id == KEYED_REQUEST:  # Keys are people's own, who may take one for two things.
            request_of += f" {hashlib.sha256(call.call.arguments.encode()).hexdigest()}"
        request = (call.session_id, call.request_id)
        task = Task(function, call.identity, arguments, request, None, log, request_of, effort)
        ending = await self.run(task)
        # A mutation that succeeded before may well fail now: "already enrolled". The first time counts.
        return ending if isinstance(ending, Returned) else await self._find_answer(task) or ending

    async def run(self, task: Task) -> Ending[Committed]:
        """Try until the transaction commits or fails for good. Raises `Unavailable` as `mutate` does."""
        person = task.identity.user_id
        # A batch is of people, who come by themselves.
        if task.function.batching is None or person is None or task.job is not None:
            return await self._run_alone(task)
        try:
            return await self._batches[task.function.name].add(person, task)
        except TryAgain as error:
            return Raised(error)

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
        with self._explainer.tracing.span("attempt"):
            ending = await self._try(
                f"begin isolation level serializable; {assume(task.identity, writing_role(task.identity))}",
                lambda session: self._perform(session, task),
                lambda session, made: commit_answer(session, task, made),
            )
        if isinstance(ending, Returned) and ending.value.has_jobs:
            self._scheduling.wake()
        return ending

    async def _try(
        self,
        begin: str,
        work: Callable[[Session], Awaitable[T]],
        commit: Callable[[Session, T], Awaitable[T]],
    ) -> Ending[T]:
        """Do the work in a transaction that `begin` opens, and commit what it did, or nothing at all.

        Raises `Unavailable` when nobody can tell which.
        """
        try:
            connection = await acquire(self._pool, timeout_s=CONNECTION_WAIT_S)
        except PostgresError as error:
            return Raised(error)
        async with lent(self._pool, connection):
            session = TransactionSession(connection, begin)
            ending = await run_to_end(work(session), timeout_s=MUTATION_S_MAX)
            if isinstance(ending, Returned):
                try:
                    return Returned(await commit(session, ending.value))
                except Unavailable:
                    raise
                except (PostgresError, AnsweredBefore) as error:  # A conflict, or a deferred constraint.
                    ending = Raised(error)
            if session.has_begun:
                with suppress(PostgresError):  # Of a connection that is gone, nothing is left to roll back.
                    await session.script("rollback")
            return ending

    async def _perform(self, session: Session, task: Task) -> Committed:
        """All of the transaction but its ends, as its caller."""
        task.log.clear()  # What an attempt said that came to nothing was not said.
        searched = searched_as(self._catalog, writing_role(task.identity))
        writer = Writer(session, None, Paging(self._cursor_secret), searched)
        task.effort.begin(writer.usage)
        sql = Sql(session, None, self._catalog, writer.usage)
        scheduler = Scheduler(session.fetch, self._scheduling)
        auth = Auth(task.identity)
        context = MutationContext(auth, writer, sql, scheduler, log=task.log, storage=self._storage)
        value = await task.function.handler(context, **task.arguments)
        value_json = encode_result(task.function.contract, value)
        if task.job is not None:
            await self._note_job(session, task.job)
        return Committed(value, value_json, None, has_jobs=scheduler.is_used)

    async def _note_job(self, session: Session, job: UUID) -> None:
        try:
            await session.fetch(_FINISH_JOB, (job,))
        except UniqueViolation as error:
            raise JobDecided from error

    async def _find_answer(self, task: Task) -> Ending[Committed] | None:
        async with lent(self._pool, await acquire(self._pool, timeout_s=CONNECTION_WAIT_S)) as connection:
            return await find_answer(Session(connection), task)


class JobDecided(Exception):
    """The job was canceled, or has been run already: this run of it counts for nothing."""
