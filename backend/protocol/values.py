"""Convex values as JSON text, both directions.

Python to wire: `None`, `bool`, `str`, `list` and `dict` are themselves; `int` and `float` are Float64 (an
`int` beyond 2^53 must say `Int64`); `bytes` is Bytes. What a database row holds besides is spoken in Convex's
terms: a UUID is a string, a moment is Unix milliseconds, a date its ISO text, a `Decimal` a number.

Encoding is deterministic (sorted keys, one spelling per number): equal answers are equal byte for byte. The
grammar is Convex's: https://docs.convex.dev/database/types and `convex/values` of the npm package.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

import msgspec

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Ready: TypeAlias = "bool | int | float | str | list[Ready] | dict[str, Ready] | msgspec.Raw | None"
"""JSON of which parts may have been written before."""
Value: TypeAlias = "bool | Int64 | float | str | bytes | list[Value] | dict[str, Value] | None"

ARRAY_ELEMENTS_MAX = 8192  # Convex's own limit: a longer array is a table in disguise.
KEY_CHARACTERS_MAX = 1024  # Convex's own limit on the length of a field name.
VALUE_DEPTH_MAX = 64  # Convex's own limit; keeps recursion far from Python's.
SAFE_INTEGER_MAX = 2**53  # The last of the integers a float64 holds without gaps.

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"[\x20-\x7e]*")


class InvalidValue(ValueError):
    """The value cannot be a Convex value; the caller must send another."""

    code, status, retry_may_fix = "value.invalid", 400, False


class Int64(int):
    """An integer that travels as Convex's Int64 (`bigint` in JavaScript) instead of a number."""


class Form(Enum):
    """How a value is spelt: `ENCODED` can be read back, `CLEAN` is for readers who know nothing of Convex."""

    ENCODED = "convex_encoded_json"
    CLEAN = "json"


def encode_text(value: object, form: Form = Form.ENCODED) -> str:
    """The value as JSON text. Raises `InvalidValue`.

    >>> encode_text({"b": 60, "a": [Int64(3), b"hi", -0.0]})
    '{"a":[{"$integer":"AwAAAAAAAAA="},{"$bytes":"aGk="},{"$float":"AAAAAAAAAIA="}],"b":60.0}'
    >>> encode_text({"b": 60, "a": [Int64(3), b"hi", float("nan")]}, Form.CLEAN)
    '{"a":["3","aGk=","NaN"],"b":60.0}'
    """
    return _write(encode(value, form)).decode()


def written(json: Ready) -> msgspec.Raw:
    """Encoded form, written once for all the values it will stand in. Raises `InvalidValue`.

    >>> encode_text({"rows": [written({"b": 1.0, "a": 2.0})]})
    '{"rows":[{"a":2.0,"b":1.0}]}'
    """
    return msgspec.Raw(_write(json))


def decode_text(text: str | bytes) -> Value:
    """Read encoded JSON text. Raises `InvalidValue` for what is not JSON or not a Convex value."""
    return decode(parse_json(text))


