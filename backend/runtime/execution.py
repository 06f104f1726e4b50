"""The service's functions over the database: the `Backend` of the engine's ports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, cast
from uuid import UUID

import asyncpg

from backend.engine.ports import Call, MutationCall, MutationOutcome, TokenRefused
from backend.engine.versions import Identity
from backend.postgres import open_pool
from backend.runtime import mutations, snapshots
from backend.runtime.context import ActionContext
from backend.runtime.errors import LimitExceeded, Refusal, TryAgain
from backend.runtime.failures import Ending, Explainer, Raised, Returned, run_to_end
from backend.runtime.functions import Function, Kind
from backend.runtime.http_routes import RESPONSE_BYTES_MAX, HttpRequest, HttpResponse, HttpRoute
from backend.runtime.jobs.scheduler import Scheduler, Scheduling
from backend.runtime.mutations import JobDecided, MutationRunner
from backend.runtime.observations import Observe, TokenRejected
from backend.runtime.queries import QueryRunner
from backend.runtime.recording import rules_of
from backend.runtime.registration import Registry
from backend.runtime.results import encode_result
from backend.runtime.session import Session, acquire, lent
from backend.runtime.snapshots import Snapshots, SnapshotView
from backend.runtime.storage import Files, Storage, StorageServer
from backend.runtime.tasks import Committed, Task
from backend.runtime.tracing import NOT_TRACED, Tracing
from backend.runtime.usage import Effort
from backend.runtime.watched_pool import WatchedPool
from schema.language import Catalog

R = TypeVar("R")

ACTION_S_MAX = 600.0  # Convex's own limit for actions outside its runtime; they wait for slow third parties.
ACTIONS_RUNNING_MAX = 512  # Each holds memory for as long as a third party pleases.
COPIES_BATCH_MAX = 100  # Renamed people and the like that one call settles: more would hold locks for long.
COPIES_MS_MAX = 60_000  # One person may have written a great deal, and a half-settled batch is worth nothing.
REQUESTS_KEPT_DAYS = 14  # Convex's own figure. No client repeats a request after so long.
REQUESTS_BATCH_MAX = 1_000  # That one call forgets: some milliseconds, whatever has piled up.
STATEMENT_MS_MAX = 8_000  # A statement the service no longer waits for must not go on in the database.

_SETTINGS = {"statement_timeout": str(STATEMENT_MS_MAX), "jit": "off"}

_POSITION = "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as position"
_MISSING_COLUMNS = (
    "select expected.place || '.' || expected.name as missing "
    "from unnest($1::text[], $2::text[]) as expected (place, name) "
    "where not exists (select from pg_attribute where attrelid = to_regclass(expected.place) "
    "and attname = expected.name and not attisdropped) limit 5"
)

# Copies of the service that prune at the same time take different rows.
_PRUNE_REQUESTS = (
    "delete from private.mutation_requests where ctid = any (array("
    "select ctid from private.mutation_requests where created_at < now() - $1::interval "
    "order by created_at limit $2 for update skip locked))"
)

Verify = Callable[[str], Awaitable[Identity]]
"""Who a token proves; raises `TokenRefused`."""


@dataclass(frozen=True)
class _Running:
    """What exists while the pools are open."""

    snapshots: Snapshots
    queries: QueryRunner
    mutations: MutationRunner
    writers: asyncpg.Pool
    pools: Mapping[str, WatchedPool]


class Execution:
    """Runs registered functions, between the start and the end of `running()`.

    `cursor_secret` signs page cursors: the same for all copies of the service. `production` keeps what went
    wrong inside a broken function from clients. `gateways` are what actions reach the world
    through, by class.
    """

    def __init__(
        self,
        *,
        dsn: str,
        registry: Registry,
        catalog: Catalog,
        verify: Verify,
        cursor_secret: bytes,
        observe: Observe,
        production: bool,
        tracing: Tracing = NOT_TRACED,
        storage: StorageServer | None = None,
        gateways: Mapping[type, object] = {},
    ) -> None:
        self.registry, self.gateways = registry, gateways
        self._dsn, self._catalog, self._verify, self._cursor_secret = dsn, catalog, verify, cursor_secret
        self._explainer, self._observe = Explainer(production, observe, tracing), observe
        self._tracing, self._storage = tracing, storage
        self.scheduling = Scheduling(registry.named, reference=tracing.reference)
        self._actions = asyncio.Semaphore(ACTIONS_RUNNING_MAX)
        self._opened: _Running | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connected to the database. Raises `Unavailable` while it cannot be reached."""
        # A serializable transaction that scans a whole table conflicts with every write to it.
        careful = _SETTINGS | {"enable_seqscan": "off"}
        async with (
            _pool(self._dsn, snapshots.CONNECTIONS_MAX, "folkmoot queries", _SETTINGS) as readers,
            _pool(self._dsn, mutations.CONNECTIONS_MAX, "folkmoot mutations", careful) as writers,
        ):
            registry, catalog, secret = self.registry, self._catalog, self._cursor_secret
            files, explainer = Files(self._storage), self._explainer
            pools = {"queries": WatchedPool(readers), "mutations": WatchedPool(writers)}
            reading, writing = (pool.as_pool() for pool in pools.values())
            queries = QueryRunner(registry, catalog, rules_of(catalog), secret, explainer, files)
            runner = MutationRunner(writing, registry, catalog, secret, explainer, self.scheduling, files)
            self._opened = _Running(Snapshots(reading, queries), queries, runner, writing, pools)
            try:
                yield
            finally:
                self._opened = None

    async def open_snapshot(self, likely: Identity | None = None) -> SnapshotView:
        """A view of the database now; close it. Raises `PostgresError`, and later it may work.

        `likely`: on whose behalf the first run will be. A right guess spares a round trip.
        """
        return await self._running.snapshots.open(likely)

    async def mutate(self, call: MutationCall) -> MutationOutcome:
        """Run a mutation as `MutationRunner.mutate` says."""
        with self._tracing.span("mutation"):
            return await self._running.mutations.mutate(call)

    async def act(self, call: MutationCall) -> MutationOutcome:
        """Run an action once; how it ended."""
        with self._tracing.span("action"):
            return await self._act_once(call)

    async def _act_once(self, call: MutationCall) -> MutationOutcome:
        began_s, context = time.monotonic(), ActionContext(call.identity, self)
        if self._actions.locked():
            ending: Ending[str] = Raised(TryAgain("Too many actions are running. Try again."))
        else:
            async with self._actions:
                ending = await run_to_end(self._act(call, context), timeout_s=ACTION_S_MAX)
        error = self._explainer.conclude(Kind.ACTION, call.call, call.identity, ending, began_s)
        value_json = ending.value if isinstance(ending, Returned) else None
        lines = self._explainer.shown(call.call.function, context.log)
        return MutationOutcome(value_json, error, lines, None)

    async def answer_http(self, route: HttpRoute, identity: Identity, request: HttpRequest) -> HttpResponse:
        """Run an HTTP action once. Its refusals are answers with their status, its bugs are 500."""
        with self._tracing.span("action"):
            return await self._answer_http(route, identity, request)

    async def _answer_http(self, route: HttpRoute, identity: Identity, request: HttpRequest) -> HttpResponse:
        began_s, context = time.monotonic(), ActionContext(identity, self)
        if self._actions.locked():
            ending: Ending[HttpResponse] = Raised(TryAgain("Too many actions are running. Try again."))
        else:
            async with self._actions:
                ending = await run_to_end(_answered(route, context, request), timeout_s=ACTION_S_MAX)
        error = self._explainer.conclude(Kind.ACTION, Call(route.name, ""), identity, ending, began_s)
        self._explainer.shown(route.name, context.log)
        match ending:
            case Returned(response):
                return response
            case Raised(Refusal() as refusal):
                return HttpResponse.json(refusal.data, status=refusal.status)
            case Raised():
                assert error is not None, ending
                body = {"code": "InternalServerError", "message": error.message}
                return HttpResponse.json(body, status=500)

    async def drain_copies(self) -> int:
        """Settle one batch of queued copies; how many were. Raises `PostgresError`; trying again may help."""
        async with self._session() as session:
            await session.script(f"begin; set local statement_timeout = {COPIES_MS_MAX}")
            [row] = await session.fetch("select derived.drain_copies($1) as settled", (COPIES_BATCH_MAX,))
            await session.script("commit")
        return row["settled"]

    async def prune_requests(self) -> int:
        """Forget one batch of old requests; how many. Raises `PostgresError`; trying again may help."""
        async with self._session() as session:
            kept = timedelta(days=REQUESTS_KEPT_DAYS)
            return await session.execute(_PRUNE_REQUESTS, (kept, REQUESTS_BATCH_MAX))

    async def verify(self, token: str) -> Identity:
        """Who the token proves; raises `TokenRefused`."""
        try:
            return await self._verify(token)
        except TokenRefused as refused:
            self._observe(TokenRejected(refused.code))
            raise

    async def ping(self) -> None:
        """Return when the database answers. Raises `PostgresError` when it does not."""
        async with self._session() as session:
            await session.script("select 1")

    async def run_query(
        self, function: Function[..., R], identity: Identity, arguments: Mapping[str, object]
    ) -> R:
        """What a query of ours returns now. Raises what it raises."""
        began_s, effort = time.monotonic(), Effort()
        with self._tracing.span("query"), self._explainer.noting(Kind.QUERY, function.name, began_s, effort):
            view = await self.open_snapshot()
            try:
                session = await view.session_for(identity)
                return await self._running.queries.call(session, function, identity, arguments, effort)
            finally:
                await view.close()

    async def run_mutation(
        self, function: Function[..., R], identity: Identity, arguments: Mapping[str, object]
    ) -> R:
        """What a mutation of ours returned, once committed. Raises what it raises."""
        task, began_s = Task(function, identity, arguments, None), time.monotonic()
        noting = self._explainer.noting(Kind.MUTATION, function.name, began_s, task.effort)
        with self._tracing.span("mutation"), noting:
            match await self._running.mutations.run(task):
                case Returned(committed):
                    return cast("R", committed.value)
                case Raised(error):
                    raise error

    async def run_job_mutation(
        self, job: UUID, function: Function[..., object], identity: Identity, arguments: Mapping[str, object]
    ) -> Ending[Committed]:
        """Run a mutation that was scheduled; its end and its job's are one. Raises as `mutate` does."""
        began_s, request = time.monotonic(), f"job {job}"
        task = Task(function, identity, arguments, None, job)
        with self._tracing.span("job", follows=self.scheduling.cause_of(job)):
            ending = await self._running.mutations.run(task)
            self._explainer.shown(function.name, task.log)
            if not (isinstance(ending, Raised) and isinstance(ending.error, JobDecided)):
                call = Call(function.name, "")
                self._explainer.conclude(Kind.MUTATION, call, identity, ending, began_s, task.effort, request)
        return ending

    async def run_job_action(
        self, job: UUID, function: Function[..., object], identity: Identity, arguments: Mapping[str, object]
    ) -> Ending[object]:
        """Run an action that was scheduled; how it ended."""
        began_s, call, request = time.monotonic(), Call(function.name, ""), f"job {job}"
        with self._tracing.span("job", follows=self.scheduling.cause_of(job)):
            context = ActionContext(identity, self)
            ending = await run_to_end(function.handler(context, **arguments), timeout_s=ACTION_S_MAX)
            self._explainer.conclude(Kind.ACTION, call, identity, ending, began_s, request=request)
            self._explainer.shown(function.name, context.log)
        return ending

    def scheduler(self) -> Scheduler:
        """Schedules jobs for an action: each is a transaction of its own."""
        return Scheduler(self._schedule, self.scheduling)

    def storage(self, identity: Identity) -> Storage:
        """The project's files, for an action of `identity`."""
        return Storage(self._storage, identity)

    def pools(self) -> Mapping[str, WatchedPool]:
        """The connections to the database, by what they are for; none while this is not running."""
        return {} if self._opened is None else self._opened.pools

    async def position(self) -> int:
        """Where the database's log ends now. Raises `PostgresError` when it does not answer."""
        async with self._session() as session:
            [row] = await session.fetch(_POSITION)
        return row["position"]

    async def missing_columns(self) -> list[str]:
        """Columns that the functions rely on and the database has not got: migrations are missing.

        A few of them, if any. Raises `PostgresError`.
        """
        tables = self._catalog.tables
        expected = [(table.qualified, column.name) for table in tables for column in table.columns]
        async with self._session() as session:
            rows = await session.fetch(_MISSING_COLUMNS, tuple(zip(*expected, strict=True)))
        return [row["missing"] for row in rows]

    async def _schedule(self, statement: str, parameters: Sequence[object]) -> list[asyncpg.Record]:
        async with self._session() as session:
            rows = await session.fetch(statement, parameters)
        self.scheduling.wake()
        return rows

    async def _act(self, call: MutationCall, context: ActionContext) -> str:
        function, arguments = self.registry.prepare(call.call, Kind.ACTION)
        return encode_result(function.contract, await function.handler(context, **arguments))

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        """A session of the service's own, outside any transaction."""
        pool = self._running.writers
        async with lent(pool, await acquire(pool, timeout_s=mutations.CONNECTION_WAIT_S)) as connection:
            yield Session(connection)

    @property
    def _running(self) -> _Running:
        assert self._opened is not None, "this execution is not running"
        return self._opened


async def _answered(route: HttpRoute, context: ActionContext, request: HttpRequest) -> HttpResponse:
    response = await route.handler(context, request)
    body = response.body.encode() if isinstance(response.body, str) else response.body
    if len(body) > RESPONSE_BYTES_MAX:
        raise LimitExceeded(f"This address answers with more than {RESPONSE_BYTES_MAX} bytes.")
    return response


@asynccontextmanager
async def _pool(
    dsn: str, connections_max: int, name: str, settings: Mapping[str, str]
) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(dsn, connections_max=connections_max, application_name=name, settings=settings)
    try:
        yield pool
    finally:
        await pool.close()
