"""Copies of the service as processes of their own, to be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

from backend.devstack.cluster import free_port
from tests.conftest import REPOSITORY
from tests.jobs.conftest import FUNCTIONS, PATIENCE_S, POLL_S, Project

LEASE_S = 1.5  # Short, so that tests need not wait long for a dead copy's jobs.

Dies = Literal["never", "settling", "acting"]


@dataclass
class Service:
    """One copy. It may be dead."""

    url: str
    process: asyncio.subprocess.Process
    client: httpx.AsyncClient

    async def mutate(self, function: str, /, **arguments: object) -> Any:
        """What the mutation returned, called as a browser does."""
        body = {"path": f"{FUNCTIONS}:{function}", "args": arguments, "format": "json"}
        answer = (await self.client.post(f"{self.url}/api/mutation", json=body)).json()
        assert answer["status"] == "success", answer
        return answer["value"]

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        await self.process.wait()

    async def dies(self) -> None:
        """Wait until it has killed itself."""
        async with asyncio.timeout(PATIENCE_S):
            assert await self.process.wait() == -signal.SIGKILL

    async def stop(self) -> int:
        """End it as a deployment does; its exit code."""
        self.process.terminate()
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    async def metrics(self) -> dict[str, float]:
        """What Prometheus would read, by name with labels."""
        lines = (await self.client.get(f"{self.url}/metrics")).text.splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}


@asynccontextmanager
async def start_service(
    project: Project, directory: Path, *, dies: Dies = "never", lease_s: float = LEASE_S
) -> AsyncIterator[Service]:
    """A copy that is ready; killed in the end."""
    port = free_port()
    environment = os.environ | {
        "FOLKMOOT_DATABASE_URL": project.dsn,
        "FOLKMOOT_SUPABASE_URL": "http://127.0.0.1:1",  # Nobody signs in here.
        "FOLKMOOT_JWT_SECRET": "a secret of the tests, long enough",
        "FOLKMOOT_PORT": str(port),
    }
    with (directory / f"service-{port}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.jobs.service_process", dies, str(lease_s)),
            cwd=REPOSITORY,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            service = Service(f"http://127.0.0.1:{port}", process, client)
            await _ready(service)
            yield service
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _ready(service: Service) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            assert service.process.returncode is None, "the service ended"
            try:
                if (await service.client.get(f"{service.url}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(POLL_S)
