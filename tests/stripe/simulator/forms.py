"""Bodies and query strings as the SDK writes them: `items[0][price]=price_1` is a list of objects."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]


def decode_form(text: str) -> Json:
    """The nested value a form stands for; every leaf is text.

    >>> decode_form("items[0][price]=p&items[0][quantity]=2&metadata[a]=b&expand[]=x&expand[]=y")
    {'items': [{'price': 'p', 'quantity': '2'}], 'metadata': {'a': 'b'}, 'expand': ['x', 'y']}
    """
    root: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        _put(root, [first, *rest], value)
    return _lists(root)


def _put(target: Json, path: list[str], value: str) -> None:
    key, *rest = path
    if key == "":  # `expand[]`: the next free number.
        key = str(len(target))
    if rest:
        _put(target.setdefault(key, {}), rest, value)
    else:
        target[key] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(item) for key, item in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
