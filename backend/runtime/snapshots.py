"""Many queries in one view of the database, each as its own caller, on a few connections at once.

Where there are several runs, the first connection exports its snapshot and others import it. On each of these
lanes a run costs one round trip besides its own statements when its caller differs from the one before, and
none when it does not. A savepoint stands before the caller's settings: a run whose statement fails is rolled
back to it, and the next run finds the lane as it should be.

A transaction begins when it is needed, never in advance: its now() is the moment it began, and a query that
asks what is due by now must not miss what was written since.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import asyncpg

from backend.engine.ports import Answer, QueryRun
from backend.engine.versions import Identity, Snapshot, Ts
from backend.postgres import PostgresError, quote_literal
from backend.runtime.observations import AnswersShared
from backend.runtime.queries import Answered, QueryRunner
from backend.runtime.session import Session, acquire, assume, discard, lent, reading_role
from backend.runtime.shared_reads import SharedReads
from backend.runtime.sharing import Followers, Sharing, Standing, lead_runs, standings_of

READS_SHARED_MIN = 8  # Callers at once: for fewer, to ask how they stand costs more than it spares.
TURN_RUNS = 16  # One after another without waiting for anything, about 2 ms; then others have a turn.
LANES_MAX = 4  # Connections that serve one snapshot: past the database's cores they only queue there.
SNAPSHOTS_OPEN_MAX = 8  # At once, by the tick loop and plain HTTP queries; more wait.
LANES_SPARE_MAX = 6  # Second and further lanes of all snapshots together.
CONNECTIONS_MAX = SNAPSHOTS_OPEN_MAX + LANES_SPARE_MAX  # So that nobody who may have a lane waits for it.
CONNECTION_WAIT_S = 10.0  # For a free or new connection; later the caller is better told to come back.

_BEGIN = "begin isolation level repeatable read read only"
_TAKE_SNAPSHOT = (
    # In one statement, yet after its snapshot: functions run once the snapshot is taken.
    "copy (select pg_current_snapshot()::text, pg_current_wal_insert_lsn() - '0/0'::pg_lsn) to stdout"
)


class Lane:
    """One connection inside the snapshot."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._session = Session(connection)
        self._identity: Identity | None = None
        self._has_savepoint = False

    async def begin(self, likely: Identity | None) -> tuple[Snapshot, Ts]:
        """Open the transaction, ready to act as `likely`: what it sees, and a position read after that."""
        act = f"; {self._become(likely)}" if likely else ""
        told = await self._session.read_script(f"{_BEGIN}{act}; {_TAKE_SNAPSHOT}")
        snapshot, position = told.split()
        return _parse_snapshot(snapshot), Ts(int(position))

    async def join(self, snapshot_name: str) -> None:
        """Open the transaction in the snapshot that another lane exported under this name."""
        await self._session.script(f"{_BEGIN}; set transaction snapshot {quote_literal(snapshot_name)}")

    async def export_snapshot(self) -> str:
        """The name to import this transaction's snapshot by."""
        await self._leave_savepoint()  # From inside one, PostgreSQL exports nothing.
        [row] = await self._session.fetch("select pg_export_snapshot() as name")
        return row["name"]

    async def answer(self, runner: QueryRunner, run: QueryRun, shared: SharedReads | None) -> Answered:
        """One run as its caller."""
        answered = await runner.answer(_CallersSession(self, run.identity), run, shared)
        if answered.answer.error is not None:
            await self.recover()
        return answered

    async def standings_of(self, callers: Sequence[UUID]) -> dict[UUID, Standing]:
        """How callers stand in this view, asked as the owner of the tables."""
        await self.recover()
        return await standings_of(self._session, callers)

    async def session_for(self, identity: Identity) -> Session:
        """The lane's session, acting as `identity`."""
        if self._identity != identity:
            await self._session.script(self._become(identity))
        return self._session

    def _become(self, identity: Identity) -> str:
        savepoint = "" if self._has_savepoint else "savepoint run; "
        self._identity, self._has_savepoint = identity, True
        return savepoint + assume(identity, reading_role(identity))

    async def recover(self) -> None:
        """Undo whatever a failed run left, its caller's settings included."""
        if self._has_savepoint:
            self._identity = None
            await self._session.script("rollback to savepoint run")

    async def _leave_savepoint(self) -> None:
        if self._has_savepoint:
            # Releasing alone would keep the last caller, and put later savepoints inside that.
            await self._session.script("rollback to savepoint run; release savepoint run")
            self._identity, self._has_savepoint = None, False

    async def end(self) -> None:
        """Leave the transaction; a connection that cannot is dropped."""
        try:
            await self._session.script("rollback")
        except PostgresError:
            discard(self.connection)


