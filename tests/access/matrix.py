"""The access matrix: each act of each actor on one row, by each way in, beside what was expected of it.

A refusal counts only with its control: the very same statement, done by somebody who may. Without, a misspelt
column or a broken constraint would pass for good security.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID, uuid5

import asyncpg

from schema.compile.quoting import quote_columns, quote_identifier, quote_literal, quote_qualified
from schema.language.spec import Default, TableSpec
from tests.access.attempts import (
    DERIVED_OWNER,
    SERVICE,
    TABLES_OWNER,
    Attempt,
    Caller,
    Outcome,
    Verdict,
    caller,
    try_all,
)
from tests.access.community import PEOPLE, Community, literal
from tests.access.expectation import ACTORS, CALLER, OWNER, Act, Expected
from tests.access.usual import usual_value

BROWSER, MUTATION, ROLE = "browser", "mutation", "service_role"
"""The ways in: straight through Supabase, a mutation of the service for a caller, and the service itself."""


@dataclass(frozen=True)
class Cell:
    """One act by one actor. `column` is the one read, changed or named; empty for a whole row.

    `control` is what has to succeed for a refusal to mean anything: mostly the very same statement.
    """

    act: str
    column: str
    actor: str
    way: str
    attempt: Attempt
    allowed: bool
    control: str


@dataclass(frozen=True)
class Wrong:
    """A cell in which PostgreSQL did not do what was expected, or in which the refusal proves nothing."""

    cell: Cell
    found: str


async def find_wrong(community: Community, expected: Expected) -> list[Wrong]:
    """Try everything on THE row of `expected`; the cells that are wrong."""
    trial = await prepare(community, expected)
    cells = list(trial.cells())
    outcomes = await trial.run([cell.attempt for cell in cells])
    refused = {
        cell.control: None
        for cell, outcome in zip(cells, outcomes, strict=True)
        if not cell.allowed and outcome.verdict is Verdict.REFUSED
    }
    controls = await trial.controls(list(refused))
    wrong = [
        Wrong(cell, found)
        for cell, outcome in zip(cells, outcomes, strict=True)
        if (found := _judge(cell, outcome, controls)) is not None
    ]
    return wrong + await trial.find_unguarded()


def describe(expected: Expected, wrong: Sequence[Wrong]) -> str:
    """A small table of the wrong cells, with those that differ in column or actor only on one line."""

    def alike(one: Wrong) -> tuple[str, str, str, bool, str]:
        return (one.cell.act, one.cell.actor, one.cell.way, one.cell.allowed, one.found)

    by_columns: dict[tuple[str, str, bool, str, str], list[str]] = {}
    for (act, actor, way, allowed, found), group in groupby(sorted(wrong, key=alike), key=alike):
        columns = " ".join(sorted({one.cell.column for one in group}))
        by_columns.setdefault((act, way, allowed, found, columns), []).append(actor)
    lines = [
        f"  {act} {columns}".rstrip()
        + f" | {way} | {' '.join(actors)} | expected {'done' if allowed else 'refused'} | found {found}"
        for (act, way, allowed, found, columns), actors in by_columns.items()
    ]
    return "\n".join([f"{expected.name}: {len(wrong)} wrong cells", *lines])


def _judge(cell: Cell, outcome: Outcome, controls: Mapping[str, Outcome]) -> str | None:
    match outcome.verdict:
        case Verdict.BROKEN:
            return f"the attempt itself is invalid: {outcome}"
        case Verdict.DONE:
            return None if cell.allowed else "done"
        case Verdict.REFUSED if cell.allowed:
            return str(outcome)
        case Verdict.REFUSED:
            control = controls[cell.control]
            done = control.verdict is Verdict.DONE
            return None if done else f"refused, which proves nothing, as nobody else can do it: {control}"


@dataclass(frozen=True)
class Trial:
    """One case, ready to be tried: THE row is made, every value to write is an SQL literal."""

    connection: asyncpg.Connection
    expected: Expected
    table: TableSpec
    row: UUID
    new: Mapping[str, Mapping[str, str]]
    changed: Mapping[str, Mapping[str, str]]

    async def run(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        return await try_all(self.connection, attempts, making_way=self.delete)

    async def controls(self, statements: Sequence[str]) -> dict[str, Outcome]:
        """What comes of each statement when somebody does it who may, if there is anybody."""
        found: dict[str, Outcome] = {}
        for somebody in (SERVICE, DERIVED_OWNER, TABLES_OWNER):
            left = [statement for statement in statements if statement not in found]
            outcomes = await self.run([Attempt(somebody, statement) for statement in left])
            found |= {
                statement: outcome
                for statement, outcome in zip(left, outcomes, strict=True)
                if outcome.verdict is Verdict.DONE or somebody is TABLES_OWNER
            }
        return found

    async def find_unguarded(self) -> list[Wrong]:
        """Derived columns in which a value stays that the tables' owner wrote."""
        columns = [column.name for column in self.table.derived_columns]
        cells = [
            Cell(act, name, "tables' owner", "SQL", Attempt(TABLES_OWNER, statement, asks=True), False, "")
            for name in columns
            for act, statement in (
                ("update", self.update(name, "owner")),
                ("insert naming", self.insert("owner", name)),
            )
        ]
        plain = Attempt(TABLES_OWNER, self.insert("owner"), asks=True)
        untouched = Attempt(TABLES_OWNER, f"update {self.name} set id = id {self.where}", asks=True)
        returning = f" returning to_jsonb({quote_identifier(self.table.name)}) - 'updated_at'"
        attempts = [plain, untouched, *(cell.attempt for cell in cells)]
        inserted, kept, *outcomes = await self.run(
            [replace(attempt, statement=attempt.statement + returning) for attempt in attempts]
        )
        return [
            Wrong(cell, f"{outcome}, the row being {outcome.value}")
            for cell, outcome in zip(cells, outcomes, strict=True)
            if outcome.code is not None
            or outcome.value != (inserted if cell.act == "insert naming" else kept).value
        ]

    def cells(self) -> Iterator[Cell]:
        """Every act of everybody by every way in."""
        for actor in ACTORS:
            person = PEOPLE.get(actor)
            browser = caller("anon" if person is None else "authenticated", person)
            yield from self._cells(actor, BROWSER, browser)
            yield from self._cells(actor, MUTATION, caller("folkmoot_writer", person))
        yield from self._cells("service", ROLE, SERVICE)

    def _cells(self, actor: str, way: str, by: Caller) -> Iterator[Cell]:
        for act, column, statement, allowed in self._acts(actor, way):
            yield Cell(act, column, actor, way, Attempt(by, statement), allowed, control=statement)
        for act, column, statement, own in self._acts_for_another(actor, way):
            yield Cell(f"{act} for another", column, actor, way, Attempt(by, statement), False, control=own)

    def _acts(self, actor: str, way: str) -> Iterator[tuple[str, str, str, bool]]:
        """Each act with its column, its statement, and whether it is allowed."""
        expected, service = self.expected, way == ROLE
        sees = service or actor in expected.read.split()
        if way == MUTATION:
            sees = sees or actor in expected.may_change_something
        named = {"id", *(expected.new or {}), *expected.new_optional.split()}
        yield "insert", "", self.insert(actor), self._may("insert", actor, way)
        for column in self.table.stored_columns:
            name, own = column.name, column.derived is None
            hidden = way == BROWSER and name in expected.hidden.split()
            yield "select", name, self._select(name), sees and not hidden
            yield "update", name, self.update(name, actor), own and self._may("update", actor, way, name)
            if self._may("insert", actor, way) and name not in self.new[actor]:
                naming = self.insert(actor, name)
                yield "insert naming", name, naming, own and (service or name in named)
        yield "delete", "", self.delete, self._may("delete", actor, way)

    def _acts_for_another(self, actor: str, way: str) -> Iterator[tuple[str, str, str, str]]:
        """What `actor` may do, done in the name of somebody else; beside it the same in their own."""
        for name, value in (self.expected.new or {}).items():
            if value == CALLER and way != ROLE and self._may("insert", actor, way):
                yield "insert", name, self.insert(actor, name, self._another(name)), self.insert(actor)
        for name, value in self.expected.row.items():
            if value == OWNER and way != ROLE and self._may("update", actor, way, name):
                given_away = self.update(name, actor, self._another(name))
                yield "update", name, given_away, self.update(name, actor)

    def _may(self, act: Act, actor: str, way: str, column: str = "") -> bool:
        if way == ROLE:
            return True
        match act:
            case "insert":
                may = actor in self.expected.insert.split()
            case "update":
                may = actor in self.expected.may_update(column)
            case "delete":
                may = actor in self.expected.delete.split()
        return may and (way == MUTATION or act in self.expected.direct.split())

    def _another(self, column: str) -> str:
        return literal(PEOPLE["somebody"], self.table.column(column))

    @property
    def name(self) -> str:
        return quote_qualified(self.table)

    @property
    def where(self) -> str:
        return f"where id = {quote_literal(str(self.row))}"

    @property
    def delete(self) -> str:
        return f"delete from {self.name} {self.where}"

    def _select(self, column: str) -> str:
        return f"select {quote_identifier(column)} from {self.name} {self.where}"

    def update(self, column: str, actor: str, value: str | None = None) -> str:
        change = f"{quote_identifier(column)} = {value or self.changed[actor][column]}"
        return f"update {self.name} set {change} {self.where}"

    def insert(self, actor: str, naming: str | None = None, value: str | None = None) -> str:
        values = dict(self.new[actor])
        if naming is not None:
            values[naming] = value or self.changed[actor][naming]
        columns = quote_columns(tuple(values))
        return f"insert into {self.name} ({columns}) values ({', '.join(values.values())})"


