"""Reading filters: `column=op.value`, and the trees of `and=(...)` and `or=(...)`."""

from __future__ import annotations

import re
from typing import Literal, get_args

from backend.devstack.rest.request.scanner import Scanner
from backend.devstack.rest.request.syntax import (
    Compare,
    Comparison,
    Condition,
    Contain,
    Containment,
    EmbedPath,
    Field,
    Filter,
    In,
    Is,
    IsDistinct,
    Logic,
    Operation,
    Search,
    SearchKind,
    Truth,
)

_COMPARISONS: dict[str, Comparison] = {word: word for word in get_args(Comparison)}
_CONTAINMENTS: dict[str, Containment] = {word: word for word in get_args(Containment)}
_SEARCHES: dict[str, SearchKind] = {word: word for word in get_args(SearchKind)}
_TRUTHS: dict[str, Truth] = {word: word for word in get_args(Truth)}
_OPERATORS = frozenset((*_COMPARISONS, *_CONTAINMENTS, *_SEARCHES, "is", "in", "isdistinct"))
_QUANTIFIERS: dict[str | None, Literal["any", "all"] | None] = {None: None, "any": "any", "all": "all"}

_OPERATOR = re.compile(r"([^.(]*)(?:\(([\w $]*)\))?\.")
_LOGIC = re.compile(r"(not\.)?(and|or)(?=[ \t]*\()")
_ELEMENT = re.compile(r"[^,)]*")
_ARRAY = re.compile(r"\{[^{}]*\}(?=[,)])")
_REST = re.compile(r".*", re.DOTALL)


def is_operation(value: str) -> bool:
    """Whether `value` reads like a filter. With a function, other values are its arguments."""
    found = _OPERATOR.match(value.removeprefix("not."))
    return found is not None and found[1] in _OPERATORS


def parse_filter(key: str, value: str) -> tuple[EmbedPath, Filter]:
    """The filtered resource and the filter.

    >>> parse_filter("author.name", "eq.Ada")  # doctest: +NORMALIZE_WHITESPACE
    (('author',), Filter(field=Field(name='name', steps=()),
                         operation=Compare(operator='eq', value='Ada', quantifier=None), negated=False))
    """
    names = Scanner(key, "tree path")
    path = [names.name()]
    while names.takes("."):
        path.append(names.name())
    field = Field(path.pop(), names.json_path())
    names.expect_end()

    scanner = Scanner(value, "filter")
    negated = scanner.takes("not.")
    return tuple(path), Filter(field, _operation(scanner, _REST), negated)


def parse_logic(key: str, value: str) -> tuple[EmbedPath, Logic]:
    """The tree of `author.not.or=(a.eq.1,b.eq.2)`: the key ends with the operator, perhaps negated."""
    names = Scanner(key, "logic path")
    path = [names.name()]
    while names.takes("."):
        path.append(names.name())
    names.expect_end()
    operator = "and" if path.pop() == "and" else "or"
    embed = tuple(name for name in path if name != "not")

    scanner = Scanner(value, "logic tree")
    logic = Logic(operator, _terms(scanner), negated=len(embed) < len(path))
    scanner.expect_end()
    return embed, logic


def _terms(scanner: Scanner) -> tuple[Condition, ...]:
    scanner.enter()
    scanner.skip_spaces()
    scanner.expect("(")
    terms = [_term(scanner)]
    while scanner.takes_separator():
        terms.append(_term(scanner))
    scanner.skip_spaces()
    scanner.expect(")")
    scanner.leave()
    return tuple(terms)


def _term(scanner: Scanner) -> Condition:
    scanner.skip_spaces()
    if (found := scanner.match(_LOGIC)) is not None:
        return Logic("and" if found[2] == "and" else "or", _terms(scanner), negated=bool(found[1]))
    field = scanner.field()
    scanner.expect(".")
    negated = scanner.takes("not.")
    return Filter(field, _operation(scanner, _ELEMENT), negated)


def _operation(scanner: Scanner, value: re.Pattern[str]) -> Operation:
    found = scanner.match(_OPERATOR)
    if found is None:
        raise scanner.fails("operator (eq, gt, ...)")
    word, option = found.groups()
    if word in _COMPARISONS and word != "neq" and option in _QUANTIFIERS:
        return Compare(_COMPARISONS[word], _value(scanner, value), _QUANTIFIERS[option])
    if word in _SEARCHES:
        return Search(_SEARCHES[word], _value(scanner, value), option)
    if option is None:
        match word:
            case "neq":
                return Compare("neq", _value(scanner, value))
            case "in":
                return In(_list(scanner))
            case "is":
                return Is(_truth(scanner, value))
            case "isdistinct":
                return IsDistinct(_value(scanner, value))
        if word in _CONTAINMENTS:
            return Contain(_CONTAINMENTS[word], _value(scanner, value))
    raise scanner.refuses(f"unknown single value operator {found[0].removesuffix('.')}")


def _value(scanner: Scanner, pattern: re.Pattern[str]) -> str:
    """A whole parameter is taken as it is; inside a tree a value may be quoted, or an array literal."""
    if pattern is _ELEMENT:
        start = scanner.position
        quoted = scanner.quoted()
        if quoted is not None and (scanner.sees(",") or scanner.sees(")")):
            return quoted
        scanner.position = start
        if (array := scanner.match(_ARRAY)) is not None:
            return array[0]
    found = scanner.match(pattern)
    return found[0] if found else ""


def _list(scanner: Scanner) -> tuple[str, ...]:
    scanner.skip_spaces()
    scanner.expect("(")
    values = [_value(scanner, _ELEMENT)]
    while scanner.takes(","):
        values.append(_value(scanner, _ELEMENT))
    scanner.expect(")")
    scanner.skip_spaces()
    return () if values == [""] else tuple(values)


def _truth(scanner: Scanner, pattern: re.Pattern[str]) -> Truth:
    start = scanner.position
    truth = _TRUTHS.get(_value(scanner, pattern).strip().lower())
    if truth is None:
        scanner.position = start
        raise scanner.fails("null or trilean value (unknown, true, false)")
    return truth
