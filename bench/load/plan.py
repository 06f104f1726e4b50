"""What subscribers say and look for: the differences between systems, as data that crosses a pipe."""

from __future__ import annotations

import msgspec


class Exchange(msgspec.Struct, frozen=True):
    """When a text matches `heard`, `said` is sent: `%1` in it stands for the first group."""

    heard: str
    said: str


class Dialect(msgspec.Struct, frozen=True):
    """How one system talks. Patterns are regular expressions over bytes.

    `ready` is in the text that holds the first answer; `count`, in any later one, has the number of likes
    that the subscriber now sees as its first group. `replies` are given whenever their pattern is heard in a
    text without a count; `acknowledge` is tried on each that is an answer.
    """

    host: str
    port: int
    ready: str
    count: str
    replies: tuple[Exchange, ...] = ()
    acknowledge: Exchange | None = None


class Subscriber(msgspec.Struct, frozen=True):
    """One socket. `topic` numbers what it follows; -1 is nothing that is ever written.

    It says `greeting` when the connection is open, then plays `script`, one exchange after another.
    """

    topic: int
    path: str
    protocol: str | None = None
    greeting: tuple[str, ...] = ()
    script: tuple[Exchange, ...] = ()


class SqlWrites(msgspec.Struct, frozen=True, tag="sql"):
    """A like is one transaction of `statements`: `$1` is who likes, `$2` the post."""

    dsn: str
    statements: tuple[str, ...]


class HttpWrites(msgspec.Struct, frozen=True, tag="http"):
    """A like is a PUT of `body` to `path`, where `%s` is the post; the answer has `count`, a pattern."""

    host: str
    port: int
    path: str
    headers: tuple[str, ...]
    body: str
    count: str


class Commit(msgspec.Struct, frozen=True, array_like=True):
    """The like that made `count` likes of the post of `topic`; when COMMIT was sent (CLOCK_MONOTONIC, s)."""

    topic: int
    count: int
    sent_at: float


# --- what the generator is told, and tells ---


class Open(msgspec.Struct, frozen=True, tag="open"):
    """Connect everybody; wait until each has its first answer."""

    dialect: Dialect
    subscribers: tuple[Subscriber, ...]


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """From the first connection until the last first answer."""

    took_s: float


class Await(msgspec.Struct, frozen=True, tag="await"):
    """Wait until everybody has seen the last of their `commits`, and tell what came since the last time."""

    commits: tuple[Commit, ...]
    timeout_s: float


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """Percentiles are over every subscriber and commit that concerned it and was seen, in seconds.

    `unseen` are those that were not; `deliveries` the frames with news; `bytes` the size of all frames.
    """

    samples: int
    unseen: int
    deliveries: int
    bytes: int
    p50_s: float
    p99_s: float
    worst_s: float
    cpu_s: float


class Close(msgspec.Struct, frozen=True, tag="close"):
    """Hang up, everybody."""


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """Everybody did."""


# --- what the writer is told, and tells ---


class Prepare(msgspec.Struct, frozen=True, tag="prepare"):
    """Write so; `posts[topic]` is liked by `people`, one after another."""

    writes: SqlWrites | HttpWrites
    posts: tuple[str, ...]
    people: tuple[str, ...]


class Prepared(msgspec.Struct, frozen=True, tag="prepared"):
    """Connections are open."""


class Write(msgspec.Struct, frozen=True, tag="write"):
    """Commit at `rate_per_s`, for `seconds`, to all topics in turn."""

    rate_per_s: float
    seconds: float


class Written(msgspec.Struct, frozen=True, tag="written"):
    """`commits` in order, and how many a second there were."""

    commits: tuple[Commit, ...]
    reached_per_s: float


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """What was asked could not be done."""

    why: str
