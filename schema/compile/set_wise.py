"""Statements about many rows at once, each in the name of its own caller.

Row security knows of one caller per statement. Here the caller is a column, and the statement carries the
table's rules itself: it is run as the tables' owner, whom no policy binds, and reaches exactly those rows
that the same act would reach under `folkmoot_writer`.

Parameters are arrays of one length: `$1` the callers' ids, then one per column named. Rows are told apart by
`_number`, their place in the arrays from 1 on.
"""

from collections.abc import Iterable

from schema.compile.callers import facts_of
from schema.compile.quoting import quote_columns, quote_identifier, quote_qualified
from schema.compile.rules import compile_rule, readable_to_writer
from schema.compile.tables import column_default
from schema.language.catalog import Catalog
from schema.language.derived import Computed
from schema.language.errors import RuleMismatch
from schema.language.reads import rule_reads
from schema.language.rules import Rule, rule_columns
from schema.language.spec import ColumnSpec, TableSpec

_CALLER = "call._caller"
_ARRAYS = {"text[]": "text", "uuid[]": "uuid"}


def select_each(table: TableSpec, catalog: Catalog, key: tuple[str, ...], *, with_deleted: bool) -> str:
    """SQL for the rows whose `key` is given, as far as their callers see them: `_number` and all columns."""
    sees = _rule(readable_to_writer(table), table, catalog, "one")
    kept = "" if with_deleted or not table.has("deleted_at") else ' and one."deleted_at" is null'
    columns = ", ".join(_of("one", (column.name for column in table.columns)))
    found = _one_row(table, key)
    return (
        f"select call._number, {columns} from {_given(table, key)} as call\n"
        f"cross join lateral {found} as one\nwhere ({sees}){kept}"
    )


def insert_each(table: TableSpec, catalog: Catalog, columns: tuple[str, ...]) -> str:
    """SQL that inserts rows, `id` among their columns: `_allowed` and `_number` of those it did not insert.

    Those that were allowed were there already, as far as something unique can tell.
    """
    rule = table.access.insert_rule
    _check_settled(rule, table)
    # What the rule looks at and nobody gave is what the table will put there.
    assumed = "".join(
        f", {column_default(column) or 'null'}::{column.sql_type} as {quote_identifier(column.name)}"
        for column in map(table.column, sorted(rule_columns(rule) - set(columns)))
    )
    return f"""\
with call as (
    select given.*{assumed} from {_given(table, columns)} as given
), judged as materialized (
    select call.*, ({_rule(rule, table, catalog, "call")}) is true as _allowed from call
), written as (
    insert into {quote_qualified(table)} ({quote_columns(columns)})
    select {quote_columns(columns)} from judged where _allowed order by _number
    on conflict do nothing returning id
)
select judged._allowed, judged._number from judged
where judged.id not in (select written.id from written)"""


def update_each(table: TableSpec, catalog: Catalog, columns: tuple[str, ...]) -> str:
    """SQL that sets `columns` of the rows whose `id`s are given: `_seen` and `_number` of those it did not.

    No id may be given twice. `_seen`: the caller sees the row, but may not change it so.
    """
    rule = table.access.update.rule
    _check_settled(rule, table)
    others = (column.name for column in table.columns if column.name not in columns)
    after = ", ".join([*_of("one", others), *_of("call", columns)])
    changes = ", ".join(f"{name} = judged.{name}" for name in map(quote_identifier, columns))
    allowed = (
        f"({_rule(rule, table, catalog, 'one')})\n"
        f"        and exists (select from (select {after}) as after\n"
        f"            where {_rule(rule, table, catalog, 'after')})"
    )
    written = f"update {quote_qualified(table)} as target set {changes} from judged"
    return _write_each(table, catalog, columns, allowed, written)


def delete_each(table: TableSpec, catalog: Catalog) -> str:
    """SQL that deletes the rows whose `id`s are given; as `update_each`."""
    rule = table.access.delete
    _check_settled(rule, table)
    written = f"delete from {quote_qualified(table)} as target using judged"
    return _write_each(table, catalog, (), f"({_rule(rule, table, catalog, 'one')})", written)


def _write_each(
    table: TableSpec, catalog: Catalog, columns: tuple[str, ...], allowed: str, written: str
) -> str:
    sees = _rule(readable_to_writer(table), table, catalog, "one")
    return f"""\
with judged as materialized (
    select call.*, one.id is not null as _seen, (one.id is not null and {allowed}) is true as _allowed
    from {_given(table, ("id", *columns))} as call
    left join lateral {_one_row(table, ("id",))} as one on ({sees})
), written as (
    {written} where target.id = judged.id and judged._allowed returning target.id
)
select judged._seen, judged._number from judged where judged.id not in (select written.id from written)"""


def is_independent(rule: Rule, table: TableSpec, catalog: Catalog) -> bool:
    """Whether writing one row of `table` never changes what `rule` says about another.

    Where it may, rows have to be written one after another.
    """
    reads = rule_reads(rule, table, catalog)
    return all(read.table != table.qualified and read.edits_only for read in reads)


def _one_row(table: TableSpec, key: tuple[str, ...]) -> str:
    # Limited, so that each is looked up by itself: left to join, PostgreSQL may read the whole table, and a
    # serializable transaction that does so is in the way of all who write to it.
    given = " and ".join(f"seen.{name} = call.{name}" for name in map(quote_identifier, key))
    return f"(select seen.* from {quote_qualified(table)} as seen where {given} limit 1)"


def _rule(rule: Rule, table: TableSpec, catalog: Catalog, row: str) -> str:
    facts = facts_of(_CALLER, catalog)
    return compile_rule(rule, table, catalog, row=row, facts=facts, sight=readable_to_writer)


def _given(table: TableSpec, columns: tuple[str, ...]) -> str:
    """The parameters as rows of `columns`, `_caller` and `_number`."""
    specs = list(map(table.column, columns))
    arrays = [f"${place}::{_sent_as(column)}[]" for place, column in enumerate(specs, start=2)]
    names = ", ".join(["_caller", *map(quote_identifier, columns), "_number"])
    rows = f"unnest({', '.join(['$1::uuid[]', *arrays])}) with ordinality as sent ({names})"
    received = ", ".join(["sent._caller", *map(_received, specs), "sent._number"])
    return f"(select {received} from {rows})"


def _sent_as(column: ColumnSpec) -> str:
    # An array of arrays would be one array of two dimensions to PostgreSQL.
    return "jsonb" if column.sql_type in _ARRAYS else column.sql_type


def _received(column: ColumnSpec) -> str:
    name = quote_identifier(column.name)
    if column.sql_type not in _ARRAYS:
        return f"sent.{name}"
    items = f"select item::{_ARRAYS[column.sql_type]} from jsonb_array_elements_text(sent.{name}) as item"
    return f"case when sent.{name} is not null then array({items}) end as {name}"


def _of(row: str, columns: Iterable[str]) -> list[str]:
    return [f"{row}.{quote_identifier(name)}" for name in columns]


def _check_settled(rule: Rule, table: TableSpec) -> None:
    """Raise `RuleMismatch` where `rule` looks at what is only computed while the row is written."""
    for name in sorted(rule_columns(rule)):
        if isinstance(table.column(name).derived, Computed):
            raise RuleMismatch(
                "a rule looks at it before it is computed.",
                table=table.qualified,
                field=name,
                mend="let the rule look at what it is computed from.",
            )
