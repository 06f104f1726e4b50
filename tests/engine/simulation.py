"""The engine between a simulated database and simulated clients, every step of which may come at any time.

A world is driven by numbers: each picks one of the things that could happen next. Whatever the engine asked
for stays undone until it is picked, so everything overtakes everything that it could overtake in life.
"""

import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from backend.engine.changes import Progress
from backend.engine.commands import Act, Command, Mutate
from backend.engine.effects import (
    CloseSession,
    Effect,
    Execute,
    Message,
    ReleaseSnapshot,
    RequestHeartbeat,
    RunAction,
    RunMutation,
    Send,
    SessionNumber,
    TakeSnapshot,
    TickNumber,
    Transition,
)
from backend.engine.engine import Engine
from backend.engine.ports import Answer, Call, FunctionError, MutationOutcome
from backend.engine.versions import ANONYMOUS, Identity, Ts
from tests.engine.simulated_client import Sent, SimulatedClient
from tests.engine.simulated_database import Row, SimulatedDatabase, Tables, Write
from tests.engine.simulated_functions import MEMBERSHIPS, POSTS, answer_together, call

CLIENTS_MAX = 4
QUIET_STEPS_MAX = 5_000
SPACES = ("a", "b")
USERS = tuple(UUID(int=number) for number in (1, 2))

Step = Callable[[], None]


@dataclass
class Mutating:
    """A mutation the engine asked for, on its way."""

    effect: RunMutation
    xid: int | None = None
    outcome: MutationOutcome | None = None


@dataclass
class Late:
    """The answers of a tick some of whose runs were reported to take long: `waited_for`, by their places."""

    answers: list[Answer]
    waited_for: list[int]


