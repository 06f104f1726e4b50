"""What is slow in a plan: a function called for each row, or a large table read from end to end.

>>> plan = {"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "posts",
...         "Plan Rows": 9_000, "Filter": "(posts.author_id = private.person('a (b)'::text))"}
>>> find_slow(plan, Reading.WHOLE)
['public.posts: private.person() is called for each row']
>>> find_slow(plan, Reading.PART)[1:]
['public.posts: is read from end to end']
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeAlias

Plan: TypeAlias = Mapping[str, object]

CHEAP: frozenset[str] = frozenset()
"""Built-in functions that may be called for each row. Comparisons are operators, and need no leave."""

FOUND_BY_INDEX = 200
"""Whoever may see no more rows of a large table than this finds them by an index, unasked."""

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_CALL = re.compile(r"((?:\w+\.)?\w+)\(")
_NO_FUNCTION = re.compile(
    r"and|or|not|any|all|some|in|exists|array|row|case|when|then|else|coalesce|nullif|greatest|least"
    r"|varying|numeric|timestamp|char|bit",  # Types, as in the cast `::numeric(10,2)`.
    re.IGNORECASE,
)
_HASHED = re.compile(r"hashed (SubPlan \d+)")
_CONDITIONS = ("Filter", "Cond")
_ONCE = "One-Time Filter"  # Tried before the first row is read.


class Reading(Enum):
    """How much of its table a statement asks for."""

    WHOLE = "every row the caller may see"
    PART = "the few rows that an index finds"


class _Place(Enum):
    """How often a part of a plan runs."""

    STATEMENT = "once, and it is what was asked for"
    FIRST = "once, before the rows"
    HASHED = "once, kept for every row"
    ROW = "for each row"


def find_slow(plan: Plan, reading: Reading, *, small: frozenset[str] = frozenset()) -> list[str]:
    """Say what in `plan`, the root node of an EXPLAIN (verbose, format json), does not stay fast.

    `small` tables may be read from end to end, though not for each row of another.
    """
    return list(_find_slow(plan, reading, small, _Place.STATEMENT))


def relations(plan: Plan) -> set[str]:
    """Every table that `plan` reads, with its schema."""
    found = {_relation(plan)} if "Relation Name" in plan else set[str]()
    return found.union(*(relations(child) for child in _children(plan)))


def _find_slow(plan: Plan, reading: Reading, small: frozenset[str], place: _Place) -> Iterator[str]:
    table = _relation(plan)
    conditions = _conditions(plan)
    # What a subplan gives back for each row is worked out for each row, too: `(select private.f(column))`.
    tried = [*conditions, *map(str, _list(plan, "Output"))] if place is _Place.ROW else conditions
    for called in sorted({name for text in tried for name in _calls(text)}):
        yield f"{table}: {called}() is called for each row"
    if _reads_everything(plan) and not _may_read_everything(plan, table in small, reading, place):
        yield f"{table}: is read from end to end" + (" for each row" if place is _Place.ROW else "")
    hashed = {name for text in conditions for name in _HASHED.findall(text)}
    for child in _children(plan):
        match child.get("Parent Relationship"):
            case "InitPlan":
                inside = _Place.FIRST
            case "SubPlan":
                inside = _Place.HASHED if child.get("Subplan Name") in hashed else _Place.ROW
            case _:
                inside = place
        yield from _find_slow(child, reading, small, inside)


def _may_read_everything(plan: Plan, small: bool, reading: Reading, place: _Place) -> bool:
    match place:
        case _Place.ROW:
            return False
        case _Place.FIRST:
            return small
        case _Place.HASHED:
            return small or reading is Reading.WHOLE
        case _Place.STATEMENT:
            found = plan["Plan Rows"]
            assert isinstance(found, int)
            return small or (reading is Reading.WHOLE and found > FOUND_BY_INDEX)


def _reads_everything(plan: Plan) -> bool:
    match plan["Node Type"]:
        case "Seq Scan":
            return True
        case "Index Scan" | "Index Only Scan" | "Bitmap Index Scan":
            return "Index Cond" not in plan
        case _:
            return False


def _conditions(plan: Plan) -> list[str]:
    return [str(value) for key, value in plan.items() if key.endswith(_CONDITIONS) and key != _ONCE]


def _calls(condition: str) -> Iterator[str]:
    for name in _CALL.findall(_QUOTED.sub("''", condition).replace('"', "")):
        if not _NO_FUNCTION.fullmatch(name) and name not in CHEAP:
            yield name


def _relation(plan: Plan) -> str:
    if "Relation Name" not in plan:
        return str(plan["Node Type"])
    return f"{plan['Schema']}.{plan['Relation Name']}"


def _children(plan: Plan) -> list[Plan]:
    return _list(plan, "Plans")


def _list(plan: Plan, key: str) -> list:
    found = plan.get(key, [])
    assert isinstance(found, list), (key, found)
    return found
