"""Failures of the parts in between: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import signal

import asyncpg

from tests.clients.browser import Browser
from tests.clients.feeds import contents, feed_of, like_counts
from tests.clients.network import Network
from tests.clients.world import PATIENCE_S, POLL_S, World


async def test_changes_made_while_a_browser_was_offline_are_there_when_it_returns(
    browser: Browser, network: Network, world: World
):
    space = await world.space()
    ada = browser.tab("ada")
    ada_id = await ada.sign_up()
    feed = await ada.subscribe("posts:feed", feed_of(space))
    await feed.settles_on([], contents)

    network.hold_answers()
    await world.post(space, ada_id, "while away")
    network.cut()

    await feed.settles_on(["while away"], contents)
    assert [contents(answer) for answer in feed.heard()] == [[], ["while away"]]


async def test_a_browser_that_comes_back_to_another_copy_of_the_service_loses_and_repeats_nothing(
    browser: Browser, network: Network, world: World, other_copy_url: str
):
    space = await world.space()
    ada = browser.tab("ada")
    post = await world.post(space, await ada.sign_up(), "hello")
    feed = await ada.subscribe("posts:feed", feed_of(space))
    await feed.settles_on([0], like_counts)

    network.hold_answers()
    liking = asyncio.create_task(ada.mutate("posts:toggleLike", postId=post))
    await world.becomes(1, "select count(*) from likes where target_id = $1", post)
    network.lead_to(other_copy_url)
    network.cut()

    # The other copy finds the call in the log of requests: run again it would take the like back.
    assert await liking is True
    await feed.settles_on([1], like_counts)
    assert await ada.mutate("posts:toggleLike", postId=post) is False
    await feed.settles_on([0], like_counts)
    assert [like_counts(answer) for answer in feed.heard()] == [[0], [1], [0]]


async def test_postgresql_restarts_under_open_subscriptions_and_nothing_is_lost(
    browser: Browser, world: World, stack
):
    space = await world.space()
    ada, ben = browser.tab("ada"), browser.tab("ben")
    ada_id, _ = await ada.sign_up(), await ben.sign_up()
    post = await world.post(space, ada_id, "before")
    feeds = [await tab.subscribe("posts:feed", feed_of(space)) for tab in (ada, ben)]
    for feed in feeds:
        await feed.settles_on(["before"], contents)

    await crash(world.connection, stack.db_url)
    after = await reconnected(stack.db_url)
    await after.post(space, ada_id, "after")

    for feed in feeds:
        await feed.settles_on(["after", "before"], contents)
    assert await ben.mutate("posts:toggleLike", postId=post) is True
    for feed in feeds:
        await feed.settles_on([0, 1], like_counts)
    await after.connection.close()


async def crash(witness: asyncpg.Connection, dsn: str) -> None:
    """Kill one backend: the server ends all others, and recovers from its log before it takes new ones.

    Returns when `witness` has been ended, for until then the server still takes connections, to end them too.
    """
    ended = asyncio.Event()
    witness.add_termination_listener(lambda _: ended.set())
    victim = await asyncpg.connect(dsn)
    try:
        os.kill(await victim.fetchval("select pg_backend_pid()"), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()
    finally:
        victim.terminate()


async def reconnected(dsn: str) -> World:
    """Wait until the server accepts connections again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return World(await asyncpg.connect(dsn))
            except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
                await asyncio.sleep(POLL_S)
