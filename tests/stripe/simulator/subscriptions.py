"""Subscriptions as Stripe moves them: the states, what leads from one to the next, and what is told of it.

    incomplete -> active | incomplete_expired (after 23 hours)
    trialing -> active -> past_due | paused | canceled
    active <-> past_due -> unpaid | canceled; unpaid -> active
    paused -> active

`canceled` and `incomplete_expired` are the end. A pause of collection changes no status.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from tests.stripe.simulator import shapes
from tests.stripe.simulator.books import Book, StripeRefusal, invalid
from tests.stripe.simulator.changes import Change, planned
from tests.stripe.simulator.invoices import Invoices
from tests.stripe.simulator.shapes import DAY_S, HOUR_S, PERIOD_S

Json = dict[str, Any]

FIRST_PAYMENT_S = 23 * HOUR_S
DRAFT_S = HOUR_S  # A renewal's invoice waits an hour before it is finalized and collected.
TRIAL_NOTICE_S = 3 * DAY_S
ENDED = ("canceled", "incomplete_expired")
UPDATED = "customer.subscription.updated"


class Subscriptions:
    """The subscriptions of one book, and the invoices they live by."""

    def __init__(self, book: Book, invoices: Invoices) -> None:
        self.book, self.invoices = book, invoices
        self.after_retries: Literal["cancel", "unpaid", "past_due"] = "cancel"
        self.before_renewal: Callable[[Json], None] = lambda subscription: None
        self._pending: dict[str, tuple[Json, Change]] = {}
        invoices.on_settled = self._invoice_settled
        invoices.on_failed = self._invoice_failed
        invoices.on_exhausted = self._retries_exhausted

    # --- what callers of the API ask for ---

    def create(self, given: Json) -> Json:
        """A new one, after the first try to collect what it costs."""
        book = self.book
        customer = book.living("customer", given["customer"])
        prices = [(book.get("price", line["price"]), int(line.get("quantity", 1))) for line in given["items"]]
        if not prices:
            raise invalid("Missing required param: items.", param="items")
        made = shapes.subscription(book.new_id("sub"), book.now, book.livemode, given)
        book.put(made)
        customer["currency"] = "usd"
        for price, quantity in prices:
            self._add_item(made, price, quantity)
        end_behavior = given.get("trial_settings", {}).get("end_behavior", {})
        made["trial_settings"]["end_behavior"] |= end_behavior
        trial_end = self._trial_end(given)
        if trial_end is None:
            self._start(made, given.get("payment_behavior", "allow_incomplete"))
        else:
            self._start_trial(made, trial_end)
        self._plan_cancellation(made, given)
        return made

    def update(self, subscription: Json, given: Json) -> Json:
        """Change it; raises `StripeRefusal` where Stripe would, with nothing changed."""
        if subscription["status"] in ENDED:
            raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
        if given.get("items"):
            self._change_items(subscription, planned(self.book, subscription, given))
        with self.book.changing(subscription, UPDATED):
            if "metadata" in given:
                subscription["metadata"] = {**subscription["metadata"], **given["metadata"]}
            if "default_payment_method" in given:
                subscription["default_payment_method"] = given["default_payment_method"]
            if "pause_collection" in given:
                self._pause_collection(subscription, given["pause_collection"])
            self._plan_cancellation(subscription, given)
        if given.get("trial_end") == "now" and subscription["status"] == "trialing":
            self.book.emit("customer.subscription.trial_will_end", subscription)
            subscription["trial_end"] = self.book.now
            self._end_trial(subscription, self.book.now, draft_s=0)
        return subscription

    def cancel(self, subscription: Json, *, reason: str = "cancellation_requested") -> Json:
        """End it at once."""
        if subscription["status"] in ENDED:
            raise StripeRefusal(
                404,
                "invalid_request_error",
                f"No such subscription: '{subscription['id']}'",
                code="resource_missing",
            )
        self._give_up_pending(subscription)
        subscription["status"] = "canceled"
        subscription["canceled_at"] = subscription["canceled_at"] or self.book.now
        subscription["ended_at"] = self.book.now
        subscription["cancellation_details"]["reason"] = reason
        self.book.emit("customer.subscription.deleted", subscription)
        for invoice in self._invoices_of(subscription):
            invoice["auto_advance"], invoice["next_payment_attempt"] = False, None
        return subscription

    def resume(self, subscription: Json) -> Json:
        """Begin again after a pause: with a payment, if it can be collected."""
        if subscription["status"] != "paused":
            raise invalid("You can only resume a paused subscription.")
        for item in subscription["items"]["data"]:
            self._begin_period(subscription, item, self.book.now)
        invoice = self._bill(subscription, "subscription_cycle", subscription["items"]["data"])
        invoice["auto_advance"] = False
        self.invoices.finalize(invoice)
        self.collect(invoice)
        return subscription

    def collect(self, invoice: Json, card_id: str | None = None) -> str:
        """Try to collect an open invoice with the given card, or the subscription's or customer's own."""
        return self.invoices.attempt(invoice, card_id or self.card_of(self.of(invoice)))

    def of(self, invoice: Json) -> Json:
        id = invoice["parent"]["subscription_details"]["subscription"]
        return self.book.get("subscription", id)

    def card_of(self, subscription: Json) -> str | None:
        customer = self.book.get("customer", subscription["customer"])
        settings = customer.get("invoice_settings") or {"default_payment_method": None}
        return subscription["default_payment_method"] or settings["default_payment_method"]

    def set_items(self, subscription: Json, lines: list[Json]) -> None:
        """Other prices from now on, without a bill: what a schedule's next phase does."""
        items = subscription["items"]["data"]
        del items[len(lines) :]
        for item, line in zip(items, lines, strict=False):
            price = self.book.get("price", line["price"])
            item |= {"price": price, "plan": shapes.plan(price), "quantity": int(line.get("quantity", 1))}

    def end_of_customer(self, customer_id: str) -> None:
        """A deleted customer's subscriptions are canceled."""
        for subscription in self.book.all("subscription"):
            if subscription["customer"] == customer_id and subscription["status"] not in ENDED:
                self.cancel(subscription)

    # --- beginnings ---

    def _add_item(self, subscription: Json, price: Json, quantity: int) -> Json:
        id = self.book.new_id("si")
        made = shapes.subscription_item(id, self.book.now, subscription["id"], price, quantity)
        subscription["items"]["data"].append(self.book.put(made))
        return made

    def _trial_end(self, given: Json) -> int | None:
        if given.get("trial_period_days"):
            return self.book.now + int(given["trial_period_days"]) * DAY_S
        return int(given["trial_end"]) if given.get("trial_end") else None

    def _start(self, subscription: Json, payment_behavior: str) -> None:
        items = subscription["items"]["data"]
        for item in items:
            self._begin_period(subscription, item, self.book.now)
        self.book.emit("customer.subscription.created", subscription)
        invoice = self._bill(subscription, "subscription_create", items)
        self.invoices.finalize(invoice)
        self.book.timeline.at(self.book.now + FIRST_PAYMENT_S, lambda: self._expire(subscription))
        if payment_behavior != "default_incomplete":
            self.collect(invoice)

    def _start_trial(self, subscription: Json, trial_end: int) -> None:
        book = self.book
        subscription |= {"status": "trialing", "trial_start": book.now, "trial_end": trial_end}
        subscription["billing_cycle_anchor"] = trial_end
        for item in subscription["items"]["data"]:
            item["current_period_start"], item["current_period_end"] = book.now, trial_end
        book.emit("customer.subscription.created", subscription)
        free = [(item, 0) for item in subscription["items"]["data"]]
        self.invoices.finalize(self.invoices.draft(subscription, "subscription_create", free))
        book.timeline.at(
            trial_end - TRIAL_NOTICE_S, lambda: self._announce_trial_end(subscription, trial_end)
        )
        book.timeline.at(trial_end, lambda: self._end_trial(subscription, trial_end))

    def _begin_period(self, subscription: Json, item: Json, start: int) -> None:
        recurring = item["price"]["recurring"]
        end = start + PERIOD_S[recurring["interval"]] * recurring["interval_count"]
        item["current_period_start"], item["current_period_end"] = start, end
        self.book.timeline.at(end, lambda: self._renew(subscription, end))

    def _bill(self, subscription: Json, reason: str, items: list[Json]) -> Json:
        amounts = [(item, item["price"]["unit_amount"] * item["quantity"]) for item in items]
        return self.invoices.draft(subscription, reason, amounts)

    # --- what time brings ---

    def _expire(self, subscription: Json) -> None:
        if subscription["status"] != "incomplete":
            return
        invoice = self.book.get("invoice", subscription["latest_invoice"])
        if self.invoices.intent_of(invoice)["status"] == "processing":
            return
        with self.book.changing(subscription, UPDATED):
            subscription["status"], subscription["ended_at"] = "incomplete_expired", self.book.now
        self.invoices.void(invoice)

    def _announce_trial_end(self, subscription: Json, trial_end: int) -> None:
        if subscription["status"] == "trialing" and subscription["trial_end"] == trial_end:
            self.book.emit("customer.subscription.trial_will_end", subscription)

    def _end_trial(self, subscription: Json, trial_end: int, *, draft_s: int = DRAFT_S) -> None:
        if subscription["status"] != "trialing" or subscription["trial_end"] != trial_end:
            return
        if self._is_over(subscription):
            return
        missing = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
        if self.card_of(subscription) is None and missing == "cancel":
            self.cancel(subscription)
            return
        if self.card_of(subscription) is None and missing == "pause":
            with self.book.changing(subscription, UPDATED):
                subscription["status"] = "paused"
            self.book.emit("customer.subscription.paused", subscription)
            return
        with self.book.changing(subscription, UPDATED):
            subscription["status"] = "active"
            for item in subscription["items"]["data"]:
                self._begin_period(subscription, item, trial_end)
        self._invoice_period(subscription, subscription["items"]["data"], draft_s=draft_s)

    def _renew(self, subscription: Json, end: int) -> None:
        """The next period of whatever ends now; a canceled one's end."""
        due = [item for item in subscription["items"]["data"] if item["current_period_end"] == end]
        if subscription["status"] not in ("active", "past_due", "unpaid") or not due:
            return
        if self._is_over(subscription):
            return
        self.before_renewal(subscription)
        with self.book.changing(subscription, UPDATED):
            for item in due:
                self._begin_period(subscription, item, end)
        self._invoice_period(subscription, due, draft_s=DRAFT_S)

    def _is_over(self, subscription: Json) -> bool:
        """Cancel it if its day has come; whether it had."""
        cancel_at = subscription["cancel_at"]
        if cancel_at is None or cancel_at > self.book.now or subscription["status"] in ENDED:
            return False
        self.cancel(subscription)
        return True

    def _invoice_period(self, subscription: Json, items: list[Json], *, draft_s: int) -> None:
        invoice = self._bill(subscription, "subscription_cycle", items)
        pause = subscription["pause_collection"]
        if subscription["status"] == "unpaid" or (pause and pause["behavior"] == "keep_as_draft"):
            invoice["auto_advance"] = False
            return
        self.book.timeline.at(self.book.now + draft_s, lambda: self._collect_draft(invoice))

    def _collect_draft(self, invoice: Json) -> None:
        subscription = self.of(invoice)
        if invoice["status"] != "draft" or not invoice["auto_advance"]:
            return
        self.invoices.finalize(invoice)
        pause = subscription["pause_collection"]
        match pause and pause["behavior"]:
            case "void":
                self.invoices.void(invoice)
            case "mark_uncollectible":
                self.invoices.mark_uncollectible(invoice)
            case "keep_as_draft":
                invoice["auto_advance"] = False
            case _:
                self.collect(invoice)

    def _retry(self, invoice: Json, due: int) -> None:
        if invoice["status"] == "open" and invoice["next_payment_attempt"] == due:
            self.collect(invoice)

    # --- what becomes of invoices ---

    def _invoice_settled(self, invoice: Json) -> None:
        """Paid, void or given up: nothing is owed on it any more."""
        subscription, paid = self.of(invoice), invoice["status"] == "paid"
        if self._waits_for(subscription, invoice):
            if paid:
                self._apply_pending(subscription)
            return
        if subscription["latest_invoice"] != invoice["id"]:
            return
        match subscription["status"]:
            case "incomplete" | "paused" if paid:
                was = subscription["status"]
                with self.book.changing(subscription, UPDATED):
                    subscription["status"] = "active"
                if was == "paused":
                    self.book.emit("customer.subscription.resumed", subscription)
            case "past_due":
                with self.book.changing(subscription, UPDATED):
                    subscription["status"] = "active"
            case "unpaid" if paid:
                with self.book.changing(subscription, UPDATED):
                    subscription["status"] = "active"

    def _invoice_failed(self, invoice: Json) -> None:
        subscription = self.of(invoice)
        due = invoice["next_payment_attempt"]
        if due is not None:
            self.book.timeline.at(due, lambda: self._retry(invoice, due))
        is_latest = subscription["latest_invoice"] == invoice["id"]
        waits = self._waits_for(subscription, invoice)
        if subscription["status"] == "active" and is_latest and not waits:
            with self.book.changing(subscription, UPDATED):
                subscription["status"] = "past_due"

    def _retries_exhausted(self, invoice: Json) -> None:
        subscription = self.of(invoice)
        if subscription["status"] != "past_due":
            return
        match self.after_retries:
            case "cancel":
                self.cancel(subscription, reason="payment_failed")
            case "unpaid":
                with self.book.changing(subscription, UPDATED):
                    subscription["status"] = "unpaid"
            case "past_due":
                pass

    def _invoices_of(self, subscription: Json) -> list[Json]:
        latest = subscription["latest_invoice"]
        return [self.book.get("invoice", latest)] if latest else []

    # --- changes ---

    def _plan_cancellation(self, subscription: Json, given: Json) -> None:
        """`cancel_at_period_end`, `cancel_at` and their revocation."""
        at_end = given.get("cancel_at_period_end")
        if at_end in (True, "true"):
            ends = [item["current_period_end"] for item in subscription["items"]["data"]]
            subscription["cancel_at_period_end"], subscription["cancel_at"] = True, max(ends)
        elif given.get("cancel_at") not in (None, ""):
            subscription["cancel_at_period_end"] = False
            subscription["cancel_at"] = int(given["cancel_at"])
        elif at_end in (False, "false") or given.get("cancel_at") == "":
            subscription["cancel_at_period_end"], subscription["cancel_at"] = False, None
        else:
            return
        asked = subscription["cancel_at"] is not None
        subscription["canceled_at"] = self.book.now if asked else None
        subscription["cancellation_details"]["reason"] = "cancellation_requested" if asked else None
        if asked:
            self.book.timeline.at(subscription["cancel_at"], lambda: self._is_over(subscription))

    def _pause_collection(self, subscription: Json, given: Json | str) -> None:
        if given == "" or isinstance(given, str):
            subscription["pause_collection"] = None
            return
        resumes_at = int(given["resumes_at"]) if given.get("resumes_at") else None
        subscription["pause_collection"] = {"behavior": given["behavior"], "resumes_at": resumes_at}
        if resumes_at:
            self.book.timeline.at(resumes_at, lambda: self._collect_again(subscription, resumes_at))

    def _collect_again(self, subscription: Json, resumes_at: int) -> None:
        pause = subscription["pause_collection"]
        if subscription["status"] not in ENDED and pause and pause["resumes_at"] == resumes_at:
            with self.book.changing(subscription, UPDATED):
                subscription["pause_collection"] = None

    def _change_items(self, subscription: Json, change: Change) -> None:
        """Other items, at once or once they are paid for, as the caller wants it."""
        if subscription["status"] == "incomplete":
            raise invalid("An incomplete subscription cannot change its items.")
        if not change.amounts:
            self._apply(subscription, change)
            return
        card = self.card_of(subscription)
        works = self.book.cards.get(card or "") == "pays"
        if not works and change.payment_behavior == "error_if_incomplete":
            raise StripeRefusal(402, "card_error", "Your card was declined.", code="card_declined")
        waits = not works and change.payment_behavior == "pending_if_incomplete"
        if not waits:
            self._apply(subscription, change)
        else:
            self._give_up_pending(subscription)
        invoice = self.invoices.draft(subscription, "subscription_update", change.amounts)
        if waits:
            self._wait_for(subscription, change, invoice)
        self.invoices.finalize(invoice)
        self.collect(invoice)

    def _apply(self, subscription: Json, change: Change) -> None:
        with self.book.changing(subscription, UPDATED):
            items = subscription["items"]["data"]
            kept = [item for item in items if item["id"] not in change.deleted]
            for item in kept:
                if item["id"] in change.changed:
                    price, quantity = change.changed[item["id"]]
                    item |= {"price": price, "plan": shapes.plan(price), "quantity": quantity}
            subscription["items"]["data"][:] = kept
            started = [self._add_item(subscription, price, quantity) for price, quantity in change.added]
            for item in [*kept, *started] if change.restarts else started:
                self._begin_period(subscription, item, self.book.now)

    def _wait_for(self, subscription: Json, change: Change, invoice: Json) -> None:
        expires_at = self.book.now + FIRST_PAYMENT_S
        self._pending[subscription["id"]] = invoice, change
        with self.book.changing(subscription, UPDATED):
            items = change.preview(self.book, subscription)
            subscription["pending_update"] = {"expires_at": expires_at, "subscription_items": items}
        self.book.timeline.at(expires_at, lambda: self._expire_pending(subscription, invoice))

    def _waits_for(self, subscription: Json, invoice: Json) -> bool:
        pending = self._pending.get(subscription["id"])
        return pending is not None and pending[0] is invoice

    def _apply_pending(self, subscription: Json) -> None:
        _, change = self._pending.pop(subscription["id"])
        subscription["pending_update"] = None
        self._apply(subscription, change)
        self.book.emit("customer.subscription.pending_update_applied", subscription)

    def _expire_pending(self, subscription: Json, invoice: Json) -> None:
        if self._waits_for(subscription, invoice):
            self._give_up_pending(subscription)

    def _give_up_pending(self, subscription: Json) -> None:
        if subscription["id"] not in self._pending:
            return
        invoice, _ = self._pending[subscription["id"]]
        self.invoices.void(invoice)
        del self._pending[subscription["id"]]
        subscription["pending_update"] = None
        self.book.emit("customer.subscription.pending_update_expired", subscription)
