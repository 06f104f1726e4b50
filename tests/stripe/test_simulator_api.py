"""The simulator answers as Stripe's API does: pages, keys, versions, accounts, refusals and bad weather."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import httpx
import pytest
import stripe

from backend.devstack.http_server import reserve_port, serve
from tests.stripe.simulator.delivery import Chances, Endpoint, Sender, body_for
from tests.stripe.simulator.sdk_fields import PINNED_VERSION, field_mistakes
from tests.stripe.simulator.server import KEYS, Simulator
from tests.stripe.simulator.shapes import DAY_S
from tests.stripe.simulator.shop import Shop, open_shop, stripe_client
from tests.stripe.simulator.versions import VERSION_2024
from tests.stripe.simulator.weather import TROUBLES

Json = dict[str, Any]

# The SDK hands httpx its forms in a way that httpx will not take for ever.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw:DeprecationWarning")

CONNECTED = "acct_1SomeoneElse"
SECRET = "whsec_of_the_test"


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """An empty Stripe."""
    made = Simulator(1_790_000_000)
    async with made.serving():
        yield made


@pytest.fixture
def shop(simulator: Simulator) -> Shop:
    """A shop in test mode."""
    return open_shop(simulator.platform())


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[stripe.StripeClient]:
    """The SDK, in test mode."""
    async with stripe_client(simulator) as made:
        yield made


async def test_lists_are_paged_newest_first_and_say_whether_there_is_more(shop: Shop, client):
    made = [shop.subscribe(shop.customer())["id"] for _ in range(25)]
    page = await client.v1.subscriptions.list_async()
    assert ([found.id for found in page.data], page.has_more) == (made[::-1][:10], True)
    page = await client.v1.subscriptions.list_async({"limit": 7})
    assert [found.id async for found in page.auto_paging_iter()] == made[::-1]
    assert [found["id"] for found in page.to_dict()["data"]] == made[::-1][:7]
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.subscriptions.list_async({"limit": 101})


async def test_a_page_begins_after_one_that_is_no_longer_in_the_list(shop: Shop, client):
    made = [shop.subscribe(shop.customer())["id"] for _ in range(4)]
    page = await client.v1.subscriptions.list_async({"limit": 2})
    shop.account.subscriptions.cancel(shop.account.book.get("subscription", page.data[-1].id))
    rest = await client.v1.subscriptions.list_async({"limit": 2, "starting_after": page.data[-1].id})
    assert [found.id for found in rest.data] == [made[1], made[0]]


async def test_canceled_subscriptions_are_listed_only_when_asked_for(shop: Shop, client):
    gone, here = shop.subscribe(shop.customer()), shop.subscribe(shop.customer())
    shop.account.subscriptions.cancel(gone)

    async def listed(**given: str) -> list[str]:
        return [found.id for found in (await client.v1.subscriptions.list_async(given)).data]

    assert await listed() == [here["id"]]
    assert await listed(status="all") == [here["id"], gone["id"]]
    assert await listed(status="ended") == [gone["id"]]
    assert await listed(customer=here["customer"]) == [here["id"]]


async def test_what_is_expanded_is_whole(shop: Shop, client):
    made = shop.subscribe(shop.customer())
    wanted = ["customer", "latest_invoice.payments", "items.data.price.product"]
    read = (await client.v1.subscriptions.retrieve_async(made["id"], {"expand": wanted})).to_dict()
    assert read["customer"]["object"] == "customer"
    assert read["latest_invoice"]["payments"]["data"][0]["status"] == "paid"
    assert read["items"]["data"][0]["price"]["product"]["object"] == "product"
    assert field_mistakes(read) == []
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.subscriptions.retrieve_async(made["id"], {"expand": ["nothing"]})


async def test_a_key_does_a_thing_once_and_only_that_thing(shop: Shop, client, simulator: Simulator):
    create, once = client.v1.customers.create_async, {"idempotency_key": "once"}
    first = await create({"email": "ada@example.test"}, once)
    again = await create({"email": "ada@example.test"}, once)
    assert (again.id, again.last_response.headers["idempotent-replayed"]) == (first.id, "true")
    with pytest.raises(stripe.IdempotencyError):
        await create({"email": "eve@example.test"}, once)
    async with stripe_client(simulator, livemode=True) as live:
        assert (await live.v1.customers.create_async({"email": "ada@example.test"}, once)).id != first.id
    assert len(shop.account.book.all("customer")) == 1


async def test_an_answer_lost_on_the_way_is_given_again_to_the_retry(shop: Shop, simulator: Simulator):
    simulator.weather.trouble, simulator.weather.chance = ("cut off",), 0.5
    async with stripe_client(simulator, retries=5) as client:
        for number in range(3):
            await client.v1.customers.create_async({"email": f"{number}@example.test"})
    assert simulator.weather.troubled["cut off"] > 0
    assert len(shop.account.book.all("customer")) == 3


async def test_refusals_are_the_sdks_own_classes(simulator: Simulator, shop: Shop, client):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        await client.v1.subscriptions.retrieve_async("sub_nobodys")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.subscriptions.create_async({"items": [{"price": shop.prices["gold"]}]})
    stranger = stripe.StripeClient(
        "sk_test_of_nobody", base_addresses={"api": simulator.url}, http_client=client._requestor._client
    )
    with pytest.raises(stripe.AuthenticationError):
        await stranger.v1.customers.list_async()


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_bad_weather_is_what_the_sdk_knows(simulator: Simulator, trouble, monkeypatch):
    expected = {"rate limit": stripe.RateLimitError, "server error": stripe.APIError}
    monkeypatch.setattr("tests.stripe.simulator.weather.SILENCE_S", 0.5)
    async with stripe_client(simulator, timeout_s=0.2) as client:
        simulator.weather.trouble, simulator.weather.chance = (trouble,), 1.0
        with pytest.raises(expected.get(trouble, stripe.APIConnectionError)):
            await client.v1.customers.list_async()
        simulator.weather.chance = 0.0
        assert (await client.v1.customers.list_async()).data == []
    assert simulator.weather.troubled == {trouble: 1}


async def test_modes_and_connected_accounts_know_nothing_of_each_other(
    simulator: Simulator, shop: Shop, client
):
    other = open_shop(simulator.open_account(CONNECTED, livemode=False))
    theirs, ours = other.subscribe(other.customer()), shop.subscribe(shop.customer())
    async with stripe_client(simulator, account=CONNECTED) as connected:
        assert (await connected.v1.subscriptions.retrieve_async(theirs["id"])).id == theirs["id"]
        with pytest.raises(stripe.InvalidRequestError):
            await connected.v1.subscriptions.retrieve_async(ours["id"])
        other.account.disconnect()
        with pytest.raises(stripe.PermissionError):
            await connected.v1.subscriptions.retrieve_async(theirs["id"])
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.subscriptions.retrieve_async(theirs["id"])
    async with stripe_client(simulator, livemode=True) as live:
        assert (await live.v1.subscriptions.list_async({"status": "all"})).data == []


async def test_a_version_of_2024_has_its_fields_where_they_were(shop: Shop, client):
    made = shop.subscribe(shop.customer())
    old: Any = {"stripe_version": VERSION_2024}
    read = (
        await client.v1.subscriptions.retrieve_async(made["id"], {"expand": ["latest_invoice"]}, old)
    ).to_dict()
    [item] = read["items"]["data"]
    assert (read["current_period_end"], "current_period_end" in item) == (1_790_000_000 + 30 * DAY_S, False)
    assert (read["latest_invoice"]["subscription"], "parent" in read["latest_invoice"]) == (made["id"], False)
    now = (await client.v1.subscriptions.retrieve_async(made["id"])).to_dict()
    assert ("current_period_end" in now, now["items"]["data"][0]["current_period_end"]) == (
        False,
        1_790_000_000 + 30 * DAY_S,
    )


async def test_events_are_listed_for_thirty_days_and_by_what_became_of_them(simulator, shop: Shop, client):
    heard = Endpoint("ours", "http://127.0.0.1:1/", SECRET)
    sender = Sender(simulator, [heard], random.Random(1), Chances(dropped=1.0))
    async with sender.running():
        shop.subscribe(shop.customer())
    listed = await client.v1.events.list_async({"delivery_success": False, "types": ["invoice.paid"]})
    assert [event.type for event in listed.data] == ["invoice.paid"]
    assert listed.data[0].pending_webhooks == 1
    assert (await client.v1.events.retrieve_async(listed.data[0].id)).type == "invoice.paid"
    simulator.timeline.advance(simulator.timeline.now_s + 31 * DAY_S)
    assert (await client.v1.events.list_async({"types": ["customer.created"]})).data == []


async def test_a_thin_event_leads_to_what_changed(simulator: Simulator, shop: Shop, client):
    made = shop.subscribe(shop.customer())
    event = next(e for e in shop.account.book.all("event") if e["type"] == "customer.subscription.created")
    body = body_for(Endpoint("thin", "", SECRET, wants_thin=True), event)
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    told = client.parse_event_notification(body, signature, SECRET)
    assert isinstance(told, stripe.events.V1CustomerSubscriptionCreatedEventNotification)
    assert told.related_object.id == made["id"]
    assert (await told.fetch_related_object_async()).id == made["id"]
    whole = await told.fetch_event_async()
    assert (whole.type, whole.snapshot_event) == ("v1.customer.subscription.created", event["id"])


@asynccontextmanager
async def listening(answer: Callable[[Json, str], Awaitable[int]]) -> AsyncIterator[str]:
    """A webhook endpoint that answers with what `answer` makes of a body and its signature; its address."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status = await answer(json.loads(body), headers["stripe-signature"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with closing(reserve_port(0, option="")) as reserved:
        async with serve(app, reserved):
            yield f"http://127.0.0.1:{reserved.getsockname()[1]}/"


