"""How the service reaches Stripe: its own asynchronous client, and what was decided about payments."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias, cast

import stripe
from pydantic import SecretStr

from backend.webhooks.stripe_errors import BillingOff, translate_stripe
from backend.webhooks.stripe_shapes import Found, parts, text

REQUEST_S_MAX = 30.0  # Stripe's slowest calls take some seconds.
RETRIES = 2  # Of one call, by the client itself under one idempotency key.
PAGE_ROWS = 100  # Stripe's own limit.
PAGES_MAX = 10_000  # A million objects: a list that goes on after that goes in circles.

PRODUCTION_URL = "https://api.stripe.com"

PausePolicy: TypeAlias = Literal["keep", "close"]
RefundPolicy: TypeAlias = Literal["keep", "revoke"]
DisputePolicy: TypeAlias = Literal["suspend", "keep"]
LostPolicy: TypeAlias = Literal["revoke", "cancel"]


@dataclass(frozen=True)
class Policy:
    """What was decided about access where Stripe leaves the choice.

    `grace`: for how long a failing payment keeps access. `pause`: while collection is paused. `refund`: once
    the current period is given back in full. `dispute`: while one is open. `lost`: what follows besides.
    """

    grace: timedelta = timedelta(days=7)
    pause: PausePolicy = "keep"
    refund: RefundPolicy = "keep"
    dispute: DisputePolicy = "suspend"
    lost: LostPolicy = "revoke"


@dataclass(frozen=True)
class Tiers:
    """Which tier a price is for: `of_prices` by id, else `metadata.tier` of the price, else of its product.

    `order` names tiers from the lowest to the highest, to tell which of several is shown.
    """

    of_prices: Mapping[str, str] = field(default_factory=dict[str, str])
    order: tuple[str, ...] = ()

    def rank(self, tier: str | None) -> int:
        """The higher the better; 0 for a tier whose place nobody named."""
        return self.order.index(tier) + 1 if tier in self.order else 0

    def best(self, tiers: Iterable[str]) -> str | None:
        """The highest of several, by name where their places say nothing; None of none."""
        return max(tiers, key=lambda tier: (self.rank(tier), tier), default=None)


@dataclass(frozen=True)
class StripeSetup:
    """All that is set about Stripe. Without a `secret_key` there are no payments."""

    secret_key: SecretStr | None = None
    webhook_secrets: tuple[SecretStr, ...] = ()
    connect_webhook_secrets: tuple[SecretStr, ...] = ()
    api_url: str = PRODUCTION_URL
    policy: Policy = field(default_factory=Policy)
    tiers: Tiers = field(default_factory=Tiers)


class StripeGateway:
    """Calls of Stripe's API in the version that its client is pinned to, each for one account.

    Everything may raise `BillingOff`, `StripeAway`, or another of `stripe_errors`. Objects are plain JSON.
    """

    def __init__(self, setup: StripeSetup) -> None:
        self.setup = setup
        self._opened: stripe.StripeClient | None = None
        self._http: stripe.HTTPXClient | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Its connections are closed when the context ends."""
        try:
            yield
        finally:
            if self._http is not None:
                await self._http.close_async()
            self._http = self._opened = None

    @property
    def is_on(self) -> bool:
        """Whether a key is set."""
        return self.setup.secret_key is not None

    @property
    def livemode(self) -> bool:
        """Whether the key is one for real money. Raises `BillingOff`."""
        return "_test_" not in self._key()

    async def read(self, path: str, account: str, **params: object) -> Found | None:
        """One object; None when there is none."""
        try:
            return await self._call("get", path, account, params)
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing" or error.http_status == 404:
                return None
            raise translate_stripe(error) from error
        except stripe.StripeError as error:
            raise translate_stripe(error) from error

    async def pages(self, path: str, account: str, **params: object) -> AsyncIterator[list[Found]]:
        """All objects of a list, page by page as Stripe gives them."""
        after: str | None = None
        for _ in range(PAGES_MAX):
            more = {"starting_after": after} if after else {}
            page = await self.read(path, account, limit=PAGE_ROWS, **params, **more) or {}
            objects = parts(page, "data")
            yield objects
            after = text(objects[-1], "id") if objects else None
            if page.get("has_more") is not True or after is None:
                return

    async def write(self, path: str, account: str, *, key: str, **params: object) -> Found:
        """Make or change something; doing so again with the same `key` within a day changes nothing."""
        try:
            return await self._call("post", path, account, params, key)
        except stripe.StripeError as error:
            raise translate_stripe(error) from error

    async def cancel(self, subscription_id: str, account: str, *, key: str) -> None:
        """End a subscription at once. One that has ended already is left alone."""
        try:
            await self._call("delete", f"/v1/subscriptions/{subscription_id}", account, {}, key)
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise translate_stripe(error) from error
        except stripe.StripeError as error:
            raise translate_stripe(error) from error

    async def _call(
        self, method: str, path: str, account: str, params: Mapping[str, object], key: str | None = None
    ) -> Found:
        options = {"stripe_account": account} if account else {}
        if key is not None:
            options["idempotency_key"] = key
        response = await self._client().raw_request_async(method, path, **params, **options)
        return cast("Found", response.data)

    def _client(self) -> stripe.StripeClient:
        if self._opened is None:
            self._http = stripe.HTTPXClient(timeout=REQUEST_S_MAX)
            self._opened = stripe.StripeClient(
                self._key(),
                http_client=self._http,
                base_addresses={"api": self.setup.api_url},
                max_network_retries=RETRIES,
            )
        return self._opened

    def _key(self) -> str:
        if self.setup.secret_key is None:
            raise BillingOff
        return self.setup.secret_key.get_secret_value()


def idempotency_key(*parts_of_it: object) -> str:
    """The key under which Stripe does a thing once: the same for the same person, action and intent."""
    return hashlib.sha256("\n".join(map(str, parts_of_it)).encode()).hexdigest()
