"""The shell around the engine: it does what the engine asks, and nothing that breaks stops it."""

import asyncio
import gc
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from backend.engine.commands import AddQuery, Connect, ModifyQuerySet, Mutate
from backend.engine.effects import CloseCode, Message, Transition
from backend.engine.ports import Call, MutationCall, MutationOutcome
from backend.engine.versions import TS_ZERO
from backend.postgres import UNCHANGED, RelationChange, Transaction, Truncated
from backend.runtime import loop
from backend.runtime.loop import Connection, Reactor, TooManyConnections
from tests.engine.room import get, post
from tests.engine.simulated_backend import SimulatedBackend
from tests.engine.simulated_functions import POSTS, call

PATIENCE_S = 60.0  # Far more than anything here takes.


class Listener:
    """A client of the reactor: what it is told, as it comes."""

    def __init__(self, reactor: Reactor) -> None:
        self.told: asyncio.Queue[Message | tuple[CloseCode, str]] = asyncio.Queue()
        self.connection: Connection = reactor.connect(self)
        self.connection.receive(Connect(uuid4(), TS_ZERO))

    def send(self, told: tuple[Message, ...], /) -> bool:
        for message in told:
            self.told.put_nowait(message)
            if isinstance(message, Transition):
                asyncio.get_running_loop().call_soon(self.connection.transition_sent)
        return False

    def close(self, code: CloseCode, reason: str) -> None:
        self.told.put_nowait((code, reason))

    def subscribes(self, to: Call) -> None:
        self.connection.receive(ModifyQuerySet(0, 1, (AddQuery(1, to, None),)))

    async def hears(self) -> Message | tuple[CloseCode, str]:
        return await asyncio.wait_for(self.told.get(), PATIENCE_S)

    async def hears_value(self) -> str | None:
        message = await self.hears()
        assert isinstance(message, Transition), message
        [answered] = message.modifications
        return answered.answer.value_json  # type: ignore[union-attr]


@pytest.fixture
def outside() -> SimulatedBackend:
    return SimulatedBackend()


@pytest.fixture
async def reactor(outside: SimulatedBackend) -> AsyncIterator[Reactor]:
    async with outside.reacting() as reactor:
        yield reactor


async def test_subscribers_hear_what_is_written(outside: SimulatedBackend, reactor: Reactor) -> None:
    ada = Listener(reactor)
    ada.subscribes(get(1))
    assert await ada.hears_value() == "null"
    outside.write(post(1, text="hi"))
    assert await ada.hears_value() == '"hi"'
    assert reactor.ts == outside.database.log_end


