"""Pages: no row between two of them, none in both, whatever is written in the meantime."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from backend.engine.ports import Answer
from backend.engine.reads import Bound, IndexRange, RowRead
from backend.engine.versions import Identity
from backend.runtime.errors import InvalidCursor
from backend.runtime.pages import END, Cursors
from tests.runtime.conftest import Community, refusal, value

FUNCTIONS = "tests/runtime/functions"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
INVALID_CURSOR = {"isConvexSystemError": True, "paginationError": "InvalidCursor"}


@dataclass
class Feed:
    """A public space, and the pages a client holds of its feed."""

    community: Community
    space: UUID
    author: Identity
    journals: dict[str | None, str] = field(default_factory=dict)

    async def write(self, *minutes: int) -> None:
        """Write the post of each minute."""
        for minute in minutes:
            await self.community.insert(
                "posts",
                space_id=self.space,
                author_id=self.author.user_id,
                content=f"{minute:02}",
                created_at=MOMENT + timedelta(minutes=minute),
            )

    async def delete(self, *minutes: int) -> None:
        """Delete the post of each minute."""
        for minute in minutes:
            await self.community.sql.execute("delete from posts where content = $1", f"{minute:02}")

    async def ask(
        self, items: int, cursor: str | None = None, journal: str | None = None, **more: object
    ) -> Answer:
        """One run of a page."""
        options = {"numItems": items, "cursor": cursor, "id": 7, "sortOfNew": "option", **more}
        arguments = {"spaceId": self.space, "paginationOpts": options}
        return await self.community.query("posts:feed", arguments, journal=journal)

    async def load(self, items: int, cursor: str | None = None) -> Any:
        """A page as a subscriber first gets it; its journal is kept."""
        answer = await self.ask(items, cursor)
        assert answer.journal is not None
        self.journals[cursor] = answer.journal
        return value(answer)

    async def again(self, items: int, cursor: str | None = None) -> Any:
        """The same page, run again with what it recorded."""
        answer = await self.ask(items, cursor, self.journals[cursor])
        assert answer.journal == self.journals[cursor]
        return value(answer)


def contents(page: Any) -> list[int]:
    return [int(post["content"]) for post in page["page"]]


@pytest.fixture
async def feed(community: Community) -> Feed:
    ada = await community.member("Ada")
    return Feed(community, await community.insert("spaces", name="General", visibility="public"), ada)


async def test_pages_follow_each_other_to_the_end(feed: Feed):
    await feed.write(*range(7))

    first = await feed.load(3)
    second = await feed.load(3, first["continueCursor"])
    third = await feed.load(3, second["continueCursor"])
    beyond = await feed.load(3, third["continueCursor"])

    assert [contents(page) for page in (first, second, third, beyond)] == [[6, 5, 4], [3, 2, 1], [0], []]
    assert [page["isDone"] for page in (first, second, third, beyond)] == [False, False, True, True]
    assert all(isinstance(page["continueCursor"], str) for page in (first, second, third, beyond))
    assert set(first) == {"page", "isDone", "continueCursor", "splitCursor", "pageStatus"}


async def test_the_last_full_page_knows_that_it_is_the_last(feed: Feed):
    await feed.write(*range(3))
    assert (await feed.load(3))["isDone"] is True
    assert (await feed.load(2))["isDone"] is False


async def test_an_empty_feed_is_one_empty_page_that_new_posts_enter(feed: Feed):
    empty = await feed.load(3)
    assert (contents(empty), empty["isDone"]) == ([], True)

    await feed.write(1, 2, 3, 4)

    # Its end is the end of the index, so it keeps all that comes.
    assert contents(await feed.again(3)) == [4, 3, 2, 1]


async def test_pages_run_again_grow_and_shrink_without_gap_or_overlap(feed: Feed):
    await feed.write(10, 20, 30, 40, 50, 60)
    first = await feed.load(2)
    second = await feed.load(2, first["continueCursor"])
    third = await feed.load(2, second["continueCursor"])
    assert [contents(page) for page in (first, second, third)] == [[60, 50], [40, 30], [20, 10]]

    await feed.write(70, 55, 45, 35, 5)
    await feed.delete(50, 30)  # The very rows the first two pages end with.

    again = [
        await feed.again(2),
        await feed.again(2, first["continueCursor"]),
        await feed.again(2, second["continueCursor"]),
    ]
    assert [contents(page) for page in again] == [[70, 60, 55], [45, 40, 35], [20, 10, 5]]
    assert [page["isDone"] for page in again] == [False, False, True]
    assert [page["continueCursor"] for page in again] == [
        page["continueCursor"] for page in (first, second, third)
    ]


async def test_posts_of_the_same_moment_are_told_apart(feed: Feed):
    for _ in range(7):
        await feed.write(1)

    first = await feed.load(3)
    second = await feed.load(3, first["continueCursor"])
    third = await feed.load(3, second["continueCursor"])

    ids = [post["_id"] for page in (first, second, third) for post in page["page"]]
    assert (len(ids), len(set(ids))) == (7, 7)


async def test_a_client_may_split_a_page_in_two(feed: Feed):
    await feed.write(*range(0, 50, 10))
    first = await feed.load(5)
    await feed.write(*range(5, 55, 10))
    grown = await feed.again(5)

    left = value(await feed.ask(5, endCursor=grown["splitCursor"]))
    right = value(await feed.ask(5, grown["splitCursor"], endCursor=grown["continueCursor"]))

    assert contents(left) + contents(right) == contents(grown)
    assert left["page"]
    assert right["page"]
    assert (left["isDone"], right["isDone"]) == (False, True)
    assert first["splitCursor"] is not None


async def test_two_rows_have_no_middle(feed: Feed):
    await feed.write(1, 2)
    assert (await feed.load(5))["splitCursor"] is None


async def test_a_page_that_outgrows_the_limit_asks_to_be_split_and_keeps_its_end(feed: Feed, monkeypatch):
    monkeypatch.setattr("backend.runtime.reading.PAGE_ROWS_MAX", 4)
    monkeypatch.setattr("backend.runtime.reading.PAGE_ROWS_SPLIT", 2)
    await feed.write(10, 20)
    first = await feed.load(2)
    assert first["pageStatus"] is None

    await feed.write(30, 40)
    fuller = await feed.again(2)
    assert (contents(fuller), fuller["pageStatus"]) == ([40, 30, 20, 10], "SplitRecommended")

    await feed.write(50)
    overfull = await feed.again(2)
    assert (contents(overfull), overfull["pageStatus"]) == ([50, 40, 30, 20], "SplitRequired")
    assert overfull["continueCursor"] == first["continueCursor"]


async def test_a_page_is_read_up_to_its_last_row_and_its_rerun_between_its_cursors(feed: Feed):
    await feed.write(*range(5))
    ids = {
        int(row["content"]): row["id"]
        for row in await feed.community.sql.fetch("select id, content from posts")
    }
    columns = ("space_id", "created_at", "id")

    def at(minute: int, *, inclusive: bool) -> Bound:
        return Bound((MOMENT + timedelta(minutes=minute), ids[minute]), inclusive)

    first = await feed.ask(2)
    cursor = value(first)["continueCursor"]
    second = await feed.ask(2, cursor)
    again = await feed.ask(2, cursor, second.journal)
    last = await feed.ask(2, value(second)["continueCursor"])

    stretches = [
        [read for read in answer.reads.ranges if read.table == "public.posts"]
        for answer in (first, second, again, last)
    ]
    middle = IndexRange(
        "public.posts", columns, (feed.space,), lower=at(1, inclusive=True), upper=at(3, inclusive=False)
    )
    assert stretches == [
        [IndexRange("public.posts", columns, (feed.space,), lower=at(3, inclusive=True))],
        [middle],
        [middle],
        [IndexRange("public.posts", columns, (feed.space,), upper=at(1, inclusive=False))],
    ]
    assert first.reads.rows >= {RowRead("public.posts", ids[4]), RowRead("public.posts", ids[3])}
    assert RowRead("public.posts", ids[2]) not in first.reads.rows


async def test_a_filtered_page_ends_where_it_found_enough(feed: Feed):
    await feed.write(*range(20))
    arguments = {"spaceId": feed.space, "word": "5"}

    async def load(cursor: str | None) -> Any:
        options = {"numItems": 1, "cursor": cursor}
        query = feed.community.query(f"{FUNCTIONS}:pageContaining", {**arguments, "paginationOpts": options})
        return value(await query)

    first = await load(None)
    second = await load(first["continueCursor"])

    assert [contents(page) for page in (first, second)] == [[5], [15]]
    assert (first["isDone"], second["isDone"]) == (False, False)
    assert (await load(second["continueCursor"]))["isDone"] is True


async def test_cursors_of_another_query_or_of_nobody_are_refused(feed: Feed):
    await feed.write(*range(4))
    other = await feed.community.insert("spaces", name="Other", visibility="public")
    cursor = (await feed.load(2))["continueCursor"]
    tampered = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]

    elsewhere = {"spaceId": other, "paginationOpts": {"numItems": 2, "cursor": cursor}}
    answers = [
        await feed.community.query("posts:feed", elsewhere),
        *[await feed.ask(2, bad) for bad in (tampered, "", "abc", "ü", "*", cursor + "AAAA")],
        *[await feed.ask(2, None, endCursor=bad) for bad in ("nonsense", "")],
        *[await feed.ask(2, None, journal=bad) for bad in ("nonsense", "")],
    ]

    assert [refusal(answer) for answer in answers] == [INVALID_CURSOR] * len(answers)


async def test_one_function_has_one_page(feed: Feed):
    arguments = {"spaceId": feed.space, "paginationOpts": {"numItems": 1, "cursor": None}}
    answer = await feed.community.query(f"{FUNCTIONS}:twoPages", arguments)
    assert answer.error is not None
    assert "MultiplePaginatedDatabaseQueries" in answer.error.message


MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, st.uuids(), st.text(st.characters(exclude_categories=["Cs"])), st.integers(), st.booleans())
def test_a_cursor_reads_back_as_the_place_it_was_written_for(moment, id, text, number, flag):
    key_type = TypeAdapter(tuple[datetime, UUID, str, int, bool])
    cursors = Cursors(b"secret", b"fingerprint", key_type)  # pyright: ignore[reportArgumentType]
    place = (moment, id, text, number, flag)

    assert cursors.read(cursors.write(place)) == place
    assert cursors.read(cursors.write(END)) == END


def test_a_cursor_is_good_for_one_secret_and_one_query():
    key_type = TypeAdapter(tuple[int])
    cursors = Cursors(b"secret", b"one", key_type)  # pyright: ignore[reportArgumentType]
    others = [Cursors(b"other", b"one", cursors.key_type), Cursors(b"secret", b"two", cursors.key_type)]
    for other in others:
        for place in ((1,), END):
            with pytest.raises(InvalidCursor):
                other.read(cursors.write(place))
