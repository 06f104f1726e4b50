"""Projections that believe what deliveries say, or ask without order: each is wrong, and must be found so."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

import stripe

Json = dict[str, Any]


class Projection(Protocol):
    """What it holds of subscriptions by id, after the deliveries it was shown in their order."""

    held: dict[str, Json]

    def receive(self, event: Json) -> None: ...


@dataclass
class LastWriteWins:
    """Whatever is delivered last is believed."""

    held: dict[str, Json] = field(default_factory=dict)

    def receive(self, event: Json) -> None:
        told = event["data"]["object"]
        if told["object"] == "subscription":
            self.held[told["id"]] = deepcopy(told)


@dataclass
class EachEventOnce(LastWriteWins):
    """The same, and an event that was delivered before is left alone."""

    seen: set[str] = field(default_factory=set)

    def receive(self, event: Json) -> None:
        if event["id"] not in self.seen:
            self.seen.add(event["id"])
            super().receive(event)


@dataclass
class NewerByTime(LastWriteWins):
    """An event is believed if it is newer by its time, or as new where ties are let in."""

    lets_ties_in: bool = False
    latest: dict[str, int] = field(default_factory=dict)

    def receive(self, event: Json) -> None:
        told = event["data"]["object"]
        stored = self.latest.get(told.get("id", ""), -1)
        if stored < event["created"] or (self.lets_ties_in and stored == event["created"]):
            self.latest[told.get("id", "")] = event["created"]
            super().receive(event)


@dataclass
class RefetchWithoutFence:
    """Each event is a wake-up, and the answers are written as they come in."""

    client: stripe.StripeClient
    held: dict[str, Json] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def receive(self, event: Json) -> None:
        told = event["data"]["object"]
        if told["object"] == "subscription":
            task = asyncio.create_task(self._refetch(told["id"]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def price_of(self, id: str) -> str | None:
        """The price it believes a subscription to have."""
        return self.held[id]["items"]["data"][0]["price"]["id"] if id in self.held else None

    async def quiet(self) -> None:
        """Wait for the last answer."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _refetch(self, id: str) -> None:
        try:
            found = await self.client.v1.subscriptions.retrieve_async(id)
        except stripe.StripeError:
            return  # Stripe is out of reach; the next event will do.
        self.held[id] = found.to_dict()
