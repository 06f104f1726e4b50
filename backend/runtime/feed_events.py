"""The change feed's events as the engine understands them, with what is known to be no edit marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from backend.engine.changes import Change, Commit, FeedEvent, Gap, Progress, RowChange, TableChange
from backend.engine.versions import Ts
from backend.postgres import UNCHANGED, Heartbeat, RelationChange, Started, Transaction, Truncated

EDITIONS_KEPT_MAX = 65_536  # Those that changed last, about 10 MB; the next change of another is an edit.


class Translation:
    """Translates one feed, in order.

    An edit moves a row's `updated_at` (`schema.compile.service`); keeping a derived column does not. A row
    whose `updated_at` is the one it had at its last change was therefore not edited since.
    """

    def __init__(self) -> None:
        self._editions: dict[tuple[str, object], object] = {}

    def translate(self, event: Started | Heartbeat | Transaction) -> FeedEvent:
        """The event for the engine."""
        match event:
            case Started(position=position):
                return Gap(Ts(position))
            case Heartbeat(position=position):
                return Progress(Ts(position))
            case Transaction(xid=xid, position=position, changes=changes):
                return Commit(xid, Ts(position), tuple(self._changes(changes)))
            case _:
                assert_never(event)

    def _changes(self, changes: tuple[RelationChange | Truncated, ...]) -> Iterator[Change]:
        for change in changes:
            match change:
                case RelationChange(table=table, new=new, old=old):
                    yield RowChange(table, _told(new), old, edit=self._is_edit(change))
                case Truncated(tables=tables):
                    yield from (TableChange(table) for table in tables)
                case _:
                    assert_never(change)

    def _is_edit(self, change: RelationChange) -> bool:
        row = change.new
        if row is None or row.get("updated_at") is None:
            return True
        place = (change.table, row["id"])
        before = self._editions.pop(place, None)
        self._editions[place] = row["updated_at"]  # Last again, so that the first is the one to forget.
        if len(self._editions) > EDITIONS_KEPT_MAX:
            del self._editions[next(iter(self._editions))]
        return change.kind != "update" or before != row["updated_at"]


def _told(row: dict[str, object] | None) -> dict[str, object] | None:
    """The columns whose values the feed told."""
    if row is None or not any(value is UNCHANGED for value in row.values()):
        return row
    return {column: value for column, value in row.items() if value is not UNCHANGED}
