"""The engine in a quiet room: nothing happens unless a test says so, and every effect can be looked at.

`room.run()` does all that the engine asked for until it asks for nothing more. For what happens in between,
a test takes the steps one by one: `open_snapshot`, `deliver`, `execute`, `finish`.
"""

import json
from collections import deque
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from backend.engine.changes import Progress
from backend.engine.commands import (
    Act,
    AddQuery,
    Authenticate,
    Command,
    Connect,
    ModifyQuerySet,
    Mutate,
    RemoveQuery,
)
from backend.engine.effects import (
    CloseSession,
    Effect,
    Execute,
    Message,
    QueryAnswered,
    QueryRemoved,
    ReleaseSnapshot,
    RequestHeartbeat,
    RunAction,
    RunMutation,
    Send,
    TakeSnapshot,
    Transition,
)
from backend.engine.engine import Engine
from backend.engine.ports import Call, FunctionError, MutationOutcome
from backend.engine.versions import TS_ZERO, Identity, StateVersion, Ts
from tests.engine.simulated_database import SimulatedDatabase, Tables, Write
from tests.engine.simulated_functions import MEMBERSHIPS, POSTS, answer, call

ADA = Identity(UUID(int=1), {"role": "authenticated"})
EVE = Identity(UUID(int=2), {"role": "authenticated"})
CREATE = call("posts:create")
COUNT = call("posts:count")
DONE = MutationOutcome('"done"', None, (), None)
REFUSED = MutationOutcome(None, FunctionError("refused"), (), None)

E = TypeVar("E", bound=Effect)


