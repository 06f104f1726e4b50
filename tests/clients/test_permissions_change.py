"""Permission is part of an answer: it changes an open page as any other change does."""

from __future__ import annotations

from tests.clients.browser import Browser
from tests.clients.feeds import contents, feed_of
from tests.clients.supabase_python import open_supabase
from tests.clients.world import World


def names(spaces: list[dict[str, str]]) -> list[str]:
    return sorted(space["name"] for space in spaces)


async def test_a_paid_space_opens_on_an_open_page_when_the_membership_appears_and_closes_when_it_goes(
    browser: Browser, world: World, stack
):
    commons = await world.space("Commons")
    guild = await world.space("Guild", visibility="paid", required_tier="gold")
    ada, ben = browser.tab("ada"), browser.tab("ben")
    ada_id, ben_id = await ada.sign_up(), await ben.sign_up()
    await world.post(commons, ben_id, "for all")
    await world.post(guild, ben_id, "for members")
    spaces, feed = await ada.subscribe("spaces:list"), await ada.subscribe("posts:feed", feed_of(guild))
    bens_spaces = await ben.subscribe("spaces:list")
    await spaces.settles_on(["Commons"], names)
    await feed.settles_on([], contents)
    await bens_spaces.settles_on(["Commons"], names)

    async with open_supabase(stack.api_url, stack.service_role_key) as service_role:
        bought = {"user_id": ada_id, "tier": "gold", "status": "active"}
        [membership] = (await service_role.table("memberships").insert(bought).execute()).data
        await spaces.settles_on(["Commons", "Guild"], names)
        await feed.settles_on(["for members"], contents)

        async def set_status(status: str) -> None:
            table = service_role.table("memberships")
            await table.update({"status": status}).eq("id", membership["id"]).execute()

        await set_status("canceled")
        await spaces.settles_on(["Commons"], names)
        await feed.settles_on([], contents)
        await set_status("past_due")
        await feed.settles_on(["for members"], contents)
        await service_role.table("memberships").delete().eq("id", membership["id"]).execute()
        await spaces.settles_on(["Commons"], names)
        await feed.settles_on([], contents)

    assert [contents(answer) for answer in feed.heard()] == [[], ["for members"], [], ["for members"], []]
    assert [names(answer) for answer in bens_spaces.heard()] == [["Commons"]]


async def test_closing_a_space_empties_the_feeds_of_those_it_is_closed_to(browser: Browser, world: World):
    space = await world.space()
    ada, nobody = browser.tab("ada"), browser.tab("nobody")
    await world.post(space, await ada.sign_up(), "hello")
    hers, theirs = [await tab.subscribe("posts:feed", feed_of(space)) for tab in (ada, nobody)]
    for feed in (hers, theirs):
        await feed.settles_on(["hello"], contents)

    await world.value("update spaces set visibility = 'members' where id = $1", space)
    await theirs.settles_on([], contents)
    await world.value("update spaces set deleted_at = now() where id = $1", space)
    await hers.settles_on([], contents)
    await world.value("update spaces set deleted_at = null, visibility = 'public' where id = $1", space)

    for feed in (hers, theirs):
        await feed.settles_on(["hello"], contents)
        assert [contents(answer) for answer in feed.heard()] == [["hello"], [], ["hello"]]


async def test_a_promotion_opens_what_moderators_see(browser: Browser, world: World):
    await world.space("Commons")
    await world.space("Guild", visibility="paid")
    ada = browser.tab("ada")
    ada_id = await ada.sign_up()
    spaces = await ada.subscribe("spaces:list")
    await spaces.settles_on(["Commons"], names)

    await world.value("update users set role = 'moderator' where id = $1", ada_id)
    await spaces.settles_on(["Commons", "Guild"], names)
    await world.value("update users set role = 'member' where id = $1", ada_id)
    await spaces.settles_on(["Commons"], names)
