"""What the SDK's typed classes say about an answer: fields unknown, missing, or of the wrong kind."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, Union

import stripe
from stripe._list_object import ListObject
from stripe._object_classes import get_object_class
from stripe._stripe_object import StripeObject, UntypedStripeObject

Json = dict[str, Any]


def field_mistakes(payload: Json, cls: type[StripeObject] | None = None, path: str = "") -> list[str]:
    """Every difference between `payload` and its class, deep; empty when the SDK would know every field."""
    found = cls or _class_of(payload)
    return list(_mistakes(payload, found, path or found.__name__))


def _class_of(payload: Json) -> type[StripeObject]:
    name = payload["object"]
    if name == "list":
        return ListObject
    return get_object_class("V2" if name.startswith("v2.") else "V1", name)


def _mistakes(payload: Json, cls: type[StripeObject], path: str) -> Iterator[str]:
    if payload.get("deleted") is True:
        if set(payload) != {"id", "object", "deleted"}:
            yield f"{path}: more is told of a deleted object than that it is"
        return
    fields = dict(_fields(cls))
    for name in sorted(payload.keys() - fields.keys()):
        yield f"{path}.{name}: {cls.__name__} has no such field"
    for name, annotation in fields.items():
        if name in payload:
            yield from _misfits(payload[name], annotation, f"{path}.{name}")
        elif not _is_optional(annotation):
            yield f"{path}.{name}: missing"


def _fields(cls: type[StripeObject]) -> Iterator[tuple[str, Any]]:
    if issubclass(cls, ListObject):
        yield "object", str
    for ancestor in cls.__mro__:
        if ancestor is StripeObject:
            return
        for name, annotation in vars(ancestor).get("__annotations__", {}).items():
            if not name.startswith("_") and typing.get_origin(annotation) is not typing.ClassVar:
                yield name, annotation


def _is_optional(annotation: Any) -> bool:
    """Whether Stripe may leave the field out: in the SDK `Optional[X]`, not a union that names None."""
    members = typing.get_args(annotation)
    return typing.get_origin(annotation) is Union and len(members) == 2 and type(None) in members


def _misfits(value: Any, annotation: Any, path: str) -> Iterator[str]:
    origin = typing.get_origin(annotation)
    if origin in (Union, types.UnionType):
        members = typing.get_args(annotation)
        if value is None:
            if type(None) not in members:
                yield f"{path}: null"
            return
        named = [m for m in members if typing.get_origin(m) is Literal]
        if named and isinstance(value, str) and value not in typing.get_args(named[0]):
            yield f"{path}: {value!r} is not one of {typing.get_args(named[0])}"
        attempts = [list(_misfits(value, member, path)) for member in members if member is not type(None)]
        yield from min(attempts, key=len)
    elif origin is Literal:
        if value not in typing.get_args(annotation):
            yield f"{path}: {value!r} is not one of {typing.get_args(annotation)}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for number, item in enumerate(value):
            yield from _misfits(item, typing.get_args(annotation)[0], f"{path}[{number}]")
    elif isinstance(value, dict):
        yield from _object_misfits(value, annotation, path)
    elif annotation is Decimal:
        # Written as text, and made a number by the SDK.
        if not isinstance(value, str | Decimal):
            yield f"{path}: {value!r} is no decimal"
    elif annotation in (str, int, bool, float):
        if type(value) is not annotation:
            yield f"{path}: {value!r} is no {annotation.__name__}"
    elif annotation is not Any:
        yield f"{path}: {value!r} is no {annotation}"


def _object_misfits(value: Json, annotation: Any, path: str) -> Iterator[str]:
    if annotation is UntypedStripeObject or typing.get_origin(annotation) is UntypedStripeObject:
        return
    if isinstance(value.get("object"), str):
        expected = annotation.__forward_arg__ if isinstance(annotation, typing.ForwardRef) else None
        found = _class_of(value)
        if expected is not None and found.__name__ != expected:
            yield f"{path}: a {found.__name__} where a {expected} is due"
        else:
            yield from _mistakes(value, found, path)
            if found is ListObject:
                for number, item in enumerate(value["data"]):
                    yield from _mistakes(item, _class_of(item), f"{path}.data[{number}]")
    elif isinstance(annotation, type) and issubclass(annotation, StripeObject):
        yield from _mistakes(value, annotation, path)
    else:
        yield f"{path}: an object where {annotation} is due"


PINNED_VERSION = stripe.api_version
"""The version of Stripe's API that the installed SDK asks for, and whose fields its classes name."""
