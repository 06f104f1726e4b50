"""An ASGI application served on the loopback address, from inside this process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from backend.devstack.http_asgi import ASGIApp
from backend.devstack.ports import HOST, require_port

KEEP_ALIVE_S = (
    75  # Clients and proxies drop idle connections by 60 s: none we close is just being used again.
)
GRACE_S = 1  # How long open requests may take when the stack ends; it has five seconds in all.
BACKLOG_MAX = (
    2048  # Connections the kernel keeps waiting: a page reloading everywhere opens hundreds at once.
)


def reserve_port(port: int, *, option: str) -> socket.socket:
    """A socket listening on `port` (0: a free one) of the loopback address; close it, or give it to `serve`.

    Whoever connects before `serve` waits. Merely bound, the port could be taken by somebody else meanwhile.
    Raises `ClusterRefused` when the port is taken; `option` is what the person would change.
    """
    if port:
        require_port(port, option=option)
    # The protocol is named because asyncio sends small answers without delay only on sockets that say TCP.
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((HOST, port))
    reserved.listen(BACKLOG_MAX)
    return reserved


@asynccontextmanager
async def serve(app: ASGIApp, reserved: socket.socket, **settings: Any) -> AsyncIterator[None]:
    """Answer requests on `reserved` as long as the context is open. `app` gets no lifespan events.

    `settings` are uvicorn's, where they are to be other than a stack's.
    """
    protocols: dict[str, Any] = {"ws": "websockets-sansio"} | settings
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            **protocols,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[reserved]), name="gateway")
    try:
        await server.listening.wait()
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Uvicorn as a guest: the process and its signals belong to whoever runs the stack."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()
