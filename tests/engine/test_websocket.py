"""The endpoint over a real socket: every message as a client reads it, letter for letter."""

import asyncio
import base64
import json
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from uuid import UUID

import pytest
from litestar import Litestar
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from backend.devstack.http_server import reserve_port, serve
from backend.engine.ports import FunctionError, MutationCall, MutationOutcome
from backend.engine.versions import Ts
from backend.protocol import messages
from backend.protocol.messages import encode_ts
from backend.server import websocket
from backend.server.connections import BoundedSocket
from backend.server.websocket import sync_routes
from tests.conftest import RunningService
from tests.engine.room import post
from tests.engine.simulated_backend import SimulatedBackend

PATIENCE_S = 60.0  # Far more than anything here takes.
NPM, PYPI = "/api/1.48.0/sync", "/api/sync"
SESSION = "00000000-0000-4000-8000-000000000001"
CONNECT = {"type": "Connect", "sessionId": SESSION, "connectionCount": 0, "lastCloseReason": "InitialConnect"}
POST_1 = {"id": str(UUID(int=1))}


@dataclass
class Client:
    socket: ClientConnection

    async def says(self, *said: dict[str, object] | str) -> None:
        for message in said:
            await self.socket.send(message if isinstance(message, str) else json.dumps(message))

    async def hears(self) -> dict[str, object]:
        text = await asyncio.wait_for(self.socket.recv(), PATIENCE_S)
        assert isinstance(text, str), "binary frames break clients"
        return json.loads(text)

    async def is_closed(self) -> tuple[int, str]:
        with pytest.raises(ConnectionClosed):
            await self.hears()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@dataclass
class Endpoint:
    outside: SimulatedBackend
    url: str

    @asynccontextmanager
    async def client(self, path: str = NPM, *, connected: bool = True) -> AsyncIterator[Client]:
        async with connect(self.url + path, max_size=None) as socket:
            client = Client(socket)
            if connected:
                await client.says(CONNECT)
            yield client


@pytest.fixture(params=[{}, {"ws": BoundedSocket, "ws_per_message_deflate": False}], ids=["uvicorn", "ours"])
async def endpoint(request: pytest.FixtureRequest) -> AsyncIterator[Endpoint]:
    """On uvicorn's own sockets and on ours, which send without a turn of the event loop."""
    outside = SimulatedBackend()
    with closing(reserve_port(0, option="")) as reserved:
        async with outside.reacting() as reactor:
            app = Litestar(route_handlers=sync_routes(reactor))
            async with serve(app, reserved, **request.param):
                host, port = reserved.getsockname()
                yield Endpoint(outside, f"ws://{host}:{port}")


def subscribe(*queries: dict[str, object], base: int = 0) -> dict[str, object]:
    return {
        "type": "ModifyQuerySet",
        "baseVersion": base,
        "newVersion": base + 1,
        "modifications": list(queries),
    }


def add(query_id: int, path: str, **arguments: object) -> dict[str, object]:
    return {"type": "Add", "queryId": query_id, "udfPath": path, "args": [arguments]}


def ts(position: int) -> str:
    return base64.b64encode(struct.pack("<Q", position)).decode()


def version(query_set: int, identity: int, position: int) -> dict[str, object]:
    return {"querySet": query_set, "identity": identity, "ts": ts(position)}


