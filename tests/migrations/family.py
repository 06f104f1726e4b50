"""A family of small catalogs that turn into one another, and the rows that have to outlive it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import new_class
from typing import Annotated, Literal
from uuid import UUID, uuid4

import asyncpg

from schema.compile.audits import compile_audits
from schema.language import (
    Access,
    AtMost,
    Bounds,
    Catalog,
    Index,
    Ref,
    Renamed,
    Routine,
    Rows,
    Table,
    Text,
    View,
    computed,
    copy_of,
    count_of,
    everyone,
    own,
    signed_in,
)

AMOUNTS = {"integer": int, "numeric": Decimal, "text": str}
STATUSES = {2: Literal["open", "closed"], 3: Literal["open", "closed", "lost"]}


@dataclass(frozen=True)
class Shape:
    """One catalog: shelves, the notes on them, and perhaps tags. Whatever can change is a choice."""

    table: Literal["notes", "entries"] = "notes"
    title: Literal["none", "optional", "required", "short"] = "optional"
    heading: bool = False  # The title is called that.
    amount: Literal["integer", "numeric", "text"] = "integer"
    statuses: Literal[2, 3] = 2
    counted: Literal["none", "sync", "queued"] = "none"
    copied: bool = False
    doubled: bool = False
    indexed: Literal["none", "plain", "wide"] = "none"
    unique: bool = False
    tagged: bool = False
    few: bool = False
    closed: bool = False  # Visitors may not read.
    bounded: bool = False
    limited: bool = False
    followed: bool = False
    viewed: bool = False  # With a view over the notes, which calls a function.
    label: Literal["value", "other"] = "value"  # What the function calls its argument, which is part of it.

    @property
    def title_column(self) -> str | None:
        return None if self.title == "none" else "heading" if self.heading else "title"

    def catalog(self) -> Catalog:
        """The tables of this shape."""
        shelf = _table("Shelf", "shelves", self._shelf_columns(), access=Access(read=everyone()))
        note = _table(
            "Note",
            self.table,
            self._note_columns(shelf),
            access=Access(read=signed_in() if self.closed else everyone()),
            indexes=self._indexes(),
            limits=(AtMost("amount", "most"),) if self.limited and self.amount != "text" else (),
            renamed_from="entries" if self.table == "notes" else "notes",
            rows=Rows.FEW if self.few else Rows.MANY,
            followed=self.followed,
        )
        tag = _table(
            "Tag",
            "tags",
            {"note_id": (Ref[note], ...), "word": (str, "new")},
            access=Access(read=everyone()),
            indexes=(Index("by_note_id", "note_id"),),
        )
        return Catalog(
            *(shelf, note, *([tag] if self.tagged else [])),
            views=[self._view()] if self.viewed else [],
            routines=[self._routine()] if self.viewed else [],
        )

    def _view(self) -> View:
        title = f"n.{self.title_column}" if self.title_column else "null::text"
        return View(
            "public.listing",
            query=f"select n.id, private.label(n.amount::text) as label, {title} as title"
            f" from public.{self.table} as n where n.amount is not null and n.code is not null",
            readers=("authenticated",),
            comment="The notes, as a list.",
        )

    def _routine(self) -> Routine:
        return Routine(
            "private.label",
            arguments=f"{self.label} text",
            returns="text",
            body=f"select 'Note ' || {self.label}",
            volatility="stable",
            callers=("authenticated",),
            comment="What to call a note.",
        )

    def _shelf_columns(self) -> dict[str, tuple[object, object]]:
        columns: dict[str, tuple[object, object]] = {"name": (str, "Shelf")}
        if self.counted != "none":
            columns["note_count"] = (int, count_of(self.table, by="shelf_id", mode=self.counted))
        return columns

    def _note_columns(self, shelf: type[Table]) -> dict[str, tuple[object, object]]:
        amount: object = AMOUNTS[self.amount]
        if self.bounded and self.amount == "integer":
            amount = Annotated[int, Bounds(0, 1000)]
        columns: dict[str, tuple[object, object]] = {
            "shelf_id": (Ref[shelf], ...),
            "amount": (amount, "1" if self.amount == "text" else AMOUNTS[self.amount](1)),
            "most": (AMOUNTS[self.amount] | None, None),
            "code": (str | None, None),
            "status": (STATUSES[self.statuses], "open"),
        }
        if self.title_column is not None:
            length = 20 if self.title == "short" else 200
            title = Annotated[str, Text(length_max=length), Renamed("title" if self.heading else "heading")]
            columns[self.title_column] = (
                (title, "Untitled") if self.title == "required" else (title | None, None)
            )
        if self.copied:
            columns["shelf_name"] = (str | None, copy_of("shelves.name", via="shelf_id"))
        if self.doubled and self.amount != "text":
            columns["doubled"] = (AMOUNTS[self.amount] | None, computed(own("amount") * 2))
        return columns

    def _indexes(self) -> tuple[Index, ...]:
        indexes = [Index("by_shelf_id", "shelf_id", *(["amount"] if self.indexed == "wide" else []))]
        if self.indexed != "none":
            indexes.append(Index("by_status", "status"))
        if self.unique:
            indexes.append(Index("by_code", "code", unique=True))
        return tuple(indexes)


def _table(
    class_name: str,
    name: str,
    columns: dict[str, tuple[object, object]],
    *,
    indexes: tuple[Index, ...] = (),
    access: Access,
    limits: tuple[AtMost, ...] = (),
    **keywords: object,
) -> type[Table]:
    def fill(namespace: dict[str, object]) -> None:
        namespace |= {name: default for name, (_, default) in columns.items() if default is not ...}
        namespace |= {
            "__annotations__": {name: annotation for name, (annotation, _) in columns.items()},
            "__module__": __name__,
            "__doc__": f"One of the {name}.",
            "indexes": indexes,
            "access": access,
            "limits": limits,
        }

    return new_class(class_name, (Table,), {"name": name, **keywords}, fill)


@dataclass
class Memory:
    """What was written to the notes, and has to be there still: amounts, and titles while there is one."""

    amounts: dict[UUID, Decimal]
    titles: dict[UUID, str | None]


async def write_rows(connection: asyncpg.Connection, shape: Shape, memory: Memory) -> None:
    """Put two notes on a new shelf."""
    shelf = await connection.fetchval("insert into shelves (name) values ('Top') returning id")
    for number in range(2):
        note = uuid4()
        amount = Decimal(len(memory.amounts) + number)
        value = {"integer": int(amount), "numeric": amount, "text": str(amount)}[shape.amount]
        columns: dict[str, object] = {"id": note, "shelf_id": shelf, "amount": value, "code": str(note)}
        if shape.title_column is not None:
            columns[shape.title_column] = f"Note {number}"
        names = ", ".join(columns)
        places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
        await connection.execute(f"insert into {shape.table} ({names}) values ({places})", *columns.values())
        memory.amounts[note] = amount
        memory.titles[note] = f"Note {number}"


async def remembered(connection: asyncpg.Connection, shape: Shape) -> Memory:
    """What the notes hold now."""
    title = shape.title_column or "null::text"
    rows = await connection.fetch(
        f"select id, amount::numeric as amount, {title} as title from {shape.table}"
    )
    return Memory({row["id"]: row["amount"] for row in rows}, {row["id"]: row["title"] for row in rows})


def forget_titles(memory: Memory, before: Shape, after: Shape) -> None:
    """What becomes of titles in a new shape: one that comes back is empty, one that must be is filled."""
    if before.title_column is None:
        memory.titles = dict.fromkeys(memory.titles)
    if after.title == "required":
        memory.titles = {note: title or "Untitled" for note, title in memory.titles.items()}


async def drift(connection: asyncpg.Connection, catalog: Catalog) -> dict[str, int]:
    """Derived fields that are wrong, with the number of rows."""
    found: dict[str, int] = {}
    for audit in compile_audits(catalog):
        wrong = [row for row in await connection.fetch(audit.sql) if not row["pending"]]
        if wrong:
            found[audit.field] = len(wrong)
    return found
