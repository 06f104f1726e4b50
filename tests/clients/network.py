"""The network between clients and service, which a test can hold up or cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Network:
    """Relays TCP from `url` to the service behind it, byte by byte, until told otherwise."""

    def __init__(self, service_url: str) -> None:
        self._service_url = service_url
        self._answers_may_pass = asyncio.Event()
        self._answers_may_pass.set()
        self._connections: set[asyncio.Task[None]] = set()
        self.url = ""

    def hold_answers(self) -> None:
        """Keep back what the service says; what clients say still reaches it."""
        self._answers_may_pass.clear()

    def release_answers(self) -> None:
        """Deliver what was held back."""
        self._answers_may_pass.set()

    def lead_to(self, service_url: str) -> None:
        """Connect new connections to another copy of the service."""
        self._service_url = service_url

    def cut(self) -> None:
        """Break every open connection and lose what was held back. New ones are relayed both ways."""
        for connection in self._connections:
            connection.cancel()
        self._answers_may_pass = asyncio.Event()
        self._answers_may_pass.set()

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection
        self._connections.add(connection)
        sides = [to_client]
        try:
            service = urlsplit(self._service_url)
            from_service, to_service = await asyncio.open_connection(service.hostname, service.port)
            sides.append(to_service)
            async with asyncio.TaskGroup() as directions:
                directions.create_task(_relay(from_client, to_service))
                directions.create_task(_relay(from_service, to_client, self._answers_may_pass))
        except* (OSError, asyncio.CancelledError):
            pass  # A broken connection ends here; the client notices at its own end.
        finally:
            self._connections.discard(connection)
            for side in sides:
                side.transport.abort()


async def _relay(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, may_pass: asyncio.Event | None = None
) -> None:
    while chunk := await source.read(65_536):
        if may_pass:
            await may_pass.wait()
        target.write(chunk)
        await target.drain()
    target.write_eof()


@asynccontextmanager
async def open_network(service_url: str) -> AsyncIterator[Network]:
    """A network in front of the service, reached at `url` on a free port of its own."""
    network = Network(service_url)
    server = await asyncio.start_server(network._serve, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        server.close()
        network.cut()
        await server.wait_closed()
