"""A function's signature as its contract: what arguments it accepts and what it promises to return."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic import Field as FieldOf

from backend.protocol.values import InvalidValue, Value, camel_case, encode_text, from_unix_ms
from backend.runtime.documents import to_value
from backend.runtime.errors import ArgumentValidationError, ReturnsValidationError
from backend.runtime.pages import PageOptions
from backend.runtime.validators import ArrayOf, Exactly, Field, ObjectOf, Validator, spell, validator_of
from schema.language import Catalog

SHOWN_CHARACTERS_MAX = 1000  # Of an offending value in an error message: enough to recognise it.


@dataclass(frozen=True)
class Contract:
    """Both sides of a call. Build it with `contract_of`."""

    arguments: ObjectOf
    result: Validator
    _model: type[BaseModel]
    _result: TypeAdapter[object]

    def read_arguments(self, given: Mapping[str, Value]) -> dict[str, object]:
        """The handler's keyword arguments, typed as it declares them.

        Raises `ArgumentValidationError` with the message Convex gives for the first argument that is wrong.
        """
        try:
            checked = self._model.model_validate(given)
        except ValidationError as error:
            raise ArgumentValidationError(_explain(error, given, self.arguments)) from error
        return {name: getattr(checked, name) for name in self._model.model_fields}

    def write_arguments(self, named: Mapping[str, object]) -> dict[str, object]:
        """The argument object that stands for a handler's keyword arguments; inverse of `read_arguments`."""
        fields = self._model.model_fields
        return {
            (fields[name].alias or name) if name in fields else name: to_value(named[name]) for name in named
        }

    def write_result(self, returned: object) -> object:
        """What the handler returned, as Convex values. Raises `ReturnsValidationError`."""
        try:
            return to_value(self._result.validate_python(returned, strict=True))
        except ValidationError as error:
            raise ReturnsValidationError(_explain(error, returned, self.result)) from error


def contract_of(handler: Callable[..., object], catalog: Catalog) -> Contract:
    """The contract of a handler, whose first parameter is its context. Raises `TypeError` if untyped."""
    hints = get_type_hints(handler, include_extras=True)
    _, *parameters = inspect.signature(handler).parameters.values()
    untyped = [parameter.name for parameter in parameters if parameter.name not in hints]
    if untyped or "return" not in hints:
        raise TypeError(f"{handler.__qualname__}: annotate {', '.join(untyped) or 'the result'}.")
    fields: list[Field] = []
    model_fields: dict[str, tuple[object, object]] = {}
    for parameter in parameters:
        annotation, required = hints[parameter.name], parameter.default is inspect.Parameter.empty
        name = "paginationOpts" if annotation is PageOptions else camel_case(parameter.name)
        fields.append(Field(name, validator_of(annotation, catalog), optional=not required))
        default = ... if required else parameter.default
        model_fields[parameter.name] = (wire_type(annotation), FieldOf(default, alias=name))
    return Contract(
        arguments=ObjectOf(tuple(fields)),
        result=validator_of(hints["return"], catalog),
        # The type checker cannot tell field names from create_model's own keywords.
        _model=create_model(handler.__name__, __config__=_STRICT, **model_fields),  # pyright: ignore[reportCallIssue, reportArgumentType]
        _result=TypeAdapter(hints["return"]),
    )


# Strict, so that "60" is no number and 1 is no boolean; `wire_type` then opens just what the wire cannot say.
_STRICT = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=False)


def wire_type(annotation: object) -> object:
    """The type that reads a Python type from Convex values.

    All numbers arrive as floats, ids and dates as strings, moments as Unix milliseconds.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner, *notes = arguments
        return Annotated[(wire_type(inner), *notes)]  # pyright: ignore[reportInvalidTypeForm]
    if origin in (Union, types.UnionType):
        return Union[tuple(map(wire_type, arguments))]  # noqa: UP007  # built from values, not written
    if origin is list:
        return list[wire_type(arguments[0])]  # pyright: ignore[reportInvalidTypeForm]
    if origin is dict:
        return dict[str, wire_type(arguments[1])]  # pyright: ignore[reportInvalidTypeForm]
    reader = _READERS.get(annotation) if isinstance(annotation, type) else None
    return Annotated[annotation, BeforeValidator(reader)] if reader else annotation  # pyright: ignore[reportInvalidTypeForm]


def _read_integer(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_uuid(value: object) -> object:
    return UUID(value) if isinstance(value, str) else value


def _read_moment(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return from_unix_ms(value)
    except InvalidValue:
        return value


def _read_date(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _read_decimal(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value


_READERS: dict[type, Callable[[object], object]] = {
    int: _read_integer,
    UUID: _read_uuid,
    datetime: _read_moment,
    date: _read_date,
    Decimal: _read_decimal,
}


def _explain(error: ValidationError, value: object, validator: Validator) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path, place, expected = _locate(value, validator, first["loc"])
    match first["type"], expected:
        case "missing", _:
            what = (
                f"Object is missing the required field `{first['loc'][-1]}`. Consider wrapping the field "
                "validator in `v.optional(...)` if this is expected."
            )
        case "extra_forbidden", _:
            path, place, expected = _locate(value, validator, first["loc"][:-1])
            what = f"Object contains extra field `{first['loc'][-1]}` that is not in the validator."
        case _, Exactly():
            what = f"`{_show(place)}` does not match literal validator `{spell(expected)}`."
        case _:
            what = "Value does not match validator."
    label = "Object" if isinstance(place, Mapping) and isinstance(expected, ObjectOf) else "Value"
    return "\n".join(
        [what, f"Path: {path}" if path else "", f"{label}: {_show(place)}", f"Validator: {spell(expected)}"]
    )


def _locate(
    value: object, validator: Validator, steps: tuple[int | str, ...]
) -> tuple[str, object, Validator]:
    """Follow Pydantic's location as far as value and validator both go: its path, value and validator."""
    path = ""
    for step in steps:
        match value, validator:
            case Mapping(), ObjectOf(fields) if step in value:
                inner = [field.validator for field in fields if field.name == step]
                if not inner:
                    break
                path, value, validator = f"{path}.{step}", value[step], inner[0]
            case list(), ArrayOf(item) if isinstance(step, int):
                path, value, validator = f"{path}[{step}]", value[step], item
            case _:
                break
    return path, value, validator


def _show(value: object) -> str:
    try:
        shown = encode_text(to_value(value))
    except InvalidValue:
        shown = f"a {type(value).__name__}"
    return shown if len(shown) <= SHOWN_CHARACTERS_MAX else shown[:SHOWN_CHARACTERS_MAX] + "..."
