"""The sync endpoint: one WebSocket per client, speaking Convex's protocol.

Each socket has a reader, which turns messages into commands of its session, and a writer, the only one that
sends. What is to be sent is encoded when its turn comes. The engine stops making transitions for a socket
that has not sent the last two, so what waits here is bounded by the client's own requests.
"""

import asyncio
import re
import time
from collections import deque
from contextlib import suppress
from typing import assert_never

from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, Raw, UnsetType

from backend.engine import commands, effects
from backend.engine.effects import CloseCode
from backend.engine.ports import Call, FunctionError, MutationOutcome
from backend.engine.refusals import TooManyRequests
from backend.engine.session import SUBSCRIPTIONS_MAX
from backend.engine.versions import TS_ZERO
from backend.protocol import messages
from backend.protocol.messages import MalformedMessage
from backend.runtime.loop import Connection, Reactor, TooManyConnections
from backend.runtime.registration import canonical_call
from backend.runtime.traffic import Traffic
from backend.server.connections import text_writer

PING_AFTER_S = 15.0  # Clients take 30 s (PyPI) or 60 s (npm) of silence for a dead connection.
CONNECT_TIMEOUT_S = 120.0  # Convex's for silent clients. Later, WebSocket pings find the dead.
MODIFICATIONS_MAX = 2 * SUBSCRIPTIONS_MAX  # Of one message: all that there may be go, and as many come.
FULL = "TooManyConcurrentRequests"  # The reason at which browsers wait longest before they come back.
CHUNKS_SINCE = (1, 28)  # The npm version that learned to put a transition's chunks together.

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})(\.|$)", re.ASCII)


def sync_routes(reactor: Reactor) -> list[WebsocketRouteHandler]:
    """The endpoint's two addresses. The npm client names its version in the path, others in a header."""
    begun = _Begun()

    @websocket("/api/{version:str}/sync")
    async def versioned_sync(socket: WebSocket, version: FromPath[str]) -> None:
        await _serve(socket, reactor, begun, knows_chunks=_knows_chunks(version))

    @websocket("/api/sync")
    async def sync(socket: WebSocket) -> None:
        await _serve(socket, reactor, begun, knows_chunks=False)

    return [versioned_sync, sync]


def _knows_chunks(version: str) -> bool:
    numbers = _VERSION.match(version)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= CHUNKS_SINCE


async def _serve(socket: WebSocket, reactor: Reactor, begun: "_Begun", *, knows_chunks: bool) -> None:
    await socket.accept()
    outbox = _Outbox(socket, begun, knows_chunks=knows_chunks)
    try:
        connection = reactor.connect(outbox)
    except TooManyConnections:
        await socket.close(CloseCode.TRY_AGAIN_LATER.value, FULL)
        return
    writer = asyncio.create_task(outbox.write(connection))
    try:
        await _read(socket, connection, outbox)
    except MalformedMessage as refusal:
        outbox.send((effects.FatalError(str(refusal)),))
        outbox.close(CloseCode.NORMAL, "MalformedMessage")
        await writer
    except TooManyRequests as refusal:
        outbox.close(CloseCode.TRY_AGAIN_LATER, refusal.reason)
        await writer
    except WebSocketDisconnect:
        pass
    except Exception:
        outbox.close(CloseCode.INTERNAL_ERROR, "InternalServerError")
        await writer
        raise
    finally:
        connection.close()
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer


# --- from the client ---


