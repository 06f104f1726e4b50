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
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from backend.engine.ports import Answer, QueryRun
from backend.engine.versions import Identity, Snapshot, Ts
from backend.postgres import PostgresError, quote_literal
from backend.runtime.queries import Answered, QueryRunner
from backend.runtime.session import Session, acquire, assume, discard, reading_role, release
from backend.runtime.sharing import Followers, Sharing, Standing, lead_runs, standings_of

LANES_MAX = 4  # Connections that serve one snapshot: past the database's cores they only queue there.
SNAPSHOTS_OPEN_MAX = 8  # At once, by the tick loop and plain HTTP queries; more wait.
LANES_SPARE_MAX = 6  # Second and further lanes of all snapshots together.
CONNECTIONS_MAX = SNAPSHOTS_OPEN_MAX + LANES_SPARE_MAX  # So that nobody who may have a lane waits for it.
CONNECTION_WAIT_S = 10.0  # For a free or new connection; later the caller is better told to come back.

_BEGIN = "begin isolation level repeatable read read only"
_TAKE_SNAPSHOT = (
    "select pg_current_snapshot()::text as snapshot, "
    # In one statement, yet after its snapshot: functions run once the snapshot is taken.
    "(pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as position"
)


class Lane:
    """One connection inside the snapshot."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._session = Session(connection)
        self._identity: Identity | None = None
        self._has_savepoint = False

    async def begin(self, snapshot_name: str | None = None) -> None:
        """Open the transaction, in the snapshot of that name where one is given."""
        adopt = f"; set transaction snapshot {quote_literal(snapshot_name)}" if snapshot_name else ""
        await self._session.script(_BEGIN + adopt)

    async def take_snapshot(self) -> tuple[Snapshot, Ts]:
        """This transaction's snapshot: what it sees, and a position read after it."""
        [row] = await self._session.fetch(_TAKE_SNAPSHOT)
        return _parse_snapshot(row["snapshot"]), Ts(row["position"])

    async def export_snapshot(self) -> str:
        """The name to import this transaction's snapshot by."""
        await self._leave_savepoint()  # From inside one, PostgreSQL exports nothing.
        [row] = await self._session.fetch("select pg_export_snapshot() as name")
        return row["name"]

    async def answer(self, runner: QueryRunner, run: QueryRun) -> Answered:
        """One run as its caller."""
        session = await self.session_for(run.identity)
        answered = await runner.answer(session, run)
        if answered.answer.error is not None:
            await self.recover()
        return answered

    async def standings_of(self, callers: Sequence[UUID]) -> dict[UUID, Standing]:
        """How callers stand in this view, asked as the owner of the tables."""
        if self._has_savepoint:
            await self.recover()
        return await standings_of(self._session, callers)

    async def session_for(self, identity: Identity) -> Session:
        """The lane's session, acting as `identity`."""
        if self._identity != identity:
            role = reading_role(identity)
            savepoint = "" if self._has_savepoint else "savepoint run; "
            await self._session.script(savepoint + assume(identity, role))
            self._identity, self._has_savepoint = identity, True
        return self._session

    async def recover(self) -> None:
        """Undo whatever a failed run left, its caller's settings included."""
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


