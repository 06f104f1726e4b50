"""One run serves everybody of one standing, and nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.engine.ports import Answer, Call, QueryRun
from backend.engine.reads import IndexRange, ReadSet, RowRead
from backend.engine.versions import ANONYMOUS, Identity
from backend.protocol.values import encode_text
from backend.runtime.observations import AnswersShared, FunctionRan
from backend.runtime.snapshots import READS_SHARED_MIN
from tests.runtime.conftest import Community, value

FUNCTIONS = "tests/runtime/functions"


def asked(function: str, people: list[Identity], **arguments: object) -> list[QueryRun]:
    return [QueryRun(Call(function, encode_text(arguments)), person, None) for person in people]


def runs_of(community: Community) -> int:
    """How many functions ran since the last look."""
    ran = sum(isinstance(seen, FunctionRan) for seen in community.observed)
    community.observed.clear()
    return ran


def reads_taken_over(community: Community) -> int:
    """How many reads were another caller's, in all views so far."""
    return sum(seen.reads for seen in community.observed if isinstance(seen, AnswersShared))


def all_reads(answer: Answer) -> ReadSet:
    """What an answer depends on, wherever it says so."""
    own, common = answer.reads, answer.common_reads
    return ReadSet(own.rows | common.rows, own.ranges | common.ranges, own.tables | common.tables)


async def ask(
    community: Community, function: str, people: list[Identity], **arguments: object
) -> list[Answer]:
    """The same question by several people at once, which gives what each would be told alone."""
    together = await community.queries(*asked(function, people, **arguments))
    count = runs_of(community)
    alone = [await community.query(function, arguments, by=person) for person in people]
    assert [one.value_json for one in together] == [one.value_json for one in alone]
    assert [all_reads(one) for one in together] == [all_reads(one) for one in alone]
    ran = [seen for seen in community.observed if isinstance(seen, FunctionRan)]
    community.observed[:] = ran[:count]
    return together


@pytest.fixture
async def people(community: Community) -> dict[str, Identity]:
    """Four who only joined, two who pay for gold, one who stopped paying, and a moderator."""
    found = {name: await community.member(name) for name in ("Ada", "Bea", "Cy", "Di", "Ed", "Fay", "Gus")}
    for name, status in (("Ed", "active"), ("Fay", "past_due"), ("Gus", "canceled")):
        await community.insert("memberships", user_id=found[name].user_id, tier="gold", status=status)
    return {**found, "Mo": await community.member("Mo", role="moderator")}


async def post_in(community: Community, author: Identity, **space: object) -> UUID:
    space_id = await community.insert("spaces", name="General", **space)
    await community.insert("posts", space_id=space_id, author_id=author.user_id, content="Hello")
    return space_id


async def test_people_of_one_standing_are_served_by_one_run(community: Community, people):
    space = await post_in(community, people["Ada"], visibility="paid", required_tier="gold")
    everybody = list(people.values())
    answers = await ask(community, f"{FUNCTIONS}:first_posts", everybody, spaceId=space, count=9)
    assert runs_of(community) == 3  # Those without gold, those with it, and the moderator.
    seen = dict(zip(people, map(value, answers), strict=True))
    assert {name for name, posts in seen.items() if posts} == {"Ed", "Fay", "Mo"}


async def test_each_depends_on_their_own_standing(community: Community, people):
    space = await post_in(community, people["Ada"], visibility="members")
    answers = await ask(
        community, f"{FUNCTIONS}:first_posts", [people["Ada"], people["Bea"]], spaceId=space, count=9
    )
    for answer, name in zip(answers, ("Ada", "Bea"), strict=True):
        mine = people[name].user_id
        assert RowRead("public.users", mine, edits_only=True) in answer.reads.rows
        assert {read for read in answer.reads.ranges if read.table == "public.memberships"} == {
            IndexRange("public.memberships", ("user_id",), (mine,), edits_only=True)
        }


async def test_what_a_rule_says_of_a_person_is_not_shared(community: Community, people):
    await community.sql.execute("update users set visibility = 'private'")
    both = [people["Ada"], people["Bea"]]
    for _ in range(2):  # First it is tried and found to be personal, then it is known.
        answers = await ask(community, "users:me", both)
        assert [value(answer)["name"] for answer in answers] == ["Ada", "Bea"]
        assert runs_of(community) == 2


@pytest.mark.parametrize("function", ["claims", "whoami", "likes_of_mine"])
async def test_a_function_that_looks_at_its_caller_is_not_shared(community: Community, people, function):
    answers = await ask(community, f"{FUNCTIONS}:{function}", [people["Ada"], people["Bea"]])
    assert value(answers[0]) != value(answers[1])
    assert runs_of(community) == 2


async def test_a_failure_is_everybodys_own(community: Community, people):
    answers = await community.queries(*asked(f"{FUNCTIONS}:complains", [people["Ada"], people["Bea"]]))
    assert all(answer.error is not None for answer in answers)
    assert runs_of(community) == 2


async def test_visitors_and_people_without_a_profile_are_served_on_their_own(community: Community, people):
    space = await post_in(community, people["Ada"], visibility="members")
    await community.sql.execute("delete from users where id = $1", people["Bea"].user_id)
    three = [people["Ada"], people["Bea"], ANONYMOUS]
    answers = await ask(community, f"{FUNCTIONS}:first_posts", three, spaceId=space, count=9)
    assert list(map(value, answers)) == [["Hello"], ["Hello"], []]
    assert runs_of(community) == 3


