"""A service for the tests of each module, over a database and a Supabase of its own.

Not for all of them: between two modules others may be tested, and start the database server again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from backend.devstack.config import read_config
from backend.devstack.http_server import reserve_port
from backend.devstack.keys import make_keys
from backend.devstack.services import serve_services
from tests.conftest import REPOSITORY
from tests.databases import copied_database
from tests.fuzz.target import Target, open_target


@pytest.fixture(scope="module")
async def target(cluster, migrated_template: str, tmp_path_factory) -> AsyncIterator[Target]:
    """The service under fire."""
    folder = tmp_path_factory.mktemp("fuzz")
    config = read_config(REPOSITORY / "supabase" / "config.toml", environment={})
    keys = make_keys(config, folder)
    with closing(reserve_port(0, option="")) as free:
        port = free.getsockname()[1]
    async with copied_database(cluster, migrated_template) as database:
        with closing(reserve_port(0, option="")) as reserved:
            async with (
                serve_services(database.dsn, config, keys, reserved) as api_url,
                open_target(
                    db_url=database.dsn(), api_url=api_url, secret=keys.jwt_secret, port=port, folder=folder
                ) as target,
            ):
                yield target


@pytest.fixture
async def watched(target: Target) -> AsyncIterator[None]:
    """Somebody who is answered all the while, and whom memory and log satisfy in the end."""
    async with target.watched():
        yield
