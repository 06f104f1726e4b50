"""How the service learns how it is set up."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backend.server.settings import Settings

NEEDED = {"FOLKMOOT_DATABASE_URL": "postgres://u:p@h/d", "FOLKMOOT_SUPABASE_URL": "https://ref.supabase.co/"}


def read(monkeypatch: pytest.MonkeyPatch, **more: str) -> Settings:
    for name, text in {**NEEDED, **more}.items():
        monkeypatch.setenv(name, text)
    return Settings()  # pyright: ignore[reportCallIssue]


def test_settings_come_from_the_environment(monkeypatch):
    settings = read(
        monkeypatch, FOLKMOOT_JWT_SECRET="s" * 32, FOLKMOOT_PORT="9000", FOLKMOOT_PRODUCTION="true"
    )
    assert settings.database_url.get_secret_value() == "postgres://u:p@h/d"
    assert (settings.port, settings.production, settings.host) == (9000, True, "127.0.0.1")
    assert settings.issuer == "https://ref.supabase.co/auth/v1"
    assert settings.jwks_url == "https://ref.supabase.co/auth/v1/.well-known/jwks.json"


def test_secrets_are_not_printed(monkeypatch):
    settings = read(monkeypatch, FOLKMOOT_JWT_SECRET="s" * 32)
    assert "p@h" not in repr(settings)
    assert "ssss" not in repr(settings)


def test_settings_do_not_change(monkeypatch):
    settings = read(monkeypatch)
    with pytest.raises(ValidationError):
        settings.port = 1  # pyright: ignore[reportAttributeAccessIssue]


def test_cursors_are_signed_alike_by_every_copy_and_differently_by_every_project(monkeypatch):
    keys = {
        read(monkeypatch, FOLKMOOT_JWT_SECRET="a" * 32, FOLKMOOT_PORT="1").cursor_key,
        read(monkeypatch, FOLKMOOT_JWT_SECRET="a" * 32, FOLKMOOT_PORT="2").cursor_key,
        read(monkeypatch, FOLKMOOT_JWT_SECRET="b" * 32).cursor_key,
        read(monkeypatch, FOLKMOOT_JWT_SECRET="b" * 32, FOLKMOOT_CURSOR_SECRET="c").cursor_key,
    }
    assert len(keys) == 3


def test_what_is_missing_is_named(monkeypatch):
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValidationError) as refused:
        Settings()  # pyright: ignore[reportCallIssue]
    assert {error["loc"] for error in refused.value.errors()} == {("database_url",), ("supabase_url",)}
