"""A client that believes nothing: it checks every message it is sent against the protocol and against the
database.

It holds what a Convex client would hold, and knows, as no client does, what the database looked like at
every ts.
"""

from dataclasses import dataclass, field
from uuid import UUID

from backend.engine.commands import AddQuery, Authenticate, Connect, ModifyQuerySet, Mutate, RemoveQuery
from backend.engine.effects import (
    ActionResponse,
    AuthError,
    FatalError,
    Message,
    MutationResponse,
    QueryAnswered,
    QueryRemoved,
    SessionNumber,
    Transition,
)
from backend.engine.ports import Answer, Call, FunctionError, QueryRun
from backend.engine.versions import ANONYMOUS, TS_ZERO, VERSION_ZERO, Identity, StateVersion, Ts
from tests.engine.simulated_database import SimulatedDatabase
from tests.engine.simulated_functions import answer

Result = tuple[str | None, FunctionError | None]


@dataclass(frozen=True)
class Sent:
    """A mutation that was sent. `post`: the id of the row it inserts."""

    call: Call
    post: UUID


@dataclass
class SimulatedClient:
    """One client object; `reconnect` gives it its next connection."""

    database: SimulatedDatabase
    session_id: UUID
    number: SessionNumber
    identity: Identity = ANONYMOUS
    observed: Ts = TS_ZERO
    journals: dict[int, str | None] = field(default_factory=dict)
    queries: dict[int, Call] = field(default_factory=dict)
    mutations: dict[int, Sent] = field(default_factory=dict)
    """Sent, and not known to have ended."""
    actions: set[int] = field(default_factory=set)
    ids: int = 0
    connections: int = 0

    def __post_init__(self) -> None:
        self._start_connection()

    def _start_connection(self) -> None:
        self.version: StateVersion = VERSION_ZERO
        self.query_set, self.identity_version = 0, 0
        self.held: dict[int, Result] = {}
        self.closed = False
        self._query_sets: dict[int, dict[int, Call]] = {0: {}}
        self._identities: dict[int, Identity] = {0: ANONYMOUS}
        self._owed: list[MutationResponse | ActionResponse] = []

    # --- saying ---

    def reconnect(self, number: SessionNumber) -> list[Connect | Authenticate | ModifyQuerySet | Mutate]:
        """A new connection: what a Convex client says at its start."""
        self.number = number
        queries, identity = self.queries, self.identity
        self._start_connection()
        self.actions.clear()  # clients do not repeat them
        connect = Connect(self.session_id, self.observed, again=self.connections > 0)
        self.connections += 1
        said: list[Connect | Authenticate | ModifyQuerySet | Mutate] = [connect]
        if identity is not ANONYMOUS:
            said.append(self.authenticate(identity))
        self.queries = {}
        said.append(self.modify(queries, ()))
        said += [Mutate(request_id, sent.call) for request_id, sent in self.mutations.items()]
        return said

    def modify(self, add: dict[int, Call], remove: tuple[int, ...]) -> ModifyQuerySet:
        self.queries = {**{id: call for id, call in self.queries.items() if id not in remove}, **add}
        base, self.query_set = self.query_set, self.query_set + 1
        self._query_sets[self.query_set] = self.queries
        return ModifyQuerySet(
            base,
            self.query_set,
            (
                *(AddQuery(id, call, self.journals.get(id)) for id, call in add.items()),
                *(RemoveQuery(id) for id in remove),
            ),
        )

    def authenticate(self, identity: Identity) -> Authenticate:
        self.identity = identity
        base, self.identity_version = self.identity_version, self.identity_version + 1
        self._identities[self.identity_version] = identity
        return Authenticate(base, identity)

    def next_id(self) -> int:
        self.ids += 1
        return self.ids

    # --- listening ---

    def receive(self, message: Message) -> None:
        match message:
            case Transition():
                self._follow(message)
            case MutationResponse(request_id=request_id):
                assert request_id in self.mutations, "a response to nothing"
                assert request_id == min(self.mutations), "a response out of turn"
                self._owed.append(message)
                del self.mutations[request_id]
            case ActionResponse(request_id=request_id):
                assert request_id in self.actions, "a response to nothing"
                self._owed.append(message)
                self.actions.remove(request_id)
            case AuthError(base_version=base_version, update_attempted=attempted):
                assert not attempted, message
                assert base_version <= self.identity_version, message
                self.identity = ANONYMOUS
            case FatalError():
                raise AssertionError(message)

    def _follow(self, transition: Transition) -> None:
        assert transition.start == self.version, "transitions must chain"
        end = transition.end
        assert (end.query_set, end.identity, end.ts) >= (self.version.query_set, self.version.identity, 0)
        assert end.ts >= self.version.ts, "ts must never go back"
        assert end.ts >= self.observed, "ts must reach what the client has seen elsewhere"
        assert self._has_a_reason(transition), "a transition without news"
        for modification in transition.modifications:
            match modification:
                case QueryAnswered(query_id=query_id, answer=told, journal=journal):
                    assert self.held.get(query_id) != _result(told), "equal answers must send nothing"
                    self.held[query_id] = _result(told)
                    self.journals[query_id] = journal
                case QueryRemoved(query_id=query_id):
                    self.held.pop(query_id, None)
        self.version, self.observed = end, end.ts
        self._check_cut()
        self._check_responses(end.ts)

    def _has_a_reason(self, transition: Transition) -> bool:
        start, end = transition.start, transition.end
        versions_moved = (start.query_set, start.identity) != (end.query_set, end.identity)
        return bool(transition.modifications or self._owed or versions_moved)

    def _check_cut(self) -> None:
        """Each answer held equals running the query again at ts. A page is the stretch its journal tells."""
        tables = self.database.at(self.version.ts)
        identity = self._identities[self.version.identity]
        queries = self._query_sets[self.version.query_set]
        expected = {
            id: _result(answer(QueryRun(call, identity, self.journals.get(id)), tables))
            for id, call in queries.items()
        }
        assert self.held == expected, (self.version, self.held, expected, queries)

    def _check_responses(self, ts: Ts) -> None:
        """The truth of a mutation comes right behind its response, and never before."""
        shown = self.database.at(ts).get("public.posts", {})
        for response in self._owed:
            if isinstance(response, MutationResponse):
                assert response.ts == ts, "the transition right behind the response is the one it names"
                if response.outcome.xid is not None:
                    assert self.database.position_of(response.outcome.xid) <= ts
        self._owed.clear()
        for sent in self.mutations.values():
            assert sent.post not in shown, "the truth came before the response"

    def check_quiet(self) -> None:
        """Nothing is under way anywhere: everything asked was answered, and equals asking now."""
        assert not self.mutations
        assert not self.actions
        assert not self._owed
        assert (self.version.query_set, self.version.identity) == (self.query_set, self.identity_version)
        tables = self.database.now()
        for id, call in self.queries.items():
            run = answer(QueryRun(call, self.identity, self.journals.get(id)), tables)
            assert self.held[id] == _result(run), (id, call)


def _result(told: Answer) -> Result:
    return told.value_json, told.error
