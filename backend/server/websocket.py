"""The sync endpoint: one WebSocket per client, speaking Convex's protocol.

Each socket has a reader, which turns messages into commands of its session, and a writer, the only one that
sends. What is to be sent is encoded when its turn comes. The engine stops making transitions for a socket
that has not sent the last two, so what waits here is bounded by the client's own requests.
"""

import asyncio
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
from backend.engine.ports import FunctionError, MutationOutcome
from backend.engine.versions import TS_ZERO
from backend.protocol import messages
from backend.protocol.messages import MalformedMessage
from backend.runtime.loop import Connection, Reactor, TooManyConnections
from backend.runtime.registration import canonical_call

PING_AFTER_S = 15.0  # Clients take 30 s (PyPI) or 60 s (npm) of silence for a dead connection.
CONNECT_TIMEOUT_S = 120.0  # Convex's for silent clients. Later, uvicorn's WebSocket pings find the dead.
CHUNKS_SINCE = (1, 28)  # The npm version that learned to put a transition's chunks together.


def sync_routes(reactor: Reactor) -> list[WebsocketRouteHandler]:
    """The endpoint's two addresses. The npm client names its version in the path, others in a header."""

    @websocket("/api/{version:str}/sync")
    async def versioned_sync(socket: WebSocket, version: FromPath[str]) -> None:
        await _serve(socket, reactor, knows_chunks=_knows_chunks(version))

    @websocket("/api/sync")
    async def sync(socket: WebSocket) -> None:
        await _serve(socket, reactor, knows_chunks=False)

    return [versioned_sync, sync]


def _knows_chunks(version: str) -> bool:
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    return major.isdecimal() and minor.isdecimal() and (int(major), int(minor)) >= CHUNKS_SINCE


async def _serve(socket: WebSocket, reactor: Reactor, *, knows_chunks: bool) -> None:
    await socket.accept()
    outbox = _Outbox(socket, knows_chunks=knows_chunks)
    try:
        connection = reactor.connect(outbox)
    except TooManyConnections:
        await socket.close(CloseCode.TRY_AGAIN_LATER.value, "TooManyConnections")
        return
    writer = asyncio.create_task(outbox.write(connection))
    try:
        await _read(socket, connection, outbox)
    except MalformedMessage as refusal:
        outbox.send((effects.FatalError(str(refusal)),))
        outbox.close(CloseCode.NORMAL, "MalformedMessage")
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
    """Obey the client until it is gone: raises `WebSocketDisconnect`, `MalformedMessage`."""
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
            modifications = tuple(map(_modification, message.modifications))
            change = commands.ModifyQuerySet(message.base_version, message.new_version, modifications)
            connection.receive(change)
        case messages.Mutation():
            call = canonical_call(message.udf_path, message.args)
            connection.receive(commands.Mutate(message.request_id, call))
        case messages.Action():
            call = canonical_call(message.udf_path, message.args)
            connection.receive(commands.Act(message.request_id, call))
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
            call = canonical_call(sent.udf_path, sent.args)
            return commands.AddQuery(sent.query_id, call, sent.journal)
        case messages.Remove():
            return commands.RemoveQuery(sent.query_id)
        case _:
            assert_never(sent)


# --- to the client ---


class _Outbox:
    """What waits to be sent on one socket, and the task that sends it."""

    def __init__(self, socket: WebSocket, *, knows_chunks: bool) -> None:
        self._socket = socket
        self._knows_chunks = knows_chunks
        self._clock_skew_ms: int | None = None
        self._waiting: deque[effects.Message | messages.Ping] = deque()
        self._closing: tuple[CloseCode, str] | None = None
        self._transitions = 0
        self._loop = asyncio.get_running_loop()
        self._idle: asyncio.Future[None] | None = None
        """Resolved when there is something to do; None while the writer is at work."""
        self._sent_at_s = self._loop.time()
        self._ping_timer: asyncio.TimerHandle | None = None

    def note_client_clock(self, client_ms: float | None) -> None:
        """`client_ts` of Connect: browsers use the difference to time the renewal of their tokens."""
        self._clock_skew_ms = int(client_ms - time.time() * 1000) if client_ms else None

    def send(self, told: tuple[effects.Message, ...], /) -> None:
        self._waiting.extend(told)
        self._wake()

    def close(self, code: CloseCode, reason: str) -> None:
        self._closing = self._closing or (code, reason)
        self._wake()

    async def write(self, connection: Connection) -> None:
        """Send what comes, in order, and a ping when nothing does; until told to close, or cancelled."""
        self._ping_later(PING_AFTER_S)
        try:
            while self._waiting or self._closing is None:
                if self._waiting:
                    await self._send(self._waiting.popleft(), connection)
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

    async def _send(self, message: effects.Message | messages.Ping, connection: Connection) -> None:
        for frame in self._frames(message):
            await self._socket.send({"type": "websocket.send", "bytes": None, "text": frame})
        self._sent_at_s = self._loop.time()
        if isinstance(message, effects.Transition):
            connection.transition_sent()

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

    def _frames(self, message: effects.Message | messages.Ping) -> list[str]:
        if isinstance(message, messages.Ping):
            return [messages.encode_server_message(message)]
        if not isinstance(message, effects.Transition):
            return [messages.encode_server_message(_wire_message(message))]
        text = messages.encode_transition(
            message.start,
            message.end,
            map(_encode_modification, message.modifications),
            client_clock_skew_ms=self._clock_skew_ms,
            server_unix_ns=time.time_ns(),
        )
        if not self._knows_chunks:
            return [text]
        self._transitions += 1
        return list(messages.in_chunks(text, str(self._transitions)))


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
