"""Nobody reads or writes a row that its rule does not allow."""

from uuid import UUID, uuid4

import asyncpg
import pytest

SPACES = {
    "public": {"visibility": "public"},
    "members": {"visibility": "members"},
    "gold": {"visibility": "paid", "required_tier": "gold"},
    "any tier": {"visibility": "paid"},
    "closed": {"visibility": "public", "deleted_at": "now"},
}

VISIBLE = {
    "visitor": {"public"},
    "stranger": {"public", "members"},
    "silver member": {"public", "members", "any tier"},
    "gold member": {"public", "members", "gold", "any tier"},
    "late gold member": {"public", "members", "gold", "any tier"},
    "former gold member": {"public", "members"},
    "moderator": {"public", "members", "gold", "any tier"},
    "admin": {"public", "members", "gold", "any tier"},
}

PEOPLE = {
    "stranger": {},
    "silver member": {"tier": "silver"},
    "gold member": {"tier": "gold"},
    "late gold member": {"tier": "gold", "status": "past_due"},
    "former gold member": {"tier": "gold", "status": "canceled"},
    "moderator": {"role": "moderator"},
    "admin": {"role": "admin"},
}


async def caller_named(world, who: str) -> UUID | None:
    return None if who == "visitor" else await world.person(**PEOPLE[who])


@pytest.mark.parametrize("who", VISIBLE)
async def test_each_caller_sees_the_spaces_posts_and_comments_of_their_standing(world, who):
    author, caller = await world.person(), await caller_named(world, who)
    named: dict[UUID, str] = {}
    for name, columns in SPACES.items():
        given = {key: value for key, value in columns.items() if key != "deleted_at"}
        space = await world.space(**given)
        post = await world.post(space, author)
        named |= {space: name, post: name, await world.comment(post, author): name}
        if "deleted_at" in columns:
            await world.owner.execute("update public.spaces set deleted_at = now() where id = $1", space)
    for table in ("spaces", "posts", "comments"):
        assert {named[row] for row in await world.seen(table, caller)} == VISIBLE[who], table
        as_service = await world.seen(table, caller, role="folkmoot_writer")
        # An admin may reopen a closed space, a moderator edit any post or comment: the writer finds them.
        may_change = who == "admin" or (who == "moderator" and table != "spaces")
        everything = set(SPACES) if may_change else VISIBLE[who]
        assert {named[row] for row in as_service} == everything, table


@pytest.mark.parametrize("who", VISIBLE)
async def test_each_caller_sees_published_courses_of_their_standing(world, who):
    caller = await caller_named(world, who)
    named = {}
    for name, columns in SPACES.items():
        if name != "closed":
            named[await world.add("courses", title=name, status="published", **columns)] = name
    named[await world.add("courses", title="draft", visibility="public")] = "draft"
    drafts = {"draft"} if who in ("moderator", "admin") else set()
    assert {named[row] for row in await world.seen("courses", caller)} == VISIBLE[who] | drafts


async def test_a_membership_bought_or_ended_changes_what_its_owner_sees_at_once(world):
    ada, space = await world.person(), await world.space("paid", required_tier="gold")
    assert await world.seen("spaces", ada) == set()
    membership = await world.add("memberships", user_id=ada, tier="gold", status="active")
    assert await world.seen("spaces", ada) == {space}
    await world.owner.execute("update public.memberships set status = 'unpaid' where id = $1", membership)
    assert await world.seen("spaces", ada) == set()


async def test_deleted_posts_and_comments_disappear_for_everyone_and_hide_what_hangs_on_them(world):
    ada, bob, space = await world.person(), await world.person(), await world.space()
    post = await world.post(space, ada)
    comment = await world.comment(post, bob)
    await world.like(bob, "comment", comment)
    await world.owner.execute("update public.posts set deleted_at = now() where id = $1", post)
    for caller in (None, ada):
        assert await world.seen("posts", caller) == set()
        assert await world.seen("comments", caller) == set()
    assert await world.seen("likes", ada) == set()
    assert len(await world.seen("likes", bob)) == 1  # His own like he always sees.


async def test_profiles_are_shown_to_people_private_ones_to_their_owner_and_moderators(world):
    ada, eve = await world.person("Ada"), await world.person("Eve")
    moderator = await world.person("Mod", role="moderator")
    await world.owner.execute("update public.users set visibility = 'private' where id = $1", eve)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.seen("users")
    assert await world.seen("users", ada) == {ada, moderator}
    assert await world.seen("users", eve) == {ada, eve, moderator}
    assert await world.seen("users", moderator) == {ada, eve, moderator}


async def test_memberships_are_seen_by_their_owner_and_admins_only(world):
    ada, moderator = await world.person(tier="gold"), await world.person(role="moderator")
    admin = await world.person(role="admin")
    assert len(await world.seen("memberships", ada)) == 1
    assert len(await world.seen("memberships", admin)) == 1
    assert await world.seen("memberships", moderator) == set()


