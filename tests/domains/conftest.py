"""Databases built from the declared tables rather than from the migrations, empty or seeded."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from backend.devstack.cluster import SUPERUSER
from backend.devstack.config import read_config
from backend.devstack.migrations import apply_seeds
from schema.compile.migration import render_migration
from schema.tables import CATALOG
from tests.conftest import BOOTSTRAPPED, Database
from tests.domains.browsers import Browsers, open_browsers
from tests.schema.world import World

SUPABASE = Path(__file__).parent.parent.parent / "supabase"
DECLARED = "declared"
SEEDED = "seeded"
SHARED = "domain_worlds"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def declared_template(cluster) -> str:
    """Name of a database that holds everything the catalog declares, and no row."""
    await _clone(cluster, BOOTSTRAPPED, DECLARED)
    connection = await asyncpg.connect(cluster.dsn(database=DECLARED))
    try:
        await connection.execute(render_migration(CATALOG))
    finally:
        await connection.close()
    return DECLARED


@pytest.fixture(scope="session")
async def seeded_template(cluster, declared_template) -> str:
    """Name of the same database with every seed applied."""
    await _clone(cluster, declared_template, SEEDED)
    await _seed(cluster.dsn(database=SEEDED))
    return SEEDED


@pytest.fixture
async def declared(cluster, declared_template) -> AsyncIterator[Database]:
    """A fresh database that holds everything the catalog declares, and no row."""
    async with _own_clone(cluster, declared_template) as database:
        yield database


@pytest.fixture
async def seeded(cluster, seeded_template) -> AsyncIterator[Database]:
    """A fresh database with everything the catalog declares and every seed."""
    async with _own_clone(cluster, seeded_template) as database:
        yield database


@pytest.fixture
async def seeded_again(cluster, declared) -> Database:
    """What `seeded` is, made anew."""
    await _seed(declared.dsn())
    return declared


@pytest.fixture(scope="session")
async def shared_dsn(cluster, declared_template) -> str:
    """One declared database for all tests that leave nothing behind."""
    await _clone(cluster, declared_template, SHARED)
    return cluster.dsn(database=SHARED)


@pytest.fixture
async def world(shared_dsn) -> AsyncIterator[World]:
    """An empty community inside one transaction, undone at the end. Time stands still in it."""
    owner = await asyncpg.connect(shared_dsn)
    transaction = owner.transaction()
    await transaction.start()
    try:
        yield World(shared_dsn, owner)
    finally:
        await transaction.rollback()
        await owner.close()


@pytest.fixture
async def busy_world(declared) -> AsyncIterator[World]:
    """An empty community in a database of its own, for writers who must see each other."""
    owner = await asyncpg.connect(declared.dsn())
    world = World(declared.dsn(), owner)
    try:
        yield world
    finally:
        await world.close()
        await owner.close()


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


@asynccontextmanager
async def _own_clone(cluster, template: str) -> AsyncIterator[Database]:
    name = f"domains_{next(_numbers)}"
    await _clone(cluster, template, name)
    try:
        yield Database(name, cluster)
    finally:
        await _administer(cluster, f"drop database {name} with (force)")


async def _clone(cluster, template: str, name: str) -> None:
    await _administer(cluster, f"create database {name} template {template} owner postgres")


async def _administer(cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER, "template1"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
