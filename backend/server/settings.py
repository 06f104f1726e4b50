"""How the service is set up: `FOLKMOOT_*` environment variables, read once by whoever starts it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from backend.server.stripe_settings import StripeSettings


class Settings(StripeSettings):
    """One copy of the service. Every copy of one project has the same settings but `host` and `port`."""

    model_config = SettingsConfigDict(env_prefix="FOLKMOOT_", frozen=True)

    database_url: SecretStr = Field(description="The project's database, direct (not pooled), as `postgres`.")
    supabase_url: str = Field(description="The project's API; its Auth signs the tokens we accept.")
    jwt_secret: SecretStr | None = Field(
        None, description="The legacy secret; without it only tokens signed by a published key are accepted."
    )
    jwt_issuer: str | None = Field(
        None, description="The tokens' `iss`, where it is not the Auth of the API."
    )
    host: str = "127.0.0.1"
    port: int = 8000
    production: bool = Field(False, description="Keep the insides of broken functions from clients.")
    publication: str = "folkmoot"
    cors_origins: tuple[str, ...] = ("*",)
    supabase_anon_key: str | None = Field(
        None, description="The project's publishable key: what `ctx.storage` shows Supabase's gateway."
    )
    supabase_service_key: SecretStr | None = Field(
        None, description="The project's secret key: what `ctx.storage` acts with for the service itself."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="'auto': text on a terminal, otherwise, and always in production, JSON."
    )
    slow_ms: float = Field(
        1_000, ge=0, description="Queries and mutations that take longer are logged as warnings."
    )
    shutdown_s: float = Field(
        10, ge=0, le=300, description="How long requests that are being answered may take when it ends."
    )
    otlp_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Where traces go. OpenTelemetry reads this, and its other settings, by itself.",
    )
    otlp_headers: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"),
        description="Known here so that it is kept out of logs.",
    )
    cursor_secret: SecretStr | None = Field(
        None, description="Signs page cursors; made from other secrets by default."
    )

    @property
    def issuer(self) -> str:
        """What tokens must name as their issuer."""
        return self.jwt_issuer or f"{self.supabase_url.rstrip('/')}/auth/v1"

    @property
    def jwks_url(self) -> str:
        """Where the keys that sign tokens are published."""
        return f"{self.supabase_url.rstrip('/')}/auth/v1/.well-known/jwks.json"

    @property
    def storage_url(self) -> str:
        """Where Storage answers."""
        return f"{self.supabase_url.rstrip('/')}/storage/v1"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log line may hold, the passwords of the database's URL included."""
        given = (
            self.database_url,
            self.jwt_secret,
            self.cursor_secret,
            self.supabase_service_key,
            self.otlp_headers,
            *self.stripe_secrets,
        )
        return tuple(secret.get_secret_value() for secret in given if secret is not None)

    @property
    def cursor_key(self) -> bytes:
        """What page cursors are signed with: the same in every copy, and after a restart."""
        secret = self.cursor_secret or self.jwt_secret or self.database_url
        return hmac.digest(secret.get_secret_value().encode(), b"folkmoot page cursors", hashlib.sha256)
