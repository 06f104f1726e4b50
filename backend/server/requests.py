"""What every request gets, whatever it asks for: an id, a span, and its line in the numbers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from backend.runtime.observations import UNKNOWN
from backend.runtime.tracing import Tracing

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """An HTTP request was answered. `route`: its address as declared; as asked it may hold secrets."""

    method: str
    route: str
    status: int
    duration_s: float


def watched(app: ASGIApp, tracing: Tracing, observe: Callable[[RequestEnded], None]) -> ASGIApp:
    """The same application; whatever is logged while it works names the request.

    The id is what the client or the proxy before us sent as `X-Request-Id`, and is sent back. A socket has
    one for as long as it lives, and no span: its calls have.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers.from_scope(scope)
        request_id = _request_id(headers.get("x-request-id", ""))
        if scope["type"] != "http":
            with bound_contextvars(request_id=request_id):
                await app(scope, receive, send)
            return
        with bound_contextvars(request_id=request_id), tracing.span("request", headers=headers):
            began_s, answering = time.monotonic(), _Answering(send, request_id)
            try:
                await app(scope, receive, answering.send)
            finally:
                method = scope["method"] if scope["method"] in _METHODS else "OTHER"
                ended = RequestEnded(method, _route(scope), answering.status, time.monotonic() - began_s)
                observe(ended)
                tracing.rename(f"{ended.method} {ended.route}")
                tracing.note(
                    {
                        "http.request.method": ended.method,
                        "http.route": ended.route,
                        "http.response.status_code": ended.status,
                    }
                )
                if ended.status >= 500:
                    tracing.fail(str(ended.status))

    return answer


class _Answering:
    """Puts the id on the answer, and remembers its status."""

    status = 500  # Unless it is answered.

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableScopeHeaders(message)["x-request-id"] = self._request_id
        await self._send(message)


def _request_id(given: str) -> str:
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _route(scope: HTTPScope) -> str:
    return str(scope.get("path_template") or UNKNOWN)
