"""From one database to another: the statements of a migration, in an order that works."""

from collections.abc import Iterator, Mapping

from schema.compile.diff_access import changed_grants, close, grants_of
from schema.compile.diff_backfill import backfill
from schema.compile.diff_changes import Changes, in_order
from schema.compile.diff_refusals import Consent
from schema.compile.diff_steps import Phase, Step
from schema.compile.diff_tables import (
    INLINE,
    add_column,
    add_constraint,
    add_index,
    change_column,
    create_table,
    drop_column,
    drop_constraint,
    drop_index,
    drop_table,
    validate_constraint,
)
from schema.compile.inspection import (
    Facet,
    Found,
    FoundColumn,
    FoundConstraint,
    FoundDefinition,
    FoundIndex,
    FoundTable,
    Inspection,
    plain,
)
from schema.compile.migration import render_migration
from schema.compile.quoting import quote_literal
from schema.language.catalog import Catalog
from schema.language.spec import Rows

_LATE = ("column", "publication", "replica")
"""Facets that speak of another object than their own, by the first word: they come when all are there."""


def small_tables(catalog: Catalog, declared: Inspection) -> frozenset[str]:
    """The tables that are declared to have few rows, as the database names them."""
    few = {table.qualified for table in catalog if table.rows is Rows.FEW}
    return frozenset(table.name for table in declared.tables if table.place in few)


def kept_columns(catalog: Catalog) -> frozenset[str]:
    """The places of all derived columns."""
    return frozenset(
        f"{table.qualified}.{column.name}" for table in catalog for column in table.derived_columns
    )


def compile_diff(changes: Changes, catalog: Catalog, consent: Consent, renames: list[str]) -> list[Step]:
    """The steps that make a database of the migrations one that `catalog` declares, by phase.

    `renames` are statements that `changes.built` has seen already. Empty when nothing is different.
    """
    steps = [
        *(Step(Phase.CHANGE, text) for text in _new_roles(changes)),
        *(Step(Phase.CHANGE, text) for text in renames),
        *_drops(changes),
        *_makes(changes, consent),
    ]
    rows, filled_tables = _rows_of_new_tables(changes, catalog)
    steps += [*(Step(Phase.CHANGE, text) for text in _assigned(changes)), *rows]
    steps += backfill(changes, catalog, consent.fill, filled_tables)
    return sorted(steps, key=lambda step: step.phase)


def _new_roles(changes: Changes) -> Iterator[str]:
    """Roles are the whole server's: another database may have brought them, and none is ever dropped."""
    for name, role in sorted(changes.declared.roles.items()):
        before = changes.built.roles.get(name)
        if before is None:
            found = f"select from pg_catalog.pg_roles where rolname = {quote_literal(name)}"
            yield (
                f"do $$\nbegin\n    if not exists ({found}) then\n"
                f"        create role {name} {role.attributes};\n    end if;\nend\n$$"
            )
    for name, role in sorted(changes.declared.roles.items()):
        before = changes.built.roles.get(name)
        for group in role.member_of:
            if before is None or group not in before.member_of:
                yield f"grant {group} to {name}"


def _drops(changes: Changes) -> Iterator[Step]:
    """What goes, each before what it needs."""
    parts = {key: key for key in changes.dropped}
    earliest: dict[str, Phase] = {}
    needed_by = _needed_by(changes.built)
    for found in reversed(in_order(changes.built, parts)):
        steps = list(_drop(found, changes))
        # What something needs that goes late goes no earlier.
        wait = max(
            (earliest.get(of, Phase.CHANGE) for of in needed_by.get(found.key, ())), default=Phase.CHANGE
        )
        last = max((step.phase for step in steps), default=Phase.CHANGE)
        if wait is Phase.DROP and last is Phase.CHANGE and steps:
            steps = [Step(Phase.DROP, step.text) for step in steps]
            last = Phase.DROP
        earliest[found.key] = Phase.DROP if last is Phase.DROP else Phase.CHANGE
        yield from steps


def _needed_by(inspection: Inspection) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for need in inspection.needs:
        found.setdefault(need.on, []).append(need.of)
    return found


def _drop(found: Found, changes: Changes) -> Iterator[Step]:
    match found:
        case FoundTable():
            yield from drop_table(found, changes)
        case FoundColumn():
            if changes.stays(found.table):
                at = Phase.CHANGE if found.key in changes.remade else Phase.DROP
                yield from drop_column(found, at=at)
        case FoundConstraint():
            # The rest go with their table.
            if changes.stays(found.table) or found.kind == "f":
                yield drop_constraint(found)
        case FoundIndex():
            yield from drop_index(found, changes)
        case FoundDefinition(kind="schema" | "extension" | "type" | "sequence"):
            yield Step(Phase.DROP, found.drop)
        case FoundDefinition(kind="trigger") if _goes_with_function(found, changes):
            pass
        case FoundDefinition():
            takes_trigger = any(
                need.on == found.key and _goes_with_function(changes.built.found[need.of], changes)
                for need in changes.built.needs
            )
            yield Step(Phase.CHANGE, f"{found.drop} cascade" if takes_trigger else found.drop)


