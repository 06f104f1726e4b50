"""HTTP actions of the tests."""

from __future__ import annotations

import asyncio
from uuid import UUID

from backend.runtime.context import ActionContext, MutationContext
from backend.runtime.errors import AccessDenied
from backend.runtime.http_routes import HttpRequest, HttpResponse, http_route
from backend.runtime.registration import internal_mutation
from schema.tables import User

BODY_BYTES_MAX = 1000


@internal_mutation
async def rename_user(ctx: MutationContext, user_id: UUID, name: str) -> None:
    await ctx.db.patch(User, user_id, name=name)


@http_route("POST", "/hooks/echo", request_bytes_max=BODY_BYTES_MAX)
async def echo(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    """Say back what came."""
    user_id = ctx.auth.maybe_user_id
    return HttpResponse(
        202,
        request.body,
        {
            "Content-Type": "application/octet-stream",
            "X-Path": request.path,
            "X-Query": repr(request.query),
            "X-First": str(request.parameter("a")),
            "X-Signature": request.headers.get("stripe-signature", ""),
            "X-Caller": str(user_id or ""),
        },
    )


@http_route("POST", "/hooks/rename")
async def rename(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    """Rename whom the body names, on the service's own account."""
    user_id = UUID(request.body.decode())
    await ctx.as_service().run_mutation(rename_user, user_id=user_id, name="Renamed")
    return HttpResponse(204)


@http_route("GET", prefix="/calendar/")
async def calendar(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    """What stands behind the prefix."""
    return HttpResponse.json({"path": request.path, "number": 1})


@http_route("GET", "/calendar/today")
async def today(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    return HttpResponse(body="today")


@http_route("GET", "/hooks/refuse")
async def refuse(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    raise AccessDenied("Not you.", hint="Be someone else.")


@http_route("GET", "/hooks/member")
async def member(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    return HttpResponse(body=str(ctx.auth.user_id))


@http_route("GET", "/hooks/break")
async def break_(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    raise KeyError("a secret")


@http_route("GET", "/hooks/long")
async def long(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    return HttpResponse(body=b"x" * int(request.parameter("bytes") or 0))


@http_route("DELETE", "/hooks/slow")
async def slow(ctx: ActionContext, request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(30)
    return HttpResponse()
