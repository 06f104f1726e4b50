"""What the engine wants done, as data. The shell does it and reports back by the method each effect names."""

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from backend.engine.ports import Answer, MutationCall, MutationOutcome, QueryRun
from backend.engine.versions import Identity, StateVersion, Ts

SessionNumber = NewType("SessionNumber", int)
"""One connection, for as long as it lasts."""

TickNumber = NewType("TickNumber", int)
"""One attempt at a tick; a later attempt has a greater number."""


# --- what a session is told ---


@dataclass(frozen=True, slots=True)
class QueryAnswered:
    """A query's newest answer, value or error. `journal`: the client keeps it for its next connection."""

    query_id: int
    answer: Answer
    journal: str | None


@dataclass(frozen=True, slots=True)
class QueryRemoved:
    query_id: int


Modification = QueryAnswered | QueryRemoved


@dataclass(frozen=True, slots=True)
class Transition:
    """From `start`, where the session stood, to `end`: one consistent cut of everything it subscribes to."""

    start: StateVersion
    end: StateVersion
    modifications: tuple[Modification, ...]


@dataclass(frozen=True, slots=True)
class MutationResponse:
    """A mutation has ended. `ts`: that of the transition right behind it, the first to show what it wrote."""

    request_id: int
    outcome: MutationOutcome
    ts: Ts


@dataclass(frozen=True, slots=True)
class ActionResponse:
    request_id: int
    outcome: MutationOutcome


@dataclass(frozen=True, slots=True)
class AuthError:
    """The token is refused (`update_attempted`) or has run out. `base_version`: identity changes accepted."""

    error: str
    base_version: int
    update_attempted: bool


@dataclass(frozen=True, slots=True)
class FatalError:
    """The client broke the protocol; it will not try again."""

    error: str


Message = Transition | MutationResponse | ActionResponse | AuthError | FatalError


class CloseCode(Enum):
    """Why a socket is closed (RFC 6455, 7.4.1): the client's fault, ours, or want of room."""

    NORMAL = 1000
    INTERNAL_ERROR = 1011
    TRY_AGAIN_LATER = 1013


# --- what the shell is to do ---


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """After `delay_s` ask `opening_snapshot`; if so, take one; then `snapshot_taken`, or `tick_failed`.

    `likely`: with whose eyes the runs will see, where it looks as if all were one person's. Only a hint.
    """

    tick: TickNumber
    delay_s: float
    likely: Identity | None = None


@dataclass(frozen=True, slots=True)
class RequestHeartbeat:
    """Ask the feed for its position after `delay_s`; the answer is a feed event."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Execute:
    """Run these in the snapshot of `tick`; then `executed` with the answers in order, or `tick_failed`.

    Where for `ticks.TICK_S_MAX` none has ended, report `running_late`, and of those left some at a time by
    `answered_late` as they end, before `executed`.
    """

    tick: TickNumber
    runs: tuple[QueryRun, ...]


@dataclass(frozen=True, slots=True)
class ReleaseSnapshot:
    """Close the snapshot of `tick`, or abandon opening it. Nothing to report."""

    tick: TickNumber


@dataclass(frozen=True, slots=True)
class Send:
    """Send these to each of `sessions`, in this order with nothing between.

    Report `transitions_sent` for each session whose transition, if there is one, has been sent.
    """

    sessions: tuple[SessionNumber, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class CloseSession:
    """Send what is queued, then close the socket. The engine has forgotten the session already."""

    session: SessionNumber
    code: CloseCode
    reason: str


@dataclass(frozen=True, slots=True)
class RunMutation:
    """Run it to its end even if the session closes; then `mutation_finished`, or `outcome_unknown`."""

    session: SessionNumber
    request_id: int
    call: MutationCall


@dataclass(frozen=True, slots=True)
class RunAction:
    """Run it to its end; then `action_finished`, or `outcome_unknown`."""

    session: SessionNumber
    request_id: int
    call: MutationCall


Effect = (
    TakeSnapshot
    | RequestHeartbeat
    | Execute
    | ReleaseSnapshot
    | Send
    | CloseSession
    | RunMutation
    | RunAction
)
