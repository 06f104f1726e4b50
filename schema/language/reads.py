"""Which other rows an access decision rests on.

A subscription holds not only while the rows it returned stay the same, but while the rules that let them
through, and kept others out, stay the same. `rule_reads` says where to look for a change.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias, assert_never
from uuid import UUID

from schema.language.catalog import Catalog
from schema.language.rules import (
    MEMBERSHIP_TABLE,
    READ,
    ROLE_TABLE,
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
    rule_columns,
)
from schema.language.spec import Rows, TableSpec


@dataclass(frozen=True)
class Caller:
    """The caller's own id."""


@dataclass(frozen=True)
class Column:
    """What this column holds in the row the rule is about."""

    name: str


@dataclass(frozen=True)
class Anything:
    """Any value: the whole table matters."""


Matched: TypeAlias = Caller | Column | Anything


@dataclass(frozen=True)
class RuleRead:
    """Rows of `table` whose `column` equals `equals` were read to decide.

    With `edits_only` no derived column of it matters, so a count that moves is no reason to look again.

    `Column(c)` can be followed only where `c` is known before the rows are: bound by an equality of the
    scan, or in a row fetched by id. Elsewhere a row kept out may hold any value, so read it as `Anything`.
    """

    table: str
    column: str
    equals: Matched
    edits_only: bool = True


class Unknown(Enum):
    """Marks a caller who is not known yet; None is a visitor, who will never be anyone."""

    CALLER = "whoever asks"


@dataclass(frozen=True)
class Known:
    """What is certain about the caller and the rows before a rule is tried.

    `columns` holds the columns bound by equality. `caller` is None for a visitor.
    """

    columns: Mapping[str, object] = field(default_factory=dict[str, object])
    caller: UUID | Unknown | None = Unknown.CALLER


NOTHING_KNOWN = Known()
VISITOR = Known(caller=None)


def rule_reads(
    rule: Rule, table: TableSpec, catalog: Catalog, known: Known = NOTHING_KNOWN
) -> tuple[RuleRead, ...]:
    """The rows that `rule` reads besides the row of `table` it is about, without repeats, sorted.

    What `known` already settles reads nothing: scanning one's own likes by `user_id` needs no look at the
    posts they are on.
    """
    reads = set(_reads(simplify(rule, table, catalog, known), table, catalog, known))
    return tuple(sorted(reads, key=lambda read: (read.table, read.column, repr(read))))


def is_personal(rule: Rule, table: TableSpec, catalog: Catalog, known: Known = NOTHING_KNOWN) -> bool:
    """Whether `rule` may treat two callers differently who have the same role and pay for the same tiers."""
    match simplify(rule, table, catalog, replace(known, caller=Unknown.CALLER)):
        case CallerIs() | CallerHas():
            return True
        case Allowed() as asking:
            targets = _tried_targets(asking, table, catalog, replace(known, caller=Unknown.CALLER))
            return any(is_personal(left, target, catalog) for target, left in targets)
        case AllOf(rules=rules) | AnyOf(rules=rules):
            return any(is_personal(part, table, catalog, known) for part in rules)
        case Everyone() | Nobody() | SignedIn() | HasRole() | HasTier() | Empty() | Filled() | Equals():
            return False
        case other:
            assert_never(other)


def simplify(rule: Rule, table: TableSpec, catalog: Catalog, known: Known) -> Rule:
    """The rule that is left to try once `known` is known; `Everyone()` or `Nobody()` when nothing is."""
    match rule:
        case Everyone() | Nobody() | Empty() | Filled():
            return rule
        case SignedIn():
            return rule if known.caller is Unknown.CALLER else _settled(known.caller is not None)
        case CallerIs(column=column):
            if known.caller is None:
                return Nobody()
            bound = column in known.columns and known.caller is not Unknown.CALLER
            return _settled(known.columns[column] == known.caller) if bound else rule
        case HasRole() | HasTier() | CallerHas():
            return Nobody() if known.caller is None else rule
        case Equals(column=column, value=value):
            return _settled(known.columns[column] == value) if column in known.columns else rule
        case Allowed():
            return rule if _could_be_allowed(rule, table, catalog, known) else Nobody()
        case AllOf(rules=rules):
            parts = [simplify(part, table, catalog, known) for part in rules]
            return _joined(AllOf, parts, neutral=Everyone(), absorbing=Nobody())
        case AnyOf(rules=rules):
            parts = [simplify(part, table, catalog, known) for part in rules]
            return _joined(AnyOf, parts, neutral=Nobody(), absorbing=Everyone())
        case _:
            assert_never(rule)


