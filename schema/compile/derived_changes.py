"""What one statement changed, summed up per row that something is derived for.

The changes of a statement reach its triggers as transition tables: `new_rows`, `old_rows`. Each field makes
its own lines of them, and the lines of one key become one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from schema.compile.functions import DERIVED_OWNER
from schema.compile.quoting import quote_identifier
from schema.compile.rules import compile_rule
from schema.language.catalog import Catalog
from schema.language.derived import Added, CountOf, Kept, LastOf, Mode, SumOf, mode_of, source_columns
from schema.language.names import Operation
from schema.language.rules import Everyone, Rule
from schema.language.spec import TableSpec

NOT_DERIVED = f"current_user <> '{DERIVED_OWNER}'"
"""Lets a trigger sleep while derived fields are kept, where it looks at no derived column."""

ONE_SNAPSHOT_REFUSED = """\
if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using errcode = '0A000',
        message = format('%I.%I can only be truncated in a read committed transaction',
            tg_table_schema, tg_table_name),
        hint = 'Truncate removes rows that this snapshot does not show, and so does not set right.';
end if;"""
"""Begins what follows a truncate: unlike any other statement, it also removes what it does not see."""

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
class Latest:
    """Fields taken from one and the same last row: names, with what each takes."""

    fields: tuple[tuple[str, LastOf], ...]

    @property
    def last(self) -> LastOf:
        """Any of them, for what they share."""
        return self.fields[0][1]


@dataclass(frozen=True)
class Pair:
    """All fields of `target` that follow `source` in one way."""

    source: TableSpec
    target: TableSpec
    mode: Mode
    additions: tuple[Addition, ...]
    latest: tuple[Latest, ...]
    catalog: Catalog

    @property
    def ignores_derived(self) -> bool:
        """Whether no derived column of the source has any part in it."""
        lasts = [last for group in self.latest for _, last in group.fields]
        looked_at = {
            column
            for kept in (*(addition.derived for addition in self.additions), *lasts)
            for column in source_columns(kept)
        }
        return not any(self.source.column(column).derived for column in looked_at)


def derived_pairs(catalog: Catalog, mode: Mode) -> list[Pair]:
    """Every pair of tables joined by fields of `mode`, sorted by source, then target."""
    found: dict[tuple[str, str], list[tuple[str, Kept]]] = {}
    for target in catalog:
        for column in target.derived_columns:
            kept = column.derived
            if isinstance(kept, CountOf | SumOf | LastOf) and mode_of(kept) == mode:
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
    groups: dict[tuple[str, Rule, str], list[tuple[str, LastOf]]] = {}
    for field, kept in fields:
        match kept:
            case LastOf(by=by, where=where, order=order):
                groups.setdefault((by, where, order), []).append((field, kept))
            case CountOf() | SumOf():
                additions.append(Addition(field, kept))
            case _:
                assert_never(kept)
    latest = tuple(Latest(tuple(group)) for group in groups.values())
    return Pair(source, target, mode, tuple(additions), latest, catalog)


def compile_totals(pair: Pair, images: tuple[Image, ...]) -> str:
    """A subselect of `key` and the difference to each addition, one row for each key with something to do."""
    lines = [_added(pair, addition, image) for image in reversed(images) for addition in pair.additions]
    lines += [_touched(pair, group, images) for group in pair.latest]
    changes = "\n        union all\n".join(f"        {line}" for line in lines)
    fields = [quote_identifier(addition.field) for addition in pair.additions]
    sums = "".join(f", sum(change.{field}) as {field}" for field in fields)
    matters = [f"sum(change.{field}) <> 0" for field in fields]
    matters += ["bool_or(change._touched)"] if pair.latest else []
    return (
        f"(\n    select change.key{sums} from (\n{changes}\n    ) as change\n"
        f"    group by change.key having {' or '.join(matters)}\n)"
    )


def _added(pair: Pair, mine: Addition, image: Image) -> str:
    """The rows of one transition table that one field looks at: their key, what each adds to each field."""
    derived = mine.derived
    match derived:
        case CountOf():
            amount = f"{_SIGNS[image]}1"
        case SumOf(column=column):
            # As numeric, since the lowest integer has no opposite.
            amount = f"{_SIGNS[image]}one.{quote_identifier(column)}::numeric"
        case _:
            assert_never(derived)
    amounts = ", ".join(
        f"{amount if addition is mine else 0} as {quote_identifier(addition.field)}"
        for addition in pair.additions
    )
    untouched = ", false as _touched" if pair.latest else ""
    return (
        f"select one.{quote_identifier(derived.by)} as key, {amounts}{untouched} from {image}_rows as one"
        f"{_where(changed_conditions(pair.source, derived, pair.catalog))}"
    )


def _touched(pair: Pair, group: Latest, images: Sequence[Image]) -> str:
    """The keys whose last row may be another now, or hold something else.

    That is any key of a row changed in any column that matters, not only in the row that is last: see
    `derived_aggregates`.
    """
    last = group.last
    where = _where(changed_conditions(pair.source, last, pair.catalog))
    key, nothing = (
        quote_identifier(last.by),
        "".join(f", 0 as {quote_identifier(addition.field)}" for addition in pair.additions),
    )
    if len(images) == 1:
        return f"select one.{key} as key{nothing}, true as _touched from {images[0]}_rows as one{where}"
    taken = sorted({"id", *(name for _, taken in group.fields for name in source_columns(taken))} - {last.by})
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
    filled = counted is not None and source.column(counted).nullable
    conditions = [f"one.{quote_identifier(counted)} is not null"] if counted is not None and filled else []
    if not isinstance(kept.where, Everyone):
        conditions.append(f"({compile_rule(kept.where, source, catalog, row='one')})")
    return conditions


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""
