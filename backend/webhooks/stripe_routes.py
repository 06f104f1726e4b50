"""Where Stripe delivers its events.

Any body whatsoever is answered with 200, 400 or 413, and 200 as soon as the event is kept: what follows from
it is a job's. Only when it cannot be kept the answer is 5xx, and Stripe delivers it again.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import SecretStr

from backend.runtime.context import ActionContext
from backend.runtime.http_routes import HttpRequest, HttpResponse, http_route
from backend.webhooks import stripe_events
from backend.webhooks.stripe_envelopes import Endpoint, open_envelope, verify
from backend.webhooks.stripe_errors import BillingOff
from backend.webhooks.stripe_gateway import StripeGateway

EVENT_BYTES_MAX = 512 * 1024  # Stripe's largest, with long invoices in them, have some 100 kB.


@http_route("POST", "/webhooks/stripe", request_bytes_max=EVENT_BYTES_MAX)
async def receive_own(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    """Events of our own Stripe account."""
    gateway = ctx.gateway(StripeGateway)
    return await _receive(ctx, gateway, request, "platform", gateway.setup.webhook_secrets)


@http_route("POST", "/webhooks/stripe/connect", request_bytes_max=EVENT_BYTES_MAX)
async def receive_connected(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    """Events of the connected account that the community's payments go to."""
    gateway = ctx.gateway(StripeGateway)
    return await _receive(ctx, gateway, request, "connect", gateway.setup.connect_webhook_secrets)


async def _receive(
    ctx: ActionContext,
    gateway: StripeGateway,
    request: HttpRequest,
    endpoint: Endpoint,
    secrets: Sequence[SecretStr],
) -> HttpResponse:
    if not secrets or not gateway.is_on:
        raise BillingOff
    payload = verify(request.body, request.headers.get("stripe-signature"), secrets)
    await ctx.as_service().run_mutation(
        stripe_events.receive,
        endpoint=endpoint,
        livemode=gateway.livemode,
        envelope=open_envelope(payload),
        payload=payload,
    )
    return HttpResponse.json({"received": True})
