"""What a handler is given: who calls, and what it may reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

from backend.engine.versions import PER_TOKEN_CLAIMS, Identity
from backend.runtime.errors import SignInRequired
from backend.runtime.functions import Function
from backend.runtime.jobs.scheduler import Scheduler
from backend.runtime.reading import Reader
from backend.runtime.recording import Recorder
from backend.runtime.session import Session
from backend.runtime.writing import Writer
from schema.language import Catalog
from schema.tables import User

P = ParamSpec("P")
R = TypeVar("R")


class Auth:
    """Who calls, as their verified token says."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    @property
    def maybe_user_id(self) -> UUID | None:
        """The caller's id; None for a visitor."""
        return self._identity.user_id

    @property
    def user_id(self) -> UUID:
        """The caller's id. Raises `SignInRequired` for a visitor."""
        if self._identity.user_id is None:
            raise SignInRequired("Sign in first.")
        return self._identity.user_id

    @property
    def claims(self) -> Mapping[str, object]:
        """What all tokens of this person have in common: never when one was issued, nor for which session."""
        return {name: value for name, value in self._identity.claims.items() if name not in PER_TOKEN_CLAIMS}


class Sql:
    """Raw SQL as the caller, under the same rules: `await ctx.sql("select ...", id, reads=("posts",))`."""

    def __init__(self, session: Session, recorder: Recorder | None, catalog: Catalog) -> None:
        self._session, self._recorder, self._catalog = session, recorder, catalog

    async def __call__(self, text: str, *parameters: object, reads: Iterable[str]) -> list[dict[str, object]]:
        """The rows of one statement, by column name.

        `reads` names every table the statement reads: a change to any of them runs the query again.
        """
        if self._recorder is not None:
            self._recorder.note_caller()  # SQL may ask who calls without our knowing.
            for name in reads:
                self._recorder.note_table(self._catalog.table(name))
        return [dict(record) for record in await self._session.fetch(text, parameters)]


@dataclass(frozen=True)
class QueryContext:
    """For a query: one snapshot of the database, as the caller sees it."""

    auth: Auth
    db: Reader
    sql: Sql

    async def user(self) -> User | None:
        """The caller's own row; None for a visitor."""
        user_id = self.auth.maybe_user_id
        return None if user_id is None else await self.db.get(User, user_id)


@dataclass(frozen=True)
class MutationContext(QueryContext):
    """For a mutation: a serializable transaction. It may be run again, so it may touch nothing but `db`."""

    db: Writer
    scheduler: Scheduler


class Runner(Protocol):
    """Runs functions for an action; each call is a snapshot or a transaction of its own."""

    def scheduler(self) -> Scheduler: ...

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
        self.scheduler = runner.scheduler()
        self._identity, self._runner = identity, runner

    async def run_query(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What the query returns now, as the caller sees it."""
        return await self._runner.run_query(function, self._identity, arguments)

    async def run_mutation(self, function: Function[P, R], *_: P.args, **arguments: P.kwargs) -> R:
        """What the mutation returned, once it is committed."""
        return await self._runner.run_mutation(function, self._identity, arguments)
