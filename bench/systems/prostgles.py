"""`prostgles-server`: triggers notify, and the query of each subscription is run again."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.devstack.cluster import HOST, SUPERUSER, free_port
from backend.devstack.data_directory import PASSWORD
from bench.load import plan
from bench.subscriber import POSTS_PER_PAGE
from bench.systems.packages import Packages, system_node
from bench.systems.site import LIKE, Site, run_server
from bench.systems.system import Query, Running


@dataclass(frozen=True)
class Prostgles:
    site: Site

    name = "prostgles"
    differs = "no row security, no identity; each subscription's query is run again, whole pages are sent"
    packages = Packages.of("prostgles")

    @property
    def version(self) -> str:
        return self.packages.versions

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Running]:
        self.packages.require("prostgles-server")
        port = free_port()
        async with self.site.database("prostgles") as dsn:
            environment = {
                **os.environ,
                "PGHOST": HOST,
                "PGPORT": str(self.site.cluster.port),
                "PGDATABASE": "prostgles",
                "PGUSER": SUPERUSER,
                "PGPASSWORD": PASSWORD,
                "PORT": str(port),
            }
            command = (system_node(), "server.js")
            async with run_server(command, self.packages.folder, environment, port) as pid:
                yield Running(
                    dialect=plan.Dialect(
                        HOST,
                        port,
                        ready=r'\{"data":\[',
                        count=r'"like_count":([1-9]\d*)',
                        replies=(plan.Exchange("^2$", "3"),),
                        acknowledge=plan.Exchange(r"^42(\d+)\[", "43%1[]"),
                    ),
                    writes=plan.SqlWrites(dsn, LIKE),
                    service_pid=pid,
                    postgres_pid=self.site.cluster.pid,
                    subscriber=self._subscriber,
                    post=lambda space: str(self.site.population.newest_post(space)),
                )

    def _subscriber(self, topic: int, space: int, person: int, query: Query) -> plan.Subscriber:
        population = self.site.population
        where: dict[str, object] = {"space_id": str(population.space(space))}
        if query == "personal":
            own = {"author_id": str(population.person(person))}
            where = {"$and": [where, {"$or": [{"deleted_at": None}, own]}]}
        options = {"orderBy": {"created_at": False, "id": False}, "limit": POSTS_PER_PAGE}
        request = {"tableName": "posts", "command": "subscribe", "param1": where, "param2": options}
        subscribe = json.dumps(["_psqlWS_.", request])
        return plan.Subscriber(
            topic,
            "/socket.io/?EIO=4&transport=websocket",
            script=(
                plan.Exchange(r"^0\{", "40"),
                plan.Exchange(r'^42\d*\["_psqlWS_\.schema"', f"420{subscribe}"),
                plan.Exchange(r'^430\[null,.*"channelNameReady":("(?:[^"\\]|\\.)*")', "42[%1]"),
            ),
        )
