"""A derived field equals its definition, whoever writes, however many at once."""

import asyncio
import contextlib
import io
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from schema.compile.derived_queue import FOLLOWED_MAX
from tests.schema.world import World, insert

WRITERS = 8
STEPS = 30
ATTEMPTS_MAX = (
    300  # Serializable writers on hot rows fail often; each failure means that another got through.
)
CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


async def test_the_audit_finds_what_is_wrong_and_nothing_else(world):
    """The control: what the other tests rest on is able to fail."""
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    await world.comment(post, ada)
    fields = ("like_count", "author_name", "author_avatar")
    wrong = {f"public.{table}.{field}" for table in ("posts", "comments") for field in fields}
    assert await world.drift() == {}
    async with world.acting("derived_owner") as keeper:
        for table in ("posts", "comments"):
            await keeper.execute(
                f"update public.{table} set like_count = 9, author_name = 'x', author_avatar = 'x'"
            )
    assert set(await world.drift()) == wrong


async def test_counts_follow_inserts_updates_and_deletes_of_many_rows_at_once(world):
    ada, space = await world.person(), await world.space()
    posts = [await world.post(space, ada) for _ in range(3)]
    await world.owner.execute(
        "insert into public.comments (post_id, author_id, content)"
        " select p, $2, 'Indeed' from unnest($1::uuid[]) as p, generate_series(1, 4)",
        posts[:2],
        ada,
    )
    assert await _counts(world, "comment_count", posts) == [4, 4, 0]
    await world.owner.execute("update public.comments set deleted_at = now() where post_id = $1", posts[0])
    assert await _counts(world, "comment_count", posts) == [0, 4, 0]
    await world.owner.execute("update public.comments set deleted_at = null, content = 'Again'")
    await world.owner.execute("delete from public.comments where post_id = $1", posts[1])
    assert await _counts(world, "comment_count", posts) == [4, 0, 0]
    assert await world.drift() == {}


async def test_a_like_counts_for_the_one_thing_it_is_on(world):
    ada, bob, space = await world.person(), await world.person(), await world.space()
    post = await world.post(space, ada)
    comment = await world.comment(post, ada)
    await world.like(ada, "post", post)
    await world.like(bob, "post", post)
    moved = await world.like(ada, "comment", comment)
    assert (await world.value("posts", post, "like_count")) == 2
    assert (await world.value("comments", comment, "like_count")) == 1
    await world.owner.execute(
        "update public.likes set user_id = $2, target_type = 'post', target_id = $3 where id = $1",
        moved,
        await world.person(),
        post,
    )
    assert (await world.value("posts", post, "like_count")) == 3
    assert (await world.value("comments", comment, "like_count")) == 0
    assert await world.drift() == {}


async def test_counts_follow_upserts_copies_and_rollbacks(world):
    ada, space = await world.person(), await world.space()
    people = [await world.person() for _ in range(5)]
    posts = [await world.post(space, ada) for _ in range(2)]
    upsert = (
        "insert into public.likes (user_id, target_type, target_id)"
        " select u, 'post', $2 from unnest($1::uuid[]) as u"
        " on conflict (user_id, target_type, target_id) do {}"
    )
    await world.owner.execute(upsert.format("nothing"), people[:3], posts[0])
    await world.owner.execute(upsert.format("nothing"), people, posts[0])
    await world.owner.execute(upsert.format("update set target_id = $3"), people[:2], posts[0], posts[1])
    assert await _counts(world, "like_count", posts) == [3, 2]

    rows = "".join(f"{uuid4()}\t{posts[1]}\t{ada}\tCopied\n" for _ in range(7))
    await world.owner.copy_to_table(
        "comments",
        schema_name="public",
        columns=["id", "post_id", "author_id", "content"],
        source=io.BytesIO(rows.encode()),
    )
    assert await _counts(world, "comment_count", posts) == [0, 7]

    transaction = world.owner.transaction()
    await transaction.start()
    await world.owner.execute("delete from public.likes")
    async with world.owner.transaction():
        await world.owner.execute("delete from public.comments")
    await transaction.rollback()
    assert await _counts(world, "like_count", posts) == [3, 2]
    assert await world.drift() == {}


