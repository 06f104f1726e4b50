"""`parse-server` with LiveQuery: objects that are saved are matched with the queries of those who follow."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import httpx

from backend.devstack.cluster import HOST, free_port
from bench.load import plan
from bench.population import POSTS
from bench.systems.packages import Packages, system_node
from bench.systems.site import Site, run_server
from bench.systems.system import Query, Running

_HEADERS = {"X-Parse-Application-Id": "bench", "X-Parse-Master-Key": "bench"}
_FIELDS = {
    "spaceId": "String",
    "authorId": "String",
    "content": "String",
    "authorName": "String",
    "likeCount": "Number",
    "commentCount": "Number",
    "deleted": "Boolean",
}
_FILL = f"""
    insert into "Post" (
        "objectId", "createdAt", "updatedAt", "spaceId", "authorId", content, "authorName", "likeCount",
        "commentCount", deleted, _rperm, _wperm
    )
    select replace(id::text, '-', ''), created_at, created_at, space_id, author_id, content, author_name, 0,
        0, false, '{{*}}', '{{*}}'
    from ({POSTS}) p
"""


@dataclass(frozen=True)
class Parse:
    site: Site

    name = "parse"
    differs = (
        "sees only what is written through it (a like is an HTTP PUT, whose CPU counts, and has no row);"
        " no order or limit, no first answer; sends the changed object"
    )
    packages = Packages.of("parse")

    @property
    def version(self) -> str:
        return self.packages.versions

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Running]:
        self.packages.require("parse-server")
        port = free_port()
        async with self.site.database("parse", template="template1") as dsn:
            environment = {**os.environ, "DATABASE_URL": dsn, "PORT": str(port)}
            command = (system_node(), "server.js")
            async with run_server(command, self.packages.folder, environment, port) as pid:
                await self._populate(dsn, port)
                yield self._running(port, pid)

    async def _populate(self, dsn: str, port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}/parse", headers=_HEADERS) as client:
            fields = {name: {"type": type_} for name, type_ in _FIELDS.items()}
            made = await client.post("/schemas/Post", json={"className": "Post", "fields": fields})
            made.raise_for_status()
        connection = await asyncpg.connect(dsn)
        try:
            population = self.site.population
            await connection.execute(_FILL, population.spaces, population.people, population.posts)
            await connection.execute('vacuum analyze "Post"')
        finally:
            await connection.close()

    def _running(self, port: int, pid: int) -> Running:
        headers = tuple(f"{name}: {value}" for name, value in _HEADERS.items())
        return Running(
            dialect=plan.Dialect(
                HOST,
                port,
                ready='"op":"subscribed"',
                count=r'"likeCount":([1-9]\d*)',
            ),
            writes=plan.HttpWrites(
                HOST,
                port,
                "/parse/classes/Post/%s",
                (*headers, "Content-Type: application/json"),
                '{"likeCount":{"__op":"Increment","amount":1}}',
                r'"likeCount":(\d+)',
            ),
            service_pid=pid,
            postgres_pid=self.site.cluster.pid,
            subscriber=self._subscriber,
            post=lambda space: self.site.population.newest_post(space).hex,
        )

    def _subscriber(self, topic: int, space: int, person: int, query: Query) -> plan.Subscriber:
        population = self.site.population
        where: dict[str, object] = {"spaceId": str(population.space(space))}
        if query == "personal":
            where["$or"] = [{"deleted": False}, {"authorId": str(population.person(person))}]
        subscribe = {"op": "subscribe", "requestId": 1, "query": {"className": "Post", "where": where}}
        return plan.Subscriber(
            topic,
            "/parse",
            greeting=(json.dumps({"op": "connect", "applicationId": "bench"}),),
            script=(plan.Exchange('"op":"connected"', json.dumps(subscribe)),),
        )
