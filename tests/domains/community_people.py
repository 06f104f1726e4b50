"""People of every kind, acting on a database of everything that is declared."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from tests.databases import undone
from tests.schema.world import World

REFUSED = "42501"
CHECKED = "23514"
DANGLING = "23503"
TAKEN = "23505"

BROWSER, MUTATION = "authenticated", "folkmoot_writer"


class People(World):
    """A community in all its domains; tables go by their qualified names."""

    async def add(self, table: str, **columns: object) -> UUID:
        """Insert a row as the owner; its id."""
        return await insert(self.owner, table, **columns)

    async def insert_as(self, role: str, caller: UUID, table: str, **columns: object) -> UUID:
        """Insert a row as `caller`; its id."""
        async with self.acting(role, caller) as connection:
            return await insert(connection, table, **columns)

    async def change_as(self, role: str, caller: UUID, table: str, row: UUID, **columns: object) -> int:
        """Update a row as `caller`; how many rows changed: 0 where it is out of reach."""
        changes = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(columns, start=2))
        async with self.acting(role, caller) as connection:
            done = await connection.execute(
                f"update {table} set {changes} where id = $1", row, *map(_encode, columns.values())
            )
        return int(done.split()[-1])

    async def value(self, table: str, row: UUID, column: str) -> object:
        return await self.owner.fetchval(f"select {column} from {table} where id = $1", row)

    async def seen(self, table: str, caller: UUID | None = None, *, role: str | None = None) -> set[UUID]:
        """The ids of the rows of `table` that `caller` sees; None is a visitor."""
        async with self.acting(role or ("anon" if caller is None else BROWSER), caller) as connection:
            return {row["id"] for row in await connection.fetch(f"select id from {table}")}

    async def sees(self, table: str, row: UUID, caller: UUID | None) -> bool:
        """Whether a browser finds the row; None is a visitor."""
        return row in await self.seen(table, caller)


async def insert(connection: asyncpg.Connection, table: str, **columns: object) -> UUID:
    """Insert a row; its id."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    async with connection.transaction():
        made = await connection.fetchval(
            f"insert into {table} ({names}) values ({places}) returning id", *map(_encode, columns.values())
        )
    assert isinstance(made, UUID), made
    return made


@asynccontextmanager
async def open_people(dsn: str) -> AsyncIterator[People]:
    """Everybody of a database, in a transaction that is undone at the end: time stands still in it."""
    async with undone(dsn) as owner:
        yield People(dsn, owner)


@asynccontextmanager
async def refused(code: str) -> AsyncIterator[None]:
    """PostgreSQL refuses what happens inside, with this SQLSTATE."""
    with pytest.raises(asyncpg.PostgresError) as refusal:
        yield
    assert getattr(refusal.value, "sqlstate", None) == code, refusal.value


def _encode(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value