async def test_a_query_a_change_and_a_removal(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says(subscribe(add(7, "posts.js:get", **POST_1)))
        first = await client.hears()
        assert time.time_ns() - first.pop("serverTs") < 10 * 10**9  # type: ignore[operator]
        assert first == {
            "type": "Transition",
            "startVersion": version(0, 0, 0),
            "endVersion": version(1, 0, 1000),
            "modifications": [
                {"type": "QueryUpdated", "queryId": 7, "value": None, "logLines": [], "journal": None}
            ],
            "clientClockSkew": None,
        }
        endpoint.outside.write(post(1, text="hi"))
        second = await client.hears()
        assert second["startVersion"] == first["endVersion"]
        assert [each["value"] for each in second["modifications"]] == ["hi"]  # type: ignore[index]
        await client.says(subscribe({"type": "Remove", "queryId": 7}, base=1))
        assert (await client.hears())["modifications"] == [{"type": "QueryRemoved", "queryId": 7}]


async def test_a_failed_query_has_error_data_only_if_the_function_raised_some(endpoint: Endpoint) -> None:
    endpoint.outside.write(post(1))
    async with endpoint.client(PYPI) as client:
        await client.says(subscribe(add(0, "posts:odd", space="a"), add(1, "posts:feed", space="b", size=1)))
        assert (await client.hears())["modifications"] == [
            {
                "type": "QueryFailed",
                "queryId": 0,
                "errorMessage": "1 is odd",
                "logLines": [],
                "journal": None,
                "errorData": 1,
            },
            {"type": "QueryFailed", "queryId": 1, "errorMessage": "denied", "logLines": [], "journal": None},
        ]


async def test_a_mutation_is_answered_before_the_transition_that_shows_it(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says(
            subscribe(add(0, "posts:get", **POST_1)),
            {
                "type": "Mutation",
                "requestId": 3,
                "udfPath": "posts:create",
                "args": [{**POST_1, "text": "hi"}],
            },
        )
        heard = [await client.hears(), await client.hears()]
        if heard[0]["type"] == "Transition":  # the subscription may be answered by an earlier tick
            heard = [heard[1], await client.hears()]
        response, transition = heard
        assert response == {
            "type": "MutationResponse",
            "requestId": 3,
            "success": True,
            "result": POST_1["id"],
            "ts": transition["endVersion"]["ts"],  # type: ignore[index]
            "logLines": [],
        }
        assert [each["value"] for each in transition["modifications"]] == ["hi"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FunctionError("no"), {"result": "no"}),
        (FunctionError("no", '{"a":1.0}'), {"result": "no", "errorData": {"a": 1.0}}),
    ],
)
async def test_failures_of_mutations_and_actions_as_clients_read_them(
    endpoint: Endpoint, error: FunctionError, told: dict[str, object]
) -> None:
    async def fails(call: MutationCall) -> MutationOutcome:
        return MutationOutcome(None, error, ("log",), None)

    endpoint.outside.mutation = fails
    async with endpoint.client() as client:
        await client.says({"type": "Mutation", "requestId": 1, "udfPath": "posts:create", "args": [{}]})
        failed = {"requestId": 1, "success": False, "logLines": ["log"], **told}
        assert await client.hears() == {"type": "MutationResponse", "ts": None, **failed}
        assert (await client.hears())["type"] == "Transition"
        await client.says({"type": "Action", "requestId": 1, "udfPath": "posts:create", "args": [{}]})
        assert await client.hears() == {"type": "ActionResponse", **failed}
        assert (await client.hears())["type"] == "Transition"


async def test_the_clock_skew_a_client_can_work_out_is_told_back(endpoint: Endpoint) -> None:
    async with endpoint.client(connected=False) as client:
        an_hour_ahead = int(time.time() * 1000) + 3_600_000
        await client.says({**CONNECT, "clientTs": an_hour_ahead}, subscribe())
        skew = (await client.hears())["clientClockSkew"]
        assert isinstance(skew, int)
        assert abs(skew - 3_600_000) < 10_000


async def test_a_sign_in_is_confirmed_and_a_refused_token_closes_the_socket(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says(
            {"type": "Authenticate", "baseVersion": 0, "tokenType": "User", "value": "1"},
            subscribe(add(0, "members:mine")),
        )
        assert (await client.hears())["endVersion"] == version(1, 1, 1000)
        await client.says({"type": "Authenticate", "baseVersion": 1, "tokenType": "None"})
        assert (await client.hears())["endVersion"] == version(1, 2, 1000)
        await client.says({"type": "Authenticate", "baseVersion": 2, "tokenType": "User", "value": "forged"})
        assert await client.hears() == {
            "type": "AuthError",
            "error": "not a number",
            "baseVersion": 2,
            "authUpdateAttempted": True,
        }
        assert await client.is_closed() == (1000, "AuthError")


async def test_admin_keys_are_refused(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says({"type": "Authenticate", "baseVersion": 0, "tokenType": "Admin", "value": "key"})
        assert (await client.hears())["type"] == "AuthError"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("not json", "JSON is malformed: invalid character (byte 4)"),
        ('{"type":"Dance"}', "Invalid value 'Dance' - at `$.type`"),
        ('{"type":"Mutation","requestId":1}', "Object missing required field `udfPath`"),
        ('{"type":"Mutation","requestId":-1,"udfPath":"a"}', "Expected `int` >= 0 - at `$.requestId`"),
        (
            '{"type":"Mutation","requestId":4294967296,"udfPath":"a"}',
            "Expected `int` <= 4294967295 - at `$.requestId`",
        ),
        (
            {**CONNECT, "maxObservedTimestamp": "x"},
            "Not a timestamp: 'x'.",
        ),
        ('{"type":"Mutation","requestId":1,"udfPath":"a","args":["\\ud800"}', "Input data was truncated"),
    ],
)
async def test_what_is_no_message_of_the_protocol_ends_the_connection_for_good(
    endpoint: Endpoint, said: str | dict[str, object], error: str
) -> None:
    async with endpoint.client(connected=False) as client:
        await client.says(said)
        assert await client.hears() == {"type": "FatalError", "error": error}
        assert await client.is_closed() == (1000, "MalformedMessage")


BAD_ARGUMENTS = {
    "no object": ("[1]", "Arguments must be one object, or an array that holds just one object."),
    "two objects": ("[{},{}]", "Arguments must be one object, or an array that holds just one object."),
    "a reserved key": ('[{"$x":1}]', "Field name $x starts with a '$', which is reserved."),
    "a long array": (
        json.dumps([{"a": [0] * 8193}]),
        "An array has 8193 elements; at most 8192 are allowed.",
    ),
    "half an emoji": ('[{"content":"\\ud83d"}]', "A string holds half of a surrogate pair."),
}


