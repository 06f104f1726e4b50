"""Indexes with empty columns: taken up after any row, stopped at any row, and watched in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.engine.changes import RowChange
from backend.engine.reads import range_touched_by
from backend.runtime.scans import Direction, Scan, above, at_least, at_most, scan_index, select_scan
from schema.language import Access, Index, Table
from schema.language.rules import nobody


class Thing(Table, name="things", schema="public"):
    """Something that may have a size, and a weight."""

    size: int | None = None
    weight: int | None = None

    indexes = (Index("by_size", "size", "weight"), Index("by_both", "size", "weight", unique=True))
    access = Access(read=nobody())


THINGS = [
    Thing.model_validate(
        {"id": UUID(int=number), "created_at": "2026-01-01T00:00:00Z", "size": size, "weight": weight}
    )
    for number, (size, weight) in enumerate(
        (size, weight) for size in (None, 1, 2, None, 2) for weight in (7, None, 3)
    )
]
WALKS = [
    replace(scan, direction=direction)
    for direction in Direction
    for scan in (
        scan_index(Thing.spec(), "by_size", {}),
        scan_index(Thing.spec(), "by_size", {"size": 2}),
        scan_index(Thing.spec(), "by_size", {"size": None}),
        scan_index(Thing.spec(), "by_size", {"size": at_least(2)}),
        scan_index(Thing.spec(), "by_size", {"size": at_most(1)}),
        scan_index(Thing.spec(), "by_size", {"size": None, "weight": above(3)}),
        scan_index(Thing.spec(), "by_both", {}),
    )
]


@pytest.fixture
async def things(empty_database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(empty_database.dsn())
    try:
        await connection.execute(
            "create table public.things (id uuid, created_at timestamptz, size integer, weight integer)"
        )
        await connection.executemany(
            "insert into public.things values ($1, $2, $3, $4)",
            [(thing.id, thing.created_at, thing.size, thing.weight) for thing in THINGS],
        )
        yield connection
    finally:
        await connection.close()


async def walked(connection: asyncpg.Connection, scan: Scan) -> list[UUID]:
    sql, parameters = select_scan(scan, 100, with_hidden=False)
    return [row["id"] for row in await connection.fetch(sql, *parameters)]


def expected(scan: Scan) -> list[Thing]:
    """What Python finds: equal to the prefix, between the bounds, in order with nulls last."""

    def rank(thing: Thing) -> tuple[tuple[bool, object], ...]:
        values = [getattr(thing, column) for column in scan.rest]
        return tuple((value is None, value or 0) for value in values)

    def fits(thing: Thing) -> bool:
        equal = zip(scan.columns, scan.prefix, strict=False)
        first = getattr(thing, scan.rest[0])
        return (
            all(getattr(thing, column) == value for column, value in equal)
            and not (scan.without_nulls and first is None)
            and (
                scan.lower is None
                or first > scan.lower.values[0]
                or (scan.lower.inclusive and first == scan.lower.values[0])
            )
            and (scan.upper is None or first <= scan.upper.values[0])
        )

    backwards = scan.direction is Direction.DESCENDING
    return sorted(filter(fits, THINGS), key=rank, reverse=backwards)


async def test_a_walk_can_be_taken_up_after_any_row_and_stopped_at_any(things: asyncpg.Connection):
    for scan in WALKS:
        found = expected(scan)
        ids = [thing.id for thing in found]
        assert len(found) >= 2, scan
        assert await walked(things, scan) == ids, scan
        for number, thing in enumerate(found):
            key = scan.key_of(thing)
            assert await walked(things, scan.after(key)) == ids[number + 1 :], (scan, key)
            assert await walked(things, scan.up_to(key)) == ids[: number + 1], (scan, key)
            between = scan.after(scan.key_of(found[0])).up_to(key)
            assert await walked(things, between) == ids[1 : number + 1], (scan, key)


def test_whatever_a_walk_gives_touches_the_stretch_it_reads():
    for scan in WALKS:
        found = expected(scan)
        for number, thing in enumerate(found):
            change = RowChange("public.things", {**thing.model_dump()}, None)
            for earlier in found[:number]:
                assert range_touched_by(scan.after(scan.key_of(earlier)).stretch, change), (scan, thing)
            for later in found[number:]:
                assert range_touched_by(scan.up_to(scan.key_of(later)).stretch, change), (scan, thing)


def test_a_stretch_that_ends_at_a_row_is_not_touched_beyond_it():
    scan = scan_index(Thing.spec(), "by_size", {})
    found = expected(scan)
    for number, thing in enumerate(found):
        stretch = scan.up_to(scan.key_of(thing)).stretch
        beyond = [RowChange("public.things", {**later.model_dump()}, None) for later in found[number + 1 :]]
        assert not any(range_touched_by(stretch, change) for change in beyond), thing


def test_a_unique_index_of_empty_columns_is_ordered_by_id_as_well():
    assert scan_index(Thing.spec(), "by_both", {}).columns == ("size", "weight", "id")


def test_a_range_has_no_empty_end():
    with pytest.raises(TypeError, match="no empty end"):
        scan_index(Thing.spec(), "by_size", {"size": at_least(None)})


MANY = 20_000
PAGE_ROWS = 20


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("size", [MANY // 2, None], ids=["a size", "no size"])
async def test_a_page_deep_in_the_index_reads_its_own_rows_only(
    things: asyncpg.Connection, direction: Direction, size: int | None
):
    await things.execute(
        "truncate public.things; create index on public.things (size, weight, id);"
        " insert into public.things"
        " select gen_random_uuid(), now(), nullif(number / 2, 1), nullif(number % 7, 3)"
        f" from generate_series(1, {MANY}) as number;"
        f" insert into public.things select gen_random_uuid(), now() from generate_series(1, {MANY});"
        " analyze public.things"
    )
    scan = replace(scan_index(Thing.spec(), "by_size", {}), direction=direction)
    sql, parameters = select_scan(scan.after((size, 2, UUID(int=7))), PAGE_ROWS, with_hidden=False)
    plan = await things.fetchval(f"explain (analyze, format json) {sql}", *parameters)
    nodes = list(nodes_of(json.loads(plan)[0]["Plan"]))
    scans = [node for node in nodes if "Scan" in node["Node Type"] and "Relation Name" in node]
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan"}, plan
    assert sum(node["Actual Rows"] for node in scans) <= PAGE_ROWS * len(scans), plan
    assert sum(node.get("Rows Removed by Filter", 0) for node in scans) == 0, plan


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes, those inside others too."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes_of(inner)
