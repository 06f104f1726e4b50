"""Migrations are applied once, by one at a time, and beside running writes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from backend.devstack import migrations
from backend.devstack.errors import MigrationRefused
from backend.devstack.migrations import apply_migrations
from tests.migrations.family import Memory, Shape, drift, write_rows
from tests.migrations.planning import written

ROWS = 1_300  # More than two chunks of a back-fill.
FULL = Shape(counted="sync", copied=True, doubled=True, indexed="wide", unique=True, limited=True)


async def with_rows(scratch, dsn: str, directory: Path) -> None:
    """Shelves and many notes on them, in tables without derived fields."""
    await written(scratch, Shape().catalog(), directory)
    await apply_migrations(dsn, directory)
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "insert into shelves (name) select 'Shelf ' || n from generate_series(1, 700) as n"
    )
    await connection.execute(
        "insert into notes (shelf_id, amount, code) select id, 2, gen_random_uuid() from shelves, "
        f"generate_series(1, 3) limit {ROWS}"
    )
    await connection.close()


async def write_a_little(connection: asyncpg.Connection) -> int:
    """Insert, change and delete a few rows, as the service would; how many notes there are more."""
    try:
        async with connection.transaction():
            await connection.execute(
                "insert into notes (shelf_id, amount, code)"
                " select id, 1, gen_random_uuid() from shelves order by random() limit 5"
            )
            await connection.execute(
                "update shelves set name = name || '!'"
                " where id in (select id from shelves order by random() limit 5)"
            )
            await connection.execute(
                "delete from notes where id in (select id from notes order by random() limit 3)"
            )
    except asyncpg.DeadlockDetectedError:  # The service would try again.
        return 0
    return 2


async def test_two_at_once_take_turns_and_apply_each_file_once(scratch, tmp_path):
    async with scratch.database() as dsn:
        await with_rows(scratch, dsn, tmp_path)
        await written(scratch, FULL.catalog(), tmp_path)
        files = sorted(path.name for path in tmp_path.iterdir())
        both = await asyncio.gather(*(apply_migrations(dsn, tmp_path) for _ in range(2)))
        assert sorted(len(applied) for applied in both) == [0, len(files) - 1]
        assert await apply_migrations(dsn, tmp_path) == ()
        connection = await asyncpg.connect(dsn)
        recorded = await connection.fetch(
            "select version || '_' || name || '.sql' as file from supabase_migrations.schema_migrations"
        )
        assert sorted(row["file"] for row in recorded) == files
        await connection.close()


async def test_derived_fields_are_installed_on_rows_that_are_there_while_others_write(scratch, tmp_path):
    async with scratch.database() as dsn:
        await with_rows(scratch, dsn, tmp_path)
        files = [file.name for file in (await written(scratch, FULL.catalog(), tmp_path)).files]
        assert [name.split("_", 1)[1] for name in files] == [
            "step.sql",
            "step_indexes.sql",
            "step_fill.sql",
            "step_constraints.sql",
            "step_validate.sql",
        ]
        connection = await asyncpg.connect(dsn)
        applying = asyncio.create_task(apply_migrations(dsn, tmp_path))
        written_notes = 0
        while not applying.done():
            written_notes += await write_a_little(connection)
        await applying
        assert written_notes > 0
        assert await drift(connection, FULL.catalog()) == {}
        assert await connection.fetchval("select sum(note_count) from shelves") == ROWS + written_notes
        assert await connection.fetchval("select count(*) from notes where doubled = amount * 2") == (
            ROWS + written_notes
        )
        # Each few rows were a transaction of their own.
        assert await connection.fetchval("select count(distinct xmin::text) from notes") > 2
        await connection.close()


async def test_a_back_fill_that_was_cut_short_goes_on_when_it_is_run_again(scratch_18, tmp_path):
    async with scratch_18.database() as dsn:
        await with_rows(scratch_18, dsn, tmp_path)
        plan = await written(scratch_18, FULL.catalog(), tmp_path)
        [fill] = [tmp_path / file.name for file in plan.files if file.name.endswith("_fill.sql")]
        text = fill.read_text()
        fill.write_text(text.replace("commit;", "commit; perform 1 / (1 - nextval('stops'));", 1))
        connection = await asyncpg.connect(dsn)
        await connection.execute("create sequence stops minvalue 0")
        with pytest.raises(MigrationRefused, match="division by zero"):
            await apply_migrations(dsn, tmp_path)
        left = await drift(connection, FULL.catalog())
        assert left != {}
        fill.write_text(text)
        await apply_migrations(dsn, tmp_path)
        assert await drift(connection, FULL.catalog()) == {}
        await connection.close()


async def test_a_file_that_waits_too_long_for_a_lock_lets_others_go_first_and_tries_again(
    scratch_18, tmp_path, monkeypatch
):
    monkeypatch.setattr(migrations, "RETRY_S", 0.05)
    async with scratch_18.database() as dsn:
        await with_rows(scratch_18, dsn, tmp_path)
        (tmp_path / "20280101000000_wait.sql").write_text(
            "set lock_timeout = '100ms';\nalter table notes add column extra text;\n"
        )
        holder = await asyncpg.connect(dsn)
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("select from notes limit 1")
        applying = asyncio.create_task(apply_migrations(dsn, tmp_path))
        waiting = (
            "select count(*) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        )
        watcher = await asyncpg.connect(dsn)
        while not await watcher.fetchval(waiting):
            assert not applying.done()
        await transaction.rollback()
        assert [migration.name for migration in await applying] == ["wait"]
        for connection in (holder, watcher):
            await connection.close()


async def test_a_lock_that_is_never_free_is_named_and_nothing_of_the_file_stays(
    scratch_18, tmp_path, monkeypatch
):
    monkeypatch.setattr(migrations, "RETRY_S", 0.01)
    async with scratch_18.database() as dsn:
        await with_rows(scratch_18, dsn, tmp_path)
        (tmp_path / "20280101000000_wait.sql").write_text(
            "set lock_timeout = '10ms';\ncreate table other ();\nalter table notes add column extra text;\n"
        )
        holder = await asyncpg.connect(dsn)
        async with holder.transaction():
            await holder.execute("select from notes limit 1")
            with pytest.raises(MigrationRefused) as refused:
                await apply_migrations(dsn, tmp_path)
            assert refused.value.code == "migrations.failed"
            assert "20280101000000_wait.sql, line 3: canceling statement due to lock timeout (55P03)" in str(
                refused.value
            )
            assert await holder.fetchval("select to_regclass('public.other') is null")
        await holder.close()


async def test_whoever_holds_the_turn_too_long_is_named(scratch_18, tmp_path, monkeypatch):
    monkeypatch.setattr(migrations, "LOCK_WAIT_S", 0.3)
    async with scratch_18.database() as dsn:
        holder = await asyncpg.connect(dsn)
        await holder.execute("select pg_advisory_lock(hashtextextended('folkmoot migrations', 0))")
        with pytest.raises(MigrationRefused) as refused:
            await apply_migrations(dsn, tmp_path)
        assert refused.value.code == "migrations.busy"
        await holder.close()


async def test_a_database_that_cannot_be_reached_is_named(tmp_path):
    with pytest.raises(MigrationRefused) as refused:
        await apply_migrations("postgresql://postgres@127.0.0.1:1/postgres", tmp_path)
    assert refused.value.code == "migrations.unreachable"


async def test_rows_written_under_one_shape_are_kept_right_under_the_next(scratch_18, tmp_path):
    """A changed definition of a derived field is followed by the rows that are there."""
    before, after = Shape(counted="sync"), Shape(counted="queued")
    async with scratch_18.database() as dsn:
        await written(scratch_18, before.catalog(), tmp_path)
        await apply_migrations(dsn, tmp_path)
        connection = await asyncpg.connect(dsn)
        await write_rows(connection, before, Memory({}, {}))
        await written(scratch_18, after.catalog(), tmp_path)
        await apply_migrations(dsn, tmp_path)
        await write_rows(connection, after, Memory({}, {}))
        assert await drift(connection, after.catalog()) == {}
        await connection.close()
