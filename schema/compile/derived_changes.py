"""What one statement changed, summed up per row that something is derived for.

The changes of a statement reach its triggers as transition tables: `new_rows`, `old_rows`. Each field makes
its own lines of them, and the lines of one key become one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from schema.compile.functions import DERIVED_OWNER
from schema.compile.quoting import quote_identifier, quote_literal
from schema.compile.rules import compile_rule
from schema.language.catalog import Catalog
from schema.language.derived import (
    Added,
    CountOf,
    Found,
    Kept,
    LastOf,
    ListOf,
    Mode,
    SumOf,
    mode_of,
    source_columns,
)
from schema.language.names import Operation
from schema.language.rules import Everyone, Rule
from schema.language.spec import TableSpec

NOT_DERIVED = f"current_user <> '{DERIVED_OWNER}'"
"""Lets a trigger sleep while derived fields are kept, where it looks at no derived column."""


def one_snapshot_refused(message: str, hint: str) -> str:
    """Begins what must see everything committed: with one snapshot for all its statements it would not."""
    return (
        "if current_setting('transaction_isolation') <> 'read committed' then\n"
        "    raise exception using errcode = '0A000',\n"
        f"        message = {quote_literal(message)},\n"
        f"        hint = {quote_literal(hint)};\n"
        "end if;"
    )


def truncate_refused(table: TableSpec) -> str:
    """Begins what follows a truncate: unlike any other statement, it also removes what it does not see."""
    return one_snapshot_refused(
        f"{table.qualified} can only be truncated in a read committed transaction",
        "Truncate removes rows that this snapshot does not show, and so does not set right.",
    )


Image: TypeAlias = Literal["old", "new"]

IMAGES: dict[Operation, tuple[Image, ...]] = {
    "insert": ("new",),
    "update": ("old", "new"),
    "delete": ("old",),
}
"""The transition tables that each kind of statement has."""

_SIGNS: dict[Image, str] = {"old": "-", "new": ""}


@dataclass(frozen=True)
class Addition:
    """A field that differences are added to."""

    field: str
    derived: Added

    @property
    def variable(self) -> str:
        return quote_identifier(f"_{self.field}")

    @property
    def array_type(self) -> str:
        """Of the variable that holds the differences."""
        return "bigint[]" if isinstance(self.derived, CountOf) else "numeric[]"


@dataclass(frozen=True)
class Search:
    """Fields found by one look at the source, one last row or one list: names, with what each takes."""

    fields: tuple[tuple[str, Found], ...]

    @property
    def any(self) -> Found:
        """Any of them, for what they share."""
        return self.fields[0][1]


@dataclass(frozen=True)
class Pair:
    """All fields of `target` that follow `source` in one way."""

    source: TableSpec
    target: TableSpec
    mode: Mode
    additions: tuple[Addition, ...]
    searches: tuple[Search, ...]
    catalog: Catalog

    @property
    def ignores_derived(self) -> bool:
        """Whether no derived column of the source has any part in it."""
        found = [one for search in self.searches for _, one in search.fields]
        looked_at = {
            column
            for kept in (*(addition.derived for addition in self.additions), *found)
            for column in source_columns(kept)
        }
        return not any(self.source.column(column).derived for column in looked_at)


def derived_pairs(catalog: Catalog, mode: Mode) -> list[Pair]:
    """Every pair of tables joined by fields of `mode`, sorted by source, then target."""
    found: dict[tuple[str, str], list[tuple[str, Kept]]] = {}
    for target in catalog:
        for column in target.derived_columns:
            kept = column.derived
            if isinstance(kept, Kept) and mode_of(kept) == mode:
                names = (catalog.table(kept.source).qualified, target.qualified)
                found.setdefault(names, []).append((column.name, kept))
    return [
        _pair(catalog.table(source), catalog.table(target), mode, found[source, target], catalog)
        for source, target in sorted(found)
    ]


def _pair(
    source: TableSpec, target: TableSpec, mode: Mode, fields: Iterable[tuple[str, Kept]], catalog: Catalog
) -> Pair:
    additions: list[Addition] = []
    groups: dict[tuple[str, Rule, type[Found], str], list[tuple[str, Found]]] = {}
    for field, kept in fields:
        match kept:
            case LastOf(by=by, where=where, order=order):
                groups.setdefault((by, where, LastOf, order), []).append((field, kept))
            case ListOf(by=by, where=where, column=column):
                groups.setdefault((by, where, ListOf, column), []).append((field, kept))
            case CountOf() | SumOf():
                additions.append(Addition(field, kept))
            case _:
                assert_never(kept)
    searches = tuple(Search(tuple(group)) for group in groups.values())
    return Pair(source, target, mode, tuple(additions), searches, catalog)


def compile_totals(pair: Pair, images: tuple[Image, ...]) -> str:
    """A subselect of `key` and the difference to each addition, one row for each key with something to do."""
    lines = [_added(pair, group, image) for image in reversed(images) for group in _alike(pair)]
    lines += [_touched(pair, group, images) for group in pair.searches]
    changes = "\n        union all\n".join(f"        {line}" for line in lines)
    fields = [quote_identifier(addition.field) for addition in pair.additions]
    sums = "".join(f", sum(change.{field}) as {field}" for field in fields)
    matters = [f"sum(change.{field}) <> 0" for field in fields]
    matters += ["bool_or(change._touched)"] if pair.searches else []
    return (
        f"(\n    select change.key{sums} from (\n{changes}\n    ) as change\n"
        f"    group by change.key having {' or '.join(matters)}\n)"
    )


def _alike(pair: Pair) -> list[list[Addition]]:
    """The additions of `pair`, those together that look at the same rows by the same key."""
    groups: dict[tuple[str, ...], list[Addition]] = {}
    for addition in pair.additions:
        conditions = changed_conditions(pair.source, addition.derived, pair.catalog)
        groups.setdefault((addition.derived.by, *conditions), []).append(addition)
    return list(groups.values())


def _added(pair: Pair, mine: list[Addition], image: Image) -> str:
    """The rows of one transition table that some fields look at: their key, what each adds to each field."""
    amounts = ", ".join(
        f"{_amount(addition, image) if addition in mine else 0} as {quote_identifier(addition.field)}"
        for addition in pair.additions
    )
    untouched = ", false as _touched" if pair.searches else ""
    derived = mine[0].derived
    return (
        f"select one.{quote_identifier(derived.by)} as key, {amounts}{untouched} from {image}_rows as one"
        f"{_where(changed_conditions(pair.source, derived, pair.catalog))}"
    )


def _amount(addition: Addition, image: Image) -> str:
    match addition.derived:
        case CountOf():
            return f"{_SIGNS[image]}1"
        case SumOf(column=column):
            # As numeric, since the lowest integer has no opposite.
            return f"{_SIGNS[image]}one.{quote_identifier(column)}::numeric"
        case _:
            assert_never(addition.derived)


def _touched(pair: Pair, search: Search, images: Sequence[Image]) -> str:
    """The keys for which another row may be the last now, or something else be found in it.

    That is any key of a row changed in any column that matters, not only in the row that is last: see
    `derived_aggregates`.
    """
    found = search.any
    where = _where(changed_conditions(pair.source, found, pair.catalog))
    key, nothing = (
        quote_identifier(found.by),
        "".join(f", 0 as {quote_identifier(addition.field)}" for addition in pair.additions),
    )
    if len(images) == 1:
        return f"select one.{key} as key{nothing}, true as _touched from {images[0]}_rows as one{where}"
    taken = sorted(
        {"id", *(name for _, taken in search.fields for name in source_columns(taken))} - {found.by}
    )
    columns = "".join(f", one.{quote_identifier(name)}" for name in taken)
    rows = {image: f"select one.{key} as key{columns} from {image}_rows as one{where}" for image in images}
    changed = f"({rows['new']} except {rows['old']}) union all ({rows['old']} except {rows['new']})"
    return f"select changed.key{nothing}, true as _touched from ({changed}) as changed"


def changed_conditions(source: TableSpec, kept: Kept, catalog: Catalog) -> list[str]:
    """What a row `one` of the source must fulfil to have a part in the field."""
    conditions = [f"one.{quote_identifier(kept.by)} is not null"] if source.column(kept.by).nullable else []
    return [*conditions, *row_conditions(source, kept, catalog)]


def row_conditions(source: TableSpec, kept: Kept, catalog: Catalog) -> list[str]:
    """The same for a row that has been found by its key."""
    counted = None if isinstance(kept, LastOf) else kept.column
    empty = counted is not None and source.column(counted).nullable
    conditions = [f"one.{quote_identifier(counted)} is not null"] if counted is not None and empty else []
    if not isinstance(kept.where, Everyone):
        conditions.append(f"({compile_rule(kept.where, source, catalog, row='one')})")
    return conditions


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""
