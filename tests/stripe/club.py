"""A club that sells tiers: its service in this process, its Stripe the simulator, and a hand on both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from litestar import Litestar

from backend.devstack.http_server import reserve_port, serve
from backend.engine.ports import Call, MutationCall, MutationOutcome
from backend.engine.versions import Identity
from backend.protocol.values import decode_text, encode_text
from backend.runtime.context import ActionContext
from backend.runtime.execution import Execution
from backend.runtime.jobs.worker import JobWorker
from backend.runtime.session import SERVICE
from backend.server.app import FUNCTIONS
from backend.server.http_routes import http_routes
from backend.server.stripe_settings import StripeSettings
from backend.webhooks.stripe_gateway import StripeGateway
from schema.tables import CATALOG
from tests.databases import Database
from tests.stripe.simulator.account import Account
from tests.stripe.simulator.delivery import Endpoint, body_for, signed
from tests.stripe.simulator.history import visible_tiers
from tests.stripe.simulator.sdk_fields import PINNED_VERSION
from tests.stripe.simulator.server import KEYS, Simulator
from tests.stripe.simulator.shop import TIERS, Shop, open_shop

Json = dict[str, Any]

PATIENCE_S = 30.0
POLL_S = 0.01
SECRET, OLD_SECRET, CONNECT_SECRET = "whsec_of_the_club", "whsec_of_last_year", "whsec_of_connect"

MEMBERSHIP = """\
select id, user_id, status, tier, current_period_end, access_until, access_note, lapsed_at
from public.memberships where stripe_subscription_id = $1"""

OF_PERSON = """\
select stripe_subscription_id as id, status, tier,
    tier is not null and status in ('trialing', 'active', 'past_due')
        and (access_until is null or access_until > now()) as opens
