"""Invoices, and the payments, refunds and disputes that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from tests.stripe.simulator import payment_shapes as shapes
from tests.stripe.simulator.books import Book, invalid
from tests.stripe.simulator.shapes import DAY_S

Json = dict[str, Any]
Outcome = Literal["paid", "failed", "asks", "delayed"]

RETRIES_S = (3 * DAY_S, 5 * DAY_S, 7 * DAY_S)  # One schedule that Stripe's settings can be set to.


class Invoices:
    """The invoices of one book. What becomes of one is told to `on_settled` and `on_failed`."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.on_settled: Callable[[Json], None] = lambda invoice: None
        self.on_failed: Callable[[Json], None] = lambda invoice: None
        self.on_exhausted: Callable[[Json], None] = lambda invoice: None
        self._payments: dict[str, Json] = {}

    def draft(self, subscription: Json, reason: str, amounts: list[tuple[Json, int]]) -> Json:
        """A draft for the given items and amounts, which becomes the subscription's latest invoice."""
        book, id = self.book, self.book.new_id("in")
        lines = [
            shapes.invoice_line(
                book.new_id("il"), id, item, book.livemode, amount, proration=reason == "subscription_update"
            )
            for item, amount in amounts
        ]
        made = book.put(shapes.invoice(id, book.now, subscription, reason=reason, lines=lines))
        subscription["latest_invoice"] = id
        book.emit("invoice.created", made)
        return made

    def finalize(self, invoice: Json) -> None:
        """Open it; one of nothing is paid at once."""
        if invoice["status"] != "draft":
            raise invalid("This invoice is already finalized.")
        book = self.book
        invoice["status"] = "open"
        invoice["number"] = f"F-{len(book.objects):08d}"
        invoice["hosted_invoice_url"] = f"https://invoice.stripe.test/i/{invoice['id']}"
        invoice["status_transitions"]["finalized_at"] = book.now
        if invoice["amount_due"]:
            intent = book.put(shapes.payment_intent(book.new_id("pi"), book.now, invoice))
            payment = shapes.invoice_payment(book.new_id("inpay"), book.now, invoice, intent["id"])
            self._payments[invoice["id"]] = book.put(payment)
        book.emit("invoice.finalized", invoice)
        if not invoice["amount_due"]:
            self._paid(invoice)

    def attempt(self, invoice: Json, card_id: str | None) -> Outcome:
        """Try to collect an open invoice, and tell what came of it."""
        if invoice["status"] == "paid":
            return "paid"
        if invoice["status"] != "open":
            raise invalid(f"Invoice is {invoice['status']} and cannot be paid.")
        book = self.book
        invoice["attempted"], invoice["attempt_count"] = True, invoice["attempt_count"] + 1
        intent = self.intent_of(invoice)
        intent["payment_method"] = card_id
        match book.cards.get(card_id or ""):
            case "pays":
                self._charge(intent, succeeded=True)
                self._paid(invoice)
                return "paid"
            case "delays":
                intent["status"] = "processing"
                book.emit("payment_intent.processing", intent)
                return "delayed"
            case "asks":
                intent["status"] = "requires_action"
                book.emit("payment_intent.requires_action", intent)
                book.emit("invoice.payment_action_required", invoice)
                self._failed(invoice)
                return "asks"
            case behaviour:
                if behaviour == "declines":
                    self._charge(intent, succeeded=False)
                intent["status"] = "requires_payment_method"
                book.emit("payment_intent.payment_failed", intent)
                self._failed(invoice)
                return "failed"

    def settle_delayed(self, invoice: Json, *, succeeded: bool) -> None:
        """A bank's late word about a payment that was processing."""
        intent = self.intent_of(invoice)
        assert intent["status"] == "processing", intent["status"]
        self._charge(intent, succeeded=succeeded)
        if succeeded:
            self._paid(invoice)
        else:
            intent["status"] = "requires_payment_method"
            self.book.emit("payment_intent.payment_failed", intent)
            self._failed(invoice)

    def void(self, invoice: Json) -> None:
        self._close(invoice, "void", "voided_at", "invoice.voided")

    def mark_uncollectible(self, invoice: Json) -> None:
        self._close(invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")

    def intent_of(self, invoice: Json) -> Json:
        payment = self._payments[invoice["id"]]["payment"]
        return self.book.get("payment_intent", payment["payment_intent"])

    def payments_of(self, invoice: Json) -> list[Json]:
        """The one there is, or none of an invoice of nothing."""
        payment = self._payments.get(invoice["id"])
        return [] if payment is None else [payment]

    # --- money back ---

    def refund(self, charge: Json, amount: int | None = None, reason: str | None = None) -> Json:
        """Give back `amount` of a charge, or the rest of it. The subscription is not touched."""
        rest = charge["amount"] - charge["amount_refunded"]
        cents = rest if amount is None else amount
        if charge["status"] != "succeeded" or not 0 < cents <= rest:
            raise invalid("Refund amount is greater than unrefunded amount on charge.", param="amount")
        book = self.book
        made = book.put(shapes.refund(book.new_id("re"), book.now, charge, cents, reason))
        book.emit("refund.created", made)
        with book.changing(charge, "charge.refunded"):
            charge["amount_refunded"] += cents
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        return made

    def dispute(self, charge: Json) -> Json:
        """The customer's bank takes the money back for now."""
        book = self.book
        charge["disputed"] = True
        made = book.put(shapes.dispute(book.new_id("du"), book.now, charge))
        book.emit("charge.dispute.created", made)
        return made

    def close_dispute(self, dispute: Json, status: Literal["won", "lost"]) -> None:
        with self.book.changing(dispute, "charge.dispute.updated"):
            dispute["status"] = status
        self.book.emit("charge.dispute.closed", dispute)

    def warn_of_fraud(self, charge: Json) -> Json:
        book = self.book
        made = book.put(shapes.early_fraud_warning(book.new_id("issfr"), book.now, charge))
        book.emit("radar.early_fraud_warning.created", made)
        return made

    # --- within ---

    def _charge(self, intent: Json, *, succeeded: bool) -> None:
        book = self.book
        made = book.put(shapes.charge(book.new_id("ch"), book.now, intent, succeeded=succeeded))
        intent["latest_charge"] = made["id"]
        book.emit("charge.succeeded" if succeeded else "charge.failed", made)
        if succeeded:
            intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
            book.emit("payment_intent.succeeded", intent)

    def _paid(self, invoice: Json) -> None:
        book = self.book
        invoice["status"], invoice["next_payment_attempt"] = "paid", None
        invoice["amount_paid"], invoice["amount_remaining"] = invoice["amount_due"], 0
        invoice["attempted"] = True
        invoice["status_transitions"]["paid_at"] = book.now
        if invoice["amount_due"]:
            payment = self._payments[invoice["id"]]
            payment["status"], payment["amount_paid"] = "paid", invoice["amount_due"]
            payment["status_transitions"]["paid_at"] = book.now
            book.emit("invoice_payment.paid", payment)
        book.emit("invoice.paid", invoice)
        book.emit("invoice.payment_succeeded", invoice)
        self.on_settled(invoice)

    def _failed(self, invoice: Json) -> None:
        """Tell, and try again some days later, unless this was the first invoice or the last try."""
        book = self.book
        tries = invoice["attempt_count"]
        retried = invoice["billing_reason"] != "subscription_create" and invoice["auto_advance"]
        retry_s = RETRIES_S[tries - 1] if retried and tries <= len(RETRIES_S) else None
        invoice["next_payment_attempt"] = retry_s and book.now + retry_s
        book.emit("invoice.payment_failed", invoice)
        self.on_failed(invoice)
        if retried and retry_s is None:
            self.on_exhausted(invoice)

    def _close(self, invoice: Json, status: str, transition: str, type: str) -> None:
        if invoice["status"] not in ("draft", "open", "uncollectible"):
            raise invalid(f"You can only do this to an open invoice; this one is {invoice['status']}.")
        if invoice["status"] == "open" and invoice["amount_due"]:
            self.intent_of(invoice)["status"] = "canceled"
        invoice["status"], invoice["next_payment_attempt"] = status, None
        invoice["status_transitions"][transition] = self.book.now
        self.book.emit(type, invoice)
        self.on_settled(invoice)
