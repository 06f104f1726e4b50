"""Databases of the session's server: copies of a template, for one test or for a whole folder."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from backend.devstack.cluster import SUPERUSER, Cluster
from schema.compile.migration import render_migration
from schema.language import Catalog

BOOTSTRAPPED = "bootstrapped"  # A database with the roles, schemas and functions of a Supabase, nothing else.
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """One database of the session's server."""

    name: str
    cluster: Cluster

    def dsn(self, user: str = "postgres") -> str:
        """A connection URL for any login role; `supabase_admin` is the superuser."""
        return self.cluster.dsn(user, self.name)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own, closed at the end."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def undone(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection in a transaction that is undone at the end. Time stands still in it."""
    async with connected(dsn) as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


async def create_database(cluster: Cluster, name: str, template: str = BOOTSTRAPPED) -> Database:
    """A copy of `template`, which nobody may be connected to."""
    await _administer(cluster, f"create database {name} template {template} owner postgres")
    return Database(name, cluster)


async def declare_database(cluster: Cluster, name: str, catalog: Catalog) -> Database:
    """A Supabase database that holds everything `catalog` declares, and no row."""
    database = await create_database(cluster, name)
    async with connected(database.dsn()) as owner:
        await owner.execute(render_migration(catalog))
    return database


@asynccontextmanager
async def copied_database(cluster: Cluster, template: str) -> AsyncIterator[Database]:
    """A copy of `template` for a while, under a name of its own."""
    database = await create_database(cluster, f"test_{next(_numbers)}", template)
    try:
        yield database
    finally:
        await drop_database(database)


async def drop_database(database: Database) -> None:
    """Drop it under whoever is still connected to it."""
    # `drop ... with (force)` alone gives up when a replication slot of the database is in use.
    connections = f"pg_stat_activity where datname = '{database.name}'"
    await _administer(database.cluster, f"select pg_terminate_backend(pid, 5000) from {connections}")
    await _administer(database.cluster, f"drop database {database.name} with (force)")


async def _administer(cluster: Cluster, statement: str) -> None:
    """On a connection of its own: the server may be started again while a database is in use."""
    async with connected(cluster.dsn(SUPERUSER, "template1")) as administrator:
        await administrator.execute(statement)
