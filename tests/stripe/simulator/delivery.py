"""Stripe's deliveries: signed by the SDK's own signer, in any order, repeated, late, again, or never."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import stripe

from tests.stripe.simulator.account import Account, thin
from tests.stripe.simulator.books import PLATFORM
from tests.stripe.simulator.sdk_fields import PINNED_VERSION
from tests.stripe.simulator.server import Simulator
from tests.stripe.simulator.versions import in_version

Json = dict[str, Any]
Shadow = Callable[[Json], None]

TRIES_MAX = 200  # Stripe tries for three days; here that must be longer than a service is ever down.
RETRY_S, RETRY_S_MAX = 0.1, 3.0  # Stripe's back-off, in a hurry.
SENDING_MAX = 24  # Deliveries on the way at once, as a burst of Stripe's can be.


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint as it is set up at Stripe: for the platform's events or for connected accounts'."""

    name: str
    url: str
    secret: str
    livemode: bool = False
    connect: bool = False
    api_version: str = PINNED_VERSION
    wants_thin: bool = False
    types: tuple[str, ...] = ("",)  # Only events whose type begins so.

    def hears(self, account: Account, event: Json) -> bool:
        is_connected = account.book.account_id != PLATFORM
        is_ours = account.book.livemode == self.livemode and is_connected == self.connect
        return is_ours and event["type"].startswith(self.types)


@dataclass(frozen=True)
class Chances:
    """How deliveries go wrong: chances of 0 to 1, and the longest a delivery may wait."""

    duplicated: float = 0.0
    dropped: float = 0.0
    delay_s: float = 0.0


@dataclass
class Sender:
    """Sends every event of a simulator to the endpoints that hear it, until each answers 2xx."""

    simulator: Simulator
    endpoints: list[Endpoint]
    choose: random.Random
    chances: Chances = field(default_factory=Chances)
    shadows: list[Shadow] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    dropped: list[tuple[Account, Json]] = field(default_factory=list)
    sent: list[tuple[Endpoint, Json]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SENDING_MAX))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Sender]:
        """Send meanwhile; what is still to be sent at the end is not."""
        async with httpx.AsyncClient(timeout=30) as self._client:
            self.simulator.listeners.append(self._plan)
            try:
                yield self
            finally:
                self.simulator.listeners.remove(self._plan)
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait until everything is delivered, however often that must be tried."""
        while self._tasks:
            for ended in (await asyncio.wait(set(self._tasks)))[0]:
                ended.result()

    def send_again(self, share: float) -> None:
        """Replay old events, as somebody at a dashboard does."""
        for endpoint, event in self.choose.sample(self.sent, int(len(self.sent) * share)):
            self._start(endpoint, event, None)

    def deliver(self, account: Account, event: Json) -> None:
        """Send an event now and without accidents: one that was dropped, for example."""
        for endpoint in self.endpoints:
            if endpoint.hears(account, event):
                self._start(endpoint, event, account, delay_s=0)

    def _plan(self, account: Account, event: Json) -> None:
        for endpoint in self.endpoints:
            if not endpoint.hears(account, event):
                continue
            account.undelivered.setdefault(event["id"], set()).add(endpoint.name)
            if self.choose.random() < self.chances.dropped:
                self.dropped.append((account, event))
                continue
            self._start(endpoint, event, account)
            while self.choose.random() < self.chances.duplicated:
                self._start(endpoint, event, account)

    def _start(
        self, endpoint: Endpoint, event: Json, account: Account | None, delay_s: float | None = None
    ) -> None:
        delay = self.choose.random() ** 2 * self.chances.delay_s if delay_s is None else delay_s
        task = asyncio.create_task(self._deliver(endpoint, event, account, delay))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self, endpoint: Endpoint, event: Json, account: Account | None, delay_s: float
    ) -> None:
        await asyncio.sleep(delay_s)
        body = body_for(endpoint, event)
        for tried in range(TRIES_MAX):
            status = await self._post(endpoint, body)
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if 200 <= status < 300:
                self.sent.append((endpoint, event))
                if account is not None:
                    account.undelivered[event["id"]].discard(endpoint.name)
                for shadow in () if endpoint.wants_thin else self.shadows:
                    shadow(event)
                return
            await asyncio.sleep(min(RETRY_S * 2**tried, RETRY_S_MAX) * (0.5 + self.choose.random()))

    async def _post(self, endpoint: Endpoint, body: str) -> int:
        """The status, or 0 when there was no answer."""
        async with self._room:
            try:
                return (
                    await self._client.post(endpoint.url, content=body, headers=signed(endpoint, body))
                ).status_code
            except httpx.TransportError:
                return 0


def body_for(endpoint: Endpoint, event: Json) -> str:
    """The event as this endpoint gets it: in its version, whole or thin."""
    if endpoint.wants_thin:
        return json.dumps(thin(event))
    made = in_version(event, endpoint.api_version) | {"api_version": endpoint.api_version}
    return json.dumps(made, indent=2)  # Stripe's bodies are indented, too.


def signed(endpoint: Endpoint, body: str) -> dict[str, str]:
    """The headers Stripe sends beside a body, signed now."""
    signature = stripe.WebhookSignature.generate_signature_header(body, endpoint.secret)
    return {"stripe-signature": signature, "content-type": "application/json; charset=utf-8"}
