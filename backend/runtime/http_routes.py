"""HTTP actions: functions at an address of their own, for webhooks, feeds and downloads.

    @http_route("POST", "/stripe/webhook")
    async def receive(ctx: ActionContext, request: HttpRequest) -> HttpResponse: ...

answers `POST /stripe/webhook`, and `@http_route("GET", prefix="/calendar/")` every address that begins so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from backend.protocol.values import Form, encode_text
from backend.runtime.context import ActionContext
from backend.runtime.documents import to_value

REQUEST_BYTES_MAX = 1024 * 1024  # Where a route says nothing else: webhooks send some kB.
RESPONSE_BYTES_MAX = 20 * 1024 * 1024  # Convex's own limit; files belong in storage.
RESERVED = ("/api", "/health", "/metrics", "/schema", "/version", "/instance_version")

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class HttpRequest:
    """One request. `body` is byte for byte what came, as signatures need it.

    `headers` go by their names in lower case; of several of one name the last counts. `query` holds what
    stands behind the `?`, decoded, in order.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def parameter(self, name: str) -> str | None:
        """The first value of that name in the query; None when there is none."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True)
class HttpResponse:
    """The answer to a request."""

    status: int = 200
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def json(cls, value: object, *, status: int = 200) -> HttpResponse:
        """Rows, models and plain values as plain JSON. Raises `InvalidValue`."""
        text = encode_text(to_value(value), Form.CLEAN)
        return cls(status, text, {"content-type": "application/json"})


Handler: TypeAlias = Callable[[ActionContext, HttpRequest], Awaitable[HttpResponse]]


@dataclass(frozen=True)
class HttpRoute:
    """A registered HTTP action. `path` is the whole address, or how it begins."""

    method: Method
    path: str
    is_prefix: bool
    request_bytes_max: int
    handler: Handler
    title: str

    @property
    def name(self) -> str:
        """How logs and metrics call it."""
        return f"{self.method} {self.path}{'*' if self.is_prefix else ''}"


def http_route(
    method: Method,
    path: str | None = None,
    /,
    *,
    prefix: str | None = None,
    request_bytes_max: int = REQUEST_BYTES_MAX,
) -> Callable[[Handler], HttpRoute]:
    """An action that answers requests at `path`, or at every address that begins with `prefix`.

    It acts for whoever's token stands in the `Authorization` header, else for a visitor, and on its own
    account with `ctx.as_service()`. A larger body than `request_bytes_max` is refused with 413.
    """
    place = path if prefix is None else prefix
    if place is None or (path is not None and prefix is not None):
        raise TypeError("An HTTP route has a path or a prefix.")
    if not place.startswith("/") or (prefix is not None and not place.endswith("/")) or "{" in place:
        raise TypeError(f"{place!r}: a path begins with '/', and a prefix ends with one, too.")
    if any(place == taken or place.startswith(f"{taken}/") for taken in RESERVED) or place == "/":
        raise TypeError(f"{place!r} is an address of the service itself.")

    def register(handler: Handler) -> HttpRoute:
        title = (handler.__doc__ or "").strip().partition("\n")[0]
        return HttpRoute(method, place, prefix is not None, request_bytes_max, handler, title)

    return register
