"""The messages of Convex's sync protocol, both directions: what clients send, and what they are sent.

Each is one JSON object with a `type`. Values that functions gave are spliced in as the JSON text they were
encoded to once (`msgspec.Raw`), however many sockets they go to. The protocol is that of the npm package
`convex` (its `browser/sync/protocol`) and of the Rust crate behind the PyPI package.
"""

import base64
import struct
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from backend.engine.versions import StateVersion, Ts

CHUNK_BYTES = 5_000_000  # Convex's; browsers handle a few such frames better than one that is larger.

Counter = Annotated[int, Meta(ge=0, lt=2**32)]
Text = Annotated[str, Meta(max_length=100_000)]

_TS = struct.Struct("<Q")


class MalformedMessage(Exception):
    """The client sent what is no message of this protocol; trying again cannot help."""

    code, status, retry_may_fix = "protocol.malformed_message", 400, False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def encode_ts(ts: Ts) -> str:
    """
    >>> encode_ts(Ts(0)), encode_ts(Ts(258))
    ('AAAAAAAAAAA=', 'AgEAAAAAAAA=')
    """
    return base64.b64encode(_TS.pack(ts)).decode()


def decode_ts(text: str) -> Ts:
    """Inverse of `encode_ts`. Raises `MalformedMessage`."""
    try:
        return Ts(_TS.unpack(base64.b64decode(text, validate=True))[0])
    except (ValueError, struct.error) as error:
        raise MalformedMessage(f"Not a timestamp: {text[:64]!r}.") from error


# --- what clients send ---


class _Sent(Struct, tag_field="type", rename="camel"):
    """A message from a client. Fields we do not know are those of a newer client: they are let pass."""


class Connect(_Sent, tag="Connect"):
    session_id: UUID
    connection_count: Counter = 0
    last_close_reason: Text | None = None
    max_observed_timestamp: Text | None = None
    client_ts: int | float | None = None
    """Unix ms by the client's clock; the Rust client sends 0 for "not told"."""


class Add(_Sent, tag="Add"):
    query_id: Counter
    udf_path: Text
    args: Any = None
    journal: str | None = None


class Remove(_Sent, tag="Remove"):
    query_id: Counter


class ModifyQuerySet(_Sent, tag="ModifyQuerySet"):
    base_version: Counter
    new_version: Counter
    modifications: list[Add | Remove]


class Mutation(_Sent, tag="Mutation"):
    request_id: Counter
    udf_path: Text
    args: Any = None


class Action(_Sent, tag="Action"):
    request_id: Counter
    udf_path: Text
    args: Any = None


class Authenticate(_Sent, tag="Authenticate"):
    base_version: Counter
    token_type: Literal["User", "Admin", "None"]
    value: Text | None = None


class Event(_Sent, tag="Event"):
    """Telemetry."""

    event_type: Text


ClientMessage = Connect | ModifyQuerySet | Mutation | Action | Authenticate | Event

_decoder = msgspec.json.Decoder(ClientMessage)


def decode_client_message(text: str) -> ClientMessage:
    """Raises `MalformedMessage`, which says what is wrong with it and where.

    >>> decode_client_message('{"type":"ModifyQuerySet","baseVersion":-1,"newVersion":1,"modifications":[]}')
    Traceback (most recent call last):
    backend.protocol.messages.MalformedMessage: Expected `int` >= 0 - at `$.baseVersion`
    """
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error


# --- what clients are sent ---


class _Told(Struct, tag_field="type", rename="camel"):
    """A message to a client."""


class WireVersion(Struct, rename="camel", frozen=True):
    query_set: int
    identity: int
    ts: str


def wire_version(version: StateVersion) -> WireVersion:
    return WireVersion(version.query_set, version.identity, encode_ts(version.ts))


class QueryUpdated(_Told, tag="QueryUpdated"):
    query_id: int
    value: Raw
    log_lines: tuple[str, ...]
    journal: str | None


class QueryFailed(_Told, tag="QueryFailed"):
    """`error_data`: only of an error raised on purpose; clients go by whether it is there at all."""

    query_id: int
    error_message: str
    log_lines: tuple[str, ...]
    journal: str | None
    error_data: Raw | UnsetType = UNSET


class QueryRemoved(_Told, tag="QueryRemoved"):
    query_id: int


class Transition(_Told, tag="Transition"):
    """`client_clock_skew`: by how many ms the client's clock is ahead. `server_ts`: Unix ns, when sent."""

    start_version: WireVersion
    end_version: WireVersion
    modifications: list[QueryUpdated | QueryFailed | QueryRemoved]
    client_clock_skew: int | None
    server_ts: int


class TransitionChunk(_Told, tag="TransitionChunk"):
    chunk: str
    part_number: int
    total_parts: int
    transition_id: str


class MutationResponse(_Told, tag="MutationResponse"):
    """`result`: the encoded value, or the error's message as a JSON string. A success has a `ts`."""

    request_id: int
    success: bool
    result: Raw | str
    ts: str | None
    log_lines: tuple[str, ...]
    error_data: Raw | UnsetType = UNSET


class ActionResponse(_Told, tag="ActionResponse"):
    request_id: int
    success: bool
    result: Raw | str
    log_lines: tuple[str, ...]
    error_data: Raw | UnsetType = UNSET


class AuthError(_Told, tag="AuthError"):
    error: str
    base_version: int
    auth_update_attempted: bool


class FatalError(_Told, tag="FatalError"):
    error: str


class Ping(_Told, tag="Ping"):
    """Keeps the client from believing the connection dead."""


ServerMessage = (
    Transition | TransitionChunk | MutationResponse | ActionResponse | AuthError | FatalError | Ping
)

_encoder = msgspec.json.Encoder()


def encode_server_message(message: ServerMessage) -> str:
    """
    >>> encode_server_message(QueryUpdated(7, Raw('[1.0]'), (), None))
    '{"type":"QueryUpdated","queryId":7,"value":[1.0],"logLines":[],"journal":null}'
    """
    return _encoder.encode(message).decode()


def in_chunks(transition: str, transition_id: str, chunk_bytes: int = CHUNK_BYTES) -> Iterator[str]:
    """The encoded messages that carry one encoded transition: itself, or chunks of it when it is too large.

    Only for clients that know chunks (npm 1.28 and later). Nothing but pings may be sent between the parts.

    >>> [msgspec.json.decode(part)["chunk"] for part in in_chunks("grüße", "t", chunk_bytes=3)]
    ['gr', 'ü', 'ße']
    """
    if len(transition) * 4 <= chunk_bytes:  # no character takes more bytes; spares most the encoding
        yield transition
        return
    encoded = transition.encode()
    if len(encoded) <= chunk_bytes:
        yield transition
        return
    starts = list(_chunk_starts(encoded, chunk_bytes))
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(encoded)], strict=True)):
        chunk = encoded[start:end].decode()
        yield encode_server_message(TransitionChunk(chunk, number, len(starts), transition_id))


def _chunk_starts(encoded: bytes, chunk_bytes: int) -> Iterator[int]:
    start = 0
    while start < len(encoded):
        yield start
        start += chunk_bytes
        while start < len(encoded) and encoded[start] & 0b1100_0000 == 0b1000_0000:  # inside a character
            start -= 1