class SnapshotView:
    """The `OpenSnapshot` of the engine's ports. Open it with `Snapshots.open`, and close it."""

    def __init__(self, owner: Snapshots, first: Lane, snapshot: Snapshot, position: Ts) -> None:
        self.snapshot, self.position = snapshot, position
        self._owner = owner
        self._lanes = [first]
        self._name: str | None = None  # Under which further lanes import the snapshot, once it is exported.

    async def run(self, runs: Sequence[QueryRun]) -> list[Answer]:
        """Answer every run, in order. Raises `PostgresError` when the database fails, for all of them.

        Runs that differ only in who calls are answered together where their answers cannot differ.
        """
        shares = self._owner.sharing.shares(runs)
        if shares:
            callers = {run.identity.user_id for share in shares for run in share}
            standings = await self._lanes[0].standings_of([caller for caller in callers if caller])
            return await self._run_shared(runs, lead_runs(shares, standings))
        return [answered.answer for answered in await self._run_each(runs)]

    async def _run_shared(self, runs: Sequence[QueryRun], followers: Followers) -> list[Answer]:
        """Answer those that lead; then, with the same answers or on their own, those that follow them."""
        leading = [run for run in runs if run not in followers]
        answers = dict(zip(leading, await self._run_each(leading), strict=True))
        alone = [run for run, leader in followers.items() if not answers[leader].shared]
        answers |= dict(zip(alone, await self._run_each(alone), strict=True))
        return [
            answers[run].answer
            if run in answers
            else answers[followers[run]].for_another(run.identity.user_id)
            for run in runs
        ]

    async def _run_each(self, runs: Sequence[QueryRun]) -> list[Answered]:
        if len(runs) > 1:
            answered = await self._run_side_by_side(runs)
        else:
            answered = [await self._lanes[0].answer(self._owner.runner, run) for run in runs]
        self._owner.sharing.learn(zip(runs, answered, strict=True))
        return answered

    async def _run_side_by_side(self, runs: Sequence[QueryRun]) -> list[Answered]:
        if self._name is None:
            self._name = await self._lanes[0].export_snapshot()
        name = self._name
        # Runs of one caller stand side by side, so that a lane rarely changes its caller.
        waiting = deque(sorted(range(len(runs)), key=lambda number: runs[number].identity.key))
        answers: dict[int, Answered] = {}

        async def work(lane: Lane) -> None:
            while waiting:
                number = waiting.popleft()
                answers[number] = await lane.answer(self._owner.runner, runs[number])

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
            while len(answers) < len(runs):
                ended, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return [answers[number] for number in range(len(runs))]

    async def session_for(self, identity: Identity) -> Session:
        """A session that acts as `identity` in this view, for one call of our own code."""
        return await self._lanes[0].session_for(identity)

    async def close(self) -> None:
        """Give all connections back. Closing twice does nothing more."""
        lanes, self._lanes = self._lanes, []
        first, *lent = lanes or (None,)
        await asyncio.gather(*(self._owner.take_back(lane) for lane in lent if lane is not None))
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

    async def open(self) -> SnapshotView:
        """A view of the database now. Raises `PostgresError`; trying again later may help."""
        await self._open.acquire()
        try:
            lane = await self._begin(None)
        except BaseException:
            self._open.release()
            raise
        try:
            return SnapshotView(self, lane, *await lane.take_snapshot())
        except BaseException:
            await self.finish(lane)
            raise

    async def lend(self, snapshot_name: str) -> Lane | None:
        """A further lane of a view; None when there is none to be had, for the view has one already."""
        if self._spare.locked():
            return None
        await self._spare.acquire()
        try:
            return await self._begin(snapshot_name)
        except PostgresError:
            self._spare.release()
            return None
        except BaseException:
            self._spare.release()
            raise

    async def take_back(self, lane: Lane) -> None:
        """End a lane that was lent."""
        await self._release(lane)
        self._spare.release()

    async def finish(self, lane: Lane) -> None:
        """End the first lane of a view, and with it the view."""
        await self._release(lane)
        self._open.release()

    async def _begin(self, snapshot_name: str | None) -> Lane:
        lane = Lane(await acquire(self._pool, timeout_s=CONNECTION_WAIT_S))
        try:
            await lane.begin(snapshot_name)
        except BaseException:
            await self._release(lane)
            raise
        return lane

    async def _release(self, lane: Lane) -> None:
        await lane.end()
        await release(self._pool, lane.connection)


def _parse_snapshot(text: str) -> Snapshot:
    xmin, xmax, in_progress = text.split(":")
    return Snapshot(int(xmin), int(xmax), frozenset(map(int, filter(None, in_progress.split(",")))))
