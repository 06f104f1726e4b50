"""What could cost rows, or stop at rows that are there, is written only when it is spelled out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from backend.devstack.errors import MigrationRefused
from backend.devstack.migrations import apply_migrations
from schema.compile.diff_refusals import Consent
from schema.language import Access, Catalog, Index, Table, everyone
from tests.migrations.family import Memory, Shape, remembered, write_rows
from tests.migrations.planning import planned, written

FULL = Shape(title="optional", unique=True, tagged=True)


class Plain(Table, name="plain"):
    """A table."""

    access = Access(read=everyone())


class Demanding(Table, name="plain"):
    """A table in which more is demanded."""

    word: str

    access = Access(read=everyone())


async def asked(scratch, before: Catalog, after: Catalog, directory: Path, consent: Consent | None = None):
    await written(scratch, before, directory)
    found = await planned(scratch, after, directory, consent)
    return [(refusal.code, refusal.place) for refusal in found.refusals], found


@pytest.mark.parametrize(
    ("before", "after", "code", "place", "consent"),
    [
        pytest.param(
            FULL,
            replace(FULL, title="none"),
            "diff.drops_data",
            "public.notes.title",
            Consent(drop=frozenset({"public.notes.title"})),
            id="a column",
        ),
        pytest.param(
            FULL,
            replace(FULL, tagged=False),
            "diff.drops_data",
            "public.tags",
            Consent(drop=frozenset({"public.tags"})),
            id="a table",
        ),
        pytest.param(
            replace(FULL, amount="numeric"),
            replace(FULL, amount="integer"),
            "diff.converts_data",
            "public.notes.amount",
            Consent(convert=frozenset({"public.notes.amount", "public.notes.most"})),
            id="a narrower type",
        ),
        pytest.param(
            replace(FULL, unique=False),
            FULL,
            "diff.needs_uniqueness",
            "public.notes_by_code",
            Consent(unique=frozenset({"public.notes_by_code"})),
            id="uniqueness",
        ),
    ],
)
async def test_what_could_cost_data_is_refused_until_it_is_spelled_out(
    scratch_18, tmp_path, before, after, code, place, consent
):
    refused, found = await asked(scratch_18, before.catalog(), after.catalog(), tmp_path)
    assert (code, place) in refused
    assert found.files == []
    assert {one for one, _ in refused} == {code}
    assert all(place in refusal.mend for refusal in found.refusals if refusal.place == place)
    allowed = await planned(scratch_18, after.catalog(), tmp_path, consent)
    assert allowed.refusals == []
    assert allowed.files != []


async def test_a_value_is_asked_for_where_rows_have_none_and_then_given_to_them(scratch_18, tmp_path):
    refused, _ = await asked(scratch_18, Catalog(Plain), Catalog(Demanding), tmp_path)
    assert refused == [("diff.needs_value", "public.plain.word")]
    consent = Consent(fill={"public.plain.word": "'old ' || 'word'"})
    found = await planned(scratch_18, Catalog(Demanding), tmp_path, consent)
    async with scratch_18.database() as dsn:
        await apply_migrations(dsn, tmp_path)
        connection = await asyncpg.connect(dsn)
        await connection.execute("insert into plain default values")
        for file in found.files:
            (tmp_path / file.name).write_text(file.text)
        await apply_migrations(dsn, tmp_path)
        assert await connection.fetchval("select word from plain") == "old word"
        with pytest.raises(asyncpg.NotNullViolationError):  # The value was for rows that were there only.
            await connection.execute("insert into plain default values")
        await connection.close()


async def test_what_holds_no_data_of_its_own_goes_without_asking(scratch_18, tmp_path):
    full = Shape(counted="queued", copied=True, doubled=True, indexed="wide", limited=True, followed=True)
    refused, found = await asked(scratch_18, full.catalog(), Shape().catalog(), tmp_path)
    assert refused == []
    assert [file.name.rpartition("_")[2] for file in found.files][-1] == "drops.sql"


async def test_consent_to_something_that_does_not_change_is_refused_as_a_slip(scratch_18, tmp_path):
    consent = Consent(drop=frozenset({"public.notes.titel", "public.notes.title"}))
    refused, _ = await asked(
        scratch_18, FULL.catalog(), replace(FULL, title="none").catalog(), tmp_path, consent
    )
    assert refused == [("diff.unknown_place", "public.notes.titel")]


async def test_a_rename_that_is_declared_is_no_loss(scratch_18, tmp_path):
    before, after = Shape(indexed="plain"), Shape(indexed="plain", table="entries", heading=True)
    refused, found = await asked(scratch_18, before.catalog(), after.catalog(), tmp_path)
    assert refused == []
    text = "".join(file.text for file in found.files)
    assert 'alter table "public"."notes" rename to "entries";' in text
    assert 'alter table "public"."entries" rename column "title" to "heading";' in text
    assert "alter index public.notes_by_status rename to entries_by_status;" in text
    assert "alter table public.entries rename constraint notes_pkey to entries_pkey;" in text
    assert "drop table" not in text
    assert "drop column" not in text
    assert "create index" not in text


async def test_duplicates_stop_the_building_of_a_unique_index_and_nothing_is_lost(scratch_18, tmp_path):
    before, after = Shape(), Shape(unique=True)
    await written(scratch_18, before.catalog(), tmp_path)
    async with scratch_18.database() as dsn:
        await apply_migrations(dsn, tmp_path)
        connection = await asyncpg.connect(dsn)
        memory = Memory({}, {})
        await write_rows(connection, before, memory)
        await connection.execute("update notes set code = 'same'")
        await written(scratch_18, after.catalog(), tmp_path)
        with pytest.raises(MigrationRefused) as refused:
            await apply_migrations(dsn, tmp_path)
        assert refused.value.code == "migrations.failed"
        assert "_indexes.sql, line 5: could not create unique index" in refused.value.message
        assert await remembered(connection, after) == memory
        await connection.execute("update notes set code = id::text")
        assert len(await apply_migrations(dsn, tmp_path)) == 1  # The file can be applied again as it is.
        valid = "select indisvalid from pg_index where indexrelid = 'notes_by_code'::regclass"
        assert await connection.fetchval(valid)
        await connection.close()


async def test_a_kind_of_object_without_a_known_statement_is_not_passed_over(scratch_18, tmp_path):
    (tmp_path / "20260101000000_by_hand.sql").write_text(
        "create domain public.word as text check (value <> '');"
    )
    found = await planned(scratch_18, Catalog(Plain), tmp_path)
    assert [(refusal.code, refusal.message) for refusal in found.refusals] == [
        ("diff.unsupported", "type public.word is not alike, and no statement is known for it.")
    ]


class Sluggish(Table, name="plain"):
    """A table whose rows are told apart by two columns."""

    word: str | None = None

    indexes = (Index("by_word", "word", unique=True),)
    access = Access(read=everyone())


async def test_uniqueness_of_a_new_empty_column_needs_no_promise(scratch_18, tmp_path):
    refused, _ = await asked(scratch_18, Catalog(Plain), Catalog(Sluggish), tmp_path)
    assert refused == []
