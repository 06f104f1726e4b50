"""A WebSocket client that says what it is told to, and holds the service to the protocol in all it hears."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fuzz.shapes import Json
from tests.fuzz.target import Target

PATIENCE_S = 60.0
QUIET_S = 0.05  # Whoever has said nothing for so long has nothing to say, as far as these tests care.

# What the service may end a connection with. 1011, an error of its own, is not among them.
ENDINGS = {
    1000: {"MalformedMessage", "ProtocolViolation", "AuthError", "TokenExpired", ""},
    1002: None,  # The peer broke RFC 6455; the reason is the library's.
    1005: None,  # The peer's own goodbye.
    1006: None,  # No WebSocket any more: the peer went without one.
    1007: {"InvalidUtf8"},
    1009: None,
    1013: {
        "TooManySubscriptions",
        "TooManyQuerySetChanges",
        "TooManyConcurrentMutations",
        "TooManyConcurrentActions",
        "TooManyConcurrentRequests",
    },
}
ZERO = {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="}


@dataclass
class Conversation:
    """What was said on one socket. `answers`: the last of each query; `responses`: by request id."""

    socket: ClientConnection
    version: dict[str, Json] = field(default_factory=lambda: ZERO)
    answers: dict[int, Json] = field(default_factory=dict)
    responses: dict[int, Json] = field(default_factory=dict)
    farewell: Json = None
    chunks: list[Json] = field(default_factory=list)

    async def says(self, message: Json) -> None:
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hears(self, within_s: float = PATIENCE_S) -> bool:
        """Take in one message; False when none comes in time. Raises `ConnectionClosed`."""
        try:
            frame = await asyncio.wait_for(self.socket.recv(), within_s)
        except TimeoutError:
            return False
        assert isinstance(frame, str), "a binary frame"
        assert self.farewell is None, frame
        self._take_in(json.loads(frame))
        return True

    async def hears_all(self) -> None:
        """Until nothing more is said, or the service has ended the connection in one of the known ways."""
        try:
            while await self.hears(QUIET_S):
                pass
        except ConnectionClosed:
            code, reason = self.socket.close_code or 1006, self.socket.close_reason or ""
            known = ENDINGS.get(code, set())
            assert known is None or reason in known, (code, reason)

    def _take_in(self, message: Json) -> None:
        match message:
            case {"type": "Ping"}:
                pass
            case {"type": "TransitionChunk"}:
                self._put_together(message)
            case {"type": "Transition"}:
                self._follow(message)
            case {"type": "MutationResponse" | "ActionResponse", "requestId": int(id), "logLines": list()}:
                if message["success"] and message["type"] == "MutationResponse":
                    decode_ts(message["ts"])
                if not message["success"]:
                    check_error(message["result"], message)
                self.responses[id] = message
            case {"type": "FatalError", "error": str()} | {
                "type": "AuthError",
                "error": str(),
                "baseVersion": int(),
                "authUpdateAttempted": bool(),
            }:
                self.farewell = message
            case _:
                raise AssertionError(message)

    def _put_together(self, chunk: Json) -> None:
        assert chunk["partNumber"] == len(self.chunks), chunk["partNumber"]
        self.chunks.append(chunk["chunk"])
        if len(self.chunks) == chunk["totalParts"]:
            whole, self.chunks = "".join(self.chunks), []
            self._follow(json.loads(whole))

    def _follow(self, transition: Json) -> None:
        """From exactly where the last one ended, forward only."""
        start, end = transition["startVersion"], transition["endVersion"]
        assert start == self.version, (start, self.version)
        assert end["querySet"] >= start["querySet"]
        assert end["identity"] >= start["identity"]
        assert decode_ts(end["ts"]) >= decode_ts(start["ts"])
        self.version = end
        for modification in transition["modifications"]:
            match modification:
                case {"type": "QueryRemoved", "queryId": int(id)}:
                    self.answers.pop(id, None)
                case {"type": "QueryUpdated", "queryId": int(id), "value": _, "logLines": list()}:
                    self.answers[id] = modification
                case {"type": "QueryFailed", "queryId": int(id), "errorMessage": str(message)}:
                    check_error(message, modification)
                    self.answers[id] = modification
                case _:
                    raise AssertionError(modification)


def check_error(message: str, told: Json) -> None:
    """A refusal says why; without data, "Server Error" is a function that broke."""
    assert "Server Error" not in message or "errorData" in told, message


def decode_ts(text: str) -> int:
    return struct.unpack("<Q", base64.b64decode(text, validate=True))[0]


def connect_message(**changes: Json) -> Json:
    return {
        "type": "Connect",
        "sessionId": str(uuid4()),
        "connectionCount": 0,
        "lastCloseReason": "InitialConnect",
    } | changes


@asynccontextmanager
async def converse(target: Target, path: str = "/api/1.48.0/sync") -> AsyncIterator[Conversation]:
    """A socket on which nothing was said yet."""
    async with connect(
        target.socket_url + path, max_size=None, close_timeout=2, compression=None, ping_interval=None
    ) as socket:
        yield Conversation(socket)