def _goes_with_function(found: Found, changes: Changes) -> bool:
    """Whether a trigger, on a table of somebody else who alone may drop it, loses its function."""
    if not isinstance(found, FoundDefinition) or found.kind != "trigger":
        return False
    needs = (need.on for need in changes.built.needs if need.of == found.key)
    functions = {key for key in needs if key.startswith("function ")}
    return f"owner of table {found.table}" in changes.built.facets and functions <= changes.dropped


def _makes(changes: Changes, consent: Consent) -> Iterator[Step]:
    """What is new, different or made again, each after what it needs."""
    parts = {key: _whole(key, changes) for key in changes.made | changes.changed}
    phases: dict[str, Phase] = {}
    needs: dict[str, list[str]] = {}
    for need in changes.declared.needs:
        needs.setdefault(need.of, []).append(need.on)
    for found in in_order(changes.declared, parts):
        waits = any(phases.get(on, Phase.CHANGE) is not Phase.CHANGE for on in needs.get(found.key, ()))
        steps = list(_make(found, changes, consent, Phase.CONSTRAIN if waits else Phase.CHANGE))
        phases[found.key] = max(
            (step.phase for step in steps if step.phase is not Phase.VALIDATE), default=Phase.CHANGE
        )
        yield from steps
        if found.key in changes.made:
            at = phases[found.key] if phases[found.key] is not Phase.INDEX else Phase.CONSTRAIN
            for text in _first_facets(found, changes):
                yield Step(at, text)


def _whole(key: str, changes: Changes) -> str:
    """As part of what an object is made: a new table is created with its columns and most constraints."""
    match changes.declared.found[key]:
        case FoundColumn(table=table):
            pass
        case FoundConstraint(table=table, kind=kind) if kind in INLINE:
            pass
        case _:
            return key
    return f"table {table}" if f"table {table}" in changes.new else key


def _make(found: Found, changes: Changes, consent: Consent, at: Phase) -> Iterator[Step]:
    before = changes.built.found.get(found.key)
    match found:
        case FoundTable():
            yield create_table(found, changes.declared)
        case FoundColumn():
            if isinstance(before, FoundColumn) and found.key not in changes.remade:
                yield from change_column(before, found, changes)
            else:
                yield from add_column(found, changes, consent.fill)
        case FoundConstraint():
            if found.key in changes.made:
                yield from add_constraint(found, changes, at=at)
            elif found.valid:
                yield validate_constraint(found)
        case FoundIndex():
            yield from add_index(found, changes)
        case FoundDefinition():
            yield Step(at, found.create)


def _first_facets(found: Found, changes: Changes) -> Iterator[str]:
    """Who may do what with a new object, and what else is said of it alone. Its owner comes last."""
    of = [found.key]
    if isinstance(found, FoundTable):
        of += [column.key for column in changes.declared.columns(found.name)]
        of += [one.key for one in changes.declared.constraints(found.name) if one.kind in INLINE]
    yield from close(found)
    yield from grants_of(found.key, changes)
    # Whoever no longer owns an object can say nothing of it.
    owner_last = sorted(
        (facet for key in of for facet in changes.declared.facets_of.get(key, ()) if not _is_late(facet)),
        key=lambda facet: facet.aspect == "owner",
    )
    yield from (facet.assign for facet in owner_last)


def _is_late(facet: Facet) -> bool:
    return facet.aspect.partition(" ")[0] in _LATE


def _assigned(changes: Changes) -> Iterator[str]:
    """Grants and facets that change on what stays, and those that speak of two objects."""
    yield from changed_grants(changes)
    made = changes.made
    for key, facet in sorted(changes.built.facets.items()):
        stays = facet.of in changes.declared.found and facet.of not in made
        # A publication has to let go of a table before it can take it again with other columns.
        again = facet.aspect.startswith("publication ") and _differs(facet, changes.declared.facets.get(key))
        if stays and (key not in changes.declared.facets or again):
            yield facet.clear
    for key, facet in sorted(changes.declared.facets.items()):
        before = None if facet.of in made else changes.built.facets.get(key)
        if _differs(facet, before) and (facet.of not in made or _is_late(facet)):
            yield facet.assign


def _differs(facet: Facet, other: Facet | None) -> bool:
    return other is None or facet.value != other.value


def _rows_of_new_tables(changes: Changes, catalog: Catalog) -> tuple[list[Step], frozenset[str]]:
    """The rows that a catalog's whole migration puts into tables that are new here, and those tables."""
    new = {found.place for key in changes.new if isinstance(found := changes.declared.found[key], FoundTable)}
    steps: list[Step] = []
    tables: set[str] = set()
    for part in render_migration(catalog).split("\n\n"):
        table = plain(part.split()[2]) if part.startswith("insert into ") else None
        if table in new:
            steps.append(Step(Phase.CHANGE, part.rstrip().removesuffix(";")))
            tables.add(table)
    return steps, frozenset(tables)
