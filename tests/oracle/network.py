"""A network between two sides: one address, and wires that may be cut, slow or dead."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from backend.devstack.cluster import HOST

CHUNK_BYTES = 65_536


class Wire:
    """One connection through the network. Either direction may stop passing on what it is given."""

    def __init__(self) -> None:
        self.up_passes, self.down_passes = asyncio.Event(), asyncio.Event()
        self.revive()
        self.task: asyncio.Task[None] | None = None

    def revive(self) -> None:
        self.up_passes.set()
        self.down_passes.set()

    def cut(self) -> None:
        assert self.task is not None
        self.task.cancel()


class Network:
    """Leads each new connection to one of those that `ports` names at that moment, chosen at random."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        self.ports = list(ports)
        self._chance = chance
        self._wires: dict[Wire, None] = {}
        self.port = 0
        self.slow: dict[bytes, float] = {}
        """How much later those answers come that hold such bytes."""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def cut(self, share: float = 1.0) -> None:
        """Break that share of the open connections."""
        for wire in self._some(share):
            wire.cut()

    def deaden(self, share: float, *, up: bool, down: bool) -> list[Wire]:
        """Let that share of the connections carry nothing, neither bytes nor their end; those."""
        wires = self._some(share)
        for wire in wires:
            if up:
                wire.up_passes.clear()
            if down:
                wire.down_passes.clear()
        return wires

    def _some(self, share: float) -> list[Wire]:
        wires = list(self._wires)
        return self._chance.sample(wires, round(len(wires) * share))

    def _delay_s(self, chunk: bytes) -> float:
        return sum(delay_s for part, delay_s in self.slow.items() if part in chunk)

    async def relay(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        wire = Wire()
        wire.task = asyncio.current_task()
        self._wires[wire] = None
        sides = [to_client]
        try:
            from_copy, to_copy = await asyncio.open_connection(HOST, self._chance.choice(self.ports))
            sides.append(to_copy)
            async with asyncio.TaskGroup() as directions:
                directions.create_task(_pass_on(from_client, to_copy, wire.up_passes))
                directions.create_task(_pass_on(from_copy, to_client, wire.down_passes, self._delay_s))
        except* (OSError, asyncio.CancelledError):
            pass  # A broken connection ends here; both ends notice by themselves.
        finally:
            del self._wires[wire]
            for side in sides:
                side.transport.abort()


async def _pass_on(
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    passes: asyncio.Event,
    delay_s: Callable[[bytes], float] = lambda _: 0.0,
) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        await asyncio.sleep(delay_s(chunk))
        await passes.wait()
        target.write(chunk)
        await target.drain()
    await passes.wait()
    raise ConnectionResetError  # One side has ended, and with it the connection.


@asynccontextmanager
async def open_network(ports: Sequence[int], chance: random.Random) -> AsyncIterator[Network]:
    """A network in front of whoever serves at `ports`, reached at `url`."""
    network = Network(ports, chance)
    server = await asyncio.start_server(network.relay, HOST, 0)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()
        network.cut()
        await server.wait_closed()
