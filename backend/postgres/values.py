"""PostgreSQL's text form of a column value -> the Python value asyncpg gives for the same column.

Rows from the change feed are compared with rows read through asyncpg, so the two must agree to the bit. The
text is expected as a session with ISO dates, UTC and full float digits writes it (`SESSION_SETTINGS`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeAlias

from asyncpg.pgproto.pgproto import UUID  # A uuid.UUID, four times as fast to make.

ValueDecoder: TypeAlias = Callable[[str], object]

SESSION_SETTINGS = {
    "client_encoding": "UTF8",
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "extra_float_digits": "3",
    "bytea_output": "hex",
}


def decoder_for(type_oid: int, type_name: str | None = None) -> ValueDecoder:
    """The decoder of a type. `type_name` is the built-in type under a domain; unknown types stay text."""
    if type_name is not None:
        return _DECODER_BY_NAME.get(type_name, str)
    return _DECODER_BY_OID.get(type_oid, str)


def _decode_bool(text: str) -> bool:
    return text == "t"


def _decode_float4(text: str) -> float:
    # asyncpg widens the four bytes; reading the digits as a double would give a neighbouring number.
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def _decode_bytea(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


# PostgreSQL's calendar is wider than Python's. Infinities become the ends of Python's, as in asyncpg; for
# other values out of reach (a year BC) asyncpg raises. A feed must outlive one odd row, so there the text
# stays.


def _decode_date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _INFINITE_DATES.get(text, text)


def _decode_timestamp(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _INFINITE_TIMESTAMPS.get(text, text)


def _decode_timestamptz(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _INFINITE_TIMESTAMPTZS.get(text, text)


def _decode_time(text: str) -> time | str:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return text  # 24:00:00


_INFINITE_DATES = {"infinity": date.max, "-infinity": date.min}
_INFINITE_TIMESTAMPS = {"infinity": datetime.max, "-infinity": datetime.min}
_INFINITE_TIMESTAMPTZS = {
    "infinity": datetime.max.replace(tzinfo=UTC),
    "-infinity": datetime.min.replace(tzinfo=UTC),
}

# Built-in types: (oid in pg_type.dat, name, decoder). These oids never change.
_DECODERS: tuple[tuple[int, str, ValueDecoder], ...] = (
    (16, "bool", _decode_bool),
    (17, "bytea", _decode_bytea),
    (20, "int8", int),
    (21, "int2", int),
    (23, "int4", int),
    (26, "oid", int),
    (700, "float4", _decode_float4),
    (701, "float8", float),
    (1082, "date", _decode_date),
    (1083, "time", _decode_time),
    (1114, "timestamp", _decode_timestamp),
    (1184, "timestamptz", _decode_timestamptz),
    (1700, "numeric", Decimal),
    (2950, "uuid", UUID),
)
_DECODER_BY_OID = {oid: decoder for oid, _, decoder in _DECODERS}
_DECODER_BY_NAME = {name: decoder for _, name, decoder in _DECODERS}
