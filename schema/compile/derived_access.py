"""What the role that keeps derived fields must be able to reach, and nothing more."""

from dataclasses import dataclass
from typing import assert_never

from schema.language.catalog import Catalog
from schema.language.derived import (
    AccountCopy,
    AvgOf,
    BandOf,
    Computed,
    CopyOf,
    CountOf,
    LastOf,
    ListOf,
    SumOf,
    source_columns,
)

LOCK_COLUMN = "created_at"
"""A row lock needs UPDATE on some column: this one is granted where the role only locks."""


@dataclass(frozen=True)
class DerivedAccess:
    """Qualified tables by what is done to them, with the columns it needs."""

    read: dict[str, tuple[str, ...]]
    locked: dict[str, tuple[str, ...]]


def derived_access(catalog: Catalog) -> DerivedAccess:
    """Gather what the derived fields of `catalog` read and write. Columns are sorted."""
    read: dict[str, set[str]] = {}
    written: dict[str, set[str]] = {}
    locked: set[str] = set()
    for table in catalog:
        for column in table.derived_columns:
            read.setdefault(table.qualified, {"id"}).add(column.name)
            written.setdefault(table.qualified, set()).add(column.name)
            match column.derived:
                case CountOf() | SumOf():
                    pass  # What they add reaches the function as transition tables, which need no grant.
                case AvgOf() | Computed():
                    pass  # They are made of the row in hand.
                case AccountCopy():
                    pass  # A function of the migrating role looks it up.
                case LastOf(source=source) | ListOf(source=source) as found:
                    read.setdefault(catalog.table(source).qualified, {"id"}).update(source_columns(found))
                case BandOf(source=source, column=taken, threshold=threshold, of=of):
                    read[table.qualified].add(of)
                    read.setdefault(catalog.table(source).qualified, {"id"}).update((taken, threshold))
                case CopyOf(source=source, column=copied, via=via):
                    read[table.qualified].add(via)
                    origin = catalog.table(source)
                    read.setdefault(origin.qualified, {"id"}).add(copied)
                    locked.add(origin.qualified)
                case None:
                    raise AssertionError(column)
                case _:
                    assert_never(column.derived)
    for name in sorted(locked):
        written.setdefault(name, {LOCK_COLUMN})
    return DerivedAccess(
        read={name: tuple(sorted(read[name])) for name in sorted(read)},
        locked={name: tuple(sorted(written[name])) for name in sorted(written)},
    )
