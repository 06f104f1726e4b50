"""TypeScript types as text, and the type of what a column holds once it is JSON.

The text is correct and deterministic, not pretty: whoever writes it to a file formats it.
"""

import json
import textwrap
import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Union, assert_never, get_args, get_origin

from schema.language.shapes import (
    JsonAnything,
    JsonChoice,
    JsonFlag,
    JsonList,
    JsonMap,
    JsonNullable,
    JsonNumber,
    JsonRecord,
    JsonText,
    JsonType,
    Shape,
)
from schema.language.spec import ColumnSpec, SqlType

LINE_CHARACTERS_MAX = 70  # A short object reads best on one line; a formatter keeps the breaks it finds.

JSON = "Json"
"""The name of the type of any JSON value; the file it stands in has to declare it."""

JSON_DECLARED = f"""\
/** Any JSON value. */
export type {JSON} = string | number | boolean | null | {JSON}[] | {{ [key: string]: {JSON} }};"""


@dataclass(frozen=True)
class Property:
    """One key of an object type; `comment` is shown by editors."""

    name: str
    type: str
    optional: bool = False
    comment: str = ""


def object_type(properties: Iterable[Property]) -> str:
    """An object with these keys and no others.

    >>> object_type([Property("a", "string"), Property("b-c", "number", optional=True)])
    '{ a: string; "b-c"?: number; }'
    """
    lines = [
        f"{comment(one.comment)}{_key(one.name)}{'?' if one.optional else ''}: {one.type};"
        for one in properties
    ]
    in_one = " ".join(["{", *lines, "}"])
    return in_one if _is_short(in_one) else "\n".join(["{", *lines, "}"])


def union_type(members: Iterable[str]) -> str:
    """Any of these, each named once.

    >>> union_type(["string", "null", "string"])
    'string | null'
    """
    return " | ".join(dict.fromkeys(members)) or "never"


def array_type(item: str) -> str:
    """A list of `item`."""
    return f"Array<{item}>" if any(mark in item for mark in "|&{") else f"{item}[]"


def literal_type(value: str | int | bool) -> str:
    """Just this value.

    >>> literal_type('say "hi"'), literal_type(True)
    ('"say \\\\"hi\\\\""', 'true')
    """
    return json.dumps(value, ensure_ascii=False)


def comment(text: str) -> str:
    """A comment that editors show for what follows it; nothing for no text.

    >>> comment("Ends with */ here.")
    '/** Ends with *\\\\/ here. */\\n'
    """
    lines = textwrap.dedent(text).strip().replace("*/", "*\\/").splitlines()
    match lines:
        case []:
            return ""
        case [line]:
            return f"/** {line} */\n"
        case _:
            body = "\n".join(f" * {line}".rstrip() for line in lines)
            return f"/**\n{body}\n */\n"


def stored_type(column: ColumnSpec) -> str:
    """What a column holds when it is not empty. A reference is plain text, a shape by another column open."""
    if column.choices:
        return union_type(map(literal_type, column.choices))
    if isinstance(column.shape, Shape):
        return json_type(column.shape.type)
    if column.sql_type == "jsonb":
        is_list = get_origin(_without_marks(column.annotation)) is list
        return json_type(JsonList(JsonAnything()) if is_list else JsonMap(JsonAnything()))
    return _STORED[column.sql_type]


_STORED: dict[SqlType, str] = {
    "uuid": "string",
    "text": "string",
    "integer": "number",
    "double precision": "number",
    "numeric": "number",
    "boolean": "boolean",
    "date": "string",
    "timestamptz": "number",  # Unix milliseconds.
    "inet": "string",
    "text[]": "string[]",
    "uuid[]": "string[]",
}


def json_type(shape: JsonType) -> str:
    """The type of JSON of that shape.

    >>> json_type(JsonNullable(JsonList(JsonChoice(("MO", "TU")))))
    'Array<"MO" | "TU"> | null'
    """
    match shape:
        case JsonText():
            return "string"
        case JsonNumber():
            return "number"
        case JsonFlag():
            return "boolean"
        case JsonChoice(values):
            return union_type(map(literal_type, values))
        case JsonList(item):
            return array_type(json_type(item))
        case JsonNullable(of):
            return union_type([json_type(of), "null"])
        case JsonAnything():
            return JSON
        case JsonMap(value):
            return f"{{ [key: string]: {json_type(value)} }}"
        case JsonRecord(fields):
            return object_type(
                Property(field.name, json_type(field.type), optional=not field.required) for field in fields
            )
        case _:
            assert_never(shape)


def _is_short(text: str) -> bool:
    return len(text) <= LINE_CHARACTERS_MAX and "\n" not in text


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _without_marks(annotation: object) -> object:
    """Peel `Annotated[...]` and `... | None`."""
    origin = get_origin(annotation)
    if origin is Annotated or origin in (Union, types.UnionType):
        return _without_marks(next(part for part in get_args(annotation) if part is not types.NoneType))
    return annotation
