"""Fifty people at once, doing what they like: in the end every number and every page is right."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx

from tests.clients.browser import Browser, CallError, Tab
from tests.clients.feeds import feed_of
from tests.clients.network import Network
from tests.clients.world import World

Json = Any

PEOPLE = 50
DEEDS_EACH = 8  # Enough for any two kinds of deed to meet, few enough for a slow machine.
SEED = 20_261_121  # The same people do the same things in every run; how they meet is up to the machine.


@dataclass(frozen=True)
class Community:
    """What there is to act on. `posts` grows as people write."""

    spaces: list[str]
    courses: list[str]
    posts: list[str]


class Person:
    """One of the crowd; `done` counts what this person managed to do."""

    def __init__(self, tab: Tab, user_id: str, community: Community, seed: int) -> None:
        self.tab, self.user_id, self.community = tab, user_id, community
        self.written: list[str] = []
        self.done: Counter[str] = Counter()
        self.chance = random.Random(seed)

    async def live(self) -> None:
        deeds = [
            self.like_or_unlike,
            self.like_or_unlike,
            self.write,
            self.remove,
            self.enroll,
            self.leave,
            self.enroll_directly,
            self.leave_directly,
            self.rename,
            self.rename_directly,
        ]
        for deed in self.chance.choices(deeds, k=DEEDS_EACH):
            try:
                await deed()
                self.done[deed.__name__] += 1
            except CallError as refusal:  # Such as liking what its author has just removed.
                self.done[f"refused {deed.__name__}: {refusal.code}"] += 1

    async def like_or_unlike(self) -> None:
        await self.tab.mutate("posts:toggleLike", postId=self.chance.choice(self.community.posts))

    async def write(self) -> None:
        space = self.chance.choice(self.community.spaces)
        post = await self.tab.mutate("posts:create", spaceId=space, content=f"{self.tab.name} was here")
        self.written.append(post)
        self.community.posts.append(post)

    async def remove(self) -> None:
        if self.written:
            await self.tab.mutate("posts:remove", postId=self.written.pop())

    async def enroll(self) -> None:
        await self.tab.mutate("courses:enroll", courseId=self.chance.choice(self.community.courses))

    async def leave(self) -> None:
        await self.tab.mutate("courses:leave", courseId=self.chance.choice(self.community.courses))

    async def enroll_directly(self) -> None:
        row = {"course_id": self.chance.choice(self.community.courses), "user_id": self.user_id}
        assert (await self.tab.do("insert", table="enrollments", row=row))["code"] in (None, "23505")

    async def leave_directly(self) -> None:
        match = {"course_id": self.chance.choice(self.community.courses), "user_id": self.user_id}
        assert (await self.tab.do("delete", table="enrollments", match=match))["code"] is None

    async def rename(self) -> None:
        await self.tab.mutate("users:rename", name=f"{self.tab.name} {self.chance.random()}")

    async def rename_directly(self) -> None:
        row, match = {"name": f"{self.tab.name} {self.chance.random()}"}, {"id": self.user_id}
        assert (await self.tab.do("update", table="users", match=match, row=row))["code"] is None


async def test_after_fifty_people_did_as_they_liked_all_numbers_and_all_pages_are_right(
    browser: Browser, network: Network, world: World, service
):
    square, guild = await world.space("Square"), await world.space("Guild", visibility="members")
    courses = [await world.course(title) for title in ("Rhetoric", "Logic", "Grammar")]
    tabs = [browser.tab(f"person{number}") for number in range(PEOPLE)]
    user_ids = await asyncio.gather(*(tab.sign_up() for tab in tabs))
    posts = [await world.post(space, user_ids[0], "opening") for space in (square, guild) for _ in range(3)]
    community = Community([square, guild], courses, posts)
    # Pages so long that nothing falls off their end: an old first page and a new one are then the same.
    pages: list[tuple[str, Json]] = [
        ("posts:feed", feed_of(space, posts_max=500)) for space in (square, guild)
    ]
    pages += [(path, {}) for path in ("courses:list", "spaces:list", "users:me")]
    watched = [
        (await tab.subscribe(path, args, name=f"{path} {number}"), path, args)
        for tab in tabs
        for number, (path, args) in enumerate(pages)
    ]

    crowd = [
        Person(tab, user_id, community, SEED + number)
        for number, (tab, user_id) in enumerate(zip(tabs, user_ids, strict=True))
    ]
    living = [asyncio.create_task(person.live()) for person in crowd]
    await asyncio.wait(living, return_when=asyncio.FIRST_COMPLETED)
    network.cut()  # In the midst of it everybody is cut off, with calls under way.
    await asyncio.gather(*living)

    await world.becomes(0, "select count(*) from derived.copy_queue")
    assert await world.drift() == []
    async with httpx.AsyncClient(base_url=service.url) as http:
        for tab in tabs:
            token = await tab.token()
            theirs = [watch for watch in watched if watch[0].tab == tab]
            anew = await asyncio.gather(*(_ask_again(http, token, path, args) for _, path, args in theirs))
            for (subscription, _, _), answer in zip(theirs, anew, strict=True):
                await subscription.settles_on(answer)
    done = sum((person.done for person in crowd), Counter())
    # All of this proves little unless most of what was tried was also done.
    assert sum(times for deed, times in done.items() if "refused" not in deed) > 0.8 * PEOPLE * DEEDS_EACH, (
        done
    )


async def test_the_audit_sees_a_number_that_is_wrong(world: World):
    await world.course("Logic")
    assert await world.drift() == []
    await world.connection.execute("alter table courses disable trigger user")
    await world.connection.execute("update courses set enrollment_count = 1")
    assert [row["table"] for row in await world.drift()] == ["courses"]


async def _ask_again(http: httpx.AsyncClient, token: str, path: str, args: Json) -> Json:
    """Run a query anew as the person with `token`. Over a socket the client would reuse the open answer."""
    response = await http.post(
        "/api/query",
        json={"path": path, "args": args, "format": "json"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.json()["status"] == "success", response.text
    return response.json()["value"]
