"""How things stand when somebody asks for the numbers.

What is open, what went over the sockets, how far the change feed is, and who waits for the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import asyncpg
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.runtime.loop import Reactor
from backend.runtime.watched_pool import WatchedPool
from backend.server.health import FeedStanding

Pools = Callable[[], Mapping[str, asyncpg.Pool]]


class Standing(Collector):
    """Reads the parts of the service. `position` is the database's own end of the log, when last asked."""

    def __init__(
        self, reactor: Reactor, pools: Callable[[], Mapping[str, WatchedPool]], feed: FeedStanding
    ) -> None:
        self._reactor, self._pools, self._feed = reactor, pools, feed
        self.position: int | None = None

    def collect(self) -> Iterable[Metric]:
        yield from self._open_now()
        yield from self._sent()
        yield from self._followed()
        yield from self._connected()

    def _open_now(self) -> Iterable[Metric]:
        now = self._reactor.open_now()
        yield _gauge("sockets", "Clients that are connected", now.sockets)
        yield _gauge("subscriptions", "Queries that clients follow", now.subscriptions)
        yield _gauge("distinct_runs", "Different queries that answer all subscriptions", now.runs)

    def _sent(self) -> Iterable[Metric]:
        traffic = self._reactor.traffic
        yield _counter("sockets_opened", "Sockets that were let in", traffic.sockets_opened)
        yield _counter("sockets_refused", "Sockets that there was no room for", traffic.sockets_refused)
        yield _counter("transitions_sent", "Deliveries of new answers", traffic.transitions_sent)
        yield _counter("frames_sent", "Messages on sockets, of every kind", traffic.frames_sent)
        yield _counter("sent_bytes", "Bytes of messages on sockets", traffic.bytes_sent)

    def _followed(self) -> Iterable[Metric]:
        feed = self._feed
        yield _counter("feed_starts", "Times the change feed began: 1, and 1 per restart", feed.starts)
        yield _counter("feed_commits", "Commits that the change feed told of", feed.commits)
        yield _gauge("feed_silent_seconds", "Since the change feed said anything", feed.silent_s())
        if self.position is not None and feed.position:
            behind = max(0, self.position - feed.position)
            yield _gauge("feed_behind_bytes", "Log that the change feed has not reached", behind)

    def _connected(self) -> Iterable[Metric]:
        connections = GaugeMetricFamily(
            "folkmoot_pool_connections", "Connections to the database", labels=("pool", "state")
        )
        waits = CounterMetricFamily(
            "folkmoot_pool_waits", "Times that a connection was waited for", labels=("pool",)
        )
        waited = CounterMetricFamily(
            "folkmoot_pool_wait_seconds", "How long connections were waited for", labels=("pool",)
        )
        for name, pool in self._pools().items():
            for state, count in pool.connections().items():
                connections.add_metric((name, state), count)
            waits.add_metric((name,), pool.waits)
            waited.add_metric((name,), pool.waited_s)
        yield from (connections, waits, waited)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"folkmoot_{name}", about, value)


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(f"folkmoot_{name}", about, value)
