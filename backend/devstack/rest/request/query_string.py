"""The whole query string as one value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_plus

from backend.devstack.rest.errors import RestError, invalid_range
from backend.devstack.rest.request.filters import is_operation, parse_filter, parse_logic
from backend.devstack.rest.request.order import parse_names, parse_order
from backend.devstack.rest.request.select import parse_select
from backend.devstack.rest.request.syntax import (
    Condition,
    EmbedPath,
    Field,
    OrderTerm,
    RowRange,
    SelectField,
    SelectItem,
)

ROWS_MAX = 2**63 - 1  # A bigint: what LIMIT and OFFSET can hold.
FIELDS_MAX = 1_000  # Far past any real request; each becomes SQL text.

_EVERYTHING: tuple[SelectItem, ...] = (SelectField(Field("*")),)
_INTEGER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class QueryString:
    """`canonical` is the string again, sorted by key. `arguments` are the parameters that are no filters."""

    canonical: str = ""
    select: tuple[SelectItem, ...] = _EVERYTHING
    conditions: tuple[tuple[EmbedPath, Condition], ...] = ()
    orders: Mapping[EmbedPath, tuple[OrderTerm, ...]] = field(default_factory=dict)
    ranges: Mapping[EmbedPath, RowRange] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None
    arguments: tuple[tuple[str, str], ...] = ()


def parse_query_string(raw: bytes, *, for_function: bool) -> QueryString:
    """Read `raw`, the part of the URL behind the question mark.

    With `for_function` a parameter that is neither a reserved word nor reads like a filter is an argument.
    Raises PGRST100 for what cannot be read and PGRST103 for a negative limit.
    """
    pairs = _pairs(raw)
    select, columns, on_conflict = _EVERYTHING, None, None
    conditions: list[tuple[EmbedPath, Condition]] = []
    orders: dict[EmbedPath, tuple[OrderTerm, ...]] = {}
    limits: dict[EmbedPath, int] = {}
    offsets: dict[EmbedPath, int] = {}
    arguments: list[tuple[str, str]] = []
    for key, value in pairs:
        path = tuple(key.split("."))
        match path[-1]:
            case "select" if len(path) == 1:
                select = parse_select(value)
            case "columns" if len(path) == 1:
                columns = parse_names(value, "columns parameter")
            case "on_conflict" if len(path) == 1:
                on_conflict = parse_names(value, "on_conflict parameter")
            case "order":
                if value:
                    orders[path[:-1]] = parse_order(value)
            case "limit":
                limits.update(_row_count(path[:-1], value))
            case "offset":
                offsets.update(_row_count(path[:-1], value))
            case "and" | "or":
                conditions.append(parse_logic(key, value))
            case _ if for_function and len(path) == 1 and not is_operation(value):
                arguments.append((key, value))
            case _:
                conditions.append(parse_filter(key, value))
    return QueryString(
        canonical="&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(pairs)),
        select=select,
        conditions=tuple(conditions),
        orders=orders,
        ranges=_ranges(limits, offsets),
        columns=columns,
        on_conflict=on_conflict,
        arguments=tuple(arguments),
    )


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            raw.decode("latin-1"), keep_blank_values=True, encoding="utf-8", max_num_fields=FIELDS_MAX
        )
    except ValueError:
        raise RestError("PGRST100", f"The query string has more than {FIELDS_MAX} parameters") from None
    if any("\0" in key or "\0" in value for key, value in pairs):
        raise RestError("PGRST100", "The query string holds a NUL character")
    return pairs


def _row_count(path: EmbedPath, value: str) -> dict[EmbedPath, int]:
    # PostgREST ignores what is not a number.
    if not _INTEGER.fullmatch(value):
        return {}
    digits = value[:20]  # More of them would only cost time; they are past ROWS_MAX anyway.
    return {path: max(-1, min(int(digits), ROWS_MAX))}


def _ranges(limits: Mapping[EmbedPath, int], offsets: Mapping[EmbedPath, int]) -> dict[EmbedPath, RowRange]:
    if any(limit < 0 for limit in limits.values()):
        raise invalid_range("Limit should be greater than or equal to zero.")
    return {path: RowRange(max(0, offsets.get(path, 0)), limits.get(path)) for path in {*limits, *offsets}}
