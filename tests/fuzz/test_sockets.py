"""Anything at all, said on the sync endpoint.

What is no message of the protocol ends the connection with a reason that clients know; what is one is
answered, however much comes at once. `FOLKMOOT_FUZZ_EXAMPLES` says how many cases each test makes up (25).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tests.fuzz import shapes
from tests.fuzz.conversation import PATIENCE_S, Conversation, connect_message, converse
from tests.fuzz.shapes import Json
from tests.fuzz.target import Target
from tests.fuzz.test_http import fuzz

pytestmark = pytest.mark.usefixtures("watched")


def _messages(target: Target) -> st.SearchStrategy[Json]:
    """Messages of the protocol in which any field may hold anything."""
    counters = st.one_of(st.integers(0, 3), shapes.numbers, shapes.values)
    texts = st.one_of(shapes.texts, shapes.values)
    call = {"udfPath": shapes.paths, "args": shapes.arguments(target), "componentPath": texts}
    add = st.fixed_dictionaries(
        {"type": st.just("Add"), "queryId": counters, **call}, optional={"journal": shapes.cursors()}
    )
    remove = st.fixed_dictionaries({"type": st.just("Remove"), "queryId": counters})
    kinds: dict[str, dict[str, st.SearchStrategy[Json]]] = {
        "Connect": {
            "sessionId": st.one_of(st.uuids().map(str), texts),
            "connectionCount": counters,
            "lastCloseReason": texts,
            "maxObservedTimestamp": st.one_of(
                st.none(), st.just("//////////8="), st.just("AAAAAAAAAAA="), texts
            ),
            "clientTs": st.one_of(st.just(0), shapes.numbers, texts),
        },
        "ModifyQuerySet": {
            "baseVersion": counters,
            "newVersion": counters,
            "modifications": st.one_of(
                st.lists(st.one_of(add, remove, shapes.values), max_size=4), shapes.values
            ),
        },
        "Mutation": {"requestId": counters, **call},
        "Action": {"requestId": counters, **call},
        "Authenticate": {
            "baseVersion": counters,
            "tokenType": st.one_of(st.sampled_from(["User", "Admin", "None"]), texts),
            "value": st.one_of(shapes.bad_tokens(target), shapes.odd_claims(target), texts),
            "impersonating": shapes.values,
        },
        "Event": {"eventType": texts, "event": shapes.values},
        "Nonsense": {},
    }
    return st.one_of(
        *(
            st.fixed_dictionaries({"type": st.just(kind)}, optional=fields)  # type: ignore[arg-type]
            for kind, fields in kinds.items()
        )
    )


@fuzz
@given(data=st.data())
async def test_messages_with_anything_in_any_field(target: Target, data: st.DataObject):
    path = data.draw(st.sampled_from(["/api/1.48.0/sync", "/api/sync", "/api/0/sync", "/api/9.9.9/sync"]))
    said = data.draw(st.lists(shapes.json_texts(_messages(target)), min_size=1, max_size=6))
    async with converse(target, path) as conversation:
        if data.draw(st.booleans()):
            await conversation.says(connect_message())
        for text in said:
            await _says_bytes(conversation, shapes.encoded(text))
        await conversation.hears_all()


@fuzz
@given(data=st.data())
async def test_frames_that_are_no_messages(target: Target, data: st.DataObject):
    message = shapes.json_texts(_messages(target)).map(shapes.encoded)
    broken = shapes.broken_json.map(shapes.encoded)
    inside = broken.map(
        lambda text: b'{"type":"Mutation","requestId":0,"udfPath":"users:me","args":' + text + b"}"
    )
    frames = st.one_of(shapes.garbled(message), broken, inside, st.binary(max_size=200))
    async with converse(target) as conversation:
        await conversation.says(connect_message())
        if data.draw(st.booleans()):
            await conversation.says(data.draw(frames))  # As a binary frame.
        else:
            await _says_bytes(conversation, data.draw(frames), pieces=data.draw(st.integers(1, 5)))
        await conversation.hears_all()


async def _says_bytes(conversation: Conversation, data: bytes, pieces: int = 1) -> None:
    """As one text message, whether it is UTF-8 or not, in so many fragments; as long as somebody listens."""
    size = max(1, -(-len(data) // pieces))
    parts = [data[at : at + size] for at in range(0, len(data), size)] or [b""]

    async def fragments() -> Any:
        for part in parts:
            yield part

    with suppress(ConnectionClosed):
        await conversation.socket.send(fragments() if len(parts) > 1 else data, text=True)


# --- conversations in which every message is right ---

_STEPS = st.one_of(
    st.tuples(st.just("subscribe"), st.sampled_from(shapes.FUNCTIONS)),
    st.tuples(st.just("unsubscribe"), st.integers(0, 20)),
    st.tuples(st.just("mutate"), st.sampled_from(shapes.FUNCTIONS)),
    st.tuples(st.just("act"), st.sampled_from(shapes.FUNCTIONS)),
    st.tuples(st.just("sign in"), st.just("")),
    st.tuples(st.just("sign out"), st.just("")),
    st.tuples(st.just("pause"), st.just("")),
)


@fuzz
@given(data=st.data())
async def test_whatever_a_client_may_say_is_answered_however_fast_it_comes(
    target: Target, data: st.DataObject
):
    steps = data.draw(st.lists(_STEPS, max_size=25))
    arguments = shapes.arguments(target).filter(lambda value: isinstance(value, dict))
    live: list[int] = []
    queries = versions = identities = 0
    requests: list[int] = []
    async with converse(target) as conversation:
        await conversation.says(connect_message())
        for verb, what in steps:
            match verb, what:
                case "subscribe", path:
                    add = {"type": "Add", "queryId": queries, "udfPath": path, "args": [data.draw(arguments)]}
                    await conversation.says(_modify(versions, add))
                    live.append(queries)
                    queries, versions = queries + 1, versions + 1
                case "unsubscribe", int(number) if live:
                    gone = live.pop(number % len(live))
                    await conversation.says(_modify(versions, {"type": "Remove", "queryId": gone}))
                    versions += 1
                case (("mutate" | "act"), path):
                    kind = "Mutation" if verb == "mutate" else "Action"
                    call = {"udfPath": path, "args": [data.draw(arguments)]}
                    await conversation.says({"type": kind, "requestId": len(requests), **call})
                    requests.append(len(requests))
                case "sign in", _:
                    await conversation.says(_authenticate(identities, target.token()))
                    identities += 1
                case "sign out", _:
                    await conversation.says(_authenticate(identities, None))
                    identities += 1
                case "pause", _:
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE_S):
            while not (
                set(requests) == set(conversation.responses)
                and set(live) == set(conversation.answers)
                and (conversation.version["querySet"], conversation.version["identity"])
                == (versions, identities)
            ):
                await conversation.hears()


def _modify(version: int, *modifications: Json) -> Json:
    return {
        "type": "ModifyQuerySet",
        "baseVersion": version,
        "newVersion": version + 1,
        "modifications": list(modifications),
    }


def _authenticate(version: int, token: str | None) -> Json:
    if token is None:
        return {"type": "Authenticate", "baseVersion": version, "tokenType": "None"}
    return {"type": "Authenticate", "baseVersion": version, "tokenType": "User", "value": token}
