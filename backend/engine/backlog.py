"""Commits the feed has delivered and no tick has seen yet; and how far the feed has come.

How a cut is found in it. Commits become visible to snapshots slightly out of the order in which the log,
and so the feed, has them. Given a snapshot whose commits have all been delivered, let F be the first
delivered commit it does not see. It sees every commit before F, so it shows exactly what was committed at
`F.position - 1`: that is its ts. Without such an F, its ts is the feed's position. If it sees some commit
behind F (a hole), it shows more than its ts says.

The ts of later snapshots is never less: they see all that an earlier one saw, so their F is the same or
later.
"""

from collections.abc import Iterator
from itertools import pairwise

from backend.engine.changes import Commit, TableChange
from backend.engine.versions import TS_ZERO, Snapshot, Ts

COMMITS_MAX = 2_000  # Some MB of rows. Where no tick was needed for so long, one is held to let go of them.


class Backlog:
    """In feed order. A commit is kept, rows and all, until `settle` is given a snapshot that sees it."""

    def __init__(self) -> None:
        self.position: Ts | None = None
        self._commits: list[Commit] = []
        self._ts = TS_ZERO

    def __iter__(self) -> Iterator[Commit]:
        return iter(self._commits)

    def is_full(self) -> bool:
        return len(self._commits) >= COMMITS_MAX

    def deliver(self, commit: Commit) -> None:
        self._commits.append(_in_short(commit) if self.is_full() else commit)
        self.reach(commit.position)

    def reach(self, position: Ts) -> None:
        """Every commit at or before `position` has been delivered. Never goes back."""
        self.position = position if self.position is None else max(self.position, position)

    def restart(self, position: Ts) -> None:
        """The feed starts at `position`. Every snapshot from now on sees all it will not deliver."""
        self._commits.clear()
        self.position = position

    def has_hole(self, snapshot: Snapshot) -> bool:
        seen = [snapshot.sees(commit.xid) for commit in self._commits]
        return any(later and not earlier for earlier, later in pairwise(seen))

    def settle(self, snapshot: Snapshot) -> tuple[Ts, list[Commit]]:
        """The ts at which `snapshot` shows the database, and the commits it sees, which are let go of."""
        assert self.position is not None, "A snapshot is settled after the feed has started."
        seen = [commit for commit in self._commits if snapshot.sees(commit.xid)]
        self._commits = [commit for commit in self._commits if not snapshot.sees(commit.xid)]
        ts = Ts(self._commits[0].position - 1) if self._commits else self.position
        # After a restart on a database whose log went back (restored, failed over) ts stands still until it
        # catches up: clients hold the old one, and it may not decrease.
        self._ts = max(self._ts, ts)
        return self._ts, seen


def _in_short(commit: Commit) -> Commit:
    """Only which tables it changed: while ticks fail and commits go on, their rows must not fill memory."""
    tables = sorted({change.table for change in commit.changes})
    return Commit(commit.xid, commit.position, tuple(map(TableChange, tables)))
