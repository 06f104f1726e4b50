"""Commits arrive whole, in commit order, with the values asyncpg reads from the same rows."""

from __future__ import annotations

import asyncpg
import pytest

from backend.postgres import UNCHANGED, Change, RelationChange, Truncated
from backend.postgres.transactions import TRANSACTION_ROWS_MAX
from tests.databases import Database
from tests.postgres.conftest import Connect, insert_position
from tests.postgres.listener import Listener, listening

LONG_STORY = "select string_agg(md5(i::text), '') from generate_series(1, 500) i"  # Does not compress well.


def fruit(id: int, name: str | None, story: object = None) -> dict[str, object]:
    return {"id": id, "name": name, "story": story}


def crate(id: int, fruit_id: int) -> dict[str, object]:
    return {"id": id, "fruit_id": fruit_id}


def inserted(table: str, row: dict[str, object]) -> RelationChange:
    return RelationChange(f"public.{table}", "insert", row, None)


async def heard(listener: Listener, connection: asyncpg.Connection) -> list[tuple[Change, ...]]:
    """The changes of every transaction so far, once all that is written has been delivered."""
    await listener.reached(await insert_position(connection))
    return listener.changes


async def test_a_transaction_arrives_whole_with_its_tables_in_the_order_they_were_written(
    listener: Listener, connection: asyncpg.Connection
):
    async with connection.transaction():
        await connection.execute("insert into fruit values (1, 'apple'), (2, 'pear')")
        await connection.execute("insert into crates values (10, 1)")
        await connection.execute("update fruit set name = 'quince' where id = 2")
        await connection.execute("delete from fruit where id = 1")
    assert await heard(listener, connection) == [
        (
            inserted("fruit", fruit(1, "apple")),
            inserted("fruit", fruit(2, "pear")),
            inserted("crates", crate(10, 1)),
            RelationChange("public.fruit", "update", fruit(2, "quince"), None),
            RelationChange("public.fruit", "delete", None, {"id": 1}),
        )
    ]


async def test_transactions_arrive_in_commit_order_not_in_the_order_they_began(
    listener: Listener, connection: asyncpg.Connection, connect: Connect
):
    other = await connect()
    begun_first = connection.transaction()
    await begun_first.start()
    await connection.execute("insert into fruit values (1, 'first')")
    await other.execute("insert into fruit values (2, 'second')")
    await begun_first.commit()
    assert await heard(listener, connection) == [
        (inserted("fruit", fruit(2, "second")),),
        (inserted("fruit", fruit(1, "first")),),
    ]
    positions = [transaction.position for transaction in listener.transactions]
    assert positions == sorted(set(positions))


async def test_a_transaction_carries_the_id_that_its_rows_carry_even_when_a_savepoint_wrote_them(
    listener: Listener, connection: asyncpg.Connection
):
    async with connection.transaction():
        await connection.execute("insert into fruit values (1, 'apple')")
        async with connection.transaction():
            await connection.execute("insert into fruit values (2, 'pear')")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with connection.transaction():
                await connection.execute("insert into fruit values (3, 'rotten'), (1, 'again')")
        full_xid = await connection.fetchval("select pg_current_xact_id()::text::bigint")
        assert full_xid is not None
    assert await heard(listener, connection) == [
        (inserted("fruit", fruit(1, "apple")), inserted("fruit", fruit(2, "pear")))
    ]
    assert [transaction.xid for transaction in listener.transactions] == [full_xid & 0xFFFFFFFF]


async def test_nothing_is_heard_of_a_transaction_that_is_rolled_back_or_touches_unpublished_tables(
    listener: Listener, connection: asyncpg.Connection
):
    rolled_back = connection.transaction()
    await rolled_back.start()
    await connection.execute("insert into fruit values (1, 'apple')")
    await rolled_back.rollback()
    await connection.execute("insert into unheard values (1)")
    assert await heard(listener, connection) == []


async def test_an_update_says_the_old_key_when_the_key_changes(
    listener: Listener, connection: asyncpg.Connection
):
    await connection.execute("insert into fruit values (1, 'apple')")
    await connection.execute("update fruit set id = 2")
    assert (await heard(listener, connection))[1:] == [
        (RelationChange("public.fruit", "update", fruit(2, "apple"), {"id": 1}),)
    ]


async def test_replica_identity_full_gives_whole_old_rows(listener: Listener, connection: asyncpg.Connection):
    await connection.execute("insert into crates values (1, 7)")
    await connection.execute("update crates set fruit_id = 8")
    await connection.execute("delete from crates")
    old, new = crate(1, 7), crate(1, 8)
    assert (await heard(listener, connection))[1:] == [
        (RelationChange("public.crates", "update", new, old),),
        (RelationChange("public.crates", "delete", None, new),),
    ]


async def test_a_long_value_that_an_update_leaves_alone_is_unchanged_and_not_null(
    listener: Listener, connection: asyncpg.Connection
):
    await connection.execute(f"insert into fruit select 1, 'apple', ({LONG_STORY})")
    await connection.execute("update fruit set name = 'pear'")
    assert (await heard(listener, connection))[1:] == [
        (RelationChange("public.fruit", "update", fruit(1, "pear", UNCHANGED), None),)
    ]


