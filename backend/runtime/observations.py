"""What the runtime tells whoever watches it: logs and metrics are made of these, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

UNKNOWN = "(unknown)"


@dataclass(frozen=True, slots=True)
class FunctionRan:
    """A query, mutation or action came to its end.

    `function` is one of ours or `UNKNOWN`: what else clients may call it is not for keeping. `code` names the
    error its caller got; `broke`: one that the function did not mean. Of a mutation that was repeated,
    `rows_read` and `rows_written` are of the last attempt. `request`: its session and number in it.
    """

    function: str
    kind: str
    duration_s: float
    code: str | None = None
    broke: bool = False
    rows_read: int = 0
    rows_written: int = 0
    retries: int = 0
    request: str | None = None


@dataclass(frozen=True)
class FunctionBroke:
    """A function failed in a way it did not mean to. The client was told `request_id` and no more."""

    function: str
    request_id: str
    error: BaseException


@dataclass(frozen=True)
class FunctionSaid:
    """What a function said with `ctx.log`, whether or not its caller may see it."""

    function: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class MutationConflicted:
    """Another transaction got in a mutation's way; `attempt` (from 1) is to be repeated."""

    function: str
    attempt: int
    code: str


@dataclass(frozen=True)
class BatchSettled:
    """So many calls of one function were settled by one transaction, which read and wrote so many rows."""

    function: str
    calls: int
    duration_s: float
    rows_read: int
    rows_written: int


@dataclass(frozen=True, slots=True)
class TickEnded:
    """A tick told every socket what is new. `waited_s` of its time it waited for the change feed.

    `runs` is how many queries it had to answer.
    """

    duration_s: float
    waited_s: float
    runs: int


@dataclass(frozen=True, slots=True)
class AnswersShared:
    """Of the queries run in one snapshot `own` were executed, and `shared` answered by those.

    `reads`: what those that were executed took over from each other.
    """

    own: int
    shared: int
    reads: int


@dataclass(frozen=True)
class TokenRejected:
    """Somebody came with a token that proves nobody."""

    code: str


@dataclass(frozen=True)
class FieldAudited:
    """A derived field was compared with its definition, row by row.

    `wrong` rows differ; `pending` ones do too, but what sets them right is queued.
    """

    field: str
    wrong: int
    pending: int


@dataclass(frozen=True)
class JobEnded:
    """A scheduled job came to `state`: done, failed, dead, abandoned, or postponed to be tried again.

    It began `lag_s` after it should have. `error` says what went wrong.
    """

    function: str
    job_id: str
    state: str
    lag_s: float
    error: str | None


@dataclass(frozen=True)
class CronSkipped:
    """The time of a cron came while its last run was still at work."""

    name: str


@dataclass(frozen=True)
class JobsCounted:
    """The jobs of the whole project. The most overdue one has waited for `lag_s`."""

    waiting: int
    running: int
    failed: int
    lag_s: float


Observation: TypeAlias = (
    FunctionRan
    | FunctionBroke
    | FunctionSaid
    | MutationConflicted
    | BatchSettled
    | TickEnded
    | AnswersShared
    | TokenRejected
    | FieldAudited
    | JobEnded
    | CronSkipped
    | JobsCounted
)
Observe: TypeAlias = Callable[[Observation], None]