class Room:
    def __init__(self, *, started: bool = True) -> None:
        self.database = SimulatedDatabase()
        self.engine = Engine()
        self.now_s = 0.0
        self.effects: list[Effect] = []
        self.sends: list[Send] = []
        """Everything sent so far."""
        self.guests: dict[int, Guest] = {}
        self.executed: list[Call] = []
        """Every run so far."""
        self._snapshots: dict[int, Tables] = {}
        if started:
            self.start_feed()

    # --- what a test makes happen ---

    def guest(
        self, *, observed: Ts = TS_ZERO, again: bool = False, identity: Identity | None = None
    ) -> "Guest":
        """A client that has connected, and authenticated where `identity` is given."""
        guest = Guest(self)
        guest.says(Connect(UUID(int=guest.number), observed, again))
        if identity is not None:
            guest.authenticates(identity)
        return guest

    def write(self, *writes: Write) -> int:
        """Committed and visible, not yet delivered."""
        return self.database.write(*writes)

    def start_feed(self) -> None:
        self.obey(self.engine.feed(self.database.lose_feed(), self.now_s))

    def deliver(self) -> None:
        """All that was committed, then the feed's position."""
        event = None
        while not isinstance(event, Progress):
            event = self.database.deliver()
            self.obey(self.engine.feed(event, self.now_s))

    def open_snapshot(
        self, position: int | None = None, *, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """`meanwhile`: what happens while PostgreSQL is asked for it."""
        effect = self.take(TakeSnapshot)
        assert self.engine.opening_snapshot(effect.tick)
        meanwhile()
        snapshot, self._snapshots[effect.tick] = self.database.snapshot(), self.database.visible()
        end = Ts(self.database.log_end if position is None else position)
        self.obey(self.engine.snapshot_taken(effect.tick, snapshot, end, self.now_s))

    def execute(self) -> None:
        effect = self.take(Execute)
        tables = self._snapshots[effect.tick]
        self.executed += [run.call for run in effect.runs]
        answers = [answer(run, tables) for run in effect.runs]
        self.obey(self.engine.executed(effect.tick, answers, self.now_s))

    def execute_slowly(self, *slow: Call) -> "LateTick":
        """The runs run, but for those of `slow`, which take longer than a tick waits."""
        effect = self.take(Execute)
        late = LateTick(self, effect, self._snapshots[effect.tick])
        self.executed += [run.call for run in effect.runs]
        known = [None if run.call in slow else late.answers[at] for at, run in enumerate(effect.runs)]
        self.obey(self.engine.running_late(effect.tick, known, self.now_s))
        return late

    def deliver_and_open(self) -> None:
        self.deliver()
        self.open_snapshot()

    def run_until_executing(self) -> None:
        """All that was asked for, up to the next order to execute."""
        while not self.asked(Execute):
            self.open_snapshot()

    def finish_writing(self, *writes: Write) -> None:
        """The mutation that was to be run ends, and has written."""
        xid = self.write(*writes)
        self.finish(MutationOutcome('"done"', None, (), xid))

    def fail_tick(self) -> None:
        """The tick in flight breaks, where it is."""
        effect = self.take(Execute) if self.asked(Execute) else self.take(TakeSnapshot)
        self.obey(self.engine.tick_failed(effect.tick, self.now_s))

    def finish(self, outcome: MutationOutcome) -> None:
        """The mutation that was to be run ends."""
        effect = self.take(RunMutation)
        self.obey(self.engine.mutation_finished(effect.session, outcome, self.now_s))

    def finish_action(self, request_id: int, outcome: MutationOutcome) -> None:
        effect = next(each for each in self.asked(RunAction) if each.request_id == request_id)
        self.effects.remove(effect)
        self.obey(self.engine.action_finished(effect.session, request_id, outcome, self.now_s))

    def run(self) -> None:
        """All that was asked for is done, but for mutations and actions; every message is read."""
        for _ in range(100):
            if self.asked(TakeSnapshot):
                self.open_snapshot()
            elif self.asked(RequestHeartbeat) or self.database.has_undelivered():
                self.effects = [each for each in self.effects if not isinstance(each, RequestHeartbeat)]
                self.deliver()
            elif self.asked(Execute):
                self.execute()
            elif not self._someone_reads():
                return
        raise AssertionError(f"The engine does not come to rest: {self.effects}")

    def _someone_reads(self) -> bool:
        unread = [guest for guest in self.guests.values() if guest.unread]
        for guest in unread:
            guest.reads()
        return bool(unread)

    # --- what the engine asked for ---

    def asked(self, kind: type[E]) -> list[E]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def take(self, kind: type[E]) -> E:
        effect, *_ = self.asked(kind)
        self.effects.remove(effect)
        return effect

    def obey(self, effects: list[Effect]) -> None:
        """Messages go to their guests; everything else is kept for the test to do."""
        for effect in effects:
            match effect:
                case Send(sessions=numbers, messages=messages):
                    self.sends.append(effect)
                    for number in numbers:
                        self.guests[number].unread.extend(messages)
                case CloseSession(session=number):
                    self.guests[number].closed = effect
                case ReleaseSnapshot(tick=tick):
                    self.effects = [
                        each
                        for each in self.effects
                        if not (isinstance(each, TakeSnapshot) and each.tick == tick)
                    ]
                case _:
                    self.effects.append(effect)


class LateTick:
    """A tick whose slow runs are still at work. `answers`: what all of its runs give, in order."""

    def __init__(self, room: Room, effect: Execute, tables: Tables) -> None:
        self._room, self._effect = room, effect
        self.answers = [answer(run, tables) for run in effect.runs]

    def answer(self, call: Call) -> None:
        """One of them ends."""
        number = next(at for at, run in enumerate(self._effect.runs) if run.call == call)
        late = self._room.engine.answered_late(
            self._effect.tick, {number: self.answers[number]}, self._room.now_s
        )
        self._room.obey(late)

    def end(self) -> None:
        """All of them have ended."""
        self._room.obey(self._room.engine.executed(self._effect.tick, self.answers, self._room.now_s))

    def fail(self) -> None:
        """Their snapshot is lost."""
        self._room.obey(self._room.engine.tick_failed(self._effect.tick, self._room.now_s))


class Guest:
    """A client that does as it is told, right or wrong."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.number = room.engine.open_session()
        room.guests[self.number] = self
        self.unread: deque[Message] = deque()
        self.heard: list[Message] = []
        self.closed: CloseSession | None = None
        self.query_set = 0
        self.identity_version = 0

    def says(self, command: Command) -> None:
        self.room.obey(self.room.engine.receive(self.number, command, self.room.now_s))

    def modifies(self, *modifications: AddQuery | RemoveQuery) -> None:
        self.query_set += 1
        self.says(ModifyQuerySet(self.query_set - 1, self.query_set, modifications))

    def subscribes(self, query_id: int, to: Call, journal: str | None = None) -> None:
        self.modifies(AddQuery(query_id, to, journal))

    def unsubscribes(self, query_id: int) -> None:
        self.modifies(RemoveQuery(query_id))

    def authenticates(self, identity: Identity) -> None:
        self.identity_version += 1
        self.says(Authenticate(self.identity_version - 1, identity))

    def mutates(self, request_id: int) -> None:
        self.says(Mutate(request_id, CREATE))

    def acts(self, request_id: int) -> None:
        self.says(Act(request_id, call("mail:send")))

    def leaves(self) -> None:
        self.room.obey(self.room.engine.close_session(self.number))

    def reads(self) -> bool:
        """Takes one message off its socket, if there is one."""
        if not self.unread:
            return False
        message = self.unread.popleft()
        self.heard.append(message)
        if isinstance(message, Transition):
            self.room.obey(self.room.engine.transitions_sent([self.number], self.room.now_s))
        return True

    def has_heard(self) -> list[Message]:
        """What it read since last asked."""
        heard, self.heard = self.heard, []
        return heard

    def has_been_told(self) -> list[object]:
        """The same, in short: (query, value or error) of each answer, and the names of other messages."""
        return [told for message in self.has_heard() for told in _in_short(message)]


def _in_short(message: Message) -> list[object]:
    if not isinstance(message, Transition):
        return [type(message).__name__]
    told: list[object] = []
    for modification in message.modifications:
        match modification:
            case QueryAnswered(query_id=query_id, answer=given):
                value = given.error.message if given.error else json.loads(given.value_json or "")
                told.append((query_id, value))
            case QueryRemoved(query_id=query_id):
                told.append((query_id, "removed"))
    return told or ["empty Transition"]


def post(number: int, *, space: str = "a", rank: int = 0, text: str = "") -> Write:
    id = UUID(int=number)
    return Write(POSTS, id, {"id": id, "space": space, "rank": rank, "text": text or f"post {number}"})


def no_post(number: int) -> Write:
    return Write(POSTS, UUID(int=number), None)


def get(number: int) -> Call:
    return call("posts:get", id=str(UUID(int=number)))


def member(identity: Identity, space: str = "a") -> Write:
    assert identity.user_id is not None
    id = UUID(int=identity.user_id.int * 1000)
    return Write(MEMBERSHIPS, id, {"id": id, "user_id": identity.user_id, "space": space})


def version(query_set: int, identity: int, ts: int) -> StateVersion:
    return StateVersion(query_set, identity, Ts(ts))
