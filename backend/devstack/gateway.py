"""The one door of the stack: routes, keys and cross-origin rules in front of the services.

/rest/v1      the REST service; without a key a request is the anonymous visitor's
/auth/v1      the Auth service; a key is required but for the routes that links in mails and providers lead to
/health       whether the gateway answers
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from backend.devstack.credentials import effective_authorization, is_known
from backend.devstack.http_asgi import ASGIApp, Receive, Scope, Send, send_json
from backend.devstack.http_body_limit import call_limited
from backend.devstack.http_cors import is_preflight, send_preflight_answer, with_cors
from backend.devstack.keys import StackKeys

OPEN_AUTH_ROUTES = ("/verify", "/callback", "/authorize", "/.well-known/", "/sso/saml/")

_NO_ROUTE = {"error": "requested path is invalid"}
_NO_KEY = {
    "message": "No API key found in request",
    "hint": "No `apikey` request header or url param was found.",
}
_BAD_KEY = {
    "message": "Invalid API key",
    "hint": "Double check your Supabase `anon` or `service_role` API key.",
}


@dataclass(frozen=True)
class Service:
    """One service behind the gateway. It sees paths without its prefix.

    A request without a key is let through if `key_optional`, or if its path begins with one of `open_routes`.
    """

    app: ASGIApp
    key_optional: bool = False
    open_routes: tuple[str, ...] = ()

    def lets_in(self, path: str) -> bool:
        return self.key_optional or path.startswith(self.open_routes)


@dataclass(frozen=True)
class _Forward:
    app: ASGIApp
    scope: Scope


@dataclass(frozen=True)
class _Refusal:
    status: int
    body: Mapping[str, str]


class Gateway:
    """An ASGI application over `services`, by prefix (`/rest/v1`)."""

    def __init__(self, services: Mapping[str, Service], keys: StackKeys) -> None:
        self._services = services
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it to its service with the credential it stands for."""
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "websocket":
                await self._websocket(scope, receive, send)
            case kind:
                raise NotImplementedError(kind)  # Services have their lifespans run by the stack.

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if is_preflight(scope["method"], headers):
            await send_preflight_answer(headers, send)
            return
        send = with_cors(send)
        if scope["path"] == "/health":
            await send_json(send, 200, {"status": "ok"})
            return
        match self._route(scope):
            case _Refusal(status, body):
                await send_json(send, status, body)
            case _Forward(app, forwarded):
                await call_limited(app, forwarded, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self._route(scope):
            case _Refusal():
                await receive()  # websocket.connect; closing instead of accepting makes the handshake a 403.
                await send({"type": "websocket.close", "code": 1008})
            case _Forward(app, forwarded):
                await app(forwarded, receive, send)

    def _route(self, scope: Scope) -> _Forward | _Refusal:
        for prefix, service in self._services.items():
            if scope["path"] == prefix or scope["path"].startswith(prefix + "/"):
                path = scope["path"].removeprefix(prefix) or "/"
                apikey = _apikey(scope)
                if apikey is None and not service.lets_in(path):
                    return _Refusal(401, _NO_KEY)
                if apikey is not None and not is_known(apikey, self._keys):
                    return _Refusal(401, _BAD_KEY)
                return _Forward(service.app, self._forwarded(scope, prefix, path, apikey))
        return _Refusal(404, _NO_ROUTE)

    def _forwarded(self, scope: Scope, prefix: str, path: str, apikey: str | None) -> Scope:
        """The scope the service gets: prefix stripped, `Authorization` set to what the request stands for."""
        effective = effective_authorization(_header(scope, b"authorization"), apikey, self._keys)
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        if effective is not None:
            headers.append((b"authorization", effective.encode("latin-1")))
        raw = scope.get("raw_path") or b""
        stripped = raw.removeprefix(prefix.encode()) or b"/"
        if stripped == raw:  # A prefix written with escapes.
            stripped = quote(path).encode()
        return {**scope, "path": path, "raw_path": stripped, "headers": headers}


def _apikey(scope: Scope) -> str | None:
    in_header = _header(scope, b"apikey")
    if in_header is not None or b"apikey" not in scope["query_string"]:
        return in_header
    return parse_qs(scope["query_string"].decode("latin-1")).get("apikey", [None])[0]


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)
