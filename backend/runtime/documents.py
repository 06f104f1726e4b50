"""What handlers return, as Convex values: rows become documents, models objects with camelCase keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias, cast

import msgspec
from pydantic import BaseModel

from backend.protocol.values import Ready, camel_case, document_key, encode, unix_ms, written
from schema.language import Table

# Of those written last: a query that runs again finds most rows as they were, and so does the next caller's.
DOCUMENTS_KEPT_MAX = 4096  # A few MB; tens of them where all rows hold long texts.


def to_value(returned: object) -> object:
    """Rows, models, lists and mappings, all the way down. Anything else is left to the value encoding."""
    match returned:
        case Table():
            return (_known_document if interchangeable(type(returned)) else _document)(returned)
        case BaseModel():
            return {key: to_value(getattr(returned, name)) for name, key in _model_keys(type(returned))}
        case list() | tuple():
            return [to_value(item) for item in returned]
        case Mapping():
            return {key: to_value(item) for key, item in returned.items()}
        case _:
            return returned


@lru_cache(maxsize=1024)
def interchangeable(table: type[Table]) -> bool:
    """Whether equal rows are the same in every respect, and stay so: then one may stand for another.

    0.0 and -0.0 are equal, and so are 1.0 and 1.00, but not the same; JSON can be changed.
    """
    return all(column.sql_type in _EXACT for column in table.spec().columns)


_EXACT = ("uuid", "text", "boolean", "integer", "timestamptz", "date")


def _document(row: Table) -> msgspec.Raw:
    # Rows are most of what is sent, and their columns' types are known: no need to look at each value twice.
    document: dict[str, Ready] = {}
    for name, key, write in _columns(type(row)):
        value = getattr(row, name)
        document[key] = value if write is None or value is None else write(value)
    return written(document)


# Frozen models have a hash, which the type checker cannot know.
_known_document = cast("Callable[[Table], msgspec.Raw]", lru_cache(maxsize=DOCUMENTS_KEPT_MAX)(_document))


@lru_cache(maxsize=1024)
def _columns(table: type[Table]) -> tuple[tuple[str, str, Write | None], ...]:
    columns = table.spec().columns
    return tuple(
        (column.name, document_key(column.name), _WRITERS.get(column.sql_type, encode)) for column in columns
    )


Write: TypeAlias = Callable[..., Ready]
_WRITERS: dict[str, Write | None] = {
    "uuid": str,
    "inet": str,
    "text": None,
    "boolean": None,
    "integer": float,
    "timestamptz": unix_ms,
}


@lru_cache(maxsize=1024)
def _model_keys(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, info.serialization_alias or camel_case(name)) for name, info in model.model_fields.items()
    )
