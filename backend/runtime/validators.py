"""Convex validators: what a signature promises, for error texts, function listings and generated types.

>>> validator = validator_of(list[int] | None, {})
>>> spell(validator)
'v.union(v.array(v.float64()), v.null())'
>>> listing(validator)
{'type': 'union', 'value': [{'type': 'array', 'value': {'type': 'number'}}, {'type': 'null'}]}
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, Union, assert_never, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from backend.protocol.values import Int64, Json, camel_case, document_key
from schema.language import Catalog, Table, TableSpec
from schema.language.names import document_table
from schema.language.values import Reference

Kind: TypeAlias = Literal["null", "number", "bigint", "boolean", "string", "bytes", "any"]


@dataclass(frozen=True)
class Simple:
    kind: Kind


@dataclass(frozen=True)
class Exactly:
    value: str | int | bool


@dataclass(frozen=True)
class IdOf:
    table: str


@dataclass(frozen=True)
class ArrayOf:
    item: Validator


@dataclass(frozen=True)
class RecordOf:
    value: Validator


@dataclass(frozen=True)
class Field:
    name: str
    validator: Validator
    optional: bool


@dataclass(frozen=True)
class ObjectOf:
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class AnyOf:
    members: tuple[Validator, ...]


Validator: TypeAlias = Simple | Exactly | IdOf | ArrayOf | RecordOf | ObjectOf | AnyOf

_SIMPLE: dict[object, Kind] = {
    None: "null",
    type(None): "null",
    bool: "boolean",
    Int64: "bigint",
    int: "number",
    float: "number",
    Decimal: "number",
    datetime: "number",
    str: "string",
    UUID: "string",
    date: "string",
    bytes: "bytes",
}
_SPELT: dict[Kind, str] = {"number": "float64", "bigint": "int64"}


def validator_of(annotation: object, catalog: Catalog) -> Validator:
    """The validator a Python type stands for; what it cannot say is `any`."""

    def recur(inner: object) -> Validator:
        return validator_of(inner, catalog)

    if isinstance(annotation, type) and issubclass(annotation, Table):
        return _document_of(annotation.spec(), catalog, recur)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _object_of(annotation, recur)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        targets = [note.target for note in arguments[1:] if isinstance(note, Reference)]
        tables = [target for target in targets if isinstance(target, type) and issubclass(target, Table)]
        return IdOf(document_table(tables[0].spec())) if tables else recur(arguments[0])
    if origin in (Union, types.UnionType):
        return AnyOf(tuple(recur(member) for member in arguments))
    if origin is Literal:
        return _one_of(tuple(Exactly(value) for value in arguments))
    if origin in (list, tuple) and arguments:
        return ArrayOf(recur(arguments[0]))
    if origin is dict:
        return RecordOf(recur(arguments[1]))
    return Simple(_SIMPLE.get(annotation, "any") if isinstance(annotation, type | None) else "any")


def _document_of(table: TableSpec, catalog: Catalog, recur: Callable[[object], Validator]) -> ObjectOf:
    """A document, which always carries all columns of its table."""
    fields: list[Field] = []
    for column in table.columns:
        if column.name == "id":
            held: Validator = IdOf(document_table(table))
        elif column.reference is not None:
            target = IdOf(document_table(catalog.target(table, column)))
            held = AnyOf((target, Simple("null"))) if column.nullable else target
        else:
            held = recur(column.annotation)
        fields.append(Field(document_key(column.name), held, optional=False))
    return ObjectOf(tuple(fields))


def _object_of(model: type[BaseModel], recur: Callable[[object], Validator]) -> ObjectOf:
    fields: list[Field] = []
    for name, info in model.model_fields.items():
        annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        key = info.alias or camel_case(name)
        # A model's defaults are what the caller may leave out.
        fields.append(Field(key, recur(annotation), optional=not info.is_required()))
    return ObjectOf(tuple(fields))


def _one_of(members: tuple[Validator, ...]) -> Validator:
    return members[0] if len(members) == 1 else AnyOf(members)


def spell(validator: Validator) -> str:
    """The validator as a developer would write it in TypeScript; error messages quote it."""
    match validator:
        case Simple(kind):
            return f"v.{_SPELT.get(kind, kind)}()"
        case Exactly(value):
            return f"v.literal({_spell_literal(value)})"
        case IdOf(table):
            return f'v.id("{table}")'
        case ArrayOf(item):
            return f"v.array({spell(item)})"
        case RecordOf(value):
            return f"v.record(v.string(), {spell(value)})"
        case ObjectOf(fields):
            return f"v.object({{{', '.join(map(_spell_field, fields))}}})"
        case AnyOf(members):
            return f"v.union({', '.join(map(spell, members))})"
        case _:
            assert_never(validator)


def _spell_field(field: Field) -> str:
    spelt = spell(field.validator)
    return f"{field.name}: v.optional({spelt})" if field.optional else f"{field.name}: {spelt}"


def _spell_literal(value: str | int | bool) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case _:
            return f"{float(value)}"


def listing(validator: Validator) -> Json:
    """The validator as `npx convex function-spec` prints it; code generators read it."""
    match validator:
        case Simple(kind):
            return {"type": kind}
        case Exactly(value):
            return {"type": "literal", "value": value}
        case IdOf(table):
            return {"type": "id", "tableName": table}
        case ArrayOf(item):
            return {"type": "array", "value": listing(item)}
        case RecordOf(value):
            return {
                "type": "record",
                "keys": {"type": "string"},
                "values": {"fieldType": listing(value), "optional": False},
            }
        case ObjectOf(fields):
            return {
                "type": "object",
                "value": {
                    field.name: {"fieldType": listing(field.validator), "optional": field.optional}
                    for field in fields
                },
            }
        case AnyOf(members):
            return {"type": "union", "value": [listing(member) for member in members]}
        case _:
            assert_never(validator)
