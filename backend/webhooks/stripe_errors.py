"""What goes wrong between the service and Stripe.

Refusal
  BillingOff         billing.off             no key, or no webhook secret, is set
  StripeAway         billing.stripe_away     Stripe did not answer, or asks for patience
  StripeRefused      billing.stripe_refused  Stripe would not do it
  CardDeclined       billing.card_declined   the payment did not go through
  IntentReused       billing.intent_reused   one intent id for two different wishes
  WebhookRefused     billing.webhook_refused not signed by Stripe, or no event
ShapeUnknown         an object of Stripe's that we cannot read
"""

from __future__ import annotations

import stripe

from backend.runtime.errors import Refusal

_HINT = "See docs/billing.md for how to set it up."


class BillingOff(Refusal):
    code, status = "billing.off", 503

    def __init__(self) -> None:
        super().__init__("Payments are not set up here.", hint=_HINT)


class StripeAway(Refusal):
    code, status, retry_may_fix = "billing.stripe_away", 503, True


class StripeRefused(Refusal):
    code, status = "billing.stripe_refused", 502


class CardDeclined(Refusal):
    code, status = "billing.card_declined", 402


class IntentReused(Refusal):
    code, status = "billing.intent_reused", 409


class WebhookRefused(Refusal):
    code, status = "billing.webhook_refused", 400


class ShapeUnknown(ValueError):
    """An object of Stripe's lacks what every version of it had so far."""


def translate_stripe(error: stripe.StripeError) -> Refusal:
    """Stripe's error as one of ours. Its text goes along where it is about the request, not about our key."""
    match error:
        case stripe.APIConnectionError() | stripe.RateLimitError():
            return StripeAway("Stripe does not answer. Try again.")
        case stripe.AuthenticationError() | stripe.PermissionError():
            return StripeRefused(f"Stripe does not accept our key ({type(error).__name__}).", hint=_HINT)
        case stripe.IdempotencyError():
            return IntentReused("This intent id belongs to another wish.", hint="Make a new one.")
        case stripe.CardError():
            return CardDeclined(error.user_message or "The card was declined.")
        case stripe.InvalidRequestError():
            return StripeRefused(f"Stripe refused: {error.user_message or error.code or 'invalid request'}")
        case _:
            return StripeAway(f"Stripe failed ({error.http_status or type(error).__name__}). Try again.")
