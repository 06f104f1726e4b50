"""The messages of Convex's sync protocol, both directions: what clients send, and what they are sent.

Each is one JSON object with a `type`. Values that functions gave are spliced in as the JSON text they were
encoded to once, however many sockets they go to. The protocol is that of the npm package
`convex` (its `browser/sync/protocol`) and of the Rust crate behind the PyPI package.
"""

import base64
import json
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from backend.engine.versions import StateVersion, Ts

CHUNK_BYTES = 5_000_000  # Convex's; browsers handle a few such frames better than one that is larger.

Counter = Annotated[int, Meta(ge=0, lt=2**32)]
Text = Annotated[str, Meta(max_length=100_000)]
UnixMs = Annotated[float, Meta(ge=-(2**53), le=2**53)]

_TS = struct.Struct("<Q")


class MalformedMessage(Exception):
    """The client sent what is no message of this protocol; trying again cannot help."""

    code, status, retry_may_fix = "protocol.malformed_message", 400, False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@lru_cache(maxsize=256)  # One commit is told to many sockets.
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
    client_ts: UnixMs | None = None
    """By the client's clock; the Rust client sends 0 for "not told"."""


class Add(_Sent, tag="Add"):
    """A subscription. `component_path`: of a Convex component, of which we have none but the root."""

    query_id: Counter
    udf_path: Text
    args: Any = None
    component_path: Text | None = None
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
    component_path: Text | None = None


class Action(_Sent, tag="Action"):
    request_id: Counter
    udf_path: Text
    args: Any = None
    component_path: Text | None = None


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
    except (msgspec.ValidationError, UnicodeEncodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error
    except msgspec.DecodeError as error:
        return _decode_half_characters(text, error)


def _decode_half_characters(text: str, refusal: msgspec.DecodeError) -> ClientMessage:
    """Decode what `refusal` takes for no JSON, where Python reads it: a string cut in the middle of an emoji.

    Browsers send such halves, and the call they are arguments of can be refused by itself.
    """
    try:
        return msgspec.convert(json.loads(text), ClientMessage)
    except (ValueError, RecursionError):
        raise MalformedMessage(str(refusal)) from refusal


# --- what clients are sent ---


class _Told(Struct, tag_field="type", rename="camel"):
    """A message to a client."""


class QueryFailed(_Told, tag="QueryFailed"):
    """`error_data`: only of an error raised on purpose; clients go by whether it is there at all."""

    query_id: int
    error_message: str
    log_lines: tuple[str, ...]
    journal: str | None
    error_data: Raw | UnsetType = UNSET


class QueryRemoved(_Told, tag="QueryRemoved"):
    query_id: int


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


ServerMessage = TransitionChunk | MutationResponse | ActionResponse | AuthError | FatalError | Ping

_encoder = msgspec.json.Encoder()


def encode_server_message(message: ServerMessage | QueryFailed | QueryRemoved) -> str:
    """
    >>> encode_server_message(QueryRemoved(7))
    '{"type":"QueryRemoved","queryId":7}'
    """
    return _text(message)


# A commit may send one answer to thousands of sockets. So transitions are put together from ready text: what
# remains to be done for one socket is small, however large the answer.


def encode_query_updated(
    query_id: int, value_json: str, log_lines: tuple[str, ...], journal: str | None
) -> str:
    """
    >>> print(encode_query_updated(7, "[1.0]", ("a\\n",), '{"end":1}'))
    {"type":"QueryUpdated","queryId":7,"value":[1.0],"logLines":["a\\n"],"journal":"{\\"end\\":1}"}
    """
    rest = f'"logLines":{_text(log_lines)},"journal":{_text(journal)}'
    return f'{{"type":"QueryUpdated","queryId":{query_id},"value":{value_json},{rest}}}'


def begin_transition(start: StateVersion, end: StateVersion, modifications: Iterable[str]) -> bytes:
    """From encoded modifications, the first piece of a transition: the same for all clients told the same.

    >>> zero = StateVersion(0, 0, Ts(0))
    >>> pieces = begin_transition(zero, zero, []), clock_skew_piece(None), end_transition(1)
    >>> b"".join(pieces).decode().partition("modi")[2]
    'fications":[],"clientClockSkew":null,"serverTs":1}'
    """
    return (
        f'{{"type":"Transition","startVersion":{_version_text(start)},"endVersion":{_version_text(end)},'
        f'"modifications":[{",".join(modifications)}]'
    ).encode()


def clock_skew_piece(client_clock_skew_ms: int | None) -> bytes:
    """The middle of a transition, the same as long as the client's clock is as far ahead."""
    return b',"clientClockSkew":%b' % _encoder.encode(client_clock_skew_ms)


def end_transition(server_unix_ns: int) -> bytes:
    """The last piece of a transition: when it was sent."""
    return b',"serverTs":%d}' % server_unix_ns


def _version_text(version: StateVersion) -> str:
    ts = encode_ts(version.ts)
    return f'{{"querySet":{version.query_set},"identity":{version.identity},"ts":"{ts}"}}'


def _text(value: object) -> str:
    return _encoder.encode(value).decode()


def in_chunks(encoded: bytes, transition_id: str, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    """The encoded messages that carry one encoded transition: itself, or chunks of it when it is too large.

    Only for clients that know chunks (npm 1.28 and later). Nothing but pings may be sent between the parts.

    >>> [msgspec.json.decode(part)["chunk"] for part in in_chunks("grüße".encode(), "t", chunk_bytes=3)]
    ['gr', 'ü', 'ße']
    """
    if len(encoded) <= chunk_bytes:
        yield encoded
        return
    starts = list(_chunk_starts(encoded, chunk_bytes))
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(encoded)], strict=True)):
        chunk = encoded[start:end].decode()
        yield _encoder.encode(TransitionChunk(chunk, number, len(starts), transition_id))


def _chunk_starts(encoded: bytes, chunk_bytes: int) -> Iterator[int]:
    start = 0
    while start < len(encoded):
        yield start
        start += chunk_bytes
        while start < len(encoded) and encoded[start] & 0b1100_0000 == 0b1000_0000:  # inside a character
            start -= 1
