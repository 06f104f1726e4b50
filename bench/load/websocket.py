"""A WebSocket client that costs next to nothing, so that what is measured is the server.

It does not decode what it reads: patterns are looked for in the frames where they lie in the buffer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias, cast

OnText: TypeAlias = Callable[[bytes, int, int], None]
"""Called with a buffer, and where in it the text begins and ends."""

_KEY = "Zm9sa21vb3QgYmVuY2ghIQ=="  # Sixteen bytes, the same for all: no proxy is to be outwitted here.
_TEXT, _CONTINUATION, _CLOSE, _PING, _PONG = 1, 0, 8, 9, 10
_FIN = 0x80


class ClosedByServer(ConnectionError):
    """The server refused the connection or closed it."""


class WebSocket(asyncio.Protocol):
    """One connection. `opened` resolves with the handshake; `closed` when nothing more will come."""

    def __init__(self, host: str, path: str, protocol: str | None, on_text: OnText) -> None:
        self._handshake = _handshake(host, path, protocol)
        self._on_text = on_text
        self._buffer = b""
        self._fragments = b""
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[str] = loop.create_future()

    def send(self, text: bytes) -> None:
        self._send_frame(_TEXT, text)

    def close(self) -> None:
        """End the connection without ceremony, as a browser that is closed does."""
        if self._transport is not None:
            self._transport.abort()

    # --- what asyncio calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass of it.
        self._transport.write(self._handshake)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(f"connection lost: {exc}")

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        begin = 0 if self.opened.done() else self._shake_hands(data)
        if self.opened.done():
            begin = self._take_in_frames(data, begin)
        self._buffer = data[begin:]

    # --- frames ---

    def _shake_hands(self, data: bytes) -> int:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        status = data[: data.find(b"\r\n")]
        if b" 101 " in status:
            self.opened.set_result(None)
        else:
            self._end(f"the handshake was answered by {status.decode(errors='replace')}")
        return end + 4

    def _take_in_frames(self, data: bytes, begin: int) -> int:
        """Where in `data` the first frame begins that is not whole yet."""
        size = len(data)
        while size - begin >= 2:
            length, at = data[begin + 1], begin + 2
            if length == 126:
                at += 2
                length = int.from_bytes(data[begin + 2 : at])
            elif length == 127:
                at += 8
                length = int.from_bytes(data[begin + 2 : at])
            end = at + length
            if end > size or at > size:
                break
            self._take_in(data[begin], data, at, end)
            begin = end
        return begin

    def _take_in(self, first: int, data: bytes, begin: int, end: int) -> None:
        if first == _FIN | _TEXT:
            self._on_text(data, begin, end)
            return
        code = first & 0x0F
        if code == _PING:
            self._send_frame(_PONG, data[begin:end])
        elif code == _CLOSE:
            self._end(f"closed by the server: {data[begin + 2 : end].decode(errors='replace')}")
        elif code in (_TEXT, _CONTINUATION):
            self._fragments += data[begin:end]
            if first & _FIN:
                whole, self._fragments = self._fragments, b""
                self._on_text(whole, 0, len(whole))

    def _send_frame(self, code: int, payload: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        size = len(payload)
        if size < 126:
            head = bytes((_FIN | code, 0x80 | size))
        elif size < 1 << 16:
            head = bytes((_FIN | code, 0x80 | 126)) + size.to_bytes(2)
        else:
            head = bytes((_FIN | code, 0x80 | 127)) + size.to_bytes(8)
        # Clients have to mask. A mask of zeros leaves the payload as it is.
        self._transport.write(head + bytes(4) + payload)

    def _end(self, reason: str) -> None:
        if not self.opened.done():
            self.opened.set_exception(ClosedByServer(reason))
        if not self.closed.done():
            self.closed.set_result(reason)


def _handshake(host: str, path: str, protocol: str | None) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY}",
        "Sec-WebSocket-Version: 13",
    ]
    if protocol is not None:
        lines.append(f"Sec-WebSocket-Protocol: {protocol}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
