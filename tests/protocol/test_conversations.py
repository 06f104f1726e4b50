"""Two things at once on one connection, more than fits, and connections that die without a word."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest

from backend.devstack.cluster import SUPERUSER
from backend.engine import session
from backend.engine.session import SUBSCRIPTIONS_MAX
from backend.server import connections
from backend.server.websocket import MODIFICATIONS_MAX
from tests.databases import Database, connected
from tests.fuzz.wire import UPGRADE, text_frame, wire_to
from tests.protocol.conftest import PATIENCE_S, PYPI, Json, Served, add, open_service, remove, ts_of

F = "tests/protocol/functions:"
ANSWER = 8_000_000  # Characters: more than any buffer on the way takes.


# --- two things at once ---


async def test_a_mutation_behind_a_sign_in_that_takes_long_runs_as_who_signs_in(served: Served):
    person, key = await served.member(), served.auth.add_key("first")
    async with served.client() as client:
        await client.subscribe(0, f"{F}whoami")
        await client.answer(0, None)
        await client.authenticate(0, served.token(person, key=key, kid="first"))
        await client.mutate(0, f"{F}whoamiNow")
        await client.authenticate(1, None)
        await client.mutate(1, f"{F}whoamiNow")
        served.auth.may_answer.set()

        responses = [await client.hears_a("MutationResponse"), await client.hears_a("MutationResponse")]
        assert [response["result"] for response in responses] == [person, None]
        while client.version["identity"] < 2:
            await client.hears()
        assert client.answers[0]["value"] is None


async def test_a_query_removed_while_its_answer_is_under_way_is_gone(served: Served):
    async with served.client() as client:
        for number in range(50):
            await client.modify(add(number, f"{F}echo", value=number))
            await client.modify(remove(number))
        await client.modify(add(50, f"{F}echo", value="last"))
        await client.answer(50, "last")

        live = {id for id, told in client.answers.items() if told["type"] != "QueryRemoved"}
        assert live == {50}
        assert client.version["querySet"] == 101


async def test_one_request_id_on_two_sockets_of_a_session_counts_once(served: Served):
    person, space, session = await served.member(), await served.space(), str(uuid4())
    async with served.client(session=session) as one, served.client(session=session) as other:
        for client in (one, other):
            await client.authenticate(0, served.token(person))
            await client.mutate(7, "posts:create", spaceId=space, content="once")
        responses = [await client.hears_a("MutationResponse") for client in (one, other)]
        await asyncio.gather(*(client.hears_a("Transition") for client in (one, other)))

    assert responses[0]["result"] == responses[1]["result"]
    assert await served.sql.fetchval("select count(*) from posts") == 1


async def test_a_mutation_is_reflected_at_its_own_ts_or_later(served: Served):
    person, space = await served.member(), await served.space()
    async with served.client(PYPI) as client:
        await client.authenticate(0, served.token(person))
        options = {"numItems": 5, "cursor": None}
        await client.subscribe(0, "posts:feed", spaceId=space, paginationOpts=options)
        for number in range(5):
            await client.mutate(number, "posts:create", spaceId=space, content=f"{number}")
            response = await client.hears_a("MutationResponse")
            transition = await client.hears_a("Transition")
            assert ts_of(transition["endVersion"]["ts"]) >= ts_of(response["ts"])
            [told] = transition["modifications"]
            assert told["value"]["page"][0]["content"] == f"{number}"


async def test_who_was_told_a_later_ts_elsewhere_is_told_nothing_earlier(
    served: Served, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "TICKS_BEHIND_MAX", 1_000_000)  # However slow this machine is.
    async with connected(database.dsn(SUPERUSER)) as administrator:
        await administrator.execute(
            "select pg_switch_wal()"
        )  # The log goes on in a new file, far from its end.
        observed = await administrator.fetchval(_NEXT_FILE)
        async with served.client(observed=observed) as moved, served.client() as other:
            await moved.subscribe(0, f"{F}echo", value="mine")
            for number in range(20):  # Ticks, which cannot tell the other one anything yet.
                await other.subscribe(number, f"{F}echo", value="others'")
                await other.answer(number, "others'")
            assert ts_of(other.version["ts"]) < observed
            await administrator.execute("select pg_switch_wal()")
            await moved.answer(0, "mine")
            assert len(moved.heard) == 1
            assert ts_of(moved.version["ts"]) >= observed


_NEXT_FILE = (
    "select ((pg_current_wal_insert_lsn() - '0/0') / size + 1)::bigint * size "
    "from (select setting::bigint as size from pg_settings where name = 'wal_segment_size') as file"
)


# --- more than fits ---


async def test_thousands_of_subscriptions_may_come_in_one_message(served: Served):
    calls = [add(number, f"{F}echo", value=number % 10) for number in range(SUBSCRIPTIONS_MAX)]
    async with served.client() as client:
        await client.modify(*calls)
        await client.hears_a("Transition")
        assert [client.answers[number]["value"] for number in (0, SUBSCRIPTIONS_MAX - 1)] == [0, 5]
        assert len(client.answers) == SUBSCRIPTIONS_MAX
        await client.modify(add(SUBSCRIPTIONS_MAX, f"{F}echo", value=1))
        assert await client.ends() == (1013, "TooManySubscriptions")


async def test_a_message_of_more_changes_than_there_can_be_is_not_even_looked_at(served: Served):
    async with served.client() as client:
        await client.modify(*(remove(number) for number in range(MODIFICATIONS_MAX)))
        assert (await client.hears())["type"] == "FatalError"
    async with served.client() as client:
        await client.modify(*(remove(number) for number in range(MODIFICATIONS_MAX + 1)))
        assert await client.ends() == (1013, "TooManySubscriptions")


async def test_a_subscriber_that_does_not_read_holds_nobody_up_and_gets_the_newest_in_the_end(served: Served):
    person, space = await served.member(), await served.space()
    characters = 2_000_000
    async with (
        # The socket takes less than one answer, and the library keeps no more than one message.
        served.client(max_queue=1) as lazy,
        served.client() as busy,
    ):
        await lazy.subscribe(0, f"{F}long", spaceId=space, characters=characters)
        await busy.authenticate(0, served.token(person))
        for number in range(20):
            await busy.mutate(number, "posts:create", spaceId=space, content="more")
            await busy.hears_a("MutationResponse")

        await lazy.answer(0, "20".ljust(characters, "."))
        assert len(lazy.heard) < 15  # Not one for each post: what it missed was left out.


# --- connections that die ---


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that ends connections at once."""
    monkeypatch.setattr(connections, "CLOSING_S_MAX", 0.1)


