"""Mutations settled together: each caller as themselves, with their own end, counted once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
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


@pytest.mark.parametrize("count", [64, 600])
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


async def test_one_person_who_asks_many_times_at_once_is_heard_in_order(community: Community):
    ada, bea = await people(community, 2)
    post = await make_post(community, ada)
    toggled = [ada, ada, bea, ada, bea, ada, ada]
    outcomes = await asyncio.gather(
        *(community.mutate("posts:toggleLike", {"postId": post}, by=person) for person in toggled)
    )
    assert [value(outcome) for outcome in outcomes] == [True, False, True, True, False, False, True]
    assert await community.sql.fetch("select user_id from likes") == [(ada.user_id,)]
    assert await community.sql.fetchval("select like_count from posts") == 1


async def test_those_who_may_not_like_a_post_are_refused_and_the_others_are_not(community: Community):
    ada, bea, *_ = crowd = await people(community, 6)
    space = await community.insert("spaces", name="Paid", visibility="paid", required_tier="gold")
    post = await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")
    gone = await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")
    await community.sql.execute("update posts set deleted_at = now() where id = $1", gone)
    for person in (ada, bea):
        await community.insert("memberships", user_id=person.user_id, tier="gold", status="active")

    async def like(person: Identity, target: UUID) -> MutationOutcome:
        return await community.mutate("posts:toggleLike", {"postId": target}, by=person)

    first = await asyncio.gather(*(like(person, post) for person in (*crowd, ANONYMOUS)))
    second = await asyncio.gather(like(ada, gone), like(bea, uuid4()), like(crowd[2], post))
    assert [outcome.error is None for outcome in first] == [True, True, *[False] * 5]
    assert [refusal(outcome)["code"] for outcome in first[2:]] == [
        *["access.denied"] * 4,
        "access.sign_in_required",
    ]
    assert [refusal(outcome)["code"] for outcome in second] == ["access.denied"] * 3
    assert await community.sql.fetchval("select like_count from posts where id = $1", post) == 2


async def test_those_who_wait_share_one_transaction(community: Community, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batched_functions, "BATCHES", [])
    crowd = await people(community, 10)
    outcomes = await rename_all(community, crowd, ["well"] * 10)
    assert [value(outcome) for outcome in outcomes] == [f"Number {number} it is" for number in range(10)]
    assert len({outcome.xid for outcome in outcomes}) == 1
    assert [len(batch) for batch in batched_functions.BATCHES] == [10]
    assert await names(community, crowd) == [f"Number {number}" for number in range(10)]


# --- one bad call ---


async def test_one_that_is_refused_after_it_wrote_is_undone_and_sinks_nobody(community: Community):
    ends = ["well", "fail", "well", "well"]
    crowd = await people(community, len(ends))
    before = await names(community, crowd)

    outcomes = await rename_all(community, crowd, ends)

    assert [value(outcomes[number]) for number in (0, 2, 3)] == [
        f"Number {number} it is" for number in (0, 2, 3)
    ]
    assert refusal(outcomes[1]) == "changed my mind"
    assert (outcomes[1].xid, outcomes[1].log_lines) == (None, ("[LOG] 'renaming to' 'Number 1'",))
    assert await names(community, crowd) == ["Number 0", before[1], "Number 2", "Number 3"]


@pytest.mark.parametrize("end", ["break", "lie", "snooze"])
async def test_what_breaks_a_batch_is_found_and_the_others_go_on(
    community: Community, monkeypatch: pytest.MonkeyPatch, end: str
):
    monkeypatch.setattr(mutations, "MUTATION_S_MAX", 1.0)
    monkeypatch.setattr(batched_functions, "BATCHES", [])
    crowd = await people(community, 5)
    before = await names(community, crowd)
    outcomes = await rename_all(community, crowd, ["well", "well", end, "well", "well"])
    good = (0, 1, 3, 4)
    assert [value(outcomes[number]) for number in good] == [f"Number {number} it is" for number in good]
    assert outcomes[2].error is not None
    assert ("ran longer" in outcomes[2].error.message) is (end == "snooze")
    assert await names(community, crowd) == ["Number 0", "Number 1", before[2], "Number 3", "Number 4"]
    # All five, then two; of the other three first one, the bad one, and then two.
    assert [len(batch) for batch in batched_functions.BATCHES] == [5, 2, 3, 1, 2]


async def test_the_last_seat_goes_to_whoever_asked_first(community: Community):
    crowd = await people(community, 9)
    event = await community.insert(
        "events", title="Tea", visibility="public", capacity=5, start_time=datetime.now(UTC)
    )
    outcomes = await asyncio.gather(
        *(community.mutate(f"{FUNCTIONS}:go", {"eventId": event}, by=person) for person in crowd)
    )
    assert [outcome.error is None for outcome in outcomes] == [True] * 5 + [False] * 4
    assert {refusal(outcome)["message"] for outcome in outcomes[5:]} == {"The event is full."}
    assert await community.sql.fetchval("select going_count from events") == 5


async def test_arguments_are_judged_before_anything_runs(community: Community):
    crowd = await people(community, 3)
    bad, *good = await asyncio.gather(
        community.mutate(RENAME, {"name": 7}, by=crowd[0]),
        *(community.mutate(RENAME, {"name": "Bea"}, by=person) for person in crowd[1:]),
    )
    assert bad.error is not None
    assert bad.error.message.startswith("ArgumentValidationError: Value does not match validator.")
    assert [value(outcome) for outcome in good] == ["Bea it is"] * 2


async def test_values_a_table_does_not_take_refuse_their_own_call(community: Community):
    crowd = await people(community, 3)
    outcomes = await asyncio.gather(
        *(
            community.mutate(RENAME, {"name": name}, by=person)
            for person, name in zip(crowd, ["Ada", "x" * 500, "Cleo"], strict=True)
        )
    )
    assert refusal(outcomes[1])["code"] == "document.rejected"
    assert [value(outcomes[number]) for number in (0, 2)] == ["Ada it is", "Cleo it is"]


async def test_arrays_and_objects_arrive_as_they_were_given(community: Community):
    ada, bea = [await community.member(name, "moderator") for name in ("Ada", "Bea")]
    cleo = await community.member("Cleo")
    tags = [["a,b", 'c"d', "e\\f", "null"], [], ["{}"]]
    outcomes = await asyncio.gather(
        *(
            community.mutate(
                f"{FUNCTIONS}:offer", {"title": "Tea", "tags": some, "to": ada.user_id}, by=person
            )
            for person, some in zip((ada, bea, cleo), tags, strict=True)
        )
    )
    assert refusal(outcomes[2])["code"] == "access.denied"
    found = await community.sql.fetch("select id, tags from community.community_resources")
    assert {str(id): some for id, some in found} == {
        value(outcome): some for outcome, some in zip(outcomes[:2], tags, strict=False)
    }
    told = await community.sql.fetch("select actor_id, data->>'title' from notifications")
    assert {tuple(row) for row in told} == {(ada.user_id, "Tea"), (bea.user_id, "Tea")}


# --- whose call it is ---


async def test_everyone_acts_as_themselves_whoever_came_before_them(community: Community):
    crowd = await people(community, 6)
    nobody = uuid4()

    async def rename(by: Identity, other: UUID | None) -> MutationOutcome:
        arguments = {"userId": other, "name": "Mine"}
        return await community.mutate(f"{FUNCTIONS}:renameOther", arguments, by=by)

    pairs = [(by, other) for other in [*(one.user_id for one in crowd), nobody] for by in crowd]
    outcomes = await asyncio.gather(*(rename(by, other) for by, other in pairs))

    for (by, other), outcome in zip(pairs, outcomes, strict=True):
        if by.user_id == other:
            assert value(outcome) == str(by.user_id)
        else:
            code = "document.not_found" if other == nobody else "access.denied"
            assert refusal(outcome)["code"] == code, (by, other)


async def test_people_mark_as_read_what_they_were_told_themselves(community: Community):
    crowd = await people(community, 4)
    told = [await community.insert("notifications", user_id=one.user_id, type="like") for one in crowd]
    asked = [*told[:3], told[0]]
    outcomes = await asyncio.gather(
        *(
            community.mutate(f"{FUNCTIONS}:markRead", {"notificationId": id}, by=person)
            for person, id in zip(crowd, asked, strict=True)
        )
    )
    assert [outcome.error is None for outcome in outcomes] == [True, True, True, False]
    assert refusal(outcomes[3])["code"] == "document.not_found"
    read = await community.sql.fetch("select id from notifications where read")
    assert {row["id"] for row in read} == set(told[:3])


async def test_what_is_removed_twice_is_not_there_the_second_time(community: Community):
    crowd = await people(community, 3)
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    for person in crowd[:2]:
        await community.insert("enrollments", course_id=course, user_id=person.user_id)
    outcomes = await asyncio.gather(
        *(community.mutate(f"{FUNCTIONS}:leaveCourse", {"courseId": course}, by=who) for who in crowd)
    )
    # Its function takes the first one out twice, and so with whoever is the first of those left.
    assert [refusal(outcome)["code"] for outcome in outcomes[:2]] == ["document.not_found"] * 2
    assert value(outcomes[2]) == 0
    assert await community.sql.fetchval("select count(*) from enrollments") == 2


async def test_a_batched_mutation_may_be_part_of_another(community: Community):
    ada, bea = await people(community, 2)
    post = await make_post(community, ada)
    arguments = {"postId": post, "name": "Liker"}
    assert value(await community.mutate(f"{FUNCTIONS}:likeAndRename", arguments, by=ada)) is True
    assert await names(community, [ada]) == ["Liker"]
    space = await community.insert("spaces", name="Paid", visibility="paid", required_tier="gold")
    hidden = await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")
    refused = await community.mutate(f"{FUNCTIONS}:likeAndRename", {"postId": hidden, "name": "No"}, by=bea)
    assert refusal(refused)["code"] == "access.denied"
    visiting = await community.mutate(f"{FUNCTIONS}:likeAndRename", arguments, by=ANONYMOUS)
    assert refusal(visiting)["code"] == "access.sign_in_required"
    assert await community.sql.fetch("select user_id from likes") == [(ada.user_id,)]


# --- once ---


async def test_each_call_is_counted_once_however_often_it_is_sent(community: Community):
    crowd = await people(community, 8)
    post = await make_post(community, crowd[0])
    session = uuid4()
    await community.sql.execute("update users set role = 'moderator'")

    async def append(number: int) -> MutationOutcome:
        arguments = {"postId": post, "text": str(number)}
        return await community.mutate(
            f"{FUNCTIONS}:appendTogether", arguments, by=crowd[number], request=(session, number)
        )

    first = await asyncio.gather(*(append(number) for number in range(8)))
    again = await asyncio.gather(*(append(number) for number in range(8) for _ in range(3)))

    assert await community.sql.fetchval("select content from posts") == "Hello01234567"
    expected = ["Hello01234567"[: len("Hello") + number + 1] for number in range(8)]
    assert [value(outcome) for outcome in first] == expected
    assert [value(outcome) for outcome in again] == [text for text in expected for _ in range(3)]
    assert [outcome.xid for outcome in again] == [None] * 24


async def test_one_that_was_answered_before_is_not_done_again_with_those_beside_it(community: Community):
    crowd = await people(community, 3)
    post = await make_post(community, crowd[0])
    session, other = uuid4(), uuid4()

    async def like(person: Identity, session: UUID) -> MutationOutcome:
        return await community.mutate("posts:toggleLike", {"postId": post}, by=person, request=(session, 1))

    assert value(await like(crowd[0], session)) is True
    # The second takes a request that is the first one's, the third asks for the first time.
    outcomes = await asyncio.gather(
        like(crowd[0], session), like(crowd[1], session), like(crowd[2], other), like(crowd[2], other)
    )
    assert [value(outcomes[number]) for number in (0, 2, 3)] == [True] * 3
    assert refusal(outcomes[1])["code"] == "request.reused"
    likers = await community.sql.fetch("select user_id from likes order by created_at")
    assert [row["user_id"] for row in likers] == [crowd[0].user_id, crowd[2].user_id]


async def test_two_people_who_use_one_request_id_at_once_do_not_both_succeed(community: Community):
    ada, bea = await people(community, 2)
    post = await make_post(community, ada)
    session = uuid4()
    outcomes = await asyncio.gather(
        *(
            community.mutate("posts:toggleLike", {"postId": post}, by=who, request=(session, 1))
            for who in (ada, bea)
        )
    )
    assert value(outcomes[0]) is True
    assert refusal(outcomes[1])["code"] == "request.reused"
    assert await community.sql.fetch("select user_id from likes") == [(ada.user_id,)]


async def test_a_duplicate_is_refused_and_the_others_are_not(community: Community):
    crowd = await people(community, 4)
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    await community.insert("enrollments", course_id=course, user_id=crowd[1].user_id)
    outcomes = await asyncio.gather(
        *(community.mutate(f"{FUNCTIONS}:enrollBlindly", {"courseId": course}, by=who) for who in crowd)
    )
    assert [outcome.error is None for outcome in outcomes] == [True, False, True, True]
    assert refusal(outcomes[1])["code"] == "document.rejected"


async def test_a_batch_that_meets_somebody_elses_transaction_is_tried_again(community: Community):
    crowd = await people(community, 4)
    post = await make_post(community, crowd[0])
    await community.sql.execute("update users set role = 'moderator'")
    other = await asyncpg.connect(community.dsn)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("update posts set content = 'theirs' where id = $1", post)
        appending = [
            asyncio.create_task(
                community.mutate(
                    f"{FUNCTIONS}:appendTogether", {"postId": post, "text": str(number)}, by=person
                )
            )
            for number, person in enumerate(crowd)
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
        return [call * 10 for call in calls]


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


async def test_a_batch_holds_so_many_and_leaves_out_whoever_has_left(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batches, "BATCH_CALLS_MAX", 40)
    waiting = Batches(kitchen.settle)
    results = [asyncio.create_task(waiting.add(uuid4(), number)) for number in range(100)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    results[99].cancel()
    kitchen.open.set()
    assert await asyncio.gather(*results[:99]) == [number * 10 for number in range(99)]
    assert kitchen.served == [list(range(40)), list(range(40, 80)), list(range(80, 99))]


async def test_people_take_turns_and_each_is_heard_in_order(kitchen: Kitchen):
    kitchen.open.set()
    waiting = Batches(kitchen.settle)
    eager, patient = uuid4(), uuid4()
    asked = [(eager, 1), (eager, 2), (eager, 3), (patient, 4), (patient, 5), (eager, 6)]
    results = await asyncio.gather(*(waiting.add(person, call) for person, call in asked))
    assert results == [10, 20, 30, 40, 50, 60]
    assert kitchen.served == [[1, 4], [2, 5], [3], [6]]


async def test_more_than_may_wait_are_sent_away(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "BATCH_WAITING_MAX", 2)
    waiting = Batches(kitchen.settle)
    first = asyncio.create_task(waiting.add(uuid4(), 0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(waiting.add(uuid4(), number)) for number in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(TryAgain):
        await waiting.add(uuid4(), 3)
    kitchen.open.set()
    assert await asyncio.gather(first, *others) == [0, 10, 20]


async def test_what_a_batch_raises_its_callers_raise_and_the_next_goes_on(kitchen: Kitchen):
    kitchen.open.set()
    waiting = Batches(kitchen.settle)
    with pytest.raises(ValueError, match="burnt"):
        await waiting.add(uuid4(), -1)
    assert await waiting.add(uuid4(), 4) == 40
