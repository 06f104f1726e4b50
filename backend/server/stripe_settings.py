"""How payments are set up: `FOLKMOOT_STRIPE_*` environment variables."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.webhooks.stripe_gateway import (
    PRODUCTION_URL,
    DisputePolicy,
    LostPolicy,
    PausePolicy,
    Policy,
    RefundPolicy,
    StripeSetup,
    Tiers,
)


class StripeSettings(BaseSettings):
    """Payments. Without a secret key there are none. See docs/billing.md."""

    model_config = SettingsConfigDict(env_prefix="FOLKMOOT_", frozen=True)

    stripe_secret_key: SecretStr | None = Field(None, description="A secret or restricted key, live or test.")
    stripe_webhook_secrets: tuple[SecretStr, ...] = Field(
        (), description="Of the endpoint /webhooks/stripe; two while one is being replaced."
    )
    stripe_connect_webhook_secrets: tuple[SecretStr, ...] = Field(
        (), description="Of the endpoint /webhooks/stripe/connect."
    )
    stripe_api_url: str = PRODUCTION_URL
    stripe_price_tiers: dict[str, str] = Field({}, description="The tier of a price, by the price's id.")
    stripe_tiers: tuple[str, ...] = Field((), description="The tiers, lowest first.")
    stripe_grace_days: float = Field(7, ge=0, description="How long a failing payment keeps access.")
    stripe_pause: PausePolicy = "keep"
    stripe_refund: RefundPolicy = "keep"
    stripe_dispute: DisputePolicy = "suspend"
    stripe_dispute_lost: LostPolicy = "revoke"

    @property
    def stripe_setup(self) -> StripeSetup:
        """All of it, as the gateway to Stripe takes it."""
        return StripeSetup(
            secret_key=self.stripe_secret_key,
            webhook_secrets=self.stripe_webhook_secrets,
            connect_webhook_secrets=self.stripe_connect_webhook_secrets,
            api_url=self.stripe_api_url.rstrip("/"),
            policy=Policy(
                grace=timedelta(days=self.stripe_grace_days),
                pause=self.stripe_pause,
                refund=self.stripe_refund,
                dispute=self.stripe_dispute,
                lost=self.stripe_dispute_lost,
            ),
            tiers=Tiers(of_prices=self.stripe_price_tiers, order=self.stripe_tiers),
        )

    @property
    def stripe_secrets(self) -> tuple[SecretStr, ...]:
        """What no log line may hold."""
        key = () if self.stripe_secret_key is None else (self.stripe_secret_key,)
        return (*key, *self.stripe_webhook_secrets, *self.stripe_connect_webhook_secrets)