async def test_counts_follow_cascades_and_truncation(world):
    ada, bob = await world.person(), await world.person()
    space, doomed = await world.space(), await world.space()
    kept = await world.post(space, ada)
    for post in (kept, await world.post(doomed, ada), await world.post(space, bob)):
        comment = await world.comment(post, bob)
        await world.comment(post, ada, parent_id=comment)
        for person in (ada, bob):
            await world.like(person, "post", post)
            await world.like(person, "comment", comment)
    await world.owner.execute("delete from public.spaces where id = $1", doomed)
    assert await world.drift() == {}
    await world.owner.execute("delete from auth.users where id = $1", bob)
    assert await world.drift() == {}
    # Bob's comment took Ada's answer along, and every like on either.
    row = await world.owner.fetchrow("select like_count, comment_count from public.posts where id = $1", kept)
    assert tuple(row) == (1, 0)
    assert await world.owner.fetchval("select count(*) from public.likes") == 1
    await world.comment(kept, ada)
    await world.owner.execute("truncate public.comments, public.likes")
    row = await world.owner.fetchrow("select like_count, comment_count from public.posts where id = $1", kept)
    assert tuple(row) == (0, 0)
    assert await world.drift() == {}


async def test_a_copy_is_exact_when_written_and_follows_a_rename_once_drained(world):
    ada, bob, space = await world.person("Ada"), await world.person("Bob"), await world.space()
    post = await world.post(space, ada)
    comment = await world.comment(post, bob)
    await world.owner.execute("update public.users set name = name || '!', avatar_url = name || '.png'")
    assert await world.value("posts", post, "author_name") == "Ada"
    assert await world.drift() == {}, "what is queued is late, not wrong"
    assert await world.drain() > 0
    assert await world.value("posts", post, "array[author_name, author_avatar]") == ["Ada!", "Ada.png"]
    assert await world.value("comments", comment, "array[author_name, author_avatar]") == ["Bob!", "Bob.png"]
    await world.owner.execute("update public.posts set author_id = $2 where id = $1", post, bob)
    assert await world.value("posts", post, "author_name") == "Bob!"
    assert await world.drift() == {}


async def test_a_busy_authors_rename_is_followed_a_bounded_number_of_posts_at_a_time(world):
    ada, space = await world.person("Ada"), await world.space()
    await world.owner.execute(
        "insert into public.posts (space_id, author_id, content)"
        " select $1, $2, 'Hello' from generate_series(1, $3)",
        space,
        ada,
        FOLLOWED_MAX + 1,
    )
    await world.owner.execute("update public.users set name = 'Countess' where id = $1", ada)
    queued = await world.owner.fetchval("select count(*) from derived.copy_queue")
    followed = "select count(*) from public.posts where author_name = 'Countess'"
    # Other tables carry the name too, which is followed at once: there are no rows.
    for taken, expected in ((queued, FOLLOWED_MAX), (1, FOLLOWED_MAX + 1)):
        assert await world.owner.fetchval("select derived.drain_copies(100)") == taken
        assert await world.owner.fetchval(followed) == expected
    assert await world.owner.fetchval("select derived.drain_copies(100)") == 0
    assert await world.drift() == {}


async def test_only_a_change_of_the_copied_column_is_queued(world):
    ada, space = await world.person("Ada"), await world.space()
    await world.post(space, ada)
    await world.owner.execute("update public.users set bio = 'Hello', name = 'Ada'")
    assert await world.drain() == 0


async def test_updated_at_moves_with_edits_and_not_with_likes(busy_world):
    world = busy_world
    ada, space = await world.person(), await world.space()
    post = await world.post(space, ada)
    written = await world.value("posts", post, "updated_at")
    await world.like(ada, "post", post)
    assert await world.value("posts", post, "updated_at") == written
    await world.owner.execute("update public.posts set content = 'Edited'")
    assert await world.value("posts", post, "updated_at") > written


async def test_a_rename_waits_for_a_post_being_written_and_then_finds_it(busy_world):
    world = busy_world
    ada, space = await world.person("Ada"), await world.space()
    writer, renamer = await world.connect(), await world.connect()
    writing = writer.transaction()
    await writing.start()
    post = await insert(writer, "posts", space_id=space, author_id=ada, content="Hello")
    renaming = asyncio.create_task(
        renamer.execute("update public.users set name = 'Countess' where id = $1", ada)
    )
    await world.until_waiting(renamer)
    await writing.commit()
    await renaming
    await world.drain()
    assert await world.value("posts", post, "author_name") == "Countess"
    assert await world.drift() == {}


async def test_a_post_written_during_a_rename_carries_the_new_name(busy_world):
    world = busy_world
    ada, space = await world.person("Ada"), await world.space()
    writer, renamer = await world.connect(), await world.connect()
    renaming = renamer.transaction()
    await renaming.start()
    await renamer.execute("update public.users set name = 'Countess' where id = $1", ada)
    writing = asyncio.create_task(insert(writer, "posts", space_id=space, author_id=ada, content="Hello"))
    await world.until_waiting(writer)
    await renaming.commit()
    post = await writing
    assert await world.value("posts", post, "author_name") == "Countess"
    await world.drain()
    assert await world.drift() == {}