@dataclass
class World:
    database: SimulatedDatabase = field(default_factory=SimulatedDatabase)
    engine: Engine = field(default_factory=Engine)
    now_s: float = 0.0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(0)
        self.clients: dict[SessionNumber, SimulatedClient] = {}
        self.inboxes: dict[SessionNumber, deque[Message | CloseSession]] = {}
        self.to_open: dict[TickNumber, TakeSnapshot] = {}
        self.opening: set[TickNumber] = set()
        self.to_execute: dict[TickNumber, Execute] = {}
        self.late: dict[TickNumber, Late] = {}
        self.snapshots: dict[TickNumber, Tables] = {}
        self.mutating: list[Mutating] = []
        self.acting: list[RunAction] = []
        self.request_log: dict[tuple[UUID | None, int | None], MutationOutcome] = {}
        self.heartbeat_wanted = False
        self.holes = 0
        self.ids = 0
        self._obey(self.engine.feed(self.database.lose_feed(), self.now_s))

    # --- what may happen ---

    def step(self, choice: int) -> None:
        """One thing happens: which, and how, is decided by `choice`."""
        self.random.seed(choice)
        happenings = self._happenings()
        happening = happenings[choice % len(happenings)]
        self.log.append(happening.__name__)
        happening()

    def _happenings(self) -> list[Step]:
        client_steps = [
            self.subscribe,
            self.unsubscribe,
            self.log_in,
            self.mutate,
            self.act,
            self.drop_connection,
        ]
        return [
            *[self.write] * 4,
            *[self.database.show] * 3,
            self.database.write_log,
            *[self.deliver] * 6,
            *([self.connect] if len(self.clients) < CLIENTS_MAX else []),
            *(client_steps if self.clients else []),
            *([self.subscribe] if self.clients else []),
            *self._due() * 4,
            *([self.lose_feed] if self.random.random() < 0.1 else []),
            *([self.fail_tick] if self.random.random() < 0.2 else []),
            *([self.let_tokens_expire] if self.random.random() < 0.02 else []),
        ]

    def _due(self) -> list[Step]:
        """Steps that finish what the engine asked for."""
        return [
            *([self.start_opening] * 3 if self.to_open else []),
            *([self.open_snapshot] * 3 if self.opening else []),
            *([self.execute] * 3 if self.to_execute else []),
            *([self.answer_late] if self.late else []),
            *([self.finish_late] if self.late else []),
            *([self.go_on_mutating] * 2 if self.mutating else []),
            *([self.finish_action] if self.acting else []),
            *([self.read] * 3 if any(self.inboxes.values()) else []),
        ]

    def settle(self) -> None:
        """Let everything under way come to its end; then check every client."""
        for _ in range(QUIET_STEPS_MAX):
            self.database.show_all()
            self.deliver()
            due = self._due()
            if not due and not self.heartbeat_wanted and not self.database.has_undelivered():
                break
            if due:
                self.random.choice(due)()
        else:
            raise AssertionError("the engine does not come to rest")
        for client in self.clients.values():
            client.check_quiet()

    # --- the database ---

    def write(self) -> None:
        self.database.commit(self.database.begin(), (self._some_write(),))

    def _some_write(self) -> Write:
        tables = self.database.now()
        if self.random.random() < 0.3:
            return self._some_membership(tables.get(MEMBERSHIPS, {}))
        posts = tables.get(POSTS, {})
        if posts and self.random.random() < 0.5:
            row = self.random.choice(list(posts.values()))
            changed = self.random.choice(
                [
                    None,
                    {**row, "text": f"text {self.random.randrange(3)}"},
                    {**row, "space": self._some_space()},
                ]
            )
            return Write(POSTS, row["id"], changed)
        return self._new_post(self._some_space())

    def _some_membership(self, memberships: dict[UUID, Row]) -> Write:
        user, space = self.random.choice(USERS), self._some_space()
        id = UUID(int=user.int * 1000 + SPACES.index(space))
        row = {"id": id, "user_id": user, "space": space}
        return Write(MEMBERSHIPS, id, None if id in memberships else row)

    def _new_post(self, space: str) -> Write:
        self.ids += 1
        id = UUID(int=self.random.randrange(1, 1000) * 1_000_000 + self.ids)
        row = {"id": id, "space": space, "rank": self.random.randrange(20), "text": "new"}
        return Write(POSTS, id, row)

    def _some_space(self) -> str:
        return self.random.choice(SPACES)

    # --- the feed ---

    def deliver(self) -> None:
        event = self.database.deliver()
        if isinstance(event, Progress):
            self.heartbeat_wanted = False
        self._obey(self.engine.feed(event, self.now_s))

    def lose_feed(self) -> None:
        self._obey(self.engine.feed(self.database.lose_feed(), self.now_s))

    # --- ticks ---

    def start_opening(self) -> None:
        tick, _ = self.to_open.popitem()
        assert self.engine.opening_snapshot(tick)
        self.opening.add(tick)

    def open_snapshot(self) -> None:
        tick = self.opening.pop()
        if self.holes >= 3:  # In life holes close within a millisecond.
            self.database.show_all()
        snapshot, self.snapshots[tick] = self.database.snapshot(), self.database.visible()
        if self.random.random() < 0.3:
            self.write()
        position = Ts(self.database.log_end)
        self.holes += 1
        self._obey(self.engine.snapshot_taken(tick, snapshot, position, self.now_s))

    def execute(self) -> None:
        tick, effect = self.to_execute.popitem()
        tables = self.snapshots[tick]
        answers = answer_together(effect.runs, tables)
        slow = [number for number in range(len(answers)) if self.random.random() < 0.3]
        if slow:
            self.late[tick] = Late(answers, slow)
            known = [None if number in slow else answers[number] for number in range(len(answers))]
            self._obey(self.engine.running_late(tick, known, self.now_s))
        else:
            self._obey(self.engine.executed(tick, answers, self.now_s))

    def answer_late(self) -> None:
        tick = self.random.choice(list(self.late))
        late = self.late[tick]
        if late.waited_for:
            self.random.shuffle(late.waited_for)
            ended = [late.waited_for.pop() for _ in range(self.random.randint(1, len(late.waited_for)))]
            answers = {number: late.answers[number] for number in ended}
            self._obey(self.engine.answered_late(tick, answers, self.now_s))

    def finish_late(self) -> None:
        tick = self.random.choice(list(self.late))
        self._obey(self.engine.executed(tick, self.late.pop(tick).answers, self.now_s))

    def fail_tick(self) -> None:
        ticks = [*self.opening, *self.to_execute, *self.late]
        if ticks:
            tick = self.random.choice(ticks)
            self.opening.discard(tick)
            self.to_execute.pop(tick, None)
            self.late.pop(tick, None)
            self._obey(self.engine.tick_failed(tick, self.now_s))

    # --- clients ---

    def connect(self) -> None:
        number = self.engine.open_session()
        self.ids += 1
        self._greet(SimulatedClient(self.database, UUID(int=self.ids), number), number)

    def _greet(self, client: SimulatedClient, number: SessionNumber) -> None:
        self.clients[number] = client
        self.inboxes[number] = deque()
        for command in client.reconnect(number):
            self.say(client, command)

    def subscribe(self) -> None:
        client = self._some_client()
        id = client.next_id()
        self.say(client, client.modify({id: self._some_query()}, ()))

    def _some_query(self) -> Call:
        space = self._some_space()
        posts = list(self.database.now().get(POSTS, {})) or [UUID(int=7)]
        return self.random.choice(
            [
                call("posts:feed", space=space, size=self.random.choice((1, 3))),
                call("posts:latest", space=space, size=2),
                call("posts:get", id=str(self.random.choice(posts))),
                call("posts:count"),
                call("members:mine"),
                call("posts:odd", space=space),
            ]
        )

    def unsubscribe(self) -> None:
        client = self._some_client()
        if client.queries:
            gone = self.random.choice(list(client.queries))
            added = {client.next_id(): self._some_query()} if self.random.random() < 0.3 else {}
            self.say(client, client.modify(added, (gone,)))

    def log_in(self) -> None:
        client = self._some_client()
        user = self.random.choice([None, *USERS])
        expires_at_s = self.now_s + 100
        identity = ANONYMOUS if user is None else Identity(user, {"role": "authenticated"}, expires_at_s)
        self.say(client, client.authenticate(identity))

    def mutate(self) -> None:
        client = self._some_client()
        write = self._new_post(self._some_space())
        request_id = client.next_id()
        mutation = call("posts:create", id=str(write.id), space=write.row["space"], rank=write.row["rank"])
        client.mutations[request_id] = Sent(mutation, write.id)
        self.say(client, Mutate(request_id, mutation))

    def act(self) -> None:
        client = self._some_client()
        request_id = client.next_id()
        client.actions.add(request_id)
        self.say(client, Act(request_id, call("mail:send")))

    def say(self, client: SimulatedClient, command: Command) -> None:
        self._obey(self.engine.receive(client.number, command, self.now_s))

    def read(self) -> None:
        """Some client takes one message off its socket."""
        number = self.random.choice([number for number, inbox in self.inboxes.items() if inbox])
        self._read(number)

    def _read(self, number: SessionNumber) -> None:
        client, message = self.clients[number], self.inboxes[number].popleft()
        if isinstance(message, CloseSession):
            self._reconnect(number)
            return
        client.receive(message)
        if isinstance(message, Transition):
            self._obey(self.engine.transitions_sent([number], self.now_s))

    def drop_connection(self) -> None:
        """The network fails: what was on its way to the client is lost, or part of it."""
        number = self._some_client().number
        while self.inboxes.get(number) and self.random.random() < 0.5:
            self._read(number)
        if number in self.clients:
            self._obey(self.engine.close_session(number))
            self._reconnect(number)

    def _reconnect(self, number: SessionNumber) -> None:
        client = self.clients.pop(number)
        del self.inboxes[number]
        self._greet(client, self.engine.open_session())

    def let_tokens_expire(self) -> None:
        self.now_s += 101

    def _some_client(self) -> SimulatedClient:
        return self.random.choice(list(self.clients.values()))

    # --- mutations and actions ---

    def go_on_mutating(self) -> None:
        """The next moment of some mutation: it is recorded, it is visible, its caller is told."""
        running = self.random.choice(self.mutating)
        effect = running.effect
        key = (effect.call.session_id, effect.call.request_id)
        if running.outcome is None:
            running.outcome = self._run_mutation(running, key)
        elif running.xid is not None and not self.database.is_visible(running.xid):
            self.database.show_all()
        else:
            self.mutating.remove(running)
            if self.random.random() < 0.1:
                self._obey(self.engine.outcome_unknown(effect.session))
            else:
                outcome = running.outcome
                self._obey(self.engine.mutation_finished(effect.session, outcome, self.now_s))

    def _run_mutation(self, running: Mutating, key: tuple[UUID | None, int | None]) -> MutationOutcome:
        if key in self.request_log:
            self.database.show_all()  # It found the earlier one's row, so that one is visible.
            return self.request_log[key]
        if self.random.random() < 0.2:
            return MutationOutcome(None, FunctionError("refused"), (), None)
        arguments = json.loads(running.effect.call.call.arguments)
        id = UUID(arguments["id"])
        row = {"id": id, "space": arguments["space"], "rank": arguments["rank"], "text": "mutated"}
        running.xid = self.database.begin()
        self.database.commit(running.xid, (Write(POSTS, id, row),))
        self.request_log[key] = MutationOutcome('"done"', None, (), None)
        return MutationOutcome('"done"', None, (), running.xid & 0xFFFFFFFF)

    def finish_action(self) -> None:
        effect = self.acting.pop(self.random.randrange(len(self.acting)))
        outcome = MutationOutcome("null", None, (), None)
        finished = self.engine.action_finished(effect.session, effect.request_id, outcome, self.now_s)
        self._obey(finished)

    # --- what the engine asks for ---

    def _obey(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case TakeSnapshot(tick=tick):
                    self.to_open[tick] = effect
                case Execute(tick=tick):
                    self.holes = 0
                    self.to_execute[tick] = effect
                case ReleaseSnapshot(tick=tick):
                    self.to_open.pop(tick, None)
                    self.opening.discard(tick)
                    self.snapshots.pop(tick, None)
                case RequestHeartbeat():
                    self.heartbeat_wanted = True
                case Send(sessions=numbers, messages=messages):
                    for number in numbers:
                        self.inboxes[number].extend(messages)
                case CloseSession(session=number):
                    self.inboxes[number].append(effect)
                case RunMutation():
                    self.mutating.append(Mutating(effect))
                case RunAction():
                    self.acting.append(effect)