async def prepare(community: Community, expected: Expected) -> Trial:
    table = community.catalog.table(expected.table)
    row = await community.make(expected)
    usual = await _usual_values(community.owner, table, row)
    new: dict[str, Mapping[str, str]] = {}
    changed: dict[str, Mapping[str, str]] = {}
    for actor in (*ACTORS, "service"):
        person = PEOPLE.get(actor, PEOPLE["owner"])
        changed[actor] = usual | await community.values(table, expected.changes, caller=person)
        # With an id of its own, so that two inserts of the same values give the same row.
        new[actor] = await community.values(table, {"id": uuid5(row, actor)}) | (
            _missing(table, changed[actor]) | await community.values(table, expected.row)
            if expected.new is None
            else await community.values(table, expected.new, caller=person)
        )
    return Trial(community.owner, expected, table, row, new, changed)


def _missing(table: TableSpec, values: Mapping[str, str]) -> dict[str, str]:
    """What an insert cannot do without: a row that came by itself has it, though nobody said it."""
    return {
        column.name: values[column.name]
        for column in table.columns
        if column.default is Default.REQUIRED and column.derived is None and not column.nullable
    }


async def _usual_values(owner: asyncpg.Connection, table: TableSpec, row: UUID) -> dict[str, str]:
    asked = ", ".join(f"({usual_value(column)})::text" for column in table.stored_columns)
    values = await owner.fetchrow(f"select {asked} from {quote_qualified(table)} where id = $1", row)
    assert values is not None, f"{table.qualified}: THE row went as soon as it was made"
    return {
        column.name: literal(json.loads(value) if value and column.sql_type == "jsonb" else value, column)
        for column, value in zip(table.stored_columns, values, strict=True)
    }
