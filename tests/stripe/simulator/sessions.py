"""Checkout, the customer portal and subscription schedules."""

from __future__ import annotations

from typing import Any

from tests.stripe.simulator import session_shapes as shapes
from tests.stripe.simulator.books import CARDS, Book, StripeRefusal, invalid
from tests.stripe.simulator.shapes import PERIOD_S
from tests.stripe.simulator.subscriptions import ENDED, Subscriptions

Json = dict[str, Any]


class Sessions:
    """The sessions and schedules of one book."""

    def __init__(self, book: Book, subscriptions: Subscriptions) -> None:
        self.book, self.subscriptions = book, subscriptions
        self.lines: dict[str, list[Json]] = {}
        self._asked: dict[str, Json] = {}
        subscriptions.before_renewal = self._enter_phase_of

    # --- checkout ---

    def open_checkout(self, given: Json) -> Json:
        """A page on which somebody may buy a subscription."""
        book = self.book
        if given.get("mode") != "subscription":
            raise invalid("The simulator sells subscriptions only.", param="mode")
        if given.get("customer"):
            book.living("customer", given["customer"])
        lines = [
            shapes.checkout_line(book.new_id("li"), book.get("price", line["price"]), int(line["quantity"]))
            for line in given["line_items"]
        ]
        made = shapes.checkout_session(book.new_id("cs"), book.now, book.livemode, {**given, "lines": lines})
        self.lines[made["id"]], self._asked[made["id"]] = lines, given
        book.put(made)
        book.timeline.at(made["expires_at"], lambda: self._expire(made))
        return made

    def complete_checkout(self, session: Json, card: str = "pm_card_visa") -> Json:
        """Somebody pays on the page with a test card; raises `StripeRefusal` when it is declined."""
        book, given = self.book, self._asked[session["id"]]
        if session["status"] != "open":
            raise invalid(f"This Checkout Session is {session['status']}.")
        if CARDS[card] in ("declines", "asks"):
            raise StripeRefusal(402, "card_error", "Your card was declined.", code="card_declined")
        email = session["customer_email"] or f"{session['id']}@example.test"
        customer_id = session["customer"] or book.create_customer({"email": email})["id"]
        asked: Json = given.get("subscription_data", {})
        subscription = self.subscriptions.create(
            {
                "customer": customer_id,
                "items": [
                    {"price": line["price"]["id"], "quantity": line["quantity"]}
                    for line in self.lines[session["id"]]
                ],
                "default_payment_method": book.attach(card, customer_id)["id"],
                **{
                    name: asked[name]
                    for name in ("metadata", "trial_period_days", "trial_end")
                    if name in asked
                },
            }
        )
        free = subscription["status"] == "trialing"
        session |= {
            "status": "complete",
            "customer": customer_id,
            "customer_details": {"email": email, "tax_exempt": "none"},
            "subscription": subscription["id"],
            "invoice": subscription["latest_invoice"],
            "payment_status": _payment_status(free=free, status=subscription["status"]),
            "url": None,
        }
        book.emit("checkout.session.completed", session)
        return subscription

    def settle_checkout(self, session: Json, *, succeeded: bool) -> None:
        """The bank's late word about a session that was completed with a delayed method."""
        invoice = self.book.get("invoice", session["invoice"])
        self.subscriptions.invoices.settle_delayed(invoice, succeeded=succeeded)
        if succeeded:
            session["payment_status"] = "paid"
        word = "succeeded" if succeeded else "failed"
        self.book.emit(f"checkout.session.async_payment_{word}", session)

    def expire_checkout(self, session: Json) -> Json:
        if session["status"] != "open":
            raise invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
        self._expire(session)
        return session

    def _expire(self, session: Json) -> None:
        if session["status"] == "open":
            session["status"], session["url"] = "expired", None
            self.book.emit("checkout.session.expired", session)

    # --- portal ---

    def open_portal(self, given: Json) -> Json:
        book = self.book
        book.living("customer", given["customer"])
        return book.put(shapes.portal_session(book.new_id("bps"), book.now, book.livemode, given))

    # --- schedules ---

    def schedule(self, subscription: Json) -> Json:
        """A schedule of what a subscription is, to which phases can be added."""
        if subscription["schedule"] is not None:
            raise invalid("You cannot migrate a subscription that is already attached to a schedule.")
        book = self.book
        made = book.put(shapes.schedule(book.new_id("sub_sched"), book.now, subscription))
        with book.changing(subscription, "customer.subscription.updated"):
            subscription["schedule"] = made["id"]
        book.emit("subscription_schedule.created", made)
        return made

    def set_phases(self, schedule: Json, phases: list[Json]) -> Json:
        """The current phase first, then what comes when it ends."""
        book = self.book
        first = schedule["phases"][0]
        with book.changing(schedule, "subscription_schedule.updated"):
            start, made = first["start_date"], []
            for phase in phases:
                lines = phase["items"]
                price = book.get("price", lines[0]["price"])
                end = int(phase.get("end_date") or start + _period_s(price))
                made.append(shapes.phase(lines, start, end))
                start = end
            schedule["phases"] = made
        for phase in schedule["phases"][1:]:
            book.timeline.at(phase["start_date"], lambda: self._enter_phase(schedule))
        book.timeline.at(schedule["phases"][-1]["end_date"], lambda: self._complete(schedule))
        return schedule

    def release(self, schedule: Json) -> Json:
        """Leave the subscription as it is."""
        if schedule["status"] != "active":
            raise invalid("You cannot release a subscription schedule that is not active.")
        self._end(schedule, "released", "released_at")
        schedule["released_subscription"], schedule["subscription"] = schedule["subscription"], None
        self.book.emit("subscription_schedule.released", schedule)
        return schedule

    def _enter_phase_of(self, subscription: Json) -> None:
        if subscription["schedule"] is not None:
            self._enter_phase(self.book.get("subscription_schedule", subscription["schedule"]))

    def _enter_phase(self, schedule: Json) -> None:
        book, now = self.book, self.book.now
        if not self._goes_on(schedule):
            return
        for phase in schedule["phases"]:
            current = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
            if phase["start_date"] <= now < phase["end_date"] and schedule["current_phase"] != current:
                subscription = book.get("subscription", schedule["subscription"])
                with book.changing(schedule, "subscription_schedule.updated"):
                    schedule["current_phase"] = current
                with book.changing(subscription, "customer.subscription.updated"):
                    self.subscriptions.set_items(subscription, phase["items"])

    def _complete(self, schedule: Json) -> None:
        if self._goes_on(schedule) and schedule["phases"][-1]["end_date"] <= self.book.now:
            self._end(schedule, "completed", "completed_at")
            self.book.emit("subscription_schedule.completed", schedule)

    def _goes_on(self, schedule: Json) -> bool:
        """Whether it is active still; the schedule of a subscription that has ended is canceled."""
        if schedule["status"] != "active":
            return False
        if self.book.get("subscription", schedule["subscription"])["status"] not in ENDED:
            return True
        with self.book.changing(schedule, "subscription_schedule.canceled"):
            schedule["status"], schedule["canceled_at"] = "canceled", self.book.now
        return False

    def _end(self, schedule: Json, status: str, instant: str) -> None:
        subscription = self.book.get("subscription", schedule["subscription"])
        schedule["status"], schedule[instant], schedule["current_phase"] = status, self.book.now, None
        with self.book.changing(subscription, "customer.subscription.updated"):
            subscription["schedule"] = None


def _payment_status(*, free: bool, status: str) -> str:
    if free:
        return "no_payment_required"
    return "paid" if status == "active" else "unpaid"


def _period_s(price: Json) -> int:
    return PERIOD_S[price["recurring"]["interval"]] * price["recurring"]["interval_count"]
