"""What members do themselves: buying, looking, changing plans, ending and going on."""

from __future__ import annotations

from uuid import UUID

from backend.engine.ports import Call, QueryRun
from backend.engine.versions import Identity
from backend.protocol.values import decode_text, encode_text
from tests.stripe.club import Club, open_club

PAGES = {"successUrl": "https://club.test/thanks", "cancelUrl": "https://club.test/prices"}


async def buy(club: Club, person: str, price: str = "gold", intent: str = "intent-1") -> str:
    """The address of the checkout page."""
    return await club.value(
        "billing:checkout", person, priceId=club.shop.prices[price], intentId=intent, **PAGES
    )


async def my_membership(club: Club, person: str) -> object:
    """What the query tells its caller."""
    claims = {"sub": person, "role": "authenticated", "aud": "authenticated"}
    view = await club.execution.open_snapshot()
    try:
        call = Call("billing:membership", encode_text({}))
        [answer] = await view.run([QueryRun(call, Identity(UUID(person), claims, None), None)])
    finally:
        await view.close()
    assert answer.error is None, answer.error
    return decode_text(answer.value_json or "null")


async def test_a_checkout_is_made_once_for_an_intent_with_a_customer_who_is_known_already(club: Club):
    person = await club.person()
    first, again, other = [
        await buy(club, person, intent=intent) for intent in ("mine-001", "mine-001", "mine-002")
    ]
    assert (first == again, first == other) == (True, False)
    sessions = [
        one for one in club.stripe.book.all("checkout.session") if one["client_reference_id"] == person
    ]
    assert [one["metadata"]["user_id"] for one in sessions] == [person, person]
    assert len({one["customer"] for one in sessions}) == 1
    query = "select user_id::text from stripe_customers where customer_id = $1"
    assert await club.sql.fetchval(query, sessions[0]["customer"]) == person
    code = await club.refusal(
        "billing:checkout", person, priceId=club.shop.prices["silver"], intentId="mine-001", **PAGES
    )
    assert code == "billing.intent_reused"
    club.told.clear()


async def test_the_webhook_may_come_before_or_after_the_page_that_says_thanks(club: Club):
    person = await club.person()
    await buy(club, person)
    session = club.stripe.book.all("checkout.session")[-1]
    made = club.stripe.sessions.complete_checkout(session)
    assert await my_membership(club, person) is None
    await club.tell()
    shown = await my_membership(club, person)
    assert isinstance(shown, dict)
    assert (shown["tier"], shown["status"], shown["opens"]) == ("gold", "active", True)
    assert await club.seen(made) == ("active", "gold", True)


async def test_nobody_buys_the_same_twice_or_what_is_not_for_sale(club: Club):
    person, _ = await club.member("gold")
    prices = {"gold": "billing.already_subscribed", "unknown": "billing.price_unknown"}
    for price, code in prices.items():
        given = {"priceId": club.shop.prices[price], "intentId": f"intent-{price}", **PAGES}
        assert await club.refusal("billing:checkout", person, **given) == code
    gone = {"priceId": "price_nobody_made", "intentId": "intent-gone", **PAGES}
    assert await club.refusal("billing:checkout", person, **gone) == "billing.price_unknown"


async def test_the_portal_is_for_those_who_have_bought(club: Club):
    person, made = await club.member()
    assert (await club.value("billing:portal", person, returnUrl="https://club.test")).startswith("https://")
    stranger = await club.person()
    code = await club.refusal("billing:portal", stranger, returnUrl="https://club.test")
    assert (code, made["status"]) == ("billing.no_subscription", "active")


async def test_a_plan_is_changed_once_for_an_intent_and_shows_without_any_event(club: Club):
    person, made = await club.member("silver")
    row = await club.row(made)
    assert row is not None
    given = {"membershipId": str(row["id"]), "priceId": club.shop.prices["gold"], "intentId": "upgrade-1"}
    for _ in range(2):
        assert await club.value("billing:changePlan", person, **given) == {"pending": False, "url": None}
    assert await club.seen(made) == ("active", "gold", True)
    invoices = [one for one in club.stripe.book.all("invoice") if one["customer"] == made["customer"]]
    assert len(invoices) == 2
    await club.tell()


async def test_an_upgrade_that_cannot_be_paid_waits_and_says_where_to_pay(club: Club):
    person, made = await club.member("silver")
    club.shop.set_card(made, "pm_card_authenticationRequired")
    row = await club.row(made)
    assert row is not None
    given = {"membershipId": str(row["id"]), "priceId": club.shop.prices["gold"], "intentId": "upgrade-2"}
    changed = await club.value("billing:changePlan", person, **given)
    assert changed["pending"] is True
    assert await club.seen(made) == ("active", "silver", True)
    await club.tell()


async def test_a_subscription_is_ended_and_gone_on_with(club: Club):
    person, made = await club.member()
    row = await club.row(made)
    assert row is not None
    given = {"membershipId": str(row["id"])}
    await club.value("billing:cancel", person, **given, intentId="cancel-001")
    ending = await club.row(made)
    assert ending is not None
    assert ending["access_until"] == ending["current_period_end"]
    await club.value("billing:resume", person, **given, intentId="resume-001")
    going_on = await club.row(made)
    assert going_on is not None
    assert (going_on["access_until"], going_on["access_note"]) == (None, None)
    await club.tell()


async def test_nobody_touches_a_subscription_of_somebody_else(club: Club):
    _, made = await club.member()
    row = await club.row(made)
    assert row is not None
    admin = await club.person("admin")
    given = {"membershipId": str(row["id"]), "intentId": "not-mine-1"}
    for function, more in [
        ("billing:cancel", {}),
        ("billing:resume", {}),
        ("billing:changePlan", {"priceId": club.shop.prices["silver"]}),
    ]:
        assert await club.refusal(function, admin, **given, **more) == "billing.no_subscription"
    assert made["cancel_at_period_end"] is False


async def test_without_a_key_everything_is_off_and_says_so(database):
    async with open_club(database, works=False, stripe_secret_key=None) as club:
        person = await club.person()
        given = {"priceId": "price_1", "intentId": "intent-1", **PAGES}
        assert await club.refusal("billing:checkout", person, **given) == "billing.off"
        assert await club.post(b"{}") == 503
        assert await club.post(b"{}", path="/webhooks/stripe/connect") == 503
