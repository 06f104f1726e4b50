"""What foreign keys cannot say holds too: references to one of several tables, answers, profiles."""

import asyncio
import json
from uuid import uuid4

import asyncpg
import pytest

from tests.schema.world import insert


@pytest.mark.parametrize("kind", ["post", "comment"])
async def test_a_like_of_nothing_is_refused_as_a_foreign_key_would(world, kind):
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    missing = post if kind == "comment" else uuid4()  # There is such an id, but of another kind.
    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        await world.like(ada, kind, missing)
    assert refused.value.table_name == "likes"
    assert refused.value.column_name == "target_id"
    assert f"({missing}) is not present in table" in refused.value.detail


async def test_a_second_like_is_refused(world):
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    await world.like(ada, "post", post)
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.like(ada, "post", post)


async def test_a_post_being_liked_cannot_go_before_the_like_is_there(busy_world):
    world = busy_world
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    fan, remover = await world.connect(), await world.connect()
    liking = fan.transaction()
    await liking.start()
    await insert(fan, "likes", user_id=ada, target_type="post", target_id=post)
    removing = asyncio.create_task(remover.execute("delete from public.posts where id = $1", post))
    await world.until_waiting(remover)
    await liking.commit()
    await removing
    assert await world.owner.fetchval("select count(*) from public.likes") == 0


async def test_a_post_that_is_going_cannot_be_liked(busy_world):
    world = busy_world
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    fan, remover = await world.connect(), await world.connect()
    removing = remover.transaction()
    await removing.start()
    await remover.execute("delete from public.posts where id = $1", post)
    liking = asyncio.create_task(insert(fan, "likes", user_id=ada, target_type="post", target_id=post))
    await world.until_waiting(fan)
    await removing.commit()
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await liking


async def test_truncating_posts_takes_their_likes_along_and_leaves_no_others(world):
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    await world.like(ada, "post", post)
    await world.like(ada, "comment", await world.comment(post, ada))
    await world.owner.execute("truncate public.posts cascade")
    assert await world.owner.fetchval("select count(*) from public.likes") == 0


async def test_comments_are_answered_once_and_on_the_same_post(world):
    ada, space = await world.person(), await world.space()
    post, other = await world.post(space, ada), await world.post(space, ada)
    comment = await world.comment(post, ada)
    answer = await world.comment(post, ada, parent_id=comment)
    with pytest.raises(asyncpg.CheckViolationError, match="only a row of the first level"):
        await world.comment(post, ada, parent_id=answer)
    with pytest.raises(asyncpg.CheckViolationError, match="stands in the same place"):
        await world.comment(other, ada, parent_id=comment)
    for change in ("parent_id = null", f"post_id = '{other}'"):
        with pytest.raises(asyncpg.CheckViolationError, match="cannot move"):
            await world.run(f"update public.comments set {change} where id = '{answer}'")


async def test_an_answer_may_come_before_its_comment_in_one_statement_but_not_go_deeper(world):
    ada, space = await world.person(), await world.space()
    post, ids = await world.post(space, ada), [uuid4() for _ in range(3)]
    write = (
        "insert into public.comments (id, parent_id, post_id, author_id, content)"
        " select i, p, $3, $4, 'Indeed' from unnest($1::uuid[], $2::uuid[]) as t (i, p)"
    )
    await world.owner.execute(write, ids[:2], [ids[1], None], post, ada)
    deeper = [uuid4() for _ in range(2)]
    with pytest.raises(asyncpg.CheckViolationError):
        await world.run(write, deeper, [deeper[1], ids[1]], post, ada)


@pytest.mark.parametrize(
    ("metadata", "email", "name"),
    [
        ({"name": "Ada Lovelace"}, "ada@example.org", "Ada Lovelace"),
        ({"full_name": " Ada "}, "ada@example.org", "Ada"),
        ({"name": "  ", "full_name": "Ada"}, None, "Ada"),
        ({"name": {"first": "Ada"}}, None, '{"first": "Ada"}'),
        ({}, "ada@example.org", "ada"),
        (None, "@", "Member"),
        (None, None, "Member"),
        ({"name": "é" * 500}, None, "é" * 120),
    ],
)
async def test_everyone_who_signs_up_gets_a_profile_with_a_fitting_name(world, metadata, email, name):
    account = uuid4()
    await world.owner.execute(
        "insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)",
        account,
        email,
        None if metadata is None else json.dumps(metadata),
    )
    assert await world.value("users", account, "name") == name


async def test_a_profile_goes_with_its_account(world):
    ada = await world.person(tier="gold")
    await world.owner.execute("delete from auth.users where id = $1", ada)
    assert await world.owner.fetchval("select count(*) from public.users") == 0
    assert await world.owner.fetchval("select count(*) from public.memberships") == 0


async def test_the_auth_service_signs_people_up_with_its_own_role(database):
    service = await asyncpg.connect(database.dsn("supabase_auth_admin"))
    try:
        await service.execute("insert into auth.users (id, email) values ($1, 'ada@example.org')", uuid4())
    finally:
        await service.close()
    owner = await asyncpg.connect(database.dsn())
    try:
        assert await owner.fetchval("select name from public.users") == "ada"
    finally:
        await owner.close()
