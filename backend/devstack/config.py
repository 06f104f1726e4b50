"""supabase/config.toml, read as the Supabase CLI reads it.

Keys that nothing here uses are ignored, whatever they hold: the file may serve the CLI and hosted projects
too.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from backend.devstack.errors import ConfigRefused

_ENV = re.compile(r"env\((?P<name>[^)]*)\)")
_DURATION_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _seconds(value: object) -> object:
    """Seconds from a duration in Go's notation, such as `1m30s`; other values are left to the validation."""
    if not isinstance(value, str):
        return value
    parts = list(_DURATION_PART.finditer(value))
    if "".join(part.group() for part in parts) != value or not parts:
        raise ValueError("should be a duration such as 10s, 5m or 1h30m")
    return sum(float(part["number"]) * _UNIT_S[part["unit"]] for part in parts)


Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _variable_is_set(cls, value: object) -> object:
        if isinstance(value, str) and (match := _ENV.fullmatch(value)):
            raise ValueError(f"the environment variable {match['name']} is not set")
        return value


class ApiConfig(_Section):
    """The gateway, and what the REST service exposes."""

    port: Port = 54321
    schemas: tuple[str, ...] = Field(default=("public", "graphql_public"), min_length=1)
    extra_search_path: tuple[str, ...] = ("public", "extensions")
    max_rows: int = Field(default=1000, ge=0)  # 0: no limit.
    auto_expose_new_tables: bool = False


class SeedConfig(_Section):
    """Which files fill a new database; `sql_paths` are globs relative to the file's directory."""

    enabled: bool = True
    sql_paths: tuple[str, ...] = ("./seed.sql",)


class MigrationsConfig(_Section):
    """Whether supabase/migrations is applied."""

    enabled: bool = True


class DatabaseConfig(_Section):
    """The embedded PostgreSQL."""

    port: Port = 54322
    migrations: MigrationsConfig = MigrationsConfig()
    seed: SeedConfig = SeedConfig()


class EmailConfig(_Section):
    """Sign-in by e-mail address."""

    enable_signup: bool = True
    enable_confirmations: bool = False
    max_frequency: Seconds = 1.0
    otp_length: int = Field(default=6, ge=6, le=10)
    otp_expiry: int = Field(default=3600, gt=0, le=86_400)


class AuthConfig(_Section):
    """The Auth service, and the keys of the project."""

    site_url: str = "http://127.0.0.1:3000"
    external_url: str | None = None
    additional_redirect_urls: tuple[str, ...] = ()
    jwt_expiry: int = Field(default=3600, gt=0, le=604_800)  # Seconds; a week at most.
    jwt_secret: str | None = Field(default=None, min_length=16)
    signing_keys_path: str | None = None
    anon_key: str | None = None
    service_role_key: str | None = None
    publishable_key: str | None = None
    secret_key: str | None = None
    enable_refresh_token_rotation: bool = True
    refresh_token_reuse_interval: int = Field(default=10, ge=0)
    enable_signup: bool = True
    enable_anonymous_sign_ins: bool = False
    enable_manual_linking: bool = False
    minimum_password_length: int = Field(default=6, ge=6)
    password_requirements: Literal[
        "", "letters_digits", "lower_upper_letters_digits", "lower_upper_letters_digits_symbols"
    ] = ""
    email: EmailConfig = EmailConfig()

    def served_at(self, api_url: str) -> str:
        """Where clients reach the service, which is also the issuer of its tokens."""
        return self.external_url or f"{api_url}/auth/v1"


class StackConfig(_Section):
    """What supabase/config.toml decides. `directory` is the file's: paths in it are relative to that."""

    directory: Path
    project_id: str = "folkmoot"
    api: ApiConfig = ApiConfig()
    db: DatabaseConfig = DatabaseConfig()
    auth: AuthConfig = AuthConfig()

    @property
    def migrations_directory(self) -> Path:
        return self.directory / "migrations"

    @property
    def seed_files(self) -> tuple[Path, ...]:
        """The files `[db.seed]` names, in its order; those of one glob by name."""
        patterns = self.db.seed.sql_paths if self.db.seed.enabled else ()
        found = [
            path for pattern in patterns for path in sorted(self.directory.glob(pattern.removeprefix("./")))
        ]
        return tuple(dict.fromkeys(found))


def read_config(path: Path, environment: Mapping[str, str] | None = None) -> StackConfig:
    """The configuration in `path`, with `env(NAME)` replaced; a key that is absent has the CLI's default.

    Raises `ConfigRefused`, naming every key that is wrong.
    """
    variables = os.environ if environment is None else environment
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise ConfigRefused(
            "config.missing",
            f"There is no {path}.",
            hint="Run this in the project's directory, or name the file with --config.",
        ) from error
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise ConfigRefused(
            "config.unreadable", f"{path} cannot be read: {error}", hint="Mend the file, or name another."
        ) from error
    try:
        return StackConfig(**{**_substitute(values, variables), "directory": path.absolute().parent})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise ConfigRefused(
            "config.invalid",
            f"{path} holds values that cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults),
            hint="Correct these keys, or remove them to get the defaults.",
        ) from error


def _substitute(value: Any, variables: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {key: _substitute(inner, variables) for key, inner in value.items()}
        case list():
            return [_substitute(inner, variables) for inner in value]
        case str() if (found := _ENV.fullmatch(value)) and found["name"] in variables:
            return variables[found["name"]]
        case _:
            return value  # An unset variable counts as wrong only where something reads the key.
