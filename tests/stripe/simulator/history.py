"""A community with its shop at the simulator, its service, and the deliveries between them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from tests.databases import Database
from tests.stripe.simulator.delivery import Chances, Sender
from tests.stripe.simulator.naive import RefetchWithoutFence
from tests.stripe.simulator.server import Simulator
from tests.stripe.simulator.services import PATIENCE_S, POLL_S, Service, running_service
from tests.stripe.simulator.shapes import DAY_S
from tests.stripe.simulator.shop import YEARLY, Shop, open_shop
from tests.stripe.simulator.truth import Standing, standings
from tests.stripe.simulator.versions import VERSION_2024

Json = dict[str, Any]

BEGAN_DAYS = 80  # Ago: two renewals, and the retries of one that fails.
PAUSE_S = 0.004  # Between steps at most, so that deliveries and answers overlap with what comes next.
TYPES = ("checkout.", "customer.", "invoice.p", "invoice.m", "charge.", "refund.", "price.", "product.")
THIN_TYPES = ("customer.subscription", "invoice.p")


@dataclass
class History:
    """What happens at the shop is told to the service, in the sender's way."""

    simulator: Simulator
    shop: Shop
    service: Service
    sender: Sender
    choose: random.Random

    async def play(self, steps: Iterator[None]) -> None:
        """Let things happen, with little time between them."""
        for _ in steps:
            await asyncio.sleep(self.choose.random() * PAUSE_S)

    async def settle(self) -> None:
        """Wait until everything is delivered and worked on."""
        await self.sender.quiet()
        await self.service.quiet()

    async def truth(self) -> dict[str, Standing]:
        """Every subscription that is somebody's, now."""
        return standings(self.shop.account, await self.service.now_s())

    def differences(
        self, found: dict[str, Standing], truth: dict[str, Standing]
    ) -> dict[str, tuple[Standing | None, Standing | None]]:
        """What is believed of a subscription and what is true, where they differ.

        A deleted customer's metadata is gone: whether it was read before decides whether the subscription,
        which has ended, is remembered as somebody's.
        """
        return {
            id: (found.get(id), truth.get(id))
            for id in sorted(found.keys() | truth.keys())
            if found.get(id) != truth.get(id) and not (id not in truth and self._is_forgotten(id, found[id]))
        }

    def _is_forgotten(self, id: str, found: Standing) -> bool:
        book = self.shop.account.book
        customer = book.get("customer", book.get("subscription", id)["customer"])
        return bool(customer.get("deleted")) and found.status == "canceled" and not found.grants

    async def overtake(self, subscriptions: list[Json], other: RefetchWithoutFence) -> None:
        """Change each twice, so that what is answered in between comes last: to us and to `other`."""
        await other.quiet()
        self.sender.chances = Chances()
        weather, ids = self.simulator.weather, {made["id"] for made in subscriptions}
        weather.holds, weather.held = True, 0
        for made in subscriptions:
            self.shop.change(made, "silver", proration_behavior="none")
        await self.sender.quiet()
        await self._until(lambda: weather.held >= 2 * len(ids))
        weather.holds = False
        for made in subscriptions:
            self.shop.change(made, YEARLY, proration_behavior="none")
        yearly = self.shop.prices[YEARLY]
        await self._until(lambda: all(other.price_of(id) == yearly for id in ids))
        async with asyncio.timeout(PATIENCE_S):
            while await self.service.count_of_price(yearly, ids) < len(ids):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)
        weather.release.set()

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)


@asynccontextmanager
async def history(
    database: Database,
    directory: Path,
    *,
    seed: int,
    chances: Chances | None = None,
    livemode: bool = True,
    began_days: int = BEGAN_DAYS,
    may_be_killed: bool = False,
) -> AsyncIterator[History]:
    """An empty community and its shop, so many days ago."""
    simulator = Simulator(int(time.time()) - began_days * DAY_S, seed)
    shop = open_shop(simulator.platform(livemode=livemode))
    async with (
        simulator.serving(),
        running_service(
            simulator, database.dsn(), directory, livemode=livemode, may_be_killed=may_be_killed
        ) as service,
    ):
        endpoints = [
            service.endpoint("of 2024", api_version=VERSION_2024, types=TYPES),
            service.endpoint("thin", wants_thin=True, types=THIN_TYPES),
        ]
        sender = Sender(simulator, endpoints, random.Random(seed), chances or Chances())
        async with sender.running():
            yield History(simulator, shop, service, sender, random.Random(seed))


async def sign_up(sql: asyncpg.Connection, count: int) -> list[str]:
    """People of the community, by id."""
    ids = [UUID(int=number) for number in range(1, count + 1)]
    rows = [(id, f"person{id.int}@example.test") for id in ids]
    await sql.executemany("insert into auth.users (id, email) values ($1, $2)", rows)
    return [str(id) for id in ids]


async def open_spaces(sql: asyncpg.Connection, *tiers: str) -> None:
    """A space for each tier."""
    for tier in tiers:
        await sql.execute(
            "insert into public.spaces (name, visibility, required_tier) values ($1, 'paid', $1)", tier
        )


async def visible_tiers(sql: asyncpg.Connection, people: list[str]) -> dict[str, set[str]]:
    """For which tiers' spaces the rules of the database let each person in."""
    found: dict[str, set[str]] = {}
    for person in people:
        async with sql.transaction():
            await sql.execute("set local role authenticated")
            await sql.execute(
                "select set_config('request.jwt.claims', $1, true)",
                f'{{"sub": "{person}", "role": "authenticated"}}',
            )
            rows = await sql.fetch("select required_tier from public.spaces where visibility = 'paid'")
        found[person] = {row["required_tier"] for row in rows}
    return found
