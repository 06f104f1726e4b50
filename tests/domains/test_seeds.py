"""The seeds make a small lively community, the same every time."""

import asyncpg

from schema.compile.quoting import quote_columns, quote_qualified
from schema.tables import CATALOG
from tests.schema.world import World


async def contents(dsn: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for when it was last changed."""
    connection = await asyncpg.connect(dsn)
    try:
        found: dict[str, list[tuple[object, ...]]] = {}
        for table in CATALOG:
            columns = quote_columns(
                tuple(column.name for column in table.stored_columns if column.name != "updated_at")
            )
            rows = await connection.fetch(f"select {columns} from {quote_qualified(table)} order by id")
            found[table.qualified] = [tuple(row) for row in rows]
        return found
    finally:
        await connection.close()


async def test_every_table_has_something_to_look_at(seeded):
    rows = await contents(seeded.dsn())
    assert [table for table, found in rows.items() if not found] == []


async def test_two_databases_seeded_one_after_the_other_hold_the_same(seeded, seeded_again):
    assert await contents(seeded.dsn()) == await contents(seeded_again.dsn())


async def test_every_derived_field_of_the_seeds_is_right(seeded):
    owner = await asyncpg.connect(seeded.dsn())
    try:
        world = World(seeded.dsn(), owner)
        assert await world.drift() == {}
        await world.drain()
        assert await world.drift() == {}
    finally:
        await owner.close()
