"""The HTTP API as a client meets it, reply by reply, with the real Auth signing people in."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from importlib.metadata import version
from uuid import uuid4

import pytest

from backend.server.app import BODY_BYTES_MAX
from tests.runtime.visiting import Visit, open_visit, whole


@pytest.fixture
async def visit(service) -> AsyncIterator[Visit]:
    async with open_visit(service) as opened:
        yield opened


async def test_a_person_writes_and_everyone_reads(visit: Visit):
    token, space = await visit.sign_up(), await visit.space()

    created = await visit.post(
        "/api/mutation", {"path": "posts:create", "args": {"spaceId": space, "content": "Hi"}}, token
    )
    post = created.json()["value"]
    options = {"numItems": 10.0, "cursor": None}
    feed = await visit.post(
        "/api/query", {"path": "posts:feed", "args": [{"spaceId": space, "paginationOpts": options}]}
    )
    [listed] = feed.json()["value"].pop("page")

    assert whole(created) == (200, {"status": "success", "value": post})
    assert (listed["_id"], listed["content"], listed["authorName"]) == (post, "Hi", "Ada")
    assert feed.json()["status"] == "success"
    assert feed.headers["content-type"] == "application/json"


async def test_numbers_are_floats_and_formats_are_the_callers_choice(visit: Visit):
    await visit.sql.execute(
        "insert into spaces (name, visibility, \"order\") values ('General', 'public', 7)"
    )
    bodies = [
        ({"path": "spaces:list", "args": {}, "format": format}, headers)
        for format, headers in (
            ("json", {}),
            ("convex_encoded_json", {}),
            (None, {}),
            (None, {"Convex-Client": "npm-1.48.0"}),
            (None, {"Convex-Client": "python-0.5.0"}),
        )
    ]
    answers = [await visit.post("/api/query", body, **headers) for body, headers in bodies]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert ['"order":7.0' in answer.text for answer in answers] == [True] * 5


FAILURES = {
    "unknown function": (
        "posts:nothing",
        {},
        {"status": "error", "errorMessage": "Could not find public function for 'posts:nothing'."},
    ),
    "a mutation is no query": (
        "posts:create",
        {},
        {"status": "error", "errorMessage": "Could not find public function for 'posts:create'."},
    ),
    "wrong arguments": (
        "users:me",
        {"who": "I"},
        {
            "status": "error",
            "errorMessage": "ArgumentValidationError: Object contains extra field `who` that is not in the "
            'validator.\n\nObject: {"who":"I"}\nValidator: v.object({})',
        },
    ),
    "arguments in a row": (
        "users:me",
        [1],
        {
            "status": "error",
            "errorMessage": "ArgumentValidationError: Arguments must be one object, or an array that holds "
            "just one object.",
        },
    ),
    "a number spelt like an object": (
        "users:me",
        {"$float": "AAAAAAAA+H8="},
        {
            "status": "error",
            "errorMessage": "ArgumentValidationError: Arguments must be one object, or an array that holds "
            "just one object.",
        },
    ),
    "no Convex value": (
        "users:me",
        {"$x": 1},
        {
            "status": "error",
            "errorMessage": "ArgumentValidationError: Field name $x starts with a '$', which is reserved.",
        },
    ),
}


@pytest.mark.parametrize(("path", "args", "reply"), FAILURES.values(), ids=FAILURES)
async def test_a_function_that_fails_is_answered_with_200(
    visit: Visit, path: str, args: object, reply: object
):
    assert whole(await visit.post("/api/query", {"path": path, "args": args})) == (200, reply)


async def test_a_refusal_carries_its_data(visit: Visit):
    answer = await visit.post("/api/mutation", {"path": "users:rename", "args": {"name": "Eve"}})
    message = answer.json().pop("errorMessage")
    assert whole(answer) == (
        200,
        {
            "status": "error",
            "errorMessage": message,
            "errorData": {"code": "access.sign_in_required", "message": "Sign in first."},
        },
    )
    assert message.startswith("[Request ID: ")
    assert message.endswith(
        'Uncaught ConvexError: {"code":"access.sign_in_required","message":"Sign in first."}'
    )


REFUSED = {
    "no JSON": (
        b"{",
        400,
        "BadJsonBody",
        "the body: Invalid JSON: EOF while parsing an object at line 1 column 1.",
    ),
    "no path": (b'{"args":{}}', 400, "BadJsonBody", "path: Field required."),
    "no such format": (
        b'{"path":"users:me","format":"xml"}',
        400,
        "BadFormat",
        "There is no format 'xml'; use 'json'.",
    ),
}


@pytest.mark.parametrize(("body", "status", "code", "message"), REFUSED.values(), ids=REFUSED)
async def test_a_request_that_makes_no_sense_is_refused(
    visit: Visit, body: bytes, status: int, code: str, message: str
):
    answer = await visit.http.post("/api/query", content=body)
    assert whole(answer) == (status, {"code": code, "message": message})


async def test_arguments_in_an_address_must_at_least_be_json(visit: Visit):
    answer = await visit.http.get("/api/query", params={"path": "users:me", "args": "{"})
    assert whole(answer) == (
        400,
        {"code": "BadConvexValue", "message": "This is not JSON: Input data was truncated"},
    )


async def test_bad_tokens_are_refused_and_do_not_pass_as_visitors(visit: Visit):
    body = {"path": "users:me", "args": {}}
    headers = {
        "Bearer nonsense": ("token.malformed", "This is not a JSON Web Token."),
        f"Bearer {visit.service.stack.anon_key}": (
            "token.not_a_user",
            "A project's key is not a person's token; sign in and send that.",
        ),
        "Convex admin-key": ("InvalidAuthHeader", "Send `Authorization: Bearer <token of a person>`."),
    }
    for header, (code, message) in headers.items():
        answer = await visit.http.post("/api/query", json=body, headers={"Authorization": header})
        assert whole(answer) == (401, {"code": code, "message": message})


async def test_unknown_addresses_wrong_methods_and_large_bodies_are_refused_alike(visit: Visit):
    nowhere = await visit.http.get("/api/nothing")
    wrong = await visit.http.put("/api/mutation")
    large = await visit.http.post("/api/query", content=b" " * (BODY_BYTES_MAX + 1))
    fits = await visit.http.post("/api/query", content=b'{"path":"users:me"}'.ljust(BODY_BYTES_MAX))

    assert whole(nowhere) == (404, {"code": "NotFound", "message": "Not Found"})
    assert whole(wrong) == (405, {"code": "MethodNotAllowed", "message": "Method Not Allowed"})
    assert (large.status_code, large.json()["code"]) == (413, "RequestTooLarge")
    assert whole(fits) == (200, {"status": "success", "value": None})


async def test_every_other_door_to_a_function(visit: Visit):
    token, success = await visit.sign_up(), {"status": "success", "value": None}
    by_address = await visit.http.get("/api/query", params={"path": "users:me", "args": "{}"})
    by_any = [
        await visit.post("/api/function", {"path": path, "args": args}, token)
        for path, args in (("users:me", {}), ("users:rename", {"name": "Ida"}), ("users:nothing", {}))
    ]
    by_run = await visit.post("/api/run/users/rename", {"args": {"name": "Ida"}}, token)
    by_python_name = await visit.post("/api/run/posts/toggle_like", {"args": {"postId": str(uuid4())}}, token)
    unnamed = await visit.post("/api/run/users", {"args": {}})
    action = await visit.post("/api/action", {"path": "users:rename", "args": {}})

    assert whole(by_address) == (200, success)
    assert by_any[0].json()["value"]["name"] == "Ada"
    assert whole(by_any[1]) == whole(by_run) == (200, success)
    assert by_any[2].json()["errorMessage"] == "Could not find public function for 'users:nothing'."
    assert by_python_name.json()["errorData"]["code"] == "access.denied"
    assert whole(unnamed) == (
        400,
        {"code": "MissingIdentifier", "message": "Name a module and a function: /api/run/posts/feed."},
    )
    assert action.json()["errorMessage"] == "Could not find public function for 'users:rename'."


async def test_a_batch_is_answered_in_one_moment_and_each_for_itself(visit: Visit):
    queries = [
        {"path": "users:me", "args": {}},
        {"path": "no:such", "args": {}},
        {"path": "users:me", "args": [{}, {}]},
        {"path": "spaces:list", "args": {}},
    ]
    answer = await visit.post("/api/query_batch", {"queries": queries})
    assert whole(answer) == (
        200,
        {
            "results": [
                {"status": "success", "value": None},
                {"status": "error", "errorMessage": "Could not find public function for 'no:such'."},
                {
                    "status": "error",
                    "errorMessage": "ArgumentValidationError: Arguments must be one object, or an array that "
                    "holds just one object.",
                },
                {"status": "success", "value": []},
            ]
        },
    )


async def test_a_query_as_of_a_moment_is_answered_while_it_is_the_present(visit: Visit):
    body = {"path": "spaces:list", "args": {}}
    async with asyncio.timeout(30):
        while True:  # PostgreSQL may write to its log on its own account between the two requests.
            ts = (await visit.post("/api/query_ts", {})).json()["ts"]
            present = await visit.post("/api/query_at_ts", {**body, "ts": ts})
            if present.status_code == 200:
                break
    await visit.space()
    past = await visit.post("/api/query_at_ts", {**body, "ts": ts})
    nonsense = await visit.post("/api/query_at_ts", {**body, "ts": "soon"})

    assert whole(present) == (200, {"status": "success", "value": []})
    assert whole(past) == (
        409,
        {
            "code": "TimestampNotCurrent",
            "message": "The database has moved on from that timestamp. Ask for a new one.",
        },
    )
    assert whole(nonsense) == (400, {"code": "BadTimestamp", "message": "Not a timestamp: 'soon'."})


async def test_browsers_of_any_origin_may_call(visit: Visit):
    preflight = await visit.http.options(
        "/api/mutation",
        headers={
            "Origin": "https://community.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,convex-client",
        },
    )
    failed = await visit.http.post(
        "/api/query", content=b"{", headers={"Origin": "https://community.example"}
    )

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] in ("*", "https://community.example")
    allowed = preflight.headers["access-control-allow-headers"].lower()
    assert {name.strip() for name in allowed.split(",")} >= {"authorization", "content-type", "convex-client"}
    assert failed.headers["access-control-allow-origin"] in ("*", "https://community.example")


async def test_the_service_says_what_it_is_and_how_it_fares(visit: Visit):
    version_text = version("folkmoot")
    assert (
        await visit.http.get("/")
    ).text == "This is a Folkmoot service. Its functions are listed at /schema.\n"
    assert (await visit.http.get("/version")).text == version_text
    assert (await visit.http.get("/instance_version")).text == version_text
    assert whole(await visit.http.get("/health")) == (200, {"status": "live"})
    assert whole(await visit.http.get("/health/ready")) == (
        200,
        {"status": "ready", "database": "ready", "feed": "ready"},
    )
    await visit.post("/api/query", {"path": "users:me"})
    metrics = (await visit.http.get("/metrics")).text
    assert 'folkmoot_function_seconds_count{function="users:me",kind="Query",outcome="ok"} 1.0' in metrics


async def test_every_function_is_listed_with_its_contract(visit: Visit):
    listing = (await visit.http.get("/api/functions")).json()
    toggle = {
        "identifier": "posts.js:toggleLike",
        "functionType": "Mutation",
        "visibility": {"kind": "public"},
        "args": {
            "type": "object",
            "value": {"postId": {"fieldType": {"type": "id", "tableName": "posts"}, "optional": False}},
        },
        "returns": {"type": "boolean"},
    }
    listed = listing["functions"]
    public = [
        function["identifier"] for function in listed if function.get("visibility") == toggle["visibility"]
    ]
    assert public == [
        "billing.js:cancel",
        "billing.js:changePlan",
        "billing.js:checkout",
        "billing.js:membership",
        "billing.js:portal",
        "billing.js:resume",
        "courses.js:enroll",
        "courses.js:leave",
        "courses.js:list",
        "posts.js:create",
        "posts.js:feed",
        "posts.js:remove",
        "posts.js:toggleLike",
        "spaces.js:list",
        "users.js:me",
        "users.js:rename",
    ]
    assert toggle in listing["functions"]
    webhook = {"functionType": "HttpAction", "method": "POST", "path": "/webhooks/stripe"}
    assert webhook in listing["functions"]

    document = (await visit.http.get("/schema/openapi.json")).json()
    operation = document["paths"]["/api/run/posts/toggleLike"]["post"]
    assert operation["operationId"] == "posts:toggleLike"
    arguments = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["args"]
    assert arguments == {
        "type": "object",
        "properties": {"postId": {"type": "string", "description": "Id of a row of posts"}},
        "required": ["postId"],
        "additionalProperties": False,
    }


PYTHON_CLIENT = """
import json, sys
from convex import ConvexError
from convex.http_client import ConvexHttpClient