async def test_under_replica_identity_full_a_long_value_left_alone_is_known_from_the_old_row(
    listener: Listener, connection: asyncpg.Connection
):
    await connection.execute("alter table fruit replica identity full")
    await connection.execute(f"insert into fruit select 1, 'apple', ({LONG_STORY})")
    await connection.execute("update fruit set name = 'pear'")
    story = await connection.fetchval("select story from fruit")
    old, new = fruit(1, "apple", story), fruit(1, "pear", story)
    assert (await heard(listener, connection))[1:] == [(RelationChange("public.fruit", "update", new, old),)]


async def test_a_truncation_names_every_table_it_emptied(listener: Listener, connection: asyncpg.Connection):
    await connection.execute("truncate fruit, crates, unheard")
    assert await heard(listener, connection) == [(Truncated(("public.fruit", "public.crates")),)]


async def test_a_column_added_while_the_feed_runs_is_in_the_next_rows(
    listener: Listener, connection: asyncpg.Connection
):
    await connection.execute("alter table crates add weight numeric")
    await connection.execute("alter table crates drop column fruit_id")
    await connection.execute("insert into crates values (1, 2.50)")
    [[change]] = await heard(listener, connection)
    assert isinstance(change, RelationChange)
    assert {name: str(value) for name, value in (change.new or {}).items()} == {"id": "1", "weight": "2.50"}


@pytest.mark.parametrize("over", [0, 1])
async def test_a_transaction_with_more_rows_than_the_limit_becomes_a_list_of_its_tables(
    listener: Listener, connection: asyncpg.Connection, over: int
):
    async with connection.transaction():
        await connection.execute("insert into crates values (1, 1)")
        await connection.execute(
            "insert into fruit select i, 'apple' from generate_series(1, $1) i",
            TRANSACTION_ROWS_MAX - 1 + over,
        )
    [changes] = await heard(listener, connection)
    if over:
        assert changes == (Truncated(("public.crates", "public.fruit")),)
    else:
        assert len(changes) == TRANSACTION_ROWS_MAX


async def test_a_huge_transaction_does_not_hide_the_next_one(
    listener: Listener, connection: asyncpg.Connection
):
    await connection.execute("insert into fruit select i, 'apple' from generate_series(1, 30_000) i")
    await connection.execute("insert into crates values (1, 1)")
    assert await heard(listener, connection) == [
        (Truncated(("public.fruit",)),),
        (inserted("crates", crate(1, 1)),),
    ]


VALUES = {
    "bool": ["true", "false", None],
    "int2": ["-32768", "7"],
    "int4": ["2147483647"],
    "int8": ["-9223372036854775808"],
    "float4": ["0.1", "NaN", "-Infinity", "3.4028235e38", "1e-45"],
    "float8": ["0.1", "1e300", "Infinity"],
    "numeric": ["0.10", "NaN", "12345678901234567890.123456789", "Infinity"],
    "text": ["", "ünï\\cöde ☃", "it's"],
    "varchar(5)": ["abc"],
    "uuid": ["0191d2a4-1111-7abc-8def-001122334455"],
    "bytea": ["\\x00ff", ""],
    "date": ["2024-02-29", "infinity", "-infinity"],
    "time": ["23:59:59.000001"],
    "timestamp": ["2024-02-29 12:00:00.5", "infinity", "-infinity"],
    "timestamptz": ["2024-02-29 12:00:00.123456+05:30", "1969-12-31 23:59:59+00"],
    "jsonb": ['{"b": 1, "a": [null]}'],
    "score": ["42"],
    "mood": ["happy"],
}


async def test_values_equal_what_asyncpg_reads_from_the_same_rows(
    empty_database: Database, connection: asyncpg.Connection
):
    await connection.execute(
        "create domain score as int4 check (value > 0); create type mood as enum ('happy')"
    )
    await connection.execute(f"alter database {empty_database.name} set datestyle = 'SQL, DMY'")
    await connection.execute(f"alter database {empty_database.name} set timezone = 'Asia/Kolkata'")
    async with listening(empty_database.dsn()) as listener:
        for number, (type_name, texts) in enumerate(VALUES.items()):
            await connection.execute(f"create table v{number} (id int primary key, v {type_name})")
            await connection.execute(f"alter publication heard add table v{number}")
            for id, text in enumerate(texts):
                literal = "null" if text is None else f"'{text.replace(chr(39), chr(39) * 2)}'"
                await connection.execute(f"insert into v{number} values ({id}, {literal})")
        delivered = {
            (change.table, change.new["id"]): change.new["v"]
            for [change] in await heard(listener, connection)
            if isinstance(change, RelationChange) and change.new
        }
    read = {
        (f"public.v{number}", id): value
        for number in range(len(VALUES))
        for id, value in await connection.fetch(f"select id, v from v{number}")
    }
    # By their representation, because a NaN equals nothing and True equals 1.
    assert {key: repr(value) for key, value in delivered.items()} == {
        key: repr(value) for key, value in read.items()
    }


async def test_values_that_python_cannot_hold_stay_text_and_the_feed_goes_on(
    listener: Listener, connection: asyncpg.Connection
):
    await connection.execute(
        "create table odd (id int primary key, d date, t time, z timestamptz, a int[], i interval)"
    )
    await connection.execute("alter publication heard add table odd")
    await connection.execute(
        "insert into odd values (1, '0044-03-15 BC', '24:00', '12024-01-01 00:00+00', '{1,2}', '1 day')"
    )
    row: dict[str, object] = {
        "id": 1,
        "d": "0044-03-15 BC",
        "t": "24:00:00",
        "z": "12024-01-01 00:00:00+00",
        "a": "{1,2}",
        "i": "1 day",
    }
    assert await heard(listener, connection) == [(inserted("odd", row),)]