async def _read(socket: WebSocket, connection: Connection, outbox: "_Outbox") -> None:
    """Obey the client until it is gone.

    Raises `WebSocketDisconnect`, `MalformedMessage`, and `TooManyRequests` for a message that asks too much.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            text = await socket.receive_text()
    except TimeoutError:
        outbox.close(CloseCode.NORMAL, "InactiveClient")
        text = await socket.receive_text()
    while True:
        await _obey(messages.decode_client_message(text), connection, outbox)
        text = await socket.receive_text()


async def _obey(message: messages.ClientMessage, connection: Connection, outbox: "_Outbox") -> None:
    match message:
        case messages.Connect():
            outbox.note_client_clock(message.client_ts)
            observed = message.max_observed_timestamp
            ts = TS_ZERO if observed is None else messages.decode_ts(observed)
            connection.receive(commands.Connect(message.session_id, ts, again=message.connection_count > 0))
        case messages.ModifyQuerySet():
            if len(message.modifications) > MODIFICATIONS_MAX:
                raise TooManyRequests("TooManySubscriptions")
            modifications = tuple(map(_modification, message.modifications))
            change = commands.ModifyQuerySet(message.base_version, message.new_version, modifications)
            connection.receive(change)
        case messages.Mutation():
            connection.receive(commands.Mutate(message.request_id, _call(message)))
        case messages.Action():
            connection.receive(commands.Act(message.request_id, _call(message)))
        case messages.Authenticate(token_type="None"):
            await connection.authenticate(message.base_version, None)
        case messages.Authenticate(token_type="User", value=str(token)):
            await connection.authenticate(message.base_version, token)
        case messages.Authenticate():
            refusal = commands.AuthenticateRefused(
                message.base_version, "Only the tokens of users are accepted."
            )
            connection.receive(refusal)
        case messages.Event():
            pass
        case _:
            assert_never(message)


def _modification(sent: messages.Add | messages.Remove) -> commands.AddQuery | commands.RemoveQuery:
    match sent:
        case messages.Add():
            return commands.AddQuery(sent.query_id, _call(sent), sent.journal)
        case messages.Remove():
            return commands.RemoveQuery(sent.query_id)
        case _:
            assert_never(sent)


def _call(sent: messages.Add | messages.Mutation | messages.Action) -> Call:
    return canonical_call(sent.udf_path, sent.args, component=sent.component_path)


# --- to the client ---


class _Outbox:
    """What waits to be sent on one socket, and the task that sends it."""

    def __init__(self, socket: WebSocket, begun: "_Begun", *, knows_chunks: bool) -> None:
        self._socket, self._begun = socket, begun
        self._write_text = text_writer(socket.scope)
        self._connection: Connection | None = None  # Known once the writer is at work.
        self._knows_chunks = knows_chunks
        self._clock_skew = messages.clock_skew_piece(None)
        self._waiting: deque[effects.Message | messages.Ping] = deque()
        self._closing: tuple[CloseCode, str] | None = None
        self._numbered = 0  # Transitions that may have gone out in chunks.
        self._loop = asyncio.get_running_loop()
        self._idle: asyncio.Future[None] | None = None
        """Resolved when there is something to do; None while the writer is at work."""
        self._sent_at_s = self._loop.time()
        self._ping_timer: asyncio.TimerHandle | None = None

    def note_client_clock(self, client_ms: float | None) -> None:
        """`client_ts` of Connect: browsers use the difference to time the renewal of their tokens."""
        ahead_ms = int(client_ms - time.time() * 1000) if client_ms else None
        self._clock_skew = messages.clock_skew_piece(ahead_ms)

    def send(self, told: tuple[effects.Message, ...], /) -> bool:
        if self._closing is not None:  # Nothing follows last words.
            return False
        if self._connection is None or self._idle is None or self._idle.done():  # The writer is at work.
            self._waiting.extend(told)
            return False
        for place, message in enumerate(told):
            if not self._send_at_once(message, self._connection.traffic):
                self._waiting.extend(told[place:])
                self._wake()
                return False
        return True

    def _send_at_once(self, message: effects.Message, traffic: Traffic) -> bool:
        """Send it if that needs no waiting: a turn of the writer costs as much again."""
        try:
            pieces = self._pieces(message)
        except ValueError:  # It is no text: the writer closes for it.
            return False
        size = sum(map(len, pieces))
        if size > messages.CHUNK_BYTES or not self._write_text(pieces, size):
            return False
        self._sent_at_s = self._loop.time()
        traffic.frames_sent += 1
        traffic.bytes_sent += size
        if isinstance(message, effects.Transition):
            traffic.transitions_sent += 1
        return True

    def close(self, code: CloseCode, reason: str) -> None:
        self._closing = self._closing or (code, reason)
        self._wake()

    async def write(self, connection: Connection) -> None:
        """Send what comes, in order, and a ping when nothing does; until told to close, or cancelled."""
        self._connection = connection
        self._ping_later(PING_AFTER_S)
        try:
            while self._waiting or self._closing is None:
                if self._waiting:
                    await self._send(self._waiting.popleft())
                else:
                    self._idle = self._loop.create_future()
                    await self._idle
                    self._idle = None
            code, reason = self._closing
        except OSError:  # The client is gone; the reader notices.
            return
        except Exception:
            await self._socket.close(CloseCode.INTERNAL_ERROR.value, "InternalServerError")
            raise
        finally:
            if self._ping_timer is not None:
                self._ping_timer.cancel()
        await self._socket.close(code.value, reason)

    async def _send(self, message: effects.Message | messages.Ping) -> None:
        assert self._connection is not None, message
        traffic = self._connection.traffic
        for frame in self._frames(message):
            await self._socket.send({"type": "websocket.send", "bytes": None, "text": frame.decode()})
            traffic.frames_sent += 1
            traffic.bytes_sent += len(frame)
        self._sent_at_s = self._loop.time()
        if isinstance(message, effects.Transition):
            traffic.transitions_sent += 1
            self._connection.transition_sent()

    def _wake(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def _ping_later(self, delay_s: float) -> None:
        self._ping_timer = self._loop.call_later(delay_s, self._ping_if_silent)

    def _ping_if_silent(self) -> None:
        """A timer that looks now and then costs less than one that every message sets anew."""
        silent_s = self._loop.time() - self._sent_at_s
        if silent_s < PING_AFTER_S:
            self._ping_later(PING_AFTER_S - silent_s)
            return
        if self._idle is not None:  # A client that does not read what it was sent needs no ping.
            self._waiting.append(messages.Ping())
            self._wake()
        self._ping_later(PING_AFTER_S)

    def _frames(self, message: effects.Message | messages.Ping) -> list[bytes]:
        whole = b"".join(self._pieces(message))
        if not (self._knows_chunks and isinstance(message, effects.Transition)):
            return [whole]
        self._numbered += 1
        return list(messages.in_chunks(whole, str(self._numbered)))

    def _pieces(self, message: effects.Message | messages.Ping) -> tuple[bytes, ...]:
        """The encoded message. Raises `ValueError` where it holds what is no text."""
        match message:
            case effects.Transition():
                return self._begun.of(message), self._clock_skew, messages.end_transition(time.time_ns())
            case messages.Ping():
                return (messages.encode_server_message(message).encode(),)
            case _:
                return (messages.encode_server_message(_wire_message(message)).encode(),)


class _Begun:
    """The part of a transition that every socket told the same is sent as well, of the one encoded last.

    Those that are told the same are told it one after another, so that one is enough to keep.
    """

    def __init__(self) -> None:
        self._last: tuple[effects.Transition, bytes] | None = None

    def of(self, transition: effects.Transition) -> bytes:
        if self._last is not None and self._last[0] is transition:
            return self._last[1]
        modifications = map(_encode_modification, transition.modifications)
        begun = messages.begin_transition(transition.start, transition.end, modifications)
        self._last = transition, begun
        return begun


def _encode_modification(modification: effects.Modification) -> str:
    match modification:
        case effects.QueryRemoved(query_id=query_id):
            return messages.encode_server_message(messages.QueryRemoved(query_id))
        case effects.QueryAnswered(query_id=query_id, answer=answer, journal=journal):
            if answer.error is None:
                assert answer.value_json is not None, answer
                return messages.encode_query_updated(query_id, answer.value_json, answer.log_lines, journal)
            error = answer.error
            failed = messages.QueryFailed(query_id, error.message, answer.log_lines, journal, _data(error))
            return messages.encode_server_message(failed)
        case _:
            assert_never(modification)


def _wire_message(
    message: effects.MutationResponse | effects.ActionResponse | effects.AuthError | effects.FatalError,
) -> messages.ServerMessage:
    match message:
        case effects.MutationResponse(request_id=request_id, outcome=outcome, ts=ts):
            wire_ts = None if outcome.error else messages.encode_ts(ts)
            result = _result(outcome)
            return messages.MutationResponse(
                request_id, not outcome.error, result, wire_ts, outcome.log_lines, _data(outcome.error)
            )
        case effects.ActionResponse(request_id=request_id, outcome=outcome):
            result = _result(outcome)
            return messages.ActionResponse(
                request_id, not outcome.error, result, outcome.log_lines, _data(outcome.error)
            )
        case effects.AuthError(error=error, base_version=base_version, update_attempted=attempted):
            return messages.AuthError(error, base_version, attempted)
        case effects.FatalError(error=error):
            return messages.FatalError(error)
        case _:
            assert_never(message)


def _result(outcome: MutationOutcome) -> Raw | str:
    if outcome.error is not None:
        return outcome.error.message
    assert outcome.value_json is not None, outcome
    return Raw(outcome.value_json)


def _data(error: FunctionError | None) -> Raw | UnsetType:
    return UNSET if error is None or error.data_json is None else Raw(error.data_json)
