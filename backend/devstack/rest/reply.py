"""Stage four: what the database gave, as an HTTP reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never
from urllib.parse import quote_plus

from backend.devstack.rest.errors import RestError, not_one_row, past_the_end, put_differs, too_many_affected
from backend.devstack.rest.plan.plans import (
    CallRequestPlan,
    InfoPlan,
    Insert,
    ReadRequestPlan,
    WriteRequestPlan,
)
from backend.devstack.rest.request.api_request import ApiRequest
from backend.devstack.rest.schema_cache.model import Returns
from backend.devstack.rest.transaction import Outcome

Headers = list[tuple[str, str]]

_JSON = ("Content-Type", "application/json; charset=utf-8")
_WRITE_PREFERENCES = ("return", "count", "tx", "handling", "timezone")
_VARY = ("Vary", "Accept, Prefer, Range")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Headers
    body: bytes = b""


def check_outcome(request: ApiRequest, outcome: Outcome) -> None:
    """Raise what makes the whole request void, although PostgreSQL was content."""
    preferences = request.preferences
    if request.action == "put" and outcome.rows != 1:
        raise put_differs()
    if request.media.shape == "object" and request.action != "put" and outcome.rows != 1:
        raise not_one_row(outcome.rows)
    if request.action in ("update", "delete", "call"):
        limit = preferences.max_affected
        if preferences.handling == "strict" and limit is not None and outcome.rows > limit:
            raise too_many_affected(outcome.rows)


def info_reply(plan: InfoPlan) -> Reply:
    return Reply(200, [("Allow", ",".join(plan.methods)), ("Access-Control-Allow-Origin", "*"), _VARY])


def error_reply(error: RestError) -> Reply:
    # A name in the message may hold half of a surrogate pair; a reply has to be UTF-8 anyhow.
    body = json.dumps(error.body(), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = [_JSON, ("Proxy-Status", f"PostgREST; error={error.code}"), _VARY, *error.headers]
    return Reply(error.status, headers, body)


def reply(
    request: ApiRequest, plan: ReadRequestPlan | WriteRequestPlan | CallRequestPlan, outcome: Outcome
) -> Reply:
    """The answer to a request that went well.

    Raises PGRST111 or PGRST112 for headers or a status from SQL that cannot be used.
    """
    match plan:
        case ReadRequestPlan():
            answer = _read_reply(request, outcome)
        case CallRequestPlan():
            answer = _call_reply(request, plan, outcome)
        case WriteRequestPlan():
            answer = _write_reply(request, plan, outcome)
        case _:
            assert_never(plan)
    return _overridden(answer, outcome)


def _read_reply(request: ApiRequest, outcome: Outcome) -> Reply:
    status, content_range = _range(request.range.offset, outcome)
    query = request.query.canonical
    location = f"/{request.target.name}{'?' if query else ''}{query}"
    headers = [("Content-Range", content_range), ("Content-Location", location), *_content(request)]
    headers += _applied(request, "count", "tx", "handling", "timezone")
    return _rows_reply(request, status, headers, outcome)


def _call_reply(request: ApiRequest, plan: CallRequestPlan, outcome: Outcome) -> Reply:
    status, content_range = _range(request.range.offset, outcome)
    headers = [("Content-Range", content_range)]
    headers += _applied(request, "count", "tx", "handling", "timezone", "max-affected")
    if plan.function.returns is Returns.VOID:
        return Reply(204, [*headers, _VARY])
    return _rows_reply(request, status, [*headers, *_content(request)], outcome)


def _rows_reply(request: ApiRequest, status: int, headers: Headers, outcome: Outcome) -> Reply:
    if status == 416:
        refused = error_reply(past_the_end(request.range.offset, outcome.total or 0))
        kept = [header for header in headers if header[0] != "Content-Type"]
        return Reply(status, [*kept, *refused.headers], refused.body)
    return Reply(status, [*headers, _VARY], (outcome.body or "").encode())


def _write_reply(request: ApiRequest, plan: WriteRequestPlan, outcome: Outcome) -> Reply:
    full = request.preferences.representation == "representation"
    inserted = _rows_sent(plan) - outcome.conflicts
    counted = request.preferences.count in ("exact", "estimated")
    total = str(outcome.rows) if counted else "*"
    headers: Headers = []
    match request.action:
        case "insert":
            merges = request.preferences.resolution == "merge-duplicates"
            status = 200 if merges and inserted <= 0 else 201
            if outcome.location is not None:
                headers.append(("Location", f"/{request.target.name}?{_key_filters(outcome.location)}"))
            headers.append(("Content-Range", f"*/{total}"))
            resolution = ("resolution",) if _resolves(plan) else ()
            headers += _applied(request, *_WRITE_PREFERENCES, "missing", *resolution)
        case "put":
            status = (201 if inserted > 0 else 200) if full else 204
            headers += _applied(request, *_WRITE_PREFERENCES)
        case "update":
            status = 200 if full else 204
            updated = f"0-{outcome.rows - 1}" if outcome.rows else "*"
            headers.append(("Content-Range", f"{updated}/{total}"))
            headers += _applied(request, *_WRITE_PREFERENCES, "missing", "max-affected")
        case _:
            status = 200 if full else 204
            headers.append(("Content-Range", f"*/{total}"))
            headers += _applied(request, *_WRITE_PREFERENCES, "max-affected")
    if full:
        return Reply(status, [*headers, *_content(request), _VARY], (outcome.body or "").encode())
    return Reply(status, [*headers, _VARY])


def _rows_sent(plan: WriteRequestPlan) -> int:
    match plan.write:
        case Insert(is_put=True):
            return 1
        case Insert(rows=body):
            return body.rows
        case _:
            return 0


def _resolves(plan: WriteRequestPlan) -> bool:
    return isinstance(plan.write, Insert) and bool(plan.write.conflict)


def _key_filters(location: str) -> str:
    """`id=eq.1` for each column of the key in the JSON object."""
    key: Mapping[str, str | None] = json.loads(location)
    return "&".join(
        f"{quote_plus(name)}={'is.null' if text is None else 'eq.' + quote_plus(text)}"
        for name, text in key.items()
    )


def _range(offset: int, outcome: Outcome) -> tuple[int, str]:
    """The status and the Content-Range of `outcome.rows` rows from `offset` on."""
    total = outcome.total
    some = outcome.rows > 0 and total != 0
    content_range = (
        f"{f'{offset}-{offset + outcome.rows - 1}' if some else '*'}/{'*' if total is None else total}"
    )
    if total is None:
        return 200, content_range
    if offset > total:
        return 416, content_range
    return (206 if outcome.rows < total else 200), content_range


def _content(request: ApiRequest) -> Headers:
    headers = [("Content-Type", request.media.content_type)]
    if request.profile is not None:
        headers.append(("Content-Profile", request.profile))
    return headers


def _applied(request: ApiRequest, *names: str) -> Headers:
    applied = request.preferences.applied(*names)
    return [("Preference-Applied", applied)] if applied else []


def _overridden(answer: Reply, outcome: Outcome) -> Reply:
    """SQL may set the settings `response.status` and `response.headers` (a JSON array of one-key objects)."""
    status = answer.status
    if outcome.status is not None:
        if not outcome.status.isdecimal() or not 200 <= int(outcome.status) <= 599:
            raise RestError("PGRST112", "response.status guc must be a valid status code")
        status = int(outcome.status)
    set_headers = _headers_from_sql(outcome.headers)
    names = {name.lower() for name, _ in set_headers}
    kept = [(name, text) for name, text in answer.headers if name.lower() not in names]
    return Reply(status, [*kept, *set_headers], answer.body)


def _headers_from_sql(text: str | None) -> Headers:
    if text is None:
        return []
    try:
        entries = [entry for each in json.loads(text) for (entry,) in [each.items()]]
    except (ValueError, TypeError, AttributeError):
        raise _bad_headers() from None
    if not all(isinstance(value, str) and _is_header(name, value) for name, value in entries):
        raise _bad_headers()
    return entries


def _is_header(name: str, value: str) -> bool:
    return bool(name) and name.isascii() and value.isprintable() and not set(name) & set(": ")


def _bad_headers() -> RestError:
    return RestError(
        "PGRST111",
        "response.headers guc must be a JSON array composed of objects with a single key and a string value",
    )
