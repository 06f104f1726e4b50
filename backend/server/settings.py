"""How the service is set up: `FOLKMOOT_*` environment variables, read once by whoever starts it."""

from __future__ import annotations

import hashlib
import hmac

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
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
    def cursor_key(self) -> bytes:
        """What page cursors are signed with: the same in every copy, and after a restart."""
        secret = self.cursor_secret or self.jwt_secret or self.database_url
        return hmac.digest(secret.get_secret_value().encode(), b"folkmoot page cursors", hashlib.sha256)
