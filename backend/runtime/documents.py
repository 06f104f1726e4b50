"""What handlers return, as Convex values: rows become documents, models objects with camelCase keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from pydantic import BaseModel

from backend.protocol.values import Encoded, Json, camel_case, document_key, encode, unix_ms
from schema.language import Table


def to_value(returned: object) -> object:
    """Rows, models, lists and mappings, all the way down. Anything else is left to the value encoding."""
    match returned:
        case Table():
            return _document(returned)
        case BaseModel():
            return {key: to_value(getattr(returned, name)) for name, key in _model_keys(type(returned))}
        case list() | tuple():
            return [to_value(item) for item in returned]
        case Mapping():
            return {key: to_value(item) for key, item in returned.items()}
        case _:
            return returned


def _document(row: Table) -> Encoded:
    # Rows are most of what is sent, and their columns' types are known: no need to look at each value twice.
    document = Encoded()
    for name, key, write in _columns(type(row)):
        value = getattr(row, name)
        document[key] = value if write is None or value is None else write(value)
    return document


@lru_cache(maxsize=1024)
def _columns(table: type[Table]) -> tuple[tuple[str, str, Write | None], ...]:
    columns = table.spec().columns
    return tuple(
        (column.name, document_key(column.name), _WRITERS.get(column.sql_type, encode)) for column in columns
    )


Write: TypeAlias = Callable[..., Json]
_WRITERS: dict[str, Write | None] = {
    "uuid": str,
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
