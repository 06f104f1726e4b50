"""Folkmoot itself: the whole stack, with every rule, trigger and policy of its schema."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

import jwt

from bench.convex import SYNC_PATH, Call, greeting
from bench.load import plan
from bench.population import Population, populate_folkmoot
from bench.stack import Supabase, run_service, run_supabase
from bench.subscriber import POSTS_PER_PAGE
from bench.systems.system import Query, Running

TOKEN_S = 3_600  # Longer than any benchmark.

LIKE = "insert into public.likes (user_id, target_type, target_id) values ($1, 'post', $2)"

_FUNCTIONS: dict[Query, str] = {"feed": "posts:feed", "personal": "bench/systems/personal:feed"}


@dataclass(frozen=True)
class Folkmoot:
    """Every subscriber is a person of their own, with their own token."""

    supabase: Supabase
    population: Population

    name = "folkmoot"
    differs = "does all: row security, derived fields, checked visibility, consistent cuts; sends whole pages"

    @staticmethod
    @asynccontextmanager
    async def open(population: Population) -> AsyncIterator[Folkmoot]:
        """With `population` in its database."""
        async with run_supabase() as supabase:
            await populate_folkmoot(supabase.superuser_url, population)
            yield Folkmoot(supabase, population)

    @property
    def version(self) -> str:
        return version("folkmoot")

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Running]:
        async with run_service(self.supabase, "bench.systems.service") as service:
            address = urlsplit(service.url)
            assert address.hostname is not None
            assert address.port is not None
            yield Running(
                dialect=plan.Dialect(
                    address.hostname,
                    address.port,
                    ready='"type":"QueryUpdated"',
                    count=r'"likeCount":([1-9]\d*)',
                ),
                writes=plan.SqlWrites(self.supabase.database_url, (LIKE,)),
                service_pid=service.pid,
                postgres_pid=self.supabase.postgres_pid,
                subscriber=self._subscriber,
                post=lambda space: str(self.population.newest_post(space)),
            )

    def token_of(self, person: int) -> str:
        """A token as Auth would give the person of that number."""
        now_s = int(time.time())
        claims = {
            "sub": str(self.population.person(person)),
            "role": "authenticated",
            "aud": "authenticated",
            "iss": self.supabase.issuer,
            "iat": now_s,
            "exp": now_s + TOKEN_S,
        }
        return jwt.encode(claims, self.supabase.jwt_secret, "HS256")

    def call(self, space: int, query: Query, *, posts: int = POSTS_PER_PAGE) -> Call:
        """A query for the newest posts of the space of that number."""
        page = {"numItems": posts, "cursor": None}
        return _FUNCTIONS[query], {"spaceId": str(self.population.space(space)), "paginationOpts": page}

    def _subscriber(self, topic: int, space: int, person: int, query: Query) -> plan.Subscriber:
        return client(topic, self.token_of(person), [self.call(space, query)])


def client(topic: int, token: str, calls: Sequence[Call]) -> plan.Subscriber:
    """A convex client that follows the queries `calls`, as the person whose token this is."""
    messages = greeting(calls, token=token)
    return plan.Subscriber(topic, SYNC_PATH, greeting=tuple(map(json.dumps, messages)))
