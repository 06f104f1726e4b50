"""Reading the `order` parameter, and lists of names such as `columns`."""

from __future__ import annotations

from backend.devstack.rest.request.scanner import Scanner
from backend.devstack.rest.request.syntax import Field, OrderTerm


def parse_order(text: str) -> tuple[OrderTerm, ...]:
    """The terms of `order=created_at.desc.nullslast,author(name)`."""
    scanner = Scanner(text, "order")
    terms = [_term(scanner)]
    while scanner.takes_separator():
        terms.append(_term(scanner))
    scanner.expect_end()
    return tuple(terms)


def parse_names(text: str, what: str) -> tuple[str, ...]:
    """The names of `columns="id",name`; `what` says in errors which parameter it was."""
    scanner = Scanner(text, what)
    scanner.skip_spaces()
    names = [scanner.name()]
    while scanner.takes_separator():
        names.append(scanner.name())
    scanner.expect_end()
    return tuple(names)


def _term(scanner: Scanner) -> OrderTerm:
    field, relation = scanner.field(), None
    if not field.steps and scanner.takes("("):
        relation, field = field.name, scanner.field()
        scanner.expect(")")
    direction = nulls = None
    while scanner.takes("."):
        if direction is None and nulls is None and scanner.takes("asc"):
            direction = "asc"
        elif direction is None and nulls is None and scanner.takes("desc"):
            direction = "desc"
        elif nulls is None and scanner.takes("nullsfirst"):
            nulls = "first"
        elif nulls is None and scanner.takes("nullslast"):
            nulls = "last"
        else:
            raise scanner.fails('"asc", "desc", "nullsfirst" or "nullslast"')
    return OrderTerm(Field(field.name, field.steps), relation, direction, nulls)
