"""The forms that change a table in use: what each file holds, word for word."""

from __future__ import annotations

from dataclasses import replace

import asyncpg

from backend.cli.schema_databases import inspect
from backend.devstack.cluster import SUPERUSER
from backend.devstack.migrations import apply_migrations
from backend.devstack.preparation import with_user
from schema.compile.diff import compile_diff
from schema.compile.diff_changes import Changes, differences
from schema.compile.diff_refusals import Consent, refusals
from schema.language import Access, Catalog, Index, Ref, Rows, Table, everyone
from tests.migrations.family import Shape
from tests.migrations.planning import planned, written


class Shelf(Table, name="shelves"):
    """A shelf."""

    access = Access(read=everyone())


class Note(Table, name="notes"):
    """A note as it was."""

    word: str | None = None
    old: str

    indexes = (Index("by_word", "word"),)
    access = Access(read=everyone())


class NewNote(Table, name="notes"):
    """A note as it becomes."""

    word: str = "none"
    shelf_id: Ref[Shelf] | None
    rank: int = 0

    indexes = (Index("by_word", "word", "rank"), Index("by_shelf_id", "shelf_id"))
    access = Access(read=everyone())


class FewNotes(Table, name="notes", rows=Rows.FEW):
    """A note as it becomes."""

    word: str = "none"
    shelf_id: Ref[Shelf] | None
    rank: int = 0

    indexes = (Index("by_word", "word", "rank"), Index("by_shelf_id", "shelf_id"))
    access = Access(read=everyone())


HEADER = "-- Written by `folkmoot schema diff`, from the tables in schema/tables.\n"
CONSENT = Consent(drop=frozenset({"public.notes.old"}))


async def test_a_table_in_use_is_changed_by_forms_that_block_nobody_for_long(scratch_18, tmp_path):
    await written(scratch_18, Catalog(Shelf, Note), tmp_path)
    plan = await planned(scratch_18, Catalog(Shelf, NewNote), tmp_path, CONSENT)
    texts = {file.name.partition("_")[2].removesuffix(".sql"): file.text for file in plan.files}
    assert list(texts) == [
        "step",
        "step_indexes",
        "step_fill",
        "step_constraints",
        "step_validate",
        "step_drops",
    ]
    assert texts["step"] == (
        HEADER + "-- Nothing here looks at every row of a table that is in use.\n\n"
        "set lock_timeout = '4s';\n"
        "alter table public.notes alter column old drop not null;\n"
        "alter table public.notes alter column word set default 'none'::text;\n"
        "alter table public.notes add column shelf_id uuid;\n"
        "alter table public.notes add column rank integer default 0 not null;\n"
        "alter table public.notes add constraint notes_shelf_id_fkey FOREIGN KEY (shelf_id)"
        " REFERENCES public.shelves(id) ON DELETE SET NULL not valid;\n"
        "grant insert (rank, shelf_id), update (rank, shelf_id) on table public.notes to service_role;\n"
        "comment on table public.notes is 'A note as it becomes.';\n"
    )
    assert texts["step_indexes"] == (
        HEADER + "-- Built beside running writes, which no transaction can hold. Can be run again.\n\n"
        "drop index concurrently if exists public.notes_by_shelf_id;\n"
        "create index concurrently notes_by_shelf_id on public.notes USING btree (shelf_id, id);\n"
        'drop index concurrently if exists public."notes_by_word_new";\n'
        'create index concurrently "notes_by_word_new" on public.notes USING btree (word, rank, id);\n'
        "drop index concurrently if exists public.notes_by_word;\n"
    )
    assert "update public.notes as target set word = 'none'::text" in texts["step_fill"]
    assert texts["step_constraints"] == (
        HEADER + "-- What the new indexes had to be there for.\n\n"
        "set lock_timeout = '4s';\n"
        'alter table public.notes add constraint "notes_word_given" check (word is not null) not valid;\n'
        'alter index public."notes_by_word_new" rename to notes_by_word;\n'
    )
    assert texts["step_validate"] == (
        HEADER + "-- Rows that were there are looked at, while others go on writing.\n\n"
        "set lock_timeout = '4s';\n"
        'alter table public.notes validate constraint "notes_word_given";\n'
        "alter table public.notes alter column word set not null;\n"
        'alter table public.notes drop constraint "notes_word_given";\n'
        "alter table public.notes validate constraint notes_shelf_id_fkey;\n"
    )
    assert texts["step_drops"] == (
        HEADER + "-- What nothing uses any more goes, with its data.\n\n"
        "set lock_timeout = '4s';\n"
        "alter table public.notes drop column old;\n"
    )


async def test_a_table_of_few_rows_is_changed_in_the_plain_forms(scratch_18, tmp_path):
    await written(scratch_18, Catalog(Shelf, Note), tmp_path)
    plan = await planned(scratch_18, Catalog(Shelf, FewNotes), tmp_path, CONSENT)
    text = "".join(file.text for file in plan.files)
    assert "concurrently" not in text
    assert "not valid" not in text
    assert "create index notes_by_word on public.notes USING btree (word, rank, id);" in text


async def test_a_change_of_type_says_that_it_writes_every_row_anew(scratch_18, tmp_path):
    before, after = Shape(), Shape(amount="numeric")
    await written(scratch_18, before.catalog(), tmp_path)
    file = (await planned(scratch_18, after.catalog(), tmp_path)).files[0]
    assert file.text.splitlines()[1] == (
        "-- Writes every row of public.notes anew; nobody can read or write it meanwhile."
    )
    plan = await planned(scratch_18, replace(after, few=True).catalog(), tmp_path)
    assert "anew" not in "".join(file.text for file in plan.files)


async def test_files_are_numbered_after_the_last_one_whatever_the_clock_says(scratch_18, tmp_path):
    (tmp_path / "20990101000000_future.sql").write_text("select 1;\n")
    plan = await written(scratch_18, Catalog(Shelf), tmp_path)
    assert [file.name for file in plan.files] == ["20990101000001_step.sql"]
    async with scratch_18.database() as dsn:
        assert len(await apply_migrations(dsn, tmp_path)) == 2


BUCKETS = """
create table storage.buckets (
    id text primary key, name text not null, owner uuid, created_at timestamptz default now(),
    updated_at timestamptz default now(), public boolean default false, file_size_limit bigint,
    allowed_mime_types text[]
);
grant all on storage.buckets to postgres;
"""


async def test_buckets_are_made_and_changed_like_everything_else_but_not_dropped_without_asking(scratch_18):
    async with scratch_18.database() as before, scratch_18.database() as after:
        for dsn in (before, after):
            await run(with_user(dsn, SUPERUSER), BUCKETS)
        await run(
            before, "insert into storage.buckets (id, name) values ('old', 'old'), ('avatars', 'avatars')"
        )
        await run(
            after,
            "insert into storage.buckets (id, name, public, allowed_mime_types) values"
            " ('avatars', 'avatars', true, '{image/png,\"a, b\"}'), ('media', 'it''s', false, null)",
        )
        declared = await inspect(after)
        changes = Changes(await inspect(before), declared)
        assert [(one.code, one.place) for one in refusals(changes, Consent())] == [("diff.drops_data", "old")]
        steps = compile_diff(changes, Catalog(), Consent(drop=frozenset({"old"})), [])
        await run(before, ";\n".join(step.text for step in steps))
        assert differences(Changes(await inspect(before), declared)) == []


async def run(dsn: str, text: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(text)
    await connection.close()
