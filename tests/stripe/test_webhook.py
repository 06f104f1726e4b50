"""The webhook's door: what is let in, what is refused, and that nothing at all makes it fail."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.webhooks.stripe_envelopes import TOLERANCE_S, open_envelope, verify
from backend.webhooks.stripe_errors import WebhookRefused
from backend.webhooks.stripe_routes import EVENT_BYTES_MAX
from tests.stripe.club import CONNECT_SECRET, OLD_SECRET, SECRET, Club

Json = dict[str, Any]


def event(**changes: object) -> Json:
    """An event about nothing of ours."""
    made = {
        "id": f"evt_{time.monotonic_ns()}",
        "object": "event",
        "type": "customer.source.created",
        "livemode": False,
        "created": int(time.time()),
        "api_version": "2026-10-28.endive",
        "data": {"object": {"id": "card_1", "object": "card"}},
    }
    return made | changes


def signed(body: str, secret: str = SECRET, *, late_s: int = 0) -> dict[str, str]:
    """The headers of a delivery that was signed so many seconds ago."""
    timestamp = int(time.time()) - late_s
    sign = stripe.WebhookSignature.generate_signature_header
    return {"stripe-signature": sign(body, secret, timestamp)}


async def kept(club: Club, made: Json) -> int:
    count = await club.sql.fetchval("select count(*) from stripe_events where event_id = $1", made["id"])
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
async def test_an_event_signed_with_any_of_the_secrets_is_kept_once_however_often_it_comes(
    club: Club, secret: str
):
    made = event()
    body = json.dumps(made)
    for _ in range(3):
        assert await club.post(body.encode(), signed(body, secret)) == 200
    assert await kept(club, made) == 1


@pytest.mark.parametrize(
    ("late_s", "status"),
    [
        (0, 200),
        (TOLERANCE_S - 10, 200),
        (TOLERANCE_S + 10, 400),
        (10 - TOLERANCE_S, 200),
        (-TOLERANCE_S - 10, 400),
        (-86_400, 400),
    ],
)
async def test_a_signature_counts_for_five_minutes_either_way(club: Club, late_s: int, status: int):
    made = event()
    body = json.dumps(made)
    assert await club.post(body.encode(), signed(body, late_s=late_s)) == status
    assert await kept(club, made) == (status == 200)


BODY = json.dumps(event(id="evt_of_headers"))
HEADERS = [
    None,
    "",
    "t=1",
    "v1=abc",
    "t=now,v1=abc",
    "t=" + "9" * 5_000 + ",v1=abc",
    "t=1,v1=" + "é" * 64,
    ",,,",
    "t=1=2,v1=1=2",
]


@pytest.mark.parametrize("header", HEADERS)
async def test_what_is_not_signed_is_refused(club: Club, header: str | None):
    headers = {} if header is None else {"stripe-signature": header.encode("latin-1")}
    assert await club.post(BODY.encode(), headers) == 400


async def test_what_somebody_else_signed_is_refused(club: Club):
    for headers in (signed(BODY, "whsec_of_somebody_else"), signed(BODY, CONNECT_SECRET)):
        assert await club.post(BODY.encode(), headers) == 400


async def test_a_signature_of_another_body_is_refused(club: Club):
    assert await club.post(BODY.encode(), signed(BODY + " ")) == 400


async def test_a_signature_of_a_scheme_that_is_not_ours_is_refused(club: Club):
    header = signed(BODY)["stripe-signature"].replace("v1=", "v0=")
    assert await club.post(BODY.encode(), {"stripe-signature": header}) == 400


SIGNED_NONSENSE = [
    "",
    "null",
    "[]",
    '"event"',
    "{}",
    "{",
    "[" * 100_000,
    "9" * 10_000,
    json.dumps(event(id="")),
    json.dumps(event(id="x" * 256)),
    json.dumps(event(id="evt_\x00")),
    json.dumps(event(id=7)),
    json.dumps(event(livemode="false")),
    json.dumps(event(created=10**20)),
    json.dumps(event(data={})),
    json.dumps(event(data={"object": []})),
    json.dumps(event(data={"object": {"id": "\ud800"}})),
    json.dumps({"object": "v2.core.event", "id": "evt_1", "type": "v1.price.created"}),
    json.dumps(event(object="something.else")),
]


@pytest.mark.parametrize("body", SIGNED_NONSENSE)
async def test_what_is_signed_and_no_event_is_refused(club: Club, body: str):
    assert await club.post(body.encode(), signed(body)) == 400


async def test_an_event_may_hold_any_text_at_all(club: Club):
    made = event(data={"object": {"id": "a\x00b", "name": "a\x00b \U0001f600"}})
    body = json.dumps(made)
    assert await club.post(body.encode(), signed(body)) == 200
    query = "select payload, object_id from stripe_events where event_id = $1"
    row = await club.sql.fetchrow(query, made["id"])
    assert row is not None
    assert (row["payload"], row["object_id"]) == (body, None)


async def test_a_body_at_the_limit_is_taken_and_one_past_it_refused(club: Club):
    made = event()
    room = EVENT_BYTES_MAX - len(json.dumps(made | {"more": ""}))
    whole, larger = (json.dumps(made | {"more": "x" * size}) for size in (room, room + 1))
    assert await club.post(whole.encode(), signed(whole)) == 200
    assert await club.post(larger.encode(), signed(larger)) == 413


async def test_bytes_that_are_no_text_are_refused(club: Club):
    assert await club.post(b"\xff\xfe{}", signed("{}")) == 400


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200), header=st.text(max_size=80))
def test_whatever_comes_is_verified_or_refused(body: bytes, header: str):
    with pytest.raises(WebhookRefused):
        verify(body, header, [])


@settings(max_examples=100, deadline=None)
@given(
    said=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "object", "type", "livemode", "created", "data", "account"]),
                inner | st.sampled_from(["event", "v2.core.event"]),
                max_size=7,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_signed_is_an_event_or_refused(said: object):
    with contextlib.suppress(WebhookRefused):
        assert open_envelope(json.dumps(said)).event_id


async def test_events_of_the_other_mode_are_kept_and_touch_nothing(club: Club):
    person, made = await club.member()
    before = await club.row(made)
    other = event(
        type="customer.subscription.deleted", livemode=True, data={"object": dict(made, livemode=True)}
    )
    body = json.dumps(other)
    assert await club.post(body.encode(), signed(body)) == 200
    await club.settle()
    query = "select status, note from stripe_events where event_id = $1"
    row = await club.sql.fetchrow(query, other["id"])
    assert row is not None
    assert (row["status"], row["note"]) == ("ignored", "livemode is true, and our key's is not")
    assert await club.row(made) == before
    assert person


@pytest.mark.parametrize(
    ("path", "secret", "account"),
    [
        ("/webhooks/stripe", SECRET, "acct_1Somebody"),
        ("/webhooks/stripe/connect", CONNECT_SECRET, None),
        ("/webhooks/stripe/connect", CONNECT_SECRET, "acct_1Somebody"),
    ],
)
async def test_events_of_an_account_that_is_not_the_communitys_are_kept_and_ignored(
    club: Club, path: str, secret: str, account: str | None
):
    made = event(type="customer.subscription.updated", account=account, data={"object": {"id": "sub_x"}})
    body = json.dumps(made)
    assert await club.post(body.encode(), signed(body, secret), path=path) == 200
    query = "select status from stripe_events where event_id = $1"
    assert await club.sql.fetchval(query, made["id"]) == "ignored"
