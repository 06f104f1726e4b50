"""Queries on a real database: whose eyes they see with, and exactly what they are recorded to have read."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.engine.ports import Answer, Call, FunctionError, QueryRun
from backend.engine.reads import NOTHING_READ, Bound, IndexRange, ReadSet, RowRead, TableRead
from backend.engine.versions import ANONYMOUS, Identity
from backend.postgres.errors import Unavailable
from backend.protocol.values import encode_text
from backend.runtime import snapshots
from backend.runtime.observations import FunctionBroke
from tests.runtime.conftest import Community, open_community, refusal, value

FUNCTIONS = "tests/runtime/functions"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
POSTS_BY_SPACE = ("space_id", "created_at", "id")


async def make_posts(community: Community, space: UUID, author: Identity, *contents: str) -> list[UUID]:
    """Posts a minute apart."""
    return [
        await community.insert(
            "posts",
            space_id=space,
            author_id=author.user_id,
            content=content,
            created_at=MOMENT + timedelta(minutes=number),
        )
        for number, content in enumerate(contents)
    ]


def rule_rows(space: UUID, caller: Identity) -> ReadSet:
    """What decides whether `caller` sees the posts of `space`."""
    if caller.user_id is None:
        return ReadSet(rows=frozenset({edits_of("public.spaces", space)}))
    return ReadSet(
        rows=frozenset({edits_of("public.spaces", space), edits_of("public.users", caller.user_id)}),
        ranges=frozenset({memberships_of(caller)}),
    )


def edits_of(table: str, id: UUID | None) -> RowRead:
    assert id is not None
    return RowRead(table, id, edits_only=True)


def memberships_of(caller: Identity) -> IndexRange:
    return IndexRange("public.memberships", ("user_id",), (caller.user_id,), edits_only=True)


def joined(*reads: ReadSet) -> ReadSet:
    return ReadSet(
        frozenset().union(*(read.rows for read in reads)),
        frozenset().union(*(read.ranges for read in reads)),
        frozenset().union(*(read.tables for read in reads)),
    )


def rows(table: str, *ids: UUID) -> ReadSet:
    return ReadSet(rows=frozenset(RowRead(table, id) for id in ids))


async def test_a_document_carries_what_convex_clients_expect(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    [post] = await make_posts(community, space, ada, "Hello")
    updated_at = await community.sql.fetchval("select updated_at from posts")

    answer = await community.query(f"{FUNCTIONS}:post", {"postId": post})

    assert value(answer) == {
        "_id": str(post),
        "_creationTime": MOMENT.timestamp() * 1000,
        "spaceId": str(space),
        "authorId": str(ada.user_id),
        "content": "Hello",
        "authorName": "Ada",
        "authorAvatar": None,
        "likeCount": 0.0,
        "commentCount": 0.0,
        "deletedAt": None,
        "updatedAt": pytest.approx(updated_at.timestamp() * 1000, abs=0.001),
    }


async def test_each_caller_sees_what_the_rules_show_them(community: Community):
    ada, max_ = await community.member("Ada"), await community.member("Max", role="moderator")
    bea = await community.member("Bea")
    await community.insert("memberships", user_id=bea.user_id, tier="gold", status="active")
    for number, visibility in enumerate(("public", "members", "paid")):
        await community.insert("spaces", name=visibility, visibility=visibility, order=number)

    seen = {
        who: [space["name"] for space in value(await community.query("spaces:list", by=caller))]
        for who, caller in {"visitor": ANONYMOUS, "ada": ada, "bea": bea, "max": max_}.items()
    }

    assert seen == {
        "visitor": ["public"],
        "ada": ["public", "members"],
        "bea": ["public", "members", "paid"],
        "max": ["public", "members", "paid"],
    }


async def test_me_is_the_caller_and_nobody_for_a_visitor(community: Community):
    ada = await community.member("Ada")
    assert value(await community.query("users:me", by=ada))["name"] == "Ada"
    assert value(await community.query("users:me")) is None


async def test_what_lasts_of_a_token_reaches_the_function_and_the_database_and_no_more(community: Community):
    ada = await community.member("Ada")
    lasting = {"aud": "authenticated", "role": "authenticated", "sub": str(ada.user_id)}

    known = value(await community.query(f"{FUNCTIONS}:claims", by=ada))

    assert known["function"] == lasting
    assert known["database"] == {
        "role": "authenticated",
        "uid": str(ada.user_id),
        "claims": json.dumps(lasting, separators=(",", ":")),
    }
    visitor = value(await community.query(f"{FUNCTIONS}:claims"))["database"]
    assert visitor == {"role": "anon", "uid": None, "claims": '{"role":"anon"}'}


# --- what was read ---


async def test_a_row_by_id_is_read_with_the_rows_its_rules_rest_on(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    [post] = await make_posts(community, space, ada, "Hello")

    answer = await community.query(f"{FUNCTIONS}:post", {"postId": post}, by=ada)

    assert answer.reads == joined(rows("public.posts", post), rule_rows(space, ada))


async def test_a_row_that_is_not_there_is_read_too_and_any_space_might_hold_it(community: Community):
    ada, nowhere = await community.member("Ada"), uuid4()

    answer = await community.query(f"{FUNCTIONS}:post", {"postId": nowhere}, by=ada)

    assert value(answer) is None
    assert answer.reads == ReadSet(
        rows=frozenset({RowRead("public.posts", nowhere), edits_of("public.users", ada.user_id)}),
        ranges=frozenset({memberships_of(ada)}),
        tables=frozenset({TableRead("public.spaces", edits_only=True)}),
    )


async def test_a_range_is_read_between_its_bounds_even_where_it_is_empty(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    posts = await make_posts(community, space, ada, "a", "b", "c", "d")
    since, before = MOMENT + timedelta(minutes=1), MOMENT + timedelta(minutes=3)

    arguments = {"spaceId": space, "since": since, "before": before}
    answer = await community.query(f"{FUNCTIONS}:postsSince", arguments, by=ada)

    assert [post["content"] for post in value(answer)] == ["b", "c"]
    stretch = IndexRange(
        "public.posts",
        POSTS_BY_SPACE,
        (space,),
        Bound((since,), inclusive=True),
        Bound((before,), inclusive=False),
    )
    assert answer.reads == joined(
        ReadSet(ranges=frozenset({stretch})), rows("public.posts", posts[1], posts[2]), rule_rows(space, ada)
    )

    empty = await community.query(f"{FUNCTIONS}:postsSince", {**arguments, "since": before}, by=ada)
    stretch = IndexRange(
        "public.posts",
        POSTS_BY_SPACE,
        (space,),
        Bound((before,), inclusive=True),
        Bound((before,), inclusive=False),
    )
    assert empty.reads == joined(ReadSet(ranges=frozenset({stretch})), rule_rows(space, ada))


async def test_a_few_rows_of_many_are_read_up_to_the_last_of_them(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    posts = await make_posts(community, space, ada, "a", "b", "c")

    answer = await community.query(f"{FUNCTIONS}:firstPosts", {"spaceId": space, "count": 2})

    last = Bound((MOMENT + timedelta(minutes=1), posts[1]), inclusive=True)
    stretch = IndexRange("public.posts", POSTS_BY_SPACE, (space,), upper=last)
    assert value(answer) == ["a", "b"]
    assert answer.reads == joined(
        ReadSet(ranges=frozenset({stretch})), rows("public.posts", *posts[:2]), rule_rows(space, ANONYMOUS)
    )


async def test_fewer_rows_than_asked_for_are_read_without_an_end(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    posts = await make_posts(community, space, ada, "a")

    answer = await community.query(f"{FUNCTIONS}:firstPosts", {"spaceId": space, "count": 2})

    stretch = IndexRange("public.posts", POSTS_BY_SPACE, (space,))
    assert answer.reads == joined(
        ReadSet(ranges=frozenset({stretch})), rows("public.posts", *posts), rule_rows(space, ANONYMOUS)
    )


async def test_rows_a_filter_drops_are_read_all_the_same(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    posts = await make_posts(community, space, ada, "tea", "coffee", "green tea", "water")

    arguments = {"spaceId": space, "word": "tea", "count": 2}
    answer = await community.query(f"{FUNCTIONS}:firstContaining", arguments)

    last = Bound((MOMENT + timedelta(minutes=2), posts[2]), inclusive=True)
    stretch = IndexRange("public.posts", POSTS_BY_SPACE, (space,), upper=last)
    assert value(answer) == ["tea", "green tea"]
    assert answer.reads == joined(
        ReadSet(ranges=frozenset({stretch})), rows("public.posts", *posts[:3]), rule_rows(space, ANONYMOUS)
    )


async def test_ones_own_rows_rest_on_nothing_else(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    [post] = await make_posts(community, space, ada, "Hello")
    like = await community.insert("likes", user_id=ada.user_id, target_type="post", target_id=post)

    answer = await community.query(f"{FUNCTIONS}:likesOf", {"userId": ada.user_id}, by=ada)

    assert value(answer) == 1
    stretch = IndexRange("public.likes", ("user_id", "target_type", "target_id"), (ada.user_id,))
    assert answer.reads == joined(ReadSet(ranges=frozenset({stretch})), rows("public.likes", like))


async def test_softly_deleted_rows_are_left_out(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    posts = await make_posts(community, space, ada, "a", "b", "c")
    await community.sql.execute("update posts set deleted_at = now() where id = $1", posts[1])

    seen = await community.query(f"{FUNCTIONS}:firstPosts", {"spaceId": space, "count": 9}, by=ada)

    assert value(seen) == ["a", "c"]
    assert value(await community.query(f"{FUNCTIONS}:post", {"postId": posts[1]}, by=ada)) is None


# --- failures ---


async def test_a_failing_query_fails_for_its_own_caller_only(community: Community):
    ada = await community.member("Ada")
    runs = [
        QueryRun(Call(f"{FUNCTIONS}:{name}", "{}"), by, None)
        for name in ("breaksSql", "countPosts", "breaks", "countPosts", "breaksSql", "countPosts")
        for by in (ANONYMOUS, ada)
    ]

    answers = await community.queries(*runs)

    assert [answer.value_json for answer in answers] == [None, None, "0.0", "0.0"] * 3


async def test_a_bug_is_told_to_the_observer_and_in_development_to_the_caller(community: Community):
    first, second = [await community.query(f"{FUNCTIONS}:breaks") for _ in range(2)]

    [broke, _] = [said for said in community.observed if isinstance(said, FunctionBroke)]
    assert first == Answer(
        value_json=None,
        error=FunctionError(f"[Request ID: {broke.request_id}] Server Error\nUncaught KeyError: 'a secret'"),
        journal=None,
        log_lines=(),
        reads=NOTHING_READ,
    )
    # The same failure again is the same answer, so that subscribers are not woken by it.
    assert second == first
    assert (broke.function, repr(broke.error)) == (f"{FUNCTIONS}:breaks", "KeyError('a secret')")


async def test_an_error_raised_for_the_caller_carries_its_data(community: Community):
    answer = await community.query(f"{FUNCTIONS}:complains")

    assert refusal(answer) == {"code": "tea.cold", "degrees": 12}
    assert answer.error is not None
    assert answer.error.message.endswith(
        'Server Error\nUncaught ConvexError: {"code":"tea.cold","degrees":12.0}'
    )


async def test_in_production_clients_learn_nothing_of_a_bug_but_still_get_what_is_meant_for_them(database):
    async with open_community(database.dsn(), production=True) as community:
        names = ("breaks", "lies", "complains")
        breaks, lies, complains = [await community.query(f"{FUNCTIONS}:{name}") for name in names]
        misused = await community.query(f"{FUNCTIONS}:post", {"postId": 7})
        requests = [said.request_id for said in community.observed if isinstance(said, FunctionBroke)]

    assert [breaks.error, lies.error] == [
        FunctionError(f"[Request ID: {request_id}] Server Error") for request_id in requests
    ]
    assert complains.error is not None
    assert complains.error.message.endswith("] Server Error")
    assert refusal(complains) == {"code": "tea.cold", "degrees": 12}
    assert misused.error is not None
    assert misused.error.message.startswith("ArgumentValidationError: Value does not match validator.")


UNKNOWN = ["nowhere:at_all", f"{FUNCTIONS}:hidden", "posts:create", "posts:no_such"]


@pytest.mark.parametrize("name", UNKNOWN)
async def test_what_clients_may_not_query_does_not_exist_for_them(community: Community, name: str):
    answer = await community.query(name)
    assert answer.error == FunctionError(f"Could not find public function for '{name}'.")


async def test_wrong_arguments_are_explained_and_read_nothing(community: Community):
    answer = await community.query(f"{FUNCTIONS}:post", {"postId": "seven"})

    assert answer.error == FunctionError(
        "ArgumentValidationError: Value does not match validator.\n"
        'Path: .postId\nValue: "seven"\nValidator: v.id("posts")'
    )
    assert answer.reads == NOTHING_READ


async def test_a_table_closed_to_visitors_is_refused_by_name(community: Community):
    answer = await community.query(f"{FUNCTIONS}:likesOf", {"userId": uuid4()})
    assert refusal(answer) == {"code": "access.denied", "message": "permission denied for table likes"}


async def test_a_row_read_before_is_read_as_it_is_now(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    [post] = await make_posts(community, space, ada, "a")
    texts = ["a", "b", "a"]

    answers: list[Answer] = []
    for text in texts:
        await community.sql.execute("update public.posts set content = $2 where id = $1", post, text)
        answers.append(await community.query(f"{FUNCTIONS}:post", {"postId": post}))

    assert [value(answer)["content"] for answer in answers] == texts


# --- snapshots ---


async def test_all_runs_of_a_snapshot_see_one_moment(community: Community):
    ada = await community.member("Ada")
    people = [ANONYMOUS, ada, *[await community.member(f"Member {number}") for number in range(6)]]
    space = await community.insert("spaces", name="General", visibility="public")
    await make_posts(community, space, ada, "a")
    arguments = encode_text({"spaceId": space, "count": 5})
    runs = [QueryRun(Call(f"{FUNCTIONS}:firstPosts", arguments), by, None) for by in people] * 3

    view = await community.execution.open_snapshot()
    try:
        await make_posts(community, space, ada, "too late")
        answers = await view.run(runs)
    finally:
        await view.close()

    assert [value(answer) for answer in answers] == [["a"]] * len(runs)
    later = await community.query(f"{FUNCTIONS}:firstPosts", {"spaceId": space, "count": 5})
    assert sorted(value(later)) == ["a", "too late"]


async def test_a_snapshot_knows_what_it_sees_and_stands_no_earlier_than_that(community: Community):
    ada = await community.member("Ada")
    async with community.sql.transaction():
        open_xid = int(await community.sql.fetchval("select pg_current_xact_id()::text"))
        before = await community.execution.open_snapshot()
        await before.close()
    [moved] = await community.sql.fetch("select (pg_current_wal_insert_lsn() - '0/0')::bigint as position")
    outcome = await community.mutate("users:rename", {"name": "Ada L."}, by=ada)
    after = await community.execution.open_snapshot()
    await after.close()

    assert outcome.xid is not None
    assert not before.snapshot.sees(open_xid)
    assert after.snapshot.sees(open_xid)
    assert not before.snapshot.sees(outcome.xid)
    assert after.snapshot.sees(outcome.xid)
    assert before.position <= moved["position"] < after.position


async def test_a_snapshot_that_answered_one_run_answers_many_more_of_the_same_moment(community: Community):
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    await make_posts(community, space, ada, "a")
    arguments = encode_text({"spaceId": space, "count": 5})
    runs = [QueryRun(Call(f"{FUNCTIONS}:firstPosts", arguments), by, None) for by in (ada, ANONYMOUS)] * 4

    view = await community.execution.open_snapshot()
    try:
        first = await view.run(runs[:1])
        await make_posts(community, space, ada, "too late")
        many = await view.run(runs)
        last = await view.run(runs[-1:])
        nothing = await view.run([])
    finally:
        await view.close()

    assert [value(answer) for answer in (*first, *many, *last)] == [["a"]] * (len(runs) + 2)
    assert nothing == []


async def test_a_run_after_a_failed_one_of_the_same_caller_is_still_the_callers_own(community: Community):
    ada = await community.member("Ada")
    names = ("claims", "breaksSql", "claims", "complains", "claims")

    view = await community.execution.open_snapshot()
    try:
        ended = [
            (await view.run([QueryRun(Call(f"{FUNCTIONS}:{name}", "{}"), ada, None)]))[0] for name in names
        ]
    finally:
        await view.close()

    assert [answer.error is not None for answer in ended] == [False, True, False, True, False]
    before, _, between, _, after = ended
    assert value(before)["database"]["uid"] == str(ada.user_id)
    assert before == between == after


async def test_more_snapshots_than_connections_are_opened_in_turn(community: Community):
    runs = [QueryRun(Call(f"{FUNCTIONS}:countPosts", "{}"), ANONYMOUS, None)] * 5

    async def ask() -> list[object]:
        return [value(answer) for answer in await community.queries(*runs)]

    asked = snapshots.SNAPSHOTS_OPEN_MAX * 3
    assert await asyncio.gather(*(ask() for _ in range(asked))) == [[0.0] * 5] * asked


async def test_a_lost_connection_fails_the_snapshot_and_the_next_one_works(community: Community):
    sleeping = QueryRun(Call(f"{FUNCTIONS}:sleeps", '{"seconds":30.0}'), ANONYMOUS, None)
    counting = QueryRun(Call(f"{FUNCTIONS}:countPosts", "{}"), ANONYMOUS, None)
    asking = asyncio.create_task(community.queries(sleeping, counting))
    async with asyncio.timeout(10):
        while not await community.sql.fetchval(  # noqa: ASYNC110 (another process has no way to tell us)
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            "where datname = current_database() and application_name = 'folkmoot queries' "
            "and wait_event = 'PgSleep'"
        ):
            await asyncio.sleep(0.005)

    with pytest.raises(Unavailable):
        await asking
    assert [value(answer) for answer in await community.queries(*[counting] * 9)] == [0] * 9


async def test_a_run_that_takes_too_long_is_stopped_and_its_lane_goes_on(community: Community, monkeypatch):
    monkeypatch.setattr("backend.runtime.queries.QUERY_S_MAX", 0.05)
    calls = [Call(f"{FUNCTIONS}:sleeps", '{"seconds":30.0}'), Call(f"{FUNCTIONS}:countPosts", "{}")]

    slow, quick = await community.queries(*[QueryRun(call, ANONYMOUS, None) for call in calls])

    assert refusal(slow) == {"code": "limit.exceeded", "message": "This function ran longer than 0.05 s."}
    assert value(quick) == 0


async def test_reading_too_many_rows_is_refused_at_one_past_the_limit(community: Community, monkeypatch):
    monkeypatch.setattr("backend.runtime.reading.ROWS_READ_MAX", 3)
    ada = await community.member("Ada")
    space = await community.insert("spaces", name="General", visibility="public")
    await make_posts(community, space, ada, "a", "b", "c")
    arguments = {"spaceId": space, "since": MOMENT, "before": MOMENT + timedelta(days=1)}

    assert len(value(await community.query(f"{FUNCTIONS}:postsSince", arguments))) == 3
    await make_posts(community, space, ada, "d")
    refused = await community.query(f"{FUNCTIONS}:postsSince", arguments)

    assert refusal(refused) == {
        "code": "limit.exceeded",
        "message": "This function reads more than 3 rows.",
        "hint": "Read a page, narrow the index range, or declare a derived field.",
    }
    [stretch] = [read for read in refused.reads.ranges if read.table == "public.posts"]
    assert stretch.prefix == (space,)
