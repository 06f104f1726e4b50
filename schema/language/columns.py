"""A class attribute read as a column."""

import types
from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import JsonValue
from pydantic.fields import FieldInfo

from schema.language.derived import Derived
from schema.language.errors import TableMismatch
from schema.language.spec import ColumnReference, ColumnSpec, Default, SqlType
from schema.language.values import Deletes, PolymorphicRef, Reference, Text, Timestamp

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
    JsonValue: "jsonb",
    dict: "jsonb",
    list: "jsonb",
}


def read_column(table: str, class_name: str, name: str, field: FieldInfo, *, extends: bool) -> ColumnSpec:
    """The column that `field` declares; `TableMismatch` when its type has no place in PostgreSQL.

    `extends`: whether the table's ids are given by another table, so that `id` has no default.
    """
    python_type, marks, nullable = _unwrap(field.annotation, tuple(field.metadata))
    choices = get_args(python_type) if get_origin(python_type) is Literal else ()
    sql_type = "text" if choices else _SQL_TYPES.get(get_origin(python_type) or python_type)
    if sql_type is None:
        raise TableMismatch(
            f"{python_type!r} is not a column type.",
            table=table,
            field=name,
            mend="use one of the types schema.language offers, or a JsonObject.",
        )
    return ColumnSpec(
        name=name,
        sql_type=sql_type,
        annotation=_with_constraints(field),
        nullable=nullable,
        default=Default.NEW_ID if name == "id" and not extends else _default(name, field),
        text=_first(marks, Text),
        choices=choices,
        reference=_reference(name, class_name, marks, nullable),
        polymorphic=_first(marks, PolymorphicRef),
        derived=next((mark for mark in marks if isinstance(mark, Derived)), None),
    )


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


def _default(name: str, field: FieldInfo) -> Default | Hashable:
    if name in ("created_at", "updated_at"):
        return Default.NOW
    if field.default_factory is dict:
        return Default.EMPTY_OBJECT
    if field.default_factory is list:
        return Default.EMPTY_ARRAY
    return Default.REQUIRED if field.is_required() else field.default


def _reference(
    name: str, class_name: str, marks: tuple[object, ...], nullable: bool
) -> ColumnReference | None:
    reference, deletes = _first(marks, Reference), _first(marks, Deletes)
    if reference is None or name == "id":
        return None
    target = class_name if reference.target == "Self" else reference.target
    return ColumnReference(target, deletes.action if deletes else "set null" if nullable else "cascade")


def _first(marks: tuple[object, ...], kind: type[T]) -> T | None:
    return next((mark for mark in marks if isinstance(mark, kind)), None)
