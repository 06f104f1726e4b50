"""What the service does for derived fields while it runs: it folds queued counts, and audits every field.

Several copies of the service may do so at once: each line is folded by one of them, and only one audits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Literal, TypeAlias

from backend.engine.ticks import backoff_s
from backend.postgres import PostgresError
from backend.runtime.observations import FieldAudited, Observe
from backend.runtime.upkeep import audit_field, connected, fold_deltas
from schema.compile.audits import compile_audits
from schema.compile.derived_queued import queued_additions
from schema.language import Catalog

FOLD_EVERY_S = 0.5  # So late may a queued count be; looking into an empty list is quick.
AUDIT_FIRST_S = 300.0  # A service that has just started has better things to do.
AUDIT_EVERY_S = 3_600.0  # A trigger someone disabled should not go unnoticed for a day.
AUDIT_REST = 9.0  # Times as long as an audit took, the next one waits: a tenth of one connection at most.
RETRY_FIRST_S, RETRY_LONGEST_S = 0.1, 60.0  # Nobody waits for it.

_ALONE = "select pg_try_advisory_lock(hashtextextended('derived:audit', 0))"

KeptPart: TypeAlias = Literal["deltas", "audit"]


class Keeper:
    """Keeps derived fields over connections of its own to `dsn`, as the tables' owner.

    `observe` hears what every audit found; `observe_crash` which part went wrong, how, and how often in a
    row. It is tried again.
    """

    def __init__(
        self,
        *,
        dsn: str,
        catalog: Catalog,
        observe: Observe,
        observe_crash: Callable[[KeptPart, Exception, int], None],
    ) -> None:
        self._dsn, self._observe, self._observe_crash = dsn, observe, observe_crash
        self._audits = compile_audits(catalog)
        self._queued = any(queued_additions(table) for table in catalog)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """At work while the context lasts."""
        work = [self._for_ever("audit", self._audit)]
        if self._queued:
            work.append(self._for_ever("deltas", self._fold))
        together = asyncio.gather(*work)
        try:
            yield
        finally:
            together.cancel()
            with suppress(asyncio.CancelledError):
                await together

    async def _for_ever(self, part: KeptPart, work: Callable[[], AsyncGenerator[None, None]]) -> None:
        """Do `work`, which yields whenever something has been done, again and again."""
        crashes = 0
        while True:
            try:
                async with aclosing(work()) as done:
                    async for _ in done:
                        crashes = 0
            except PostgresError as error:
                crashes += 1
                self._observe_crash(part, error, crashes)
                await asyncio.sleep(backoff_s(crashes, first_s=RETRY_FIRST_S, longest_s=RETRY_LONGEST_S))

    async def _fold(self) -> AsyncGenerator[None, None]:
        async with connected(self._dsn) as connection:
            while True:
                await fold_deltas(connection)
                yield
                await asyncio.sleep(FOLD_EVERY_S)

    async def _audit(self) -> AsyncGenerator[None, None]:
        await asyncio.sleep(AUDIT_FIRST_S)
        while True:
            async with connected(self._dsn) as connection:
                # Released with the connection. Where another copy of the service is at it, that will do.
                alone = await connection.fetchval(_ALONE)
                await connection.execute("set max_parallel_workers_per_gather = 0")
                for audit in self._audits if alone else ():
                    began_s = time.monotonic()
                    finding = await audit_field(connection, audit)
                    self._observe(FieldAudited(finding.field, finding.wrong, finding.pending))
                    yield
                    await asyncio.sleep((time.monotonic() - began_s) * AUDIT_REST)
            await asyncio.sleep(AUDIT_EVERY_S)
