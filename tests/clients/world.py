"""The community that the clients meet: made, watched and audited from the database's side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg

PATIENCE_S = 20.0
POLL_S = 0.02


@dataclass(frozen=True)
class World:
    """What an administrator does in the SQL editor."""

    connection: asyncpg.Connection

    async def space(self, name: str = "General", **columns: object) -> str:
        """Make a space, public unless said otherwise; return its id."""
        return await self._insert("spaces", {"name": name, "visibility": "public", **columns})

    async def course(self, title: str) -> str:
        """Make a published course that anyone may see; return its id."""
        return await self._insert("courses", {"title": title, "visibility": "public", "status": "published"})

    async def post(self, space: str, author: str, content: str) -> str:
        return await self._insert("posts", {"space_id": space, "author_id": author, "content": content})

    async def value(self, sql: str, *parameters: object) -> Any:
        """The first column of the first row."""
        return await self.connection.fetchval(sql, *parameters)

    async def becomes(self, expected: object, sql: str, *parameters: object) -> None:
        """Wait until `value` gives `expected`. Polls: a database has no way to tell us."""
        found = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := await self.value(sql, *parameters)) != expected:  # noqa: ASYNC110
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise AssertionError(f"{sql} gives {found!r}, not {expected!r}") from None

    async def drift(self) -> list[asyncpg.Record]:
        """Rows whose derived fields differ from their definition, which is spelt out here once more."""
        return await self.connection.fetch(DRIFT)

    async def _insert(self, table: str, columns: dict[str, object]) -> str:
        names = ", ".join(columns)
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        sql = f"insert into public.{table} ({names}) values ({places}) returning id::text"
        return await self.value(sql, *columns.values())


DRIFT = """
    select 'posts' as table, post.id, post.like_count, post.comment_count, post.author_name
    from public.posts as post join public.users as author on author.id = post.author_id
    where (post.like_count, post.comment_count, post.author_name, post.author_avatar) is distinct from (
        (select count(*) from public.likes where target_type = 'post' and target_id = post.id),
        (select count(*) from public.comments where post_id = post.id and deleted_at is null),
        author.name,
        author.avatar_url
    )
    union all
    select 'courses', course.id, course.enrollment_count, null, null
    from public.courses as course
    where course.enrollment_count <> (select count(*) from public.enrollments where course_id = course.id)
"""
