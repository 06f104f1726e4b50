"""Shapes of `jsonb` columns as conditions that a CHECK constraint can hold.

They are jsonpath predicates: a constraint may not contain a subquery, and a path can look into arrays without
one. A path in its lax mode looks through arrays by itself, so each predicate asks for the type first:
`.type()` alone never looks through.

Inside a path only a regular expression can count characters, and PostgreSQL's count to 255. Longer texts are
measured by SQL where they stand at the top; further inside, the bound on the whole has to do.
"""

from decimal import Decimal
from itertools import combinations
from typing import assert_never

from schema.compile.quoting import quote_identifier, quote_literal
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
    ShapeBy,
)
from schema.language.values import Text

SHAPE_BYTES_MAX = 256 * 1024
"""Of one JSON value as text: what a page shows at once; larger things are files and belong in storage."""

_REGEX_COUNT_MAX = 255  # PostgreSQL's own limit on `{n,m}`.


def shape_condition(column: str, shape: Shape | ShapeBy) -> str:
    """The condition under which `column` holds what `shape` describes.

    >>> from pydantic import BaseModel
    >>> class Point(BaseModel):
    ...     x: int
    >>> print(shape_condition("at", Shape(Point)))  # doctest: +ELLIPSIS
    octet_length("at"::text) <= 262144 and jsonb_path_match("at", '$.type() == "object" && ...
    """
    size = f"octet_length({quote_identifier(column)}::text) <= {SHAPE_BYTES_MAX}"
    match shape:
        case Shape():
            return f"{size} and {_matches(column, shape.type)}"
        case ShapeBy(column=by):
            cases = [f"when {quote_literal(value)} then {_matches(column, of)}" for value, of in shape.types]
            return f"{size} and case {quote_identifier(by)} {' '.join(cases)} else false end"
        case _:
            assert_never(shape)


def _matches(column: str, of: JsonType) -> str:
    quoted = quote_identifier(column)
    fields = of.fields if isinstance(of, JsonRecord) else ()
    lengths = [
        f"coalesce(char_length({quoted} ->> {quote_literal(field.name)}) "
        f"between {field.type.text.length_min} and {field.type.text.length_max}, true)"
        for field in fields
        if isinstance(field.type, JsonText) and field.type.text and not _countable(field.type.text)
    ]
    return " and ".join([f"jsonb_path_match({quoted}, {quote_literal(_predicate('$', of))})", *lengths])


def _countable(text: Text) -> bool:
    return text.length_max <= _REGEX_COUNT_MAX


def _predicate(at: str, of: JsonType) -> str:
    """A jsonpath predicate: what stands at the path `at` is `of`."""
    match of:
        case JsonAnything():
            return f"exists({at})"
        case JsonNullable(of=inner):
            return f'({at}.type() == "null" || ({_predicate(at, inner)}))'
        case JsonFlag():
            return f'{at}.type() == "boolean"'
        case JsonText(text=text):
            return " && ".join([f'{at}.type() == "string"', *_text_bounds(at, text)])
        case JsonNumber():
            return " && ".join([f'{at}.type() == "number"', *_number_bounds(at, of)])
        case JsonChoice(values=values):
            # Of another type it would be unknown whether they are equal, and `!` of unknown is unknown too.
            kinds = [
                (kind, " || ".join(f"{at} == {_json(value)}" for value in of_kind))
                for kind, of_kind in _by_kind(values)
            ]
            return " || ".join(f'({at}.type() == "{kind}" && ({equal}))' for kind, equal in kinds)
        case JsonList(item=item, length_min=least, length_max=most):
            parts = [f'{at}.type() == "array"', *_items(f"{at}[*]", item)]
            parts += [f"{at}.size() >= {least}"] if least else []
            parts += [f"{at}.size() <= {most}"] if most is not None else []
            return " && ".join(parts)
        case JsonMap(value=value):
            # By pairs: a filter on the values themselves would look through those that are arrays.
            misfit = f"{at}.keyvalue() ? (!({_predicate('@.value', value)}))"
            return f'{at}.type() == "object" && !exists({misfit})'
        case JsonRecord(fields=fields, at_most_one_of=groups):
            parts = [f'{at}.type() == "object"']
            for field in fields:
                key = f"{at}.{_json(field.name)}"
                fits = _predicate(key, field.type)
                optional = f"(!exists({key}) || ({fits}))"
                parts.append(f"exists({key}) && ({fits})" if field.required else optional)
            for one, other in (pair for group in groups for pair in combinations(group, 2)):
                parts.append(f"!({at}.{_json(one)} != null && {at}.{_json(other)} != null)")
            unknown = " && ".join(f"@.key != {_json(field.name)}" for field in fields) or "1 == 1"
            return " && ".join([*parts, f"!exists({at}.keyvalue() ? ({unknown}))"])
        case _:
            assert_never(of)


def _by_kind(values: tuple[str | int | bool, ...]) -> list[tuple[str, list[str | int | bool]]]:
    found: dict[str, list[str | int | bool]] = {}
    for value in values:
        kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
        found.setdefault(kind, []).append(value)
    return list(found.items())


def _items(path: str, item: JsonType) -> list[str]:
    """Every value that `path` leads to is an `item`."""
    if isinstance(item, JsonAnything):
        return []
    # A filter looks through arrays, so an array where none belongs is found by its type before.
    nested = isinstance(item, JsonList) or (isinstance(item, JsonNullable) and isinstance(item.of, JsonList))
    arrays = [] if nested else [f'!exists({path}.type() ? (@ == "array"))']
    return [*arrays, f"!exists({path} ? (!({_predicate('@', item)})))"]


def _text_bounds(at: str, text: Text | None) -> list[str]:
    if text is None:
        return []
    counted = f'{at} like_regex "^.{{{text.length_min},{text.length_max}}}$" flag "s"'
    return ([counted] if _countable(text) else []) + (
        [f"{at} like_regex {_json(text.pattern)}"] if text.pattern is not None else []
    )


def _number_bounds(at: str, number: JsonNumber) -> list[str]:
    whole = [f"{at}.floor() == {at}"] if number.whole else []
    bounds = number.bounds
    least = [f"{at} >= {bounds.minimum}"] if bounds and bounds.minimum is not None else []
    most = [f"{at} <= {bounds.maximum}"] if bounds and bounds.maximum is not None else []
    return whole + least + most


def _json(value: str | int | bool | Decimal) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            assert '"' not in value, value
            assert "\\" not in value, value
            return f'"{value}"'
        case _:
            return str(value)
