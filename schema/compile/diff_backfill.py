"""Rows that are there already, given what a migration newly demands of them, while everybody goes on writing.

One statement does it: a loop that commits after every few rows. PostgreSQL allows that only to a statement
that is the first of its batch, outside of a transaction; so it has a file to itself. Run again, it finds less
to do.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schema.compile.diff_changes import Changes
from schema.compile.diff_steps import Phase, Step
from schema.compile.functions import DERIVED_OWNER
from schema.compile.inspection import FoundColumn, FoundDefinition
from schema.compile.repairs import Repair, compile_repairs
from schema.language.catalog import Catalog

CHUNK_ROWS_MAX = 500  # Rows written by one transaction: writers wait for no more than that.
ATTEMPTS_MAX = 20  # Deadlocks come and go; so many in a row mean that something else is wrong.


@dataclass(frozen=True)
class _Fill:
    """The statements of one field, as in `Repair`; `role` is whom the last two are for."""

    field: str
    exclusive: str
    chunk: str
    measure: str
    lock: str
    mend: str
    role: str


def backfill(
    changes: Changes, catalog: Catalog, fills: Mapping[str, str], filled_tables: frozenset[str]
) -> list[Step]:
    """The statement that fills columns and derived fields, if any is to be filled.

    `fills` are expressions by place; `filled_tables` are new tables that have got rows by other statements.
    """
    code = _changed_code(changes)
    wanted = [
        *_columns(changes, fills),
        *(
            _of_repair(repair)
            for repair in compile_repairs(catalog)
            if _is_affected(repair.field, changes, filled_tables, code)
        ),
    ]
    return [Step(Phase.FILL, _loop(wanted))] if wanted else []


def _columns(changes: Changes, fills: Mapping[str, str]) -> Iterable[_Fill]:
    for key in sorted(changes.new | changes.changed):
        after, before = changes.declared.found[key], changes.built.found.get(key)
        if not isinstance(after, FoundColumn) or not changes.stays(after.table):
            continue
        if f"table column {after.table}.id" not in changes.declared.found:
            continue
        if isinstance(before, FoundColumn):
            value = fills.get(after.place, after.default)
            wanted = value is not None and after.required and not before.required
        else:
            value = after.default
            wanted = after.varies and after.place not in fills and changes.is_large(after.table)
        if wanted:
            empty = f"target.id = any ($1::uuid[]) and target.{after.name} is null"
            yield _Fill(
                field=after.place,
                exclusive="select 1",
                chunk=f"select target.id from {after.table} as target"
                " where $1::uuid is null or target.id > $1 order by target.id limit $2",
                measure=f"select target.id, null::numeric as difference from {after.table} as target"
                f" where {empty}",
                lock="select $1::uuid[]",
                mend=f"update {after.table} as target set {after.name} = {value}"
                " from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference)"
                f" where target.id = wrong.id and target.{after.name} is null",
                role="none",
            )


def _of_repair(repair: Repair) -> _Fill:
    return _Fill(
        field=repair.field,
        exclusive=repair.exclusive,
        chunk=repair.chunk,
        measure=repair.measure,
        lock=repair.lock or "select $1::uuid[]",
        mend=repair.mend,
        role=DERIVED_OWNER,
    )


def _is_affected(field: str, changes: Changes, filled_tables: frozenset[str], code: list[str]) -> bool:
    """Whether rows may hold something else than the field's definition gives.

    They do where the field is new; and where anything that keeps it has changed, since it may then have had
    another definition. Of `code`, what has changed, that which keeps a field names it and its table. To look
    at too many fields costs only time.
    """
    place, _, column = field.rpartition(".")
    if place in filled_tables:
        return True
    if place not in {table.place for table in changes.declared.tables if changes.stays(table.name)}:
        return False
    added = (changes.declared.found[key] for key in changes.made)
    if any(isinstance(one, FoundColumn) and one.place == field for one in added):
        return True
    words = [re.compile(rf"\b{re.escape(word)}\b") for word in (place.rpartition(".")[2], column)]
    return any(all(word.search(text) for word in words) for text in code)


def _changed_code(changes: Changes) -> list[str]:
    """The text, triggers included, of each function that is new or different, or whose triggers are."""
    touched = changes.new | changes.changed | changes.remade
    texts: dict[str, str] = {}
    is_touched: set[str] = set()
    for need in changes.declared.needs:
        of, on = changes.declared.found[need.of], changes.declared.found[need.on]
        if isinstance(of, FoundDefinition) and isinstance(on, FoundDefinition) and of.kind == "trigger":
            texts[on.key] = texts.get(on.key, on.text) + of.text
            if on.key in touched or of.key in touched:
                is_touched.add(on.key)
    for found in changes.declared.of_type(FoundDefinition):
        if found.kind == "function" and found.key in touched and found.key not in texts:
            texts[found.key] = found.text
            is_touched.add(found.key)
    return [texts[key] for key in sorted(is_touched)]


def _loop(fills: Iterable[_Fill]) -> str:
    rows = ",\n        ".join(
        "(" + ", ".join(map(_dollar_quoted, vars(fill).values())) + ")" for fill in fills
    )
    return f"""\
do $fill$
declare
    field record;
    last uuid;
    chunk uuid[];
    wrong uuid[];
    differences numeric[];
    attempts integer := 0;
begin
    for field in select * from (values
        {rows}
    ) as fields (name, exclusive, chunk, measure, lock, mend, role) loop
        last := null;
        loop
            execute format('select array(%s)', field.chunk) into chunk using last, {CHUNK_ROWS_MAX};
            exit when cardinality(chunk) = 0;
            begin
                execute field.exclusive;
                execute format('select array_agg(one.id), array_agg(one.difference) from (%s) as one',
                    field.measure) into wrong, differences using chunk;
                if wrong is not null then
                    if field.role <> 'none' then
                        execute format('set local role %I', field.role);
                    end if;
                    execute field.lock using wrong;
                    execute field.mend using wrong, differences;
                end if;
                last := chunk[cardinality(chunk)];
                attempts := 0;
            exception when deadlock_detected or serialization_failure then
                attempts := attempts + 1;
                if attempts = {ATTEMPTS_MAX} then
                    raise;
                end if;
            end;
            commit;
        end loop;
    end loop;
end
$fill$"""


def _dollar_quoted(text: object) -> str:
    assert "$sql$" not in str(text), text
    return f"$sql${text}$sql$"