async def test_deliveries_come_in_any_order_more_than_once_and_until_they_are_taken(simulator, shop: Shop):
    arrived: list[str] = []
    choose = random.Random(5)

    async def take(event: Json, signature: str) -> int:
        if choose.random() < 0.3:
            return 500
        arrived.append(event["id"])
        return 200

    async with listening(take) as url:
        endpoint = Endpoint("ours", url, SECRET)
        chances = Chances(duplicated=0.3, delay_s=0.1)
        async with Sender(simulator, [endpoint], random.Random(2), chances).running() as sender:
            for _ in range(5):
                shop.subscribe(shop.customer())
            await asyncio.wait_for(sender.quiet(), 10)
    told = [event["id"] for event in shop.account.book.all("event") if event["type"] not in _CATALOG]
    assert (set(arrived), arrived != sorted(arrived), len(arrived) > len(told)) == (set(told), True, True)
    assert sender.statuses[500] > 0
    assert not any(shop.account.undelivered.values())


_CATALOG = ("product.created", "price.created")


async def test_deliveries_are_signed_by_the_sdks_own_signer_in_the_endpoints_version(simulator, shop: Shop):
    read: list[stripe.Event] = []

    async def take(event: Json, signature: str) -> int:
        body = json.dumps(event, indent=2)
        read.append(stripe.Webhook.construct_event(body, signature, SECRET))
        return 200

    async with listening(take) as url:
        endpoints = [Endpoint(v, url, SECRET, api_version=v) for v in (PINNED_VERSION, VERSION_2024)]
        async with Sender(simulator, endpoints, random.Random(2)).running() as sender:
            shop.subscribe(shop.customer())
            await asyncio.wait_for(sender.quiet(), 10)
    periods = {
        event.api_version: "current_period_end" in event.data.object
        for event in read
        if event.type == "customer.subscription.created"
    }
    assert periods == {PINNED_VERSION: False, VERSION_2024: True}


async def test_whoever_asks_without_a_key_learns_nothing_but_that(simulator: Simulator):
    async with httpx.AsyncClient(base_url=simulator.url) as anybody:
        answer = await anybody.get("/v1/customers")
        assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")
        wrong = await anybody.get("/v1/nothing", headers={"authorization": f"Bearer {KEYS[False]}"})
        assert wrong.status_code == 404
