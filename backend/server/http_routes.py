"""HTTP actions as Litestar serves them, beside the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import parse_qsl, unquote

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from backend.engine.ports import TokenRefused
from backend.engine.versions import ANONYMOUS, Identity
from backend.runtime.execution import Execution
from backend.runtime.http_routes import HttpRequest, HttpRoute
from backend.server.refusals import read_body


def http_routes(execution: Execution) -> Sequence[HTTPRouteHandler]:
    """A handler for each HTTP action that is registered. OpenAPI lists them by what their docstrings say."""
    routes = execution.registry.routes
    inside = [_handler(execution, route, f"{route.path}{{rest:path}}") for route in routes if route.is_prefix]
    return [*(_handler(execution, route, route.path) for route in routes), *inside]


def _handler(execution: Execution, route: HttpRoute, path: str) -> HTTPRouteHandler:
    async def answer(request: Request) -> Response[bytes]:
        response = await execution.answer_http(
            route, await _identify(execution, request), await _read(request)
        )
        body = response.body.encode() if isinstance(response.body, str) else response.body
        headers = {"content-type": "text/plain; charset=utf-8"}
        headers |= {name.lower(): value for name, value in response.headers.items()}
        return Response(body, status_code=response.status, headers=headers)

    return HTTPRouteHandler(
        path,
        http_method=cast("Method", route.method),
        status_code=200,
        request_max_body_size=route.request_bytes_max,
        include_in_schema=path == route.path,  # A prefix is listed once.
        operation_id=route.name,
        summary=route.title or route.name,
        tags=["http"],
    )(answer)


async def _identify(execution: Execution, request: Request) -> Identity:
    """Whose token the request carries. What is no token of ours, the handler may know: webhooks have keys."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return ANONYMOUS
    try:
        return await execution.verify(token.strip())
    except TokenRefused:
        return ANONYMOUS


async def _read(request: Request) -> HttpRequest:
    return HttpRequest(
        method=request.method,
        # As they came: Litestar itself drops a slash at the end, and puts equal names together.
        path=unquote(request.scope["raw_path"].decode("latin-1")),
        query=tuple(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await read_body(request),
    )
