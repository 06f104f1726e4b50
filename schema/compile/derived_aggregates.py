"""Counts, sums, last rows and lists, kept by statement triggers on the rows they are made of.

Each statement's changes are summed per target row first; then the target rows are locked in id order, and
each gets all its fields in one write. Adding commutes, so that concurrent statements need no more than the
lock; the common order keeps them from waiting for each other in a circle. `no key update` is the weakest
lock an update takes, and does not meet the `key share` of foreign keys.

What is no sum is looked up anew, by a statement after the lock: only that one sees what whoever
held the row before us has written. In a transaction with one snapshot for all statements (repeatable read)
it would not; there PostgreSQL refuses to lock a row written since. Hence every change of a row that might
ever be the last one, or in the list, writes the target, even when nothing differs yet.
"""

from collections.abc import Sequence
from functools import partial
from textwrap import indent
from typing import assert_never

from schema.compile.derived_changes import (
    Image,
    Pair,
    Search,
    compile_totals,
    derived_pairs,
    row_conditions,
    truncate_refused,
)
from schema.compile.derived_triggers import compile_following
from schema.compile.functions import plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import CountOf, Kept, LastOf, ListOf, SumOf
from schema.language.spec import TableSpec


def compile_aggregates(catalog: Catalog) -> list[str]:
    """Create the functions and triggers of every count, sum, last row and list, for each pair of tables."""
    return [
        text
        for pair in derived_pairs(catalog, "sync")
        for text in compile_following(pair, partial(_follow, pair), _reset(pair))
    ]


def _follow(pair: Pair, images: tuple[Image, ...]) -> str:
    names = ["key", *(quote_identifier(addition.field) for addition in pair.additions)]
    variables = ["_keys", *(addition.variable for addition in pair.additions)]
    one = ", ".join(f"{variable}[1] as {name}" for variable, name in zip(variables, names, strict=True))
    every = f"unnest({', '.join(variables)}) as total ({', '.join(names)})"
    target = quote_qualified(pair.target)
    # Most statements are about one row. Of an array PostgreSQL cannot know that: it would plan anew each
    # time, which takes longer than all the rest. And a sum needs no lock before the write that adds to it.
    lock_one = f"    perform from {target} as target where target.id = _keys[1] for no key update;\n"
    return plpgsql_block(
        f"select {', '.join(f'array_agg(total.{name})' for name in names)}\ninto {', '.join(variables)}\n"
        f"from {compile_totals(pair, images)} as total;",
        "if _keys is null then\n    return null;\nend if;",
        f"if cardinality(_keys) = 1 then\n"
        f"{lock_one if pair.searches else ''}"
        f"{indent(_update(pair, f'(select {one}) as total'), '    ')}\n"
        f"else\n"
        f"    perform from {target} as target where target.id = any (_keys)\n"
        f"        order by target.id for no key update;\n"
        f"{indent(_update(pair, every), '    ')}\n"
        f"end if;",
        "return null;",
        declare=(
            "_keys uuid[]",
            *(f"{addition.variable} {addition.array_type}" for addition in pair.additions),
        ),
    )


def _update(pair: Pair, totals: str) -> str:
    """Write the rows that `totals` are about, and look up what is no sum."""
    fields = [quote_identifier(addition.field) for addition in pair.additions]
    lookups = [_look_up(pair, search, place) for place, search in enumerate(pair.searches, start=1)]
    taken = [
        f"{quote_identifier(field)} = found_{place}.{quote_identifier(field)}"
        for place, search in enumerate(pair.searches, start=1)
        for field, _ in search.fields
    ]
    return (
        f"update {quote_qualified(pair.target)} as target\n"
        f"set {', '.join([*(f'{field} = target.{field} + total.{field}' for field in fields), *taken])}\n"
        f"from {totals}\n{''.join(lookups)}where target.id = total.key;"
    )


def _look_up(pair: Pair, search: Search, place: int) -> str:
    found, names = search.any, [quote_identifier(field) for field, _ in search.fields]
    match found:
        case LastOf():
            taken = [taken_value(one) for _, one in search.fields if isinstance(one, LastOf)]
            columns = [f"{value} as {name}" for value, name in zip(taken, names, strict=True)]
            looked_up = last_row(pair.source, found, columns, "total.key", pair.catalog)
        case ListOf():
            values = listed(pair.source, found, "total.key", pair.catalog)
            looked_up = f"select {', '.join(f'{values} as {name}' for name in names)}"
        case _:
            assert_never(found)
    return f"    left join lateral (\n        {looked_up}\n    ) as found_{place} on true\n"


def listed(source: TableSpec, one: ListOf, key: str, catalog: Catalog) -> str:
    """The array of the values in the rows that refer to `key`."""
    column, kind = quote_identifier(one.column), source.column(one.column).sql_type
    # The same order in every database: others depend on the collation it was made with.
    value = f'one.{column} collate "C"' if kind == "text" else f"one.{column}"
    conditions = [f"one.{quote_identifier(one.by)} = {key}", *row_conditions(source, one, catalog)]
    return (
        f"array(select distinct {value} from {quote_qualified(source)} as one"
        f" where {' and '.join(conditions)} order by 1)"
    )


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


def empty_value(kept: Kept) -> str:
    """What a field holds that is made of no rows."""
    match kept:
        case CountOf() | SumOf():
            return "0"
        case LastOf():
            return "null"
        case ListOf():
            return "'{}'"
        case _:
            assert_never(kept)


def _reset(pair: Pair) -> str:
    fields: list[tuple[str, Kept]] = [(addition.field, addition.derived) for addition in pair.additions]
    fields += [field for search in pair.searches for field in search.fields]
    values = [(quote_identifier(name), empty_value(kept)) for name, kept in fields]
    stale = " or ".join(f"target.{field} is distinct from {value}" for field, value in values)
    target = quote_qualified(pair.target)
    return plpgsql_block(
        truncate_refused(pair.source),
        f"perform from {target} as target where {stale}\n    order by target.id for no key update;",
        f"update {target} as target\n"
        f"set {', '.join(f'{field} = {value}' for field, value in values)} where {stale};",
        "return null;",
    )
