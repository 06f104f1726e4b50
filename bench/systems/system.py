"""What the benchmarks need of a system, whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from bench.load import plan

Query: TypeAlias = Literal["feed", "personal"]
"""The newest 20 posts of a space; the same with something in it that depends on who asks."""


class NotRunnable(Exception):
    """This system cannot be measured here; the message says why and what would mend it."""


@dataclass(frozen=True)
class Running:
    """A system that answers.

    `service_pid` is the root of its processes but for PostgreSQL, whose root is `postgres_pid`. `subscriber`
    makes one of (topic, space, person, query): who follows the newest posts of the space of that number.
    """

    dialect: plan.Dialect
    writes: plan.SqlWrites | plan.HttpWrites
    service_pid: int
    postgres_pid: int
    subscriber: Callable[[int, int, int, Query], plan.Subscriber]
    post: Callable[[int], str]
    """The id of the newest post of the space of that number."""


class System(Protocol):
    """Something to be measured, with its data. `differs` says what it does otherwise than the others."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def differs(self) -> str: ...

    def run(self) -> AbstractAsyncContextManager[Running]:
        """Start its service anew. Raises `NotRunnable`."""
        ...
