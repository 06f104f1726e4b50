"""What a handler is given: who calls, and what it may reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

from backend.engine.versions import PER_TOKEN_CLAIMS, Identity
from backend.runtime.errors import FunctionMisuse, LimitExceeded, SignInRequired
from backend.runtime.functions import Function, Kind, Visibility
from backend.runtime.jobs.scheduler import Scheduler
from backend.runtime.log_lines import Log
from backend.runtime.reading import Reader, count_rows
from backend.runtime.recording import Recorder
from backend.runtime.session import SERVICE, Session
from backend.runtime.storage import Files, Storage
from backend.runtime.usage import Usage
from backend.runtime.writing import Writer
from schema.language import Catalog
from schema.tables import User

P = ParamSpec("P")
R = TypeVar("R")
G = TypeVar("G")

CALLS_MAX = 1_000  # Of functions by one run, however deep: more is a loop that belongs in one function.
CALLS_DEPTH_MAX = 16  # Functions inside each other: deeper is one that calls itself.


class Auth:
    """Who calls, as their verified token says."""

    def __init__(self, identity: Identity, recorder: Recorder | None = None) -> None:
        self._identity, self._recorder = identity, recorder

    @property
    def maybe_user_id(self) -> UUID | None:
        """The caller's id; None for a visitor."""
        return self._look().user_id

    @property
    def user_id(self) -> UUID:
        """The caller's id. Raises `SignInRequired` for a visitor."""
        user_id = self._look().user_id
        if user_id is None:
            raise SignInRequired("Sign in first.")
        return user_id

    @property
    def claims(self) -> Mapping[str, object]:
        """What all tokens of this person have in common: never when one was issued, nor for which session."""
        claims = self._look().claims
        return {name: value for name, value in claims.items() if name not in PER_TOKEN_CLAIMS}

    def _look(self) -> Identity:
        if self._recorder is not None:
            self._recorder.note_caller()
        return self._identity


class Sql:
    """Raw SQL as the caller, under the same rules: `await ctx.sql("select ...", id, reads=("posts",))`."""

    def __init__(
        self, session: Session, recorder: Recorder | None, catalog: Catalog, usage: Usage | None = None
    ) -> None:
        self._session, self._recorder, self._catalog = session, recorder, catalog
        self._usage = usage or Usage()

    async def __call__(self, text: str, *parameters: object, reads: Iterable[str]) -> list[dict[str, object]]:
        """The rows of one statement, by column name.

        `reads` names every table the statement reads: a change to any of them runs the query again.
        """
        if self._recorder is not None:
            self._recorder.note_caller()  # SQL may ask who calls without our knowing.
            for name in reads:
                self._recorder.note_table(self._catalog.table(name))
        records = await self._session.fetch(text, parameters)
        count_rows(self._usage, len(records))
        return [dict(record) for record in records]


