"""Statements that make and change tables, their columns, constraints and indexes.

On a table that others use, nothing may hold a lock for as long as it takes to look at every row. So indexes
are built concurrently, constraints are first added for new rows and then validated, and a column becomes
`not null` by way of a validated check, which PostgreSQL believes without looking again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from schema.compile.diff_changes import Changes
from schema.compile.diff_steps import Phase, Step
from schema.compile.inspection import (
    FoundColumn,
    FoundConstraint,
    FoundIndex,
    FoundTable,
    Inspection,
    plain,
    unqualified,
)
from schema.language.names import NAME_BYTES_MAX

INLINE = ("p", "u", "c", "x")
"""Kinds of constraints that a new table is created with. References come later, when all tables are there."""


def create_table(table: FoundTable, declared: Inspection) -> Step:
    """Create a table with its columns and with those of its constraints that refer to nothing else."""
    lines = [f"{column.name} {column.text}" for column in declared.columns(table.name)]
    lines += [
        f"constraint {one.name} {one.definition}"
        for one in declared.constraints(table.name)
        if one.kind in INLINE
    ]
    body = ",\n    ".join(lines)
    return Step(Phase.CHANGE, f"create {table.persistence}table {table.name} (\n    {body}\n)")


def drop_table(table: FoundTable, changes: Changes) -> Iterator[Step]:
    """Drop a table at the very end, unless something of the same name takes its place."""
    replaced = any(changes.declared.found[key].key.endswith(f" {table.name}") for key in changes.new)
    yield Step(Phase.CHANGE if replaced else Phase.DROP, f"drop table {table.name}")


def add_column(column: FoundColumn, changes: Changes, fills: Mapping[str, str]) -> Iterator[Step]:
    """Add a column to a table that is there; `fills` has the values of existing rows, by place."""
    alter = f"alter table {column.table}"
    value = fills.get(column.place)
    if value is not None:
        # A default that comes with the column costs no writing of rows, whatever becomes of it later.
        filled = replace(column, default=value)
        yield Step(Phase.CHANGE, f"{alter} add column {column.name} {filled.text}")
        yield _default(column)
    elif is_computed(column, changes) or (column.varies and changes.is_large(column.table)):
        later = replace(column, default=None, required=False)
        yield Step(Phase.CHANGE, f"{alter} add column {column.name} {later.text}")
        if column.default is not None:
            yield _default(column)
        if column.required:
            yield from require(column, changes)
    else:
        is_written = column.generated is not None and changes.is_large(column.table)
        rewrites = column.table if is_written else None
        yield Step(Phase.CHANGE, f"{alter} add column {column.name} {column.text}", rewrites)


def change_column(before: FoundColumn, after: FoundColumn, changes: Changes) -> Iterator[Step]:
    """Turn one column into another of the same name."""
    alter = f"alter table {after.table} alter column {after.name}"
    if before.identity is not None and before.identity != after.identity:
        yield Step(Phase.CHANGE, f"{alter} drop identity")
    if before.generated is not None and after.generated is None:
        yield Step(Phase.CHANGE, f"{alter} drop expression")
    if (before.type, before.collation) != (after.type, after.collation):
        collation = f" collate {after.collation}" if after.collation else ""
        if before.default is not None:
            yield Step(Phase.CHANGE, f"{alter} drop default")
        using = f" using {after.name}::{after.type}" if before.type != after.type else ""
        rewrites = after.table if changes.is_large(after.table) else None
        yield Step(Phase.CHANGE, f"{alter} type {after.type}{collation}{using}", rewrites)
        if after.default is not None:
            yield _default(after)
    elif before.default != after.default:
        yield _default(after)
    if before.required and not after.required:
        yield Step(Phase.CHANGE, f"{alter} drop not null")
    if after.required and not before.required:
        yield from require(after, changes)
    if after.identity is not None and before.identity != after.identity:
        yield Step(Phase.CHANGE, f"{alter} add generated {after.identity} as identity")


def drop_column(column: FoundColumn, *, at: Phase) -> Iterator[Step]:
    """Drop a column; until then, nobody has to give it a value any more."""
    alter = f"alter table {column.table}"
    given = column.default is None and column.generated is None and column.identity is None
    if at is not Phase.CHANGE and column.required and given:
        yield Step(Phase.CHANGE, f"{alter} alter column {column.name} drop not null")
    yield Step(at, f"{alter} drop column {column.name}")


def is_computed(column: FoundColumn, changes: Changes) -> bool:
    """Whether rows get a value that they must have from a trigger alone."""
    return column.place in changes.kept and column.required and column.default is None


def require(column: FoundColumn, changes: Changes) -> Iterator[Step]:
    """Forbid null in a column that may hold rows already."""
    alter = f"alter table {column.table}"
    if not changes.is_large(column.table):
        # The last phase but one: what fills the column has run by then.
        yield Step(Phase.VALIDATE, f"{alter} alter column {column.name} set not null")
        return
    check = _bounded(plain(f"{unqualified(column.table)}_{column.name}"), "_given")
    # Not before rows have been filled: a check that is not valid yet still stops every update of a row.
    yield Step(Phase.CONSTRAIN, f"{alter} add constraint {check} check ({column.name} is not null) not valid")
    yield Step(Phase.VALIDATE, f"{alter} validate constraint {check}")
    yield Step(Phase.VALIDATE, f"{alter} alter column {column.name} set not null")
    yield Step(Phase.VALIDATE, f"{alter} drop constraint {check}")


def add_constraint(one: FoundConstraint, changes: Changes, *, at: Phase) -> Iterator[Step]:
    """Add a constraint to a table that is there, or a reference to a new one."""
    add = f"alter table {one.table} add constraint {one.name}"
    if not changes.is_large(one.table):
        yield Step(at, f"{add} {one.text}")
    elif one.kind in ("p", "u"):
        kind = "primary key" if one.kind == "p" else "unique"
        columns = one.definition[one.definition.index("(") :]
        nulls = " nulls not distinct" if "NULLS NOT DISTINCT" in one.definition else ""
        index = f"create unique index concurrently {one.name} on {one.table} {columns}{nulls}"
        yield Step(Phase.INDEX, f"drop index concurrently if exists {_beside(one.table, one.name)}")
        yield Step(Phase.INDEX, index)
        yield Step(Phase.CONSTRAIN, f"{add} {kind} using index {one.name}")
    elif one.kind == "x":
        yield Step(at, f"{add} {one.definition}")
    else:
        yield Step(at, f"{add} {one.definition} not valid")
        if one.valid:
            yield validate_constraint(one)


def validate_constraint(one: FoundConstraint) -> Step:
    """Find out whether the rows that were there keep a constraint."""
    return Step(Phase.VALIDATE, f"alter table {one.table} validate constraint {one.name}")


def drop_constraint(one: FoundConstraint) -> Step:
    return Step(Phase.CHANGE, f"alter table {one.table} drop constraint {one.name}")


def add_index(index: FoundIndex, changes: Changes) -> Iterator[Step]:
    """Build an index; one that was there in another form serves until the new one does."""
    if not changes.is_large(index.table):
        yield Step(Phase.CHANGE, _lowered(index.definition))
        return
    name, final = unqualified(index.name), index.name
    if index.key in changes.remade:
        name = _bounded(plain(name), "_new")
        final = _beside(index.table, name)
    # A build that failed leaves an index that is in the way and of no use.
    yield Step(Phase.INDEX, f"drop index concurrently if exists {final}")
    yield Step(Phase.INDEX, _concurrently(index, name))
    if index.key in changes.remade:
        yield Step(Phase.INDEX, f"drop index concurrently if exists {index.name}")
        yield Step(Phase.CONSTRAIN, f"alter index {final} rename to {unqualified(index.name)}")


def drop_index(index: FoundIndex, changes: Changes) -> Iterator[Step]:
    """Remove an index, unless `add_index` or the dropping of its table does."""
    if not changes.stays(index.table):
        return
    if not changes.is_large(index.table):
        yield Step(Phase.CHANGE, f"drop index {index.name}")
    elif index.key in changes.gone:
        yield Step(Phase.INDEX, f"drop index concurrently if exists {index.name}")


def _default(column: FoundColumn) -> Step:
    change = "drop default" if column.default is None else f"set default {column.default}"
    return Step(Phase.CHANGE, f"alter table {column.table} alter column {column.name} {change}")


def _concurrently(index: FoundIndex, name: str) -> str:
    made = index.nameless.replace("INDEX ON", f"INDEX CONCURRENTLY {name} ON", 1)
    return _lowered(made)


def _lowered(definition: str) -> str:
    """PostgreSQL's own definition with the words up to the name as everywhere else here."""
    head, _, rest = definition.partition(" ON ")
    words = [word.lower() if word.isupper() else word for word in head.split(" ")]
    return f"{' '.join(words)} on {rest}"


def _beside(table: str, name: str) -> str:
    """The name of something in the schema of `table`."""
    return f"{_schema(table)}.{name}"


def _schema(qualified: str) -> str:
    return qualified.removesuffix(f".{unqualified(qualified)}")


def _bounded(name: str, suffix: str) -> str:
    """`name` with `suffix`, quoted, and shortened to what PostgreSQL keeps of a name."""
    whole = name + suffix
    if len(whole.encode()) > NAME_BYTES_MAX:
        digest = sha256(name.encode()).hexdigest()[:8]
        kept = name.encode()[: NAME_BYTES_MAX - len(suffix) - 9].decode(errors="ignore")
        whole = f"{kept}_{digest}{suffix}"
    return f'"{whole}"'