async def test_two_drains_at_once_share_the_queue_and_the_last_name_wins(busy_world):
    world = busy_world
    ada, space = await world.person("Ada"), await world.space()
    posts = [await world.post(space, ada) for _ in range(5)]
    drains = [await world.connect(), await world.connect()]
    for turn in range(5):
        await world.owner.execute("update public.users set name = $1", f"Ada {turn}")
        await asyncio.gather(*(one.execute("select derived.drain_copies(1)") for one in drains))
    await world.drain()
    assert {await world.value("posts", post, "author_name") for post in posts} == {"Ada 4"}
    assert await world.drift() == {}


@dataclass(frozen=True)
class Stage:
    """What the writers of a crowd fight over."""

    people: tuple[UUID, ...]
    space: UUID
    posts: tuple[UUID, ...]
    course: UUID


Step = Callable[[asyncpg.Connection, Stage, random.Random], Awaitable[object]]


async def _post(connection, stage, dice):
    await insert(
        connection, "posts", space_id=stage.space, author_id=dice.choice(stage.people), content="Hello"
    )


async def _comment(connection, stage, dice):
    await insert(
        connection,
        "comments",
        post_id=dice.choice(stage.posts),
        author_id=dice.choice(stage.people),
        content="Indeed",
    )


async def _like(connection, stage, dice):
    await connection.execute(
        "insert into public.likes (user_id, target_type, target_id) values ($1, 'post', $2)"
        " on conflict do nothing",
        dice.choice(stage.people),
        dice.choice(stage.posts),
    )


async def _unlike(connection, stage, dice):
    await connection.execute("delete from public.likes where user_id = $1", dice.choice(stage.people))


async def _remove(connection, stage, dice):
    await connection.execute(
        "update public.comments set deleted_at = case when deleted_at is null then now() end where id in"
        " (select id from public.comments where post_id = $1 order by id limit 3)",
        dice.choice(stage.posts),
    )


async def _erase(connection, stage, dice):
    await connection.execute(
        "delete from public.comments where id in"
        " (select id from public.comments where post_id = $1 order by id limit 1)",
        dice.choice(stage.posts),
    )


async def _rename(connection, stage, dice):
    await connection.execute(
        "update public.users set name = $2 where id = $1", dice.choice(stage.people), f"n{dice.random()}"
    )


async def _enroll(connection, stage, dice):
    await connection.execute(
        "insert into public.enrollments (user_id, course_id) values ($1, $2) on conflict do nothing",
        dice.choice(stage.people),
        stage.course,
    )


STEPS_TAKEN: tuple[Step, ...] = (
    _post,
    _comment,
    _comment,
    _like,
    _like,
    _unlike,
    _remove,
    _erase,
    _rename,
    _enroll,
)


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read", "serializable"])
async def test_a_crowd_of_writers_leaves_no_drift(busy_world, isolation):
    world = busy_world
    stage = Stage(
        people=tuple([await world.person(f"p{number}") for number in range(4)]),
        space=(space := await world.space()),
        posts=tuple([await world.post(space, await world.person()) for _ in range(3)]),
        course=await world.add("courses", title="Rhetoric"),
    )

    async def write(number: int) -> None:
        dice, connection = random.Random(number), await world.connect()
        for _ in range(STEPS):
            steps = dice.choices(STEPS_TAKEN, k=dice.choice((1, 1, 1, 2)))
            await _run(connection, steps, stage, dice, isolation)

    drainer, writing = await world.connect(), asyncio.gather(*(write(number) for number in range(WRITERS)))
    while not writing.done():
        with contextlib.suppress(*CONFLICTS):
            await drainer.execute("select derived.drain_copies(5)")
    await writing
    assert await world.drift() == {}
    await world.drain()
    assert await world.drift() == {}
    assert await world.owner.fetchval("select count(*) from derived.copy_queue") == 0
    assert await world.owner.fetchval("select count(*) from public.comments") > 0


class _Abandoned(Exception):
    """Thrown to roll a finished transaction back."""


async def _run(connection, steps, stage: Stage, dice: random.Random, isolation: str) -> None:
    """Run one transaction until it succeeds, as the service does; every tenth is rolled back instead."""
    abandon = dice.random() < 0.1
    for _ in range(ATTEMPTS_MAX):
        with contextlib.suppress(*CONFLICTS, _Abandoned):
            async with connection.transaction(isolation=isolation):
                for step in steps:
                    await step(connection, stage, dice)
                if abandon:
                    raise _Abandoned
            return
        if abandon:
            return
    raise AssertionError(f"no attempt of {ATTEMPTS_MAX} succeeded: {steps}")


async def _counts(world: World, column: str, posts: list[UUID]) -> list[object]:
    return [await world.value("posts", post, column) for post in posts]
