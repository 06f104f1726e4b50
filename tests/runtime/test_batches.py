"""Mutations settled together: each caller as themselves, with their own end, counted once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.engine.ports import MutationOutcome
from backend.engine.versions import ANONYMOUS, Identity
from backend.runtime import batches, mutations
from backend.runtime.batches import Batches
from backend.runtime.errors import TryAgain
from backend.runtime.observations import MutationConflicted
from tests.runtime import batched_functions
from tests.runtime.conftest import Community, refusal, value
from tests.runtime.test_mutations import until_somebody_waits

FUNCTIONS = "tests/runtime/batchedFunctions"
RENAME = f"{FUNCTIONS}:renameTogether"


async def people(community: Community, count: int) -> list[Identity]:
    """So many members, signed up in one go."""
    ids = [uuid4() for _ in range(count)]
    await community.sql.executemany(
        "insert into auth.users (id, email) values ($1, $2)", [(id, f"{id}@example.com") for id in ids]
    )
    claims = {"role": "authenticated", "aud": "authenticated"}
    return [Identity(id, {**claims, "sub": str(id)}) for id in ids]


async def make_post(community: Community, author: Identity) -> UUID:
    space = await community.insert("spaces", name="General", visibility="public")
    return await community.insert("posts", space_id=space, author_id=author.user_id, content="Hello")


async def names(community: Community, who: Sequence[Identity]) -> list[str]:
    ids = [person.user_id for person in who]
    rows = dict(await community.sql.fetch("select id, name from users where id = any ($1)", ids))
    return [rows[id] for id in ids]


async def rename_all(
    community: Community, who: Sequence[Identity], outcomes: Sequence[str]
) -> list[MutationOutcome]:
    """Everyone at once renames themselves after their number."""
    return await asyncio.gather(
        *(
            community.mutate(RENAME, {"name": f"Number {number}", "outcome": outcome}, by=person)
            for number, (person, outcome) in enumerate(zip(who, outcomes, strict=True))
        )
    )


# --- the shipped one ---


@pytest.mark.parametrize("count", [64, 512])
async def test_a_crowd_likes_one_post_and_everyone_is_told_right_and_counted(
    community: Community, count: int
):
    crowd = await people(community, count)
    post = await make_post(community, crowd[0])

    async def toggle(person: Identity) -> bool:
        return value(await community.mutate("posts:toggleLike", {"postId": post}, by=person))

    assert await asyncio.gather(*map(toggle, crowd)) == [True] * count
    assert await community.sql.fetchval("select like_count from posts") == count

    half = crowd[: count // 2]
    assert await asyncio.gather(*map(toggle, half)) == [False] * len(half)
    likers = await community.sql.fetch("select user_id from likes")
    assert {row["user_id"] for row in likers} == {person.user_id for person in crowd[count // 2 :]}
    assert await community.sql.fetchval("select like_count from posts") == count - len(half)


async def test_those_who_wait_share_one_transaction(community: Community):
    crowd = await people(community, 10)
    outcomes = await rename_all(community, crowd, ["well"] * 10)
    assert [value(outcome) for outcome in outcomes] == [f"Number {number} it is" for number in range(10)]
    assert len({outcome.xid for outcome in outcomes}) == 1
    assert await names(community, crowd) == [f"Number {number}" for number in range(10)]


# --- one bad call ---


async def test_one_that_fails_is_told_so_and_undone_and_sinks_nobody(community: Community):
    ends = ["well", "fail", "well", "break", "reject", "well"]
    crowd = await people(community, len(ends))
    before = await names(community, crowd)

    outcomes = await rename_all(community, crowd, ends)

    good = [number for number, end in enumerate(ends) if end == "well"]
    assert [value(outcomes[number]) for number in good] == [f"Number {number} it is" for number in good]
    assert refusal(outcomes[1]) == "changed my mind"
    assert [outcomes[number].error is not None for number in (1, 3, 4)] == [True] * 3
    assert [outcomes[number].xid for number in (1, 3, 4)] == [None] * 3
    assert outcomes[1].log_lines == ("[LOG] 'renaming to' 'Number 1'",)
    assert await names(community, crowd) == [
        f"Number {number}" if number in good else before[number] for number in range(len(ends))
    ]


@pytest.mark.parametrize("end", ["sleep", "snooze"])
async def test_one_that_takes_too_long_is_stopped_and_the_others_go_on(
    community: Community, monkeypatch: pytest.MonkeyPatch, end: str
):
    monkeypatch.setattr(mutations, "BATCHED_CALL_S_MAX", 0.5)
    crowd = await people(community, 4)
    outcomes = await rename_all(community, crowd, ["well", "well", end, "well"])
    assert refusal(outcomes[2]) == {
        "code": "limit.exceeded",
        "message": "This function ran longer than 0.5 s.",
    }
    assert [value(outcomes[number]) for number in (0, 1, 3)] == [
        f"Number {number} it is" for number in (0, 1, 3)
    ]


async def test_calls_that_no_longer_fit_into_a_batch_are_in_the_next(
    community: Community, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mutations, "BATCH_S_MAX", 0.0)
    monkeypatch.setattr(batched_functions, "STARTED", [])
    crowd = await people(community, 6)
    outcomes = await rename_all(community, crowd, ["well"] * 6)
    assert [value(outcome) for outcome in outcomes] == [f"Number {number} it is" for number in range(6)]
    assert [f"Number {number}" for number in range(6)] == batched_functions.STARTED


async def test_arguments_are_judged_before_anything_runs(community: Community):
    crowd = await people(community, 3)
    bad, *good = await asyncio.gather(
        community.mutate(RENAME, {"name": 7}, by=crowd[0]),
        *(community.mutate(RENAME, {"name": "Bea"}, by=person) for person in crowd[1:]),
    )
    assert bad.error is not None
    assert bad.error.message.startswith("ArgumentValidationError: Value does not match validator.")
    assert [value(outcome) for outcome in good] == ["Bea it is"] * 2


# --- whose call it is ---


async def test_everyone_acts_as_themselves_whoever_came_before_them(community: Community):
    crowd = await people(community, 6)
    callers = [*crowd, ANONYMOUS]

    async def rename(by: Identity, other: Identity) -> MutationOutcome:
        arguments = {"userId": other.user_id, "name": "Mine"}
        return await community.mutate(f"{FUNCTIONS}:renameOther", arguments, by=by)

    pairs = [(by, other) for other in crowd for by in callers]
    outcomes = await asyncio.gather(*(rename(by, other) for by, other in pairs))

    for (by, other), outcome in zip(pairs, outcomes, strict=True):
        if by is other:
            assert value(outcome) == str(by.user_id)
        else:
            # Visitors do not even see members.
            code = "document.not_found" if by is ANONYMOUS else "access.denied"
            assert refusal(outcome)["code"] == code, (by, other)


# --- once ---


async def test_each_call_is_counted_once_however_often_it_is_sent(community: Community):
    crowd = await people(community, 8)
    post = await make_post(community, crowd[0])
    session = uuid4()

    async def append(number: int) -> MutationOutcome:
        arguments = {"postId": post, "text": str(number)}
        return await community.mutate(
            f"{FUNCTIONS}:appendTogether", arguments, by=crowd[0], request=(session, number)
        )

    first = await asyncio.gather(*(append(number) for number in range(8) for _ in range(3)))
    again = await asyncio.gather(*map(append, range(8)))

    content = await community.sql.fetchval("select content from posts")
    assert content == "Hello01234567"
    expected = [content[: len("Hello") + number + 1] for number in range(8)]
    assert [value(outcome) for outcome in first] == [text for text in expected for _ in range(3)]
    assert [value(outcome) for outcome in again] == expected


async def test_a_duplicate_is_tried_alone_and_then_refused(community: Community):
    crowd = await people(community, 4)
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    callers = [*crowd, crowd[1]]
    outcomes = await asyncio.gather(
        *(community.mutate(f"{FUNCTIONS}:enrollBlindly", {"courseId": course}, by=who) for who in callers)
    )
    assert [outcome.error is None for outcome in outcomes] == [True, True, True, True, False]
    assert refusal(outcomes[4])["code"] == "document.rejected"


async def test_a_batch_that_meets_somebody_elses_transaction_is_tried_again(community: Community):
    crowd = await people(community, 3)
    post = await make_post(community, crowd[0])
    other = await asyncpg.connect(community.dsn)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("update posts set content = 'theirs' where id = $1", post)
        appending = [
            asyncio.create_task(
                community.mutate(
                    f"{FUNCTIONS}:appendTogether", {"postId": post, "text": str(number)}, by=crowd[0]
                )
            )
            for number in range(4)
        ]
        await until_somebody_waits(community)
        await transaction.commit()
        outcomes = await asyncio.gather(*appending)
    finally:
        await other.close()
    assert [value(outcome) for outcome in outcomes] == ["theirs0", "theirs01", "theirs012", "theirs0123"]
    assert any(isinstance(said, MutationConflicted) for said in community.observed)


# --- the queue itself ---


class Kitchen:
    """Settles what it is given when told to."""

    def __init__(self) -> None:
        self.served: list[list[int]] = []
        self.open = asyncio.Event()

    async def settle(self, calls: Sequence[int]) -> Sequence[int]:
        self.served.append(list(calls))
        await self.open.wait()
        if -1 in calls:
            raise ValueError("burnt")
        return [call * 10 for call in calls][:40]


async def test_a_batch_holds_so_many_and_what_is_left_over_comes_first():
    kitchen = Kitchen()
    waiting = Batches(kitchen.settle)
    results = [asyncio.create_task(waiting.add(number)) for number in range(100)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    results[99].cancel()
    kitchen.open.set()
    assert await asyncio.gather(*results[:99]) == [number * 10 for number in range(99)]
    assert [served[0] for served in kitchen.served][:3] == [0, 40, 80]
    assert max(map(len, kitchen.served)) <= batches.BATCH_CALLS_MAX
    assert all(99 not in served for served in kitchen.served)


async def test_more_than_may_wait_are_sent_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "BATCH_WAITING_MAX", 2)
    kitchen = Kitchen()
    waiting = Batches(kitchen.settle)
    first = asyncio.create_task(waiting.add(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(waiting.add(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(TryAgain):
        await waiting.add(3)
    kitchen.open.set()
    assert await asyncio.gather(first, *others) == [0, 10, 20]


async def test_what_a_batch_raises_its_callers_raise_and_the_next_goes_on():
    kitchen = Kitchen()
    kitchen.open.set()
    waiting = Batches(kitchen.settle)
    with pytest.raises(ValueError, match="burnt"):
        await waiting.add(-1)
    assert await waiting.add(4) == 40
