"""Reads that wait for another's, and what becomes of them when that fails or is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from backend.runtime.shared_reads import ROWS_KEPT_MAX, SharedReads


class Source:
    """Gives `rows` once it may, and counts how often it is asked. It fails as often as it has `errors`."""

    def __init__(self, rows: Sequence[int], *errors: Exception) -> None:
        self.rows, self.errors = rows, list(errors)
        self.asked = 0
        self.may_answer = asyncio.Event()

    async def fetch(self) -> Sequence[int]:
        self.asked += 1
        await self.may_answer.wait()
        if self.errors:
            raise self.errors.pop()
        return self.rows


def start(reads: SharedReads, source: Source, times: int, key: str = "key") -> list[asyncio.Task[object]]:
    return [asyncio.create_task(reads.read(key, source.fetch)) for _ in range(times)]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_fetches_for_all_who_ask_meanwhile_and_later():
    reads, source = SharedReads(), Source([1, 2, 3])
    asking = start(reads, source, times=3)
    await settle()
    source.may_answer.set()
    assert await asyncio.gather(*asking) == [[1, 2, 3]] * 3
    assert await reads.read("key", source.fetch) == [1, 2, 3]
    assert (source.asked, reads.taken_over) == (1, 3)


async def test_a_read_that_fails_fails_for_nobody_else():
    reads, source = SharedReads(), Source([1], ValueError("lost"))
    first, *others = start(reads, source, times=3)
    await settle()
    source.may_answer.set()
    assert await asyncio.gather(*others) == [[1], [1]]
    with pytest.raises(ValueError, match="lost"):
        await first
    assert source.asked == 2


async def test_a_read_that_is_given_up_is_made_by_the_next():
    reads, source = SharedReads(), Source([1])
    first, *others = start(reads, source, times=3)
    await settle()
    first.cancel()
    await settle()
    source.may_answer.set()
    assert await asyncio.gather(*others) == [[1], [1]]
    assert first.cancelled()
    assert source.asked == 2


async def test_who_gives_up_waiting_takes_the_read_from_nobody():
    reads, source = SharedReads(), Source([1])
    first, impatient, patient = start(reads, source, times=3)
    await settle()
    impatient.cancel()
    await settle()
    source.may_answer.set()
    assert await asyncio.gather(first, patient) == [[1], [1]]
    assert source.asked == 1


async def test_past_the_limit_rows_are_not_kept():
    reads = SharedReads()
    large = Source(range(ROWS_KEPT_MAX + 1))
    large.may_answer.set()
    for _ in range(2):
        assert len(await reads.read("large", large.fetch)) == ROWS_KEPT_MAX + 1
    assert large.asked == 2


async def test_what_is_too_large_to_keep_leaves_room_for_the_rest():
    reads = SharedReads()
    large, small = Source(range(ROWS_KEPT_MAX + 1)), Source([1])
    for source in (large, small):
        source.may_answer.set()
    await reads.read("large", large.fetch)
    for _ in range(2):
        await reads.read("small", small.fetch)
    assert small.asked == 1
