"""Fixtures every part shares: a real PostgreSQL, databases cloned from a template, and the stack on top.

One server is started for the whole session. A test that asks for `database` gets one of its own, cloned from
a template in a fraction of a second, so tests never see each other's rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from backend.devstack.bootstrap import bootstrap
from backend.devstack.cluster import SUPERUSER, Cluster
from backend.devstack.config import StackConfig, read_config
from backend.devstack.keys import StackKeys, make_keys
from backend.devstack.preparation import prepare_database
from tests.databases import BOOTSTRAPPED, Database, copied_database, create_database

REPOSITORY = Path(__file__).parent.parent
MIGRATED = "migrated"  # The same with supabase/migrations applied, but no seed.


@pytest.fixture(scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """The session's PostgreSQL; its database `postgres` is a Supabase without migrations."""
    async with Cluster.start(tmp_path_factory.mktemp("cluster"), durable=False) as started:
        await bootstrap(started.dsn(SUPERUSER))
        # Now, while nobody is connected to the original.
        await create_database(started, BOOTSTRAPPED, "postgres")
        yield started


@pytest.fixture(scope="session")
async def migrated_template(cluster: Cluster) -> str:
    """Name of a database to which supabase/migrations has been applied."""
    await create_database(cluster, MIGRATED)
    await prepare_database(cluster.dsn(SUPERUSER, MIGRATED), _config(), seed=False)
    return MIGRATED


@pytest.fixture
async def empty_database(cluster: Cluster) -> AsyncIterator[Database]:
    """A fresh Supabase database without our tables."""
    async with copied_database(cluster, BOOTSTRAPPED) as database:
        yield database


@pytest.fixture
async def database(cluster: Cluster, migrated_template: str) -> AsyncIterator[Database]:
    """A fresh Supabase database with our migrations applied."""
    async with copied_database(cluster, migrated_template) as database:
        yield database


@dataclass(frozen=True)
class RunningStack:
    """The gateway, with the services behind it, over a database of its own."""

    api_url: str
    database: Database
    keys: StackKeys

    @property
    def db_url(self) -> str:
        return self.database.dsn()

    @property
    def anon_key(self) -> str:
        return self.keys.anon_key

    @property
    def service_role_key(self) -> str:
        return self.keys.service_role_key

    @property
    def jwt_secret(self) -> str:
        return self.keys.jwt_secret

    async def sign_up(self) -> str:
        """A new person's access token, from Auth itself."""
        account = {"email": f"{uuid4()}@example.com", "password": "a good password", "data": {"name": "Ada"}}
        async with httpx.AsyncClient(timeout=30) as http:
            answer = await http.post(
                f"{self.api_url}/auth/v1/signup", headers={"apikey": self.anon_key}, json=account
            )
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]


@pytest.fixture
async def stack(database: Database, tmp_path: Path) -> AsyncIterator[RunningStack]:
    """The whole API in this process, on a free port, over `database`."""
    # Here and below imported late, so that a part can be tested while others cannot even be imported.
    from backend.devstack.http_server import reserve_port
    from backend.devstack.services import serve_services

    config = _config()
    keys = make_keys(config, tmp_path)
    with closing(reserve_port(0, option="")) as reserved:
        async with serve_services(database.dsn, config, keys, reserved) as api_url:
            yield RunningStack(api_url, database, keys)


@dataclass(frozen=True)
class RunningService:
    """The Litestar service beside a stack; `url` has no slash at its end."""

    url: str
    stack: RunningStack


@pytest.fixture
async def service(stack: RunningStack) -> AsyncIterator[RunningService]:
    """The Litestar service in this process, on a free port, on top of `stack`."""
    from backend.devstack.http_asgi import lifespan
    from backend.devstack.http_server import reserve_port, serve
    from backend.server.app import create_app
    from backend.server.settings import Settings

    with closing(reserve_port(0, option="")) as reserved:
        host, port = reserved.getsockname()
        settings = {
            "database_url": stack.db_url,
            "supabase_url": stack.api_url,
            "jwt_secret": stack.jwt_secret,
            "host": host,
            "port": port,
        }
        app = create_app(Settings.model_validate(settings))
        async with lifespan(app), serve(app, reserved):
            yield RunningService(f"http://{host}:{port}", stack)


def _config() -> StackConfig:
    return read_config(REPOSITORY / "supabase" / "config.toml", environment={})
