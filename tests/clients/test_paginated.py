"""`usePaginatedQuery` of `convex/react`, unmodified, under a renderer of React that needs no browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.clients.browser import Browser, Subscription, Tab, open_browser
from tests.clients.network import Network
from tests.clients.world import World

PROGRAM = Path(__file__).with_name("pages.ts")
INITIAL = 3
_FRESH = ("LoadingFirstPage", "CanLoadMore")

Json = Any


class Pages:
    """One hook at work, and the posts that it shows, numbered by how new they are."""

    def __init__(self, tab: Tab, world: World, space: str, author: str) -> None:
        self._tab, self._world, self._space, self._author = tab, world, space, author
        self._shown = Subscription(tab, "pages")

    async def write(self, *numbers: int) -> None:
        await self._world.connection.executemany(
            "insert into posts (space_id, author_id, content, created_at) "
            "values ($1, $2, $3::int::text, timestamptz '2026-01-01' + $3::int * interval '1 minute')",
            [(self._space, self._author, number) for number in numbers],
        )

    async def remove(self, *numbers: int) -> None:
        await self._world.connection.execute(
            "delete from posts where content = any ($1::text[])", list(map(str, numbers))
        )

    async def open(self) -> None:
        args = {"spaceId": self._space}
        await self._tab.do("show", path="posts:feed", args=args, initialNumItems=INITIAL)

    async def load_more(self, count: int = INITIAL) -> None:
        await self._tab.do("loadMore", count=count)

    async def spoil_cursors(self, *, spoiling: bool) -> None:
        """Have the client's cursors damaged on their way."""
        await self._tab.do("spoilCursors", spoiling=spoiling)

    async def show(self, status: str, *numbers: int) -> None:
        """Wait until the hook gives just these posts, in this order."""
        await self._shown.settles_on({"status": status, "results": list(map(str, numbers))})

    async def go_through(self, *statuses: str) -> None:
        """Wait until the hook has had just these statuses, one after the other."""

        def had() -> list[str]:
            return [status for status, _ in groupby(shown["status"] for shown in self._shown.heard())]

        await self._tab.browser.until(lambda _: had() == list(statuses) or None, lambda: str(had()))

    def asked(self) -> list[Json]:
        """The pages that the client has subscribed to, in order."""
        return [event["asked"] for event in self._tab.browser.events() if "asked" in event]


@pytest.fixture
async def pages(stack, network: Network, browser: Browser, world: World) -> AsyncIterator[Pages]:
    author, space = await browser.tab("ada").sign_up(), await world.space()
    async with open_browser(
        api_url=stack.api_url, anon_key=stack.anon_key, service_url=network.url, program=PROGRAM
    ) as renderer:
        yield Pages(renderer.tab("ada"), world, space, author)


async def test_pages_join_without_gaps_and_grow_and_shrink_where_they_are(pages: Pages):
    await pages.write(*range(10, 100, 10))
    await pages.open()
    await pages.show("CanLoadMore", 90, 80, 70)
    await pages.load_more()
    await pages.show("CanLoadMore", 90, 80, 70, 60, 50, 40)

    await pages.write(95, 65, 35)  # Before the first page, between two, and behind the last.
    await pages.show("CanLoadMore", 95, 90, 80, 70, 65, 60, 50, 40)
    await pages.remove(70, 40)  # The last row of each page.
    await pages.show("CanLoadMore", 95, 90, 80, 65, 60, 50)
    await pages.load_more(10)
    await pages.show("Exhausted", 95, 90, 80, 65, 60, 50, 35, 30, 20, 10)

    await pages.write(5)  # The end of the index belongs to the last page.
    await pages.show("Exhausted", 95, 90, 80, 65, 60, 50, 35, 30, 20, 10, 5)
    assert len(pages.asked()) == 3


async def test_a_page_that_has_grown_is_split_by_the_client_in_place(pages: Pages):
    await pages.write(*range(10, 60, 10))
    await pages.open()
    await pages.show("CanLoadMore", 50, 40, 30)
    await pages.load_more()
    await pages.show("Exhausted", 50, 40, 30, 20, 10)

    await pages.write(*range(51, 60))  # More than twice of what was asked for.
    await pages.show("Exhausted", *range(59, 50, -1), 50, 40, 30, 20, 10)
    await pages.write(60, 52_000)
    await pages.remove(55)
    await pages.show("Exhausted", 52_000, 60, 59, 58, 57, 56, 54, 53, 52, 51, 50, 40, 30, 20, 10)

    first, _, *halves = pages.asked()
    assert first["endCursor"] is None
    assert halves[0]["cursor"] is None
    assert halves[0]["endCursor"] == halves[1]["cursor"]


async def test_pages_keep_their_ends_over_a_lost_connection(pages: Pages, network: Network):
    await pages.write(*range(10, 80, 10))
    await pages.open()
    await pages.show("CanLoadMore", 70, 60, 50)
    await pages.load_more()
    await pages.show("CanLoadMore", 70, 60, 50, 40, 30, 20)

    network.cut()
    await pages.write(75, 45)
    await pages.show("CanLoadMore", 75, 70, 60, 50, 45, 40, 30, 20)

    again = pages.asked()[2:]
    assert [page["journal"] is not None for page in again] == [True, True]


async def test_a_cursor_that_is_none_makes_the_hook_start_over(pages: Pages):
    await pages.write(*range(10, 80, 10))
    await pages.open()
    await pages.show("CanLoadMore", 70, 60, 50)

    await pages.spoil_cursors(spoiling=True)
    await pages.load_more()
    await pages.go_through(*_FRESH, "LoadingMore", *_FRESH)
    await pages.show("CanLoadMore", 70, 60, 50)

    await pages.spoil_cursors(spoiling=False)
    await pages.load_more()
    await pages.show("CanLoadMore", 70, 60, 50, 40, 30, 20)
