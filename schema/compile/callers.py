"""Functions that say who the caller is and what they may do: each is evaluated once per statement.

They run as the tables' owner, past row security, so that a policy may ask about tables whose own policies
ask back. They are written in PL/pgSQL, which keeps its plans for the session: before PostgreSQL 18 an SQL
function that cannot be inlined is planned for each statement, which made a page of posts cost 1.0 ms
instead of 0.2 ms.
"""

from schema.compile.functions import Function, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.compile.rules import ASKED, VARIABLES, Facts, asked_functions, compile_rule, held_rules
from schema.language.catalog import Catalog
from schema.language.names import held_function, permission_function
from schema.language.rules import LIVE_STATUSES, MEMBERSHIP_TABLE, ROLE_TABLE, CallerHas, all_of, caller_is
from schema.language.spec import TableSpec

READERS = ("authenticated", "folkmoot_writer")
"""The roles under which a known person reads. Visitors' policies call no function."""


def compile_callers(catalog: Catalog) -> list[str]:
    """Create the functions that the policies of `catalog` call."""
    functions = []
    if ROLE_TABLE in catalog:
        functions.append(_caller_role(catalog.table(ROLE_TABLE)))
    if MEMBERSHIP_TABLE in catalog:
        functions.append(_caller_tiers(catalog.table(MEMBERSHIP_TABLE)))
    functions += [_held(rule, catalog) for rule in held_rules(catalog)]
    functions += [_permission(table, permission, catalog) for table, permission in asked_functions(catalog)]
    return [function.sql for function in functions]


def _caller_role(users: TableSpec) -> Function:
    return _reader("private.caller_role", "text", f"return ({_role_of(users, ASKED.caller)});")


def _caller_tiers(memberships: TableSpec) -> Function:
    return _reader("private.caller_tiers", "text[]", f"return {tiers_of(memberships, ASKED.caller)};")


def _held(rule: CallerHas, catalog: Catalog) -> Function:
    table = catalog.table(rule.table)
    condition = compile_rule(all_of(caller_is(rule.who), rule.where), table, catalog, row="held")
    held = f"select held.{quote_identifier(rule.by)} from {quote_qualified(table)} as held"
    name = f"private.{quote_identifier(held_function(rule, table))}"
    return _reader(name, "uuid[]", f"return array(\n    {held}\n    where {condition}\n);")


def _permission(table: TableSpec, permission: str, catalog: Catalog) -> Function:
    """The ids of the rows that grant `permission`, with each fact about the caller looked up once."""
    rule = table.access.permission(permission)
    assert rule is not None, (table.qualified, permission)
    condition = compile_rule(rule, table, catalog, row="one", facts=VARIABLES)
    asked: list[str] = []
    if VARIABLES.role in condition:
        asked.append(f"_role text := ({_role_of(catalog.table(ROLE_TABLE), VARIABLES.caller)})")
    if VARIABLES.tiers in condition:
        asked.append(f"_tiers text[] := {tiers_of(catalog.table(MEMBERSHIP_TABLE), VARIABLES.caller)}")
    if asked or VARIABLES.caller in condition:
        asked.insert(0, f"_caller uuid := {ASKED.caller}")
    granting = f"select one.id from {quote_qualified(table)} as one"
    return _reader(
        f"private.{quote_identifier(permission_function(table, permission))}",
        "uuid[]",
        f"return array(\n    {granting}\n    where {condition}\n);",
        declare=tuple(asked),
    )


def facts_of(caller: str, catalog: Catalog) -> Facts:
    """What rules ask about the person whose id `caller` is, where that differs from row to row."""
    role, tiers = "null::text", "null::text[]"
    if ROLE_TABLE in catalog:
        role = f"({_role_of(catalog.table(ROLE_TABLE), caller)})"
    if MEMBERSHIP_TABLE in catalog:
        tiers = tiers_of(catalog.table(MEMBERSHIP_TABLE), caller)
    return Facts(caller, role, tiers, f"cardinality({tiers}) > 0", of_each=True)


def _role_of(users: TableSpec, caller: str) -> str:
    return f"select person.role from {quote_qualified(users)} as person where person.id = {caller}"


def tiers_of(memberships: TableSpec, caller: str) -> str:
    """An array of the tiers that the person whose id `caller` is pays for, each once."""
    live = ", ".join(map(quote_literal, LIVE_STATUSES))
    # Time alone ends a membership, too. Whoever runs this twice in one transaction gets one answer.
    lasting = " and (held.access_until is null or held.access_until > now())"
    return (
        f"array(\n    select distinct held.tier from {quote_qualified(memberships)} as held\n"
        f"    where held.user_id = {caller} and held.status in ({live})"
        f"{' and held.tier is not null' if memberships.column('tier').nullable else ''}"
        f"{lasting if memberships.has('access_until') else ''}\n)"
    )


def _reader(name: str, returns: str, body: str, *, declare: tuple[str, ...] = ()) -> Function:
    text = plpgsql_block(body, declare=declare)
    return Function(name, text, returns=returns, stable=True, callers=READERS)
