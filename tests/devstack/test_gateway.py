"""The gateway routes by prefix, puts the right credential in front of each service, and lets browsers in."""

import asyncio
import json
import socket
from contextlib import closing

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from backend.devstack.config import StackConfig
from backend.devstack.gateway import OPEN_AUTH_ROUTES, Gateway, Service
from backend.devstack.http_body_limit import BODY_BYTES_MAX
from backend.devstack.http_server import reserve_port, serve
from backend.devstack.keys import PUBLISHABLE_KEY, SECRET_KEY, make_keys

USER = "Bearer header.of-a-user.signature"
LEGACY = "header.legacy.signature"


async def echo(scope, receive, send):
    """A service that answers with what reached it, and sets a cross-origin header that must not survive."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps(_seen(scope))})
        await receive()
        return
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = json.dumps(_seen(scope) | {"size": size}).encode()
    headers = [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"http://elsewhere")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _seen(scope):
    headers = dict(scope["headers"])
    return {
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode(),
        "authorization": headers.get(b"authorization", b"").decode(),
    }


@pytest.fixture
def keys(tmp_path):
    return make_keys(StackConfig(directory=tmp_path), tmp_path)


@pytest.fixture
def gateway(keys):
    return Gateway(
        {
            "/rest/v1": Service(echo, key_optional=True),
            "/auth/v1": Service(echo, open_routes=OPEN_AUTH_ROUTES),
        },
        keys,
    )


@pytest.fixture
async def client(gateway):
    transport = httpx.ASGITransport(gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as opened:
        yield opened


@pytest.fixture
def credential(keys):
    """A name of the table below as the header value it stands for."""
    return {
        "user": USER,
        "publishable": PUBLISHABLE_KEY,
        "secret": SECRET_KEY,
        "Bearer publishable": f"Bearer {PUBLISHABLE_KEY}",
        "Bearer secret": f"Bearer {SECRET_KEY}",
        "legacy": LEGACY,
        "Bearer legacy": f"Bearer {LEGACY}",
        "Bearer anon": f"Bearer {keys.anon_key}",
        "Bearer service_role": f"Bearer {keys.service_role_key}",
        None: None,
    }


@pytest.mark.parametrize(
    ("authorization", "apikey", "effective"),
    [
        (None, None, None),
        (None, "publishable", "Bearer anon"),
        (None, "secret", "Bearer service_role"),
        (None, "legacy", "Bearer legacy"),
        ("user", None, "user"),
        ("user", "publishable", "user"),
        ("user", "secret", "user"),
        ("user", "legacy", "user"),
        ("Bearer publishable", "publishable", "Bearer anon"),
        ("Bearer secret", "secret", "Bearer service_role"),
        ("Bearer secret", "publishable", "Bearer anon"),
        ("Bearer publishable", None, None),
    ],
)
async def test_each_pair_of_headers_stands_for_one_credential(
    client, credential, authorization, apikey, effective
):
    given = {"authorization": credential[authorization], "apikey": credential[apikey]}
    response = await client.get("/rest/v1/posts", headers={k: v for k, v in given.items() if v})
    assert (response.status_code, response.json()["authorization"] or None) == (200, credential[effective])


async def test_a_key_may_come_in_the_query(client, credential):
    response = await client.get("/auth/v1/user", params={"apikey": SECRET_KEY})
    assert response.json()["authorization"] == credential["Bearer service_role"]


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/rest/v1/posts", {}, 200, None),
        ("/rest/v1/posts", {"apikey": "sb_secret_of_another_project"}, 401, "Invalid API key"),
        ("/auth/v1/user", {}, 401, "No API key found in request"),
        ("/auth/v1/user", {"authorization": USER}, 401, "No API key found in request"),
        ("/auth/v1/user", {"apikey": PUBLISHABLE_KEY, "authorization": USER}, 200, None),
        ("/auth/v1/user", {"apikey": "nonsense"}, 401, "Invalid API key"),
        ("/auth/v1/verify?token=1", {}, 200, None),
        ("/auth/v1/callback", {}, 200, None),
        ("/auth/v1/authorize?provider=github", {}, 200, None),
        ("/auth/v1/.well-known/jwks.json", {}, 200, None),
    ],
)
async def test_rest_is_open_and_auth_asks_for_a_key_where_hosted_projects_do(
    client, path, headers, status, message
):
    response = await client.get(path, headers=headers)
    assert (response.status_code, response.json().get("message")) == (status, message)


@pytest.mark.parametrize(
    ("path", "seen", "raw"),
    [
        ("/rest/v1/posts", "/posts", "/posts"),
        ("/rest/v1/", "/", "/"),
        ("/rest/v1", "/", "/"),
        ("/rest/v1/a%2Fb%20c", "/a/b c", "/a%2Fb%20c"),
        ("/%72est/v1/a", "/a", "/a"),
    ],
)
async def test_a_service_sees_paths_without_its_prefix(client, path, seen, raw):
    answer = (await client.get(path)).json()
    assert (answer["path"], answer["raw_path"]) == (seen, raw)


@pytest.mark.parametrize("path", ["/", "/rest", "/rest/v10/posts", "/storage/v1/bucket", "/favicon.ico"])
async def test_other_paths_are_refused_as_a_hosted_project_does(client, path):
    response = await client.get(path)
    assert (response.status_code, response.json()) == (404, {"error": "requested path is invalid"})


async def test_health_needs_no_key(client):
    response = await client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/rest/v1/posts", "/auth/v1/token", "/nowhere"])
async def test_a_browser_may_ask_for_any_header_on_any_route(client, path):
    asked = "authorization, x-client-info, apikey, x-brand-new"
    response = await client.options(
        path,
        headers={
            "origin": "http://localhost:3000",
            "access-control-request-method": "PATCH",
            "access-control-request-headers": asked,
        },
    )
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-headers"] == asked
    assert "PATCH" in response.headers["access-control-allow-methods"]


@pytest.mark.parametrize("path", ["/rest/v1/posts", "/auth/v1/user", "/nowhere", "/health"])
async def test_every_answer_good_or_bad_may_be_read_by_a_browser(client, path):
    response = await client.get(path, headers={"origin": "http://localhost:3000"})
    assert response.headers.get_list("access-control-allow-origin") == ["*"]
    exposed = response.headers["access-control-expose-headers"].split(",")
    assert {"content-range", "preference-applied", "location"} <= set(exposed)


async def test_a_plain_options_request_belongs_to_the_service(client):
    assert (await client.options("/rest/v1/posts")).json()["path"] == "/posts"


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize(("size", "status"), [(BODY_BYTES_MAX, 200), (BODY_BYTES_MAX + 1, 413)])
async def test_a_body_may_be_as_large_as_the_limit_and_no_larger(client, size, status, announced):
    async def chunks():
        half = bytes(size // 2)
        yield half
        yield bytes(size - len(half))

    response = await client.post("/rest/v1/posts", content=bytes(size) if announced else chunks())
    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == "*"


async def test_a_socket_reaches_its_service_with_the_key_of_the_query_mapped(gateway, credential):
    with closing(reserve_port(0, option="")) as reserved:
        address = "ws://{}:{}".format(*reserved.getsockname())
        async with serve(gateway, reserved):
            async with connect(f"{address}/rest/v1/socket?apikey={PUBLISHABLE_KEY}") as opened:
                seen = json.loads(await opened.recv())
            for path in ("/nowhere", "/rest/v1/socket?apikey=nonsense", "/auth/v1/socket"):
                with pytest.raises(InvalidStatus):
                    await connect(address + path)
    assert (seen["path"], seen["authorization"]) == ("/socket", credential["Bearer anon"])


async def test_the_port_is_free_again_when_the_server_has_ended(gateway):
    with closing(reserve_port(0, option="")) as reserved:
        port = reserved.getsockname()[1]
        async with serve(gateway, reserved):
            pass
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


async def test_small_answers_are_sent_without_delay():
    undelayed = asyncio.get_running_loop().create_future()

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        undelayed.set_result(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    with closing(reserve_port(0, option="")) as reserved:
        async with await asyncio.start_server(note, sock=reserved):
            _, writer = await asyncio.open_connection(*reserved.getsockname())
            assert await undelayed
            writer.close()
            await writer.wait_closed()
