"""The statements by which each policy of a table is tried on many rows, and what is slow in their plans."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg

from schema.compile.quoting import quote_columns, quote_identifier, quote_literal, quote_qualified
from schema.language import Rows
from schema.language.spec import ColumnSpec, TableSpec
from tests.access.attempts import Caller, caller
from tests.access.community import PEOPLE
from tests.access.filled import FilledTables
from tests.access.plans import Reading, find_slow, relations

PAGE_ROWS = 20
_SOME_ID = quote_literal("00000000-0000-0000-0000-0000000004d2") + "::uuid"

PERSON = PEOPLE["stranger"]
_OWNER = Caller("postgres", caller("authenticated", PERSON).claims)
CALLERS = (caller("anon"), caller("authenticated", PERSON), caller("folkmoot_writer", PERSON))

_POLICIES = """
select policies.polname as name, clauses.clause,
    pg_get_expr(clauses.expression, policies.polrelid) as condition
from pg_policy as policies
cross join lateral (values ('using', policies.polqual), ('with check', policies.polwithcheck))
    as clauses (clause, expression)
where policies.polrelid = $1::regclass and clauses.expression is not null
order by 1, 2"""

_RIGHTS = """
select has_any_column_privilege($1, $2, 'select') as read, has_table_privilege($1, $2, 'delete') as delete, (
    select attname::text from pg_attribute
    where attrelid = $2::regclass and attnum > 0 and has_column_privilege($1, $2, attnum, 'update')
    order by attnum limit 1  -- Every column has the same policy.
) as changed"""

# One that is handed something of the row is slow whatever it does.
_HELPER = re.compile(r'private\.(?:"\w+"|\w+)\(\)')


@dataclass(frozen=True)
class Look:
    """One statement to explain; `title` is how failures call it."""

    title: str
    caller: Caller
    statement: str
    reading: Reading


async def find_slow_policies(tables: FilledTables, table: TableSpec) -> list[str]:
    """Fill `table` and what its policies look at, and say what is slow in any of them."""
    small = frozenset(one.qualified for one in tables.catalog if one.rows is Rows.FEW)
    policies = await tables.connection.fetch(_POLICIES, quote_qualified(table))
    helpers = sorted({helper for policy in policies for helper in _HELPER.findall(policy["condition"])})
    # The first look tells which other tables there are to fill; on a full table the plan may be another.
    read = {table.qualified}
    for helper in helpers:
        read |= set(await tables.read_by(helper, claims=_OWNER.claims))
    async for look in _looks(tables.connection, table, policies):
        plan = await tables.explain(look.statement, role=look.caller.role, claims=look.caller.claims)
        read |= relations(plan)
    await tables.fill({name for name in read if name in tables.catalog})
    found: dict[str, list[str]] = {}
    async for look in _looks(tables.connection, table, policies):
        plan = await tables.explain(look.statement, role=look.caller.role, claims=look.caller.claims)
        for slow in find_slow(plan, look.reading, small=small):
            found.setdefault(slow, []).append(look.title)
    for helper in helpers:
        for name, whole in (await tables.read_by(helper, claims=_OWNER.claims)).items():
            if whole and name not in small:
                found.setdefault(f"{name}: is read from end to end", []).append(helper)
    return [f"{slow} ({'; '.join(titles)})" for slow, titles in found.items()]


async def _looks(
    connection: asyncpg.Connection, table: TableSpec, policies: list[asyncpg.Record]
) -> AsyncIterator[Look]:
    for somebody in CALLERS:
        async for look in _looks_of(connection, table, somebody):
            yield look
    for policy in policies:
        title = f"policy {policy['name']} {policy['clause']}"
        statement = f"select id from {quote_qualified(table)} where ({policy['condition']})"
        # Asked as the tables' owner, whom no policy stops: an insert shows no plan for its check.
        yield Look(title, _OWNER, statement, Reading.WHOLE)
        yield Look(f"{title}, one row", _OWNER, f"{statement} and id = {_SOME_ID}", Reading.PART)


async def _looks_of(
    connection: asyncpg.Connection, table: TableSpec, somebody: Caller
) -> AsyncIterator[Look]:
    name, role = quote_qualified(table), somebody.role
    may = await connection.fetchrow(_RIGHTS, role, name)
    assert may is not None
    if not may["read"]:
        return
    yield Look(f"select by {role}", somebody, f"select id from {name}", Reading.WHOLE)
    for index in table.sorted_indexes:
        first, *others = index.key
        value = await _some_value(connection, table, table.column(first))
        order = f" order by {quote_columns(tuple(others))} limit {PAGE_ROWS}" if others else ""
        statement = f"select id from {name} where {quote_identifier(first)} = {value}{order}"
        yield Look(f"select by {role} on {index.name}", somebody, statement, Reading.PART)
    if may["changed"] is not None:
        column = quote_identifier(may["changed"])
        change = f"update {name} set {column} = {column} where id = {_SOME_ID}"
        yield Look(f"update by {role}", somebody, change, Reading.PART)
    if may["delete"]:
        yield Look(f"delete by {role}", somebody, f"delete from {name} where id = {_SOME_ID}", Reading.PART)


async def _some_value(connection: asyncpg.Connection, table: TableSpec, column: ColumnSpec) -> str:
    if column.choices:
        return quote_literal(column.choices[0])
    if column.sql_type == "boolean":
        return "true"
    name = quote_identifier(column.name)
    found = await connection.fetchval(
        f"select quote_literal({name}::text) from {quote_qualified(table)} where {name} is not null limit 1"
    )
    return f"{found or 'null'}::{column.sql_type}"
