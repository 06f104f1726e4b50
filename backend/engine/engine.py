"""The engine: what clients say and what the feed tells go in, effects come out.

Every method is one thing that happened outside; it returns what is to be done about it, in order. The
engine is a plain state machine: the same calls give the same effects.
"""

from collections.abc import Sequence
from typing import assert_never

from backend.engine.backlog import Backlog
from backend.engine.changes import Commit, FeedEvent, Gap, Progress
from backend.engine.commands import (
    Act,
    Authenticate,
    AuthenticateRefused,
    Command,
    Connect,
    ModifyQuerySet,
    Mutate,
)
from backend.engine.effects import (
    AuthError,
    CloseCode,
    CloseSession,
    Effect,
    Execute,
    FatalError,
    ReleaseSnapshot,
    RunAction,
    RunMutation,
    Send,
    SessionNumber,
    TickNumber,
)
from backend.engine.ports import Answer, MutationCall, MutationOutcome
from backend.engine.refusals import ProtocolViolation, TooManyRequests
from backend.engine.session import Session
from backend.engine.subscriptions import Subscriptions
from backend.engine.ticks import Cut, Delivering, Executing, Idle, Opening, Ticks
from backend.engine.versions import Snapshot, Ts


class Engine:
    """All sessions, all subscriptions, and the tick in flight. `now_s`: Unix time, to tell expired tokens."""

    def __init__(self) -> None:
        self.cut: Cut | None = None
        """The last finished tick: what clients may be told now."""
        self.backlog = Backlog()
        self._effects: list[Effect] = []
        self._ticks = Ticks()
        self._subscriptions = Subscriptions()
        self._sessions: dict[SessionNumber, Session] = {}
        self._sessions_opened = 0
        self._speakers: dict[Session, None] = {}  # may have something to be told
        # Work that waits for a tick:
        self._touched = False  # a commit in the backlog touches a run
        self._all_stale = False  # commits may have been missed
        self._changed: dict[Session, None] = {}  # want to be someone else, or to subscribe to something else
        self._taken_in = False  # some did so in a tick that has not finished
        self._awaiting: dict[Session, None] = {}  # cannot be told all they have to be told at the last cut

    # --- sessions ---

    def open_session(self) -> SessionNumber:
        self._sessions_opened += 1
        number = SessionNumber(self._sessions_opened)
        self._sessions[number] = Session(number, self._subscriptions)
        return number

    def close_session(self, number: SessionNumber) -> list[Effect]:
        """The socket is gone. What it had asked to be run runs on, and nobody hears of it."""
        session = self._sessions.get(number)
        if session is not None:
            self._forget(session)
        return self._done()

    def receive(self, number: SessionNumber, command: Command, now_s: float) -> list[Effect]:
        """The client says something."""
        session = self._sessions.get(number)
        if session is None:  # It was closed; the client cannot know yet.
            return []
        try:
            self._obey(session, command, now_s)
        except ProtocolViolation as violation:
            self._end(session, CloseCode.NORMAL, "ProtocolViolation", FatalError(violation.message))
        except TooManyRequests as refusal:
            self._end(session, CloseCode.TRY_AGAIN_LATER, refusal.reason)
        self._advance(now_s)
        return self._done()

    def transition_sent(self, number: SessionNumber, now_s: float) -> list[Effect]:
        """The socket has taken one transition: there may be room for the next."""
        session = self._sessions.get(number)
        if session is not None:
            session.transition_sent()
            if session in self._speakers:
                self._speak(session, now_s)
        return self._done()

    def mutation_finished(
        self, number: SessionNumber, outcome: MutationOutcome, now_s: float
    ) -> list[Effect]:
        """The running mutation of the session has ended."""
        session = self._sessions.get(number)
        if session is not None:
            session.requests.end_mutation(outcome, self._ticks.opening_last)
            self._answer_later(session)
            # Now, between two mutations: what the next one writes, the last cut surely does not show.
            self._speak(session, now_s)
            if number in self._sessions:
                self._start_mutation(session, now_s)
            self._advance(now_s)
        return self._done()

    def action_finished(
        self, number: SessionNumber, request_id: int, outcome: MutationOutcome, now_s: float
    ) -> list[Effect]:
        """An action of the session has ended."""
        session = self._sessions.get(number)
        if session is not None:
            session.requests.end_action(request_id, outcome, self._ticks.opening_last)
            self._answer_later(session)
            self._advance(now_s)
        return self._done()

    def outcome_unknown(self, number: SessionNumber) -> list[Effect]:
        """A request may or may not have taken effect.

        The client reconnects and asks again with the same request id; what took effect is then not repeated.
        """
        session = self._sessions.get(number)
        if session is not None:
            self._end(session, CloseCode.INTERNAL_ERROR, "InternalServerError")
        return self._done()

    # --- the feed ---

    def feed(self, event: FeedEvent, now_s: float) -> list[Effect]:
        """The change feed tells of a commit, of its position, or that it starts anew."""
        match event:
            case Commit():
                self.backlog.deliver(event)
                self._touched = self._touched or self._subscriptions.touched_by(event)
            case Progress(position=position):
                self.backlog.reach(position)
                phase = self._ticks.phase
                if isinstance(phase, Delivering) and not self._delivered(phase):
                    self._effects.append(self._ticks.ask_feed())
            case Gap(position=position):
                self.backlog.restart(position)
                self._touched, self._all_stale = False, True
                phase = self._ticks.phase
                if isinstance(phase, Opening | Delivering):  # its snapshot may not see all that was missed
                    self._effects.append(ReleaseSnapshot(phase.tick))
                    self._ticks.abandon()
            case _:
                assert_never(event)
        self._advance(now_s)
        return self._done()

    # --- the tick in flight ---

    def opening_snapshot(self, tick: TickNumber) -> bool:
        """Whether to take the snapshot of `tick` now. If so, it will answer all that was asked until now."""
        if not self._ticks.in_flight(tick):
            return False
        self._ticks.opening(tick)
        for session in self._changed:
            session.take_in(tick)
            self._speakers[session] = None
            self._taken_in = True
        self._changed.clear()
        return True

    def snapshot_taken(
        self, tick: TickNumber, snapshot: Snapshot, position: Ts, now_s: float
    ) -> list[Effect]:
        """`position` was read after the snapshot was taken, and the feed can reach it."""
        if self._ticks.in_flight(tick):
            phase = self._ticks.opened(tick, snapshot, position)
            if not self._delivered(phase):
                self._effects.append(self._ticks.ask_feed())
            self._advance(now_s)
        return self._done()

    def executed(self, tick: TickNumber, answers: Sequence[Answer], now_s: float) -> list[Effect]:
        """The stale runs have run; `answers` in the order they were asked for."""
        phase = self._ticks.phase
        if isinstance(phase, Executing) and phase.tick == tick:
            self._finish(phase, answers, now_s)
            self._advance(now_s)
        return self._done()

    def tick_failed(self, tick: TickNumber, now_s: float) -> list[Effect]:
        """Something broke, or took too long. All that was to be done is done by a later tick."""
        if self._ticks.in_flight(tick):
            self._effects.append(ReleaseSnapshot(tick))
            self._ticks.crash()
            self._advance(now_s)
        return self._done()

    # --- how ticks go on ---

    def _advance(self, now_s: float) -> None:
        """Take every step that can be taken without hearing from outside."""
        while True:
            match self._ticks.phase:
                case Idle() if self.backlog.position is not None and self._work_waits():
                    self._effects.append(self._ticks.begin())
                case Delivering() as phase if self._delivered(phase):
                    self._execute(phase, now_s)
                case _:
                    return

    def _work_waits(self) -> bool:
        return bool(
            self._touched
            or self._changed
            or self._taken_in
            or self._awaiting
            or (self._all_stale and len(self._subscriptions))
            or self.backlog.is_full()
        )

    def _delivered(self, phase: Delivering) -> bool:
        return self.backlog.position is not None and self.backlog.position >= phase.position

    def _execute(self, phase: Delivering, now_s: float) -> None:
        if self.backlog.has_hole(phase.snapshot) and self._ticks.wait_out_hole():
            self._effects.append(ReleaseSnapshot(phase.tick))
            self._touched = True
            return
        ts, seen = self.backlog.settle(phase.snapshot)
        if self._all_stale:
            self._subscriptions.mark_all()
            self._all_stale = False
        for commit in seen:
            self._subscriptions.mark_touched(commit)
        cut = Cut(phase.tick, ts, phase.snapshot)
        executing = self._ticks.execute(cut, self._subscriptions.stale())
        if executing.runs:
            runs = tuple(run.to_execute() for run in executing.runs)
            self._effects.append(Execute(phase.tick, runs))
        else:
            self._finish(executing, (), now_s)

    def _finish(self, phase: Executing, answers: Sequence[Answer], now_s: float) -> None:
        """Now everything holds at the cut: tell every session that has something to be told."""
        assert len(answers) == len(phase.runs), (len(answers), len(phase.runs))
        answered = zip(phase.runs, answers, strict=True)
        for subscription in self._subscriptions.settle(answered, phase.cut.snapshot):
            session = self._sessions[subscription.session]
            session.offer(subscription)
            self._speakers[session] = None
        self.cut = phase.cut
        self._taken_in = False
        self._effects.append(ReleaseSnapshot(phase.tick))
        said = [self._speak(session, now_s) for session in tuple(self._speakers)]
        self._touched = any(self._subscriptions.touched_by(commit) for commit in self.backlog)
        self._awaiting = {session: None for session in self._speakers if session.awaits_later(phase.cut)}
        self._ticks.finish(fruitful=bool(phase.runs) or any(said))

    # --- how sessions go on ---

    def _obey(self, session: Session, command: Command, now_s: float) -> None:
        if session.client is None and not isinstance(command, Connect):
            raise ProtocolViolation("The first message must be Connect.")
        match command:
            case Connect():
                session.connect(command)
            case ModifyQuerySet():
                session.modify_query_set(command)
                self._changed[session] = None
            case Authenticate():
                session.authenticate(command)
                self._changed[session] = None
            case AuthenticateRefused(base_version=base_version, error=error):
                session.check_identity_base(base_version)
                refusal = AuthError(error, base_version, update_attempted=True)
                self._end(session, CloseCode.NORMAL, "AuthError", refusal)
            case Mutate():
                session.requests.add_mutation(command)
                self._start_mutation(session, now_s)
            case Act():
                self._start_action(session, command, now_s)
            case _:
                assert_never(command)

    def _start_mutation(self, session: Session, now_s: float) -> None:
        mutation = session.requests.start_mutation(self._ticks.opened_last)
        if mutation is None:
            return
        if session.caller.expired(now_s):
            self._end_expired(session)
            return
        call = self._request_call(session, mutation)
        self._effects.append(RunMutation(session.number, mutation.request_id, call))

    def _start_action(self, session: Session, action: Act, now_s: float) -> None:
        session.requests.add_action(action)
        if session.caller.expired(now_s):
            self._end_expired(session)
            return
        call = self._request_call(session, action)
        self._effects.append(RunAction(session.number, action.request_id, call))

    def _request_call(self, session: Session, request: Mutate | Act) -> MutationCall:
        assert session.client is not None, session.number
        return MutationCall(request.call, session.caller, session.client.session_id, request.request_id)

    def _answer_later(self, session: Session) -> None:
        self._speakers[session] = None
        if self.cut is None or session.awaits_later(self.cut):
            self._awaiting[session] = None

    def _speak(self, session: Session, now_s: float) -> bool:
        """Tell the session what can be told at the last cut; whether that was anything."""
        if self.cut is None:
            return False
        messages = session.speak(self.cut)
        if messages and session.expired(now_s):
            self._end_expired(session)
        elif messages:
            self._effects.append(Send(session.number, messages))
        if session.has_nothing_to_say():
            self._speakers.pop(session, None)
        return bool(messages)

    def _end_expired(self, session: Session) -> None:
        error = AuthError("The token has expired.", session.identity_received, update_attempted=False)
        self._end(session, CloseCode.NORMAL, "TokenExpired", error)

    def _end(
        self, session: Session, code: CloseCode, reason: str, *last_words: AuthError | FatalError
    ) -> None:
        if last_words:
            self._effects.append(Send(session.number, last_words))
        self._effects.append(CloseSession(session.number, code, reason))
        self._forget(session)

    def _forget(self, session: Session) -> None:
        session.leave()
        del self._sessions[session.number]
        for sessions in (self._speakers, self._changed, self._awaiting):
            sessions.pop(session, None)

    def _done(self) -> list[Effect]:
        effects, self._effects = self._effects, []
        return effects
