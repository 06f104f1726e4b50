"""Reading the `select` parameter."""

from __future__ import annotations

from typing import get_args

from backend.devstack.rest.request.scanner import Scanner
from backend.devstack.rest.request.syntax import (
    AggregateFunction,
    Field,
    SelectEmbed,
    SelectField,
    SelectItem,
)

ITEMS_MAX = 500  # PostgreSQL stops at 1664 result columns, with a server error.

_AGGREGATES: tuple[AggregateFunction, ...] = get_args(AggregateFunction)


def parse_select(text: str) -> tuple[SelectItem, ...]:
    """The selected items in the order given; none at all for an empty text.

    >>> _, writer = parse_select("id,writer:users!author_id(name)")
    >>> writer.name, writer.relation, writer.hint, writer.items[0].field
    ('writer', 'users', 'author_id', Field(name='name', steps=()))
    """
    scanner = Scanner(text, "select parameter")
    items = _items(scanner)
    scanner.expect_end()
    return items


def _items(scanner: Scanner) -> tuple[SelectItem, ...]:
    scanner.skip_spaces()
    items: list[SelectItem] = []
    if scanner.at_end or scanner.sees(")"):
        return ()
    while True:
        items.append(_item(scanner))
        if len(items) > ITEMS_MAX:
            raise scanner.refuses(f"more than {ITEMS_MAX} items")
        if not scanner.takes_separator():
            return tuple(items)


def _item(scanner: Scanner) -> SelectItem:
    scanner.skip_spaces()
    if scanner.takes("...") or scanner.takes(".."):
        return _embed(scanner, scanner.name(), alias=None, spread=True)
    if scanner.takes("*"):
        return SelectField(Field("*"))
    name = scanner.name()
    alias = None
    if scanner.sees(":") and not scanner.sees("::"):
        scanner.position += 1
        alias, name = name, scanner.name()
    if name == "count" and scanner.takes("()"):
        cast = scanner.type_name() if scanner.takes("::") else None
        return SelectField(Field("*"), alias, aggregate="count", aggregate_cast=cast)
    if scanner.sees("(") or scanner.sees("!"):
        return _embed(scanner, name, alias, spread=False)
    return _field(scanner, name, alias)


def _field(scanner: Scanner, name: str, alias: str | None) -> SelectField:
    field = Field(name, scanner.json_path())
    cast = scanner.type_name() if scanner.takes("::") else None
    if not scanner.takes("."):
        return SelectField(field, alias, cast)
    for aggregate in _AGGREGATES:
        if scanner.takes(f"{aggregate}()"):
            aggregate_cast = scanner.type_name() if scanner.takes("::") else None
            return SelectField(field, alias, cast, aggregate, aggregate_cast)
    raise scanner.fails("an aggregate function: sum(), avg(), max(), min() or count()")


def _embed(scanner: Scanner, relation: str, alias: str | None, *, spread: bool) -> SelectEmbed:
    hint, inner = None, False
    while scanner.takes("!"):
        match word := scanner.name():
            case "inner":
                inner = True
            case "left":
                pass  # What an embed is anyway.
            case _:
                hint = word
    scanner.enter()
    scanner.expect("(")
    items = _items(scanner)
    scanner.skip_spaces()
    scanner.expect(")")
    scanner.leave()
    return SelectEmbed(relation, items, alias, hint, inner, spread)
