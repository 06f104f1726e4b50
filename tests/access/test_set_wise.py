"""What is written for many callers at once is what each may write alone, under row security.

The cases are those of the access matrix. Every act of everybody is done twice: by a plain statement under
`folkmoot_writer`, as an ordinary mutation does it, and by the statement that carries the rules itself.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest

from schema.compile.set_wise import delete_each, insert_each, is_independent, select_each, update_each
from schema.language import (
    Catalog,
    Index,
    Ref,
    Table,
    Timestamp,
    caller_has,
    caller_is,
    computed,
    equals,
    everyone,
    own,
)
from schema.language.access import Access
from schema.language.errors import RuleMismatch
from schema.language.rules import Nobody, Rule, rule_columns
from schema.language.spec import TableSpec
from schema.tables import CATALOG
from tests.access.attempts import TABLES_OWNER, Attempt, Outcome, Verdict, caller
from tests.access.community import PEOPLE, Community
from tests.access.expectation import ACTORS, Actor, Expected
from tests.access.matrix import Trial, prepare
from tests.access.test_access_matrix import BY_NAME, EXPECTED

_PARAMETER = re.compile(r"\$(\d+)::([a-z ]+)\[\]")


@dataclass(frozen=True)
class Twice:
    """One act of one actor, under row security and set-wise."""

    act: str
    actor: str
    alone: Attempt
    set_wise: Attempt


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
async def test_everybody_sees_and_writes_what_they_may_alone(owner: asyncpg.Connection, expected: Expected):
    trial = await prepare(Community(owner, CATALOG, BY_NAME), expected)
    acts = [act for actor in ACTORS for act in _acts(trial, actor)]
    alone = await trial.run([act.alone for act in acts])
    set_wise = await trial.run([act.set_wise for act in acts])
    assert [
        (act, str(one), str(other))
        for act, one, other in zip(acts, alone, set_wise, strict=True)
        if one.verdict is not _verdict(act, other)
    ] == []

    people = [PEOPLE.get(actor) for actor in ACTORS]
    select = f"select id from {trial.name} {trial.where}"
    alone = await trial.run([Attempt(caller("folkmoot_writer", person), select) for person in people])
    sql = select_each(trial.table, CATALOG, ("id",), with_deleted=True)
    rows = await owner.fetch(sql, people, [trial.row] * len(people))
    seen = {row["_number"] for row in rows}
    assert {row["id"] for row in rows} <= {trial.row}
    assert [outcome.reached for outcome in alone] == [int(n in seen) for n in range(1, len(people) + 1)]


async def test_enough_is_allowed_and_enough_refused_for_this_to_mean_anything(owner: asyncpg.Connection):
    found: Counter[tuple[str, Verdict | None]] = Counter()
    for expected in EXPECTED[::12]:
        trial = await prepare(Community(owner, CATALOG, BY_NAME), expected)
        acts = [act for actor in ACTORS for act in _acts(trial, actor)]
        outcomes = await trial.run([act.set_wise for act in acts])
        found.update((act.act, _verdict(act, outcome)) for act, outcome in zip(acts, outcomes, strict=True))
    for act in ("insert", "update", "delete"):
        assert min(found[act, Verdict.DONE], found[act, Verdict.REFUSED]) > 3, found


def _acts(trial: Trial, actor: Actor) -> Iterator[Twice]:
    table, row, person = trial.table, f"'{trial.row}'::uuid", PEOPLE.get(actor)

    def twice(act: str, alone: str, sql: str, values: Mapping[str, str]) -> Twice:
        set_wise = Attempt(TABLES_OWNER, _with_values(sql, person, values), asks=True)
        return Twice(act, actor, Attempt(caller("folkmoot_writer", person), alone), set_wise)

    if not isinstance(table.access.delete, Nobody):
        yield twice("delete", trial.delete, delete_each(table, CATALOG), {"id": row})
    if trial.expected.new is not None:
        new = trial.new[actor]
        yield twice("insert", trial.insert(actor), insert_each(table, CATALOG, tuple(new)), new)
    names = [name for name in table.access.update.names if name != "id"]
    looked_at = rule_columns(table.access.update.rule)
    # The rule is one for all columns, and only those that it looks at may make a difference.
    for name in [*names[:1], *(name for name in names[1:] if name in looked_at)]:
        changes = {trial.changed[actor][name]}
        if table.column(name).reference is not None:
            changes.add(f"'{PEOPLE['somebody']}'::uuid")
        for value in sorted(changes):
            sql, changed = update_each(table, CATALOG, (name,)), {"id": row, name: value}
            yield twice("update", trial.update(name, actor, value), sql, changed)


def _with_values(sql: str, person: UUID | None, values: Mapping[str, str]) -> str:
    """The statement for this one row, its parameters written out."""
    given = ["null" if person is None else f"'{person}'", *values.values()]

    def array(found: re.Match[str]) -> str:
        value, sql_type = given[int(found[1]) - 1], found[2]
        return f"array[{f'to_jsonb({value})' if sql_type == 'jsonb' else value}]::{sql_type}[]"

    return _PARAMETER.sub(array, sql)


def _verdict(act: Twice, outcome: Outcome) -> Verdict | None:
    """A row that was not written is spoken of: whether it was allowed, or in sight."""
    if outcome.code is not None:
        return outcome.verdict
    was_there = act.act == "insert" and outcome.value == "true"
    return Verdict.DONE if outcome.value is None or was_there else Verdict.REFUSED


# --- what has to be done one after another, or not at all ---


class Guest(Table, name="guests"):
    """Whoever has brought somebody may bring more."""

    brought_by: Ref["Guest"]
    who: Ref["Guest"]
    indexes = (Index("by_brought_by", "brought_by", "who"), Index("by_who", "who"))
    access = Access(
        read=caller_is("who"),
        insert=caller_has("public.guests", by="who", here="who", who="brought_by"),
        delete=caller_is("who"),
    )


def test_rules_about_the_table_itself_are_tried_row_by_row():
    catalog = Catalog(Guest)
    table = catalog.table("guests")
    assert not is_independent(table.access.insert_rule, table, catalog)
    assert is_independent(table.access.delete, table, catalog)


class Jar(Table, name="jars"):
    """One that is made open, and may be filled up once half full."""

    size: int
    room: int = computed(own("size") * 2)
    state: str = "open"
    updated_at: Timestamp
    access = Access(
        read=everyone(),
        insert=equals("state", "open").columns("size"),
        update=equals("room", 4).columns("size"),
    )


def test_what_nobody_gave_is_judged_as_the_table_will_fill_it_in():
    catalog = Catalog(Jar)
    sql = insert_each(catalog.table("jars"), catalog, ("id", "size"))
    assert "'open'::text as \"state\"" in sql
    assert 'insert into "public"."jars" ("id", "size")\n' in sql


def test_a_rule_about_what_is_computed_cannot_be_tried_before():
    catalog = Catalog(Jar)
    with pytest.raises(RuleMismatch, match=r"public\.jars\.room: a rule looks at it before it is computed"):
        update_each(catalog.table("jars"), catalog, ("size",))


def _rules(table: TableSpec) -> dict[str, Rule]:
    return {
        "insert": table.access.insert_rule,
        "update": table.access.update.rule,
        "delete": table.access.delete,
    }


def test_likes_enrolments_answers_and_marks_are_written_together():
    written = {
        "likes": "insert delete",
        "enrollments": "insert delete",
        "rsvps": "insert update",
        "notifications": "update",
    }
    for name, acts in written.items():
        table = CATALOG.table(name)
        for act in acts.split():
            assert is_independent(_rules(table)[act], table, CATALOG), (name, act)
