"""A purchase opens a paid space on an open page without a reload, and a lapse closes it."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import asyncpg

from backend.devstack.http_asgi import lifespan
from backend.devstack.http_server import reserve_port, serve
from backend.server.app import create_app
from backend.server.settings import Settings
from tests.clients.browser import open_browser
from tests.clients.feeds import contents, feed_of
from tests.clients.world import World
from tests.conftest import RunningStack
from tests.stripe.simulator.delivery import Endpoint, Sender
from tests.stripe.simulator.server import KEYS, Simulator
from tests.stripe.simulator.shop import TIERS, open_shop

SECRET = "whsec_of_the_page"


@asynccontextmanager
async def paid_service(stack: RunningStack, simulator: Simulator) -> AsyncIterator[str]:
    """The whole service, beside a stack, with payments; its address."""
    with closing(reserve_port(0, option="")) as reserved:
        given = {
            "database_url": stack.db_url,
            "supabase_url": stack.api_url,
            "jwt_secret": stack.jwt_secret,
            "stripe_secret_key": KEYS[False],
            "stripe_api_url": simulator.url,
            "stripe_webhook_secrets": (SECRET,),
            "stripe_tiers": tuple(TIERS),
        }
        app = create_app(Settings.model_validate(given))
        async with lifespan(app), serve(app, reserved):
            yield "http://{}:{}".format(*reserved.getsockname())


async def test_a_purchase_opens_a_paid_space_on_an_open_page_and_a_lapse_closes_it(stack: RunningStack):
    simulator = Simulator(int(time.time()))
    shop = open_shop(simulator.platform())
    sql = await asyncpg.connect(stack.db_url)
    world = World(sql)
    guild = await world.space("Guild", visibility="paid", required_tier="gold")
    async with (
        simulator.serving(),
        paid_service(stack, simulator) as url,
        Sender(
            simulator, [Endpoint("page", f"{url}/webhooks/stripe", SECRET)], random.Random(1)
        ).running() as sender,
        open_browser(api_url=stack.api_url, anon_key=stack.anon_key, service_url=url) as browser,
    ):
        ada, ben = browser.tab("ada"), browser.tab("ben")
        ada_id, ben_id = await ada.sign_up(), await ben.sign_up()
        await world.post(guild, ben_id, "for members")
        feed = await ada.subscribe("posts:feed", feed_of(guild))
        mine = await ada.subscribe("billing:membership")
        bens = await ben.subscribe("posts:feed", feed_of(guild))
        await feed.settles_on([], contents)
        await mine.settles_on(None)
        await bens.settles_on([], contents)

        _, made = shop.checkout("gold", client_reference_id=ada_id)
        await feed.settles_on(["for members"], contents)
        await mine.settles_on(
            ("gold", "active", True), lambda one: one and (one["tier"], one["status"], one["opens"])
        )

        made["cancel_at"] = int(time.time()) + 2
        shop.account.book.emit("customer.subscription.updated", made)
        await feed.settles_on([], contents)
        await mine.settles_on(("canceled", False), lambda one: (one["accessNote"], one["opens"]))

        made["cancel_at"] = None
        shop.account.book.emit("customer.subscription.updated", made)
        await feed.settles_on(["for members"], contents)
        shop.account.subscriptions.cancel(made)
        await feed.settles_on([], contents)
        await sender.quiet()
        opened = ["for members"]
        assert [contents(answer) for answer in feed.heard()] == [[], opened, [], opened, []]
        assert [contents(answer) for answer in bens.heard()] == [[]]
    await sql.close()
