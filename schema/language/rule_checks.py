"""Rules that name what is not there, ask in a circle, or would be slow to try."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, assert_never

from schema.language.errors import (
    MissingIndex,
    RuleCycle,
    RuleMismatch,
    UnknownColumn,
    UnknownPermission,
    UnknownTable,
)
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
from schema.language.spec import TableSpec

if TYPE_CHECKING:
    from schema.language.catalog import Catalog


def check_rules(catalog: "Catalog") -> None:
    """Raise the first `SchemaError` found in the rules of any table."""
    for table in catalog:
        for rule in table.access.rules:
            check_columns(rule, table)
            for part in _parts(rule):
                _check_part(part, table, catalog)
        _check_opened_columns(table)
    for table in catalog:
        for permission in (READ, *table.access.permissions):
            _check_circle(table, permission, catalog, ())


def check_columns(rule: Rule, table: TableSpec) -> None:
    """Raise `UnknownColumn` when `rule` looks at a column that `table` lacks."""
    for column in sorted(rule_columns(rule)):
        if not table.has(column):
            raise UnknownColumn(
                "a rule looks at a column that is not there.",
                table=table.qualified,
                field=column,
                mend="declare the column, or correct the rule.",
            )


def is_row_local(rule: Rule) -> bool:
    """Whether `rule` looks at nothing but the row itself, whoever asks."""
    return all(isinstance(part, Everyone | Nobody | Empty | Filled | Equals) for part in _parts(rule))


def _parts(rule: Rule) -> Iterator[Rule]:
    """The rules that `rule` is made of, down to those that join no others."""
    match rule:
        case AllOf(rules=rules) | AnyOf(rules=rules):
            for part in rules:
                yield from _parts(part)
        case _:
            yield rule


def _check_part(rule: Rule, table: TableSpec, catalog: "Catalog") -> None:
    match rule:
        case CallerIs(column=column):
            if not table.serves(column):
                raise MissingIndex(
                    "a rule compares it with the caller, so that people will list their own rows.",
                    table=table.qualified,
                    field=column,
                    mend=f'add Index("by_{column}", "{column}").',
                )
        case Equals(column=column, value=value):
            choices = table.column(column).choices
            if choices and value not in choices:
                raise RuleMismatch(
                    f"it never holds {value!r}.",
                    table=table.qualified,
                    field=column,
                    mend=f"compare it with one of {', '.join(choices)}.",
                )
        case HasRole():
            _require(ROLE_TABLE, ("role",), (), table, catalog)
        case HasTier():
            _require(MEMBERSHIP_TABLE, ("user_id", "tier", "status"), ("user_id",), table, catalog)
        case Allowed():
            _check_allowed(rule, table, catalog)
        case CallerHas():
            _check_caller_has(rule, table, catalog)
        case Everyone() | Nobody() | SignedIn() | Empty() | Filled() | AllOf() | AnyOf():
            pass
        case _:
            assert_never(rule)


def _require(
    name: str, columns: tuple[str, ...], looked_up: tuple[str, ...], asking: TableSpec, catalog: "Catalog"
) -> None:
    """Refuse a rule about the caller when the table it would look the caller up in cannot answer."""
    if name not in catalog:
        raise UnknownTable(
            f"a rule needs {name}, which is not in the catalog.",
            table=asking.qualified,
            mend="add that table to the catalog.",
        )
    found = catalog.table(name)
    for column in columns:
        if not found.has(column):
            raise UnknownColumn(
                f"a rule of {asking.qualified} looks the caller up by it.",
                table=found.qualified,
                field=column,
                mend="declare the column.",
            )
    if looked_up and not found.serves(*looked_up):
        raise MissingIndex(
            f"a rule of {asking.qualified} looks the caller up by it.",
            table=found.qualified,
            field=looked_up[0],
            mend=f'add Index("by_{looked_up[0]}", "{looked_up[0]}").',
        )


def _check_caller_has(rule: CallerHas, table: TableSpec, catalog: "Catalog") -> None:
    _require(rule.table, (rule.by, rule.who), (rule.who,), table, catalog)
    other = catalog.table(rule.table)
    check_columns(rule.where, other)
    if not is_row_local(rule.where):
        raise RuleMismatch(
            f"which rows of {other.qualified} count depends on more than those rows.",
            table=table.qualified,
            field=rule.here,
            mend="filter by columns of these rows only.",
        )
    if other.column(rule.by).sql_type != "uuid" or table.column(rule.here).sql_type != "uuid":
        raise RuleMismatch(
            f"a rule compares it with {other.qualified}.{rule.by}, and not both are ids.",
            table=table.qualified,
            field=rule.here,
            mend="compare references to the same row.",
        )


def _check_allowed(rule: Allowed, table: TableSpec, catalog: "Catalog") -> None:
    targets = catalog.targets(table, table.column(rule.column))
    if not targets:
        raise RuleMismatch(
            "a rule asks the row it refers to, but it is no reference.",
            table=table.qualified,
            field=rule.column,
            mend="make it a Ref or a PolymorphicRef.",
        )
    for _, target in targets:
        if target.access.permission(rule.permission) is None:
            raise UnknownPermission(
                f"{target.qualified} has no permission named {rule.permission}.",
                table=table.qualified,
                field=rule.column,
                mend=f"add it to the permissions of {target.qualified}.",
            )


def _check_circle(
    table: TableSpec, permission: str, catalog: "Catalog", path: tuple[tuple[str, str], ...]
) -> None:
    here = (table.qualified, permission)
    if here in path:
        circle = " asks ".join(f"{name} ({asked})" for name, asked in (*path[path.index(here) :], here))
        raise RuleCycle(
            f"its rule asks itself: {circle}.",
            table=table.qualified,
            mend="let one of these rules decide by its own row.",
        )
    rule = table.access.permission(permission)
    assert rule is not None, here
    for part in _parts(rule):
        if isinstance(part, Allowed):
            for _, target in catalog.targets(table, table.column(part.column)):
                _check_circle(target, part.permission, catalog, (*path, here))


def _check_opened_columns(table: TableSpec) -> None:
    for name in (*table.access.update.names, *(table.access.insert_names or ())):
        if not table.has(name):
            raise UnknownColumn(
                "a rule opens a column that is not there.",
                table=table.qualified,
                field=name,
                mend="declare the column, or leave it out.",
            )
        own_id = name == "id" and table.extends is None
        if own_id or not table.column(name).writable:
            raise RuleMismatch(
                "a rule opens it, but the database keeps it.",
                table=table.qualified,
                field=name,
                mend="leave it out.",
            )
    if table.access.can_change and not table.access.update.names:
        raise RuleMismatch(
            "the update rule opens no column.",
            table=table.qualified,
            mend='name them: caller_is("id").columns("name").',
        )