@pytest.mark.parametrize(("args", "fault"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
async def test_bad_arguments_fail_their_own_call_and_nothing_else(
    service: RunningService, args: str, fault: str
) -> None:
    error = f"ArgumentValidationError: {fault}"
    add_both = (
        '{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":['
        f'{{"type":"Add","queryId":0,"udfPath":"posts:feed","args":{args}}},'
        '{"type":"Add","queryId":1,"udfPath":"users:me","args":[{}]}]}'
    )
    mutate = f'{{"type":"Mutation","requestId":2,"udfPath":"posts:create","args":{args}}}'
    async with connect(service.url.replace("http", "ws") + NPM) as socket:
        client = Client(socket)
        await client.says(CONNECT, add_both)
        failed = {"type": "QueryFailed", "queryId": 0, "errorMessage": error}
        answered = {"type": "QueryUpdated", "queryId": 1, "value": None}
        rest = {"logLines": [], "journal": None}
        assert (await client.hears())["modifications"] == [failed | rest, answered | rest]
        await client.says(mutate)
        assert await client.hears() == {
            "type": "MutationResponse",
            "requestId": 2,
            "success": False,
            "result": error,
            "ts": None,
            "logLines": [],
        }
        assert (await client.hears())["type"] == "Transition"


async def test_a_wrong_base_version_ends_the_connection_for_good(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says(subscribe(base=4))
        error = "Base version 4 passed up doesn't match the current version 0."
        assert await client.hears() == {"type": "FatalError", "error": error}
        assert await client.is_closed() == (1000, "ProtocolViolation")


async def test_telemetry_and_fields_of_newer_clients_are_let_pass(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says({"type": "Event", "eventType": "NetworkRecoveryReconnect", "event": {"a": 1}})
        await client.says({**subscribe(), "somethingNew": True})
        assert (await client.hears())["type"] == "Transition"


async def test_silence_is_broken_by_pings(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PING_AFTER_S", 0.02)
    async with endpoint.client() as client:
        assert [await client.hears(), await client.hears()] == [{"type": "Ping"}, {"type": "Ping"}]


async def test_a_client_that_never_says_connect_is_let_go(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "CONNECT_TIMEOUT_S", 0.02)
    async with endpoint.client(connected=False) as client:
        assert await client.is_closed() == (1000, "InactiveClient")


@pytest.mark.parametrize(
    ("path", "in_chunks"),
    [
        (NPM, True),
        ("/api/1.28.0/sync", True),
        ("/api/1.27.5/sync", False),
        ("/api/odd/sync", False),
        (PYPI, False),
    ],
)
async def test_a_large_transition_comes_in_chunks_to_clients_that_know_them(
    endpoint: Endpoint, path: str, in_chunks: bool
) -> None:
    text = "x" * (2 * messages.CHUNK_BYTES)
    endpoint.outside.write(post(1, text=text))
    async with endpoint.client(path) as client:
        await client.says(subscribe(add(0, "posts:get", **POST_1)))
        transition = await client.hears()
        if in_chunks:
            parts = [transition, await client.hears(), await client.hears()]
            assert [(part["type"], part["partNumber"], part["totalParts"]) for part in parts] == [
                ("TransitionChunk", number, 3) for number in range(3)
            ]
            assert len({part["transitionId"] for part in parts}) == 1
            transition = json.loads("".join(str(part["chunk"]) for part in parts))
        assert transition["type"] == "Transition"
        assert [each["value"] == text for each in transition["modifications"]] == [True]  # type: ignore[index]


async def test_a_bug_closes_the_socket_with_a_reason_that_clients_retry(endpoint: Endpoint) -> None:
    async def breaks(token: str) -> None:
        raise RuntimeError("the keys cannot be fetched")

    endpoint.outside.verify = breaks  # type: ignore[method-assign, assignment]
    async with endpoint.client() as client:
        await client.says({"type": "Authenticate", "baseVersion": 0, "tokenType": "User", "value": "1"})
        assert await client.is_closed() == (1011, "InternalServerError")


async def test_a_client_that_goes_away_is_forgotten(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        await client.says(subscribe(add(0, "posts:get", **POST_1)))
        await client.hears()
    endpoint.outside.write(post(1, text="hi"))
    async with endpoint.client() as client:
        await client.says(subscribe(add(0, "posts:get", **POST_1)))
        assert (await client.hears())["endVersion"] == version(1, 0, 1010)


def test_positions_become_the_timestamps_of_the_wire() -> None:
    assert encode_ts(Ts(1000)) == ts(1000)
    assert messages.decode_ts(ts(2**63 - 1)) == 2**63 - 1
