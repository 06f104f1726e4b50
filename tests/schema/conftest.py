"""A community to write to and look at: alone in a transaction, or with many connections at once."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import create_database, declare_database
from tests.schema.library import CATALOG
from tests.schema.workshop import Workshop, open_workshop
from tests.schema.world import World, lasting_world, passing_world

SHARED = "schema_worlds"
LIBRARY = "schema_library"


@pytest.fixture(scope="session")
async def shared_dsn(cluster, migrated_template) -> str:
    """One migrated database for all tests that leave nothing behind."""
    return (await create_database(cluster, SHARED, migrated_template)).dsn()


@pytest.fixture(scope="session")
async def library_dsn(cluster) -> str:
    """One database with the tables of `library`, for all tests that leave nothing behind."""
    return (await declare_database(cluster, LIBRARY, CATALOG)).dsn()


@pytest.fixture
async def world(shared_dsn) -> AsyncIterator[World]:
    """An empty community inside one transaction, undone at the end. Time stands still in it."""
    async with passing_world(shared_dsn) as opened:
        yield opened


@pytest.fixture
async def busy_world(database) -> AsyncIterator[World]:
    """An empty community in a database of its own, for writers who must see each other."""
    async with lasting_world(database.dsn()) as opened:
        yield opened


@pytest.fixture
async def workshop(empty_database) -> AsyncIterator[Workshop]:
    """A database with every kind of derived field, and nothing in it."""
    opened = await open_workshop(empty_database.dsn())
    try:
        yield opened
    finally:
        await opened.close()
