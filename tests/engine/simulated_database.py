"""A database as the engine can see it from outside: commits, when they become visible, and a feed that lags.

What it keeps of PostgreSQL's behaviour: commits have an order (their position in the log); they become
visible to snapshots later and in another order, except that whoever writes a row first waits until the last
to write it is visible; the feed delivers commits in the order of the log, sometimes before they are
visible; a snapshot is a set of transactions; a position read after a snapshot lies behind every commit it
sees.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from backend.engine.changes import Commit, FeedEvent, Gap, Progress, RowChange
from backend.engine.versions import Snapshot, Ts

Row = Mapping[str, object]
Tables = dict[str, dict[UUID, Row]]

FULL_IDENTITY = {"public.memberships"}
"""Tables whose old rows the feed carries whole."""


@dataclass(frozen=True)
class Write:
    """`row` is None for a delete."""

    table: str
    id: UUID
    row: Row | None


@dataclass(frozen=True)
class Transaction:
    commit: Commit
    writes: tuple[Write, ...]


class SimulatedDatabase:
    def __init__(self, first_xid: int = 1) -> None:
        self.log_end = 1_000
        self.committed: list[Transaction] = []
        self._next_xid = first_xid
        self._running: set[int] = set()
        self._invisible: list[Transaction] = []
        self._undelivered: list[Transaction] = []

    # --- transactions ---

    def begin(self) -> int:
        xid, self._next_xid = self._next_xid, self._next_xid + 1
        self._running.add(xid)
        return xid

    def commit(self, xid: int, writes: tuple[Write, ...]) -> Commit:
        """Recorded in the log; not visible yet."""
        self._await_row_locks(writes)
        before = self.now()
        self.write_log()
        changes = tuple(_change(write, before) for write in writes)
        commit = Commit(xid & 0xFFFFFFFF, Ts(self.log_end), changes)
        transaction = Transaction(commit, writes)
        self.committed.append(transaction)
        self._invisible.append(transaction)
        self._undelivered.append(transaction)
        return commit

    def show(self, number: int = 0) -> None:
        """One committed transaction becomes visible to snapshots."""
        if self._invisible:
            transaction = self._invisible.pop(number % len(self._invisible))
            self._running.remove(self._full_xid(transaction))

    def show_all(self) -> None:
        while self._invisible:
            self.show()

    def write(self, *writes: Write) -> int:
        """Commit and show at once; the transaction's id."""
        xid = self.begin()
        self.commit(xid, writes)
        self.show_all()
        return xid

    def write_log(self) -> None:
        """Somebody writes to the log: a table nobody follows, a checkpoint."""
        self.log_end += 10

    def is_visible(self, xid: int) -> bool:
        return xid not in self._running

    def position_of(self, xid32: int) -> Ts:
        return next(each.commit.position for each in self.committed if each.commit.xid == xid32)

    # --- what others see of it ---

    def snapshot(self) -> Snapshot:
        running = frozenset(self._running)
        return Snapshot(min(running, default=self._next_xid), self._next_xid, running)

    def now(self) -> Tables:
        return self.at(Ts(self.log_end))

    def at(self, ts: Ts) -> Tables:
        """What was committed at or before `ts`."""
        return _apply(transaction for transaction in self.committed if transaction.commit.position <= ts)

    def visible(self) -> Tables:
        """What a snapshot taken now shows."""
        return _apply(transaction for transaction in self.committed if transaction not in self._invisible)

    # --- the feed ---

    def deliver(self) -> FeedEvent:
        """The next commit, or else the position."""
        return self._undelivered.pop(0).commit if self._undelivered else Progress(Ts(self.log_end))

    def has_undelivered(self) -> bool:
        return bool(self._undelivered)

    def lose_feed(self) -> Gap:
        """The feed starts anew: what was committed before is not delivered (again), and is visible by now."""
        self.show_all()
        self._undelivered.clear()
        return Gap(Ts(self.log_end))

    def _await_row_locks(self, writes: tuple[Write, ...]) -> None:
        rows = {(write.table, write.id) for write in writes}
        for transaction in tuple(self._invisible):
            if rows & {(write.table, write.id) for write in transaction.writes}:
                self.show(self._invisible.index(transaction))

    def _full_xid(self, transaction: Transaction) -> int:
        return next(xid for xid in self._running if xid & 0xFFFFFFFF == transaction.commit.xid)


def _change(write: Write, before: Tables) -> RowChange:
    old = before.get(write.table, {}).get(write.id)
    if write.table not in FULL_IDENTITY:
        old = {"id": write.id} if write.row is None else None
    return RowChange(write.table, write.row, old)


def _apply(transactions: Iterable[Transaction]) -> Tables:
    tables: Tables = {}
    for transaction in transactions:
        for write in transaction.writes:
            rows = tables.setdefault(write.table, {})
            if write.row is None:
                rows.pop(write.id, None)
            else:
                rows[write.id] = write.row
    return tables
