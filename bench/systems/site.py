"""Where the peers work: one PostgreSQL with plain tables, a database of its own for each of them."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.devstack.child_process import spawn, stop
from backend.devstack.cluster import HOST, SUPERUSER, Cluster
from bench.population import Population, populate_plain_tables
from bench.systems.system import NotRunnable

START_TIMEOUT_S = 90.0  # Zero copies the database first.
STOP_S = 3.0
POLL_S = 0.1
TEMPLATE = "plain"
LOG_TAIL_CHARACTERS = 800

LIKE = (
    "insert into likes (user_id, target_type, target_id) values ($1, 'post', $2)",
    "update posts set like_count = like_count + 1 where id = $2 and $1::uuid is not null",
)


@dataclass(frozen=True)
class Site:
    """The server, with a database to make others of."""

    cluster: Cluster
    population: Population

    @staticmethod
    @asynccontextmanager
    async def open(population: Population) -> AsyncIterator[Site]:
        with tempfile.TemporaryDirectory() as directory:
            async with Cluster.start(Path(directory)) as cluster:
                site = Site(cluster, population)
                await site.execute(f"create database {TEMPLATE}")
                await populate_plain_tables(site.dsn(TEMPLATE), population)
                yield site

    def dsn(self, database: str) -> str:
        return self.cluster.dsn(SUPERUSER, database)

    @asynccontextmanager
    async def database(self, name: str, *, template: str = TEMPLATE) -> AsyncIterator[str]:
        """The URL of a database that nobody has used, with the population unless told otherwise."""
        await self.execute(f"create database {name} template {template}")
        try:
            yield self.dsn(name)
        finally:
            await self.execute(
                "select pg_terminate_backend(active_pid) from pg_replication_slots"
                f" where database = '{name}' and active"
            )
            await self._drop(name)

    async def _drop(self, name: str) -> None:
        async with asyncio.timeout(START_TIMEOUT_S):
            while True:
                try:
                    await self.execute(
                        f"select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        f" where database = '{name}'"
                    )
                    await self.execute(f"drop database {name} with (force)")
                except asyncpg.ObjectInUseError:  # Its walsender is still ending.
                    await asyncio.sleep(POLL_S)
                else:
                    return

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def run_server(
    command: tuple[str, ...], folder: Path, environment: Mapping[str, str], port: int
) -> AsyncIterator[int]:
    """The process id of a server, once it accepts connections at `port`. Raises `NotRunnable`."""
    with tempfile.TemporaryFile() as log:
        process = await spawn(command, directory=folder, output=log, environment=environment)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while not await _accepts(port):
                    if process.returncode is not None:
                        log.seek(0)
                        words = log.read().decode(errors="replace")[-LOG_TAIL_CHARACTERS:]
                        raise NotRunnable(f"it ended with {process.returncode}: {words}")
                    await asyncio.sleep(POLL_S)
            yield process.pid
        except TimeoutError:
            raise NotRunnable(f"it was not ready after {START_TIMEOUT_S:.0f} seconds") from None
        finally:
            await stop(process, (signal.SIGTERM, STOP_S))
            # Zero's own children may be slower than their parent; the session is theirs, too.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True