class _CallersSession(Session):
    """A lane's session that acts as a caller from the first statement on: a run may do without any."""

    def __init__(self, lane: Lane, identity: Identity) -> None:
        super().__init__(lane.connection)
        self._lane, self._identity = lane, identity

    async def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[asyncpg.Record]:
        async with self._turn:
            session = await self._lane.session_for(self._identity)
            return await session.fetch(sql, parameters)


Answering: TypeAlias = Callable[[QueryRun, Answer], None]


class _Work:
    """The answers of one `SnapshotView.run`, as they come."""

    def __init__(
        self, answered: Answering | None, followers: Followers, standings: Mapping[UUID, Standing]
    ) -> None:
        self.followers = followers
        self.own: dict[QueryRun, Answered] = {}
        self.answers: dict[QueryRun, Answer] = {}
        self.alone: list[QueryRun] = []  # Followed one whose answer turned out to be its caller's only.
        self._answered = answered
        self._standings = standings
        self._reads: dict[Standing, SharedReads] = {}
        self._led: dict[QueryRun, list[QueryRun]] = {}
        for follower, leader in followers.items():
            self._led.setdefault(leader, []).append(follower)

    def reads_for(self, run: QueryRun) -> SharedReads | None:
        """What others of the caller's standing have read."""
        standing = self._standings.get(run.identity.user_id) if run.identity.user_id else None
        return None if standing is None else self._reads.setdefault(standing, SharedReads())

    @property
    def reads_taken_over(self) -> int:
        """How many reads were spared because another run had made them."""
        return sum(reads.taken_over for reads in self._reads.values())

    def take(self, run: QueryRun, one: Answered) -> None:
        """A run has ended, and so have those that follow it and would have got the same answer."""
        self.own[run] = one
        followers = self._led.get(run, [])
        if not (followers and one.shared):
            self._note(run, one.answer)
            self.alone.extend(followers)
            return
        shared = [run, *followers]
        for each, answer in zip(shared, one.for_each(each.identity.user_id for each in shared), strict=True):
            self._note(each, answer)

    def _note(self, run: QueryRun, answer: Answer) -> None:
        self.answers[run] = answer
        if self._answered is not None:
            self._answered(run, answer)


