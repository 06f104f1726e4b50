"""Tables filled as a community would fill them in years, for the planner to look at."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field

import asyncpg

from schema.compile.quoting import quote_columns, quote_literal, quote_qualified
from schema.language import Catalog, Index, Rows
from schema.language.rules import rule_columns
from schema.language.spec import ColumnSpec, TableSpec
from tests.access.plans import Plan

ROWS_MANY = 200_000
ROWS_FEW = 1_000  # What `Rows.FEW` promises.
REFERRED = 2_048  # Different rows that a reference refers to: a person has about a hundred of everything.
FILLED_MAX = 12  # Tables kept filled at once: about a gigabyte.

LANES = 6  # Columns of one table are seldom in step: each takes its values from one of as many series.

_PICKED = ", ".join(
    f"hashint4(g + {lane * ROWS_MANY}) & {REFERRED - 1} as picked_{lane}" for lane in range(LANES)
)
_NUMBERS = ", ".join(f"picked_{lane}" for lane in range(LANES))
_REFERENCES = ", ".join(f"lpad(to_hex(picked_{lane}), 32, '0')::uuid as uuid_{lane}" for lane in range(LANES))

# What the rows are made of, worked out once. Only `g` and `own` differ from row to row.
_SERIES = f"""
create temporary table series as
select g, lpad(to_hex(g), 32, '0')::uuid as own, {_NUMBERS}, {_REFERENCES}
from generate_series(1, {ROWS_MANY}) as g cross join lateral (select {_PICKED}) as picked"""

_SCANS = """
select format('%s.%s', schemaname, relname) as name, seq_scan as whole,
    seq_scan + coalesce(idx_scan, 0) as scans
from pg_stat_xact_user_tables"""

_FORGET_CONSTRAINTS = """
do $$
declare
    one record;
begin
    for one in
        select conrelid::regclass as place, conname as name
        from pg_constraint
        where contype in ('c', 'f') and conparentid = 0 and connamespace::regnamespace::text = any (%s)
    loop
        execute format('alter table %%s drop constraint %%I', one.place, one.name);
    end loop;
end
$$"""


@dataclass
class FilledTables:
    """A database whose tables are filled when they are needed, and emptied to make room.

    `connection` is a superuser's, with triggers off. Checks and foreign keys are gone: nobody reads the rows.
    """

    connection: asyncpg.Connection
    catalog: Catalog
    _filled: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None])

    async def prepare(self) -> None:
        """Once, before anything is filled."""
        schemas = ", ".join(sorted({quote_literal(table.schema) for table in self.catalog}))
        await self.connection.execute(_FORGET_CONSTRAINTS % f"array[{schemas}]")
        await self.connection.execute(
            "set session_replication_role = replica; set maintenance_work_mem = '256MB';"
            "set max_parallel_maintenance_workers = 0; set search_path = ''; set synchronous_commit = off;"
            "set default_statistics_target = 30"  # Of even data a small sample tells as much.
        )
        await self.connection.execute(_SERIES)

    async def fill(self, names: set[str]) -> None:
        """Have these tables filled, by qualified name; others may be emptied."""
        for name in sorted(names):
            if name in self._filled:
                self._filled.move_to_end(name)
            else:
                await self._fill(self.catalog.table(name))
                self._filled[name] = None
        for name in list(self._filled)[: max(len(self._filled) - FILLED_MAX, 0)]:
            if name not in names:
                await self.connection.execute(f"truncate {quote_qualified(self.catalog.table(name))}")
                del self._filled[name]

    async def explain(self, statement: str, *, role: str, claims: str) -> Plan:
        """The plan of `statement` for somebody, as PostgreSQL's JSON has it."""
        # Rolled back, for inside another transaction the role would outlast this one.
        transaction = self.connection.transaction()
        await transaction.start()
        try:
            await self.connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
            await self.connection.execute(f"set local role {role}")
            text = await self.connection.fetchval(f"explain (verbose, format json) {statement}")
        finally:
            await transaction.rollback()
        assert text is not None, statement
        return json.loads(text)[0]["Plan"]

    async def read_by(self, function: str, *, claims: str) -> dict[str, bool]:
        """The tables that a call of `function` reads, whatever it calls in turn: from end to end, or not."""
        async with self.connection.transaction():
            await self.connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
            before = {row["name"]: row for row in await self.connection.fetch(_SCANS)}
            await self.connection.execute(f"select {function}")
            after = await self.connection.fetch(_SCANS)
        return {
            row["name"]: row["whole"] > before[row["name"]]["whole"]
            for row in after
            if row["scans"] > before[row["name"]]["scans"]
        }

    async def _fill(self, table: TableSpec) -> None:
        name = quote_qualified(table)
        values = {
            column.name: _value(table, column, place) for place, column in enumerate(table.stored_columns)
        }
        # Indexes are built afterwards, which takes a third of the time of keeping them. What is inside arrays
        # and documents is not looked for.
        indexes = await self.connection.fetch(
            "select pg_index.indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition,"
            " amname = 'btree' as sorted"
            " from pg_index join pg_class on pg_class.oid = indexrelid join pg_am on pg_am.oid = relam"
            " where indrelid = $1::regclass and not indisprimary",
            name,
        )
        for index in indexes:
            await self.connection.execute(f"drop index {index['name']}")
        await self.connection.execute(
            f"insert into {name} ({quote_columns(tuple(values))}) select {', '.join(values.values())}"
            f" from pg_temp.series where g <= {_rows(table)}"
        )
        for index in indexes:
            if index["sorted"]:
                await self.connection.execute(index["definition"])
        await self.connection.execute(f"analyze {name}")


