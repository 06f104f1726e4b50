"""Where copies of the service come from: a process that has imported all they need, and forks for each.

Run as a program it reads one command a line, `{"settings": {...}, "log": "..."}`, and prints the number of
the process it started. Each of them is the service as `folkmoot service` runs it, with the functions of these
histories beside its own; it may be killed and started again in a moment. All end when standard input does.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.conftest import REPOSITORY

PATIENCE_S = 90.0  # For all imports, with two busy cores.
JOB_LEASE_S = 2.0  # What a copy held that was killed is taken over while the history goes on.


class Nursery:
    """The process, as others see it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def start(self, settings: dict[str, str], log: str) -> int:
        """A copy with these environment variables; its process."""
        assert self._process.stdin
        assert self._process.stdout
        async with self._turn, asyncio.timeout(PATIENCE_S):
            self._process.stdin.write(json.dumps({"settings": settings, "log": log}).encode() + b"\n")
            return int(await self._process.stdout.readline())


@asynccontextmanager
async def open_nursery() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.oracle.nursery"),
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


def main() -> None:
    from backend.cli.service_server import serve_service
    from backend.runtime.jobs import queue
    from backend.runtime.registration import Registry
    from backend.server import app
    from tests.oracle import functions

    app.FUNCTIONS = Registry.of(*app.HANDLERS, functions)
    queue.LEASE_S = JOB_LEASE_S
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Whoever dies leaves nothing behind.
    children: list[int] = []
    for line in sys.stdin:
        command = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with open(command["log"], "ab") as log, open(os.devnull, "rb") as nothing:
                os.dup2(nothing.fileno(), sys.stdin.fileno())
                os.dup2(log.fileno(), sys.stdout.fileno())
                os.dup2(log.fileno(), sys.stderr.fileno())
            os.environ.update(command["settings"])
            os._exit(serve_service())
        children.append(child)
        print(child, flush=True)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
