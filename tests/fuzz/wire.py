"""A TCP connection to the service, and WebSocket frames written by hand."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

QUIET_S = 0.05
PATIENCE_S = 60.0
UPGRADE = (
    b"GET /api/1.48.0/sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
MASK = b"\x01\x02\x03\x04"


@dataclass
class Wire:
    """One TCP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def write(self, *pieces: bytes) -> None:
        """The service may have hung up meanwhile."""
        try:
            for piece in pieces:
                self.writer.write(piece)
                await self.writer.drain()
                await asyncio.sleep(0)
        except ConnectionError:
            pass

    async def read(self) -> bytes:
        """What the service says until it is quiet, or has hung up."""
        said = b""
        try:
            while piece := await asyncio.wait_for(self.reader.read(65_536), QUIET_S):
                said += piece
        except (TimeoutError, ConnectionError):
            pass
        return said


@asynccontextmanager
async def wire_to(address: tuple[str, int], *, buffer_bytes: int | None = None) -> AsyncIterator[Wire]:
    """A connection, reset in the end. Unread, it holds little more than `buffer_bytes`."""
    plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if buffer_bytes is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, address)
    wire = Wire(*await asyncio.open_connection(sock=plain, limit=buffer_bytes or 65_536))
    try:
        yield wire
    finally:
        wire.writer.transport.abort()


def text_frame(text: str) -> bytes:
    """One whole message, masked as clients have to."""
    payload = text.encode()
    return frame_head(0x81, len(payload), True) + masked(payload)


def masked(payload: bytes) -> bytes:
    return bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


def frame_head(first: int, length: int, is_masked: bool) -> bytes:
    bit = 0x80 if is_masked else 0
    if length < 126:
        head = struct.pack("!BB", first, bit | length)
    elif length < 2**16:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    return head + (MASK if is_masked else b"")
