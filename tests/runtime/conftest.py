"""A community in a database of its own, and the functions that run on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.engine.ports import Answer, Call, MutationCall, MutationOutcome, QueryRun
from backend.engine.versions import ANONYMOUS, Identity
from backend.handlers import courses, posts, spaces, users
from backend.protocol.values import decode_text, encode_text
from backend.runtime.execution import Execution
from backend.runtime.observations import Observation
from backend.runtime.registration import Registry
from schema.tables import CATALOG
from tests.databases import Database
from tests.runtime import batched_functions, calling_functions, domain_functions, functions

REGISTRY = Registry.of(
    *(posts, users, spaces, courses),
    *(functions, domain_functions, calling_functions, batched_functions),
)
CURSOR_SECRET = b"a secret of the tests"


async def nobody(token: str) -> Identity:
    raise AssertionError(token)


@dataclass
class Community:
    """`execution` is under test; `sql` is a hand on the database that no rule stops."""

    execution: Execution
    sql: asyncpg.Connection
    dsn: str
    observed: list[Observation] = field(default_factory=list)

    async def member(self, name: str, role: str = "member") -> Identity:
        """Sign someone up."""
        id = uuid4()
        await self.sql.execute("insert into auth.users (id, email) values ($1, $2)", id, f"{id}@example.com")
        await self.sql.execute("update public.users set name = $2, role = $3 where id = $1", id, name, role)
        claims = {"sub": str(id), "role": "authenticated", "aud": "authenticated", "session_id": str(uuid4())}
        return Identity(id, claims, expires_at_s=None)

    async def insert(self, table: str, **values: object) -> UUID:
        """Add a row as the owner of the database; `table` may name its schema."""
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        place = table if "." in table else f"public.{table}"
        id = await self.sql.fetchval(
            f"insert into {place} ({names}) values ({places}) returning id", *values.values()
        )
        assert isinstance(id, UUID)
        return id

    async def query(
        self, function: str, arguments: object = None, *, by: Identity = ANONYMOUS, journal: str | None = None
    ) -> Answer:
        """One query in a snapshot of its own."""
        [answer] = await self.queries(QueryRun(Call(function, encode_text(arguments or {})), by, journal))
        return answer

    async def queries(self, *runs: QueryRun) -> list[Answer]:
        """Several queries in one snapshot."""
        view = await self.execution.open_snapshot()
        try:
            return await view.run(runs)
        finally:
            await view.close()

    async def mutate(
        self,
        function: str,
        arguments: object = None,
        *,
        by: Identity = ANONYMOUS,
        request: tuple[UUID, int] | None = None,
    ) -> MutationOutcome:
        """One mutation, as a client sends it."""
        session_id, request_id = request or (None, None)
        call = Call(function, encode_text(arguments or {}))
        return await self.execution.mutate(MutationCall(call, by, session_id, request_id))


def value(answer: Answer | MutationOutcome) -> Any:
    """What a call that succeeded gave."""
    assert answer.error is None, answer.error
    assert answer.value_json is not None
    return decode_text(answer.value_json)


def refusal(answer: Answer | MutationOutcome) -> Any:
    """The data of a call that was refused."""
    assert answer.value_json is None, answer.value_json
    assert answer.error is not None
    assert answer.error.data_json is not None, answer.error
    return decode_text(answer.error.data_json)


@asynccontextmanager
async def open_community(dsn: str, *, production: bool = False) -> AsyncIterator[Community]:
    """The functions of `REGISTRY` over the database at `dsn`."""
    observed: list[Observation] = []
    sql = await asyncpg.connect(dsn)
    try:
        execution = Execution(
            dsn=dsn,
            registry=REGISTRY,
            catalog=CATALOG,
            verify=nobody,
            cursor_secret=CURSOR_SECRET,
            observe=observed.append,
            production=production,
        )
        async with execution.running():
            yield Community(execution, sql, dsn, observed)
    finally:
        await sql.close()


@pytest.fixture
async def community(database: Database) -> AsyncIterator[Community]:
    """A community nobody has joined yet."""
    async with open_community(database.dsn()) as community:
        yield community
