"""Applying what `folkmoot schema diff` wrote leaves nothing to write, and every row that was there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.cli.schema_commands import MIGRATIONS
from backend.cli.schema_databases import Scratch
from backend.cli.schema_planning import compare
from backend.devstack.migrations import apply_migrations
from schema.tables import CATALOG
from tests.migrations.family import Memory, Shape, drift, forget_titles, remembered, write_rows
from tests.migrations.planning import written
from tests.tidy.project import ROOT

COMMITTED = sorted((ROOT / MIGRATIONS).glob("*.sql"))

SHAPES = st.builds(
    Shape,
    table=st.sampled_from(["notes", "entries"]),
    title=st.sampled_from(["none", "optional", "required", "short"]),
    heading=st.booleans(),
    amount=st.sampled_from(["integer", "numeric", "text"]),
    statuses=st.sampled_from([2, 3]),
    counted=st.sampled_from(["none", "sync", "queued"]),
    copied=st.booleans(),
    doubled=st.booleans(),
    indexed=st.sampled_from(["none", "plain", "wide"]),
    unique=st.booleans(),
    tagged=st.booleans(),
    few=st.booleans(),
    closed=st.booleans(),
    bounded=st.booleans(),
    limited=st.booleans(),
    followed=st.booleans(),
    viewed=st.booleans(),
    label=st.sampled_from(["value", "other"]),
)
HISTORIES = st.lists(SHAPES, min_size=2, max_size=4)


async def live_through(scratch: Scratch, history: list[Shape]) -> None:
    """Take one database through every shape, with rows in it from the first one on."""
    memory = Memory({}, {})
    with TemporaryDirectory() as name:
        directory = Path(name)
        async with scratch.database() as dsn:
            for before, shape in pairwise([None, *history]):
                catalog = shape.catalog()
                await written(scratch, catalog, directory)
                await apply_migrations(dsn, directory)
                assert await compare(scratch, catalog, directory) == [], (before, shape)
                connection = await asyncpg.connect(dsn)
                try:
                    if before is not None:
                        forget_titles(memory, before, shape)
                    found = await remembered(connection, shape)
                    assert found.amounts == memory.amounts, (before, shape)
                    if shape.title_column is not None:
                        assert found.titles == memory.titles, (before, shape)
                    assert await drift(connection, catalog) == {}, (before, shape)
                    await write_rows(connection, shape, memory)
                    assert await drift(connection, catalog) == {}, (before, shape)
                finally:
                    await connection.close()


@pytest.mark.timeout(600)  # Some forty databases.
@given(HISTORIES)
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
async def test_any_history_of_catalogs_keeps_its_rows_and_leaves_nothing_to_write(scratch_18, history):
    await live_through(scratch_18, history)


PLAIN = Shape()
FULL = Shape(
    title="required",
    heading=True,
    amount="numeric",
    statuses=3,
    counted="sync",
    copied=True,
    doubled=True,
    indexed="wide",
    unique=True,
    tagged=True,
    bounded=True,
    limited=True,
    followed=True,
    closed=True,
    viewed=True,
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "history",
    [
        pytest.param([PLAIN, FULL, PLAIN], id="everything comes and goes"),
        pytest.param(
            [FULL, Shape(table="entries", counted="queued", amount="text")], id="renamed and retyped"
        ),
        pytest.param([Shape(few=True), replace(FULL, few=True)], id="few rows"),
        pytest.param([replace(FULL, amount="integer"), FULL], id="retyped under a check and a view"),
        pytest.param([FULL, replace(FULL, label="other")], id="a function under a view"),
    ],
)
async def test_columns_tables_rules_and_derived_fields_come_and_go_on_15_and_18(scratch, history):
    await live_through(scratch, history)


@pytest.mark.parametrize("count", [0, 1, len(COMMITTED)])
async def test_from_nothing_the_first_and_the_last_migration_the_declared_tables_are_reached(
    scratch, count, tmp_path
):
    for path in COMMITTED[:count]:
        shutil.copy(path, tmp_path)
    await written(scratch, CATALOG, tmp_path)
    assert await compare(scratch, CATALOG, tmp_path) == []