async def test_the_service_writes_for_a_caller_what_the_rules_allow(world):
    ada, space = await world.person(), await world.space()
    async with world.acting("folkmoot_writer", ada) as service:
        post = await service.fetchval(
            "insert into public.posts (space_id, author_id, content) values ($1, $2, 'Hi') returning id",
            space,
            ada,
        )
        await service.execute("update public.posts set deleted_at = now() where id = $1", post)
        await service.execute(
            "insert into private.mutation_requests (session_id, request_id, caller_id, function)"
            " values ($1, 1, $2, 'posts:create')",
            uuid4(),
            ada,
        )
    assert await world.seen("posts", ada) == set()
    assert await world.value("posts", post, "deleted_at is not null")


async def test_the_service_cannot_write_what_its_caller_may_not(world):
    ada, eve = await world.person(), await world.person()
    space = await world.space(post_permission="moderators")
    post = await world.post(space, ada)
    for caller, author in ((ada, ada), (eve, ada), (None, ada)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.acting("folkmoot_writer", caller) as service:
                await service.execute(
                    "insert into public.posts (space_id, author_id, content) values ($1, $2, 'Hi')",
                    space,
                    author,
                )
    async with world.acting("folkmoot_writer", eve) as service:
        changed = await service.execute("update public.posts set content = 'Mine' where id = $1", post)
    assert changed == "UPDATE 0"
    assert await world.value("posts", post, "content") == "Hello"


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("all", {"stranger", "moderator", "admin"}),
        ("moderators", {"moderator", "admin"}),
        ("admins", {"admin"}),
    ],
)
async def test_posting_follows_the_permission_of_the_space(world, permission, allowed):
    space, done = await world.space(post_permission=permission), set()
    for who in ("stranger", "moderator", "admin"):
        caller = await caller_named(world, who)
        try:
            async with world.acting("folkmoot_writer", caller) as service:
                await service.execute(
                    "insert into public.posts (space_id, author_id, content) values ($1, $2, 'Hi')",
                    space,
                    caller,
                )
            done.add(who)
        except asyncpg.InsufficientPrivilegeError:
            pass
    assert done == allowed


@pytest.mark.parametrize("role", ["anon", "authenticated", "folkmoot_writer", "service_role"])
@pytest.mark.parametrize(
    "statement",
    [
        "update public.posts set like_count = 999",
        "update public.posts set author_name = 'Someone else'",
        "insert into public.posts (space_id, author_id, content, like_count) values ($1, $2, 'Hi', 999)",
    ],
)
async def test_nobody_writes_a_derived_column(world, role, statement):
    ada, space = await world.person(), await world.space()
    await world.post(space, ada)
    arguments = (space, ada) if "$1" in statement else ()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.acting(role, ada) as connection:
            await connection.execute(statement, *arguments)


async def test_even_the_owner_of_the_tables_cannot_write_a_derived_column(world):
    ada, space = await world.person("Ada"), await world.space()
    post = await world.post(space, ada, like_count=999, author_name="Someone else")
    await world.owner.execute("update public.posts set like_count = 7, author_name = 'Nobody'")
    row = await world.owner.fetchrow("select like_count, author_name from public.posts where id = $1", post)
    assert tuple(row) == (0, "Ada")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into public.posts (space_id, author_id, content) values ('{space}', '{ada}', 'Hi')",
        "insert into public.likes (user_id, target_type, target_id) values ('{ada}', 'post', '{post}')",
        "update public.posts set content = 'Hi'",
        "delete from public.likes",
        "update public.users set role = 'admin'",
        "update public.enrollments set completed_at = now()",
        "insert into public.memberships (user_id, tier, status) values ('{ada}', 'gold', 'active')",
    ],
)
async def test_browsers_write_only_what_is_opened_to_them(world, statement):
    ada, space = await world.person(), await world.space()
    written = statement.format(ada=ada, space=space, post=await world.post(space, ada))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.acting("authenticated", ada) as browser:
            await browser.execute(written)
    await world.owner.execute(written)  # Refused for want of a right, and for nothing else.


async def test_a_browser_edits_its_own_profile_and_enrolments_and_no_others(world):
    ada, eve = await world.person("Ada"), await world.person("Eve")
    course = await world.add("courses", title="Rhetoric", status="published", visibility="members")
    hidden = await world.add("courses", title="Alchemy", status="published", visibility="paid")
    async with world.acting("authenticated", ada) as browser:
        assert await browser.execute("update public.users set bio = 'Hi'") == "UPDATE 1"
        enrolment = "insert into public.enrollments (user_id, course_id) values ($1, $2)"
        await browser.execute(enrolment, ada, course)
    completed = "insert into public.enrollments (user_id, course_id, completed_at) values ($1, $2, now())"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.acting("authenticated", ada) as browser:
            await browser.execute(completed, ada, course)
    for person, taken in ((eve, course), (ada, hidden)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.acting("authenticated", ada) as browser:
                await browser.execute(enrolment, person, taken)
    assert await world.value("users", eve, "bio") is None
    assert await world.value("courses", course, "enrollment_count") == 1
    async with world.acting("authenticated", eve) as browser:
        assert await browser.execute("delete from public.enrollments") == "DELETE 0"
    async with world.acting("authenticated", ada) as browser:
        assert await browser.execute("delete from public.enrollments") == "DELETE 1"


@pytest.mark.parametrize("schema", ["private", "derived"])
async def test_browsers_cannot_reach_the_helper_schemas(world, schema):
    for role in ("anon", "authenticated"):
        reachable = await world.owner.fetchval("select has_schema_privilege($1, $2, 'usage')", role, schema)
        assert not reachable
