"""What may stand in a `jsonb` column: a Pydantic model, or one of several by another column of the row.

    recurrence: Annotated[JsonObject, Shape(Recurrence)] | None
    content: Annotated[JsonObject, ShapeBy("type", text=TextContent, video=VideoContent)]

A model's fields may be text, numbers, flags, `Literal`s, lists of these, further models, and `JsonValue` for
anything. A field with a default may be absent. Keys that the model does not name are refused. A model that
says `at_most_one_of: ClassVar = (("count", "until"),)` refuses two of those together. PostgreSQL checks all
of it whoever writes, so what is read back always fits.
"""

import types
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, GetCoreSchemaHandler, JsonValue, RootModel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from schema.language.values import Bounds, Text

T = TypeVar("T")


@dataclass(frozen=True)
class JsonText:
    """A text within `text`, or any."""

    text: Text | None = None


@dataclass(frozen=True)
class JsonNumber:
    """A number within `bounds`, or any; a `whole` one has nothing after the point."""

    whole: bool
    bounds: Bounds | None = None


@dataclass(frozen=True)
class JsonFlag:
    """True or false."""


@dataclass(frozen=True)
class JsonChoice:
    """One of these."""

    values: tuple[str | int | bool, ...]


@dataclass(frozen=True)
class JsonList:
    """A list of `item`, of a length within bounds."""

    item: "JsonType"
    length_min: int = 0
    length_max: int | None = None


@dataclass(frozen=True)
class JsonNullable:
    """`of`, or null."""

    of: "JsonType"


@dataclass(frozen=True)
class JsonAnything:
    """Any JSON value."""


@dataclass(frozen=True)
class JsonMap:
    """An object with any keys, all of whose values are `value`."""

    value: "JsonType"


@dataclass(frozen=True)
class JsonField:
    """One key of an object, which may be absent unless `required`."""

    name: str
    type: "JsonType"
    required: bool


@dataclass(frozen=True)
class JsonRecord:
    """An object with these keys and no others; of each group, at most one is there and not null."""

    fields: tuple[JsonField, ...]
    at_most_one_of: tuple[tuple[str, ...], ...] = ()


JsonType: TypeAlias = (
    JsonText
    | JsonNumber
    | JsonFlag
    | JsonChoice
    | JsonList
    | JsonNullable
    | JsonAnything
    | JsonMap
    | JsonRecord
)


@dataclass(frozen=True)
class Shape:
    """The column holds what `model` describes."""

    model: type[BaseModel]

    @property
    def type(self) -> JsonType:
        """The model as plain values; of a `RootModel`, what it wraps. TypeError for what JSON lacks."""
        return _type_of(self.model, ())

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._fitting, handler(source))

    def _fitting(self, value: object) -> object:
        self.model.model_validate(_with_whole_numbers(value), strict=True, extra="forbid")
        return value


@dataclass(frozen=True, init=False)
class ShapeBy:
    """The column holds what the model says that goes with the value of `column` in the same row.

    Pydantic sees one value at a time, so it is PostgreSQL that refuses what does not fit together.
    """

    column: str
    models: tuple[tuple[str, type[BaseModel]], ...]

    def __init__(self, column: str, /, **models: type[BaseModel]) -> None:
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "models", tuple(sorted(models.items())))

    @property
    def types(self) -> tuple[tuple[str, JsonRecord], ...]:
        """Each value of the column with its model as plain values."""
        return tuple((value, record_of(model)) for value, model in self.models)


def record_of(model: type[BaseModel]) -> JsonRecord:
    """The keys of `model`, by the names they have in JSON."""
    return JsonRecord(
        tuple(
            JsonField(info.alias or name, _type_of_field(info), info.is_required())
            for name, info in model.model_fields.items()
        ),
        getattr(model, "at_most_one_of", ()),
    )


_PLAIN: dict[object, JsonType] = {
    str: JsonText(),
    int: JsonNumber(whole=True),
    float: JsonNumber(whole=False),
    Decimal: JsonNumber(whole=False),
    bool: JsonFlag(),
    JsonValue: JsonAnything(),
}


def _type_of_field(info: FieldInfo) -> JsonType:
    return _type_of(info.annotation, tuple(info.metadata))


def _type_of(annotation: object, marks: tuple[object, ...]) -> JsonType:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type_of(arguments[0], (*marks, *arguments[1:]))
    if origin in (Union, types.UnionType) and types.NoneType in arguments and len(arguments) == 2:
        inner = next(part for part in arguments if part is not types.NoneType)
        return JsonNullable(_type_of(inner, marks))
    if origin is Literal:
        return JsonChoice(arguments)
    if origin is list:
        least, most = _first(marks, MinLen), _first(marks, MaxLen)
        item = _type_of(arguments[0], ())
        return JsonList(item, least.min_length if least else 0, most.max_length if most else None)
    if origin is dict:
        return JsonMap(_type_of(arguments[1], ()))
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return _type_of_field(annotation.model_fields["root"])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return record_of(annotation)
    match _PLAIN.get(annotation):
        case JsonText():
            return JsonText(_first(marks, Text))
        case JsonNumber(whole=whole):
            return JsonNumber(whole, _first(marks, Bounds))
        case None:
            raise TypeError(f"{annotation!r} cannot stand in JSON.")
        case plain:
            return plain


def _with_whole_numbers(value: object) -> object:
    """The same JSON with 2 for 2.0: to JSON they are one number, and clients send either."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_with_whole_numbers(item) for item in value]
        case dict():
            return {key: _with_whole_numbers(item) for key, item in value.items()}
        case _:
            return value


def _first(marks: tuple[object, ...], kind: type[T]) -> T | None:
    return next((mark for mark in marks if isinstance(mark, kind)), None)
