"""The people, and the rows of one case: a small community to try an expectation in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

import asyncpg

from schema.compile.quoting import quote_columns, quote_identifier, quote_literal, quote_qualified
from schema.language import Catalog
from schema.language.spec import ColumnSpec, TableSpec
from tests.access.expectation import CALLER, OWNER, Expected, Person, Row, The

_NAMES = UUID("0acce550-0000-4000-8000-000000000000")

PEOPLE: Mapping[str, UUID] = {
    name: uuid5(_NAMES, name) for name in ("stranger", "owner", "member", "moderator", "admin", "somebody")
}
"""Everybody who has an account."""


async def settle(owner: asyncpg.Connection) -> None:
    """Sign everybody up, give them their roles, and the member a live membership."""
    for name, person in PEOPLE.items():
        await owner.execute(
            "insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)",
            person,
            f"{name}@example.org",
            json.dumps({"name": name.capitalize()}),
        )
    for role in ("moderator", "admin"):
        await owner.execute("update public.users set role = $2 where id = $1", PEOPLE[role], role)
    await owner.execute(
        "insert into public.memberships (user_id, tier, status) values ($1, 'gold', 'active')",
        PEOPLE["member"],
    )


def literal(value: object, column: ColumnSpec) -> str:
    """`value` as an SQL literal of the type of `column`."""
    match value:
        case None:
            text = "null"
        case dict() | list() if column.sql_type == "jsonb":
            text = _quoted(json.dumps(value))
        case list() | tuple():
            text = f"array[{', '.join(_quoted(str(item)) for item in value)}]"
        case bool() | int() | float() | Decimal() if column.sql_type != "jsonb":
            text = quote_literal(value)
        case str() if column.sql_type != "jsonb":
            text = _quoted(value)
        case UUID() | date():
            text = _quoted(str(value))
        case _ if column.sql_type == "jsonb":
            text = _quoted(json.dumps(value))
        case _:
            text = _quoted(str(value))
    return f"{text}::{column.sql_type}"


def _quoted(text: str) -> str:
    # Not quote_literal: a value of a test may hold a backslash, which here no setting can make special.
    return "'" + text.replace("'", "''") + "'"


@dataclass
class Community:
    """The rows of one case, made by `owner`: a connection as the tables' owner, inside a transaction."""

    owner: asyncpg.Connection
    catalog: Catalog
    expectations: Mapping[tuple[str, str], Expected]
    _made: dict[tuple[str, str], UUID] = field(default_factory=dict[tuple[str, str], UUID])

    async def make(self, expected: Expected) -> UUID:
        """Make everything that `expected` names, then THE row; its id."""
        row = await self._the_row(expected)
        for values in (expected.new or {}, expected.changes):
            for value in values.values():
                await self.value(value)
        for beside in expected.beside:
            match beside:
                case The():
                    await self.value(beside)
                case Row(table=table, values=values):
                    await self._insert(self.catalog.table(table), values)
        return row

    async def value(self, value: object, *, caller: UUID = PEOPLE["owner"]) -> object:
        """What `value` stands for; the row it names is made if it is not there yet."""
        match value:
            case Person() if value == CALLER:
                return caller
            case Person(name=name):
                return PEOPLE[name]
            case The(table=table, case=case, column=column):
                assert (table, case) in self.expectations, (
                    f"there is no expectation of {table} called {case!r}"
                )
                row = await self._the_row(self.expectations[table, case])
                return row if column == "id" else await self._read(self.catalog.table(table), row, column)
            case _:
                return value

    async def values(
        self, table: TableSpec, values: Mapping[str, object], *, caller: UUID = PEOPLE["owner"]
    ) -> dict[str, str]:
        """`values` of columns of `table` as SQL literals."""
        columns = {column.name: column for column in table.stored_columns}
        unknown = sorted(set(values) - set(columns))
        assert not unknown, f"{table.qualified} has no column {', '.join(unknown)}"
        return {
            name: literal(await self.value(value, caller=caller), columns[name])
            for name, value in values.items()
        }

    async def _the_row(self, expected: Expected) -> UUID:
        key = (expected.table, expected.case)
        if key not in self._made:
            table = self.catalog.table(expected.table)
            # Noted before it is made: a row may name itself, or a row that comes with it.
            self._made[key] = PEOPLE["owner"] if expected.row.get("id") == OWNER else uuid5(_NAMES, repr(key))
            self._made[key] = await self._insert(table, {"id": self._made[key], **expected.row})
        return self._made[key]

    async def _insert(self, table: TableSpec, given: Mapping[str, object]) -> UUID:
        values = await self.values(table, given)
        name = quote_qualified(table)
        if "id" in values and await self.owner.fetchval(f"select true from {name} where id = {values['id']}"):
            changes = ", ".join(f"{quote_identifier(column)} = {value}" for column, value in values.items())
            statement = f"update {name} set {changes} where id = {values['id']} returning id"
        else:
            columns = quote_columns(tuple(values))
            statement = f"insert into {name} ({columns}) values ({', '.join(values.values())}) returning id"
        try:
            made = await self.owner.fetchval(statement)
        except asyncpg.PostgresError as error:
            raise AssertionError(f"{table.qualified}: no row can be made: {error}\n{statement}") from error
        assert made is not None, statement
        return made

    async def _read(self, table: TableSpec, row: UUID, column: str) -> object:
        return await self.owner.fetchval(
            f"select {quote_identifier(column)}::text from {quote_qualified(table)} where id = $1", row
        )
