"""Access rules: who may read or write a row, as values.

    >>> all_of(not_deleted, caller_is("author_id"))
    AllOf(rules=(Empty(column='deleted_at'), CallerIs(column='author_id')))

A rule is about one row and one caller. The same tree becomes the SQL of a policy (`schema.compile.rules`)
and the list of other rows the decision rests on (`schema.language.reads`), so that a subscription is
answered again when a permission changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

ROLE_TABLE = "public.users"
"""Where a caller's role is read: the row whose `id` is the caller's."""

MEMBERSHIP_TABLE = "public.memberships"
"""Where a caller's tiers are read: the live rows whose `user_id` is the caller's."""

LIVE_STATUSES = ("trialing", "active", "past_due")
"""Membership states that open doors. `past_due` is kept open while Stripe retries the card."""

READ = "read"
"""The permission every table has."""

Value: TypeAlias = str | int | bool


class _Rule:
    """What every rule can do."""

    def columns(self, *names: str) -> "ColumnRule":
        """Restrict an update or insert rule to these columns."""
        return ColumnRule(self, names)  # pyright: ignore[reportArgumentType]  # Only the closed union below inherits.


@dataclass(frozen=True)
class Everyone(_Rule):
    """Always true."""


@dataclass(frozen=True)
class Nobody(_Rule):
    """Never true."""


@dataclass(frozen=True)
class SignedIn(_Rule):
    """The caller has proven who they are."""


@dataclass(frozen=True)
class CallerIs(_Rule):
    """`column` holds the caller's id."""

    column: str


@dataclass(frozen=True)
class HasRole(_Rule):
    """The caller's row in `ROLE_TABLE` has one of `roles`."""

    roles: tuple[str, ...]


@dataclass(frozen=True)
class HasTier(_Rule):
    """The caller has a live membership of the tier in `column`, or any live one when that is empty.

    Without a `column`, any live one.
    """

    column: str | None


@dataclass(frozen=True)
class CallerHas(_Rule):
    """The caller has a row of `table` that passes `where`, and its `by` is this row's `here`.

    Whose row it is stands in its column `who`; `where` is about that row alone.
    """

    table: str
    by: str
    here: str
    who: str
    where: "Rule"


@dataclass(frozen=True)
class Empty(_Rule):
    """`column` holds nothing."""

    column: str


@dataclass(frozen=True)
class Filled(_Rule):
    """`column` holds something."""

    column: str


@dataclass(frozen=True)
class Equals(_Rule):
    """`column` holds `value`."""

    column: str
    value: Value


@dataclass(frozen=True)
class Allowed(_Rule):
    """The row that `column` refers to grants `permission` to the caller, by its own table's rules."""

    column: str
    permission: str


@dataclass(frozen=True)
class AllOf(_Rule):
    """Every one of `rules` is true."""

    rules: "tuple[Rule, ...]"


@dataclass(frozen=True)
class AnyOf(_Rule):
    """At least one of `rules` is true."""

    rules: "tuple[Rule, ...]"


Rule: TypeAlias = (
    Everyone
    | Nobody
    | SignedIn
    | CallerIs
    | HasRole
    | HasTier
    | CallerHas
    | Empty
    | Filled
    | Equals
    | Allowed
    | AllOf
    | AnyOf
)


@dataclass(frozen=True)
class ColumnRule:
    """A rule about writing, and the only columns it lets the caller set."""

    rule: Rule
    names: tuple[str, ...]


not_deleted = Empty("deleted_at")


def everyone() -> Rule:
    """Anyone, visitors included."""
    return Everyone()


def nobody() -> Rule:
    """No caller; only the service's own role may."""
    return Nobody()


def signed_in() -> Rule:
    """Anyone with an account."""
    return SignedIn()


def caller_is(column: str) -> Rule:
    """The person named by `column`."""
    return CallerIs(column)


def moderator() -> Rule:
    """Moderators and admins."""
    return HasRole(("moderator", "admin"))


def admin() -> Rule:
    """Admins."""
    return HasRole(("admin",))


def has_tier(column: str) -> Rule:
    """Members who pay for the tier in `column`; any paying member where it is empty."""
    return HasTier(column)


def paying() -> Rule:
    """Members who pay for any tier."""
    return HasTier(None)


def caller_has(
    table: str,
    *,
    by: str,
    here: str = "id",
    who: str = "user_id",
    where: "Rule | Mapping[str, Value] | None" = None,
) -> Rule:
    """People with a row of `table`, such as an enrollment, whose `by` is this row's `here`."""
    return CallerHas(table, by, here, who, as_rule(where))


def empty(column: str) -> Rule:
    """Rows whose `column` holds nothing."""
    return Empty(column)


def filled(column: str) -> Rule:
    """Rows whose `column` holds something."""
    return Filled(column)


def equals(column: str, value: Value) -> Rule:
    """Rows whose `column` holds `value`."""
    return Equals(column, value)


def can(permission: str, column: str) -> Rule:
    """Whoever the row that `column` refers to grants `permission`, by its own table's rules."""
    return Allowed(column, permission)


def can_see(column: str) -> Rule:
    """Whoever may read the row that `column` refers to."""
    return Allowed(column, READ)


def can_post(column: str) -> Rule:
    """Whoever may post in the space that `column` refers to."""
    return Allowed(column, "post")


def all_of(*rules: Rule) -> Rule:
    """Callers and rows that every one of `rules` admits."""
    return AllOf(rules)


def any_of(*rules: Rule) -> Rule:
    """Callers and rows that at least one of `rules` admits."""
    return AnyOf(rules)


def as_rule(where: "Rule | Mapping[str, Value] | None") -> Rule:
    """A condition as authors write it: a rule, a mapping that asks for equality by column, or nothing."""
    match where:
        case None:
            return Everyone()
        case Mapping():
            return AllOf(tuple(Equals(column, value) for column, value in where.items()))
        case rule:
            return rule


def rule_columns(rule: Rule) -> frozenset[str]:
    """The columns of the row itself that `rule` looks at."""
    match rule:
        case HasTier(column=column):
            return frozenset() if column is None else frozenset({column})
        case CallerHas(here=column):
            return frozenset({column})
        case CallerIs(column) | Empty(column) | Filled(column) | Equals(column, _) | Allowed(column, _):
            return frozenset({column})
        case AllOf(rules) | AnyOf(rules):
            return frozenset(column for part in rules for column in rule_columns(part))
        case Everyone() | Nobody() | SignedIn() | HasRole():
            return frozenset()
        case _:
            assert_never(rule)
