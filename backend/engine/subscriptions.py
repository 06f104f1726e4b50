"""Runs, who subscribes to them, and which of them are stale.

Subscriptions to the same call, seen with the same eyes, share one run. A run of a page is shared under its
journal: once the first run has recorded where the page ends, it moves from (call, scope, no journal) to
(call, scope, that journal), so that whoever subscribes later without a journal gets a fresh page while the
others keep theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NewType

from backend.engine.changes import Commit
from backend.engine.crowds import Crowds, touched_by_any
from backend.engine.effects import SessionNumber
from backend.engine.ports import Answer, Call, QueryRun
from backend.engine.versions import Identity, Snapshot

Scope = NewType("Scope", str)
"""With whose eyes a run sees. Today each identity is a scope of its own."""


def scope_of(identity: Identity) -> Scope:
    return Scope(identity.key)


@dataclass(frozen=True, slots=True)
class RunKey:
    """Subscriptions with equal keys get equal answers."""

    call: Call
    scope: Scope
    journal: str | None


@dataclass(eq=False, slots=True)
class Run:
    """A query kept true for its subscribers. `answer` was read in `snapshot`; both are None at first.

    `late`: the answer does not hold at the last cut, for the run takes long. `at_work`: it is still being run
    in the snapshot of an earlier tick; otherwise a late run waits to be run again.
    """

    key: RunKey
    identity: Identity
    answer: Answer | None = None
    snapshot: Snapshot | None = None
    late: bool = False
    at_work: bool = False
    subscribers: "dict[Subscription, None]" = field(default_factory=dict)

    def to_execute(self) -> QueryRun:
        return QueryRun(self.key.call, self.identity, self.key.journal)


@dataclass(eq=False, slots=True)
class Subscription:
    """One query of one session. `sent`: the answer its client holds, if any."""

    session: SessionNumber
    query_id: int
    run: Run
    sent: Answer | None = None

    def news(self) -> Answer | None:
        """The run's answer, unless the client holds an equal one.

        A commit may touch what a query read without changing its answer. Clients re-render on every update,
        so an equal answer must send nothing.
        """
        answer, sent = self.run.answer, self.sent
        return None if answer is None or (sent is not None and same_result(answer, sent)) else answer


class Subscriptions:
    """Every run that has a subscriber."""

    def __init__(self) -> None:
        self._runs: dict[RunKey, Run] = {}
        self._crowds: Crowds[Run] = Crowds()
        self._stale: dict[Run, None] = {}
        self._late: dict[Run, None] = {}  # Some of the stale ones.

    def __len__(self) -> int:
        return len(self._runs)

    def count_subscribers(self) -> int:
        """How many subscriptions all runs answer."""
        return sum(len(run.subscribers) for run in self._runs.values())

    def subscribe(
        self, session: SessionNumber, query_id: int, call: Call, identity: Identity, journal: str | None
    ) -> Subscription:
        run = self._run(RunKey(call, scope_of(identity), journal), identity)
        subscription = Subscription(session, query_id, run)
        run.subscribers[subscription] = None
        return subscription

    def move(self, subscription: Subscription, identity: Identity) -> None:
        """Look with other eyes. The page stays the same stretch, so the journal goes along."""
        before = subscription.run
        after = self._run(replace(before.key, scope=scope_of(identity)), identity)
        if after is not before:
            self.unsubscribe(subscription)
            subscription.run = after
            after.subscribers[subscription] = None

    def unsubscribe(self, subscription: Subscription) -> None:
        run = subscription.run
        del run.subscribers[subscription]
        if not run.subscribers:
            self._forget(run)

    def callers_touched_by(self, commit: Commit) -> set[Identity]:
        """With whose eyes the answers see that may no longer hold after `commit`; two stand for more."""
        callers: set[Identity] = set()
        for run in self._crowds.touched_by(commit):
            callers.add(run.identity)
            if len(callers) > 1:
                break
        return callers

    def mark_touched(self, commit: Commit) -> None:
        """Make stale what `commit` touches, except answers read in a snapshot that saw it already."""
        snapshot, seen = None, False
        for run in self._crowds.touched_by(commit):
            if run.snapshot is not snapshot:  # Most were answered in the same one.
                snapshot = run.snapshot
                seen = snapshot is not None and snapshot.sees(commit.xid)
            if not seen:
                self._stale[run] = None

    def mark_all(self) -> None:
        self._stale = dict.fromkeys(self._runs.values())

    def stale(self) -> tuple[Run, ...]:
        """Runs to be run: without an answer, or with one that may no longer hold. They stay so until settled.

        A late run waits for all at work that a session waits for together with it, or with one that waits.
        Otherwise two slow queries of one page could go on out of step, never to hold at one cut.
        """
        busy = _sessions(run for run in self._late if run.at_work)
        if not busy:
            return tuple(self._stale)
        waiting = [run for run in self._late if not run.at_work]
        held_up: set[Run] = set()
        while more := [
            run for run in waiting if run not in held_up and not busy.isdisjoint(_sessions([run]))
        ]:
            held_up.update(more)
            busy |= _sessions(more)
        return tuple(run for run in self._stale if not run.at_work and run not in held_up)

    @property
    def some_are_late(self) -> bool:
        return bool(self._late)

    def note_late(self, at_work: Iterable[Run]) -> None:
        """A tick has its cut. What is stale still does not hold there; `at_work` goes on in its snapshot."""
        for run in self._late:
            run.late = False
        self._late = dict(self._stale)
        for run in self._late:
            run.late = True
        for run in at_work:
            run.at_work = True

    def settle(self, answered: Iterable[tuple[Run, Answer]], snapshot: Snapshot) -> list[Subscription]:
        """Take in what the stale runs gave in `snapshot`; list the subscriptions that may have news.

        A run whose subscribers all left meanwhile is forgotten already.
        """
        settled = [(run, answer) for run, answer in answered if run.subscribers]
        self._crowds.note(settled)
        news: list[Subscription] = []
        firsts: dict[int, Answer] = {}
        for run, answer in settled:
            run.snapshot = snapshot
            self._stale.pop(run, None)
            # Whoever shares a run's text is to be told the same, which is found by being the same object.
            first = firsts.setdefault(id(answer.value_json), answer)
            told = first if same_result(first, answer) else answer
            if run.answer is None or not same_result(run.answer, told):
                run.answer = told
                news.extend(run.subscribers)
        for run, answer in settled:  # only now: a run that joins another must find it settled too
            if run.key.journal is None and answer.journal is not None:
                news.extend(self._pin(run, answer.journal))
        return news

    def settle_late(
        self, answered: Sequence[tuple[Run, Answer]], snapshot: Snapshot, later: Sequence[Commit] | None
    ) -> list[Subscription]:
        """Take in what late runs gave in the snapshot of their tick; the subscriptions that may have news.

        `later`: the commits that ticks have seen since; None where some are not known. A run that one of them
        touches is stale still.
        """
        for run, _ in answered:
            run.at_work = False
        alive = [(run, answer) for run, answer in answered if run.subscribers]
        news = self.settle(alive, snapshot)
        touched = None if later is None else touched_by_any(later, alive)
        for run, _ in alive:
            if run.subscribers and (touched is None or run in touched):
                self._stale[run] = None
            else:
                self._late.pop(run, None)
                run.late = False
        return news

    def _run(self, key: RunKey, identity: Identity) -> Run:
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = Run(key, identity)
            self._stale[run] = None
        return run

    def _pin(self, run: Run, journal: str) -> tuple[Subscription, ...]:
        """From now on `run` is the page that `journal` describes; lists subscribers that joined another."""
        del self._runs[run.key]
        run.key = replace(run.key, journal=journal)
        pinned = self._runs.setdefault(run.key, run)
        if pinned is run:
            return ()
        moved = tuple(run.subscribers)
        for subscription in moved:
            subscription.run = pinned
            pinned.subscribers[subscription] = None
        run.subscribers.clear()
        self._crowds.forget(run)
        return moved

    def _forget(self, run: Run) -> None:
        del self._runs[run.key]
        self._stale.pop(run, None)
        self._late.pop(run, None)
        self._crowds.forget(run)


def _sessions(runs: Iterable[Run]) -> set[SessionNumber]:
    return {subscription.session for run in runs for subscription in run.subscribers}


def same_result(one: Answer, other: Answer) -> bool:
    """Whether a client could tell them apart. The journal is not for looking at, the reads it never sees."""
    return one is other or (
        one.value_json == other.value_json and one.error == other.error and one.log_lines == other.log_lines
    )
