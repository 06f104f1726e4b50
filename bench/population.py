"""The people, spaces and posts that every system is measured with: the same ids and texts in each.

Everything follows from its number, so that whoever needs an id computes it. Posts go round the spaces, one
after another; the newest post of a space is the one that is liked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

import asyncpg

CONTENT = "Some words of a post. " * 3

_PEOPLE = "select md5('person ' || n)::uuid as id, n from generate_series(0, $1::int - 1) as n"
_SPACES = "select md5('space ' || n)::uuid as id, n from generate_series(0, $1::int - 1) as n"
POSTS = f"""
    select md5('post ' || n)::uuid as id, md5('space ' || n % $1::int)::uuid as space_id,
        md5('person ' || n % $2::int)::uuid as author_id, '{CONTENT}' as content,
        'Person ' || n % $2::int as author_name, timestamptz '2026-01-01' + n * interval '1 ms' as created_at
    from generate_series(0, $3::int - 1) as n
"""
"""A query of all posts; its parameters are the numbers of spaces, of people and of posts."""


@dataclass(frozen=True)
class Population:
    """How many there are: `posts` is a multiple of `spaces`."""

    spaces: int
    people: int
    posts: int

    def space(self, number: int) -> UUID:
        assert number < self.spaces, (number, self.spaces)
        return _id("space", number)

    def person(self, number: int) -> UUID:
        assert number < self.people, (number, self.people)
        return _id("person", number)

    def post(self, number: int) -> UUID:
        assert number < self.posts, (number, self.posts)
        return _id("post", number)

    def newest_post(self, space: int) -> UUID:
        """The newest post of the space of that number."""
        return _id("post", self.posts - self.spaces + space)


async def populate_folkmoot(dsn: str, population: Population) -> None:
    """Fill the tables of Folkmoot as a superuser may: triggers would take minutes to find what is known."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("set session_replication_role = replica")
        people, spaces = population.people, population.spaces
        await connection.execute(
            "insert into auth.users (id, email, aud, role) select id, 'person' || n || '@example.com',"
            f" 'authenticated', 'authenticated' from ({_PEOPLE}) p",
            people,
        )
        await connection.execute(
            f"insert into public.users (id, name) select id, 'Person ' || n from ({_PEOPLE}) p", people
        )
        await connection.execute(
            "insert into public.spaces (id, name, visibility)"
            f" select id, 'Space ' || n, 'public' from ({_SPACES}) s",
            spaces,
        )
        await connection.execute(_insert_posts(), spaces, people, population.posts)
        await _settle(connection)
    finally:
        await connection.close()


_PLAIN_TABLES = """
    create table users (id uuid primary key, name text not null);
    create table spaces (id uuid primary key, name text not null);
    create table posts (
        id uuid primary key,
        space_id uuid not null references spaces,
        author_id uuid not null references users,
        content text not null,
        author_name text,
        like_count int not null default 0,
        comment_count int not null default 0,
        created_at timestamptz not null,
        deleted_at timestamptz
    ) with (fillfactor = 70);
    create index posts_by_space on posts (space_id, created_at desc, id desc);
    create table likes (
        id uuid primary key default gen_random_uuid(),
        user_id uuid not null references users,
        target_type text not null,
        target_id uuid not null references posts,
        created_at timestamptz not null default now(),
        unique (user_id, target_type, target_id)
    );
"""


async def populate_plain_tables(dsn: str, population: Population) -> None:
    """The same in tables as one would make them by hand, with nothing but keys and one index."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(_PLAIN_TABLES)
        people, spaces = population.people, population.spaces
        await connection.execute(f"insert into users select id, 'Person ' || n from ({_PEOPLE}) p", people)
        await connection.execute(f"insert into spaces select id, 'Space ' || n from ({_SPACES}) s", spaces)
        await connection.execute(_insert_posts(), spaces, people, population.posts)
        await _settle(connection)
    finally:
        await connection.close()


def _insert_posts() -> str:
    columns = "id, space_id, author_id, content, author_name, created_at"
    return f"insert into public.posts ({columns}) select {columns} from ({POSTS}) p"


async def _settle(connection: asyncpg.Connection) -> None:
    """Leave no upkeep for autovacuum to do in the middle of a run."""
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")


def _id(kind: str, number: int) -> UUID:
    return UUID(hashlib.md5(f"{kind} {number}".encode(), usedforsecurity=False).hexdigest())
