"""The engine: what clients say and what the feed tells go in, effects come out.

Every method is one thing that happened outside; it returns what is to be done about it, in order. The
engine is a plain state machine: the same calls give the same effects.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
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
    Message,
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
from backend.engine.subscriptions import Run, Subscription, Subscriptions
from backend.engine.telling import Telling
from backend.engine.ticks import (
    LATE_TICKS_MAX,
    TICK_RUNS_MAX,
    Cut,
    Delivering,
    Executing,
    Idle,
    LateTick,
    Opening,
    Ticks,
)
from backend.engine.versions import Identity, Snapshot, Ts


class Engine:
    """All sessions, all subscriptions, and the tick in flight. `now_s`: Unix time, to tell expired tokens."""

    def __init__(self) -> None:
        self.cut: Cut | None = None
        """The last finished tick: what clients may be told now."""
        self.backlog = Backlog()
        self._effects: list[Effect] = []
        self._ticks = Ticks()
        self._subscriptions = Subscriptions()
        self._late: dict[TickNumber, LateTick] = {}
        self._sessions: dict[SessionNumber, Session] = {}
        self._sessions_opened = 0
        self._speakers: dict[Session, None] = {}  # may have something to be told
        # Work that waits for a tick:
        self._touched = False  # a commit in the backlog touches a run
        self._callers: set[Identity] = set()  # with whose eyes touched runs see; two stand for more
        self._all_stale = False  # commits may have been missed
        self._changed: dict[Session, None] = {}  # want to be someone else, or to subscribe to something else
        self._taken_in = False  # some did so in a tick that has not finished
        self._awaiting: dict[Session, None] = {}  # cannot be told all they have to be told at the last cut

    def count_open(self) -> tuple[int, int]:
        """How many subscriptions there are, and how many runs answer them."""
        return self._subscriptions.count_subscribers(), len(self._subscriptions)

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

    def transitions_sent(self, numbers: Iterable[SessionNumber], now_s: float) -> list[Effect]:
        """Each of these sockets has taken one transition: there may be room for the next."""
        for number in numbers:
            session = self._sessions.get(number)
            if session is not None:
                session.transition_sent()
                if session in self._speakers:
                    self._speak([session], now_s)
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
            self._speak([session], now_s)
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
                self._note_touched(event)
            case Progress(position=position):
                self.backlog.reach(position)
                phase = self._ticks.phase
                if isinstance(phase, Delivering) and not self._delivered(phase):
                    self._effects.append(self._ticks.ask_feed())
            case Gap(position=position):
                self.backlog.restart(position)
                self._touched, self._all_stale = False, True
                self._callers.clear()
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
        elif tick in self._late:
            self._catch_up(self._late[tick], dict(enumerate(answers)), now_s)
            self._effects.append(ReleaseSnapshot(tick))
            del self._late[tick]
            self._advance(now_s)
        return self._done()

    def running_late(self, tick: TickNumber, answers: Sequence[Answer | None], now_s: float) -> list[Effect]:
        """The tick has taken long, and some runs are not done: None stands for their answers."""
        phase = self._ticks.phase
        if isinstance(phase, Executing) and phase.tick == tick and len(self._late) < LATE_TICKS_MAX:
            self._finish(phase, answers, now_s)
            self._advance(now_s)
        return self._done()

    def answered_late(self, tick: TickNumber, answers: Mapping[int, Answer], now_s: float) -> list[Effect]:
        """Some of the runs that a tick did not wait for have run; by their places in `Execute`."""
        if tick in self._late:
            self._catch_up(self._late[tick], answers, now_s)
            self._advance(now_s)
        return self._done()

    def tick_failed(self, tick: TickNumber, now_s: float) -> list[Effect]:
        """Something broke, or took too long. All that was to be done is done by a later tick."""
        if self._ticks.in_flight(tick):
            self._effects.append(ReleaseSnapshot(tick))
            self._ticks.crash()
            self._advance(now_s)
        elif tick in self._late:
            self._effects.append(ReleaseSnapshot(tick))
            self._give_up(self._late.pop(tick))
            self._advance(now_s)
        return self._done()

    # --- how ticks go on ---

    def _advance(self, now_s: float) -> None:
        """Take every step that can be taken without hearing from outside."""
        while True:
            match self._ticks.phase:
                case Idle() if self.backlog.position is not None and self._work_waits():
                    self._effects.append(self._ticks.begin(self._likely_caller()))
                case Delivering() as phase if self._delivered(phase):
                    self._execute(phase, now_s)
                case _:
                    return

    def _note_touched(self, commit: Commit) -> None:
        if len(self._callers) < 2:
            self._callers |= self._subscriptions.callers_touched_by(commit)
            self._touched = self._touched or bool(self._callers)

    def _look_for_work(self) -> None:
        """Runs read other things now: see what of the backlog touches them, and what is to run again."""
        for commit in self.backlog:
            self._note_touched(commit)
        self._touched = self._touched or bool(self._subscriptions.stale())

    def _likely_caller(self) -> Identity | None:
        """Whose runs the next tick will run, if they are all one person's; nobody's otherwise."""
        callers = self._callers.union(session.caller for session in islice(self._changed, 2))
        return callers.pop() if len(callers) == 1 else None

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
        for commit in seen:
            self._subscriptions.mark_touched(commit)
        for late in self._late.values():
            late.note_seen(seen, all_known=not self._all_stale)
        if self._all_stale:
            self._subscriptions.mark_all()
            self._all_stale = False
        cut = Cut(phase.tick, ts, phase.snapshot)
        runs = self._subscriptions.stale()[:TICK_RUNS_MAX]
        executing = self._ticks.execute(cut, runs, saw=bool(seen))
        if executing.runs:
            self._effects.append(Execute(phase.tick, tuple(run.to_execute() for run in runs)))
        else:
            self._finish(executing, (), now_s)

    def _finish(self, phase: Executing, answers: Sequence[Answer | None], now_s: float) -> None:
        """Now everything holds at the cut, but for late runs: tell every session what it has to be told.

        Where an answer is None, whoever depends on it is held at this cut until it is there.
        """
        done, at_work = _sort(phase.runs, answers)
        self._offer(self._subscriptions.settle(done, phase.cut.snapshot))
        self._subscriptions.note_late(at_work.values())
        self.cut = phase.cut
        self._taken_in = False
        if at_work:
            waiting = {place: self._dependants(run) for place, run in at_work.items()}
            self._late[phase.tick] = LateTick(phase.cut, at_work, waiting, [])
            slow = set(at_work.values())
            for number in dict.fromkeys(chain.from_iterable(waiting.values())):
                session = self._sessions[number]
                session.hold(phase.cut, slow)
                self._speakers[session] = None
        else:
            self._effects.append(ReleaseSnapshot(phase.tick))
        said = self._speak(tuple(self._speakers), now_s)
        self._touched = False
        self._callers.clear()
        self._look_for_work()
        self._awaiting = {session: None for session in self._speakers if session.awaits_later(phase.cut)}
        self._ticks.finish(fruitful=phase.saw or bool(phase.runs) or said)

    # --- how late ticks go on ---

    def _catch_up(self, late: LateTick, answers: Mapping[int, Answer], now_s: float) -> None:
        """Some of the runs of a late tick have run: tell the sessions that waited for the last of theirs."""
        done = [
            (place, late.at_work.pop(place), answers[place]) for place in answers if place in late.at_work
        ]
        concerned = dict.fromkeys(number for _, run, _ in done for number in self._dependants(run))
        answered = [(run, answer) for _, run, answer in done]
        self._offer(self._subscriptions.settle_late(answered, late.cut.snapshot, late.later))
        for place, run, answer in done:
            waiting = late.waiting.pop(place)
            concerned |= dict.fromkeys(waiting)
            for number in waiting:
                if number in self._sessions:
                    self._sessions[number].resolve(run, answer)
        self._look_for_work()
        sessions = [self._sessions[number] for number in concerned if number in self._sessions]
        self._speakers |= dict.fromkeys(sessions)
        self._speak(sessions, now_s)

    def _give_up(self, late: LateTick) -> None:
        """Its snapshot is lost: what it has not answered is run again, by a later tick."""
        for run in late.at_work.values():
            run.at_work = False
        for session in self._sessions.values():
            session.let_go(late.cut)
        self._touched = True

    def _dependants(self, run: Run) -> list[SessionNumber]:
        return list(dict.fromkeys(subscription.session for subscription in run.subscribers))

    def _offer(self, subscriptions: Iterable[Subscription]) -> None:
        for subscription in subscriptions:
            session = self._sessions[subscription.session]
            session.offer(subscription)
            self._speakers[session] = None

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
                session.requests.add_mutation(command, session.caller)
                self._start_mutation(session, now_s)
            case Act():
                self._start_action(session, command, now_s)
            case _:
                assert_never(command)

    def _start_mutation(self, session: Session, now_s: float) -> None:
        started = session.requests.start_mutation(self._ticks.opened_last)
        if started is None:
            return
        mutation, caller = started
        # A newer token of the same person is as good, and may last longer.
        caller = session.caller if session.caller == caller else caller
        if caller.expired(now_s):
            self._end_expired(session)
            return
        call = self._request_call(session, mutation, caller)
        self._effects.append(RunMutation(session.number, mutation.request_id, call))

    def _start_action(self, session: Session, action: Act, now_s: float) -> None:
        session.requests.add_action(action)
        if session.caller.expired(now_s):
            self._end_expired(session)
            return
        call = self._request_call(session, action, session.caller)
        self._effects.append(RunAction(session.number, action.request_id, call))

    def _request_call(self, session: Session, request: Mutate | Act, caller: Identity) -> MutationCall:
        assert session.client is not None, session.number
        return MutationCall(request.call, caller, session.client.session_id, request.request_id)

    def _answer_later(self, session: Session) -> None:
        self._speakers[session] = None
        if self.cut is None or session.awaits_later(self.cut):
            self._awaiting[session] = None

    def _speak(self, sessions: Iterable[Session], now_s: float) -> bool:
        """Tell them what can be told at the last cut; whether that was anything."""
        if self.cut is None:
            return False
        telling = Telling(self.cut.ts)
        told: dict[int, tuple[tuple[Message, ...], list[SessionNumber]]] = {}
        for session in sessions:
            messages = session.speak(self.cut, telling)
            if messages and session.expired(now_s):
                self._end_expired(session)
            elif messages:
                told.setdefault(id(messages), (messages, []))[1].append(session.number)
            if session.has_nothing_to_say():
                self._speakers.pop(session, None)
        self._effects += [Send(tuple(numbers), messages) for messages, numbers in told.values()]
        return bool(told)

    def _end_expired(self, session: Session) -> None:
        error = AuthError("The token has expired.", session.identity_received, update_attempted=False)
        self._end(session, CloseCode.NORMAL, "TokenExpired", error)

    def _end(
        self, session: Session, code: CloseCode, reason: str, *last_words: AuthError | FatalError
    ) -> None:
        if last_words:
            self._effects.append(Send((session.number,), last_words))
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


def _sort(
    runs: Sequence[Run], answers: Sequence[Answer | None]
) -> tuple[list[tuple[Run, Answer]], dict[int, Run]]:
    """Which runs have answered what, and which have not, by their place."""
    assert len(answers) == len(runs), (len(answers), len(runs))
    done = [(run, answer) for run, answer in zip(runs, answers, strict=True) if answer is not None]
    at_work = {number: run for number, run in enumerate(runs) if answers[number] is None and run.subscribers}
    return done, at_work
