"""The request body: JSON, CSV, a form, or (for functions) raw text or bytes."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from backend.devstack.rest.errors import invalid_body
from backend.devstack.rest.request.media import essence

FORM_FIELDS_MAX = 1_000  # More than a form of a person's making, and than PostgreSQL has columns for.


@dataclass(frozen=True, slots=True)
class JsonBody:
    """JSON for PostgreSQL to read: `text` holds one object, or an array of `rows` objects.

    All have the same `keys`, in the first one's order; with `columns=` given the rows' own keys may differ.
    """

    text: str
    keys: tuple[str, ...]
    rows: int
    is_array: bool


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body that is one value, for a function with a single unnamed parameter of one of these `types`."""

    content: bytes
    types: tuple[Literal["json", "jsonb", "text", "xml", "bytea"], ...]


Body = JsonBody | RawBody

_RAW_TYPES: dict[str, RawBody] = {
    "text/plain": RawBody(b"", ("text",)),
    "text/xml": RawBody(b"", ("xml",)),
    "application/octet-stream": RawBody(b"", ("bytea",)),
}
_Row = dict[str, msgspec.Raw]
_decoder = msgspec.json.Decoder(list[_Row] | _Row)
_any_decoder = msgspec.json.Decoder()


def parse_body(
    content: bytes, content_type: str | None, *, for_function: bool, columns: tuple[str, ...] | None
) -> Body:
    """Read a body; raises PGRST102 for one that cannot be read, or whose objects have different keys."""
    media = essence(content_type)
    if for_function and media in _RAW_TYPES:
        return RawBody(content, _RAW_TYPES[media].types)
    match media:
        case "application/json":
            return _json(b"{}" if for_function and not content else content, columns, for_function)
        case "text/csv":
            return _csv(content, columns)
        case "application/x-www-form-urlencoded":
            return _form(content, columns)
        case _:
            raise invalid_body(f"Content-Type not acceptable: {media}")


def _json(content: bytes, columns: tuple[str, ...] | None, for_function: bool) -> JsonBody | RawBody:
    try:
        text = content.decode()
        decoded = _decoder.decode(content)
    except msgspec.ValidationError:
        return _other_json(content, for_function)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid_body("Empty or invalid json") from None
    rows = decoded if isinstance(decoded, list) else [decoded]
    keys = tuple(rows[0]) if rows else ()
    if columns is not None:
        keys = columns
    elif any(row.keys() != rows[0].keys() for row in rows):
        raise invalid_body("All object keys must match")
    return JsonBody(text, keys, len(rows), isinstance(decoded, list))


def _other_json(content: bytes, for_function: bool) -> JsonBody | RawBody:
    """JSON that is neither an object nor an array of objects."""
    try:
        value = _any_decoder.decode(content)
    except (msgspec.DecodeError, RecursionError):
        raise invalid_body("Empty or invalid json") from None
    if for_function:
        return RawBody(content, ("json", "jsonb"))
    if isinstance(value, list):
        raise invalid_body("All object keys must match")
    return JsonBody("[]", (), 0, is_array=True)


def _csv(content: bytes, columns: tuple[str, ...] | None) -> JsonBody:
    try:
        lines = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise invalid_body(f"The CSV cannot be read: {error}") from None
    lines = [line for line in lines if line]
    if not lines:
        raise invalid_body("parse error (not enough input)")
    header, *rows = lines
    if any(len(row) != len(header) for row in rows) or len(set(header)) != len(header):
        raise invalid_body("All lines must have same number of fields")
    objects = [
        {name: None if value == "NULL" else value for name, value in zip(header, row, strict=True)}
        for row in rows
    ]
    return JsonBody(json.dumps(objects), columns or tuple(header), len(rows), is_array=True)


def _form(content: bytes, columns: tuple[str, ...] | None) -> JsonBody:
    try:
        fields = dict(
            parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX),
        )
    except (ValueError, UnicodeDecodeError):
        raise invalid_body("The form cannot be read") from None
    return JsonBody(json.dumps(fields), columns or tuple(fields), 1, is_array=False)
