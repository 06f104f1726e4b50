"""The checks themselves: each tells of what it is there for, and of nothing else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.databases import copied_database
from tests.oracle.chronicle import Chronicle, Purpose
from tests.oracle.functions import REFUSAL
from tests.oracle.network import Network
from tests.oracle.place import MIGRATED, Machine, Place
from tests.oracle.socket_client import COMMENTS, FEED, SocketClient, encode_ts
from tests.oracle.truth import drift, repeated, unkept, wrong_keys

Json = Any


def version(query_set: int, ts: int) -> Json:
    return {"querySet": query_set, "identity": 0, "ts": encode_ts(ts)}


def transition(start: tuple[int, int], end: tuple[int, int], *comments: str, query_id: int = 0) -> Json:
    """One that shows these comments."""
    value = [{"_id": content, "content": content} for content in comments]
    update = {"type": "QueryUpdated", "queryId": query_id, "value": value, "journal": None, "logLines": []}
    versions = {"startVersion": version(*start), "endVersion": version(*end)}
    return {"type": "Transition", **versions, "modifications": [update]}


def response(request_id: int, ts: int) -> Json:
    told = {"success": True, "result": None, "ts": encode_ts(ts)}
    return {"type": "MutationResponse", "requestId": request_id, **told}


def refusal(request_id: int, data: Json = None) -> Json:
    """Without `data` it tells of a function that broke."""
    told = {"success": False, "result": "Server Error", "ts": None, "errorData": data}
    return {"type": "MutationResponse", "requestId": request_id, **told}


async def faults_of(*messages: Json, prepare: Callable[[SocketClient], object] = lambda client: None) -> str:
    """What a client that follows one ledger says of these messages."""
    client = SocketClient("client", Network([], random.Random(0)), Chronicle(), random.Random(0))
    client.watch(COMMENTS, {"postId": "ledger"}, ledger=True)
    client.greet(asyncio.Queue())
    prepare(client)
    for message in messages:
        if message == "again":
            client.ask_again()
        else:
            client.hear(message)
    client.chronicle.check_order()
    return "\n".join(client.chronicle.faults)


def comment(client: SocketClient) -> None:
    client.mutate("comment", {}, key="mine")


async def test_nothing_is_said_of_what_is_right():
    first, second = transition((0, 0), (1, 5), "a"), transition((1, 5), (1, 9), "a", "mine")
    assert await faults_of(first, response(1, 9), second, prepare=comment) == ""


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        ([transition((0, 0), (1, 5)), transition((1, 4), (1, 9))], "a transition from"),
        ([transition((0, 0), (1, 5)), transition((1, 5), (1, 4))], "a transition back"),
        ([transition((0, 0), (2, 5))], "beyond what was asked for"),
        ([transition((0, 0), (1, 5), query_id=7)], "is not answered"),
        ([transition((0, 0), (1, 5), "a"), transition((1, 5), (1, 9))], "has lost ['a']"),
        ([transition((0, 0), (1, 5), "mine")], "shown before the response"),
        ([response(1, 5), transition((0, 0), (1, 6)), transition((1, 6), (1, 9), "mine")], "acknowledged"),
        ([response(4, 5)], "which is settled"),
        ([refusal(1)], "mine, asked to be tried, ended with"),
        ([refusal(1, REFUSAL)], "mine, asked to be tried, ended with"),
        ([{"type": "FatalError", "error": "broken"}], "was told"),
    ],
)
async def test_a_client_tells_of_what_may_not_be(messages: list[Json], fault: str):
    assert fault in await faults_of(*messages, prepare=comment)


async def test_a_page_may_not_end_elsewhere_than_before():
    client = SocketClient("client", Network([], random.Random(0)), Chronicle(), random.Random(0))
    client.watch(FEED, {"spaceId": "space"})
    client.greet(asyncio.Queue())
    ends = [(transition((0, 0), (1, 5)), "here"), (transition((1, 5), (1, 6)), "here")]
    for told, end in [*ends, (transition((1, 6), (1, 7)), "there")]:
        assert client.chronicle.faults == []
        told["modifications"][0]["value"] = {"page": [], "isDone": True, "continueCursor": end}
        client.hear(told)
    assert "ended at here, and now at there" in str(client.chronicle.faults)


async def test_a_request_that_is_asked_again_gives_what_it_gave():
    def ask_again(*results: str) -> list[Json]:
        first, *_ = said = [{**response(1, 5), "result": result} for result in results]
        return [first, transition((0, 0), (1, 5), "mine"), "again", *said[1:]]

    assert await faults_of(*ask_again("mine", "mine"), prepare=comment) == ""
    assert "asked again" in await faults_of(*ask_again("mine", "other"), prepare=comment)
    broken = [*ask_again("mine"), refusal(1)]
    assert "asked again" in await faults_of(*broken, prepare=comment)


def test_who_was_asked_to_fail_may_not_succeed_and_who_was_not_may_not_fail_for_it():
    chronicle = Chronicle()
    for key, purpose in PURPOSES.items():
        chronicle.begin(key, purpose)
        chronicle.note_refusal("client", key, BUSY if key == "good" else DENIED, None)
    chronicle.note_refusal("client", "refused", REFUSAL, None)
    chronicle.note_refusal("client", "broken", None, None)
    assert chronicle.faults == []
    for key in ("good", "broken"):
        chronicle.note_refusal("client", key, REFUSAL, "that")
    for key in ("good", "refused"):
        chronicle.note_refusal("client", key, None, "that")
    chronicle.note_refusal("client", "good", DENIED, "that")
    assert chronicle.faults == [
        f"client: {key}, asked {PURPOSES[key]}, ended with that"
        for key in ("good", "broken", "good", "refused", "good")
    ]


PURPOSES: dict[str, Purpose] = {
    "tried": "to be tried",
    "good": "to succeed",
    "refused": "to be refused",
    "broken": "to break",
}
DENIED, BUSY = {"code": "access.denied"}, {"code": "busy.try_again"}


def test_two_sockets_may_not_be_told_two_answers_for_one_ts():
    chronicle = Chronicle()
    chronicle.note_answer("one", 5, "question", [1])
    chronicle.note_answer("other", 5, "question", [1])
    chronicle.note_answer("other", 6, "question", [2])
    assert chronicle.faults == []
    chronicle.note_answer("other", 5, "question", [2])
    assert chronicle.faults == ["other: at 5 question is [2], and one was told [1]"]


def test_two_mutations_may_not_find_the_same_number():
    assert repeated([("post", 1), ("post", 2), ("other", 1)]) == []
    assert repeated([("post", 1), ("post", 1)]) == ["('post', 1) was told 2 times"]


async def test_lost_and_doubled_rows_and_wrong_numbers_are_found(machine: Machine):
    async with copied_database(machine.postgres.cluster, MIGRATED) as database:
        place, chronicle = Place(machine.postgres, database, []), Chronicle()
        ada = await place.sign_up("Ada", uuid4())
        space = await place.value("insert into public.spaces (name) values ('Square') returning id")
        for content in ("once", "twice", "twice", "refused", "unknown"):
            insert = "insert into public.posts (space_id, author_id, content) values ($1, $2, $3)"
            await place.insist(insert, space, ada.id, content)
        fates = {"once": "done", "twice": "done", "refused": "refused", "unknown": "unknown", "lost": "done"}
        for key, fate in fates.items():
            chronicle.begin(key, "to be refused" if key == "once" else "to succeed")
            chronicle.end(key, fate)
        assert sorted(await wrong_keys(place, chronicle)) == [
            "lost is done, and there 0 times",
            "once is done, and was asked to be refused",
            "refused is refused, and there 1 times",
            "twice is done, and there 2 times",
        ]
        assert (await drift(place)).wrong == [] == await unkept(place)
        await place.insist("select private.schedule_job($1, 'keep', 'mutation', '[1]', now())", uuid4())
        assert await unkept(place) == ["the job of [1] is waiting after 0 attempts"]
        await place.insist("alter table public.posts disable trigger user")
        await place.insist("update public.posts set like_count = 7 where content = 'once'")
        [wrong] = (await drift(place)).wrong
        assert wrong.startswith("public.posts.like_count of ")
        await place.close()
