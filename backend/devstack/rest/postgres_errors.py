"""PostgreSQL's errors as the answers PostgREST gives for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import asyncpg

from backend.devstack.rest.errors import RestError

# What asyncpg raises, besides PostgreSQL's own errors, when a connection cannot be had or breaks.
CONNECTION_FAILURES = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# By SQLSTATE or its class: the longest match counts, and everything else is a 400.
_STATUS_BY_SQLSTATE: Mapping[str, int] = {
    "08": 503,  # connection exception
    "09": 500,  # triggered action exception
    "0L": 403,  # invalid grantor
    "0P": 403,  # invalid role specification
    "21000": 500,  # cardinality violation: a query of ours or of a view returned too much
    "23503": 409,  # foreign key violation
    "23505": 409,  # unique violation
    "25": 500,  # invalid transaction state
    "25006": 405,  # read-only transaction
    "28": 403,  # invalid authorization specification
    "2D": 500,  # invalid transaction termination
    "38": 500,  # external routine exception
    "39": 500,  # external routine invocation
    "3B": 500,  # savepoint exception
    "40": 500,  # transaction rollback
    "42883": 404,  # undefined function
    "42P01": 404,  # undefined table
    "42P17": 500,  # infinite recursion in a policy
    "53": 503,  # insufficient resources
    "53400": 500,  # configuration limit exceeded
    "54": 500,  # too complex
    "55": 500,  # object not in prerequisite state
    "57": 500,  # operator intervention, timeouts among it
    "57P01": 503,  # the server is shutting down
    "58": 500,  # system error
    "F0": 500,  # configuration file error
    "HV": 500,  # foreign data wrapper error
    "P0": 500,  # PL/pgSQL error
    "P0001": 400,  # raise exception
    "XX": 500,  # internal error
}


def refusal(error: asyncpg.PostgresError, *, is_anonymous: bool) -> RestError:
    """What the client is told. Functions choose the answer with SQLSTATE `PTnnn` or `PGRST`."""
    fields = error.as_dict()
    sqlstate = fields.get("sqlstate") or "XX000"
    message, detail, hint = fields.get("message") or "", fields.get("detail"), fields.get("hint")
    if sqlstate == "PGRST":
        return _chosen_answer(message, detail)
    status = _status(sqlstate, message, is_anonymous=is_anonymous)
    headers = [("WWW-Authenticate", "Bearer")] if status == 401 else []
    return RestError(sqlstate, message, details=detail, hint=hint, status=status, headers=headers)


def _status(sqlstate: str, message: str, *, is_anonymous: bool) -> int:
    if sqlstate == "42501":  # insufficient privilege: signing in may help
        return 401 if is_anonymous else 403
    if sqlstate == "22023" and message.startswith("role ") and message.endswith("does not exist"):
        return 401  # The token names a role there is not; no SQLSTATE tells it from other invalid parameters.
    if sqlstate.startswith("PT"):
        chosen = sqlstate[2:]
        return int(chosen) if chosen.isdecimal() and 200 <= int(chosen) <= 599 else 500
    return _STATUS_BY_SQLSTATE.get(sqlstate) or _STATUS_BY_SQLSTATE.get(sqlstate[:2], 400)


def _chosen_answer(message: str, detail: str | None) -> RestError:
    """`RAISE SQLSTATE 'PGRST'` with JSON in MESSAGE (the body) and DETAIL (status and headers)."""
    body = _json_object(message)
    if body is None or not isinstance(body.get("code"), str) or not isinstance(body.get("message"), str):
        return _malformed(
            f"Invalid JSON value for MESSAGE: '{message}'",
            "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: "
            "'details', 'hint'.",
        )
    wanted = (
        "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: "
        "'status_text'."
    )
    if detail is None:
        return _malformed("DETAIL is missing in the RAISE statement", wanted)
    answer = _json_object(detail)
    status = answer.get("status") if answer else None
    headers = answer.get("headers") if answer else None
    if not isinstance(status, int) or not 200 <= status <= 599 or not isinstance(headers, dict):
        return _malformed(f"Invalid JSON value for DETAIL: '{detail}'", wanted)
    return RestError(
        body["code"],
        body["message"],
        details=body.get("details"),
        hint=body.get("hint"),
        status=status,
        headers=[(str(name), str(text)) for name, text in headers.items()],
    )


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _malformed(details: str, hint: str) -> RestError:
    message = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"
    return RestError("PGRST121", message, details=details, hint=hint)