def parse_json(text: str | bytes) -> Json:
    """Read JSON of any shape. Raises `InvalidValue`."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(f"This is not JSON: {error}") from error


def canonical_arguments(arguments: Json) -> str:
    """One text per meaning for a call's arguments, given as `{...}`, `[{...}]`, `[]` or absent.

    >>> canonical_arguments([{"b": 1, "a": None}]) == canonical_arguments({"a": None, "b": 1.0})
    True
    """
    match arguments:
        case None | []:
            return "{}"
        case [dict() as named] | (dict() as named) if isinstance(given := decode(named), dict):
            return encode_text(given)
        case _:  # Also what is spelt as an object and is none: {"$integer": ...}.
            raise InvalidValue("Arguments must be one object, or an array that holds just one object.")


def encode(value: object, form: Form = Form.ENCODED, depth: int = 0) -> Ready:
    """The value ready for a JSON writer. Raises `InvalidValue`."""
    match value:
        case msgspec.Raw() | str() | bool() | None:
            return value
        case UUID():
            return str(value)
        case datetime():
            return unix_ms(value)
        case date():
            return value.isoformat()
        case float() | int() | Decimal():
            return _encode_number(value, form)
        case dict() | Mapping():
            _check_depth(depth)
            return {_checked_key(key): encode(item, form, depth + 1) for key, item in value.items()}
        case list() | tuple():
            _check_array(len(value), depth)
            return [item if type(item) is msgspec.Raw else encode(item, form, depth + 1) for item in value]
        case bytes():
            return {"$bytes": _base64(value)} if form is Form.ENCODED else _base64(value)
        case _:
            raise InvalidValue(f"A {type(value).__name__} is not a Convex value.")


def decode(json: Json, depth: int = 0) -> Value:
    """Read the encoded form. Every plain number is a float; raises `InvalidValue`."""
    if json is None or isinstance(json, bool | str):
        return json
    match json:
        case int() | float():
            return _decode_number(json)
        case list():
            _check_array(len(json), depth)
            return [decode(item, depth + 1) for item in json]
        case dict():
            if len(json) == 1:
                [(key, payload)] = json.items()
                if key.startswith("$"):
                    return _decode_special(key, payload)
            _check_depth(depth)
            return {_checked_key(key): decode(item, depth + 1) for key, item in json.items()}


def unix_ms(moment: datetime) -> float:
    """Unix milliseconds; microseconds are a fraction, exact until 2109. A moment without a zone is a bug."""
    assert moment.tzinfo is not None, moment
    since = moment - _EPOCH
    # Whole microseconds first: dividing integers rounds once, and so gives the shortest text.
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) / 1000


def from_unix_ms(milliseconds: float) -> datetime:
    """The moment; inverse of `unix_ms`. Raises `InvalidValue` outside years 1 to 9999."""
    try:
        return _EPOCH + timedelta(microseconds=round(milliseconds * 1000))
    except (OverflowError, ValueError) as error:
        raise InvalidValue(f"{milliseconds} is not a moment in Unix milliseconds.") from error


@lru_cache(maxsize=4096)
def camel_case(name: str) -> str:
    """A Python name as JavaScript spells it.

    >>> camel_case("author_name"), camel_case("id")
    ('authorName', 'id')
    """
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


@lru_cache(maxsize=4096)
def document_key(column: str) -> str:
    """The key under which a Convex document carries a column.

    >>> [document_key(column) for column in ("id", "created_at", "space_id")]
    ['_id', '_creationTime', 'spaceId']
    """
    return {"id": "_id", "created_at": "_creationTime"}.get(column) or camel_case(column)


_ODD_FLOATS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _write(json: Ready) -> bytes:
    try:
        return msgspec.json.encode(json, order="sorted")
    except UnicodeEncodeError as error:
        raise InvalidValue("A string holds half of a surrogate pair.") from error


def _encode_number(value: float | int | Decimal, form: Form) -> float | str | dict[str, Ready]:
    if isinstance(value, Int64):
        packed = _pack_int64(value)
        return {"$integer": _base64(packed)} if form is Form.ENCODED else str(int(value))
    if isinstance(value, int) and abs(value) > SAFE_INTEGER_MAX:
        raise InvalidValue(f"{value} is beyond the integers a number holds exactly; make it an Int64.")
    number = float(value)
    if not _is_special(number):
        return number
    if form is Form.ENCODED:
        return {"$float": _base64(struct.pack("<d", number))}
    return _ODD_FLOATS.get(str(number), number)


def _is_special(number: float) -> bool:
    # JSON has no NaN or infinities, and most readers lose the sign of -0.
    return not math.isfinite(number) or (number == 0 and math.copysign(1, number) < 0)


def _decode_number(json: float | int) -> float:
    try:
        return float(json)
    except OverflowError as error:
        raise InvalidValue("A number is beyond the range of float64.") from error


def _decode_special(key: str, payload: Json) -> Value:
    match key:
        case "$integer":
            return Int64.from_bytes(_unbase64(key, payload, size=8), "little", signed=True)
        case "$bytes":
            return _unbase64(key, payload)
        case "$float":
            [number] = struct.unpack("<d", _unbase64(key, payload, size=8))
            if not _is_special(number):
                raise InvalidValue(f"{number} must be a plain number, not a $float.")
            return number
        case _:
            raise InvalidValue(f"Field name {key} starts with a '$', which is reserved.")


def _pack_int64(value: int) -> bytes:
    try:
        return int(value).to_bytes(8, "little", signed=True)
    except OverflowError as error:
        raise InvalidValue(f"{int(value)} does not fit in 64 bits.") from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unbase64(key: str, payload: Json, size: int | None = None) -> bytes:
    try:
        data = base64.b64decode(payload, validate=True) if isinstance(payload, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or size not in (None, len(data)):
        raise InvalidValue(f"{key} must hold base64{f' of {size} bytes' if size else ''}.")
    return data


@lru_cache(maxsize=4096)
def _checked_text_key(key: str) -> str:
    if key.startswith("$"):
        raise InvalidValue(f"Field name {key} starts with a '$', which is reserved.")
    if len(key) > KEY_CHARACTERS_MAX:
        raise InvalidValue(
            f"A field name has {len(key)} characters; at most {KEY_CHARACTERS_MAX} are allowed."
        )
    if not _KEY.fullmatch(key):
        raise InvalidValue(f"Field name {key!r} must be of ASCII characters without controls.")
    return key


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise InvalidValue(f"Field names are strings, not {type(key).__name__}.")
    return _checked_text_key(key)


def _check_depth(depth: int) -> None:
    if depth >= VALUE_DEPTH_MAX:
        raise InvalidValue(f"A value nests deeper than {VALUE_DEPTH_MAX} levels.")


def _check_array(size: int, depth: int) -> None:
    _check_depth(depth)
    if size > ARRAY_ELEMENTS_MAX:
        raise InvalidValue(f"An array has {size} elements; at most {ARRAY_ELEMENTS_MAX} are allowed.")