@dataclass(frozen=True)
class QueryContext:
    """For a query: one snapshot of the database, as the caller sees it."""

    auth: Auth
    db: Reader
    sql: Sql
    log: Log = field(default_factory=Log, kw_only=True)
    storage: Files = field(default=Files(None), kw_only=True)
    depth: int = field(default=0, kw_only=True)

    async def run_query(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What another query returns in this very snapshot. What it reads and says, this run does."""
        _count_call(self.db.usage, self.depth, function, Kind.QUERY)
        return await function.handler(self.as_query(), **arguments)

    def as_query(self) -> QueryContext:
        """The context of a query called from here."""
        return replace(self, depth=self.depth + 1)

    async def user(self) -> User | None:
        """The caller's own row; None for a visitor."""
        user_id = self.auth.maybe_user_id
        return None if user_id is None else await self.db.get(User, user_id)


@dataclass(frozen=True)
class MutationContext(QueryContext):
    """For a mutation: a serializable transaction. It may be run again, so it may touch nothing but `db`."""

    db: Writer
    scheduler: Scheduler

    def as_query(self) -> QueryContext:
        """The context of a query called from here: it sees what was written, and nothing that is hidden."""
        return QueryContext(
            self.auth,
            self.db.reader(),
            self.sql,
            log=self.log,
            storage=self.storage,
            depth=self.depth + 1,
        )

    async def run_mutation(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What another mutation returns, as part of this transaction: one commit, or none.

        When it fails it has written nothing, and whoever catches the error may go on. One at a time.
        """
        _count_call(self.db.usage, self.depth, function, Kind.MUTATION)
        if self.db.usage.depth != self.depth:
            raise FunctionMisuse("A mutation runs the mutations it calls one at a time: await each.")
        self.db.usage.depth += 1
        try:
            async with self.db.savepoint():
                return await function.handler(replace(self, depth=self.depth + 1), **arguments)
        finally:
            self.db.usage.depth -= 1


class Runner(Protocol):
    """Runs functions for an action; each call is a snapshot or a transaction of its own."""

    @property
    def gateways(self) -> Mapping[type, object]: ...

    def scheduler(self) -> Scheduler: ...

    def storage(self, identity: Identity) -> Storage: ...

    async def run_query(
        self, function: Function[..., R], identity: Identity, arguments: Mapping[str, object]
    ) -> R: ...

    async def run_mutation(
        self, function: Function[..., R], identity: Identity, arguments: Mapping[str, object]
    ) -> R: ...


class ActionContext:
    """For an action: the whole world, and the database through queries and mutations, each on its own.

    A call raises what the function raised. Nothing joins two calls: the world may change in between.
    """

    def __init__(self, identity: Identity, runner: Runner) -> None:
        self.auth = Auth(identity)
        self.log = Log()
        self.scheduler = runner.scheduler()
        self.storage = runner.storage(identity)
        self._identity, self._runner = identity, runner
        self._usage, self._depth = Usage(), 0

    async def run_query(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What the query returns now, as the caller sees it."""
        self._count(function, Kind.QUERY)
        return await self._runner.run_query(function, self._identity, arguments)

    async def run_mutation(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What the mutation returned, once it is committed."""
        self._count(function, Kind.MUTATION)
        return await self._runner.run_mutation(function, self._identity, arguments)

    async def run_action(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What another action returns, within this one's time."""
        self._count(function, Kind.ACTION)
        return await function.handler(self._inside(), **arguments)

    def gateway(self, kind: type[G]) -> G:
        """What the service was given to reach a part of the world through, such as a `StripeGateway`."""
        found = self._runner.gateways.get(kind)
        if not isinstance(found, kind):
            raise FunctionMisuse(f"This service was started without a {kind.__name__}.")
        return found

    def as_service(self) -> ActionContext:
        """This action on the service's own account, which no row rule binds.

        It runs internal functions only: public ones rely on the rules of their callers.
        """
        return self._inside(SERVICE)

    def _inside(self, identity: Identity | None = None) -> ActionContext:
        inside = ActionContext(identity or self._identity, self._runner)
        inside.log, inside.scheduler = self.log, self.scheduler
        inside._usage, inside._depth = self._usage, self._depth + 1
        return inside

    def _count(self, function: Function[..., object], kind: Kind) -> None:
        _count_call(self._usage, self._depth, function, kind)
        if self._identity == SERVICE and function.visibility is not Visibility.INTERNAL:
            raise FunctionMisuse(f"{function.name} is public: the service runs internal functions only.")


def _count_call(usage: Usage, depth: int, function: Function[..., object], kind: Kind) -> None:
    if function.kind is not kind:
        raise FunctionMisuse(f"{function.name} is no {kind.value.lower()}.")
    usage.calls += 1
    if usage.calls > CALLS_MAX:
        raise LimitExceeded(f"This function calls more than {CALLS_MAX} others.")
    if depth >= CALLS_DEPTH_MAX:
        raise LimitExceeded(f"More than {CALLS_DEPTH_MAX} functions call each other.")
