"""Databases that exist only to be looked at: one built from the migrations, one from the declared tables."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import SUPERUSER, Cluster
from backend.devstack.preparation import OWNER, expose_new_tables
from schema.compile.inspection import QUERIES, Inspection, Row, read_inspection


@dataclass
class Scratch:
    """Makes databases out of `template`; `dsn` gives the URL for a user and a database.

    `inspections`: what databases made by a text hold, by that text.
    """

    dsn: Callable[[str, str], str]
    template: str
    prefix: str = "scratch"
    inspections: dict[str, Inspection] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A new database, for as long as the context is open; the URL of its owner."""
        name = f"{self.prefix}_{next(self._numbers)}"
        await self._administer(f"create database {name} template {self.template} owner {OWNER}")
        try:
            # Otherwise what a Supabase grants unasked would look as if it had been declared.
            await expose_new_tables(self.dsn(SUPERUSER, name), expose=False)
            yield self.dsn(OWNER, name)
        finally:
            await self._administer(f"drop database {name} with (force)")

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.dsn(SUPERUSER, "template1"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def open_scratch() -> AsyncIterator[Scratch]:
    """A server of its own in a temporary directory; nothing of it stays. Raises `StackError`."""
    with tempfile.TemporaryDirectory(prefix="folkmoot-schema-") as directory:
        async with Cluster.start(Path(directory), durable=False) as cluster:
            await bootstrap(cluster.dsn(SUPERUSER))
            yield Scratch(cluster.dsn, "postgres")


async def inspect(dsn: str) -> Inspection:
    """What the database at `dsn` holds."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": ""})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            has_buckets = await connection.fetchval("select to_regclass('storage.buckets') is not null")
            rows: dict[str, list[Row]] = {}
            for name, query in QUERIES.items():
                skipped = name == "buckets" and not has_buckets
                rows[name] = [] if skipped else [tuple(row) for row in await connection.fetch(query)]
            return read_inspection(rows)
    finally:
        await connection.close()