url, token, space = sys.argv[1:]
client = ConvexHttpClient(url)
said = {"visitor": client.query("users:me")}
client.set_auth(token)
said["me"] = client.query("users:me")["name"]
said["post"] = client.mutation("posts:create", {"spaceId": space, "content": "From Python"})
page = client.query("posts:feed", {"spaceId": space, "paginationOpts": {"numItems": 5, "cursor": None}})
said["feed"] = [(post["content"], post["likeCount"]) for post in page["page"]]
said["liked"] = client.mutation("posts:toggleLike", {"postId": said["post"]})
for name, call in {
    "refused": lambda: client.mutation("posts:create", {"spaceId": space, "content": ""}),
    "unknown": lambda: client.query("no:such"),
}.items():
    try:
        call()
    except ConvexError as error:
        said[name] = error.data
    except Exception as error:
        said[name] = str(error)
client.set_auth("nonsense")
try:
    client.query("users:me")
except Exception as error:
    said["nobody"] = str(error)
print(json.dumps(said))
"""


async def test_the_official_python_http_client_works_unmodified(visit: Visit):
    token, space = await visit.sign_up(), await visit.space()

    # In a process of its own: its calls hold the interpreter while they wait.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PYTHON_CLIENT, visit.service.url, token, space),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    said = json.loads(output)

    assert said == {
        "visitor": None,
        "me": "Ada",
        "post": said["post"],
        "feed": [["From Python", 0.0]],
        "liked": True,
        "refused": {
            "code": "document.rejected",
            "message": "posts.content: String should have at least 1 character.",
        },
        "unknown": "Could not find public function for 'no:such'.",
        "nobody": "401 token.malformed: This is not a JSON Web Token.",
    }
