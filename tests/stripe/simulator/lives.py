"""Random lives: many people who buy, upgrade, forget to pay, cancel and return, while time goes by."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.stripe.simulator.books import StripeRefusal
from tests.stripe.simulator.shapes import DAY_S
from tests.stripe.simulator.shop import NEW, TIERS, UNKNOWN, YEARLY, Shop
from tests.stripe.simulator.subscriptions import ENDED

Json = dict[str, Any]

OFFERS = (*TIERS, *TIERS, YEARLY, UNKNOWN, NEW)
WAYS_TO_BUY = ("checkout", "checkout", "checkout with trial", "elements", "delayed", "dashboard")
SAME_SECOND = 0.4  # The share of steps that do not wait for the clock.
STEP_S_MAX = 5 * DAY_S // 2  # The longest wait between two steps of the whole crowd.


@dataclass
class Crowd:
    """The people of one shop. Every step is one thing that one of them, or the shop, does."""

    shop: Shop
    choose: random.Random
    people: Sequence[str]
    strangers: list[Json] = field(default_factory=list)
    delayed: list[Json] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def begin(self) -> Iterator[None]:
        """Everybody buys something."""
        for person in self.people:
            self.buy(person)
            yield

    def steps(self, count: int, until_s: int) -> Iterator[None]:
        """Things happen and time passes, until it is `until_s` at last; yields after each."""
        timeline = self.shop.account.book.timeline
        for number in range(count):
            self.step()
            yield
            if self.choose.random() < SAME_SECOND:
                continue
            share = (until_s - timeline.now_s) // max(count - number, 1)
            target = timeline.now_s + self.choose.randint(1, max(1, 2 * share))
            while timeline.step(min(target, until_s)):
                yield
            timeline.advance(min(target, until_s))
        while timeline.step(until_s):
            yield
        timeline.advance(until_s)
        for session in self.delayed:
            self._settle(session)
            yield

    def flurry(self, rounds: int) -> Iterator[None]:
        """Everybody who can changes plans, so many times in one second; some end it at last."""
        for _ in range(rounds):
            for subscription in self.living():
                self._try("flurry", self._switch, subscription)
                yield
        for subscription in self.living():
            if self.choose.random() < 0.2:
                self._try("flurry", self._cancel_now, subscription)
                yield

    def step(self) -> None:
        """One random thing."""
        if self.choose.random() < 0.15:
            self.buy(self.choose.choice(self.people))
            return
        if self.strangers and self.choose.random() < 0.15:
            self._introduce(self.strangers.pop())
            return
        if self.choose.random() < 0.02:
            self._name_price()
            return
        living = self.living()
        if not living:
            self.buy(self.choose.choice(self.people))
            return
        act = self.choose.choice(self._acts())
        self._try(act.__name__.strip("_"), act, self.choose.choice(living))

    def living(self) -> list[Json]:
        """Subscriptions that have not ended, oldest first."""
        return [made for made in self.shop.account.book.all("subscription") if made["status"] not in ENDED]

    # --- buying ---

    def buy(self, person: str) -> None:
        """A new subscription, in one of the ways there are."""
        way, price = self.choose.choice(WAYS_TO_BUY), self.choose.choice(OFFERS)
        self.done[way] = self.done.get(way, 0) + 1
        who = {"client_reference_id": person}
        match way:
            case "checkout":
                self.shop.checkout(price, **who)
            case "checkout with trial":
                days = {"trial_period_days": self.choose.randint(1, 14), "metadata": {"user_id": person}}
                self.shop.checkout(price, **who, subscription_data=days)
            case "elements":
                card = self.choose.choice(["pm_card_visa", "pm_card_chargeCustomerFail"])
                bought = {"metadata": {"user_id": person}, "payment_behavior": "default_incomplete"}
                made = self.shop.subscribe(self.shop.customer(card), price, **bought)
                if self.choose.random() < 0.7:
                    self._try("pay", self._pay, made)
            case "delayed":
                session, _ = self.shop.checkout(price, "pm_usBankAccount_processing", **who)
                self.delayed.append(session)
            case "dashboard":
                # Nobody has said yet whose this is.
                customer = self.shop.customer(email=f"{person}@example.test")
                self.shop.subscribe(customer, price)
                self.strangers.append({"customer": customer["id"], "person": person})

    def _introduce(self, stranger: Json) -> None:
        """Say whose a customer is: at the dashboard, or by a purchase through checkout."""
        customer = self.shop.account.book.objects[stranger["customer"]]
        if customer.get("deleted"):
            return
        if self.choose.random() < 0.5:
            given = {"metadata": {"user_id": stranger["person"]}}
            self.shop.account.book.update_customer(stranger["customer"], given)
        else:
            buyer = {"customer": stranger["customer"], "client_reference_id": stranger["person"]}
            self.shop.checkout("silver", **buyer)

    def _name_price(self) -> None:
        """Somebody notices that a price has no tier, or gives it another."""
        kind, id = "price", self.shop.prices[NEW]
        if self.choose.random() < 0.5:
            kind, id = "product", self.shop.account.book.get("price", id)["product"]
        self.shop.account.book.update_catalog(kind, id, {"metadata": {"tier": self.choose.choice([*TIERS])}})

    def _settle(self, session: Json) -> None:
        invoice = self.shop.account.book.get("invoice", session["invoice"])
        is_waiting = self.shop.account.invoices.intent_of(invoice)["status"] == "processing"
        if is_waiting and invoice["status"] == "open":
            succeeded = self.choose.random() < 0.7
            self.shop.account.sessions.settle_checkout(session, succeeded=succeeded)

    # --- what becomes of a subscription ---

    def _acts(self) -> list[Callable[[Json], object]]:
        often = [self._switch, self._stay, self._lose_card, self._get_card, self._pay, self._cancel_later]
        seldom = [
            *(self._pause, self._collect, self._refund, self._dispute, self._close_dispute),
            *(self._end_trial, self._resume, self._schedule, self._add, self._give_up_invoice),
            *(self._cancel_some_day, self._cancel_now),
        ]
        if self.choose.random() < 0.01:
            return [self._leave]
        return [*often, *often, *often, *seldom]

    def _try(self, name: str, act: Callable[[Json], object], subscription: Json) -> None:
        """Do it if Stripe lets it be done."""
        try:
            act(subscription)
        except StripeRefusal:
            name = f"{name}, refused"
        self.done[name] = self.done.get(name, 0) + 1

    def _switch(self, made: Json) -> None:
        behavior = self.choose.choice(["allow_incomplete", "pending_if_incomplete", "error_if_incomplete"])
        proration = self.choose.choice(["always_invoice", "create_prorations", "none"])
        price = self.choose.choice(OFFERS)
        self.shop.change(made, price, payment_behavior=behavior, proration_behavior=proration)

    def _add(self, made: Json) -> None:
        items = [{"price": self.shop.prices[self.choose.choice([*TIERS, YEARLY])]}]
        if len(made["items"]["data"]) > 1:
            items = [{"id": made["items"]["data"][-1]["id"], "deleted": True}]
        self._update(made, items=items, proration_behavior="none")

    def _cancel_later(self, made: Json) -> None:
        self._update(made, cancel_at_period_end=True)

    def _cancel_some_day(self, made: Json) -> None:
        days = self.choose.randint(1, 20)
        self._update(made, cancel_at=self.shop.account.book.now + days * DAY_S)

    def _stay(self, made: Json) -> None:
        self._update(made, cancel_at_period_end=False)

    def _cancel_now(self, made: Json) -> None:
        self.shop.account.subscriptions.cancel(made)

    def _lose_card(self, made: Json) -> None:
        self.shop.account.subscriptions.after_retries = self.choose.choice(["cancel", "unpaid", "past_due"])
        self.shop.set_card(
            made, self.choose.choice(["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
        )

    def _get_card(self, made: Json) -> None:
        self.shop.set_card(made, "pm_card_visa")
        self.shop.pay(made)

    def _pay(self, made: Json) -> None:
        self.shop.pay(made)

    def _give_up_invoice(self, made: Json) -> None:
        invoice = self.shop.account.book.get("invoice", made["latest_invoice"])
        self.shop.account.invoices.mark_uncollectible(invoice)

    def _pause(self, made: Json) -> None:
        self._update(made, pause_collection={"behavior": self.choose.choice(["void", "keep_as_draft"])})

    def _collect(self, made: Json) -> None:
        self._update(made, pause_collection="")

    def _end_trial(self, made: Json) -> None:
        self._update(made, trial_end="now")

    def _resume(self, made: Json) -> None:
        self.shop.account.subscriptions.resume(made)

    def _refund(self, made: Json) -> None:
        charge = self.shop.account.charge_of(made)
        if charge is not None:
            self.shop.account.invoices.refund(charge, self.choose.choice([None, 1]))

    def _dispute(self, made: Json) -> None:
        charge = self.shop.account.charge_of(made)
        if charge is not None and not charge["disputed"]:
            self.shop.account.invoices.dispute(charge)

    def _close_dispute(self, made: Json) -> None:
        for dispute in self.shop.account.book.all("dispute"):
            if dispute["status"] == "needs_response":
                self.shop.account.invoices.close_dispute(dispute, self.choose.choice(["won", "lost"]))
                return

    def _schedule(self, made: Json) -> None:
        if len(made["items"]["data"]) > 1 or made["status"] != "active":
            return
        schedule = self.shop.account.sessions.schedule(made)
        current, [item] = schedule["phases"][0], made["items"]["data"]
        now = {"items": [{"price": item["price"]["id"]}], "end_date": current["end_date"]}
        later = {"items": [{"price": self.shop.prices["silver"]}]}
        self.shop.account.sessions.set_phases(schedule, [now, later])

    def _leave(self, made: Json) -> None:
        self.shop.account.delete_customer(made["customer"])

    def _update(self, made: Json, **given: object) -> None:
        self.shop.account.subscriptions.update(made, given)