from public.memberships where user_id = $1"""


@dataclass
class Club:
    """`told`: events of Stripe's that have not been delivered yet."""

    simulator: Simulator
    shop: Shop
    dsn: str
    sql: asyncpg.Connection
    execution: Execution
    url: str
    client: httpx.AsyncClient
    told: list[tuple[Account, Json]] = field(default_factory=list)

    @property
    def stripe(self) -> Account:
        """The platform's account at Stripe."""
        return self.shop.account

    async def person(self, role: str = "member") -> str:
        """Sign somebody up; their id."""
        id = uuid4()
        await self.sql.execute("insert into auth.users (id, email) values ($1, $2)", id, f"{id}@example.test")
        await self.sql.execute("update public.users set role = $2 where id = $1", id, role)
        return str(id)

    async def member(self, price: str = "gold", **given: Any) -> tuple[str, Json]:
        """Somebody who has bought something, and their subscription; all of it is told and settled."""
        person = await self.person()
        _, made = self.shop.checkout(price, client_reference_id=person, **given)
        await self.tell()
        return person, made

    async def tell(
        self, *, thin: bool = False, version: str = PINNED_VERSION, settles: bool = True
    ) -> list[int]:
        """Deliver what has happened, in order, and wait until it is worked on; the statuses answered."""
        told, self.told = self.told, []
        statuses = [await self.deliver(*one, thin=thin, version=version) for one in told]
        if settles:
            await self.settle()
        return statuses

    async def deliver(
        self, account: Account, event: Json, *, thin: bool = False, version: str = PINNED_VERSION
    ) -> int:
        """Deliver one event, as Stripe does; the status answered."""
        is_connected = account is not self.stripe
        path = "/webhooks/stripe/connect" if is_connected else "/webhooks/stripe"
        secret = CONNECT_SECRET if is_connected else SECRET
        endpoint = Endpoint("club", f"{self.url}{path}", secret, wants_thin=thin, api_version=version)
        body = body_for(endpoint, event)
        return await self.post(body.encode(), signed(endpoint, body), path=path)

    async def post(
        self, body: bytes, headers: Mapping[str, str | bytes] | None = None, *, path: str = "/webhooks/stripe"
    ) -> int:
        """Post anything at all; the status answered."""
        lines = [
            (name.encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in (headers or {}).items()
        ]
        return (await self.client.post(f"{self.url}{path}", content=body, headers=lines)).status_code

    async def settle(self) -> None:
        """Wait until no event waits to be worked on."""
        await self.becomes(0, "select count(*) from stripe_events where status in ('pending', 'failed')")

    async def becomes(self, expected: object, query: str, *parameters: object) -> None:
        """Wait until a query gives one value. Polls: a database has no way to tell us."""
        found = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (found := await self.sql.fetchval(query, *parameters)) != expected:  # noqa: ASYNC110
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise AssertionError(f"{query} gives {found!r}, not {expected!r}") from None

    async def seen(self, subscription: Json | str) -> tuple[str, str | None, bool] | None:
        """The membership of a subscription: status, tier, and whether it opens the tier's spaces.

        What its person sees by the rules of the database must be what all their memberships open.
        """
        id = subscription if isinstance(subscription, str) else subscription["id"]
        query = "select user_id::text from memberships where stripe_subscription_id = $1"
        person = await self.sql.fetchval(query, id)
        if person is None:
            return None
        rows = {row["id"]: row for row in await self.sql.fetch(OF_PERSON, UUID(person))}
        open_tiers = {row["tier"] for row in rows.values() if row["opens"]}
        assert (await visible_tiers(self.sql, [person]))[person] == open_tiers
        return rows[id]["status"], rows[id]["tier"], rows[id]["opens"]

    async def row(self, subscription: Json | str) -> asyncpg.Record | None:
        """The membership of a subscription."""
        id = subscription if isinstance(subscription, str) else subscription["id"]
        return await self.sql.fetchrow(MEMBERSHIP, id)

    async def notices(self, person: str) -> list[str]:
        """What somebody has been told about payments, oldest first."""
        query = "select data ->> 'kind' as kind from notifications where user_id = $1 and type = 'billing'"
        rows = await self.sql.fetch(f"{query} order by created_at", UUID(person))
        return [row["kind"] for row in rows]

    async def events(self, type: str) -> list[tuple[str, str | None]]:
        """State and note of the events of a type, oldest first."""
        rows = await self.sql.fetch(
            "select status, note from stripe_events where type = $1 order by created_at", type
        )
        return [(row["status"], row["note"]) for row in rows]

    async def call(self, function: str, person: str, **arguments: object) -> MutationOutcome:
        """An action, as somebody's client sends it."""
        claims = {"sub": person, "role": "authenticated", "aud": "authenticated"}
        call = Call(function, encode_text(arguments))
        return await self.execution.act(MutationCall(call, Identity(UUID(person), claims, None), None, None))

    async def value(self, function: str, person: str, **arguments: object) -> Any:
        """What the action gave."""
        outcome = await self.call(function, person, **arguments)
        assert outcome.error is None, outcome.error
        return decode_text(outcome.value_json or "null")

    async def refusal(self, function: str, person: str, **arguments: object) -> str:
        """The code with which the action was refused."""
        outcome = await self.call(function, person, **arguments)
        assert outcome.error is not None, outcome
        assert outcome.error.data_json is not None, outcome.error
        data = decode_text(outcome.error.data_json)
        assert isinstance(data, dict), data
        return str(data["code"])

    @property
    def operator(self) -> ActionContext:
        """The service itself, on nobody's behalf."""
        return ActionContext(SERVICE, self.execution)


@asynccontextmanager
async def open_club(database: Database, *, works: bool = True, **settings: object) -> AsyncIterator[Club]:
    """A club with a space for each tier and nobody in it. `settings`: of payments, in place of the usual."""
    # So that what is paid for now lasts for a month.
    simulator = Simulator(int(time.time()))
    shop = open_shop(simulator.platform())
    usual = {
        "stripe_secret_key": KEYS[False],
        "stripe_webhook_secrets": (OLD_SECRET, SECRET),
        "stripe_connect_webhook_secrets": (CONNECT_SECRET,),
        "stripe_tiers": tuple(TIERS),
    }
    sql = await asyncpg.connect(database.dsn())
    async with simulator.serving(), httpx.AsyncClient(timeout=PATIENCE_S) as client:
        setup = StripeSettings.model_validate({**usual, "stripe_api_url": simulator.url, **settings})
        gateway = StripeGateway(setup.stripe_setup)
        execution = Execution(
            dsn=database.dsn(),
            registry=FUNCTIONS,
            catalog=CATALOG,
            verify=_nobody,
            cursor_secret=b"a secret of the tests",
            observe=lambda _: None,
            production=False,
            gateways={StripeGateway: gateway},
        )
        worker = JobWorker(
            dsn=database.dsn(),
            execution=execution,
            crons=(),
            observe=lambda _: None,
            observe_crash=lambda *_: None,
        )
        app = Litestar(list(http_routes(execution)), openapi_config=None, logging_config=None)
        with closing(reserve_port(0, option="")) as reserved:
            async with gateway.running(), execution.running(), serve(app, reserved):
                url = "http://{}:{}".format(*reserved.getsockname())
                club = Club(simulator, shop, database.dsn(), sql, execution, url, client)
                simulator.listeners.append(lambda account, event: club.told.append((account, event)))
                for tier in TIERS:
                    await sql.execute(
                        "insert into spaces (name, visibility, required_tier) values ($1, 'paid', $1)", tier
                    )
                try:
                    if works:
                        async with worker.running():
                            yield club
                    else:
                        yield club
                finally:
                    await sql.close()


async def _nobody(token: str) -> Identity:
    raise AssertionError(token)