class SnapshotView:
    """The `OpenSnapshot` of the engine's ports. Open it with `Snapshots.open`, and close it."""

    def __init__(self, owner: Snapshots, first: Lane, snapshot: Snapshot, position: Ts) -> None:
        self.snapshot, self.position = snapshot, position
        self._owner = owner
        self._lanes = [first]
        self._name: str | None = None  # Under which further lanes import the snapshot, once it is exported.

    async def run(self, runs: Sequence[QueryRun], answered: Answering | None = None) -> list[Answer]:
        """Answer every run, in order. Raises `PostgresError` when the database fails, for all of them.

        Runs that differ only in who calls are answered together where their answers cannot differ. `answered`
        hears of each as soon as it ends.
        """
        shares = self._owner.sharing.shares(runs)
        standings = await self._standings(runs, asked=bool(shares))
        work = _Work(answered, lead_runs(shares, standings), standings)
        await self._run_each([run for run in runs if run not in work.followers], work)
        await self._run_each(work.alone, work)
        self._owner.sharing.learn(work.own.items())
        own, shared = len(work.own), len(runs) - len(work.own)
        self._owner.runner.explainer.observe(AnswersShared(own, shared, work.reads_taken_over))
        return [work.answers[run] for run in runs]

    async def _standings(self, runs: Sequence[QueryRun], *, asked: bool) -> Mapping[UUID, Standing]:
        callers = {run.identity.user_id for run in runs if run.identity.user_id is not None}
        if not asked and len(callers) < READS_SHARED_MIN:
            return {}
        return await self._lanes[0].standings_of(list(callers))

    async def _run_each(self, runs: Sequence[QueryRun], work: _Work) -> None:
        if len(runs) > 1:
            await self._run_side_by_side(runs, work)
        elif runs:
            run = runs[0]
            work.take(run, await self._lanes[0].answer(self._owner.runner, run, work.reads_for(run)))

    async def _run_side_by_side(self, runs: Sequence[QueryRun], done: _Work) -> None:
        if self._name is None:
            self._name = await self._lanes[0].export_snapshot()
        name = self._name
        # Runs of one caller stand side by side, so that a lane rarely changes its caller.
        waiting = deque(sorted(runs, key=lambda run: run.identity.key))
        ends = 0

        async def work(lane: Lane) -> None:
            nonlocal ends
            while waiting:
                run = waiting.popleft()
                done.take(run, await lane.answer(self._owner.runner, run, done.reads_for(run)))
                ends += 1
                if ends % TURN_RUNS == 0:
                    await asyncio.sleep(0)

        async def work_beside() -> None:
            lane = await self._owner.lend(name)
            if lane is not None:
                self._lanes.append(lane)
                await work(lane)

        wanted = min(LANES_MAX, len(runs))
        tasks = [asyncio.create_task(work(lane)) for lane in self._lanes[:wanted]]
        tasks += [asyncio.create_task(work_beside()) for _ in range(wanted - len(tasks))]
        try:
            working = set(tasks)
            # Nobody waits for a lane that is still being opened when the others have done the work.
            while ends < len(runs):
                ended, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def session_for(self, identity: Identity) -> Session:
        """A session that acts as `identity` in this view, for one call of our own code."""
        return await self._lanes[0].session_for(identity)

    async def close(self) -> None:
        """Give all connections back. Closing twice does nothing more."""
        lanes, self._lanes = self._lanes, []
        first, *lent = lanes or (None,)
        try:
            await asyncio.gather(*(self._owner.take_back(lane) for lane in lent if lane is not None))
        finally:
            if first is not None:
                await self._owner.finish(first)


class Snapshots:
    """Opens views, within the limits above, on a pool of `CONNECTIONS_MAX` connections."""

    def __init__(self, pool: asyncpg.Pool, runner: QueryRunner) -> None:
        self.runner = runner
        self.sharing = Sharing()
        self._pool = pool
        self._open = asyncio.Semaphore(SNAPSHOTS_OPEN_MAX)
        self._spare = asyncio.Semaphore(LANES_SPARE_MAX)

    async def open(self, likely: Identity | None = None) -> SnapshotView:
        """A view of the database now, whose first lane is ready for runs of `likely`.

        Raises `PostgresError`; trying again later may help.
        """
        await self._open.acquire()
        try:
            lane = await self._lane()
        except BaseException:
            self._open.release()
            raise
        try:
            return SnapshotView(self, lane, *await lane.begin(likely))
        except BaseException:
            await self.finish(lane)
            raise

    async def lend(self, snapshot_name: str) -> Lane | None:
        """A further lane of a view; None when there is none to be had, for the view has one already."""
        if self._spare.locked():
            return None
        await self._spare.acquire()
        try:
            return await self._join(snapshot_name)
        except PostgresError:
            self._spare.release()
            return None
        except BaseException:
            self._spare.release()
            raise

    async def take_back(self, lane: Lane) -> None:
        """End a lane that was lent."""
        try:
            await self._release(lane)
        finally:
            self._spare.release()

    async def finish(self, lane: Lane) -> None:
        """End the first lane of a view, and with it the view."""
        try:
            await self._release(lane)
        finally:
            self._open.release()

    async def _lane(self) -> Lane:
        return Lane(await acquire(self._pool, timeout_s=CONNECTION_WAIT_S))

    async def _join(self, snapshot_name: str) -> Lane:
        lane = await self._lane()
        try:
            await lane.join(snapshot_name)
        except BaseException:
            await self._release(lane)
            raise
        return lane

    async def _release(self, lane: Lane) -> None:
        # Also when the service ends meanwhile: the pool is not closed before it has all of its connections.
        async with lent(self._pool, lane.connection):
            await lane.end()


def _parse_snapshot(text: str) -> Snapshot:
    xmin, xmax, in_progress = text.split(":")
    return Snapshot(int(xmin), int(xmax), frozenset(map(int, filter(None, in_progress.split(",")))))
