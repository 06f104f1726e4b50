"""Somebody who calls a running service over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from tests.databases import connected


@dataclass
class Visit:
    """Someone's HTTP client, and a hand on the database."""

    http: httpx.AsyncClient
    sql: asyncpg.Connection
    service: Any

    async def sign_up(self) -> str:
        """A new person's access token."""
        return await self.service.stack.sign_up()

    async def post(self, path: str, body: object, token: str | None = None, **headers: str) -> httpx.Response:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return await self.http.post(path, json=body, headers=headers)

    async def space(self, **columns: object) -> str:
        """A public space; its id."""
        return await self.sql.fetchval(
            "insert into spaces (name, visibility) values ('General', 'public') returning id::text"
        )


@asynccontextmanager
async def open_visit(service: Any) -> AsyncIterator[Visit]:
    """A visit to a running service."""
    http = httpx.AsyncClient(base_url=service.url, timeout=30)
    async with connected(service.stack.db_url) as sql, http:
        yield Visit(http, sql, service)


def whole(response: httpx.Response) -> tuple[int, Any]:
    return response.status_code, response.json()
