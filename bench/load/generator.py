"""All subscribers in one process, which notes when each of them sees which number of likes.

`python -m bench.load.generator` is told what to do on stdin.
"""

from __future__ import annotations

import asyncio
import re
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bench.load import plan
from bench.load.child import serve_parent
from bench.load.websocket import ClosedByServer, WebSocket
from bench.result import percentile

CONNECTING_AT_ONCE = 32  # A handful of page loads at a time; more would measure the servers' accept queues.
READY_TIMEOUT_S = 180.0  # The slowest peer takes a fifth of it.
POLL_S = 0.05


class Follower:
    """One subscriber: `counts` are the numbers of likes it saw, in order, `times` when."""

    def __init__(self, dialect: Dialect, what: plan.Subscriber) -> None:
        self.what = what
        self.counts: list[int] = []
        self.times: list[float] = []
        self.bytes = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.socket: WebSocket | None = None
        self._dialect = dialect
        self._script = [(re.compile(one.heard.encode()), one.said.encode()) for one in what.script]

    async def connect(self) -> None:
        """Returns with the first answer. Raises `OSError`."""
        host, port = self._dialect.host, self._dialect.port
        loop = asyncio.get_running_loop()

        socket = WebSocket(f"{host}:{port}", self.what.path, self.what.protocol, self._on_text)
        self.socket = socket  # Before the connection is made: some servers speak first.
        socket.closed.add_done_callback(self._on_closed)
        await loop.create_connection(lambda: socket, host, port)
        await socket.opened
        for text in self.what.greeting:
            socket.send(text.encode())
        await self.ready

    def forget(self) -> None:
        """Let go of what was seen until now, but for the last."""
        del self.counts[:-1], self.times[:-1]
        self.bytes = 0

    def _on_text(self, buffer: bytes, begin: int, end: int) -> None:
        now = time.monotonic()
        self.bytes += end - begin
        dialect = self._dialect
        if self.ready.done():
            if found := dialect.count.search(buffer, begin, end):
                count = int(found[1])
                # An answer that shows nothing new is no delivery.
                if not self.counts or count != self.counts[-1]:
                    self.counts.append(count)
                    self.times.append(now)
                if dialect.acknowledge is not None:
                    self._reply(*dialect.acknowledge, buffer, begin, end)
                return
        elif self._script:
            heard, said = self._script[0]
            if self._reply(heard, said, buffer, begin, end):
                del self._script[0]
                return
        elif dialect.ready.search(buffer, begin, end):
            self.ready.set_result(None)
            if dialect.acknowledge is not None:
                self._reply(*dialect.acknowledge, buffer, begin, end)
            return
        for heard, said in dialect.replies:
            if self._reply(heard, said, buffer, begin, end):
                return

    def _reply(self, heard: re.Pattern[bytes], said: bytes, buffer: bytes, begin: int, end: int) -> bool:
        found = heard.search(buffer[begin:end])
        if found is not None:
            assert self.socket is not None
            self.socket.send(said.replace(b"%1", found[1]) if found.re.groups else said)
        return found is not None

    def _on_closed(self, closed: asyncio.Future[str]) -> None:
        if not self.ready.done():
            self.ready.set_exception(ClosedByServer(closed.result()))


class Dialect:
    """A `plan.Dialect` with its patterns compiled."""

    def __init__(self, source: plan.Dialect) -> None:
        self.host, self.port = source.host, source.port
        self.ready = re.compile(source.ready.encode())
        self.count = re.compile(source.count.encode())
        self.replies = [_compile(reply) for reply in source.replies]
        self.acknowledge = source.acknowledge and _compile(source.acknowledge)


def _compile(exchange: plan.Exchange) -> tuple[re.Pattern[bytes], bytes]:
    return re.compile(exchange.heard.encode()), exchange.said.encode()


