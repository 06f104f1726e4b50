"""A slow query beside quick ones, over the real database: it holds back its own subscribers only."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.engine.commands import AddQuery, Authenticate, Connect, ModifyQuerySet
from backend.engine.effects import CloseCode, Message, QueryAnswered, Transition
from backend.engine.ports import Call
from backend.engine.versions import TS_ZERO, Identity
from backend.postgres import stream_changes
from backend.protocol.values import decode_text, encode_text
from backend.runtime.context import QueryContext
from backend.runtime.execution import Execution
from backend.runtime.loop import Connection, PartCrashed, Reactor
from backend.runtime.registration import Registry, query
from schema.language import Id
from schema.tables import CATALOG, Post
from tests.databases import Database
from tests.runtime.conftest import Community, nobody

PATIENCE_S = 20.0  # Far more than anything here takes.
GATE = 4711  # The advisory lock that the slow query waits for.


@query
async def quick_likes(ctx: QueryContext, post_id: Id[Post]) -> int:
    """How many likes a post has."""
    post = await ctx.db.get(Post, post_id)
    return 0 if post is None else post.like_count


@query
async def slow_likes(ctx: QueryContext, post_id: Id[Post]) -> int:
    """The same, as soon as the gate is open."""
    await ctx.sql("select pg_advisory_xact_lock_shared($1)", GATE, reads=())
    return await quick_likes.handler(ctx, post_id)


class Page:
    """A client that follows some functions of one post: all that it holds after every transition."""

    def __init__(self, reactor: Reactor, reader: Identity, post: UUID, *functions: str) -> None:
        self.told: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self._functions = functions
        self._held: dict[str, object] = {}
        self._connection: Connection = reactor.connect(self)
        self._connection.receive(Connect(uuid4(), TS_ZERO))
        self._connection.receive(Authenticate(0, reader))
        arguments = encode_text({"postId": str(post)})
        calls = [Call(f"tests/runtime/test_slow_queries:{name}", arguments) for name in functions]
        added = tuple(AddQuery(number, call, None) for number, call in enumerate(calls))
        self._connection.receive(ModifyQuerySet(0, 1, added))

    def send(self, told: tuple[Message, ...], /) -> bool:
        for message in told:
            assert isinstance(message, Transition), message
            for answered in message.modifications:
                assert isinstance(answered, QueryAnswered), answered
                assert answered.answer.value_json is not None, answered.answer.error
                self._held[self._functions[answered.query_id]] = decode_text(answered.answer.value_json)
            self.told.put_nowait(dict(self._held))
            asyncio.get_running_loop().call_soon(self._connection.transition_sent)
        return False

    def close(self, code: CloseCode, reason: str) -> None: ...

    async def hears(self) -> dict[str, object]:
        return await asyncio.wait_for(self.told.get(), PATIENCE_S)


@pytest.fixture
async def community(database: Database) -> AsyncIterator[Community]:
    sql = await asyncpg.connect(database.dsn())
    execution = Execution(
        dsn=database.dsn(),
        registry=Registry.of(sys.modules[__name__]),
        catalog=CATALOG,
        verify=nobody,
        cursor_secret=b"a secret of the tests",
        observe=lambda _: None,
        production=False,
    )
    async with execution.running():
        yield Community(execution, sql, database.dsn())
    await sql.close()


@pytest.fixture
async def reactor(community: Community) -> AsyncIterator[Reactor]:
    crashes: list[PartCrashed] = []

    def open_feed():
        return stream_changes(community.dsn, publication="folkmoot", slot_prefix="slow")

    reactor = Reactor(community.execution, open_feed, observe=crashes.append)
    async with reactor.running():
        yield reactor
    assert crashes == []


async def test_a_slow_query_holds_back_only_those_who_wait_for_it(
    community: Community, reactor: Reactor
) -> None:
    ada, *likers = [await community.member(name) for name in ("Ada", "Bea", "Cy")]
    space = await community.insert("spaces", name="General")
    post = await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")
    quick = Page(reactor, ada, post, "quick_likes")
    both = Page(reactor, ada, post, "quick_likes", "slow_likes")
    assert await quick.hears() == {"quick_likes": 0.0}
    assert await both.hears() == {"quick_likes": 0.0, "slow_likes": 0.0}

    await community.sql.execute("select pg_advisory_lock($1)", GATE)
    for number, liker in enumerate(likers, start=1):
        await community.insert("likes", user_id=liker.user_id, target_type="post", target_id=post)
        assert await quick.hears() == {"quick_likes": float(number)}
    assert both.told.empty()

    await community.sql.execute("select pg_advisory_unlock($1)", GATE)
    assert await both.hears() == {"quick_likes": 1.0, "slow_likes": 1.0}
    assert await both.hears() == {"quick_likes": 2.0, "slow_likes": 2.0}
    assert quick.told.empty()
