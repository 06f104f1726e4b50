"""Mutations: each a serializable transaction as its caller, run until it is settled, counted once.

Exactly once: a mutation that comes with a session and request id leaves both, with its result, in
`private.mutation_requests` in its own transaction. The log is written last and never read inside the
transaction, since a serializable read of it would set unrelated mutations against each other; that a request
was answered before shows as a violation of its primary key, or as a failure that the log then explains.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from backend.engine.ports import MutationCall, MutationOutcome
from backend.engine.versions import Identity
from backend.postgres import PostgresError
from backend.postgres.errors import SerializationConflict, Unavailable, UniqueViolation
from backend.protocol.values import decode_text, encode_text
from backend.runtime.context import Auth, MutationContext, Sql
from backend.runtime.errors import ArgumentValidationError, FunctionUnknown, RequestReused
from backend.runtime.failures import Ending, Explainer, Raised, Returned, run_to_end
from backend.runtime.functions import Function, Kind
from backend.runtime.observations import MutationConflicted
from backend.runtime.reading import Paging
from backend.runtime.registration import Registry
from backend.runtime.results import encode_result
from backend.runtime.session import Session, acquire, assume, lent
from backend.runtime.writing import Writer
from schema.language import Catalog

INSIST_FROM = 3  # The attempt from which a function's transactions run one by one in this process.
ATTEMPTS_MAX = 10  # Past this some other process wins every time, and the client had better know.
BACKOFF_MS = 4  # Times the attempt, at most: other copies of the service may be at the same rows.
CONNECTIONS_MAX = 16  # Transactions at once: the fewer run, the fewer get in each other's way.
CONNECTION_WAIT_S = 30.0  # For a free connection; later the caller is better told to come back.
MUTATION_S_MAX = 10.0  # Of one attempt: its locks keep others waiting.

_XID32 = 0xFFFF_FFFF  # The change feed carries the low half of a transaction's id.
_NOTE_REQUEST = (
    "insert into private.mutation_requests (session_id, request_id, caller_id, function, result) "
    "values ($1, $2, $3, $4, $5) returning pg_current_xact_id()::text as xid"
)
_READ_XID = "select pg_current_xact_id_if_assigned()::text as xid"
_FIND_REQUEST = (
    "select caller_id, function, result from private.mutation_requests "
    "where session_id = $1 and request_id = $2"
)


@dataclass(frozen=True)
class Task:
    """A mutation to be run. `request` is the session and request id it must be counted once for."""

    function: Function[..., object]
    identity: Identity
    arguments: Mapping[str, object]
    request: tuple[UUID, int] | None


@dataclass(frozen=True)
class Committed:
    """A committed transaction: the handler's result, and the transaction's id where it wrote anything."""

    value: object
    value_json: str
    xid: int | None


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
    ) -> None:
        self._pool, self._registry, self._catalog = pool, registry, catalog
        self._cursor_secret, self._explainer = cursor_secret, explainer
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)

    async def mutate(self, call: MutationCall) -> MutationOutcome:
        """Run a client's mutation to its end, or find the end it had.

        Raises `PostgresError` when the connection broke while committing: nobody can tell then what happened.
        Asking again with the same session and request id is safe.
        """
        began_s = time.monotonic()
        ending = await self._run_call(call)
        error = self._explainer.conclude(Kind.MUTATION, call.call, call.identity, ending, began_s)
        match ending:
            case Returned(committed):
                return MutationOutcome(committed.value_json, None, (), committed.xid)
            case Raised():
                return MutationOutcome(None, error, (), None)

    async def _run_call(self, call: MutationCall) -> Ending[Committed]:
        try:
            function, arguments = self._registry.prepare(call.call, Kind.MUTATION)
        except (FunctionUnknown, ArgumentValidationError) as error:
            return Raised(error)
        if call.session_id is None or call.request_id is None:
            return await self.run(Task(function, call.identity, arguments, None))
        task = Task(function, call.identity, arguments, (call.session_id, call.request_id))
        ending = await self.run(task)
        # A mutation that succeeded before may well fail now: "already enrolled". The first time counts.
        return ending if isinstance(ending, Returned) else await self._find_answer(task) or ending

    async def run(self, task: Task) -> Ending[Committed]:
        """Try until the transaction commits or fails for good. Raises `Unavailable` as `mutate` does.

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
        try:
            connection = await acquire(self._pool, timeout_s=CONNECTION_WAIT_S)
        except PostgresError as error:
            return Raised(error)
        async with lent(self._pool, connection):
            return await self._attempt_on(Session(connection), task)

    async def _attempt_on(self, session: Session, task: Task) -> Ending[Committed]:
        ending = await run_to_end(self._transact(session, task), timeout_s=MUTATION_S_MAX)
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

    async def _transact(self, session: Session, task: Task) -> Committed:
        """All of the transaction but its end."""
        assumed = assume(task.identity, "folkmoot_writer")
        await session.script(f"begin isolation level serializable; {assumed}")
        writer = Writer(session, None, Paging(self._cursor_secret))
        context = MutationContext(Auth(task.identity), writer, Sql(session, None, self._catalog))
        value = await task.function.handler(context, **task.arguments)
        value_json = encode_result(task.function.contract, value)
        xid = await self._note_request(session, task, value_json)
        return Committed(value, value_json, xid)

    async def _note_request(self, session: Session, task: Task, value_json: str) -> int | None:
        if task.request is None:
            [row] = await session.fetch(_READ_XID)
        else:
            parameters = (*task.request, task.identity.user_id, task.function.name, value_json)
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
        if (row["caller_id"], row["function"]) != (task.identity.user_id, task.function.name):
            return Raised(RequestReused("This request id belongs to another call."))
        # jsonb keeps its own spacing and order of keys; equal answers are equal text.
        return Returned(Committed(None, encode_text(decode_text(row["result"])), None))


class AnsweredBefore(Exception):
    """The request log already holds this request."""