async def test_different_questions_and_pages_are_not_mixed(community: Community, people):
    one = await post_in(community, people["Ada"], visibility="members")
    other = await post_in(community, people["Ada"], visibility="members")
    both = [people["Ada"], people["Bea"]]
    runs = [
        run
        for space in (one, other)
        for run in asked(f"{FUNCTIONS}:first_posts", both, spaceId=space, count=9)
    ]
    answers = await community.queries(*runs)
    assert list(map(value, answers)) == [["Hello"]] * 4
    assert runs_of(community) == 2
    posts = [{row.id for row in all_reads(answer).rows if row.table == "public.posts"} for answer in answers]
    assert posts[0] == posts[1] != posts[2] == posts[3]


async def test_a_view_goes_on_asking_for_standings_as_the_owner_of_the_tables(community: Community, people):
    space = await post_in(community, people["Ada"], visibility="paid", required_tier="gold")
    three = [people["Bea"], people["Ed"], people["Cy"]]
    personal = asked(f"{FUNCTIONS}:whoami", [people["Ada"], people["Bea"], people["Cy"]])
    view = await community.execution.open_snapshot()
    try:
        await view.run(personal)  # One leads; the others then need further lanes.
        posts = await view.run(asked(f"{FUNCTIONS}:first_posts", three, spaceId=space, count=9))
    finally:
        await view.close()
    assert list(map(value, posts)) == [[], ["Hello"], []]


# --- reads of runs that are not shared ---


@pytest.fixture
async def crowd(community: Community, people: dict[str, Identity]) -> list[Identity]:
    """Enough people for their reads to be shared, of three standings."""
    more = [await community.member(f"Person {number}") for number in range(READS_SHARED_MIN)]
    return [*people.values(), *more]


async def test_personal_answers_share_what_everybody_of_a_standing_reads(community: Community, people, crowd):
    space = await post_in(community, people["Ada"], visibility="paid", required_tier="gold")
    await community.insert("posts", space_id=space, author_id=people["Ed"].user_id, content="Mine")
    for _ in range(2):  # The second time the function is known to be personal.
        community.observed.clear()
        together = await community.queries(*asked(f"{FUNCTIONS}:posts_and_mine", crowd, spaceId=space))
        # Two with gold read three things each, a moderator stands alone, and the others look for posts once.
        may_see = [people[name] for name in ("Ed", "Fay", "Mo")]
        assert reads_taken_over(community) == 3 * (2 - 1) + (len(crowd) - 3 - 1)
        alone = [
            await community.query(f"{FUNCTIONS}:posts_and_mine", {"spaceId": space}, by=person)
            for person in crowd
        ]
        assert [one.value_json for one in together] == [one.value_json for one in alone]
        assert list(map(all_reads, together)) == list(map(all_reads, alone))
        seen = [person for person, one in zip(crowd, together, strict=True) if value(one)["all"]]
        assert {person.user_id for person in seen} == {person.user_id for person in may_see}
        mine = [value(one)["mine"] for one in together]
        assert [lines for lines in mine if lines] == [["Mine"]]


async def test_what_rules_keep_apart_is_read_by_everybody_for_themselves(community: Community, crowd):
    await community.sql.execute("update users set visibility = 'private'")
    space = await community.insert("spaces", name="General", visibility="members")
    post = await community.insert("posts", space_id=space, author_id=crowd[0].user_id, content="Hello")
    await community.sql.execute("update spaces set visibility = 'paid', required_tier = 'gold'")
    for person in crowd:
        await community.insert("likes", user_id=person.user_id, target_type="post", target_id=post)
    answers = await community.queries(*asked(f"{FUNCTIONS}:everything_of_mine", crowd))
    assert reads_taken_over(community) == 0
    own = [[str(person.user_id)] for person in crowd]
    gold = {crowd[4].user_id, crowd[5].user_id, crowd[7].user_id}
    for person, answer, likes in zip(crowd, answers, own, strict=True):
        if person.user_id not in gold:
            assert value(answer)[1:] == likes


async def test_who_fails_in_the_middle_takes_nobody_along(community: Community, people, crowd):
    space = await post_in(community, people["Ada"], visibility="members")
    arguments = {"spaceId": space, "failing": "Person 3"}
    answers = await community.queries(*asked(f"{FUNCTIONS}:posts_unless_first", crowd, **arguments))
    failed = [answer for answer in answers if answer.error is not None]
    assert len(failed) == 1
    assert all(value(answer)[1:] == ["Hello"] for answer in answers if answer.error is None)


async def test_a_few_people_are_not_worth_asking_how_they_stand(community: Community, people):
    space = await post_in(community, people["Ada"], visibility="members")
    few = list(people.values())[: READS_SHARED_MIN - 1]
    await community.queries(
        *asked(f"{FUNCTIONS}:posts_and_mine", few, spaceId=space)
    )  # Found to be personal.
    community.observed.clear()
    answers = await community.queries(*asked(f"{FUNCTIONS}:posts_and_mine", few, spaceId=space))
    assert [value(answer)["all"] for answer in answers] == [["Hello"]] * len(few)
    assert reads_taken_over(community) == 0
