"""SQL as values: text that we wrote, names that were quoted, and parameters that never become text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Literal, LiteralString

ParameterType = Literal["text", "text[]", "json", "jsonb", "bytea", "bigint"]


@dataclass(frozen=True, eq=False, slots=True)
class Parameter:
    """One value for the server. The same object used twice is sent once."""

    value: object
    type: ParameterType


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement; put together with `sql` and `join`, made into a statement by `render`."""

    parts: tuple[str | Parameter, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)


EMPTY = Sql()


def sql(template: LiteralString, **pieces: Sql) -> Sql:
    """Our own text with `{pieces}` put in.

    >>> render(sql("select {column} from {table}", column=identifier("a"), table=identifier("t")))
    ('select "a" from "t"', [])
    """
    parts: list[str | Parameter] = []
    for text, name, _, _ in Formatter().parse(template):
        if text:
            parts.append(text)
        if name is not None:
            parts.extend(pieces[name].parts)
    return Sql(tuple(parts))


def join(separator: LiteralString, pieces: Iterable[Sql]) -> Sql:
    parts: list[str | Parameter] = []
    for piece in pieces:
        if parts:
            parts.append(separator)
        parts.extend(piece.parts)
    return Sql(tuple(parts))


def identifier(*names: str) -> Sql:
    """A name, or a qualified one, quoted.

    >>> render(identifier("public", 'odd"name'))
    ('"public"."odd""name"', [])
    """
    assert not any("\0" in name for name in names), names  # Requests with a NUL are refused when read.
    return Sql((".".join('"' + name.replace('"', '""') + '"' for name in names),))


def from_catalog(text: str) -> Sql:
    """SQL that PostgreSQL's catalog functions wrote: a type, or a column's default. Never a client's text."""
    return Sql((text,))


def value(of: object, type_: ParameterType = "text") -> Sql:
    """A parameter. A client's values go as text, and are then cast by the server as a literal would be."""
    return Sql((Parameter(of, type_),))


def render(statement: Sql) -> tuple[str, list[object]]:
    """The statement's text with `$1`, `$2`... and the values for them."""
    numbers: dict[int, int] = {}
    values: list[object] = []
    text: list[str] = []
    for part in statement.parts:
        if isinstance(part, str):
            text.append(part)
            continue
        number = numbers.get(id(part))
        if number is None:
            values.append(part.value)
            number = numbers[id(part)] = len(values)
        text.append(f"${number}::{part.type}")
    return "".join(text), values
