"""What a visitor sees, and what nobody may write: in both faces, each refusal beside what is allowed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.clients.browser import Browser, CallError
from tests.clients.feeds import contents, feed_of
from tests.clients.world import World

Json = Any


async def test_a_visitor_sees_what_is_public_and_nothing_else(browser: Browser, world: World):
    author = await browser.tab("ada").sign_up()
    spaces = {
        visibility: await world.space(visibility, visibility=visibility)
        for visibility in ("public", "members", "paid")
    }
    for visibility, space in spaces.items():
        await world.post(space, author, f"in {visibility}")

    async def seen_by(name: str) -> Json:
        tab = browser.tab(name)
        listed = await tab.query("spaces:list")
        feeds = [await tab.query("posts:feed", **feed_of(space)) for space in spaces.values()]
        tables = [
            await tab.do("select", table=table, columns=column, match={})
            for table, column in (("spaces", "name"), ("posts", "content"), ("users", "name"))
        ]
        return {
            "by convex": (
                sorted(space["name"] for space in listed),
                [content for feed in feeds for content in contents(feed)],
            ),
            "from tables": [
                sorted(value for row in table["data"] or [] for value in row.values()) for table in tables
            ],
        }

    assert await seen_by("nobody") == {
        "by convex": (["public"], ["in public"]),
        "from tables": [["public"], ["in public"], []],
    }
    assert await seen_by("ada") == {
        "by convex": (["members", "public"], ["in public", "in members"]),
        "from tables": [["members", "public"], ["in members", "in public"], ["ada"]],
    }


async def test_a_visitor_may_write_nothing(browser: Browser, world: World):
    space = await world.space()
    ada, nobody = browser.tab("ada"), browser.tab("nobody")
    post = await world.post(space, await ada.sign_up(), "hello")

    for path, args in [
        ("posts:create", {"spaceId": space, "content": "spam"}),
        ("posts:toggleLike", {"postId": post}),
    ]:
        with pytest.raises(CallError) as refusal:
            await nobody.mutate(path, **args)
        assert refusal.value.code == "access.sign_in_required"
        await ada.mutate(path, **args)
    row = {"space_id": space, "content": "spam"}
    assert await nobody.do("insert", table="posts", row=row) == {"data": None, "code": "42501", "status": 401}
    assert await world.value("select array_agg(content order by created_at) from posts") == ["hello", "spam"]


async def test_derived_fields_are_written_by_nobody(browser: Browser, world: World, stack):
    space = await world.space()
    ada = browser.tab("ada")
    post = await world.post(space, await ada.sign_up(), "hello")
    forged = {"like_count": 1_000_000, "author_name": "Root"}

    refused = await ada.do("update", table="posts", match={"id": post}, row=forged)
    async with httpx.AsyncClient(headers={"apikey": stack.service_role_key}) as service_role:
        by_service_role = await service_role.patch(f"{stack.api_url}/rest/v1/posts?id=eq.{post}", json=forged)
    with pytest.raises(CallError, match="extra field `likeCount`"):
        await ada.mutate("posts:create", spaceId=space, content="forged", likeCount=1_000_000)

    assert (refused["code"], refused["status"]) == ("42501", 403)
    assert (by_service_role.json()["code"], by_service_role.status_code) == ("42501", 403)
    assert await world.value("select array_agg((like_count, author_name)::text) from posts") == ["(0,ada)"]
    # The control: the same person in the same way, a field of her own.
    renamed = await ada.do("update", table="users", match={"name": "ada"}, row={"bio": "mathematician"})
    assert (len(renamed["data"]), renamed["code"], renamed["status"]) == (1, None, 200)


async def test_a_post_is_changed_by_its_author_only(browser: Browser, world: World):
    space = await world.space()
    ada, eve = browser.tab("ada"), browser.tab("eve")
    author = await ada.sign_up()
    await eve.sign_up()
    post = await world.post(space, author, "hello")

    # Posts touch other people's data, so that even their author writes them through mutations only.
    for tab in (eve, ada):
        for verb, more in (("update", {"row": {"content": "defaced"}}), ("delete", {})):
            refused = await tab.do(verb, table="posts", match={"id": post}, **more)
            assert (refused["code"], refused["status"]) == ("42501", 403)
        forged = {"space_id": space, "author_id": author, "content": "in her name"}
        refused = await tab.do("insert", table="posts", row=forged)
        assert (refused["code"], refused["status"]) == ("42501", 403)
    with pytest.raises(CallError) as refusal:
        await eve.mutate("posts:remove", postId=post)
    assert refusal.value.code == "access.denied"
    assert await world.value("select array_agg(content) from posts where deleted_at is null") == ["hello"]

    await ada.mutate("posts:remove", postId=post)
    assert await world.value("select count(*) from posts where deleted_at is null") == 0


async def test_enrolment_is_personal_and_may_be_written_directly(browser: Browser, world: World):
    course = await world.course("Rhetoric")
    ada, eve = browser.tab("ada"), browser.tab("eve")
    ada_id, _ = await ada.sign_up(), await eve.sign_up()
    row = {"course_id": course, "user_id": ada_id}

    in_her_name = await eve.do("insert", table="enrollments", row=row)
    assert (in_her_name["code"], in_her_name["status"]) == ("42501", 403)
    assert await ada.do("insert", table="enrollments", row=row) == {"data": None, "code": None, "status": 201}
    assert await world.value("select enrollment_count from courses") == 1
    thrown_out = await eve.do("delete", table="enrollments", match=row)
    assert (thrown_out["data"], thrown_out["code"], thrown_out["status"]) == ([], None, 200)
    left = await ada.do("delete", table="enrollments", match=row)
    assert (len(left["data"]), left["code"], left["status"]) == (1, None, 200)
    assert await world.value("select enrollment_count from courses") == 0
