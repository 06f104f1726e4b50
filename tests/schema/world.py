"""A community in a real database, written to and read from as anyone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg

from schema.compile.audits import compile_audits
from schema.tables import CATALOG
from tests.databases import connected, undone

WAIT_S = 10.0  # Far longer than any of these statements takes to meet the lock it is about to wait for.


@dataclass
class World:
    """A community; `owner` is a connection as the tables' owner, past row security."""

    dsn: str
    owner: asyncpg.Connection
    _opened: list[asyncpg.Connection] = field(default_factory=list)

    async def connect(self) -> asyncpg.Connection:
        """Another connection as the owner, closed with the world."""
        connection = await asyncpg.connect(self.dsn)
        self._opened.append(connection)
        return connection

    async def close(self) -> None:
        for connection in self._opened:
            await connection.close()

    async def person(
        self, name: str = "Ada", *, role: str = "member", tier: str | None = None, status: str = "active"
    ) -> UUID:
        """Someone who signed up."""
        person = uuid4()
        await self.owner.execute(
            "insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)",
            person,
            f"{person}@example.org",
            json.dumps({"name": name}),
        )
        await self.owner.execute("update public.users set role = $2 where id = $1", person, role)
        if tier is not None:
            await self.owner.execute(
                "insert into public.memberships (user_id, tier, status) values ($1, $2, $3)",
                person,
                tier,
                status,
            )
        return person

    async def space(self, visibility: str = "public", **columns: object) -> UUID:
        return await self.add("spaces", name="General", visibility=visibility, **columns)

    async def post(self, space: UUID, author: UUID, **columns: object) -> UUID:
        return await self.add("posts", space_id=space, author_id=author, content="Hello", **columns)

    async def comment(self, post: UUID, author: UUID, **columns: object) -> UUID:
        return await self.add("comments", post_id=post, author_id=author, content="Indeed", **columns)

    async def like(self, person: UUID, kind: str, target: UUID) -> UUID:
        return await self.add("likes", user_id=person, target_type=kind, target_id=target)

    async def add(self, table: str, **columns: object) -> UUID:
        """Insert a row as the owner; its id."""
        async with self.owner.transaction():
            return await insert(self.owner, table, **columns)

    async def run(self, statement: str, *arguments: object) -> None:
        """Execute as the owner; a refusal undoes this statement alone."""
        async with self.owner.transaction():
            await self.owner.execute(statement, *arguments)

    async def value(self, table: str, row: UUID, column: str) -> object:
        return await self.owner.fetchval(f"select {column} from public.{table} where id = $1", row)

    @asynccontextmanager
    async def acting(self, role: str, caller: UUID | None = None) -> AsyncIterator[asyncpg.Connection]:
        """The owner's connection as `role` for `caller`; what it writes is kept if the block succeeds."""
        claims = {"role": role} if caller is None else {"role": role, "sub": str(caller)}
        claim = "select set_config('request.jwt.claims', $1, true)"
        async with self.owner.transaction():
            await self.owner.execute(claim, json.dumps(claims))
            await self.owner.execute(f"set local role {role}")
            yield self.owner
            await self.owner.execute("set local role none")
            await self.owner.execute(claim, "")

    async def seen(self, table: str, caller: UUID | None = None, *, role: str | None = None) -> set[UUID]:
        """The ids of the rows of `table` that `caller` sees; None is a visitor."""
        async with self.acting(role or ("anon" if caller is None else "authenticated"), caller) as connection:
            return {row["id"] for row in await connection.fetch(f"select id from public.{table}")}

    async def drift(self) -> dict[str, list[tuple[UUID, str | None, str | None]]]:
        """Derived fields that are wrong, with (row, stored, actual); a queued copy is late, not wrong."""
        found: dict[str, list[tuple[UUID, str | None, str | None]]] = {}
        for audit in compile_audits(CATALOG):
            rows = [row for row in await self.owner.fetch(audit.sql) if not row["pending"]]
            if rows:
                found[audit.field] = [(row["id"], row["stored"], row["actual"]) for row in rows]
        return found

    async def until_waiting(self, connection: asyncpg.Connection) -> None:
        """Return once `connection` waits for a lock that someone else holds."""
        asked = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1"
        async with asyncio.timeout(WAIT_S):
            while not await self.owner.fetchval(asked, connection.get_server_pid()):
                pass  # Each look is a round trip to another process: there is no event to wait for.

    async def drain(self) -> int:
        """Bring every queued copy up to date; how many queue rows there were."""
        settled = 0
        while batch := await self.owner.fetchval("select derived.drain_copies(100)"):
            settled += batch
        return settled


async def insert(connection: asyncpg.Connection, table: str, **columns: object) -> UUID:
    """Insert a row; its id."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    return await connection.fetchval(
        f"insert into public.{table} ({names}) values ({places}) returning id", *columns.values()
    )


@asynccontextmanager
async def passing_world(dsn: str) -> AsyncIterator[World]:
    """A community inside one transaction, undone at the end. Time stands still in it."""
    async with undone(dsn) as owner:
        yield World(dsn, owner)


@asynccontextmanager
async def lasting_world(dsn: str) -> AsyncIterator[World]:
    """A community for writers who must see each other."""
    async with connected(dsn) as owner:
        world = World(dsn, owner)
        try:
            yield world
        finally:
            await world.close()
