"""The community's own feed, goals and resources, as its people use them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from tests.domains.community_people import (
    BROWSER,
    CHECKED,
    MUTATION,
    REFUSED,
    TAKEN,
    People,
    open_people,
    refused,
)

MONDAY, TUESDAY = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)


@pytest.fixture
async def people(shared_dsn) -> AsyncIterator[People]:
    async with open_people(shared_dsn) as opened:
        yield opened


async def a_post(people: People, author: UUID, **columns: object) -> UUID:
    return await people.add("community.community_posts", author_id=author, content="Hello", **columns)


async def a_goal(people: People) -> UUID:
    track = await people.add("community.tracks", name="Speak up")
    return await people.add("community.track_goals", track_id=track, title="Ask")


async def a_resource(people: People, **columns: object) -> UUID:
    given = {
        "title": "Agenda",
        "description": "For an hour",
        "type": "template",
        "category": "templates",
        "format": "PDF",
        "published_at": MONDAY,
    }
    return await people.add("community.community_resources", **given | columns)


async def test_moderators_pin_posts_and_only_they_change_what_is_pinned(people):
    ada, grace = await people.person("Ada"), await people.person("Grace", role="moderator")
    post = await people.insert_as(MUTATION, ada, "community.community_posts", author_id=ada, content="Hi")
    change = ("community.community_posts", post)
    assert await people.change_as(MUTATION, ada, *change, content="Hello") == 1
    async with refused(REFUSED):
        await people.change_as(MUTATION, ada, *change, is_pinned=True)
    assert await people.change_as(MUTATION, grace, *change, is_pinned=True) == 1
    assert await people.change_as(MUTATION, ada, *change, content="Mine") == 0
    assert await people.change_as(MUTATION, ada, *change, is_pinned=False) == 0
    assert await people.change_as(MUTATION, grace, *change, content="Ours", is_pinned=False) == 1
    assert await people.change_as(MUTATION, ada, *change, content="Mine") == 1


async def test_nobody_posts_something_pinned(people):
    grace = await people.person("Grace", role="moderator")
    async with refused(REFUSED):
        await people.insert_as(
            MUTATION, grace, "community.community_posts", author_id=grace, content="Hi", is_pinned=True
        )


async def test_a_post_counts_its_likes_and_the_replies_that_are_there(people):
    ada, eve = await people.person("Ada"), await people.person("Eve")
    post = await a_post(people, ada)
    like = await people.add("community.community_post_likes", post_id=post, user_id=eve)
    replies = [
        await people.add("community.community_post_replies", post_id=post, author_id=eve, content="Hi")
        for _ in range(2)
    ]
    counts = "(likes_count, replies_count)"
    assert await people.value("community.community_posts", post, counts) == (1, 2)
    async with refused(TAKEN):
        await people.add("community.community_post_likes", post_id=post, user_id=eve)
    await people.change_as(MUTATION, eve, "community.community_post_replies", replies[0], deleted_at=MONDAY)
    await people.run("delete from community.community_post_likes where id = $1", like)
    assert await people.value("community.community_posts", post, counts) == (0, 1)
    assert await people.drift() == {}


async def test_a_goal_is_paused_or_completed_at_a_moment_that_is_told(people):
    ada, goal = await people.person("Ada"), await a_goal(people)
    history = await people.insert_as(
        BROWSER, ada, "community.user_goal_history", user_id=ada, goal_id=goal, started_at=MONDAY
    )
    change = ("community.user_goal_history", history)
    for incoherent in (
        {"status": "completed"},
        {"status": "paused"},
        {"completed_at": TUESDAY},
        {"paused_at": TUESDAY},
        {"status": "paused", "paused_at": TUESDAY, "completed_at": TUESDAY},
    ):
        async with refused(REFUSED):
            await people.change_as(BROWSER, ada, *change, **incoherent)
    assert await people.change_as(BROWSER, ada, *change, status="paused", paused_at=TUESDAY) == 1
    assert await people.change_as(BROWSER, ada, *change, status="active", paused_at=None, progress=50) == 1
    assert await people.change_as(BROWSER, ada, *change, status="completed", completed_at=TUESDAY) == 1
    async with refused(CHECKED):
        await people.change_as(BROWSER, ada, *change, started_at=datetime(2026, 1, 7, tzinfo=UTC))
    async with refused(CHECKED):
        await people.change_as(BROWSER, ada, *change, progress=101)


async def test_only_the_service_writes_what_compares_people(people):
    ada, goal = await people.person("Ada"), await a_goal(people)
    history = await people.add("community.user_goal_history", user_id=ada, goal_id=goal)
    for role in (BROWSER, MUTATION):
        async with refused(REFUSED):
            await people.insert_as(
                role, ada, "community.goal_metrics", user_goal_history_id=history, ranking=1
            )
    metrics = await people.add("community.goal_metrics", user_goal_history_id=history, ranking=1)
    async with refused(TAKEN):
        await people.add("community.goal_metrics", user_goal_history_id=history, ranking=2)
    assert await people.sees("community.goal_metrics", metrics, ada)
    assert not await people.sees("community.goal_metrics", metrics, await people.person("Eve"))


async def test_a_person_begins_with_a_profile_and_loses_a_goal_that_is_removed(people):
    ada, goal = await people.person("Ada"), await a_goal(people)
    chosen = "(current_track_id is null, current_goal_id is null)"
    assert await people.value("community.profiles", ada, chosen) == (True, True)
    assert await people.change_as(BROWSER, ada, "community.profiles", ada, current_goal_id=goal) == 1
    assert await people.value("community.profiles", ada, "current_goal_id") == goal
    await people.run("delete from community.track_goals where id = $1", goal)
    assert await people.value("community.profiles", ada, chosen) == (True, True)


async def test_an_action_is_worth_what_its_type_is_worth_and_outlives_its_course(people):
    ada = await people.person("Ada")
    studied = await people.add("community.action_types", name="Studied", points=5)
    course = await people.add("public.courses", title="Rhetoric")
    given = {"user_id": ada, "action_type_id": studied, "course_id": course}
    async with refused(REFUSED):
        await people.insert_as(BROWSER, ada, "community.user_actions", **given, points=500)
    action = await people.insert_as(BROWSER, ada, "community.user_actions", **given)
    assert await people.value("community.user_actions", action, "points") == 5
    await people.run("update community.action_types set points = 7")
    await people.drain()
    assert await people.value("community.user_actions", action, "points") == 7
    await people.run("delete from public.courses")
    assert await people.value("community.user_actions", action, "course_id") is None


@pytest.mark.parametrize(
    ("status", "opened"), [("active", True), ("past_due", True), ("canceled", False), ("unpaid", False)]
)
async def test_a_member_only_resource_opens_with_a_live_membership_of_any_tier(people, status, opened):
    payer, stranger = await people.person("Ada", tier="bronze", status=status), await people.person("Eve")
    free, closed = await a_resource(people), await a_resource(people, access="member-only")
    draft = await a_resource(people, published_at=None)
    withdrawn = await a_resource(people, deleted_at=TUESDAY)
    table = "community.community_resources"
    assert await people.seen(table, None) == {free}
    assert await people.seen(table, stranger) == {free}
    assert await people.seen(table, payer) == ({free, closed} if opened else {free})
    moderator = await people.person("Grace", role="moderator")
    assert await people.seen(table, moderator) == {free, closed, draft, withdrawn}


async def test_a_rating_is_the_mean_of_one_vote_each(people):
    resource, voters = await a_resource(people), [await people.person(name) for name in ("Ada", "Eve", "Bob")]
    table, rating = "community.resource_ratings", "community.community_resources"
    assert await people.value(rating, resource, "rating") is None
    for voter, stars in zip(voters, (5, 4, 4), strict=True):
        await people.insert_as(MUTATION, voter, table, resource_id=resource, user_id=voter, rating=stars)
    assert await people.value(rating, resource, "rating") == Decimal("4.33")
    async with refused(TAKEN):
        await people.insert_as(MUTATION, voters[0], table, resource_id=resource, user_id=voters[0], rating=1)
    for stars in (0, 6):
        async with refused(CHECKED):
            await people.run(f"update {table} set rating = {stars}")
    await people.run(f"delete from {table} where rating = 4")
    assert await people.value(rating, resource, "rating") == Decimal("5.00")
    assert await people.drift() == {}


async def test_a_download_counts_whoever_it_was_by_and_still_when_they_have_left(people):
    ada, resource = await people.person("Ada"), await a_resource(people)
    table = "community.resource_downloads"
    mine = await people.insert_as(MUTATION, ada, table, resource_id=resource, user_id=ada)
    guest = await people.add(table, resource_id=resource, email="guest@example.net", ip_address="203.0.113.7")
    for pretended in ({"email": "eve@example.org"}, {"ip_address": "203.0.113.7"}):
        async with refused(REFUSED):
            await people.insert_as(MUTATION, ada, table, resource_id=resource, user_id=ada, **pretended)
    assert await people.seen(table, ada) == {mine}
    assert await people.seen(table, await people.person("Root", role="admin")) == {mine, guest}
    assert await people.seen(table, await people.person("Grace", role="moderator")) == set()
    await people.run("delete from auth.users where id = $1", ada)
    assert await people.value("community.community_resources", resource, "download_count") == 2
    assert await people.value(table, mine, "user_id") is None


async def test_the_seeded_feed_and_resources_are_lively_and_right(seeded_people):
    feed = await seeded_people.owner.fetch(
        "select likes_count, replies_count, is_pinned from community.community_posts order by created_at"
    )
    assert [tuple(post) for post in feed] == [(2, 0, True), (2, 1, False), (1, 1, False), (0, 0, False)]
    shelf = await seeded_people.owner.fetch(
        "select download_count, rating from community.community_resources order by created_at"
    )
    assert [tuple(one) for one in shelf] == [
        (2, Decimal("4.67")),
        (1, Decimal("4.00")),
        (1, None),
        (0, None),
    ]
    actions = await seeded_people.owner.fetch("select points from community.user_actions order by created_at")
    assert [one["points"] for one in actions] == [20, 50, 5]
    assert await seeded_people.drift() == {}
