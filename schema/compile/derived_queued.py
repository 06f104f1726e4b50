"""Queued counts and sums: for rows that very many write to at once.

Writers add a line of differences to a list instead of waiting for the row's lock, and `derived.drain_deltas`
folds the lines into the rows. In every snapshot, what is stored and what is listed make the exact value:
a line is added in the transaction of its cause, and taken away in the one that adds it to the row.
"""

from collections.abc import Sequence

from schema.compile.derived_changes import (
    Addition,
    Image,
    Pair,
    compile_totals,
    derived_pairs,
    truncate_refused,
)
from schema.compile.derived_triggers import compile_following
from schema.compile.functions import DERIVED_OWNER, Function, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.compile.tables import EAGER_VACUUM
from schema.language.catalog import Catalog
from schema.language.derived import CountOf, SumOf
from schema.language.names import (
    delta_index,
    delta_table,
    exact_view,
)
from schema.language.spec import TableSpec


def queued_additions(table: TableSpec) -> tuple[Addition, ...]:
    """The fields of `table` that follow through its list, in the order declared."""
    return tuple(
        Addition(column.name, column.derived)
        for column in table.derived_columns
        if isinstance(column.derived, CountOf | SumOf) and column.derived.mode == "queued"
    )


def deltas(table: TableSpec) -> str:
    """The list of `table`, quoted."""
    return f"derived.{quote_identifier(delta_table(table))}"


def pending_sum(table: TableSpec, field: str, key: str) -> str:
    """A select of what is listed for one field of the row `key`; null for nothing."""
    name = quote_identifier(field)
    return f"select sum(delta.{name}) from {deltas(table)} as delta where delta.key = {key}"


def compile_lists(catalog: Catalog) -> list[str]:
    """Create the list of every table with queued fields, and the view that shows them exactly."""
    return [
        text
        for table in catalog
        if (additions := queued_additions(table))
        for text in (_list(table, additions), _exact(table, additions))
    ]


def _list(table: TableSpec, additions: Sequence[Addition]) -> str:
    columns = [
        f"{quote_identifier(addition.field)} {addition.array_type.removesuffix('[]')} not null default 0"
        for addition in additions
    ]
    name, lines = deltas(table), ",\n    ".join(columns)
    index = quote_identifier(delta_index(table))
    # No foreign key: it would lock the very row that writers are to leave alone.
    return (
        f"create table {name} (\n    id bigint generated always as identity primary key,\n"
        f"    key uuid not null,\n    {lines}\n) with ({EAGER_VACUUM});\n"
        f"create index {index} on {name} (key);\n"
        f"grant select, insert, update, delete on table {name} to {DERIVED_OWNER};"
    )


def _exact(table: TableSpec, additions: Sequence[Addition]) -> str:
    fields = ",\n".join(
        f"    target.{name} + coalesce(({pending_sum(table, addition.field, 'target.id')}), 0) as {name}"
        for addition in additions
        if (name := quote_identifier(addition.field))
    )
    name = f"derived.{quote_identifier(exact_view(table))}"
    return (
        f"create view {name} as\nselect target.id,\n{fields}\nfrom {quote_qualified(table)} as target;\n"
        f"grant select on table {name} to service_role;"
    )


def compile_queued(catalog: Catalog) -> list[str]:
    """Create the functions and triggers that add to the lists, and `derived.drain_deltas`."""
    texts = [text for pair in derived_pairs(catalog, "queued") for text in _compile_pair(pair)]
    queued = [table for table in catalog if queued_additions(table)]
    return [*texts, _drain(queued).sql] if queued else []


def _compile_pair(pair: Pair) -> list[str]:
    fields = [quote_identifier(addition.field) for addition in pair.additions]
    listed = f"insert into {deltas(pair.target)} ({', '.join(['key', *fields])})"
    values = ", ".join(f"total.{name}" for name in ("key", *fields))

    def follow(images: tuple[Image, ...]) -> str:
        return plpgsql_block(
            f"{listed}\nselect {values} from {compile_totals(pair, images)} as total;", "return null;"
        )

    return compile_following(pair, follow, _empty(pair, listed))


def _empty(pair: Pair, listed: str) -> str:
    """List the opposite of all there is: unlike setting to 0, that commutes with folding."""
    values = [
        f"- target.{quote_identifier(addition.field)}"
        f" - coalesce(({pending_sum(pair.target, addition.field, 'target.id')}), 0)"
        for addition in pair.additions
    ]
    names = ", ".join(["key", *(quote_identifier(addition.field) for addition in pair.additions)])
    matters = " or ".join(f"total.{quote_identifier(addition.field)} <> 0" for addition in pair.additions)
    return plpgsql_block(
        truncate_refused(pair.source),
        f"{listed}\nselect * from (\n    select target.id, {', '.join(values)}\n"
        f"    from {quote_qualified(pair.target)} as target\n) as total ({names}) where {matters};",
        "return null;",
    )


def _drain(tables: Sequence[TableSpec]) -> Function:
    """The function that folds lists into rows; it returns how many lines it settled, 0 when none is left.

    It takes at most `batch_max` lines of each table, the oldest first, and none that another call holds.
    """
    return Function(
        "derived.drain_deltas",
        plpgsql_block(*map(_fold, tables), "return _settled;", declare=("_settled integer = 0",)),
        arguments="batch_max integer",
        returns="integer",
        owner=DERIVED_OWNER,
        callers=("postgres", "service_role"),
    )


def _fold(table: TableSpec) -> str:
    additions, target, lines = queued_additions(table), quote_qualified(table), deltas(table)
    fields = [quote_identifier(addition.field) for addition in additions]
    variables = [addition.variable for addition in additions]
    sums = ", ".join(f"sum(delta.{field}) as {field}" for field in fields)
    block = plpgsql_block(
        f"select array_agg(taken.id) into _taken from (\n"
        f"    select delta.id from {lines} as delta\n"
        f"    order by delta.id limit batch_max for update skip locked\n"
        f") as taken;",
        f"select {', '.join(f'array_agg(total.{name})' for name in ('key', *fields))}\n"
        f"into {', '.join(['_keys', *variables])}\n"
        f"from (\n    select delta.key, {sums} from {lines} as delta\n"
        f"    where delta.id = any (_taken) group by delta.key\n) as total;",
        f"perform from {target} as target where target.id = any (_keys)\n"
        f"    order by target.id for no key update;",
        f"update {target} as target\n"
        f"set {', '.join(f'{field} = target.{field} + total.{field}' for field in fields)}\n"
        f"from unnest({', '.join(['_keys', *variables])}) as total ({', '.join(['key', *fields])})\n"
        f"where target.id = total.key;",
        f"delete from {lines} as delta where delta.id = any (_taken);",
        "_settled := _settled + coalesce(cardinality(_taken), 0);",
        declare=(
            "_taken bigint[]",
            "_keys uuid[]",
            *(f"{addition.variable} {addition.array_type}" for addition in additions),
        ),
    )
    return f"{block};"
