"""One client's connection: who it is, what it subscribes to, what it has been told.

What the client says is taken in at two moments. At once: it is checked against the versions counted so far,
and requests are queued. When the next tick begins (`take_in`): who the client is and what it subscribes to.
So while a tick is in flight the subscriptions stand still, and the transition after it answers exactly the
versions it names.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from backend.engine.commands import AddQuery, Authenticate, Connect, ModifyQuerySet, RemoveQuery
from backend.engine.effects import (
    Message,
    QueryAnswered,
    QueryRemoved,
    SessionNumber,
    TickNumber,
    Transition,
)
from backend.engine.ports import Answer
from backend.engine.refusals import ProtocolViolation, TooManyRequests
from backend.engine.requests import Requests
from backend.engine.subscriptions import Run, Subscription, Subscriptions, same_result
from backend.engine.telling import Telling
from backend.engine.ticks import Cut
from backend.engine.versions import ANONYMOUS, TS_ZERO, VERSION_ZERO, Identity, StateVersion

SUBSCRIPTIONS_MAX = 4_096  # No page needs so many; each costs a run and some KB.
CHANGES_WAITING_MAX = 1_000  # Changes of query set and identity that come while one tick is in flight.
TRANSITIONS_UNSENT_MAX = 2  # Convex's: a slow reader gets the newest state later, not a backlog.
TICKS_BEHIND_MAX = 20  # A lagging copy catches up within them; a restored database never does, and is served.


@dataclass(slots=True)
class _Held:
    """A transition to `cut` that waits for slow runs. All that it tells is as of its cut."""

    cut: Cut
    query_set: int
    identity_version: int
    removed: list[int]
    answered: list[tuple[Subscription, QueryAnswered]]
    waiting: dict[Subscription, Run]


class Session:
    """One connection. Commands raise `ProtocolViolation` or `TooManyRequests`, and end it by that."""

    def __init__(self, number: SessionNumber, registry: Subscriptions) -> None:
        self.number = number
        self.requests = Requests()
        self.client: Connect | None = None
        self.caller: Identity = ANONYMOUS
        """Who the client last said it is; requests run as this one."""
        self.identity_received = 0
        self._registry = registry
        self._query_set_received = 0
        self._query_ids: set[int] = set()
        self._waiting: list[ModifyQuerySet | Authenticate] = []
        # As the tick `_taken_in_at` found it:
        self._taken_in_at = TickNumber(0)
        self._query_set = 0
        self._identity_version = 0
        self._identity: Identity = ANONYMOUS
        self._subscriptions: dict[int, Subscription] = {}
        # Told, and still to be told:
        self._told = VERSION_ZERO
        self._unsent = 0
        self._removed: list[int] = []
        self._news: dict[Subscription, None] = {}
        self._held: _Held | None = None
        self._behind_at = TickNumber(0)
        self._ticks_behind = 0

    # --- what the client says ---

    def connect(self, command: Connect) -> None:
        if self.client is not None:
            raise ProtocolViolation("Connect was sent twice.")
        self.client = command

    def modify_query_set(self, command: ModifyQuerySet) -> None:
        _check_base(command.base_version, self._query_set_received)
        if command.new_version <= command.base_version:
            raise ProtocolViolation(f"New version {command.new_version} is not above {command.base_version}.")
        for modification in command.modifications:
            match modification:
                case AddQuery(query_id=query_id):
                    if query_id in self._query_ids:
                        raise ProtocolViolation(f"Query {query_id} was added twice.")
                    self._query_ids.add(query_id)
                case RemoveQuery(query_id=query_id):
                    if query_id not in self._query_ids:
                        raise ProtocolViolation(f"Query {query_id} was removed but never added.")
                    self._query_ids.remove(query_id)
        if len(self._query_ids) > SUBSCRIPTIONS_MAX:
            raise TooManyRequests("TooManySubscriptions")
        self._query_set_received = command.new_version
        self._wait(command)

    def authenticate(self, command: Authenticate) -> None:
        self.check_identity_base(command.base_version)
        self.identity_received += 1
        self.caller = command.identity
        self._wait(command)

    def check_identity_base(self, base_version: int) -> None:
        _check_base(base_version, self.identity_received)

    def _wait(self, change: ModifyQuerySet | Authenticate) -> None:
        if len(self._waiting) >= CHANGES_WAITING_MAX:
            raise TooManyRequests("TooManyQuerySetChanges")
        self._waiting.append(change)

    # --- what ticks do with it ---

    def take_in(self, tick: TickNumber) -> None:
        """Become what the client asked for so far; `tick` will answer it."""
        for change in self._waiting:
            match change:
                case ModifyQuerySet():
                    self._take_in_query_set(change)
                case Authenticate():
                    self._take_in_identity(change.identity)
        self._waiting.clear()
        self._taken_in_at = tick

    def _take_in_query_set(self, change: ModifyQuerySet) -> None:
        self._query_set = change.new_version
        for modification in change.modifications:
            match modification:
                case AddQuery(query_id=query_id, call=call, journal=journal):
                    subscription = self._registry.subscribe(
                        self.number, query_id, call, self._identity, journal
                    )
                    self._subscriptions[query_id] = subscription
                    self._news[subscription] = None
                case RemoveQuery(query_id=query_id):
                    subscription = self._subscriptions.pop(query_id)
                    self._registry.unsubscribe(subscription)
                    self._news.pop(subscription, None)
                    self._removed.append(query_id)

    def _take_in_identity(self, identity: Identity) -> None:
        self._identity_version += 1
        same_eyes = identity == self._identity
        self._identity = identity  # even then: it may expire later
        if same_eyes:
            return
        for subscription in self._subscriptions.values():
            self._registry.move(subscription, identity)
            self._news[subscription] = None

    def offer(self, subscription: Subscription) -> None:
        """A subscription may have news; it is looked at when the session speaks."""
        self._news[subscription] = None

    def hold(self, cut: Cut, runs: Collection[Run]) -> None:
        """Be told nothing before `runs` have answered at `cut`, and all the rest as it stands there now.

        Where something else does not hold at the cut, or an earlier one is waited for, that comes first.
        """
        subscriptions = self._subscriptions.values()
        if self._held is not None or any(each.run.late and each.run not in runs for each in subscriptions):
            return
        waiting = {each: each.run for each in subscriptions if each.run in runs}
        answered = [(each, told) for each in self._news if each not in waiting for told in _answered(each)]
        removed, self._removed = self._removed, []
        self._held = _Held(cut, self._query_set, self._identity_version, removed, answered, waiting)
        self._news.clear()

    def resolve(self, run: Run, answer: Answer) -> None:
        """A run that this session may be held for has answered."""
        if self._held is None:
            return
        for subscription in [each for each, waited in self._held.waiting.items() if waited is run]:
            del self._held.waiting[subscription]
            if subscription.sent is None or not same_result(subscription.sent, answer):
                told = QueryAnswered(subscription.query_id, answer, run.key.journal)
                self._held.answered.append((subscription, told))

    def let_go(self, cut: Cut) -> None:
        """What was to be told at `cut` is told at a later one."""
        held = self._held
        if held is None or held.cut != cut:
            return
        self._held = None
        self._removed = held.removed + self._removed
        told = [subscription for subscription, _ in held.answered]
        for subscription in (*told, *held.waiting):
            if self._subscriptions.get(subscription.query_id) is subscription:
                self._news[subscription] = None

    def leave(self) -> None:
        """Unsubscribe from everything."""
        for subscription in self._subscriptions.values():
            self._registry.unsubscribe(subscription)
        self._subscriptions.clear()

    # --- what the client is told ---

    def expired(self, now_s: float) -> bool:
        """Whether the token by which the client would be told things has run out."""
        return self._identity.expired(now_s)

    def awaits_later(self, cut: Cut) -> bool:
        """Whether this cut cannot tell the client all it has to be told, and a later one could."""
        return self.requests.wait_past(cut) or self._is_behind(cut)

    def speak(self, cut: Cut, telling: Telling) -> tuple[Message, ...]:
        """What to tell now: nothing, or responses that are due and one transition behind them, to `cut`.

        `telling` is of that cut. Nothing is lost by silence: whatever is held back is part of what the next
        call tells.
        """
        told = self._speak_held() if self._held is not None else ()
        if (
            self._held is not None
            or self._taken_in_at > cut.tick
            or self._is_late()
            or not self._may_tell(cut)
        ):
            return told
        answered, removed = self._take_news(), self._removed
        if removed:
            self._removed = []
        end = telling.version(self._query_set, self._identity_version)
        more = self._tell(
            cut,
            end,
            bool(answered or removed),
            lambda start: telling.transition(start, end, removed, answered),
        )
        return (*told, *more) if told else more

    def _speak_held(self) -> tuple[Message, ...]:
        held = self._held
        if held is None or held.waiting:
            return ()
        if not self._may_tell(held.cut):
            # A client that was told nothing yet may know of a later cut, or repeat requests: wait no more.
            if self._told.ts == TS_ZERO:
                self.let_go(held.cut)
            return ()
        self._held = None
        for subscription, told in held.answered:
            subscription.sent = told.answer
        modifications = (*map(QueryRemoved, held.removed), *(told for _, told in held.answered))
        end = StateVersion(held.query_set, held.identity_version, held.cut.ts)
        return self._tell(
            held.cut, end, bool(modifications), lambda start: (Transition(start, end, modifications),)
        )

    def _tell(
        self,
        cut: Cut,
        end: StateVersion,
        has_news: bool,
        transition_from: Callable[[StateVersion], tuple[Transition]],
    ) -> tuple[Message, ...]:
        """Nothing, or the responses that are due at `cut` and behind them the transition to `end`."""
        responses, start = self.requests.take_due(cut), self._told
        versions_stand = start.query_set == end.query_set and start.identity == end.identity
        if versions_stand and not responses and not has_news:
            return ()
        self._told = end
        self._unsent += 1
        transition = transition_from(start)
        return (*responses, *transition) if responses else transition

    def has_nothing_to_say(self) -> bool:
        return (
            self._held is None
            and not self._news
            and not self._removed
            and self.requests.none_to_answer()
            and self._query_set == self._told.query_set
            and self._identity_version == self._told.identity
        )

    def transition_sent(self) -> None:
        assert self._unsent > 0, self.number
        self._unsent -= 1

    def _is_late(self) -> bool:
        """Whether the answer to one of its queries does not hold at the last cut."""
        return self._registry.some_are_late and any(each.run.late for each in self._subscriptions.values())

    def _may_tell(self, cut: Cut) -> bool:
        return (
            self.client is not None
            and self._unsent < TRANSITIONS_UNSENT_MAX
            and not self.requests.may_be_shown_by(cut, repeats=self.client.again and self._told.ts == TS_ZERO)
            and not self._is_behind(cut)
        )

    def _is_behind(self, cut: Cut) -> bool:
        """Whether another copy of the service told this client a later ts, still worth waiting for."""
        if self.client is None or self._told.ts != TS_ZERO or cut.ts >= self.client.observed:
            return False
        if cut.tick != self._behind_at:
            self._behind_at = cut.tick
            self._ticks_behind += 1
        return self._ticks_behind <= TICKS_BEHIND_MAX

    def _take_news(self) -> list[Subscription]:
        """The subscriptions of which there is something to tell, marked as told."""
        answered: list[Subscription] = []
        for subscription in self._news:
            answer = subscription.news()
            if answer is not None:
                subscription.sent = answer
                answered.append(subscription)
        self._news.clear()
        return answered


def _answered(subscription: Subscription) -> list[QueryAnswered]:
    """What there is to tell of a subscription: nothing, or its newest answer."""
    answer = subscription.news()
    if answer is None:
        return []
    return [QueryAnswered(subscription.query_id, answer, subscription.run.key.journal)]


def _check_base(base: int, current: int) -> None:
    if base != current:
        raise ProtocolViolation(f"Base version {base} passed up doesn't match the current version {current}.")