async def test_a_large_value_that_was_not_sent_again_is_not_taken_for_a_value(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    ada = Listener(reactor)
    ada.subscribes(call("posts:odd", space="a"))
    assert await ada.hears_value() == "0"
    outside.write(post(1), post(2))
    outside.feeds[-1].tell(
        Transaction(
            1, 1010, (RelationChange(POSTS, "update", {"id": UUID(int=1), "space": UNCHANGED}, None),)
        )
    )
    assert await ada.hears_value() == "2"


async def test_a_truncated_table_is_read_again(outside: SimulatedBackend, reactor: Reactor) -> None:
    ada = Listener(reactor)
    ada.subscribes(get(1))
    assert await ada.hears_value() == "null"
    outside.database.write(post(1, text="hi"))
    outside.database.deliver()  # told as a truncation instead
    outside.feeds[-1].tell(Transaction(1, 1010, (Truncated((POSTS,)),)))
    assert await ada.hears_value() == '"hi"'


async def test_a_tick_that_fails_is_reported_and_tried_again(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    outside.failures = [OSError("database gone"), OSError("still gone")]
    ada = Listener(reactor)
    ada.subscribes(get(1))
    assert await ada.hears_value() == "null"
    crashes = [await outside.crashes.get() for _ in range(2)]
    assert [(crash.part, str(crash.error), crash.times) for crash in crashes] == [
        ("tick", "database gone", 1),
        ("tick", "still gone", 2),
    ]


async def test_a_feed_that_ends_is_reported_and_opened_again(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    ada = Listener(reactor)
    ada.subscribes(get(1))
    assert await ada.hears_value() == "null"
    outside.feeds[-1].fail(OSError("cut"))
    outside.database.write(post(1, text="missed by the feed"))
    assert await ada.hears_value() == '"missed by the feed"'
    crash = await outside.crashes.get()
    assert (crash.part, str(crash.error), crash.times) == ("feed", "cut", 1)


async def test_queued_copies_are_settled_at_the_start_and_whenever_the_feed_shows_some(
    outside: SimulatedBackend,
) -> None:
    outside.copies = [500, 20]
    async with outside.reacting():
        assert [await outside.drained.get() for _ in range(3)] == [500, 20, 0]
        outside.copies = [1]
        queued = RelationChange("derived.copy_queue", "insert", {"id": 1}, None)
        outside.feeds[-1].tell(Transaction(outside.write(), 2000, (queued,)))
        assert [await outside.drained.get() for _ in range(2)] == [1, 0]
        settled = RelationChange("derived.copy_queue", "delete", None, {"id": 1})
        outside.feeds[-1].tell(Transaction(outside.write(), 2010, (settled,)))
        outside.feeds[-1].tell(Transaction(outside.write(), 2020, (queued,)))
        assert await outside.drained.get() == 0
        assert outside.drained.empty()


async def test_a_huge_transaction_that_may_have_queued_copies_has_them_settled(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    assert await outside.drained.get() == 0
    outside.copies = [7]
    huge = Truncated((POSTS, "derived.copy_queue"))
    outside.feeds[-1].tell(Transaction(outside.write(), 2000, (huge,)))
    assert [await asyncio.wait_for(outside.drained.get(), PATIENCE_S) for _ in range(2)] == [7, 0]
    assert outside.drained.empty()


async def test_old_requests_are_forgotten_at_the_start_and_every_while(
    outside: SimulatedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "PRUNE_EVERY_S", 0.01)
    outside.requests = [1000, 30, 0, 2, 0]
    async with outside.reacting():
        assert [await asyncio.wait_for(outside.pruned.get(), PATIENCE_S) for _ in range(5)] == [
            *(1000, 30, 0),
            *(2, 0),
        ]


async def test_pruning_that_fails_is_reported_and_tried_again(
    outside: SimulatedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "PRUNE_RETRY_FIRST_S", 0.01)
    outside.requests = [OSError("database gone"), 5, 0]
    async with outside.reacting():
        assert [await asyncio.wait_for(outside.pruned.get(), PATIENCE_S) for _ in range(2)] == [5, 0]
        crash = await outside.crashes.get()
    assert (crash.part, str(crash.error), crash.times) == ("requests", "database gone", 1)


async def test_copies_are_not_looked_for_before_the_commit_that_queued_them_is_visible(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    assert await outside.drained.get() == 0
    xid = outside.database.begin()
    queued = RelationChange("derived.copy_queue", "insert", {"id": 1}, None)
    outside.feeds[-1].tell(Transaction(xid, 1010, (queued,)))
    ada = Listener(reactor)
    ada.subscribes(get(1))
    assert await ada.hears_value() == "null"  # by now the reactor has long been told
    assert outside.drained.empty()
    outside.database.commit(xid, ())
    outside.database.show_all()
    assert await asyncio.wait_for(outside.drained.get(), PATIENCE_S) == 0


async def test_a_mutation_whose_outcome_is_unknown_closes_its_socket(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    async def breaks(call: MutationCall) -> MutationOutcome:
        raise OSError("connection lost")

    outside.mutation = breaks
    ada = Listener(reactor)
    ada.connection.receive(Mutate(1, call("posts:create")))
    assert await ada.hears() == (CloseCode.INTERNAL_ERROR, "InternalServerError")
    assert (await outside.crashes.get()).part == "mutation"


async def test_a_mutation_runs_to_its_end_though_its_socket_closes(
    outside: SimulatedBackend, reactor: Reactor
) -> None:
    ada, eve = Listener(reactor), Listener(reactor)
    eve.subscribes(get(1))
    assert await eve.hears_value() == "null"
    ada.connection.receive(Mutate(1, call("posts:create", id=str(UUID(int=1)), text="hi")))
    ada.connection.close()
    assert await eve.hears_value() == '"hi"'


async def test_all_sockets_are_told_to_come_back_when_the_service_stops(outside: SimulatedBackend) -> None:
    async with outside.reacting() as reactor:
        ada = Listener(reactor)
    assert await ada.hears() == (CloseCode.TRY_AGAIN_LATER, "ServiceRestart")


async def test_what_a_tick_makes_is_not_taken_for_garbage_while_the_reactor_runs(
    outside: SimulatedBackend,
) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    async with outside.reacting():
        assert gc.get_threshold() == (loop.YOUNG_OBJECTS_MAX, *before[0][1:])
        assert gc.get_freeze_count() > len(gc.get_objects())  # What was there before is not searched.
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


async def test_a_full_reactor_refuses_one_more(reactor: Reactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SESSIONS_MAX", 2)
    first, _ = Listener(reactor), Listener(reactor)
    with pytest.raises(TooManyConnections):
        Listener(reactor)
    first.connection.close()
    Listener(reactor)
