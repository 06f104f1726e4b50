"""A service whose functions are those of these tests, and people who call them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from backend.handlers import posts, users
from backend.runtime.registration import Registry
from tests.observing import functions

REGISTRY = Registry.of(posts, users, functions)
FUNCTIONS = "tests/observing/functions"


@dataclass
class Caller:
    """Somebody's HTTP client."""

    http: httpx.AsyncClient
    service: Any

    async def call(
        self,
        kind: str,
        name: str,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        /,
        **args: Any,
    ) -> httpx.Response:
        """Call one of the functions of these tests."""
        told = dict(headers or {})
        if token is not None:
            told["Authorization"] = f"Bearer {token}"
        body = {"path": f"{FUNCTIONS}:{name}", "args": args, "format": "json"}
        return await self.http.post(f"/api/{kind}", json=body, headers=told)

    async def metrics(self) -> dict[str, float]:
        """Every number by its name and labels."""
        lines = (await self.http.get("/metrics")).text.splitlines()
        pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
        return {name: float(value) for name, _, value in pairs}


@pytest.fixture
def settings_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service that comes next serves the functions of these tests, and logs in JSON."""
    monkeypatch.setattr("backend.server.app.FUNCTIONS", REGISTRY)
    monkeypatch.setenv("FOLKMOOT_LOG_FORMAT", "json")


@pytest.fixture
async def caller(settings_of_the_service: None, service) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        yield Caller(http, service)


def lines_of(text: str) -> list[dict[str, Any]]:
    """The log lines in what was written to stderr."""
    return [json.loads(line) for line in text.splitlines()]
