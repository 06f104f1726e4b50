"""Ticks: how all answers come to hold at one position of the log. One tick is in flight at a time.

A tick is one snapshot of the database in which everything stale is run again. Its phases:

    Idle        nothing in flight; it leaves when work waits
    Opening     a snapshot S is about to be taken, and after it a position P is read
    Delivering  waiting until the feed has delivered everything up to P. Whatever S sees ended before P was
                read; so from here on, every commit that S sees has been delivered
    Executing   `backlog` has told the tick's ts; the stale runs are being run in S

A tick in which no run ends for `TICK_S_MAX` ends with the runs that are done. The others go on in S beside
later ticks (`LateTick`). Every session that depends on one of them is held at the tick's cut: what else it
has to be told there is set aside, and told with the last of those answers; then it goes on to a later cut. So
it gets on, however often the slow query is touched.

Where more is stale than `TICK_RUNS_MAX`, the first come first, and whoever depends on the others waits for a
later tick: of tens of thousands of pages that open at once, none waits for all.

Why no commit is missed. A delivered commit is kept until a tick's snapshot sees it. That tick runs again
every run the commit touches, unless its answer was read in a snapshot that saw it. What a run reads changes
as it runs, so a kept commit is matched again, with the newest reads, until it is seen. Runs marked stale
stay stale until they have been answered, whatever becomes of the tick.
"""

from dataclasses import dataclass, replace

from backend.engine.backlog import COMMITS_MAX
from backend.engine.changes import Commit
from backend.engine.effects import RequestHeartbeat, SessionNumber, TakeSnapshot, TickNumber
from backend.engine.subscriptions import Run
from backend.engine.versions import Identity, Snapshot, Ts

TICK_HOLES_MAX = (
    5  # Holes close within a millisecond; past this, showing a commit early beats showing nothing.
)
RETRY_FIRST_S = 0.001  # The median commit is visible 0.6 ms after it is delivered (measured, 16 writers).
RETRY_LONGEST_S = 0.02  # New work waits at most this long behind ticks that found nothing to do.
HEARTBEAT_FIRST_S = 0.001  # The log is written out, and so reaches the feed, within a millisecond or two...
HEARTBEAT_LONGEST_S = 0.02  # ...or when PostgreSQL's WAL writer next wakes, every 200 ms by default.
TICK_S_MAX = 0.05  # Without an answer. Runs that take longer hold back who waits for them, and nobody else.
TICK_RUNS_MAX = 4_096  # Some seconds where nothing is shared; those left over are run by the next tick.
LATE_TICKS_MAX = 4  # At once, each with a snapshot of its own: half of those that may be open.
CRASH_FIRST_S = 0.1  # A lost connection is usually back at once...
CRASH_LONGEST_S = 5.0  # ...and a database that is down for minutes must not be hammered.


@dataclass(frozen=True, slots=True)
class Cut:
    """A tick's result: at `ts`, everything in the engine was as read in `snapshot`."""

    tick: TickNumber
    ts: Ts
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Idle:
    """-> Opening."""


@dataclass(frozen=True, slots=True)
class Opening:
    """-> Delivering; -> Idle when it fails or the feed starts anew."""

    tick: TickNumber


@dataclass(frozen=True, slots=True)
class Delivering:
    """-> Executing; -> Idle when there is a hole, when it fails or when the feed starts anew."""

    tick: TickNumber
    snapshot: Snapshot
    position: Ts
    asked: int = 0  # heartbeats, so far


@dataclass(frozen=True, slots=True)
class Executing:
    """-> Idle, finished or failed. A feed that starts anew does not stop it: what S sees was delivered."""

    tick: TickNumber
    cut: Cut
    runs: tuple[Run, ...]
    saw: bool  # some commit that no tick had seen


