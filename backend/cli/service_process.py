"""The Litestar service as a child process, started anew when its code changes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import watchfiles

import backend
import schema
from backend.devstack.child_process import spawn, stop
from backend.devstack.errors import ServiceRefused
from backend.devstack.ports import HOST
from backend.devstack.stack import Stack

READY_TIMEOUT_S = 20.0  # It takes two seconds, most of them imports; a hang is not waited out.
READY_POLL_S = 0.02
STOP_S = 1.5  # Then it is killed: the whole stack has five seconds to end.
WATCHED = tuple(Path(package.__path__[0]) for package in (backend, schema))


class ServiceProcess:
    """The service as a child process. `start` and `stop` alternate; at most one child lives."""

    def __init__(self, stack: Stack, port: int) -> None:
        self.url = f"http://{HOST}:{port}"
        self._port = port
        self._environment = os.environ | {
            "FOLKMOOT_DATABASE_URL": stack.database_url,
            "FOLKMOOT_SUPABASE_URL": stack.api_url,
            "FOLKMOOT_JWT_SECRET": stack.keys.jwt_secret,
            "FOLKMOOT_JWT_ISSUER": stack.issuer,
            "FOLKMOOT_HOST": HOST,
            "FOLKMOOT_PORT": str(port),
            "FOLKMOOT_SHUTDOWN_S": "1",  # A restart during development should feel immediate.
            "FOLKMOOT_SUPABASE_ANON_KEY": stack.keys.anon_key,
            "FOLKMOOT_SUPABASE_SERVICE_KEY": stack.keys.service_role_key,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the child; `ready` tells when it answers."""
        self._process = await spawn(
            [sys.executable, "-m", "backend.cli", "service"],
            directory=Path.cwd(),
            output=sys.stderr.fileno(),  # Stdout is ours, for one line of JSON.
            environment=self._environment,
        )

    async def ready(self) -> None:
        """Wait until the child has the database and hears of changes; `ServiceRefused` if it does not."""
        assert self._process is not None
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                while not await self._is_ready():
                    if self._process.returncode is not None:
                        raise ServiceRefused(
                            "service.ended",
                            f"The service ended at once (exit code {self._process.returncode}).",
                            hint="What it wrote stands above.",
                        )
                    await asyncio.sleep(READY_POLL_S)
        except TimeoutError as error:
            raise ServiceRefused(
                "service.not_ready",
                f"The service did not get ready within {READY_TIMEOUT_S:.0f} seconds.",
                hint=f"What it wrote stands above; {self.url}/health/ready says what it lacks.",
            ) from error

    async def stop(self) -> None:
        """End the child, if there is one."""
        if self._process is not None:
            await stop(self._process, (signal.SIGTERM, STOP_S))
            self._process = None

    async def _is_ready(self) -> bool:
        """Whether it answers queries and hears of changes."""
        try:
            reader, writer = await asyncio.open_connection(HOST, self._port)
            with contextlib.closing(writer):
                writer.write(
                    f"GET /health/ready HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
                )
                status_line = await reader.readline()
        except OSError:
            return False
        return status_line.split(b" ")[1:2] == [b"200"]


@asynccontextmanager
async def run_service(stack: Stack, port: int) -> AsyncIterator[ServiceProcess]:
    """The service beside `stack`; it need not answer yet."""
    service = ServiceProcess(stack, port)
    try:
        await service.start()
        yield service
    finally:
        await service.stop()


@asynccontextmanager
async def reloading(service: ServiceProcess, *, tell: Callable[[str], None]) -> AsyncIterator[None]:
    """Start `service` again whenever a Python file of ours changes, as long as the context is open."""
    task = asyncio.create_task(_reload(service, tell), name="reload")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _reload(service: ServiceProcess, tell: Callable[[str], None]) -> None:
    async for changes in watchfiles.awatch(*WATCHED, watch_filter=watchfiles.PythonFilter()):
        names = sorted(Path(path).name for _, path in changes)
        tell(f"Changed: {', '.join(names)}; starting the service again")
        await service.stop()
        await service.start()
        try:
            await service.ready()
        except ServiceRefused as error:
            tell(f"{error.message} It starts again at the next change.")
