"""The Auth service as an ASGI app."""

import logging
from typing import Any

import asyncpg
from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from backend.devstack.auth.access_tokens import SigningKeys
from backend.devstack.auth.errors import (
    API_VERSION_HEADER,
    AuthRefusal,
    Code,
    OAuthRefusal,
    render_error,
    validation_failed,
)
from backend.devstack.auth.requests import BODY_BYTES_MAX
from backend.devstack.auth.routes import ROUTES
from backend.devstack.auth.service import AuthService, Clock, system_clock
from backend.devstack.auth.settings import AuthSettings

_log = logging.getLogger(__name__)

_FAILURE = "Unexpected failure, please check server logs for more information"


def create_auth_app(pool: asyncpg.Pool, settings: AuthSettings, *, clock: Clock = system_clock) -> ASGIApp:
    """Serve GoTrue's surface over the schema `auth` of the pool's database.

    `pool` logs in as `supabase_auth_admin` and stays the caller's to close. Paths come without `/auth/v1`,
    and `Authorization` is believed as it stands: mapping API keys to tokens is the gateway's part.
    """
    auth = AuthService(pool=pool, settings=settings, keys=SigningKeys(settings), clock=clock)
    return Litestar(
        route_handlers=ROUTES,
        dependencies={"auth": Provide(lambda: auth, sync_to_thread=False)},
        exception_handlers={
            AuthRefusal: _refuse,
            OAuthRefusal: _refuse,
            HTTPException: _refuse_unroutable,
            asyncpg.DataError: _refuse_data,
            Exception: _fail,
        },
        state=State({"auth": auth}),
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )


def _refuse(request: Request[Any, Any, Any], error: AuthRefusal | OAuthRefusal) -> Response[dict[str, Any]]:
    reply = render_error(error, request.headers.get(API_VERSION_HEADER))
    return Response(reply.content, status_code=reply.status, headers=reply.headers)


def _refuse_unroutable(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """Say what Litestar found wrong (no such route, method or size) in this service's own form."""
    return _refuse(request, AuthRefusal(error.status_code, Code.UNKNOWN, error.detail))


def _refuse_data(request: Request[Any, Any, Any], error: asyncpg.DataError) -> Response[dict[str, Any]]:
    """Blame the request for what PostgreSQL cannot store (class 22): a NUL in a text, a number too large."""
    _log.info("data refused by PostgreSQL", exc_info=error)
    return _refuse(request, validation_failed("A value in the request cannot be stored"))


def _fail(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _refuse(request, AuthRefusal(500, Code.UNEXPECTED_FAILURE, _FAILURE))
