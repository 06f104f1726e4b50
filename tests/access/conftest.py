"""A database with everything that is declared and six people in it, and one with many rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from backend.devstack.cluster import SUPERUSER
from schema.compile.migration import render_migration
from schema.tables import CATALOG
from tests.access.attempts import SET_UP
from tests.access.community import settle
from tests.access.filled import FilledTables
from tests.conftest import BOOTSTRAPPED

MATRIX = "access_matrix"
MANY_ROWS = "access_many_rows"


@pytest.fixture(scope="session")
async def matrix_connection(cluster) -> AsyncIterator[asyncpg.Connection]:
    """The tables' owner, in a database of the declared tables in which everybody has signed up."""
    async with _declared(cluster, MATRIX), _connected(cluster.dsn(database=MATRIX)) as connection:
        await settle(connection)
        await connection.execute(SET_UP)
        yield connection


@pytest.fixture
async def owner(matrix_connection) -> AsyncIterator[asyncpg.Connection]:
    """The tables' owner in a transaction that is rolled back."""
    transaction = matrix_connection.transaction()
    await transaction.start()
    try:
        yield matrix_connection
    finally:
        await transaction.rollback()


@pytest.fixture(scope="package")
async def filled(cluster) -> AsyncIterator[FilledTables]:
    """The declared tables in a database of their own, to be filled, and dropped soon: it is large."""
    async with _declared(cluster, MANY_ROWS), _connected(cluster.dsn(SUPERUSER, MANY_ROWS)) as connection:
        tables = FilledTables(connection, CATALOG)
        await tables.prepare()
        yield tables


@asynccontextmanager
async def _declared(cluster, name: str) -> AsyncIterator[None]:
    """A database of everything that is declared, for a while."""
    await _administer(cluster, f"create database {name} template {BOOTSTRAPPED} owner postgres")
    try:
        async with _connected(cluster.dsn(database=name)) as connection:
            await connection.execute(render_migration(CATALOG))
        yield
    finally:
        await _administer(cluster, f"drop database {name} with (force)")


async def _administer(cluster, statement: str) -> None:
    """On a connection of its own: the server may be started again while the database is in use."""
    async with _connected(cluster.dsn(SUPERUSER, "template1")) as administrator:
        await administrator.execute(statement)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
