"""Databases built from the declared tables rather than from the migrations, empty or seeded."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from backend.devstack.config import read_config
from backend.devstack.migrations import apply_seeds
from schema.tables import CATALOG
from tests.databases import Database, copied_database, create_database, declare_database
from tests.domains.browsers import Browsers, open_browsers
from tests.domains.community_people import People, open_people
from tests.schema.world import World, lasting_world, passing_world

SUPABASE = Path(__file__).parent.parent.parent / "supabase"
DECLARED = "declared"
SEEDED = "seeded"
SHARED = "domain_worlds"


@pytest.fixture(scope="session")
async def declared_template(cluster) -> str:
    """Name of a database that holds everything the catalog declares, and no row."""
    await declare_database(cluster, DECLARED, CATALOG)
    return DECLARED


@pytest.fixture(scope="session")
async def seeded_template(cluster, declared_template) -> str:
    """Name of the same database with every seed applied."""
    await create_database(cluster, SEEDED, declared_template)
    await _seed(cluster.dsn(database=SEEDED))
    return SEEDED


@pytest.fixture
async def declared(cluster, declared_template) -> AsyncIterator[Database]:
    """A fresh database that holds everything the catalog declares, and no row."""
    async with copied_database(cluster, declared_template) as database:
        yield database


@pytest.fixture
async def seeded(cluster, seeded_template) -> AsyncIterator[Database]:
    """A fresh database with everything the catalog declares and every seed."""
    async with copied_database(cluster, seeded_template) as database:
        yield database


@pytest.fixture(scope="module")
async def seeded_dsn(cluster, seeded_template) -> AsyncIterator[str]:
    """A database with every seed, for the tests of one module."""
    async with copied_database(cluster, seeded_template) as database:
        yield database.dsn()


@pytest.fixture
async def seeded_people(seeded_dsn) -> AsyncIterator[People]:
    """People among the seeds, in a transaction that is undone."""
    async with open_people(seeded_dsn) as opened:
        yield opened


@pytest.fixture
async def seeded_again(cluster, declared) -> Database:
    """What `seeded` is, made anew."""
    await _seed(declared.dsn())
    return declared


@pytest.fixture(scope="session")
async def shared_dsn(cluster, declared_template) -> str:
    """One declared database for all tests that leave nothing behind."""
    return (await create_database(cluster, SHARED, declared_template)).dsn()


@pytest.fixture
async def world(shared_dsn) -> AsyncIterator[World]:
    """An empty community inside one transaction, undone at the end. Time stands still in it."""
    async with passing_world(shared_dsn) as opened:
        yield opened


@pytest.fixture
async def busy_world(declared) -> AsyncIterator[World]:
    """An empty community in a database of its own, for writers who must see each other."""
    async with lasting_world(declared.dsn()) as opened:
        yield opened


@pytest.fixture
async def owner(declared) -> AsyncIterator[asyncpg.Connection]:
    """The owner of the tables in `declared`."""
    connection = await asyncpg.connect(declared.dsn())
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def browsers(declared, tmp_path) -> AsyncIterator[Browsers]:
    """People's clients on it, through the real Auth and REST."""
    async with open_browsers(declared, tmp_path) as opened:
        yield opened


async def _seed(dsn: str) -> None:
    config = read_config(SUPABASE / "config.toml", environment={})
    await apply_seeds(dsn, config.seed_files, root=SUPABASE.parent)
