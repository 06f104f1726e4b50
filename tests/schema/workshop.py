"""A small catalog with every kind of derived field, in a database of its own."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import Field

from schema.compile.audits import compile_audits
from schema.compile.migration import render_migration
from schema.language import (
    Access,
    Catalog,
    ColumnSpec,
    ComputedNames,
    Index,
    JsonObject,
    PolymorphicRef,
    Ref,
    Table,
    Timestamp,
    avg_of,
    band_of,
    choose,
    computed,
    copy_of,
    count_of,
    everyone,
    largest,
    last_of,
    list_of,
    not_deleted,
    of_account,
    own,
    smallest,
    sum_of,
    total_of,
)


class Hall(Table, name="halls"):
    """A house; it adds up what its rooms add up."""

    name: str = "Hall"
    kind: Literal["public", "private"] = "public"
    floors: int = 2
    word_count: int = sum_of("rooms.word_count", by="hall_id")
    busiest_at: Timestamp | None = last_of("rooms.last_message_at", by="hall_id")
    words_per_floor: Decimal | None = computed((own("word_count") / own("floors")).rounded(1))
    computed_as = ComputedNames(function="public.recompute_hall", trigger="recompute_hall_trigger")
    access = Access(read=everyone())


class Room(Table, name="rooms"):
    """A room in which people talk, with something of every kind."""

    hall_id: Ref[Hall]
    goal: int = 10
    plan: JsonObject = Field(default_factory=dict)
    hall_name: str | None = copy_of("halls.name", via="hall_id")
    hall_kind: Literal["public", "private"] | None = copy_of("halls.kind", via="hall_id")
    hall_floors: int | None = copy_of("halls.floors", via="hall_id")
    message_count: int = count_of("messages", by="room_id", where=not_deleted)
    word_count: int = sum_of("messages.word_count", by="room_id", where=not_deleted)
    price: Decimal = sum_of("messages.price", by="room_id")
    mood: Decimal | None = avg_of("messages.mood", by="room_id", digits=3)
    mean_words: float | None = avg_of("messages.word_count", by="room_id", where=not_deleted)
    last_message_at: Timestamp | None = last_of("messages.created_at", by="room_id", where=not_deleted)
    last_preview: str | None = last_of("messages.content", by="room_id", where=not_deleted, length_max=6)
    last_mood: int | None = last_of("messages.mood", by="room_id")
    speakers: list[str] = list_of("messages.speaker", by="room_id", where=not_deleted)
    thread_ids: list[UUID] = list_of("messages.thread_id", by="room_id")
    level: int = band_of("levels.rank", threshold="words", of="word_count", otherwise=0)
    level_name: str | None = band_of("levels.name", threshold="words", of="price")
    room_id: UUID = computed(own("id"))
    is_done: bool = computed(own("word_count").at_least(own("goal")))
    is_quiet: bool = computed(own("last_message_at").filled().equal_to(False))
    planned: Decimal = computed(total_of("plan"))
    share: Decimal = computed(
        choose(own("is_done"), smallest(own("planned"), 5), largest(own("level"), 1, 2))
    )
    progress: int = computed((own("word_count") * 100 / own("goal")).between(0, 100).rounded().otherwise(0))
    cheer: Decimal | None = computed(own("mood") * 2 - own("progress"))
    applause_count: int = count_of("applause", by="target_id", where={"target_type": "room"})
    wave_count: int = count_of("waves", by="room_id", mode="queued")
    wave_height: Decimal = sum_of("waves.height", by="room_id", mode="queued")
    tide: Decimal = computed(own("wave_height") + own("wave_count"))

    indexes = (Index("by_hall_id", "hall_id", "created_at"),)
    access = Access(read=everyone())


class Message(Table, name="messages"):
    """Something said in a room."""

    room_id: Ref[Room]
    content: str = "Hello"
    word_count: int = 1
    price: Decimal = Decimal("0.10")
    mood: int | None = None
    speaker: str | None = None
    applause_count: int = count_of("applause", by="target_id", where={"target_type": "message"})
    thread_id: UUID | None = None
    deleted_at: Timestamp | None = None

    indexes = (Index("by_room_id", "room_id", "created_at"),)
    access = Access(read=everyone())


class Applause(Table, name="applause"):
    """For a room, or for something said in it."""

    target_type: Literal["room", "message"]
    target_id: Annotated[UUID, PolymorphicRef("target_type", room="rooms", message="messages")]

    indexes = (Index("by_target", "target_type", "target_id"),)
    access = Access(read=everyone())


class Wave(Table, name="waves"):
    """A greeting, of which a room may get very many at once."""

    room_id: Ref[Room]
    height: Decimal = Decimal("1.5")

    indexes = (Index("by_room_id", "room_id"),)
    access = Access(read=everyone())


class Level(Table, name="levels"):
    """How lively a room is from so many words on."""

    words: int
    rank: int
    name: str = "Level"

    access = Access(read=everyone())


class Speaker(Table, name="speakers", extends="auth.users"):
    """Someone with an account."""

    nickname: str = "Speaker"
    email: str | None = of_account("email")
    seen_at: Timestamp | None = of_account("last_sign_in_at")
    access = Access(read=everyone())


class Badge(Table, name="badges", extends="public.speakers"):
    """What a speaker wears."""

    worn_by: str | None = copy_of("speakers.nickname", via="id")
    address: str | None = copy_of("speakers.email", via="id")
    access = Access(read=everyone())


CATALOG = Catalog(Hall, Room, Message, Applause, Wave, Level, Speaker, Badge)
WAIT_S = 10.0  # Far longer than any of these statements takes to meet the lock it is about to wait for.


def wrong_value(column: ColumnSpec, place: int) -> str:
    """SQL for a value that the column should not hold; different for different places."""
    match column.sql_type:
        case "text":
            return "'private'" if column.choices else "'x'"
        case "timestamptz":
            return "'2000-01-01'"
        case "boolean":
            return "true"
        case "uuid":
            return "gen_random_uuid()"
        case "uuid[]":
            return "array[gen_random_uuid()]"
        case "text[]":
            return "array['x']"
        case _:
            return str(1000 + place**2)


@dataclass
class Workshop:
    """The database; `owner` is a connection as the tables' owner."""

    dsn: str
    owner: asyncpg.Connection
    _opened: list[asyncpg.Connection] = field(default_factory=list)

    async def connect(self) -> asyncpg.Connection:
        """Another connection as the owner, closed with the workshop."""
        connection = await asyncpg.connect(self.dsn)
        self._opened.append(connection)
        return connection

    async def close(self) -> None:
        for connection in (*self._opened, self.owner):
            await connection.close()

    async def hall(self) -> UUID:
        return await self.owner.fetchval("insert into halls default values returning id")

    async def room(self, hall: UUID | None = None, **columns: object) -> UUID:
        return await insert(self.owner, "rooms", hall_id=hall or await self.hall(), **columns)

    async def say(self, room: UUID, **columns: object) -> UUID:
        return await insert(self.owner, "messages", room_id=room, **columns)

    async def account(self, **columns: object) -> UUID:
        """Someone who signed up and speaks."""
        names = ", ".join(("id", *columns))
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 2))
        account = uuid4()
        await self.owner.execute(
            f"insert into auth.users ({names}) values ({places})", account, *columns.values()
        )
        return await insert(self.owner, "speakers", id=account)

    async def until_waiting(self, connection: asyncpg.Connection) -> None:
        """Return once `connection` waits for a lock that someone else holds."""
        asked = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1"
        async with asyncio.timeout(WAIT_S):
            while not await self.owner.fetchval(asked, connection.get_server_pid()):
                pass  # Each look is a round trip to another process: there is no event to wait for.

    async def row(self, room: UUID, *columns: str) -> tuple[object, ...]:
        """What the room holds in these columns."""
        return tuple(await self.owner.fetchrow(f"select {', '.join(columns)} from rooms where id = $1", room))

    async def drift(self, *, late: bool = False) -> dict[str, list[tuple[object, ...]]]:
        """Derived fields that are wrong, with (row, stored, actual); those merely late only if asked for."""
        found: dict[str, list[tuple[object, ...]]] = {}
        for audit in compile_audits(CATALOG):
            rows = [row for row in await self.owner.fetch(audit.sql) if late or not row["pending"]]
            if rows:
                found[audit.field] = [(row["id"], row["stored"], row["actual"]) for row in rows]
        return found

    async def drain(self) -> None:
        """Follow all that is queued."""
        for function in ("drain_deltas", "drain_copies"):
            while await self.owner.fetchval(f"select derived.{function}(100)"):
                pass

    async def spoil(self, table: str, assignments: str) -> None:
        """Write derived columns as only their owner can, past triggers that would put them right."""
        async with self.owner.transaction():
            await self.owner.execute(f"alter table {table} disable trigger user")
            await self.owner.execute("set local role derived_owner")
            await self.owner.execute(f"update public.{table} set {assignments}")
            await self.owner.execute("set local role none")
            await self.owner.execute(f"alter table {table} enable trigger user")


async def open_workshop(dsn: str) -> Workshop:
    """Build the catalog in an empty Supabase database."""
    owner = await asyncpg.connect(dsn)
    await owner.execute(render_migration(CATALOG))
    return Workshop(dsn, owner)


async def insert(connection: asyncpg.Connection, table: str, **columns: object) -> UUID:
    """Insert a row; its id."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    return await connection.fetchval(
        f"insert into public.{table} ({names}) values ({places}) returning id", *columns.values()
    )
