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
from typing import IO

import httpx

from backend.devstack.cluster import HOST, free_port

START_TIMEOUT_S = 30.0  # Each part starts in a few seconds; the run as a whole is bounded, too.
READY_POLL_S = 0.05
STOP_TIMEOUT_S = 8.0  # The stack promises to be gone within five.

_FOLKMOOT = (sys.executable, "-m", "backend.cli")


class StackFailed(Exception):
    """A part of the stack did not start; the message holds what it wrote."""


@dataclass(frozen=True)
class RunningStack:
    """Where everything answers; URLs have no slash at their ends."""

    api_url: str
    service_url: str
    database_url: str
    anon_key: str


@asynccontextmanager
async def run_stack() -> AsyncIterator[RunningStack]:
    """Stack and service on free ports, with data that is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as directory:
        ports = ("--api-port", "0", "--db-port", "0")
        async with _child(*_FOLKMOOT, "stack", "--json", "--data-dir", directory, *ports) as stack:
            facts = json.loads(await stack.first_line())
            port = free_port()
            settings = {
                "FOLKMOOT_DATABASE_URL": facts["db_url"],
                "FOLKMOOT_SUPABASE_URL": facts["api_url"],
                "FOLKMOOT_JWT_SECRET": facts["jwt_secret"],
                "FOLKMOOT_PORT": str(port),
            }
            variables = [f"{name}={value}" for name, value in settings.items()]
            async with _child("env", *variables, *_FOLKMOOT, "service") as service:
                url = f"http://{HOST}:{port}"
                await service.answers(f"{url}/health/ready")
                yield RunningStack(facts["api_url"], url, facts["db_url"], facts["anon_key"])


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
async def _child(*command: str) -> AsyncIterator[_Child]:
    """A process that ends with this context."""
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=log)
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
