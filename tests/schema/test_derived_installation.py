"""Derived fields added to tables full of rows are filled while everybody goes on writing."""

import asyncio
import contextlib
import random
from decimal import Decimal

import asyncpg

from backend.runtime.upkeep import connected, drain, repair
from schema.compile.audits import compile_audits
from schema.compile.migration import render_migration
from schema.compile.repairs import compile_repairs
from schema.language import (
    Access,
    Catalog,
    Index,
    Ref,
    Table,
    Timestamp,
    avg_of,
    band_of,
    computed,
    copy_of,
    count_of,
    everyone,
    last_of,
    list_of,
    own,
    sum_of,
)

SHOPS, SALES_EACH, WRITERS = 700, 8, 4
CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class _Shop(Table, name="shops"):
    """A shop, before anything is made of its sales."""

    name: str = "Shop"
    access = Access(read=everyone())


class _Sale(Table, name="sales"):
    """Something sold, before it says where."""

    shop_id: Ref[_Shop]
    price: Decimal
    buyer: str
    indexes = (Index("by_shop_id", "shop_id", "created_at"),)
    access = Access(read=everyone())


class Rank(Table, name="ranks"):
    """What a shop is from so many sales on."""

    sales: int
    title: str
    access = Access(read=everyone())


class Shop(Table, name="shops"):
    """A shop that knows what it has sold."""

    name: str = "Shop"
    sale_count: int = count_of("sales", by="shop_id")
    visit_count: int = count_of("sales", by="shop_id", mode="queued")
    turnover: Decimal = sum_of("sales.price", by="shop_id")
    mean_price: Decimal | None = avg_of("sales.price", by="shop_id")
    last_buyer: str | None = last_of("sales.buyer", by="shop_id")
    last_sale_at: Timestamp | None = last_of("sales.created_at", by="shop_id")
    buyers: list[str] = list_of("sales.buyer", by="shop_id")
    title: str = band_of("ranks.title", threshold="sales", of="sale_count", otherwise="new")
    half: Decimal = computed(own("turnover") / 2)
    access = Access(read=everyone())


class Sale(Table, name="sales"):
    """Something sold, and where."""

    shop_id: Ref[Shop]
    price: Decimal
    buyer: str
    shop_name: str | None = copy_of("shops.name", via="shop_id")
    indexes = (Index("by_shop_id", "shop_id", "created_at"),)
    access = Access(read=everyone())


BEFORE, AFTER = Catalog(_Shop, _Sale, Rank), Catalog(Shop, Sale, Rank)


def _added() -> list[str]:
    """What leads from a database of `BEFORE` to one of `AFTER`: the columns, then what keeps them."""
    columns = [
        f"alter table public.{table.name} add column {column.name} {column.sql_type}"
        + ("" if column.nullable else f" not null default {_beginning(column.sql_type)}")
        for table in AFTER
        for column in table.derived_columns
    ]
    there = set(render_migration(BEFORE).split("\n\n"))
    further = [
        text.replace("create function", "create or replace function")
        for text in render_migration(AFTER).split("\n\n")
        if text not in there and not text.startswith(('create table "public"', "create publication"))
    ]
    return [*columns, *further]


def _beginning(sql_type: str) -> str:
    return "''" if sql_type == "text" else "'{}'" if sql_type.endswith("[]") else "0"


async def test_fields_added_to_busy_tables_are_filled_and_end_without_drift(empty_database):
    dsn = empty_database.dsn()
    owner = await asyncpg.connect(dsn)
    await owner.execute(render_migration(BEFORE))
    await owner.execute("insert into shops (name) select 'Shop' from generate_series(1, $1)", SHOPS)
    await owner.execute(
        "insert into sales (shop_id, price, buyer, created_at)"
        " select shop.id, n / 10.0, 'buyer ' || n % 7, now() - interval '1 second' * n"
        " from shops as shop, generate_series(1, $1) as n",
        SALES_EACH,
    )
    await owner.execute("insert into ranks (sales, title) values (5, 'small'), (9, 'large')")
    shops = [row["id"] for row in await owner.fetch("select id from shops order by id limit 20")]
    stopped = asyncio.Event()

    async def write(number: int) -> int:
        dice, connection, written = random.Random(number), await asyncpg.connect(dsn), 0
        while not stopped.is_set():
            with contextlib.suppress(*CONFLICTS):
                await connection.execute(dice.choice(WRITES), dice.choice(shops))
                written += 1
        await connection.close()
        return written

    writing = [asyncio.create_task(write(number)) for number in range(WRITERS)]
    async with owner.transaction():
        for statement in _added():
            await owner.execute(statement)
    wrong_before = await _wrong(owner)
    async with connected(dsn) as connection:
        async for _ in repair(connection, compile_repairs(AFTER)):
            pass
        stopped.set()
        assert all([await task > 0 for task in writing])
        assert await _wrong(owner) == set()
        await drain(connection)
    fields = {audit.field for audit in compile_audits(AFTER)}
    assert [audit.field for audit in compile_audits(AFTER) if await owner.fetch(audit.sql)] == []
    # Half of a turnover that is itself still empty is right.
    assert wrong_before >= fields - {"public.shops.half"}
    counted = await owner.fetchval("select sum(sale_count) from shops")
    assert counted == await owner.fetchval("select count(*) from sales") > 0
    await owner.close()


WRITES = (
    "insert into sales (shop_id, price, buyer) values ($1, 3.5, 'someone')",
    "update sales set price = price + 1, buyer = buyer || '!' where id = (select id from sales"
    " where shop_id = $1 order by created_at limit 1)",
    "delete from sales where id = (select id from sales where shop_id = $1 order by created_at desc limit 1)",
    "update shops set name = name || '!' where id = $1",
)


async def _wrong(connection: asyncpg.Connection) -> set[str]:
    return {
        audit.field
        for audit in compile_audits(AFTER)
        if [row for row in await connection.fetch(audit.sql) if not row["pending"]]
    }