async def test_a_peer_that_answers_no_pings_is_let_go(database: Database, shown_functions: None):
    async with (
        open_service(database, ws_ping_interval=0.1, ws_ping_timeout=0.1) as served,
        wire_to(served.address) as quiet,
        asyncio.timeout(PATIENCE_S),
    ):
        await quiet.write(UPGRADE + b"\r\n")
        assert (await quiet.reader.read()).endswith(b"keepalive ping timeout")


async def test_a_peer_that_does_not_read_either_is_cut_off(
    database: Database, shown_functions: None, impatient: None
):
    async with open_service(database, ws_ping_interval=2.0, ws_ping_timeout=0.1) as served:
        add_long = add(0, f"{F}long", spaceId=await served.space(), characters=ANSWER)
        async with wire_to(served.address, buffer_bytes=4_096) as stuck:
            await stuck.write(UPGRADE + b"\r\n")
            await stuck.reader.readuntil(b"\r\n\r\n")
            await stuck.write(
                _framed("Connect", sessionId=str(uuid4()), connectionCount=0, lastCloseReason=""),
                _framed("ModifyQuerySet", baseVersion=0, newVersion=1, modifications=[add_long]),
            )
            await served.until_alone()
            with pytest.raises(asyncio.IncompleteReadError) as cut:
                await stuck.reader.readexactly(ANSWER)
        assert len(cut.value.partial) > 4_096  # In the middle of the answer.


def _framed(kind: str, **fields: Json) -> bytes:
    return text_frame(json.dumps({"type": kind, **fields}))
