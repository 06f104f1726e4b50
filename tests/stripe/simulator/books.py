"""What Stripe holds for one account in one mode: its objects, its events, and the time they live in."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.stripe.simulator import shapes

Json = dict[str, Any]
Act = Callable[[], None]

PLATFORM = "acct_1TheCommunityItself"
CARDS = {
    "pm_card_visa": "pays",
    "pm_card_chargeCustomerFail": "declines",
    "pm_card_authenticationRequired": "asks",
    "pm_usBankAccount_processing": "delays",
}
"""Stripe's own test cards, by what becomes of a payment with them."""


class StripeRefusal(Exception):
    """What Stripe answers instead of doing what was asked."""

    def __init__(self, status: int, type: str, message: str, *, code: str | None = None, **details: object):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": type, "code": code, "message": message, **details}}


def missing(kind: str, id: str) -> StripeRefusal:
    return StripeRefusal(
        404, "invalid_request_error", f"No such {kind}: '{id}'", code="resource_missing", param="id"
    )


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeRefusal:
    return StripeRefusal(400, "invalid_request_error", message, code=code, param=param)


class Timeline:
    """A clock that only its owner moves, and what is to happen at which second."""

    def __init__(self, now_s: int) -> None:
        self.now_s = now_s
        self._due: list[tuple[int, int, Act]] = []
        self._numbers = itertools.count()

    def at(self, due_s: int, act: Act) -> None:
        heapq.heappush(self._due, (max(due_s, self.now_s), next(self._numbers), act))

    def advance(self, to_s: int) -> None:
        """Move to `to_s`; what is due happens in order, each at its own second."""
        while self.step(to_s):
            pass
        self.now_s = max(self.now_s, to_s)

    def step(self, to_s: int) -> bool:
        """Let the next thing happen that is due by `to_s`; whether there was one."""
        if not self._due or self._due[0][0] > to_s:
            return False
        due_s, _, act = heapq.heappop(self._due)
        self.now_s = max(self.now_s, due_s)
        act()
        return True


@dataclass
class Book:
    """One account in one mode. Whatever happens in it is told to `publish`, in order."""

    timeline: Timeline
    account_id: str
    livemode: bool
    api_version: str
    publish: Callable[[Book, Json], None]
    objects: dict[str, Json] = field(default_factory=dict)
    kinds: dict[str, dict[str, Json]] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    request: Json = field(default_factory=lambda: {"id": None, "idempotency_key": None})
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> int:
        return self.timeline.now_s

    def new_id(self, prefix: str) -> str:
        """Unique in the whole world, as Stripe's are."""
        mode = "live" if self.livemode else "test"
        return f"{prefix}_{self.account_id[-4:]}{mode}{next(self._numbers):08d}"

    def put(self, made: Json) -> Json:
        self.objects[made["id"]] = made
        self.kinds.setdefault(made["object"], {})[made["id"]] = made
        return made

    def get(self, kind: str, id: str) -> Json:
        found = self.objects.get(id)
        if found is None or found["object"] != kind:
            raise missing(kind, id)
        return found

    def living(self, kind: str, id: str) -> Json:
        """As `get`, and not deleted."""
        found = self.get(kind, id)
        if found.get("deleted"):
            raise missing(kind, id)
        return found

    def all(self, kind: str) -> list[Json]:
        """Oldest first."""
        return list(self.kinds.get(kind, {}).values())

    def emit(self, type: str, changed: Json, previous: Json | None = None) -> Json:
        """Something happened: an event with the object as it is now."""
        data: Json = {"object": deepcopy(changed)}
        if previous is not None:
            data["previous_attributes"] = deepcopy(previous)
        made = self.put(
            shapes.event(
                self.new_id("evt"), self.now, self.livemode, type, data, self.api_version, dict(self.request)
            )
        )
        if self.account_id != PLATFORM:
            made["account"] = self.account_id
        self.publish(self, made)
        return made

    @contextmanager
    def changing(self, changed: Json, type: str) -> Iterator[None]:
        """What is changed meanwhile is told as one event of `type`; nothing, when nothing is."""
        before = deepcopy(changed)
        yield
        previous = {name: before.get(name) for name in changed if changed[name] != before.get(name)}
        if previous:
            self.emit(type, changed, previous)

    # --- customers, cards and the catalog: objects that only hold what they are given ---

    def create_customer(self, given: Json) -> Json:
        made = self.put(shapes.customer(self.new_id("cus"), self.now, self.livemode, given))
        self.emit("customer.created", made)
        if given.get("payment_method"):
            card = self.attach(given["payment_method"], made["id"])
            made["invoice_settings"]["default_payment_method"] = card["id"]
        return made

    def update_customer(self, id: str, given: Json) -> Json:
        found = self.living("customer", id)
        with self.changing(found, "customer.updated"):
            found |= {name: given[name] for name in ("name", "email", "description") if name in given}
            found["metadata"] = {**found["metadata"], **given.get("metadata", {})}
            found["invoice_settings"] = found["invoice_settings"] | given.get("invoice_settings", {})
        return found

    def attach(self, card: str, customer_id: str) -> Json:
        """A payment method of the customer's own, which behaves as the test card `card`."""
        if card not in CARDS:
            raise missing("payment_method", card)
        self.living("customer", customer_id)
        made = self.put(shapes.payment_method(self.new_id("pm"), self.now, self.livemode, customer_id))
        self.cards[made["id"]] = CARDS[card]
        self.emit("payment_method.attached", made)
        return made

    def create_product(self, given: Json) -> Json:
        made = self.put(shapes.product(self.new_id("prod"), self.now, self.livemode, given))
        self.emit("product.created", made)
        return made

    def create_price(self, given: Json) -> Json:
        self.get("product", given["product"])
        made = self.put(shapes.price(self.new_id("price"), self.now, self.livemode, given))
        self.emit("price.created", made)
        return made

    def update_catalog(self, kind: str, id: str, given: Json) -> Json:
        """A price or a product with other metadata."""
        found = self.get(kind, id)
        with self.changing(found, f"{kind}.updated"):
            found["metadata"] = {**found["metadata"], **given.get("metadata", {})}
            if "active" in given:
                found["active"] = given["active"] in (True, "true")
        return found
