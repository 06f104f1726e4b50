"""Mutations on a real database: all of it or none, once, as the caller, whoever else writes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.engine.ports import Call, FunctionError, MutationCall, MutationOutcome
from backend.engine.versions import Identity
from backend.postgres.errors import Unavailable
from backend.protocol.values import encode_text
from backend.runtime import execution, mutations, writing
from backend.runtime.observations import MutationConflicted
from backend.runtime.registration import canonical_call
from tests.runtime import functions
from tests.runtime.conftest import Community, open_community, refusal, value

FUNCTIONS = "tests/runtime/functions"


@pytest.fixture
async def ada(community: Community) -> Identity:
    return await community.member("Ada")


@pytest.fixture
async def space(community: Community) -> UUID:
    return await community.insert("spaces", name="General", visibility="public")


@pytest.fixture
async def post(community: Community, ada: Identity, space: UUID) -> UUID:
    return await community.insert("posts", space_id=space, author_id=ada.user_id, content="Hello")


async def column(community: Community, name: str, id: UUID, table: str = "posts") -> Any:
    return await community.sql.fetchval(f"select {name} from public.{table} where id = $1", id)


# --- what the handlers do ---


async def test_a_post_is_written_in_its_authors_name_and_removed_softly(community, ada, space):
    id = UUID(value(await community.mutate("posts:create", {"spaceId": space, "content": "Hi"}, by=ada)))
    assert await column(community, "(author_id, author_name, content)", id) == (ada.user_id, "Ada", "Hi")

    assert value(await community.mutate("posts:remove", {"postId": id}, by=ada)) is None
    deleted_at = await column(community, "deleted_at", id)
    assert abs((datetime.now(UTC) - deleted_at).total_seconds()) < 60
    assert value(await community.query(f"{FUNCTIONS}:post", {"postId": id}, by=ada)) is None


async def test_a_like_is_given_and_taken_back_and_counted(community, ada, post):
    answers = []
    for _ in range(3):
        answers.append(value(await community.mutate("posts:toggleLike", {"postId": post}, by=ada)))
        answers.append(await column(community, "like_count", post))
    assert answers == [True, 1, False, 0, True, 1]


async def test_a_new_name_follows_to_the_posts_once_copies_are_drained(community, ada, post):
    value(await community.mutate("users:rename", {"name": "Ada Lovelace"}, by=ada))
    assert await community.execution.drain_copies() > 0
    assert await community.execution.drain_copies() == 0
    assert await column(community, "author_name", post) == "Ada Lovelace"


async def test_enrolling_twice_is_enrolling_once_and_leaving_ends_it(community, ada):
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    [listed] = value(await community.query("courses:list", by=ada))
    assert listed["title"] == "Tea"

    first, second = [await community.mutate("courses:enroll", {"courseId": course}, by=ada) for _ in range(2)]
    assert value(first) == value(second)
    assert await column(community, "enrollment_count", course, "courses") == 1

    value(await community.mutate("courses:leave", {"courseId": course}, by=ada))
    assert await column(community, "enrollment_count", course, "courses") == 0
    again = await community.mutate("courses:leave", {"courseId": course}, by=ada)
    assert refusal(again) == {"code": "document.not_found", "message": "You do not take this course."}


# --- what is refused ---


async def test_whoever_must_sign_in_is_told_so(community, post):
    answer = await community.mutate("posts:toggleLike", {"postId": post})
    assert refusal(answer) == {"code": "access.sign_in_required", "message": "Sign in first."}


async def test_what_no_rule_allows_is_refused_and_leaves_nothing(community, ada, space, post):
    eve = await community.member("Eve")
    closed = await community.insert("spaces", name="News", visibility="public", post_permission="admins")

    nowhere = uuid4()

    refused = [
        await community.mutate("posts:create", {"spaceId": closed, "content": "Mine"}, by=ada),
        await community.mutate("posts:remove", {"postId": post}, by=eve),
        await community.mutate("posts:remove", {"postId": nowhere}, by=ada),
    ]

    assert [refusal(outcome) for outcome in refused] == [
        {"code": "access.denied", "message": "No rule allows this row in posts."},
        {"code": "access.denied", "message": "No rule allows this change in posts."},
        {"code": "document.not_found", "message": f"There is no row {nowhere} in posts."},
    ]
    assert await community.sql.fetch("select content, deleted_at from posts") == [("Hello", None)]


async def test_derived_columns_are_written_by_nobody(community, ada, post):
    by_patch = [
        await community.mutate(
            f"{FUNCTIONS}:patchPost", {"postId": post, "column": name, "value": "9"}, by=ada
        )
        for name in ("like_count", "author_name", "created_at", "updated_at")
    ]
    by_sql = await community.mutate(f"{FUNCTIONS}:setLikesBySql", {"postId": post, "count": 9}, by=ada)

    assert [refusal(outcome) for outcome in by_patch] == [
        {
            "code": "document.derived_column",
            "message": f"posts.{name} is kept by the database and cannot be written.",
        }
        for name in ("like_count", "author_name", "created_at", "updated_at")
    ]
    assert refusal(by_sql) == {"code": "access.denied", "message": "permission denied for table posts"}
    assert await column(community, "(like_count, author_name)", post) == (0, "Ada")


async def test_values_a_table_does_not_take_are_refused_with_the_reason(community, ada, space):
    empty, long, nowhere = [
        await community.mutate("posts:create", {"spaceId": id, "content": content}, by=ada)
        for id, content in ((space, ""), (space, "x" * 20_001), (uuid4(), "x"))
    ]
    nul = await community.mutate("users:rename", {"name": "a\0b"}, by=ada)

    assert refusal(empty) == {
        "code": "document.rejected",
        "message": "posts.content: String should have at least 1 character.",
    }
    assert refusal(long)["message"] == "posts.content: String should have at most 20000 characters."
    assert refusal(nowhere)["code"] == "access.denied"
    assert refusal(nul)["code"] == "document.rejected"


async def test_a_mutation_that_fails_changes_nothing(community, ada):
    outcome = await community.mutate(
        f"{FUNCTIONS}:renameAndFail", {"name": "Eve"}, by=ada, request=(uuid4(), 0)
    )

    assert refusal(outcome) == "changed my mind"
    assert outcome.xid is None
    assert await column(community, "name", ada.user_id, "users") == "Ada"
    assert await community.sql.fetchval("select count(*) from private.mutation_requests") == 0


async def test_only_mutations_can_be_called_as_mutations(community):
    for name in ("posts:feed", f"{FUNCTIONS}:likeAndRead", "posts:nothing"):
        outcome = await community.mutate(name)
        message = f"Could not find public function for '{name}'."
        assert outcome == MutationOutcome(None, FunctionError(message), (), None)


@pytest.mark.parametrize("arguments", [[1], {"$integer": "AAAAAAAAAAA="}, [{"$bytes": ""}]])
@pytest.mark.parametrize("name", ["posts:create", f"{FUNCTIONS}:likeAndRead"])
async def test_arguments_of_no_function_are_an_ordinary_failure(community, ada, name, arguments):
    call = MutationCall(canonical_call(name, arguments), ada, uuid4(), 0)
    run = community.execution.mutate if name == "posts:create" else community.execution.act
    message = "ArgumentValidationError: Arguments must be one object, or an array that holds just one object."
    assert await run(call) == MutationOutcome(None, FunctionError(message), (), None)


async def test_a_row_may_be_given_a_megabyte_and_no_more(community, ada, monkeypatch):
    monkeypatch.setattr(writing, "ROW_BYTES_MAX", 40)
    rename = [await community.mutate("users:rename", {"name": "n" * length}, by=ada) for length in (36, 37)]
    assert value(rename[0]) is None
    assert refusal(rename[1]) == {
        "code": "limit.exceeded",
        "message": "A row of users is given more than 40 bytes.",
    }


async def test_a_mutation_may_write_so_many_rows_and_no_more(community, ada, monkeypatch):
    monkeypatch.setattr(writing, "ROWS_WRITTEN_MAX", 3)
    enough, too_many = [
        await community.mutate(f"{FUNCTIONS}:renameOften", {"times": times}, by=ada) for times in (3, 4)
    ]
    assert value(enough) is None
    assert refusal(too_many)["message"] == "This mutation writes more than 3 rows."
    assert await column(community, "name", ada.user_id, "users") == "Name 2"


# --- exactly once ---


async def test_a_request_that_was_answered_is_answered_again_and_not_run_again(community, ada, space):
    arguments, request = {"spaceId": space, "content": "Hi"}, (uuid4(), 3)

    first = await community.mutate("posts:create", arguments, by=ada, request=request)
    again = await community.mutate("posts:create", arguments, by=ada, request=request)
    other = await community.mutate("posts:create", arguments, by=ada, request=(request[0], 4))

    assert first.xid is not None
    assert again == MutationOutcome(first.value_json, None, (), None)
    assert value(other) != value(first)
    assert await community.sql.fetchval("select count(*) from posts") == 2


async def test_a_mutation_that_would_fail_the_second_time_is_answered_as_the_first_time(community, ada):
    course = await community.insert("courses", title="Tea", visibility="public", status="published")
    request = (uuid4(), 0)

    answers = [
        value(
            await community.mutate(f"{FUNCTIONS}:enrollOnce", {"courseId": course}, by=ada, request=request)
        )
        for _ in range(2)
    ]
    anew = await community.mutate(
        f"{FUNCTIONS}:enrollOnce", {"courseId": course}, by=ada, request=(request[0], 1)
    )

    assert answers == ["welcome", "welcome"]
    assert refusal(anew) == "already enrolled"


async def test_a_stored_answer_is_for_its_own_caller_and_function(community, ada, space):
    eve, request = await community.member("Eve"), (uuid4(), 0)
    arguments = {"spaceId": space, "content": "Hi"}
    value(await community.mutate("posts:create", arguments, by=ada, request=request))

    by_eve = await community.mutate("posts:create", arguments, by=eve, request=request)
    by_visitor = await community.mutate("posts:create", arguments, request=request)
    for_another = await community.mutate("users:rename", {"name": "Ida"}, by=ada, request=request)

    reused = {"code": "request.reused", "message": "This request id or key belongs to another call."}
    assert [refusal(outcome) for outcome in (by_eve, by_visitor, for_another)] == [reused] * 3
    assert await community.sql.fetch("select author_id from posts") == [(ada.user_id,)]
    assert await column(community, "name", ada.user_id, "users") == "Ada"


async def test_the_same_request_sent_at_once_has_one_effect_and_one_answer(community, ada, space):
    for number in range(5):
        request = (uuid4(), number)
        outcomes = await asyncio.gather(
            *(
                community.mutate("posts:create", {"spaceId": space, "content": "Hi"}, by=ada, request=request)
                for _ in range(4)
            )
        )
        assert len({value(outcome) for outcome in outcomes}) == 1
        assert [outcome.xid is None for outcome in outcomes].count(False) == 1
    assert await community.sql.fetchval("select count(*) from posts") == 5


async def test_a_mutation_that_wrote_nothing_has_no_transaction_to_wait_for(community, ada):
    outcome = await community.mutate(f"{FUNCTIONS}:looksOnly", by=ada)
    assert (value(outcome), outcome.xid) == (str(ada.user_id), None)


async def test_requests_are_forgotten_after_two_weeks_a_batch_at_a_time(community, ada, monkeypatch):
    monkeypatch.setattr(execution, "REQUESTS_BATCH_MAX", 2)
    await community.sql.execute(
        "insert into private.mutation_requests (session_id, request_id, function, created_at) "
        "select gen_random_uuid(), hours, 'posts:create', now() - hours * interval '1 hour' "
        "from unnest(array[0, 24, 14 * 24 - 1, 14 * 24 + 1, 15 * 24, 1000]) as hours"
    )
    assert [await community.execution.prune_requests() for _ in range(3)] == [2, 1, 0]
    left = await community.sql.fetch("select request_id from private.mutation_requests order by request_id")
    assert [row["request_id"] for row in left] == [0, 24, 14 * 24 - 1]


async def test_copies_of_the_service_that_prune_at_once_do_not_wait_for_each_other(community):
    await community.sql.execute(
        "insert into private.mutation_requests (session_id, request_id, function, created_at) "
        "select gen_random_uuid(), number, 'posts:create', now() - interval '20 days' "
        "from generate_series(1, 3) as number"
    )
    async with community.sql.transaction():
        await community.sql.execute("select from private.mutation_requests where request_id = 1 for update")
        assert await community.execution.prune_requests() == 2
    assert await community.execution.prune_requests() == 1


# --- beside others ---


async def test_twenty_callers_at_one_row_all_get_through(community, ada, post):
    letters = "abcdefghijklmnopqrst"

    outcomes = await asyncio.gather(
        *(
            community.mutate(f"{FUNCTIONS}:append", {"postId": post, "text": letter}, by=ada)
            for letter in letters
        )
    )

    assert [outcome.error for outcome in outcomes] == [None] * len(letters)
    content = await column(community, "content", post)
    assert (content[:5], sorted(content[5:])) == ("Hello", sorted(letters))
    assert {value(outcome)[-1] for outcome in outcomes} == set(letters)
    assert any(isinstance(said, MutationConflicted) for said in community.observed)


async def test_twenty_people_like_one_post_at_once_and_all_are_counted(community, post):
    people = [await community.member(f"Member {number}") for number in range(20)]

    outcomes = await asyncio.gather(
        *(community.mutate("posts:toggleLike", {"postId": post}, by=person) for person in people)
    )

    assert [value(outcome) for outcome in outcomes] == [True] * 20
    assert await column(community, "like_count", post) == 20


async def test_one_person_at_several_windows_is_never_told_of_a_duplicate(community, ada, post):
    outcomes = await asyncio.gather(
        *(community.mutate("posts:toggleLike", {"postId": post}, by=ada) for _ in range(12))
    )

    assert sorted(value(outcome) for outcome in outcomes) == [False] * 6 + [True] * 6
    assert await column(community, "like_count", post) == 0


async def test_a_conflict_with_someone_elses_transaction_is_tried_again(community, ada, post):
    other = await asyncpg.connect(community.dsn)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("update posts set content = 'theirs ' where id = $1", post)
        arguments = {"postId": post, "text": "ours"}
        appending = asyncio.create_task(community.mutate(f"{FUNCTIONS}:append", arguments, by=ada))
        await until_somebody_waits(community)
        await transaction.commit()
        outcome = await appending
    finally:
        await other.close()

    assert value(outcome) == "theirs ours"
    conflicts = [said for said in community.observed if isinstance(said, MutationConflicted)]
    assert conflicts == [MutationConflicted(f"{FUNCTIONS}:append", 1, "40001")]


async def test_conflicts_without_end_are_given_up_with_a_word(community, ada, post, monkeypatch):
    monkeypatch.setattr(mutations, "ATTEMPTS_MAX", 3)
    # A trigger that always loses, as a transaction elsewhere that always wins would make it.
    await community.sql.execute(
        "create function lose() returns trigger language plpgsql as "
        "$$ begin raise exception 'lost' using errcode = '40001'; end $$;"
        "create trigger lose before update on public.posts for each row execute function lose()"
    )

    outcome = await community.mutate(f"{FUNCTIONS}:append", {"postId": post, "text": "!"}, by=ada)

    assert refusal(outcome) == {
        "code": "busy.try_again",
        "message": "The database is busy or away. Try again.",
    }
    assert [said.attempt for said in community.observed if isinstance(said, MutationConflicted)] == [1, 2, 3]


async def test_a_connection_lost_before_the_end_changes_nothing_and_says_so(community, ada, post):
    blocker = await asyncpg.connect(community.dsn)
    try:
        transaction = blocker.transaction()
        await transaction.start()
        await blocker.execute("select from posts where id = $1 for update", post)
        arguments = {"postId": post, "text": "!"}
        appending = asyncio.create_task(community.mutate(f"{FUNCTIONS}:append", arguments, by=ada))
        await until_somebody_waits(community)
        await community.sql.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock'"
        )
        outcome = await appending
        await transaction.rollback()
    finally:
        await blocker.close()

    assert refusal(outcome)["code"] == "busy.try_again"
    assert await column(community, "content", post) == "Hello"
    assert value(await community.mutate(f"{FUNCTIONS}:append", arguments, by=ada)) == "Hello!"


async def test_a_connection_lost_while_committing_leaves_the_outcome_open_and_asking_again_settles_it(
    community, ada, post
):
    await community.sql.execute(
        "create function cut() returns trigger language plpgsql security definer as "
        "$$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
        "create constraint trigger cut after update on public.posts deferrable initially deferred "
        "for each row execute function cut()"
    )
    arguments, request = {"postId": post, "text": "!"}, (uuid4(), 0)

    with pytest.raises(Unavailable):
        await community.mutate(f"{FUNCTIONS}:append", arguments, by=ada, request=request)
    await community.sql.execute("drop trigger cut on public.posts")

    assert (
        value(await community.mutate(f"{FUNCTIONS}:append", arguments, by=ada, request=request)) == "Hello!"
    )


async def until_somebody_waits(community: Community) -> None:
    """Return once a connection of the service waits for a lock."""
    async with asyncio.timeout(10):
        while not await community.sql.fetchval(  # noqa: ASYNC110 (another process has no way to tell us)
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and application_name = 'folkmoot mutations' "
            "and wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.005)


# --- actions ---


async def test_an_action_calls_mutations_and_queries_as_its_caller(community, ada, post):
    call = Call(f"{FUNCTIONS}:likeAndRead", encode_text({"postId": post}))
    outcome = await community.execution.act(MutationCall(call, ada, uuid4(), 0))

    assert value(outcome)["liked"] is True
    assert value(outcome)["post"]["likeCount"] == 1
    assert outcome.xid is None


async def test_an_actions_caller_learns_what_its_mutation_refused(community, post):
    call = Call(f"{FUNCTIONS}:likeAndRead", encode_text({"postId": post}))
    outcome = await community.execution.act(MutationCall(call, Identity(None, {"role": "anon"}), uuid4(), 0))
    assert refusal(outcome)["code"] == "access.sign_in_required"


async def test_no_more_actions_run_at_once_than_there_is_room_for(database, monkeypatch):
    monkeypatch.setattr("backend.runtime.execution.ACTIONS_RUNNING_MAX", 1)
    functions.WAITING.clear()
    call = MutationCall(Call(f"{FUNCTIONS}:waits", "{}"), Identity(None, {"role": "anon"}), None, None)
    async with open_community(database.dsn()) as community:
        running = asyncio.create_task(community.execution.act(call))
        await asyncio.sleep(0)
        refused = await community.execution.act(call)
        functions.WAITING.set()

    assert refusal(refused) == {
        "code": "busy.try_again",
        "message": "Too many actions are running. Try again.",
    }
    assert value(await running) == "done"
