"""Counts, kept by statement triggers on the rows they count.

Each statement's changes are summed per target row first; then the target rows are locked in id order, and
each gets the difference added in one write. Adding commutes, so that concurrent statements need no more
than the lock; the common order keeps them from waiting for each other in a circle. `no key update` is the
weakest lock an update takes, and does not meet the `key share` of foreign keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.compile.rules import compile_rule
from schema.language.catalog import Catalog
from schema.language.derived import CountOf
from schema.language.names import Operation, count_function, count_trigger
from schema.language.rules import Everyone, rule_columns
from schema.language.spec import TableSpec

NOT_DERIVED = f"current_user <> '{DERIVED_OWNER}'"
"""Lets a trigger sleep while derived fields are kept, where it looks at no derived column."""


@dataclass(frozen=True)
class _Count:
    """One field of the target, and how it is counted."""

    field: str
    count: CountOf


def compile_counts(catalog: Catalog) -> list[str]:
    """Create the functions and triggers of every count: one set for each pair of tables, sorted."""
    pairs: dict[tuple[str, str], list[_Count]] = {}
    for target in catalog:
        for column in target.derived_columns:
            if isinstance(column.derived, CountOf):
                source = catalog.table(column.derived.source)
                pair = pairs.setdefault((source.qualified, target.qualified), [])
                pair.append(_Count(column.name, column.derived))
    return [
        text
        for (source, target), counts in sorted(pairs.items())
        for text in _compile_pair(catalog.table(source), catalog.table(target), counts, catalog)
    ]


def _compile_pair(
    source: TableSpec, target: TableSpec, counts: Sequence[_Count], catalog: Catalog
) -> list[str]:
    changes: dict[Operation, tuple[tuple[str, int], ...]] = {
        "insert": (("new_rows", 1),),
        "update": (("new_rows", 1), ("old_rows", -1)),
        "delete": (("old_rows", -1),),
    }
    texts = []
    for operation, images in changes.items():
        function = _function(
            count_function(source, target, operation), _add_changes(source, target, counts, images, catalog)
        )
        trigger = compile_trigger(
            count_trigger(target, operation),
            source,
            function.name,
            when=f"after {operation}",
            rows=tuple("new" if rows == "new_rows" else "old" for rows, _ in reversed(images)),
            only_if=NOT_DERIVED if operation == "update" and _ignores_derived(source, counts) else None,
        )
        texts += [function.sql, trigger]
    emptied = _function(count_function(source, target, "truncate"), _reset(target, counts))
    name = count_trigger(target, "truncate")
    return [*texts, emptied.sql, compile_trigger(name, source, emptied.name, when="after truncate")]


def _function(name: str, body: str) -> Function:
    return Function(f"derived.{quote_identifier(name)}", body, owner=DERIVED_OWNER)


def _ignores_derived(source: TableSpec, counts: Sequence[_Count]) -> bool:
    looked_at = {column for one in counts for column in (one.count.by, *rule_columns(one.count.where))}
    return not any(source.column(column).derived for column in looked_at)


def _add_changes(
    source: TableSpec,
    target: TableSpec,
    counts: Sequence[_Count],
    images: tuple[tuple[str, int], ...],
    catalog: Catalog,
) -> str:
    fields = [quote_identifier(one.field) for one in counts]
    variables = [quote_identifier(f"_{one.field}") for one in counts]
    changes = "\n        union all\n".join(
        f"        {_change(source, counts, position, rows, sign, catalog)}"
        for rows, sign in images
        for position in range(len(counts))
    )
    sums = "".join(f", sum(change.{field}) as {field}" for field in fields)
    return plpgsql_block(
        f"select array_agg(total.key), {', '.join(f'array_agg(total.{field})' for field in fields)}\n"
        f"into _keys, {', '.join(variables)}\n"
        f"from (\n    select change.key{sums} from (\n{changes}\n    ) as change\n"
        f"    group by change.key having {' or '.join(f'sum(change.{field}) <> 0' for field in fields)}\n"
        f") as total;",
        "if _keys is null then\n    return null;\nend if;",
        f"perform from {quote_qualified(target)} as target where target.id = any (_keys)\n"
        f"    order by target.id for no key update;",
        f"update {quote_qualified(target)} as target\n"
        f"set {', '.join(f'{field} = target.{field} + total.{field}' for field in fields)}\n"
        f"from unnest(_keys, {', '.join(variables)}) as total (key, {', '.join(fields)})\n"
        f"where target.id = total.key;",
        "return null;",
        declare=("_keys uuid[]", *(f"{variable} bigint[]" for variable in variables)),
    )


def _change(
    source: TableSpec, counts: Sequence[_Count], position: int, rows: str, sign: int, catalog: Catalog
) -> str:
    """The rows of one transition table that one count looks at: their key, what each adds to each count."""
    count = counts[position].count
    key = f"one.{quote_identifier(count.by)}"
    added = ", ".join(
        f"{sign if other == position else 0} as {quote_identifier(one.field)}"
        for other, one in enumerate(counts)
    )
    conditions = [f"{key} is not null"] if source.column(count.by).nullable else []
    if not isinstance(count.where, Everyone):
        conditions.append(f"({compile_rule(count.where, source, catalog, row='one')})")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select {key} as key, {added} from {rows} as one{where}"


def _reset(target: TableSpec, counts: Sequence[_Count]) -> str:
    fields = [f"target.{quote_identifier(one.field)}" for one in counts]
    stale = " or ".join(f"{field} <> 0" for field in fields)
    return plpgsql_block(
        f"perform from {quote_qualified(target)} as target where {stale}\n"
        f"    order by target.id for no key update;",
        f"update {quote_qualified(target)} as target\n"
        f"set {', '.join(f'{quote_identifier(one.field)} = 0' for one in counts)} where {stale};",
        "return null;",
    )
