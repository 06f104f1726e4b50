"""Counts, sums and last rows, kept by statement triggers on the rows they are made of.

Each statement's changes are summed per target row first; then the target rows are locked in id order, and
each gets all its fields in one write. Adding commutes, so that concurrent statements need no more than the
lock; the common order keeps them from waiting for each other in a circle. `no key update` is the weakest
lock an update takes, and does not meet the `key share` of foreign keys.

What comes from the last row is looked up anew, by a statement after the lock: only that one sees what whoever
held the row before us has written. In a transaction with one snapshot for all statements (repeatable read)
it would not; there PostgreSQL refuses to lock a row written since. Hence every change of a row that might
ever become the last one writes the target, even when nothing differs yet.
"""

from collections.abc import Sequence
from functools import partial

from schema.compile.derived_changes import (
    ONE_SNAPSHOT_REFUSED,
    Image,
    Latest,
    Pair,
    compile_totals,
    derived_pairs,
    row_conditions,
)
from schema.compile.derived_triggers import compile_following
from schema.compile.functions import plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import LastOf
from schema.language.spec import TableSpec


def compile_aggregates(catalog: Catalog) -> list[str]:
    """Create the functions and triggers of every count, sum and last row: a set for each pair of tables."""
    return [
        text
        for pair in derived_pairs(catalog, "sync")
        for text in compile_following(pair, partial(_follow, pair), _reset(pair))
    ]


def _follow(pair: Pair, images: tuple[Image, ...]) -> str:
    fields = [quote_identifier(addition.field) for addition in pair.additions]
    variables = [addition.variable for addition in pair.additions]
    totals = [f"array_agg(total.{name})" for name in ("key", *fields)]
    lookups = [_look_up(pair, group, place) for place, group in enumerate(pair.latest, start=1)]
    taken = [
        f"{quote_identifier(field)} = latest_{place}.{quote_identifier(field)}"
        for place, group in enumerate(pair.latest, start=1)
        for field, _ in group.fields
    ]
    target = quote_qualified(pair.target)
    return plpgsql_block(
        f"select {', '.join(totals)}\ninto {', '.join(['_keys', *variables])}\n"
        f"from {compile_totals(pair, images)} as total;",
        "if _keys is null then\n    return null;\nend if;",
        f"perform from {target} as target where target.id = any (_keys)\n"
        f"    order by target.id for no key update;",
        f"update {target} as target\n"
        f"set {', '.join([*(f'{field} = target.{field} + total.{field}' for field in fields), *taken])}\n"
        f"from unnest({', '.join(['_keys', *variables])}) as total ({', '.join(['key', *fields])})\n"
        f"{''.join(lookups)}where target.id = total.key;",
        "return null;",
        declare=(
            "_keys uuid[]",
            *(f"{addition.variable} {addition.array_type}" for addition in pair.additions),
        ),
    )


def _look_up(pair: Pair, group: Latest, place: int) -> str:
    columns = [f"{taken_value(last)} as {quote_identifier(field)}" for field, last in group.fields]
    found = last_row(pair.source, group.last, columns, "total.key", pair.catalog)
    return f"    left join lateral (\n        {found}\n    ) as latest_{place} on true\n"


def last_row(source: TableSpec, last: LastOf, columns: Sequence[str], key: str, catalog: Catalog) -> str:
    """A select of `columns` of the last row `one` that refers to `key`."""
    conditions = [f"one.{quote_identifier(last.by)} = {key}", *row_conditions(source, last, catalog)]
    return (
        f"select {', '.join(columns)} from {quote_qualified(source)} as one"
        f" where {' and '.join(conditions)}"
        f" order by one.{quote_identifier(last.order)} desc, one.id desc limit 1"
    )


def taken_value(last: LastOf) -> str:
    """What `last` takes of its row, which goes by `one`."""
    value = f"one.{quote_identifier(last.column)}"
    return value if last.length_max is None else f"left({value}, {last.length_max})"


def _reset(pair: Pair) -> str:
    values = [(quote_identifier(addition.field), "0") for addition in pair.additions]
    values += [(quote_identifier(field), "null") for group in pair.latest for field, _ in group.fields]
    stale = " or ".join(
        f"target.{field} <> 0" if value == "0" else f"target.{field} is not null" for field, value in values
    )
    target = quote_qualified(pair.target)
    return plpgsql_block(
        ONE_SNAPSHOT_REFUSED,
        f"perform from {target} as target where {stale}\n    order by target.id for no key update;",
        f"update {target} as target\n"
        f"set {', '.join(f'{field} = {value}' for field, value in values)} where {stale};",
        "return null;",
    )
