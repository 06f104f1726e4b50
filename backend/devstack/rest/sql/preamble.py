"""How a transaction begins: its mode, the caller's role, and the settings that tell SQL of the request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from backend.devstack.rest.auth import Caller
from backend.devstack.rest.request.api_request import ApiRequest, HttpRequest
from backend.devstack.rest.settings import RestSettings
from backend.devstack.rest.sql.fragment import identifier, render
from backend.postgres.literals import quote_literal


def preamble_sql(
    http: HttpRequest,
    request: ApiRequest,
    caller: Caller,
    settings: RestSettings,
    role_settings: Mapping[str, str],
) -> str:
    """BEGIN and the settings as one simple query, one round trip; they all end with the transaction."""
    search_path = dict.fromkeys((request.schema, *settings.extra_search_path))
    values = {
        "search_path": ", ".join(render(identifier(schema))[0] for schema in search_path),
        "role": caller.role,
        "request.jwt.claims": caller.claims_json,
        "request.method": http.method,
        "request.path": http.path,
        "request.headers": json.dumps(dict(http.headers)),
        "request.cookies": json.dumps(dict(http.cookies)),
    }
    if request.preferences.timezone is not None:
        values["timezone"] = request.preferences.timezone
    mode = "read only" if request.read_only else "read write"
    return f"begin {mode}; select {_settings((values | dict(role_settings)).items())}"


def _settings(values: Iterable[tuple[str, str]]) -> str:
    return ", ".join(
        f"set_config({quote_literal(name)}, {quote_literal(text)}, true)" for name, text in values
    )
