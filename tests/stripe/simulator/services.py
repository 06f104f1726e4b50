"""Copies of the service beside the simulator, which may be killed and started again at the same address."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from backend.devstack.http_asgi import lifespan
from backend.devstack.http_server import reserve_port, serve
from backend.engine.versions import Identity
from backend.runtime.context import ActionContext
from backend.runtime.execution import Execution
from backend.runtime.session import SERVICE
from backend.server.app import FUNCTIONS, create_app
from backend.server.settings import Settings
from backend.webhooks import stripe_events, stripe_reconciliation
from backend.webhooks.stripe_gateway import StripeGateway
from schema.tables import CATALOG
from tests.conftest import REPOSITORY
from tests.stripe.simulator.delivery import Endpoint
from tests.stripe.simulator.server import KEYS, Simulator
from tests.stripe.simulator.shop import TIERS
from tests.stripe.simulator.truth import Standing

LEASE_S = 1.5  # Short, so that a killed copy's jobs need not be waited for.
PATIENCE_S = 120.0  # Of a machine that has much else to do.
POLL_S = 0.05
SILENCE_S = 0.4  # After which nobody is working on anything.
SECRET, TEST_MODE_SECRET = "whsec_of_the_platform", "whsec_of_its_test_mode"
CONNECT_SECRET = "whsec_of_connect"


@dataclass
class Service:
    """One service of a project: its database, and the process that is the copy running now, if it has one."""

    simulator: Simulator
    dsn: str
    sql: asyncpg.Connection
    directory: Path
    livemode: bool
    port: int
    process: asyncio.subprocess.Process | None = None
    started: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def endpoint(self, name: str = "platform", **given: object) -> Endpoint:
        """The platform's webhook endpoint; other fields as given."""
        fields = {"secret": SECRET, "livemode": self.livemode, "url": f"{self.url}/webhooks/stripe"}
        return Endpoint(name, **fields | given)  # type: ignore[arg-type]

    async def start(self) -> None:
        """Start a copy, and wait until it is ready."""
        environment = os.environ | {
            f"FOLKMOOT_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in self._fields().items()
        }
        self.started += 1
        with (self.directory / f"service-{self.started}.log").open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.stripe.simulator.service_process", str(LEASE_S)),
                cwd=REPOSITORY,
                env=environment,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            while True:
                assert self.process.returncode is None, "the service ended"
                try:
                    if (await client.get(f"{self.url}/health/ready")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(POLL_S)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def quiet(self) -> None:
        """Wait until nothing is left to be done; what waits for a later try is tried now."""
        async with asyncio.timeout(PATIENCE_S), self._operator() as operator:
            left = before = await self._open_events()
            while left:
                # Whoever works on something still is left alone: only silence is hurried.
                if left == before:
                    await self.sql.execute(HURRY)
                    await operator.run_action(stripe_events.wake_waiting)
                await asyncio.sleep(SILENCE_S)
                left, before = await self._open_events(), left

    async def reconcile(self) -> None:
        """What runs every night."""
        async with self._operator() as operator:
            await operator.run_action(stripe_reconciliation.reconcile)

    @asynccontextmanager
    async def _operator(self) -> AsyncIterator[ActionContext]:
        """Somebody who calls functions beside the service, as the command line does."""
        gateway = StripeGateway(self.settings().stripe_setup)
        execution = Execution(
            dsn=self.dsn,
            registry=FUNCTIONS,
            catalog=CATALOG,
            verify=_nobody,
            cursor_secret=b"a secret of the tests",
            observe=lambda observation: None,
            production=False,
            gateways={StripeGateway: gateway},
        )
        async with gateway.running(), execution.running():
            yield ActionContext(SERVICE, execution)

    def settings(self) -> Settings:
        """What the service is set up with."""
        return Settings.model_validate(self._fields())

    async def events(self) -> dict[str, int]:
        """How many events are in which state."""
        query = "select status, count(*) from public.stripe_events group by status"
        return {row["status"]: row["count"] for row in await self.sql.fetch(query)}

    async def standings(self) -> dict[str, Standing]:
        """Every membership by its subscription, and whether it grants, as the rules see it now."""
        return {
            row["stripe_subscription_id"]: Standing(
                str(row["user_id"]), row["status"], row["tier"], row["period_end"], row["grants"]
            )
            for row in await self.sql.fetch(MEMBERSHIPS)
        }

    async def count_of_price(self, price_id: str, subscription_ids: Collection[str]) -> int:
        """How many of these subscriptions are written down with a price."""
        query = (
            "select count(*) from public.stripe_subscriptions"
            " where $1 = any (price_ids) and subscription_id = any ($2::text[])"
        )
        return await self.sql.fetchval(query, price_id, list(subscription_ids))

    async def now_s(self) -> int:
        """PostgreSQL's clock, by which access ends."""
        return await self.sql.fetchval("select extract(epoch from now())::bigint")

    def _fields(self) -> dict[str, object]:
        return {
            "database_url": self.dsn,
            "supabase_url": "http://127.0.0.1:1",  # Nobody signs in here.
            "jwt_secret": "a secret of the tests, long enough",
            "port": self.port,
            "stripe_secret_key": KEYS[self.livemode],
            "stripe_api_url": self.simulator.url,
            "stripe_webhook_secrets": [SECRET, TEST_MODE_SECRET],
            "stripe_connect_webhook_secrets": [CONNECT_SECRET],
            "stripe_tiers": list(TIERS),
        }

    async def _open_events(self) -> int:
        return await self.sql.fetchval(
            "select count(*) from public.stripe_events where status in ('pending', 'failed')"
        )


# As if the minutes had passed after which an event left behind is taken up again.
HURRY = """\
update public.stripe_events set next_at = now() where status in ('pending', 'failed')"""

MEMBERSHIPS = """\
select user_id, stripe_subscription_id, status, tier,
    extract(epoch from current_period_end)::bigint as period_end,
    tier is not null and status in ('trialing', 'active', 'past_due')
        and (access_until is null or access_until > now()) as grants
from public.memberships"""


async def _nobody(token: str) -> Identity:
    raise AssertionError(token)


@asynccontextmanager
async def running_service(
    simulator: Simulator, dsn: str, directory: Path, *, livemode: bool, may_be_killed: bool
) -> AsyncIterator[Service]:
    """A service that is ready: in this process, or in one of its own where it may be killed."""
    with closing(reserve_port(0, option="")) as reserved:
        sql = await asyncpg.connect(dsn)
        service = Service(simulator, dsn, sql, directory, livemode, reserved.getsockname()[1])
        try:
            if may_be_killed:
                reserved.close()
                await service.start()
                yield service
            else:
                app = create_app(service.settings())
                async with lifespan(app), serve(app, reserved):
                    yield service
        finally:
            await service.kill()
            await sql.close()
