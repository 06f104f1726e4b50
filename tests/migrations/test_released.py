"""A community that lives on the first release keeps everything when it is brought up to date."""

from __future__ import annotations

import shutil
from uuid import UUID, uuid4

import asyncpg

from backend.cli.schema_commands import MIGRATIONS
from backend.cli.schema_databases import Scratch
from backend.devstack.migrations import apply_migrations
from schema.tables import CATALOG
from tests.migrations.family import drift
from tests.migrations.planning import written
from tests.tidy.project import ROOT

FIRST = "20261121000000_opentribe.sql"
PEOPLE = 700  # More than one chunk of a back-fill.


async def settle(connection: asyncpg.Connection) -> None:
    """Write a small community with plain statements, as they were on the first release."""
    await connection.execute(
        "insert into auth.users (id, email, raw_user_meta_data) select gen_random_uuid(),"
        " n || '@example.org', jsonb_build_object('name', 'Person ' || n)"
        " from generate_series(1, $1::int) as n",
        PEOPLE,
    )
    space = await connection.fetchval(
        "insert into spaces (name, visibility) values ('Hall', 'public') returning id"
    )
    await connection.execute(
        "insert into posts (space_id, author_id, content) select $1, id, 'Hello from ' || name from users",
        space,
    )
    await connection.execute(
        "insert into comments (post_id, author_id, content) select id, author_id, 'First!' from posts"
    )
    await connection.execute(
        "insert into likes (user_id, target_type, target_id) select author_id, 'post', id from posts"
    )
    course = await connection.fetchval(
        "insert into courses (title, status) values ('Weaving', 'published') returning id"
    )
    await connection.execute("insert into enrollments (course_id, user_id) select $1, id from users", course)


async def kept(connection: asyncpg.Connection) -> dict[str, list[tuple[object, ...]]]:
    queries = {
        "users": "select id, name, created_at from users order by id",
        "posts": "select id, author_id, author_name, content, like_count, comment_count from posts"
        " order by id",
        "comments": "select id, post_id, author_id, author_name, content from comments order by id",
        "likes": "select id, user_id, target_id from likes order by id",
        "enrollments": "select id, course_id, user_id from enrollments order by id",
    }
    return {name: [tuple(row) for row in await connection.fetch(query)] for name, query in queries.items()}


async def test_a_community_on_the_first_release_is_brought_up_to_date_with_every_row(
    scratch: Scratch, tmp_path
):
    shutil.copy(ROOT / MIGRATIONS / FIRST, tmp_path)
    async with scratch.database() as dsn:
        await apply_migrations(dsn, tmp_path)
        connection = await asyncpg.connect(dsn)
        await settle(connection)
        before = await kept(connection)
        for path in sorted((ROOT / MIGRATIONS).glob("*.sql")):
            shutil.copy(path, tmp_path)
        await written(scratch, CATALOG, tmp_path)
        await apply_migrations(dsn, tmp_path)
        assert await kept(connection) == before
        assert await drift(connection, CATALOG) == {}
        # A row that is made together with another is also made for those that are there.
        for table in CATALOG:
            if table.automatic:
                assert await connection.fetchval(f"select count(*) from {table.qualified}") == PEOPLE
        newcomer: UUID = uuid4()
        await connection.execute(
            "insert into auth.users (id, email) values ($1, 'new@example.org')", newcomer
        )
        assert await connection.fetchval("select name from users where id = $1", newcomer) == "new"
        await connection.close()
