"""TCP connections within bounds: uvicorn's HTTP and WebSocket, for peers that stall, drip or babble.

Uvicorn itself waits for ever for a peer that no longer reads, and keeps all that a head or a message is made
of, however many pieces it comes in.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import TypeAlias, cast

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

HEAD_BYTES_MAX = 64 * 1024  # A token is allowed 16 KB, and browsers add as much in cookies.
FRAMING_PER_BODY_BYTE_MAX = 10  # Of bodies in chunks: nobody needs more around chunks of a single byte.
MESSAGE_FRAGMENTS_MAX = 4_096  # Of one message, 4 KB each if it is as large as may be.
PING_EVERY_S = 20.0  # The Python client takes 30 s without any frame for a dead connection.
PONG_S_MAX = 100.0  # With the ping's 20 s Convex's 120 s. On a slow line a large answer delays the pong.
CLOSING_S_MAX = 10.0  # For what is still to be sent, and for the peer's own goodbye.

_UNICODE_BROKEN = 1007  # RFC 6455, 7.4.1: what came as text is none.
_TOO_BIG = 1009


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 whose heads, and whatever else is no body, have a maximum size."""

    _received = 0  # Bytes of the request at hand, but for the piece in which it began.
    _body = 0
    _began = True

    def data_received(self, data: bytes) -> None:
        self._began = False
        super().data_received(data)
        if self._began or self.transport.is_closing():
            return
        self._received += len(data)
        if self._received - FRAMING_PER_BODY_BYTE_MAX * self._body > HEAD_BYTES_MAX:
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        self._received, self._body, self._began = 0, 0, True
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def handle_websocket_upgrade(self) -> None:
        spoken = [value for name, value in self.headers if name.startswith(b"sec-websocket-")]
        if all(map(bytes.isascii, (self.url, *spoken))):
            super().handle_websocket_upgrade()
        else:  # The WebSocket protocol would fail on it.
            self.send_400_response("Invalid HTTP request received.")


WriteText: TypeAlias = Callable[[Sequence[bytes], int], bool]
"""Sends one text message at once, given its pieces and their size together.

False, with nothing sent, where only ASGI's `send` can say what to do.
"""

_TEXT_WRITER = "folkmoot.text_writer"  # An ASGI extension: what `BoundedSocket` tells its application.


def text_writer(scope: Mapping[str, object]) -> WriteText:
    """How to send without a turn of the event loop, where the server knows how to."""
    extensions = cast("Mapping[str, Mapping[str, WriteText]]", scope.get("extensions") or {})
    return extensions[_TEXT_WRITER]["write"] if _TEXT_WRITER in extensions else lambda *_: False


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that ends when its peer neither reads nor speaks, and whose messages have few pieces."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent and not self.config.ws_per_message_deflate:
            extensions = cast("dict[str, dict[str, object]]", self.scope.setdefault("extensions", {}))
            extensions[_TEXT_WRITER] = {"write": self.write_text}

    def write_text(self, pieces: Sequence[bytes], size: int) -> bool:
        """Send a message of text, framed as RFC 6455 (5.2) has it; False where that would have to wait."""
        if not (self.handshake_complete and self.writable.is_set()) or self._is_ending():
            return False
        self.transport.write(b"".join((_text_head(size), *pieces)))
        return True

    def _is_ending(self) -> bool:
        return self.disconnected or self.close_sent or self.transport.is_closing()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.transport.is_closing():
            # A head that the parser refuses, for instance with a line of more than 8 KB.
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _refuse(self, status: HTTPStatus) -> None:
        self.handshake_complete = self.close_sent = True
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        self.transport.write(head.encode())
        self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MESSAGE_FRAGMENTS_MAX:
            self._fail(_TOO_BIG, "TooManyFragments")
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_text(self.frames):
            self._fail(_UNICODE_BROKEN, "InvalidUtf8")
        else:
            super().send_receive_event_to_app()

    def _fail(self, code: int, reason: str) -> None:
        self.frames = []
        if self._is_ending() or self.conn.state is not State.OPEN:  # A goodbye may stand right behind.
            return
        self.conn.send_close(code, reason)
        self.handle_parser_exception()

    def handle_ping(self) -> None:
        # Who does not read what was sent so far gets no further pongs: they would pile up.
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_close(self, event: Frame) -> None:
        self._ending(lambda: super(BoundedSocket, self).handle_close(event))

    def handle_parser_exception(self) -> None:
        self._ending(super().handle_parser_exception)

    def keepalive_timeout(self) -> None:
        self._ending(super().keepalive_timeout)

    def _ending(self, end: Callable[[], None]) -> None:
        """The transport closes once all is sent: `end` it all the same when the peer does not take it."""
        end()
        self.loop.call_later(CLOSING_S_MAX, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.close":
            self.loop.call_later(CLOSING_S_MAX, self.transport.abort)


@lru_cache(maxsize=1024)  # Sockets that are told the same are sent about as many bytes.
def _text_head(length: int) -> bytes:
    if length < 126:
        return struct.pack("!BB", 0x81, length)
    return (
        struct.pack("!BBH", 0x81, 126, length) if length < 2**16 else struct.pack("!BBQ", 0x81, 127, length)
    )


def _is_text(frames: list[bytes]) -> bool:
    try:
        b"".join(frames).decode()
    except UnicodeDecodeError:
        return False
    return True
