"""What the change feed says of a row, as the engine hears it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from backend.engine.changes import Commit, Gap, Progress, RowChange, TableChange
from backend.postgres import UNCHANGED, Heartbeat, RelationChange, Started, Transaction, Truncated
from backend.runtime import feed_events
from backend.runtime.feed_events import Translation

POST, NOON = uuid4(), datetime(2026, 1, 1, 12, tzinfo=UTC)


def change(kind="update", at=NOON, id=POST, **row) -> RelationChange:
    return RelationChange("public.posts", kind, {"id": id, "updated_at": at, **row}, None)


def edits(translation: Translation, *changes: RelationChange) -> list[bool]:
    commit = translation.translate(Transaction(1, 10, changes))
    return [one.edit for one in commit.changes]


def test_each_event_has_its_meaning():
    translation = Translation()
    assert translation.translate(Started(3)) == Gap(3)
    assert translation.translate(Heartbeat(4)) == Progress(4)
    row = RelationChange("public.likes", "insert", {"id": POST, "note": UNCHANGED}, None)
    told = translation.translate(Transaction(7, 5, (row, Truncated(("public.posts",)))))
    assert told == Commit(7, 5, (RowChange("public.likes", {"id": POST}, None), TableChange("public.posts")))


def test_a_row_is_not_edited_while_its_clock_stands_still():
    translation = Translation()
    assert edits(translation, change("insert"), change(like_count=1)) == [True, False]
    assert edits(translation, change(like_count=2)) == [False]
    assert edits(translation, change(at=NOON + timedelta(microseconds=1))) == [True]
    assert edits(translation, change(at=NOON + timedelta(microseconds=1))) == [False]


def test_a_row_met_for_the_first_time_may_have_been_edited():
    assert edits(Translation(), change()) == [True]


@pytest.mark.parametrize("kind", ["insert", "delete"])
def test_coming_and_going_always_count(kind):
    gone = RelationChange("public.posts", "delete", None, {"id": POST})
    translation = Translation()
    edits(translation, change())
    assert edits(translation, gone if kind == "delete" else change("insert")) == [True]


def test_a_table_without_a_clock_says_nothing_of_edits():
    row = RelationChange("public.likes", "update", {"id": POST}, None)
    assert edits(Translation(), row, row) == [True, True]


def test_only_the_rows_that_changed_last_are_remembered(monkeypatch):
    monkeypatch.setattr(feed_events, "EDITIONS_KEPT_MAX", 2)
    translation = Translation()
    first, second, third = uuid4(), uuid4(), uuid4()
    edits(translation, change(id=first), change(id=second), change(id=first), change(id=third))
    assert edits(translation, change(id=first), change(id=third), change(id=second)) == [False, False, True]