def _settled(truth: bool) -> Rule:
    return Everyone() if truth else Nobody()


def _joined(join: type[AllOf] | type[AnyOf], parts: list[Rule], *, neutral: Rule, absorbing: Rule) -> Rule:
    if absorbing in parts:
        return absorbing
    flat = [inner for part in parts for inner in (part.rules if isinstance(part, join) else (part,))]
    left = tuple(part for part in dict.fromkeys(flat) if part != neutral)
    match len(left):
        case 0:
            return neutral
        case 1:
            return left[0]
        case _:
            return join(left)


def allowed_targets(
    rule: Allowed, table: TableSpec, catalog: Catalog, known: Known
) -> Iterator[tuple[str | None, TableSpec, Rule]]:
    """Each table `rule` may lead to: the kind that says so, the table, and what is left of its rule there."""
    column = table.column(rule.column)
    bound_kind = known.columns.get(column.polymorphic.type_column) if column.polymorphic else None
    for kind, target in catalog.targets(table, column):
        if bound_kind is None or kind == bound_kind:
            asked = target.access.permission(rule.permission)
            assert asked is not None, (target.qualified, rule.permission)
            yield kind, target, simplify(asked, target, catalog, Known(caller=known.caller))


def _tried_targets(
    rule: Allowed, table: TableSpec, catalog: Catalog, known: Known
) -> Iterator[tuple[TableSpec, Rule]]:
    """Each table `rule` may lead to with all that PostgreSQL tries there.

    Where a row is looked up, its table's own read rule is tried along with the permission asked for.
    """
    for _, target, left in allowed_targets(rule, table, catalog, known):
        if rule.permission == READ or target.rows is Rows.FEW:
            yield target, left
        else:
            both = AllOf((target.access.read, left))
            yield target, simplify(both, target, catalog, Known(caller=known.caller))


def _could_be_allowed(rule: Allowed, table: TableSpec, catalog: Catalog, known: Known) -> bool:
    return any(left != Nobody() for _, _, left in allowed_targets(rule, table, catalog, known))


def _reads(rule: Rule, table: TableSpec, catalog: Catalog, known: Known) -> Iterator[RuleRead]:
    match rule:
        case HasRole():
            yield _read(catalog.table(ROLE_TABLE), "id", Caller(), {"role"})
        case HasTier():
            yield _read(catalog.table(MEMBERSHIP_TABLE), "user_id", Caller(), {"tier", "status"})
        case CallerHas(table=name, by=by, who=who, where=where):
            yield _read(catalog.table(name), who, Caller(), {by, *rule_columns(where)})
        case Allowed(column=column):
            for target, left in _tried_targets(rule, table, catalog, known):
                yield _read(target, "id", Column(column), rule_columns(left))
                for read in _reads(left, target, catalog, Known(caller=known.caller)):
                    # A column of the target is not a column of this row: the value is out of reach here.
                    indirect = isinstance(read.equals, Column)
                    yield replace(read, equals=Anything()) if indirect else read
        case AllOf(rules=rules) | AnyOf(rules=rules):
            for part in rules:
                yield from _reads(part, table, catalog, known)
        case Everyone() | Nobody() | SignedIn() | CallerIs() | Equals() | Empty() | Filled():
            return
        case _:
            assert_never(rule)


def _read(table: TableSpec, column: str, equals: Matched, columns: Set[str]) -> RuleRead:
    """A look at `columns` of the rows of `table` whose `column` equals something."""
    plain = all(table.column(name).derived is None for name in {column, *columns})
    return RuleRead(table.qualified, column, equals, edits_only=plain)
