"""People, a space and posts to measure with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx

from bench.stack import RunningStack

SIGN_UPS_AT_ONCE = 4  # Each costs a tenth of a second of one core: the password is hashed.


@dataclass(frozen=True)
class Person:
    """Somebody who signed up; `token` is good for an hour."""

    id: UUID
    token: str


async def sign_up(stack: RunningStack, *, people: int) -> list[Person]:
    """That many new people, over HTTP, as their browsers would."""
    turns = asyncio.Semaphore(SIGN_UPS_AT_ONCE)
    async with httpx.AsyncClient(base_url=stack.api_url, timeout=30) as client:

        async def one(number: int) -> Person:
            async with turns:
                response = await client.post(
                    "/auth/v1/signup",
                    headers={"apikey": stack.anon_key},
                    json={"email": f"person{number}@example.com", "password": "correct horse"},
                )
            response.raise_for_status()
            session = response.json()
            return Person(UUID(session["user"]["id"]), session["access_token"])

        return await asyncio.gather(*map(one, range(people)))


async def create_space(
    connection: asyncpg.Connection, *, author: Person, posts: int
) -> tuple[UUID, list[UUID]]:
    """A public space and that many posts in it."""
    space = await connection.fetchval(
        "insert into public.spaces (name, visibility) values ('Bench', 'public') returning id"
    )
    assert space is not None
    rows = await connection.fetch(
        "insert into public.posts (space_id, author_id, content)"
        " select $1, $2, repeat('Some words. ', 10) from generate_series(1, $3) returning id",
        space,
        author.id,
        posts,
    )
    return space, [post for (post,) in rows]
