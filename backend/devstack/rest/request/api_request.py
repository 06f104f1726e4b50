"""Stage one: an HTTP request, read into what the client wants. No database was asked yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from backend.devstack.rest.errors import RestError, invalid_range
from backend.devstack.rest.request.body import Body, parse_body
from backend.devstack.rest.request.media import Media, negotiate
from backend.devstack.rest.request.preferences import Preferences, parse_preferences
from backend.devstack.rest.request.query_string import QueryString, parse_query_string
from backend.devstack.rest.request.syntax import RowRange
from backend.devstack.rest.settings import RestSettings

Action = Literal["read", "insert", "update", "put", "delete", "call", "info", "describe"]

_TABLE_ACTIONS: dict[str, Action] = {
    "GET": "read",
    "HEAD": "read",
    "POST": "insert",
    "PATCH": "update",
    "PUT": "put",
    "DELETE": "delete",
    "OPTIONS": "info",
}
_FUNCTION_ACTIONS: dict[str, Action] = {"GET": "call", "HEAD": "call", "POST": "call", "OPTIONS": "info"}
_ROOT_ACTIONS: dict[str, Action] = {"GET": "describe", "HEAD": "describe", "OPTIONS": "info"}
_READ_METHODS = ("GET", "HEAD")
_RANGE = re.compile(r"([0-9]{1,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`headers` have lower-case names and keep their order; `query` and `body` are as they came."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    def all_headers(self, name: str) -> Sequence[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def cookies(self) -> Mapping[str, str]:
        pairs = (pair.partition("=") for header in self.all_headers("cookie") for pair in header.split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


@dataclass(frozen=True, slots=True)
class Target:
    """What a path means: the root, a relation, or a function."""

    kind: Literal["root", "relation", "function"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """`read_only`: the method may change nothing. `profile`: set if the answer has to name the schema."""

    action: Action
    target: Target
    schema: str
    profile: str | None
    query: QueryString
    range: RowRange
    preferences: Preferences
    media: Media
    body: Body | None
    read_only: bool

    @property
    def wants_rows(self) -> bool:
        """Whether the rows read or written belong into the answer."""
        return self.action in ("read", "call") or self.preferences.representation == "representation"


def parse_request(http: HttpRequest, settings: RestSettings, *, time_zones: Collection[str]) -> ApiRequest:
    """Read one request; raises `RestError` for whatever is wrong with it on its own."""
    target = _target(http.path)
    action = _action(http.method, target)
    read_only = http.method in _READ_METHODS
    preferences = parse_preferences(
        http.all_headers("prefer"), time_zones=time_zones, tx_override=settings.tx_override
    )
    schema = _schema(http, settings, read_only=read_only)
    query = parse_query_string(http.query, for_function=action == "call")
    rows = _range(http, query, settings, action)
    body = None
    if action in ("insert", "update", "put") or (action == "call" and not read_only):
        body = parse_body(
            http.body,
            http.header("content-type"),
            for_function=action == "call",
            columns=None if action == "put" else query.columns,
        )
    return ApiRequest(
        action=action,
        target=target,
        schema=schema,
        profile=schema if len(settings.schemas) > 1 else None,
        query=query,
        range=rows,
        preferences=preferences,
        media=negotiate(http.header("accept"), at_root=target.kind == "root"),
        body=body,
        read_only=read_only,
    )


def _target(path: str) -> Target:
    segments = path.removeprefix("/").split("/")
    match segments:
        case [""]:
            return Target("root")
        case [name] if "\0" not in name:
            return Target("relation", name)
        case ["rpc", name] if name and "\0" not in name:
            return Target("function", name)
        case _:
            raise RestError("PGRST125", "Invalid path specified in request URL")


def _action(method: str, target: Target) -> Action:
    match target.kind:
        case "relation":
            action = _TABLE_ACTIONS.get(method)
        case "root":
            action = _ROOT_ACTIONS.get(method)
        case "function":
            action = _FUNCTION_ACTIONS.get(method)
            if action is None:
                raise RestError("PGRST101", f"Cannot use the {method} method on RPC")
    if action is None:
        raise RestError("PGRST117", f"Unsupported HTTP method: {method}")
    return action


def _schema(http: HttpRequest, settings: RestSettings, *, read_only: bool) -> str:
    profile = http.header("accept-profile" if read_only else "content-profile")
    if profile is None:
        return settings.schemas[0]
    if profile not in settings.schemas:
        hint = f"Only the following schemas are exposed: {', '.join(settings.schemas)}"
        raise RestError("PGRST106", f"Invalid schema: {profile}", hint=hint)
    return profile


def _range(http: HttpRequest, query: QueryString, settings: RestSettings, action: Action) -> RowRange:
    """The rows of the root: `limit` and `offset`, narrowed by the Range header, capped by the settings."""
    asked = query.ranges.get((), RowRange())
    if action == "put" and () in query.ranges:
        raise RestError("PGRST114", "limit/offset querystring parameters are not allowed for PUT")
    header = _RANGE.fullmatch((http.header("range") or "").removeprefix("items="))
    if http.method == "GET" and header is not None:
        asked = _narrowed(asked, int(header[1]), int(header[2]) if header[2] else None)
    return asked.capped(settings.rows_max) if action in ("read", "call") else RowRange()


def _narrowed(asked: RowRange, first: int, last: int | None) -> RowRange:
    """The rows that both the query string and the Range header ask for."""
    offset = max(asked.offset, first)
    ends = [] if last is None else [last + 1]
    if asked.limit is not None:
        ends.append(asked.offset + asked.limit)
    if asked.limit == 0 or not ends:
        return RowRange(offset, asked.limit)
    if min(ends) <= offset:
        raise invalid_range(
            "The lower boundary must be lower than or equal to the upper boundary in the Range header."
        )
    return RowRange(offset, min(ends) - offset)
