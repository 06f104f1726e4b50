"""One query run: from a call and a journal to an answer, with its read set."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from backend.engine.ports import Answer, QueryRun
from backend.engine.versions import Identity
from backend.postgres import PostgresError
from backend.runtime.context import Auth, QueryContext, Sql
from backend.runtime.failures import Explainer, Raised, Returned, run_to_end
from backend.runtime.functions import Function, Kind
from backend.runtime.log_lines import Log
from backend.runtime.reading import Paging, Reader
from backend.runtime.recording import Recorder, RulesOf, lookup_reads
from backend.runtime.registration import Registry
from backend.runtime.results import encode_result
from backend.runtime.searches import Searched, searched_as
from backend.runtime.session import Session, reading_role
from backend.runtime.shared_reads import SharedReads
from backend.runtime.storage import Files
from backend.runtime.usage import Effort
from schema.language import Catalog

R = TypeVar("R")


@dataclass(frozen=True)
class Answered:
    """One run's answer. `shared`: a value that anybody of the caller's standing would have got."""

    answer: Answer
    recorder: Recorder

    @property
    def shared(self) -> bool:
        return self.answer.error is None and not self.recorder.personal

    def for_each(self, callers: Iterable[UUID | None]) -> list[Answer]:
        """The same answer for each of `callers`, with what it would have read for them."""
        assert self.shared, self.answer
        answer, common = self.answer, self.recorder.common_reads()
        lookups = self.recorder.caller_lookups()
        return [
            # `replace` takes five times as long.
            Answer(
                answer.value_json,
                answer.error,
                answer.journal,
                answer.log_lines,
                lookup_reads(lookups, caller),
                common,
            )
            for caller in callers
        ]


QUERY_S_MAX = 5.0  # Of one run: a slow query holds a snapshot back from all who wait for the same tick.


@dataclass(frozen=True)
class QueryRunner:
    """Runs queries on sessions that already act as the caller. `rules`: what a table's rules read."""

    registry: Registry
    catalog: Catalog
    rules: RulesOf
    cursor_secret: bytes
    explainer: Explainer
    storage: Files = field(default=Files(None))

    async def answer(self, session: Session, run: QueryRun, shared: SharedReads | None = None) -> Answered:
        """The answer; an error when the function failed. Raises `PostgresError` when the database did.

        `shared`: what callers of the same standing have read in the same view.
        """
        with self.explainer.tracing.span("query"):
            return await self._answer(session, run, shared)

    async def _answer(self, session: Session, run: QueryRun, shared: SharedReads | None) -> Answered:
        recorder = Recorder(self.rules, run.identity.user_id)
        paging, log, effort = Paging(self.cursor_secret, run.journal), Log(), Effort()
        began_s = time.monotonic()
        reader = Reader(session, recorder, paging, self._searched(run.identity), shared=shared)
        effort.begin(reader.usage)
        running = self._value_json(session, run, reader, recorder, log)
        ending = await run_to_end(running, timeout_s=QUERY_S_MAX)
        match ending:
            case Raised(PostgresError(retry_may_fix=True) as lost):
                raise lost
            case Returned(value_json):
                journal = paging.written
            case Raised():
                value_json, journal = None, run.journal
        error = self.explainer.conclude(Kind.QUERY, run.call, run.identity, ending, began_s, effort)
        lines = self.explainer.shown(run.call.function, log)
        return Answered(Answer(value_json, error, journal, lines, recorder.reads()), recorder)

    async def call(
        self,
        session: Session,
        function: Function[..., R],
        identity: Identity,
        arguments: Mapping[str, object],
        effort: Effort,
    ) -> R:
        """What the handler returns, for our own code. Raises what it raises."""
        reader = Reader(session, None, Paging(self.cursor_secret), self._searched(identity))
        effort.begin(reader.usage)
        return await function.handler(self._context(session, identity, reader, None, Log()), **arguments)

    async def _value_json(
        self, session: Session, run: QueryRun, reader: Reader, recorder: Recorder, log: Log
    ) -> str:
        function, arguments = self.registry.prepare(run.call, Kind.QUERY)
        context = self._context(session, run.identity, reader, recorder, log)
        return encode_result(function.contract, await function.handler(context, **arguments))

    def _context(
        self, session: Session, identity: Identity, reader: Reader, recorder: Recorder | None, log: Log
    ) -> QueryContext:
        sql = Sql(session, recorder, self.catalog, reader.usage)
        return QueryContext(Auth(identity, recorder), reader, sql, log=log, storage=self.storage)

    def _searched(self, identity: Identity) -> Searched:
        return searched_as(self.catalog, reading_role(identity))
