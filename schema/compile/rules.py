"""Rules as SQL conditions, in the shapes that stay fast.

Whatever does not depend on the row is a subselect of its own, which PostgreSQL evaluates once per statement
and not once per row. A row is never handed to a function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.language.catalog import Catalog
from schema.language.names import held_function, permission_function
from schema.language.reads import NOTHING_KNOWN, Known, allowed_targets, simplify
from schema.language.rules import (
    READ,
    AllOf,
    Allowed,
    AnyOf,
    CallerHas,
    CallerIs,
    Empty,
    Equals,
    Everyone,
    Filled,
    HasRole,
    HasTier,
    Nobody,
    Rule,
    SignedIn,
    all_of,
    any_of,
    caller_is,
)
from schema.language.spec import Rows, TableSpec


@dataclass(frozen=True)
class Facts:
    """SQL for what rules ask about the caller: id, role, the tiers paid for as an array, whether any is.

    With `of_each` they are those of each row's own caller, so that no function is asked: it knows of one.
    """

    caller: str
    role: str
    tiers: str
    pays: str
    of_each: bool = False


ASKED = Facts(
    caller="(select auth.uid())",
    role="(select private.caller_role())",
    tiers="(select private.caller_tiers())::text[]",
    pays="(select cardinality(private.caller_tiers()) > 0)",
)
"""Each asked for by a function of its own, as a policy does."""

VARIABLES = Facts(caller="_caller", role="_role", tiers="_tiers", pays="cardinality(_tiers) > 0")
"""Each looked up before, into a variable of PL/pgSQL."""


Sight: TypeAlias = Callable[[TableSpec], Rule]
"""Which rows of a table its reader has in sight."""


@dataclass(frozen=True)
class _Place:
    """Where a condition stands: a row of `table` goes by `row`, `depth` subselects deep.

    `sight` is None where policies see to it. `past_policies`: a policy that says this would say it inside a
    function of the tables' owner, whom no other policy binds.
    """

    table: TableSpec
    catalog: Catalog
    known: Known
    row: str
    facts: Facts
    sight: Sight | None = None
    depth: int = 0
    past_policies: bool = False

    def column(self, name: str) -> str:
        return f"{self.row}.{quote_identifier(name)}"

    def inside(self, target: TableSpec) -> "_Place":
        depth = self.depth + 1
        known = Known(caller=self.known.caller)
        gathered = target.rows is Rows.FEW and known.caller is not None
        past_policies = self.past_policies or gathered
        row = f"seen_{depth}"
        return _Place(target, self.catalog, known, row, self.facts, self.sight, depth, past_policies)


def compile_rule(
    rule: Rule,
    table: TableSpec,
    catalog: Catalog,
    *,
    row: str | None = None,
    known: Known = NOTHING_KNOWN,
    facts: Facts = ASKED,
    sight: Sight | None = None,
) -> str:
    """The condition under which `rule` admits the caller to a row of `table`, which goes by `row`.

    With `VISITOR` known, what only a known person may do is gone, and no function is called. `facts` says
    where what the rule asks about the caller is to be had. Where the condition is tried as the tables' owner,
    `sight` stands for the policies of other tables that it looks at.

    >>> from schema.language import all_of, caller_is, not_deleted
    >>> from schema.tables import CATALOG
    >>> compile_rule(all_of(not_deleted, caller_is("author_id")), CATALOG.table("posts"), CATALOG)
    '"posts"."deleted_at" is null and "posts"."author_id" = (select auth.uid())'
    """
    place = _Place(table, catalog, known, row or quote_identifier(table.name), facts, sight)
    return _condition(simplify(rule, table, catalog, known), place)


def readable_to_writer(table: TableSpec) -> Rule:
    """Which rows a mutation sees on behalf of its caller.

    PostgreSQL wants the row an update leaves behind to be readable. Deleting softly hides a row from its own
    author, so the writer may also read whatever it may update.
    """
    return any_of(table.access.read, table.access.update.rule)


def asked_functions(catalog: Catalog) -> list[tuple[TableSpec, str]]:
    """Each (table, permission) whose rows some policy gathers through a function, sorted by its name."""
    found: dict[str, tuple[TableSpec, str]] = {}
    for table in catalog:
        for rule in table.access.rules:
            for target, permission in _gathered(rule, table, catalog):
                found[permission_function(target, permission)] = (target, permission)
    return [found[name] for name in sorted(found)]


def held_rules(catalog: Catalog) -> list[CallerHas]:
    """Each rule about rows the caller has, once, sorted by the name of its function."""
    rules = [part for table in catalog for rule in table.access.rules for part in _held(rule)]
    found = {held_function(rule, catalog.table(rule.table)): rule for rule in rules}
    return [found[name] for name in sorted(found)]


def _held(rule: Rule) -> list[CallerHas]:
    match rule:
        case AllOf(rules=rules) | AnyOf(rules=rules):
            return [held for part in rules for held in _held(part)]
        case CallerHas():
            return [rule]
        case _:
            return []


def _gathered(rule: Rule, table: TableSpec, catalog: Catalog) -> list[tuple[TableSpec, str]]:
    match rule:
        case AllOf(rules=rules) | AnyOf(rules=rules):
            return [pair for part in rules for pair in _gathered(part, table, catalog)]
        case Allowed(permission=permission):
            targets = [target for _, target, _ in allowed_targets(rule, table, catalog, NOTHING_KNOWN)]
            return [(target, permission) for target in targets if target.rows is Rows.FEW]
        case _:
            return []


def _condition(rule: Rule, place: _Place) -> str:
    match rule:
        case Everyone():
            return "true"
        case Nobody():
            return "false"
        case SignedIn():
            return f"{place.facts.caller} is not null"
        case CallerIs(column=column):
            return f"{place.column(column)} = {place.facts.caller}"
        case HasRole(roles=roles):
            return f"{place.facts.role} in ({', '.join(map(quote_literal, roles))})"
        case HasTier(column=column):
            if column is None:
                return place.facts.pays
            tier = place.column(column)
            return f"({tier} = any ({place.facts.tiers}) or ({tier} is null and {place.facts.pays}))"
        case CallerHas(here=here) if place.facts.of_each:
            return _has_row(rule, place.column(here), place)
        case CallerHas(here=here):
            function = quote_identifier(held_function(rule, place.catalog.table(rule.table)))
            return _among(place.column(here), f"(select private.{function}())::uuid[]", place)
        case Empty(column=column):
            return f"{place.column(column)} is null"
        case Filled(column=column):
            return f"{place.column(column)} is not null"
        case Equals(column=column, value=value):
            return f"{place.column(column)} = {quote_literal(value)}"
        case Allowed():
            return _allowed(rule, place)
        case AllOf(rules=rules):
            return " and ".join(_grouped(part, place, AnyOf) for part in rules)
        case AnyOf(rules=rules):
            return " or ".join(_grouped(part, place, AllOf) for part in rules)
        case _:
            assert_never(rule)


def _grouped(rule: Rule, place: _Place, grouped: type[AllOf] | type[AnyOf]) -> str:
    condition = _condition(rule, place)
    return f"({condition})" if isinstance(rule, grouped) else condition


def _allowed(rule: Allowed, place: _Place) -> str:
    choices: list[str] = []
    column = place.table.column(rule.column)
    for kind, target, left in allowed_targets(rule, place.table, place.catalog, place.known):
        if isinstance(left, Nobody):
            continue
        condition = _allowed_by(rule, target, left, place)
        if kind is not None and column.polymorphic is not None:
            kind_is = f"{place.column(column.polymorphic.type_column)} = {quote_literal(kind)}"
            condition = f"({kind_is} and {condition})"
        choices.append(condition)
    return choices[0] if len(choices) == 1 else f"({' or '.join(choices)})"


def _allowed_by(rule: Allowed, target: TableSpec, left: Rule, place: _Place) -> str:
    """Few rows are gathered once, into an array; of many, the one row is looked up by its id."""
    reference = place.column(rule.column)
    inside = place.inside(target)
    rows = f"{quote_qualified(target)} as {inside.row} where"
    if place.sight is not None and rule.permission != READ and not inside.past_policies:
        # What PostgreSQL tries where a policy looks a row up: the row has to be in sight besides.
        left = simplify(all_of(place.sight(target), left), target, place.catalog, inside.known)
    if place.facts.of_each:
        return (
            f"exists (select from {rows} {inside.row}.id = {reference} and {_grouped(left, inside, AnyOf)})"
        )
    match target.rows, place.known.caller:
        case Rows.FEW, None:
            found = f"select {inside.row}.id from {rows} {_condition(left, inside)}"
            return _among(reference, f"array({found})", place)
        case Rows.FEW, _:
            function = quote_identifier(permission_function(target, rule.permission))
            return _among(reference, f"(select private.{function}())::uuid[]", place)
        case Rows.MANY, _:
            found = _grouped(left, inside, AnyOf)
            return f"exists (select from {rows} {inside.row}.id = {reference} and {found})"
        case _:
            assert_never(target.rows)


def _among(column: str, ids: str, place: _Place) -> str:
    """Ids gathered once. PostgreSQL takes them for ten, and an index on the column for a good one.

    In a policy they may bound a scan, and nothing is better; in a view there is an index to search by.
    """
    return f"{column} = any ({ids})" if place.sight is None else f"({column} = any ({ids})) is true"


def _has_row(rule: CallerHas, here: str, place: _Place) -> str:
    inside = place.inside(place.catalog.table(rule.table))
    condition = _condition(all_of(caller_is(rule.who), rule.where), inside)
    rows = f"{quote_qualified(inside.table)} as {inside.row}"
    return f"exists (select from {rows} where {inside.column(rule.by)} = {here} and {condition})"