@dataclass(slots=True)
class LateTick:
    """A tick with a cut and without some of its answers.

    `at_work`: their runs, by their place in `Execute`. `waiting`: the sessions that depended on each when the
    tick ended. `later`: the commits seen by ticks since, as far as they are known (`note_seen`).
    """

    cut: Cut
    at_work: dict[int, Run]
    waiting: dict[int, list[SessionNumber]]
    later: list[Commit] | None

    def note_seen(self, commits: list[Commit], *, all_known: bool) -> None:
        if all_known and self.later is not None and len(self.later) + len(commits) <= COMMITS_MAX:
            self.later.extend(commits)
        else:
            self.later = None


Phase = Idle | Opening | Delivering | Executing


class Ticks:
    """Which phase the tick in flight is in, and how long to wait before the next."""

    def __init__(self) -> None:
        self.phase: Phase = Idle()
        self.opened_last = TickNumber(0)
        """The newest tick whose snapshot was taken: what starts now is in no snapshot up to this one's."""
        self.opening_last = TickNumber(0)
        """The newest tick whose snapshot may be taken by now: what ends now, every later snapshot sees."""
        self._numbered_last = 0
        self._holes = 0
        self._idle_in_a_row = 0
        self._crashes_in_a_row = 0

    def begin(self, likely: Identity | None) -> TakeSnapshot:
        assert isinstance(self.phase, Idle), self.phase
        self._numbered_last += 1
        tick = TickNumber(self._numbered_last)
        self.phase = Opening(tick)
        return TakeSnapshot(tick, self._delay_s(), likely)

    def opening(self, tick: TickNumber) -> None:
        self.opening_last = tick

    def in_flight(self, tick: TickNumber) -> bool:
        """Whether a report about `tick` is still of interest."""
        return not isinstance(self.phase, Idle) and self.phase.tick == tick

    def opened(self, tick: TickNumber, snapshot: Snapshot, position: Ts) -> Delivering:
        assert isinstance(self.phase, Opening), self.phase
        self.opened_last = tick
        self.phase = phase = Delivering(tick, snapshot, position)
        return phase

    def ask_feed(self) -> RequestHeartbeat:
        """Have the feed tell its position: while nothing is committed it would not by itself."""
        assert isinstance(self.phase, Delivering), self.phase
        asked = self.phase.asked
        self.phase = replace(self.phase, asked=asked + 1)
        return RequestHeartbeat(backoff_s(asked, first_s=HEARTBEAT_FIRST_S, longest_s=HEARTBEAT_LONGEST_S))

    def wait_out_hole(self) -> bool:
        """Whether to give the tick up for a hole; True a bounded number of times in a row."""
        self._holes += 1
        if self._holes > TICK_HOLES_MAX:
            return False
        self.phase = Idle()
        return True

    def execute(self, cut: Cut, runs: tuple[Run, ...], *, saw: bool) -> Executing:
        self._holes = 0
        self.phase = phase = Executing(cut.tick, cut, runs, saw)
        return phase

    def finish(self, *, fruitful: bool) -> None:
        """The tick is over. After one that found nothing to do a commit has yet to become visible."""
        self._crashes_in_a_row = 0
        self._idle_in_a_row = 0 if fruitful else self._idle_in_a_row + 1
        self.phase = Idle()

    def abandon(self) -> None:
        self.phase = Idle()

    def crash(self) -> None:
        self._crashes_in_a_row += 1
        self.phase = Idle()

    def _delay_s(self) -> float:
        if self._crashes_in_a_row:
            return backoff_s(self._crashes_in_a_row, first_s=CRASH_FIRST_S, longest_s=CRASH_LONGEST_S)
        waits = max(self._idle_in_a_row, self._holes)
        return backoff_s(waits, first_s=RETRY_FIRST_S, longest_s=RETRY_LONGEST_S)


def backoff_s(times: int, *, first_s: float, longest_s: float) -> float:
    """How long to wait after trying in vain `times` in a row: doubling, bounded, and no wait at 0."""
    return 0.0 if times == 0 else min(longest_s, first_s * 2 ** min(times - 1, 20))
