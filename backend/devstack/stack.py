"""The whole stack, from nothing to an API that answers.

>>> async def example(options: StackOptions) -> None:
...     async with open_stack(options) as stack, stack.serving():
...         print(stack.api_url, stack.keys.anon_key)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.devstack.cluster import SUPERUSER, Cluster
from backend.devstack.config import StackConfig, read_config
from backend.devstack.errors import BootstrapRefused
from backend.devstack.http_server import reserve_port
from backend.devstack.keys import StackKeys, make_keys
from backend.devstack.ports import HOST
from backend.devstack.preparation import OWNER, prepare_database, unheard, with_user


@dataclass(frozen=True)
class StackOptions:
    """What the person starting the stack decides.

    The ports win over those in the configuration; 0 takes a free one. With `database_url`, a superuser's,
    there is no embedded server.
    """

    data_directory: Path
    config_path: Path
    api_port: int | None = None
    database_port: int | None = None
    database_url: str | None = None
    durable: bool = True


@dataclass(frozen=True)
class Stack:
    """A stack whose database is ready; within `serving` its API answers too.

    `issuer` is that of the tokens people get. `database_url` logs in as `postgres`. `cluster` is None if the
    server is not ours.
    """

    api_url: str
    issuer: str
    database_url: str
    keys: StackKeys
    cluster: Cluster | None
    _config: StackConfig
    _reserved: socket.socket

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer requests as long as the context is open."""
        # Imported here, where it takes as long as everything before: meanwhile a service can start beside us.
        from backend.devstack.services import serve_services

        def dsn_of(user: str) -> str:
            return with_user(self.database_url, user)

        async with serve_services(dsn_of, self._config, self.keys, self._reserved):
            yield

    async def ended(self) -> None:
        """Wait for ever, or raise `ClusterRefused` when the embedded server ends by itself."""
        if self.cluster is None:
            await asyncio.Event().wait()
        else:
            raise await self.cluster.ended()


@asynccontextmanager
async def open_stack(options: StackOptions, *, tell: Callable[[str], None] = unheard) -> AsyncIterator[Stack]:
    """Reserve the API's port, start the database and prepare it; end all of it in the end.

    `tell` hears what is being done, for people. Raises `StackError`, with nothing left running.
    """
    config = read_config(options.config_path)
    api_port = config.api.port if options.api_port is None else options.api_port
    with closing(reserve_port(api_port, option="--api-port")) as reserved:
        api_url = f"http://{HOST}:{reserved.getsockname()[1]}"
        async with _database(options, config, tell) as (cluster, admin_url):
            await prepare_database(admin_url, config, tell=tell)
            keys = make_keys(config, options.data_directory)
            issuer = config.auth.served_at(api_url)
            yield Stack(api_url, issuer, with_user(admin_url, OWNER), keys, cluster, config, reserved)


async def reset_database(options: StackOptions, *, tell: Callable[[str], None] = unheard) -> None:
    """Empty the embedded database and prepare it again, without serving it.

    Raises `StackError`: for a stack that is running, and for a database that is not ours to empty.
    """
    config = read_config(options.config_path)
    if options.database_url is not None:
        raise BootstrapRefused(
            "bootstrap.not_ours",
            "Only the embedded database can be reset.",
            hint="Drop and create the database of --database-url with its own tools.",
        )
    await Cluster.erase(options.data_directory)
    async with _database(options, config, tell) as (_, admin_url):
        await prepare_database(admin_url, config, tell=tell)


@asynccontextmanager
async def _database(
    options: StackOptions, config: StackConfig, tell: Callable[[str], None]
) -> AsyncIterator[tuple[Cluster | None, str]]:
    """The embedded server, or the one named in `options`, and a superuser's URL for it."""
    if options.database_url is not None:
        options.data_directory.mkdir(parents=True, exist_ok=True)
        try:
            connection = await asyncpg.connect(options.database_url)
        except (OSError, asyncpg.PostgresError, ValueError) as error:
            raise BootstrapRefused(
                "bootstrap.unreachable",
                f"The database of --database-url cannot be reached: {error}",
                hint="Check that the server runs, and its host, port, user, password and database name.",
            ) from error
        await connection.close()
        yield None, options.database_url
    else:
        tell("Starting PostgreSQL")
        port = config.db.port if options.database_port is None else options.database_port
        async with Cluster.start(options.data_directory, port, durable=options.durable) as cluster:
            yield cluster, cluster.dsn(SUPERUSER)
