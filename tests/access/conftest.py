"""A database with everything that is declared and six people in it, and one with many rows.

Each module has its own: between two of them others may be tested, and start the database server again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from backend.devstack.cluster import SUPERUSER
from schema.tables import CATALOG
from tests.access.attempts import SET_UP
from tests.access.community import settle
from tests.access.filled import FilledTables
from tests.databases import connected, declare_database, drop_database

MATRIX = "access_matrix"
MANY_ROWS = "access_many_rows"


@pytest.fixture(scope="module")
async def matrix_connection(cluster) -> AsyncIterator[asyncpg.Connection]:
    """The tables' owner, in a database of the declared tables in which everybody has signed up."""
    async with _declared(cluster, MATRIX), connected(cluster.dsn(database=MATRIX)) as connection:
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


@pytest.fixture(scope="module")
async def filled(cluster) -> AsyncIterator[FilledTables]:
    """The declared tables in a database of their own, to be filled, and dropped soon: it is large."""
    async with _declared(cluster, MANY_ROWS), connected(cluster.dsn(SUPERUSER, MANY_ROWS)) as connection:
        tables = FilledTables(connection, CATALOG)
        await tables.prepare()
        yield tables


@asynccontextmanager
async def _declared(cluster, name: str) -> AsyncIterator[None]:
    """A database of everything that is declared, for a while."""
    database = await declare_database(cluster, name, CATALOG)
    try:
        yield
    finally:
        await drop_database(database)
