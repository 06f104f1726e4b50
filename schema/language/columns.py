"""A class attribute read as a column."""

import json
import types
from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import IPvAnyAddress, JsonValue
from pydantic.fields import FieldInfo

from schema.language.derived import Derived
from schema.language.errors import TableMismatch
from schema.language.shapes import Shape, ShapeBy
from schema.language.spec import ACCOUNT_TABLE, ColumnReference, ColumnSpec, Default, JsonDefault, SqlType
from schema.language.values import (
    Bounds,
    DefaultNow,
    Deletes,
    HiddenMark,
    PolymorphicRef,
    Reference,
    Renamed,
    Text,
    Timestamp,
)

T = TypeVar("T")

_SQL_TYPES: dict[object, SqlType] = {
    UUID: "uuid",
    str: "text",
    int: "integer",
    float: "double precision",
    Decimal: "numeric",
    bool: "boolean",
    date: "date",
    Timestamp: "timestamptz",
    IPvAnyAddress: "inet",
    JsonValue: "jsonb",
    dict: "jsonb",
    list[str]: "text[]",
    list[UUID]: "uuid[]",
    list[JsonValue]: "jsonb",
}


def read_column(
    schema: str, table: str, class_name: str, name: str, field: FieldInfo, *, extends: str | None
) -> ColumnSpec:
    """The column that `field` of `schema.table` declares.

    Raises `TableMismatch` when its type has no place in PostgreSQL. `extends` names the table that gives this
    one its ids, if there is one.
    """
    python_type, marks, nullable = _unwrap(field.annotation, tuple(field.metadata))
    choices = get_args(python_type) if get_origin(python_type) is Literal else ()
    sql_type = "text" if choices else _sql_type(python_type)
    if sql_type is None:
        raise TableMismatch(
            f"{python_type!r} is not a column type.",
            table=f"{schema}.{table}",
            field=name,
            mend="use one of the types schema.language offers, or a JsonObject.",
        )
    hidden, renamed = _first(marks, HiddenMark) is not None, _first(marks, Renamed)
    referring = _extended(extends) if name == "id" else _reference(f"{schema}.{class_name}", marks, nullable)
    return ColumnSpec(
        name=name,
        sql_type=sql_type,
        annotation=_with_constraints(field),
        nullable=nullable and not hidden,
        default=Default.NEW_ID if name == "id" and extends is None else _default(name, field),
        text=_first(marks, Text),
        bounds=_first(marks, Bounds),
        shape=next((mark for mark in marks if isinstance(mark, Shape | ShapeBy)), None),
        json_type=_json_type(python_type) if sql_type == "jsonb" else None,
        choices=choices,
        reference=referring,
        polymorphic=_first(marks, PolymorphicRef),
        derived=next((mark for mark in marks if isinstance(mark, Derived)), None),
        hidden=hidden,
        renamed_from=None if renamed is None else renamed.old,
    )


def _sql_type(python_type: object) -> SqlType | None:
    found = _SQL_TYPES.get(python_type)
    return found or ("jsonb" if get_origin(python_type) in (dict, list) else None)


def _json_type(python_type: object) -> Literal["object", "array"] | None:
    match get_origin(python_type):
        case origin if origin is dict:
            return "object"
        case origin if origin is list:
            return "array"
        case _:
            return None


def _unwrap(annotation: object, marks: tuple[object, ...]) -> tuple[object, tuple[object, ...], bool]:
    """Peel `Annotated[...]` and `... | None`: the bare type, every mark met on the way, may it be null."""
    match get_origin(annotation):
        case origin if origin is Annotated:
            inner, *more = get_args(annotation)
            return _unwrap(inner, (*marks, *more))
        case origin if origin in (Union, types.UnionType) and types.NoneType in get_args(annotation):
            rest = [part for part in get_args(annotation) if part is not types.NoneType]
            if len(rest) == 1:
                inner, more, _ = _unwrap(rest[0], marks)
                return inner, more, True
    return annotation, marks, False


def _with_constraints(field: FieldInfo) -> object:
    marks = tuple(mark for mark in field.metadata if not isinstance(mark, Derived))
    return Annotated[(field.annotation, *marks)] if marks else field.annotation  # pyright: ignore[reportInvalidTypeForm]


def _default(name: str, field: FieldInfo) -> Default | JsonDefault | Hashable:
    if name in ("created_at", "updated_at") or _first(tuple(field.metadata), DefaultNow) is not None:
        return Default.NOW
    match field.default_factory:
        case None:
            return Default.REQUIRED if field.is_required() else _hashable(field.default)
        case factory:
            return JsonDefault(json.dumps(factory(), sort_keys=True))  # pyright: ignore[reportCallIssue]  # Needs no validated data.


def _hashable(default: object) -> JsonDefault | Hashable:
    return JsonDefault(json.dumps(default, sort_keys=True)) if isinstance(default, dict | list) else default


def _extended(extends: str | None) -> ColumnReference | None:
    """What the id of an extending table refers to; accounts are not in the catalog."""
    return None if extends in (None, ACCOUNT_TABLE) else ColumnReference(extends, "cascade")


def _reference(class_name: str, marks: tuple[object, ...], nullable: bool) -> ColumnReference | None:
    reference, deletes = _first(marks, Reference), _first(marks, Deletes)
    if reference is None:
        return None
    match reference.target:
        case target if target is Self:
            target = class_name
        case str() as sibling:
            target = f"{class_name.partition('.')[0]}.{sibling}"
        case table:
            target = full_class_name(table)
    return ColumnReference(target, deletes.action if deletes else "set null" if nullable else "cascade")


def full_class_name(table: object) -> str:
    """The schema and the class of a table class: `public.User`."""
    spec = getattr(table, "_spec", None)
    if spec is None:
        raise TypeError(f"{table!r} is no table.")
    return f"{spec.schema}.{spec.class_name}"


def _first(marks: tuple[object, ...], kind: type[T]) -> T | None:
    return next((mark for mark in marks if isinstance(mark, kind)), None)
