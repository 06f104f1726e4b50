"""The whole of Folkmoot as child processes over an empty database.

`folkmoot stack` and `folkmoot service` are started apart: `folkmoot dev` would start the service anew
whenever a file changes, in the middle of a run.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg
import httpx

from backend.devstack.cluster import HOST, SUPERUSER, free_port

START_TIMEOUT_S = 120.0  # Each part starts in a few seconds, on a busy machine in many more.
READY_POLL_S = 0.05
STOP_TIMEOUT_S = 8.0  # The stack promises to be gone within five.

_FOLKMOOT = (sys.executable, "-m", "backend.cli")


class StackFailed(Exception):
    """A part of the stack did not start; the message holds what it wrote."""


@dataclass(frozen=True)
class Supabase:
    """All but the service. URLs have no slash at their ends; `issuer` and `jwt_secret` make tokens."""

    api_url: str
    database_url: str
    anon_key: str
    issuer: str
    jwt_secret: str
    postgres_pid: int

    @property
    def superuser_url(self) -> str:
        return self.database_url.replace("//postgres:", f"//{SUPERUSER}:", 1)


@dataclass(frozen=True)
class Service:
    """The service over it."""

    url: str
    pid: int


@dataclass(frozen=True)
class RunningStack:
    """Where everything answers."""

    api_url: str
    service_url: str
    database_url: str
    anon_key: str


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for as long as the block lasts."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def run_stack() -> AsyncIterator[RunningStack]:
    """Supabase and service on free ports, with data that is thrown away afterwards."""
    async with run_supabase() as supabase, run_service(supabase) as service:
        yield RunningStack(supabase.api_url, service.url, supabase.database_url, supabase.anon_key)


@asynccontextmanager
async def run_supabase() -> AsyncIterator[Supabase]:
    """The stack alone."""
    with tempfile.TemporaryDirectory() as directory:
        ports = ("--api-port", "0", "--db-port", "0")
        command = (*_FOLKMOOT, "stack", "--json", "--data-dir", directory, *ports)
        async with _child(*command, speaks=True) as stack:
            facts = json.loads(await stack.first_line())
            yield Supabase(
                facts["api_url"],
                facts["db_url"],
                facts["anon_key"],
                issuer=f"{facts['api_url']}/auth/v1",
                jwt_secret=facts["jwt_secret"],
                postgres_pid=_postmaster(Path(directory)),
            )


@asynccontextmanager
async def run_service(supabase: Supabase, module: str = "backend.cli") -> AsyncIterator[Service]:
    """A service of its own process: `module` is what serves when told `service`."""
    port = free_port()
    settings = {
        "FOLKMOOT_DATABASE_URL": supabase.database_url,
        "FOLKMOOT_SUPABASE_URL": supabase.api_url,
        "FOLKMOOT_JWT_SECRET": supabase.jwt_secret,
        "FOLKMOOT_PORT": str(port),
    }
    variables = [f"{name}={value}" for name, value in settings.items()]
    async with _child("env", *variables, sys.executable, "-m", module, "service") as service:
        url = f"http://{HOST}:{port}"
        await service.answers(f"{url}/health/ready")
        yield Service(url, service.process.pid)


def _postmaster(directory: Path) -> int:
    """The process of the embedded PostgreSQL whose data lies in `directory`."""
    return int((directory / "postgres" / "postmaster.pid").read_text().partition("\n")[0])


@dataclass(frozen=True)
class _Child:
    process: asyncio.subprocess.Process
    log: IO[bytes]

    async def first_line(self) -> bytes:
        """What it says on stdout when it is ready."""
        assert self.process.stdout is not None
        with suppress(TimeoutError):
            if line := await asyncio.wait_for(self.process.stdout.readline(), START_TIMEOUT_S):
                return line
        raise self._failed()

    async def answers(self, url: str) -> None:
        """Wait until `url` gives 200."""
        async with httpx.AsyncClient() as client:
            with suppress(TimeoutError):
                async with asyncio.timeout(START_TIMEOUT_S):
                    while self.process.returncode is None:
                        with suppress(httpx.TransportError):
                            if (await client.get(url)).status_code == 200:
                                return
                        await asyncio.sleep(READY_POLL_S)
        raise self._failed()

    def _failed(self) -> StackFailed:
        self.log.seek(0)
        return StackFailed(f"The stack did not start. It wrote:\n{self.log.read().decode(errors='replace')}")


@asynccontextmanager
async def _child(*command: str, speaks: bool = False) -> AsyncIterator[_Child]:
    """A process that ends with this context; `speaks`: its first line on stdout will be read."""
    with tempfile.TemporaryFile() as log:
        # A pipe that nobody reads would stop whoever fills it.
        stdout = asyncio.subprocess.PIPE if speaks else log
        process = await asyncio.create_subprocess_exec(*command, stdout=stdout, stderr=log)
        try:
            yield _Child(process, log)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
            except TimeoutError:
                process.kill()
                await process.wait()