class Generator:
    """Everybody who follows something."""

    def __init__(self) -> None:
        self._followers: list[Follower] = []

    async def answer(self, question: plan.Open | plan.Await | plan.Close) -> msgspec.Struct:
        match question:
            case plan.Open():
                return await self._open(question)
            case plan.Await():
                return await self._await(question)
            case plan.Close():
                self._hang_up()
                return plan.Closed()

    def _hang_up(self) -> None:
        for follower in self._followers:
            # Who waits for a first answer need not know that none will come.
            follower.ready.cancel()
            if follower.socket is not None:
                follower.socket.close()
        self._followers = []

    async def _open(self, question: plan.Open) -> plan.Opened:
        dialect = Dialect(question.dialect)
        began = time.monotonic()
        turns = asyncio.Semaphore(CONNECTING_AT_ONCE)
        self._followers = [Follower(dialect, what) for what in question.subscribers]

        async def connect(follower: Follower) -> None:
            async with turns:
                await follower.connect()

        try:
            async with asyncio.timeout(READY_TIMEOUT_S), asyncio.TaskGroup() as connecting:
                for follower in self._followers:
                    connecting.create_task(connect(follower))
        except TimeoutError:
            self._hang_up()
            raise ClosedByServer("no answer in time") from None
        except ExceptionGroup as errors:
            self._hang_up()
            refused = errors.subgroup(OSError)
            if refused is None:
                raise
            raise ClosedByServer(str(refused.exceptions[0])) from None
        return plan.Opened(time.monotonic() - began)

    async def _await(self, question: plan.Await) -> plan.Seen:
        commits: defaultdict[int, list[plan.Commit]] = defaultdict(list)
        for commit in question.commits:
            commits[commit.topic].append(commit)
        concerned = [follower for follower in self._followers if follower.what.topic in commits]
        await _until_all_saw_all(concerned, commits, question.timeout_s)
        cpu_s = time.process_time()
        samples: list[float] = []
        unseen = deliveries = 0
        for follower in concerned:
            mine = commits[follower.what.topic]
            found = list(_delays(follower.counts, follower.times, mine))
            samples += found
            unseen += len(mine) - len(found)
            deliveries += sum(mine[0].count <= count <= mine[-1].count for count in follower.counts)
        received = sum(follower.bytes for follower in self._followers)
        for follower in self._followers:
            follower.forget()
        seen = len(samples)
        samples = sorted(samples) or [question.timeout_s]
        return plan.Seen(
            samples=seen,
            unseen=unseen,
            deliveries=deliveries,
            bytes=received,
            p50_s=percentile(samples, 50),
            p99_s=percentile(samples, 99),
            worst_s=samples[-1],
            cpu_s=cpu_s,
        )


async def _until_all_saw_all(
    followers: list[Follower], commits: Mapping[int, list[plan.Commit]], timeout_s: float
) -> None:
    patience_ends_s = time.monotonic() + timeout_s
    lagging = _lagging(followers, commits)
    # Looked at now and then: to be told of each frame would cost more than to take it in.
    while lagging and time.monotonic() < patience_ends_s:
        await asyncio.sleep(POLL_S)
        lagging = _lagging(lagging, commits)


def _lagging(followers: Iterable[Follower], commits: Mapping[int, list[plan.Commit]]) -> list[Follower]:
    return [
        follower
        for follower in followers
        if not follower.counts or follower.counts[-1] < commits[follower.what.topic][-1].count
    ]


def _delays(counts: Sequence[int], times: Sequence[float], commits: Sequence[plan.Commit]) -> Iterable[float]:
    """Seconds from each commit to the first answer that shows it or a later one; none for the unseen."""
    at = 0
    for commit in commits:
        at = bisect_left(counts, commit.count, at)
        if at == len(counts):
            return
        yield times[at] - commit.sent_at


def main() -> None:
    questions = msgspec.json.Decoder(plan.Open | plan.Await | plan.Close)
    serve_parent(questions, Generator().answer)


if __name__ == "__main__":
    main()
