"""The mutations and actions of one session: what waits, what runs, and which responses wait for their tick.

Mutations run one at a time, in the order they came; actions run side by side. A response is due at the
first cut that is sure to show what was written: that saw the transaction, or, where there is none, was
opened after the end.
"""

from collections import deque
from dataclasses import dataclass

from backend.engine.commands import Act, Mutate
from backend.engine.effects import ActionResponse, MutationResponse, TickNumber
from backend.engine.ports import MutationOutcome
from backend.engine.refusals import ProtocolViolation, TooManyRequests
from backend.engine.ticks import Cut
from backend.engine.versions import Identity, Ts

MUTATIONS_WAITING_MAX = 1_000  # Convex's limit; a client so far ahead of us should slow down.
ACTIONS_RUNNING_MAX = 1_000  # Convex's limit.


@dataclass(frozen=True, slots=True)
class _Ended:
    """A request that has ended and was not answered yet."""

    request: Mutate | Act
    outcome: MutationOutcome
    opening_last: TickNumber

    def due(self, cut: Cut) -> bool:
        if self.outcome.xid is not None:
            return cut.snapshot.sees(self.outcome.xid)
        return cut.tick > self.opening_last

    def response(self, ts: Ts) -> MutationResponse | ActionResponse:
        match self.request:
            case Mutate(request_id=request_id):
                return MutationResponse(request_id, self.outcome, ts)
            case Act(request_id=request_id):
                return ActionResponse(request_id, self.outcome)


class Requests:
    """One session's requests."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Mutate, Identity]] = deque()
        self._running: Mutate | None = None
        self._opened_last = TickNumber(0)
        self._actions: dict[int, Act] = {}
        self._ended: list[_Ended] = []

    def add_mutation(self, mutation: Mutate, caller: Identity) -> None:
        """To be run as `caller`, whoever the client is by then. Raises `TooManyRequests`."""
        if len(self._waiting) + len(self._ended) >= MUTATIONS_WAITING_MAX:
            raise TooManyRequests("TooManyConcurrentMutations")
        self._waiting.append((mutation, caller))

    def start_mutation(self, opened_last: TickNumber) -> tuple[Mutate, Identity] | None:
        """The mutation to be run now, if none is running. No snapshot up to `opened_last`'s can see it."""
        if self._running is not None or not self._waiting:
            return None
        started = self._waiting.popleft()
        self._running, self._opened_last = started[0], opened_last
        return started

    def end_mutation(self, outcome: MutationOutcome, opening_last: TickNumber) -> None:
        assert self._running is not None, outcome
        self._ended.append(_Ended(self._running, outcome, opening_last))
        self._running = None

    def add_action(self, action: Act) -> None:
        """Raises `TooManyRequests`, and `ProtocolViolation` for a request id that is in use."""
        if action.request_id in self._actions:
            raise ProtocolViolation(f"Action {action.request_id} is running already.")
        if len(self._actions) + len(self._ended) >= ACTIONS_RUNNING_MAX:
            raise TooManyRequests("TooManyConcurrentActions")
        self._actions[action.request_id] = action

    def end_action(self, request_id: int, outcome: MutationOutcome, opening_last: TickNumber) -> None:
        self._ended.append(_Ended(self._actions.pop(request_id), outcome, opening_last))

    def may_be_shown_by(self, cut: Cut, *, repeats: bool) -> bool:
        """Whether the cut may show what a mutation wrote whose response could not be sent yet.

        That is the one now running, if it started before the cut's snapshot was taken; or, where they may be
        `repeats` of what took effect long ago, any whose response cannot be sent together with this cut.

        A client drops its optimistic guess when the response comes; seeing the truth earlier it would show
        both.
        """
        if repeats:
            return bool(self._waiting or self._running) or self.wait_past(cut)
        return self._running is not None and cut.tick > self._opened_last

    def none_to_answer(self) -> bool:
        return not self._ended

    def wait_past(self, cut: Cut) -> bool:
        """Whether some response waits for a later cut than this one."""
        _, waiting = self._part(cut)
        return bool(waiting)

    def take_due(self, cut: Cut) -> list[MutationResponse | ActionResponse]:
        """Responses to be sent right before the transition to `cut`, in the order the requests ended."""
        due, self._ended = self._part(cut)
        return [ended.response(cut.ts) for ended in due]

    def _part(self, cut: Cut) -> tuple[list[_Ended], list[_Ended]]:
        """What is due at the cut, and what has to wait, each in the order it ended.

        A cut that shows a mutation was opened after that had begun, and so after all mutations before it had
        ended: they are due as well. Not so actions, which run beside mutations.
        """
        due: list[_Ended] = []
        waiting: list[_Ended] = []
        shows_later = False
        for ended in reversed(self._ended):
            is_mutation = isinstance(ended.request, Mutate)
            is_due = ended.due(cut) or (is_mutation and shows_later)
            shows_later = shows_later or (is_mutation and is_due)
            (due if is_due else waiting).append(ended)
        return due[::-1], waiting[::-1]
