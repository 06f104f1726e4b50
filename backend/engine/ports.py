"""What the engine's shell needs from the outside world, and the values that cross that border."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from backend.engine.reads import NOTHING_READ, ReadSet
from backend.engine.versions import Identity, Snapshot, Ts


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is called with.

    `function`: canonical name, 'posts:feed'. `arguments`: canonical JSON text of the argument object, with
    sorted keys. `fault`: why what the client sent cannot be arguments of any function; the call then fails.
    """

    function: str
    arguments: str
    fault: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class QueryRun:
    """One query to be run once, for all who share it; equal to nothing but itself.

    `journal`: what an earlier run of the same page recorded (`Answer.journal`); None asks for a fresh page.
    """

    call: Call
    identity: Identity
    journal: str | None


@dataclass(frozen=True, slots=True)
class FunctionError:
    """Why a function failed, as its caller may see it. `data_json`: only of an error raised on purpose."""

    message: str
    data_json: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run gave: encoded JSON text in `value_json`, or `error`; never both, never neither.

    `journal`: opaque; where a page ended, so that running again covers the same stretch. `reads`: what the
    answer depends on, rules included. A failed run has reads too: changing what it read may mend it.
    `common_reads`: what it depends on besides; answers of runs that have it in common hold the same object.
    """

    value_json: str | None
    error: FunctionError | None
    journal: str | None
    log_lines: tuple[str, ...]
    reads: ReadSet
    common_reads: ReadSet = NOTHING_READ


@dataclass(frozen=True, slots=True)
class MutationCall:
    """A mutation or action to be run. With `session_id` and `request_id` a mutation runs at most once."""

    call: Call
    identity: Identity
    session_id: UUID | None
    request_id: int | None


@dataclass(frozen=True, slots=True)
class MutationOutcome:
    """How a mutation or action ended: `value_json`, or `error` with nothing written.

    `xid`: the transaction that wrote; None when nothing was written now (failed, read only, or answered from
    the request log).
    """

    value_json: str | None
    error: FunctionError | None
    log_lines: tuple[str, ...]
    xid: int | None


class TokenRefused(Exception):
    """A token that proves nobody. Asking again with the same token cannot help; `message` may be shown."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class OpenSnapshot(Protocol):
    """One read-only view of the database, held open until closed."""

    @property
    def snapshot(self) -> Snapshot: ...

    @property
    def position(self) -> Ts:
        """A WAL position read *after* the snapshot: no commit the snapshot sees ends later."""
        ...

    async def run(
        self, runs: Sequence[QueryRun], answered: Callable[[QueryRun, Answer], None] | None = None
    ) -> list[Answer]:
        """Answer every run in this view, in order. A function that fails is an `Answer` with `error`.

        `answered` hears of each as soon as it ends; no two runs are equal.
        """
        ...

    async def close(self) -> None: ...


class Backend(Protocol):
    """The database and the registered functions, as the engine's shell uses them."""

    async def open_snapshot(self, likely: Identity | None = None) -> OpenSnapshot:
        """A view of the database now. `likely`: on whose behalf the first run will be; only a hint."""
        ...

    async def mutate(self, call: MutationCall) -> MutationOutcome:
        """Run a mutation to its end. Raises only when the outcome is unknown; asking again then is safe."""
        ...

    async def act(self, call: MutationCall) -> MutationOutcome: ...

    async def drain_copies(self) -> int:
        """Settle one batch of queued copies; 0 means none waits."""
        ...

    async def prune_requests(self) -> int:
        """Forget one batch of the requests that were answered long ago; 0 means none is left."""
        ...

    async def verify(self, token: str) -> Identity:
        """Who the token proves; raises `TokenRefused`."""
        ...
