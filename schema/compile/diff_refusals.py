"""What `folkmoot schema diff` does not write unless it is told to: whatever could cost rows, or stop halfway.

The databases compared hold no rows, so that a table which stays is taken to be full.

DiffRefused
  DropsData         a table or column goes, with what it holds
  ConvertsData      values become another type, which may not hold all of them
  NeedsValue        rows that are there have no value for a column that must have one
  NeedsUniqueness   rows that are there may be alike where they must no longer be
  Unsupported       a kind of object, or of change, that has to be written by hand
  UnknownPlace      an option names nothing that this migration is about
  Incomplete        the statements found do not lead all the way
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from schema.compile.diff_changes import Changes
from schema.compile.functions import DERIVED_OWNER
from schema.compile.inspection import (
    FoundColumn,
    FoundConstraint,
    FoundDefinition,
    FoundIndex,
    FoundTable,
    plain,
)


class DiffRefused(Exception):
    """A migration is not written. `code` is stable; `mend` says how to have it written.

    `place` is what it is about, as an option names it.
    """

    code = "diff.refused"

    def __init__(self, message: str, *, place: str = "", mend: str) -> None:
        super().__init__(message)
        self.message, self.place, self.mend = message, place, mend


class DropsData(DiffRefused):
    code = "diff.drops_data"


class ConvertsData(DiffRefused):
    code = "diff.converts_data"


class NeedsValue(DiffRefused):
    code = "diff.needs_value"


class NeedsUniqueness(DiffRefused):
    code = "diff.needs_uniqueness"


class Unsupported(DiffRefused):
    code = "diff.unsupported"


class UnknownPlace(DiffRefused):
    code = "diff.unknown_place"


class Incomplete(DiffRefused):
    code = "diff.incomplete"

    @classmethod
    def because(cls, lines: list[str]) -> "Incomplete":
        """For a migration that was tried: what failed, or what was still different afterwards."""
        return cls(
            "The migration was tried, and does not lead all the way:\n" + "\n".join(lines),
            mend=_BY_HAND,
        )


_BY_HAND = "Write a migration for it by hand in supabase/migrations, then run `folkmoot schema diff` again."


@dataclass(frozen=True)
class Consent:
    """What the author has spelled out. Places are `schema.table`, `schema.table.column` or `schema.index`.

    `drop`: goes with its data. `convert`: what the new type cannot hold may be lost. `unique`: no two rows
    are alike there. `fill`: by place, the SQL expression that rows get which have no value.
    """

    drop: frozenset[str] = frozenset()
    convert: frozenset[str] = frozenset()
    unique: frozenset[str] = frozenset()
    fill: dict[str, str] = field(default_factory=dict)


_WIDER = {
    "smallint": {"integer", "bigint", "numeric", "real", "double precision"},
    "integer": {"bigint", "numeric", "double precision"},
    "bigint": {"numeric"},
    "real": {"double precision"},
    "date": {"timestamp without time zone"},
}
"""Types that hold every value of another. `text` holds all of them, as text."""


def refusals(changes: Changes, consent: Consent) -> Iterator[DiffRefused]:
    """Everything that is in the way of writing the migration; nothing when it can be written."""
    yield from _dropped(changes, consent)
    yield from _columns(changes, consent)
    yield from _unique(changes, consent)
    yield from _unsupported(changes)
    yield from _unknown(changes, consent)


def _dropped(changes: Changes, consent: Consent) -> Iterator[DiffRefused]:
    for key in sorted(changes.gone):
        match changes.built.found[key]:
            # A table of `derived` lists only what the rest adds up to.
            case FoundTable(place=place) if not place.startswith("derived."):
                renamed = 'renamed_from="old"'
            case FoundColumn(place=place) as column if changes.stays(column.table) and not is_derived(
                column, changes
            ):
                renamed = 'Annotated[..., Renamed("old")]'
            case FoundDefinition(kind="bucket", name=name):
                place, renamed = name, ""
            case _:
                continue
        if place not in consent.drop:
            ask = f"; if it has only been renamed, declare that with {renamed}" if renamed else ""
            yield DropsData(
                f"{place} is no longer declared, and dropping it loses what it holds.",
                place=place,
                mend=f"Say --drop {place}{ask}.",
            )


def is_derived(column: FoundColumn, changes: Changes) -> bool:
    """Whether the built database keeps the column itself: by an expression, or by triggers."""
    if column.generated is not None:
        return True
    writers = {
        grant.grantee
        for grant in changes.built.grants
        if grant.of == f"table {column.table}"
        and grant.column in (None, column.name)
        and grant.privilege in ("INSERT", "UPDATE")
    }
    return DERIVED_OWNER in writers and "service_role" not in writers


def _columns(changes: Changes, consent: Consent) -> Iterator[DiffRefused]:
    for key in sorted(changes.new | changes.changed):
        after, before = changes.declared.found[key], changes.built.found.get(key)
        if not isinstance(after, FoundColumn) or not changes.stays(after.table):
            continue
        if (
            isinstance(before, FoundColumn)
            and not _holds_all(before, after)
            and after.place not in consent.convert
            and not (is_derived(before, changes) and after.place in changes.kept)
        ):
            yield ConvertsData(
                f"{after.place} becomes {after.type}, which may not hold every value of {before.type}.",
                place=after.place,
                mend=f"Say --convert {after.place}, or declare a new column and drop this one later.",
            )
        is_new = not isinstance(before, FoundColumn)
        demanded = after.required and (is_new or not before.required)
        given = after.default or after.generated or after.identity or after.place in changes.kept
        if demanded and not given and after.place not in consent.fill:
            yield NeedsValue(
                f"{after.place} must have a value, and rows that are there have none.",
                place=after.place,
                mend=f'Say --fill "{after.place}=<SQL expression>", or declare a default or `| None`.',
            )


def _holds_all(before: FoundColumn, after: FoundColumn) -> bool:
    if before.type == after.type or after.type == "text" or after.type in _WIDER.get(before.type, ()):
        return True
    if before.type.startswith("character varying("):
        return after.type == "character varying" or (
            after.type.startswith("character varying(") and _length(before.type) <= _length(after.type)
        )
    return False


def _length(type_name: str) -> int:
    return int(type_name.partition("(")[2].rstrip(")"))


def _unique(changes: Changes, consent: Consent) -> Iterator[DiffRefused]:
    for key in sorted(changes.new | changes.remade):
        match changes.declared.found[key]:
            case FoundIndex(name=name, table=table, unique=True):
                place = name
            case FoundConstraint(name=name, table=table, kind="p" | "u" | "x"):
                place = f"{table}.{name}"
            case _:
                continue
        place = plain(place)
        if changes.stays(table) and place not in consent.unique and not _is_unique(key, changes):
            yield NeedsUniqueness(
                f"{place} allows no two rows of {table} to be alike, and some may be.",
                place=place,
                mend=f"Make sure that none are, and say --unique {place}. Where some are, it stops at that.",
            )


def _is_unique(key: str, changes: Changes) -> bool:
    """Whether no two existing rows can be alike: some of the columns are unique, or empty in all of them."""
    columns = _columns_of(key, changes)
    if any(
        one.kind in ("p", "u") and one.key in changes.built.found and _columns_of(one.key, changes) <= columns
        for one in changes.declared.of_type(FoundConstraint)
    ):
        return True
    if "NULLS NOT DISTINCT" in changes.declared.found[key].text:
        return False
    added = (changes.declared.found[column] for column in columns & changes.new)
    return any(isinstance(one, FoundColumn) and one.default is None and not one.required for one in added)


def _columns_of(key: str, changes: Changes) -> set[str]:
    """Keys of the columns that an index or constraint is about."""
    return {
        need.on
        for need in changes.declared.needs
        if need.of == key and isinstance(changes.declared.found[need.on], FoundColumn)
    }


def _unsupported(changes: Changes) -> Iterator[DiffRefused]:
    built, declared = changes.built, changes.declared
    for key in sorted(built.strange.keys() | declared.strange.keys()):
        if built.strange.get(key) != declared.strange.get(key):
            yield Unsupported(f"{key} is not alike, and no statement is known for it.", mend=_BY_HAND)
    for key in sorted(changes.changed):
        match built.found[key], declared.found[key]:
            case (FoundTable(), _) | (FoundDefinition(kind="type" | "sequence" | "extension"), _):
                yield Unsupported(f"{key} cannot be changed where it is in use.", mend=_BY_HAND)
            case _:
                pass


def _unknown(changes: Changes, consent: Consent) -> Iterator[DiffRefused]:
    known: set[str] = set()
    for key in changes.gone | changes.new | changes.changed | changes.remade:
        found = changes.declared.found.get(key) or changes.built.found[key]
        match found:
            case FoundColumn(place=place):
                known.add(place)
            case FoundTable(name=name) | FoundIndex(name=name):
                known.add(plain(name))
            case FoundConstraint(table=table, name=name):
                known.add(plain(f"{table}.{name}"))
            case FoundDefinition(name=name):
                known.add(name)
    for place in sorted((consent.drop | consent.convert | consent.unique | consent.fill.keys()) - known):
        yield UnknownPlace(
            f"{place} does not change, or is no place.",
            place=place,
            mend="Write schema.table, schema.table.column or schema.index.",
        )
