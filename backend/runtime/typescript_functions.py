"""`_generated/api.ts`: the functions, typed for the official `convex` client by their Python signatures."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal, TypeAlias, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, IPvAnyAddress, JsonValue
from pydantic.fields import FieldInfo

from backend.protocol.values import Int64, camel_case
from backend.runtime.functions import Function, Visibility
from backend.runtime.pages import Page, PageOptions
from schema.compile.typescript import (
    JSON,
    Property,
    array_type,
    comment,
    literal_type,
    object_type,
    union_type,
)
from schema.language import Table
from schema.language.names import document_table
from schema.language.values import Reference, Timestamp

_HEAD = (
    "// Generated from the functions in backend/handlers by `folkmoot types write`. Change those, not this."
)

_FROM_CONVEX = ("FunctionReference", "PaginationOptions", "PaginationResult")
_FROM_DATA_MODEL = ("Doc", "Id", JSON)

_NO_KEYS = "Record<string, never>"

_Tree: TypeAlias = "dict[str, _Tree | Function[..., object]]"


def render_api(functions: Iterable[Function[..., object]]) -> str:
    """The module, not formatted yet. Equal functions give equal text."""
    ordered = sorted(functions, key=lambda function: function.name)
    body = "\n\n".join(
        [
            _api("api", "The functions that anyone may call.", Visibility.PUBLIC, ordered),
            _api("internal", "The functions that only our own code calls.", Visibility.INTERNAL, ordered),
        ]
    )
    from_convex = ["anyApi", *(f"type {name}" for name in _FROM_CONVEX if _uses(body, name))]
    from_data_model = [name for name in _FROM_DATA_MODEL if _uses(body, name)]
    imports = [f'import {{ {", ".join(from_convex)} }} from "convex/server";']
    if from_data_model:
        imports.append(f'import type {{ {", ".join(from_data_model)} }} from "./dataModel.ts";')
    return "\n\n".join([_HEAD, "\n".join(imports), body]) + "\n"


def _api(name: str, title: str, visibility: Visibility, functions: Iterable[Function[..., object]]) -> str:
    tree: _Tree = {}
    for function in functions:
        if function.visibility is visibility:
            _plant(tree, function)
    return f"{comment(title)}export const {name} = anyApi as unknown as {_tree_type(tree)};"


def _plant(tree: _Tree, function: Function[..., object]) -> None:
    """Put `admin/reports:list` at `admin.reports.list`."""
    module, _, name = function.name.partition(":")
    for part in module.split("/"):
        branch = tree.setdefault(part, {})
        assert isinstance(branch, dict), function.name
        tree = branch
    assert name not in tree, function.name
    tree[name] = function


def _tree_type(tree: _Tree) -> str:
    if not tree:
        return _NO_KEYS
    return object_type(
        Property(name, _tree_type(branch))
        if isinstance(branch, dict)
        else Property(name, _reference(branch), comment=inspect.getdoc(branch.handler) or "")
        for name, branch in sorted(tree.items())
    )


def _reference(function: Function[..., object]) -> str:
    hints = get_type_hints(function.handler, include_extras=True)
    _, *parameters = inspect.signature(function.handler).parameters.values()
    arguments = [
        Property(field.name, type_of(hints[parameter.name]), optional=field.optional)
        for parameter, field in zip(parameters, function.contract.arguments.fields, strict=True)
    ]
    parts = [
        literal_type(function.kind.value.lower()),
        literal_type(function.visibility.value),
        object_type(arguments) if arguments else _NO_KEYS,
        type_of(hints["return"], returned=True),
    ]
    return f"FunctionReference<{', '.join(parts)}>"


def type_of(annotation: object, *, returned: bool = False) -> str:
    """The TypeScript type of a Python type in a signature; what it cannot say is `any`.

    A model that is `returned` has all its keys; as an argument it may leave out those with a default.

    >>> type_of(list[int] | None)
    'number[] | null'
    """
    if annotation is PageOptions:
        return "PaginationOptions"
    if annotation is JsonValue:
        return JSON
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _model_type(annotation, returned=returned)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _id_type(arguments[1:]) or type_of(arguments[0], returned=returned)
    if origin in (Union, types.UnionType):
        return union_type(type_of(member, returned=returned) for member in arguments)
    if origin is Literal:
        return union_type(map(literal_type, arguments))
    if origin in (list, tuple) and arguments:
        return array_type(type_of(arguments[0], returned=returned))
    if origin in (dict, Mapping):
        return f"{{ [key: string]: {type_of(arguments[1], returned=returned)} }}"
    return _PLAIN.get(annotation, "any")


_PLAIN: dict[object, str] = {
    None: "null",
    types.NoneType: "null",
    bool: "boolean",
    Int64: "bigint",
    int: "number",
    float: "number",
    Decimal: "number",
    datetime: "number",  # Unix milliseconds, as of `Timestamp`.
    Timestamp: "number",
    str: "string",
    UUID: "string",
    date: "string",
    IPvAnyAddress: "string",
    IPv4Address: "string",
    IPv6Address: "string",
    bytes: "ArrayBuffer",
}


def _model_type(model: type[BaseModel], *, returned: bool) -> str:
    if issubclass(model, Table):
        return f"Doc<{literal_type(document_table(model.spec()))}>"
    generic = model.__pydantic_generic_metadata__
    if generic["origin"] is Page:
        return f"PaginationResult<{type_of(generic['args'][0], returned=returned)}>"
    return object_type(
        Property(
            (info.serialization_alias if returned else info.alias) or camel_case(name),
            type_of(_annotation_of(info), returned=returned),
            optional=not returned and not info.is_required(),
        )
        for name, info in model.model_fields.items()
    )


def _annotation_of(info: FieldInfo) -> object:
    """What the field was declared as: Pydantic keeps the marks beside the type."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation  # pyright: ignore[reportInvalidTypeForm]


def _id_type(marks: tuple[object, ...]) -> str | None:
    for mark in marks:
        if isinstance(mark, Reference):
            table = cast("type[Table]", mark.target)
            assert isinstance(table, type), mark
            assert issubclass(table, Table), mark
            return f"Id<{literal_type(document_table(table.spec()))}>"
    return None


def _uses(text: str, name: str) -> bool:
    """Whether the types in `text` name it; what comments say is no use."""
    code = re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL)
    return re.search(rf"\b{name}\b", code) is not None