def _rows(table: TableSpec) -> int:
    if any(index.unique and _distinct_column(table, index) is None for index in table.sorted_indexes):
        return 1
    return ROWS_FEW if table.rows is Rows.FEW else ROWS_MANY


def _distinct_column(table: TableSpec, index: Index) -> str | None:
    """A column of a unique index in which no two rows need to agree; None where its values are too few."""
    return next(
        (
            name
            for name in reversed(index.columns)
            if not table.column(name).choices and table.column(name).sql_type not in ("boolean", "jsonb")
        ),
        None,
    )


def _value(table: TableSpec, column: ColumnSpec, place: int) -> str:
    """SQL for the value in a row of the series."""
    unique = [index for index in table.sorted_indexes if index.unique]
    if column.name in {"id", *(_distinct_column(table, index) for index in unique)}:
        return _value_of_type(column, "g", "own")
    lane = place % LANES
    value = _value_of_type(column, f"picked_{lane}", f"uuid_{lane}")
    if column.name == "deleted_at":
        return f"case when g % 20 = 0 then {value} end"
    looked_at = {name for index in table.sorted_indexes for name in index.columns}
    looked_at |= {name for rule in table.access.rules for name in rule_columns(rule)}
    if column.nullable:
        return f"case when g % 3 > 0 then {value} end" if column.name in looked_at else "null"
    return value


def _value_of_type(column: ColumnSpec, number: str, reference: str) -> str:
    if column.choices:
        # Most rows are of the last kind, and one in a hundred of each other: those are looked for.
        choices = ", ".join(map(quote_literal, column.choices))
        return f"(array[{choices}])[1 + least({number} / {REFERRED // 100}, {len(column.choices) - 1})]"
    match column.sql_type:
        case "uuid":
            return reference
        case "text":
            return f"{number}::text"
        case "integer" | "numeric" | "double precision":
            return number
        case "boolean":
            return f"{number} % 100 = 0"
        case "date":
            return f"date '2026-01-01' - {number}"
        case "timestamptz":
            return f"timestamptz '2026-01-01' - make_interval(mins => {number})"
        case "inet":
            return "inet '127.0.0.1'"
        case "jsonb":
            return "jsonb '{}'"
        case "text[]":
            return "array['some word']"
        case "uuid[]":
            return f"array[{reference}]"
