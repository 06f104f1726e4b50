"""What is different between two databases, and what has to be made again because of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import ndiff
from functools import cached_property
from heapq import heapify, heappop, heappush

from schema.compile.inspection import (
    Found,
    FoundColumn,
    FoundConstraint,
    FoundDefinition,
    FoundIndex,
    FoundTable,
    Inspection,
)


@dataclass(frozen=True)
class Changes:
    """How `built`, a database of the migrations, becomes `declared`, one of the catalog.

    Of tables in `small` a scan is nothing to anybody. Columns at the places in `kept` are given their values
    by triggers. The order of columns is no difference.
    """

    built: Inspection
    declared: Inspection
    small: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    @cached_property
    def gone(self) -> frozenset[str]:
        """Keys of what is only built."""
        return frozenset(self.built.found.keys() - self.declared.found.keys())

    @cached_property
    def new(self) -> frozenset[str]:
        """Keys of what is only declared."""
        return frozenset(self.declared.found.keys() - self.built.found.keys())

    @cached_property
    def changed(self) -> frozenset[str]:
        """Keys of what is both, but not alike."""
        shared = self.built.found.keys() & self.declared.found.keys()
        return frozenset(key for key in shared if self.built.found[key].text != self.declared.found[key].text)

    @cached_property
    def remade(self) -> frozenset[str]:
        """Keys of what is dropped and made again: it cannot be changed, or needs something that goes."""
        remade = {key for key in self.changed if self._needs_remaking(key)}
        retyped = {key for key in self.changed - remade if self._is_retyped(key)}
        while more := {
            need.of
            for need in self.built.needs
            if need.of not in remade
            and need.of in self.declared.found
            and need.on in self.gone | remade | retyped
            and self._must_follow(need.of, keeps_place=need.on in retyped)
        }:
            remade |= more
        return frozenset(remade)

    @property
    def dropped(self) -> frozenset[str]:
        return self.gone | self.remade

    @property
    def made(self) -> frozenset[str]:
        return self.new | self.remade

    def stays(self, table: str | None) -> bool:
        """Whether a table is in both databases."""
        key = f"table {table}"
        return key in self.built.found and key in self.declared.found

    def is_large(self, table: str) -> bool:
        """Whether others may be at work in a table that stays, so that nothing may block them for long."""
        return self.stays(table) and table not in self.small

    def _needs_remaking(self, key: str) -> bool:
        match self.built.found[key], self.declared.found[key]:
            case FoundDefinition(fixed=before), FoundDefinition(fixed=after):
                return after is None or before != after
            case FoundConstraint(meaning=before), FoundConstraint(meaning=after):
                return before != after
            case FoundColumn(generated=before), FoundColumn(generated=after):
                return before != after and after is not None
            case _, FoundIndex():
                return True
            case _:
                return False

    def _is_retyped(self, key: str) -> bool:
        before, after = self.built.found[key], self.declared.found[key]
        return (
            isinstance(before, FoundColumn) and isinstance(after, FoundColumn) and before.type != after.type
        )

    def _must_follow(self, key: str, *, keeps_place: bool) -> bool:
        """Whether an object goes with what it needs; `keeps_place`: that is a column with another type."""
        match self.built.found[key]:
            case FoundDefinition(kind=kind):
                return kind not in ("schema", "sequence", "type")
            case FoundConstraint(kind=kind):
                # Converting one column after the other leaves casts behind in a check.
                return kind in ("f", "c") or not keeps_place
            case FoundIndex():
                return not keeps_place
            case FoundColumn(generated=generated):
                return generated is not None
            case FoundTable():
                return False


def differences(changes: Changes) -> list[str]:
    """What a database built from the migrations and one that the catalog declares do not share.

    Empty when they agree. Otherwise readable lines, sorted. Of a table that is missing only that is said.
    """
    built, declared = changes.built, changes.declared
    lines = _compared(_texts(built, declared), _texts(declared, built))
    shared = built.found.keys() & declared.found.keys()
    granted = {grant.key for grant in declared.grants - built.grants if grant.of in shared}
    revoked = {grant.key for grant in built.grants - declared.grants if grant.of in shared}
    lines += [f"{key} is declared, but no migration makes it." for key in sorted(granted)]
    lines += [f"{key} is made by a migration, but not declared." for key in sorted(revoked)]
    return lines


def _texts(inspection: Inspection, other: Inspection) -> dict[str, str]:
    """Everything but grants, by key, as one text each."""
    roles = {f"role {role.name}": f"{role.attributes} {role.member_of}" for role in inspection.roles.values()}
    absent = {f"table {table.name}" for table in inspection.of_type(FoundTable)} - other.found.keys()
    found = {
        key: one.text
        for key, one in inspection.found.items()
        if isinstance(one, FoundTable) or f"table {one.table}" not in absent
    }
    facets = {key: facet.value for key, facet in inspection.facets.items() if facet.of in other.found}
    return roles | dict(inspection.strange) | found | facets


def _compared(built: dict[str, str], declared: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for key in sorted(built.keys() | declared.keys()):
        before, after = built.get(key), declared.get(key)
        if before is None:
            lines.append(f"{key} is declared, but no migration makes it.")
        elif after is None:
            lines.append(f"{key} is made by a migration, but not declared.")
        elif before != after:
            changed = ndiff(before.splitlines(), after.splitlines())
            lines.append(f"{key} differs:")
            lines += [f"    {line}" for line in changed if line[:1] in "+-"]
    return lines


def in_order(inspection: Inspection, parts: Mapping[str, str]) -> list[Found]:
    """The objects that are values in `parts`, each after those it needs.

    `parts` says as part of which object each key is made: itself, or the table it is a column of. Where needs
    leave a choice, the kind decides, then the key.
    """
    needs: dict[str, set[str]] = {whole: set() for whole in parts.values()}
    for need in inspection.needs:
        of, on = parts.get(need.of), parts.get(need.on)
        if of is not None and on is not None and of != on:
            needs[of].add(on)
    needed_by: dict[str, list[str]] = {}
    for of, ons in needs.items():
        for on in ons:
            needed_by.setdefault(on, []).append(of)
    ready = [_place(inspection, key) for key in needs if not needs[key]]
    heapify(ready)
    order: list[Found] = []
    while needs:
        # Two functions may need each other's types. PostgreSQL then says what is missing.
        key = heappop(ready)[-1] if ready else min(_place(inspection, key) for key in needs)[-1]
        if needs.pop(key, None) is None:
            continue
        order.append(inspection.found[key])
        for of in needed_by.get(key, ()):
            if of in needs:
                needs[of].discard(key)
                if not needs[of]:
                    heappush(ready, _place(inspection, of))
    return order


_RANKS = (
    "schema",
    "extension",
    "type",
    "sequence",
    "table",
    "column",
    "function",
    "procedure",
    "index",
    "constraint",
    "view",
    "materialized view",
    "rule",
    "statistics object",
    "trigger",
    "policy",
    "publication",
    "bucket",
)


def _place(inspection: Inspection, key: str) -> tuple[int, str, int, str]:
    match inspection.found[key]:
        case FoundTable():
            return (_RANKS.index("table"), "", 0, key)
        case FoundColumn(table=table, position=position):
            return (_RANKS.index("column"), table, position, key)
        case FoundIndex():
            return (_RANKS.index("index"), "", 0, key)
        case FoundConstraint():
            return (_RANKS.index("constraint"), "", 0, key)
        case FoundDefinition(kind=kind):
            return (_RANKS.index(kind), "", 0, key)
