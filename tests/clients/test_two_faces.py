"""The two faces of one community: supabase-js straight to the tables, and convex to the service."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from tests.clients.browser import PASSWORD, Browser
from tests.clients.feeds import author_names, contents, feed_of, like_counts
from tests.clients.network import Network
from tests.clients.world import World

Json = Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def test_a_feed_read_from_the_table_and_by_subscription_is_the_same(browser: Browser, world: World):
    space = await world.space()
    await browser.tab("ada").sign_up()
    signed_in = browser.tab("ada again")
    await signed_in.do("signIn", email=browser.tab("ada").email, password=PASSWORD)
    for content in ("first", "second"):
        await signed_in.mutate("posts:create", spaceId=space, content=content)

    feed = await signed_in.subscribe("posts:feed", feed_of(space))
    answer = await feed.settles_on(["second", "first"], contents)
    table = await signed_in.do(
        "select", table="posts", columns="*", match={"space_id": space}, newestFirst=True
    )

    assert (table["status"], table["code"]) == (200, None)
    assert answer["page"] == [as_document(row) for row in table["data"]]
    assert [(post["authorName"], post["likeCount"], post["commentCount"]) for post in answer["page"]] == [
        ("ada", 0, 0),
        ("ada", 0, 0),
    ]


async def test_a_like_and_a_rename_by_someone_else_arrive_in_an_open_feed(browser: Browser, world: World):
    space = await world.space()
    ada, ben, eve = [browser.tab(name) for name in ("ada", "ben", "eve")]
    for tab in (ada, ben, eve):
        await tab.sign_up()
    post = await ada.mutate("posts:create", spaceId=space, content="hello")
    feed = await eve.subscribe("posts:feed", feed_of(space))
    await feed.settles_on([0], like_counts)

    assert await ben.mutate("posts:toggleLike", postId=post) is True
    await feed.settles_on([1], like_counts)
    await ada.mutate("users:rename", name="Ada Lovelace")
    await feed.settles_on(["Ada Lovelace"], author_names)
    renamed = await ada.do("update", table="users", match={"name": "Ada Lovelace"}, row={"name": "Countess"})
    assert (renamed["code"], len(renamed["data"])) == (None, 1)
    await feed.settles_on(["Countess"], author_names)
    assert await ben.mutate("posts:toggleLike", postId=post) is False
    await feed.settles_on([0], like_counts)
    await ada.mutate("posts:remove", postId=post)
    await feed.settles_on([], like_counts)

    shown = [[(post["authorName"], post["likeCount"]) for post in answer["page"]] for answer in feed.heard()]
    assert shown == [
        [("ada", 0)],
        [("ada", 1)],
        [("Ada Lovelace", 1)],
        [("Countess", 1)],
        [("Countess", 0)],
        [],
    ]


async def test_no_rename_is_forgotten_however_fast_the_feed_tells_of_it(browser: Browser, world: World):
    # A commit may be told before it can be seen: whoever then looks into the queue of copies finds nothing.
    space = await world.space()
    ada = browser.tab("ada")
    await world.post(space, await ada.sign_up(), "hello")
    feed = await ada.subscribe("posts:feed", feed_of(space))
    for number in range(50):
        await ada.mutate("users:rename", name=f"Ada {number}")
        await feed.settles_on([f"Ada {number}"], author_names)


async def test_an_optimistic_like_shows_at_once_and_is_then_confirmed_without_a_flicker(
    browser: Browser, network: Network, world: World
):
    space = await world.space()
    ada = browser.tab("ada")
    post = await world.post(space, await ada.sign_up(), "hello")
    feed = await ada.subscribe("posts:feed", feed_of(space))
    await feed.settles_on([0], like_counts)

    network.hold_answers()
    liking = asyncio.create_task(ada.do("likeOptimistically", postId=post, feedArgs=feed_of(space)))
    await feed.settles_on([1], like_counts)
    await world.becomes(1, "select count(*) from likes where target_id = $1", post)
    assert not liking.done()
    network.release_answers()

    assert await liking == {"value": True}
    assert [counts for counts, _ in groupby(map(like_counts, feed.heard()))] == [[0], [1]]


async def test_a_like_whose_answer_is_lost_with_the_connection_is_replayed_and_counts_once(
    browser: Browser, network: Network, world: World
):
    space = await world.space()
    ada = browser.tab("ada")
    post = await world.post(space, await ada.sign_up(), "hello")
    feed = await ada.subscribe("posts:feed", feed_of(space))
    await feed.settles_on([0], like_counts)

    network.hold_answers()
    liking = asyncio.create_task(ada.mutate("posts:toggleLike", postId=post))
    await world.becomes(1, "select count(*) from likes where target_id = $1", post)
    assert not liking.done()
    network.cut()

    # The call toggles: run a second time it would take the like back.
    assert await liking is True
    await feed.settles_on([1], like_counts)
    assert (await ada.do("connection"))["connectionCount"] == 2
    assert await world.value("select count(*) from likes") == 1
    assert await ada.mutate("posts:toggleLike", postId=post) is False
    await feed.settles_on([0], like_counts)


async def test_signing_out_takes_back_what_only_members_see(browser: Browser, world: World):
    space = await world.space(visibility="members")
    ada = browser.tab("ada")
    await world.post(space, await ada.sign_up(), "among us")
    feed = await ada.subscribe("posts:feed", feed_of(space))
    await feed.settles_on(["among us"], contents)

    await ada.do("signOut")

    await feed.settles_on([], contents)


def as_document(row: dict[str, Json]) -> dict[str, Json]:
    """What the convex client gets for a table row: camelCase names, `_id`, and Unix milliseconds."""
    renamed = {"id": "_id", "created_at": "_creationTime"}
    return {
        renamed.get(name, re.sub(r"_(\w)", lambda match: match[1].upper(), name)): _as_value(name, value)
        for name, value in row.items()
    }


def _as_value(name: str, value: Json) -> Json:
    if name.endswith("_at") and value is not None:
        # Through whole microseconds, which a float holds exactly; a float of seconds would round.
        return (datetime.fromisoformat(value) - EPOCH) // timedelta(microseconds=1) / 1000
    return value
