"""How the API behaves on the way: slow, limited, broken or silent, as the test wants it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Literal

from tests.stripe.simulator.books import StripeRefusal

Trouble = Literal["rate limit", "server error", "no answer", "cut off"]
TROUBLES: tuple[Trouble, ...] = ("rate limit", "server error", "no answer", "cut off")

SILENCE_S = 30.0  # Longer than any caller in a test waits.


class CutOff(Exception):
    """The connection ends in the middle of an answer."""


@dataclass
class Weather:
    """`slow_s` is the longest an answer waits, before it is made and again after; `trouble` meets requests
    with the chance `chance`, and counts in `troubled`. `held` counts answers that
    were made and wait for `release`, as each does while `holds`."""

    choose: random.Random
    slow_s: float = 0.0
    trouble: tuple[Trouble, ...] = ()
    chance: float = 0.0
    troubled: dict[str, int] = field(default_factory=dict)
    holds: bool = False
    held: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def before(self) -> bool:
        """Wait, and perhaps refuse: what reached Stripe did nothing. Whether the answer will be lost."""
        await self._dawdle()
        match self._next_trouble():
            case "rate limit":
                raise StripeRefusal(
                    429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit"
                )
            case "server error":
                raise StripeRefusal(500, "api_error", "An unknown error occurred.")
            case "no answer":
                await asyncio.sleep(SILENCE_S)
                raise CutOff
            case "cut off":
                return True
            case None:
                return False

    async def after(self, *, lost: bool) -> None:
        """Wait while the answer, already made, is on its way: meanwhile it may grow stale."""
        if self.holds:
            self.held += 1
            await self.release.wait()
        await self._dawdle()
        if lost:
            raise CutOff

    async def _dawdle(self) -> None:
        if self.slow_s:
            await asyncio.sleep(self.choose.random() * self.slow_s)

    def _next_trouble(self) -> Trouble | None:
        if not self.trouble or self.choose.random() >= self.chance:
            return None
        chosen = self.choose.choice(self.trouble)
        self.troubled[chosen] = self.troubled.get(chosen, 0) + 1
        return chosen
