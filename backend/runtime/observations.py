"""What the runtime tells whoever watches it: logs and metrics are made of these, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class FunctionRan:
    """A query, mutation or action came to its end. `failed`: the caller got an error of any sort.

    `function` is one of ours or `UNKNOWN`: what else clients may call it is not for keeping.
    """

    function: str
    kind: str
    failed: bool
    duration_s: float


@dataclass(frozen=True)
class FunctionBroke:
    """A function failed in a way it did not mean to. The client was told `request_id` and no more."""

    function: str
    request_id: str
    error: BaseException


@dataclass(frozen=True)
class MutationConflicted:
    """Another transaction got in a mutation's way; `attempt` (from 1) is to be repeated."""

    function: str
    attempt: int
    code: str


Observation: TypeAlias = FunctionRan | FunctionBroke | MutationConflicted
Observe: TypeAlias = Callable[[Observation], None]
