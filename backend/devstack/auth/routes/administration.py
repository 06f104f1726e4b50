"""The routes under /admin, for the project's own server side."""

from urllib.parse import urlencode

from litestar import Response, Router, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from backend.devstack.auth.administration import (
    USERS_PER_PAGE,
    USERS_PER_PAGE_MAX,
    create_user,
    delete_user,
    list_users,
    read_user,
    update_user,
)
from backend.devstack.auth.caller import require_admin
from backend.devstack.auth.database import AUDIENCE
from backend.devstack.auth.errors import validation_failed
from backend.devstack.auth.requests import AdminDelete, AdminUser, read_body
from backend.devstack.auth.routes.injection import AnyRequest, Auth
from backend.devstack.auth.views import View, view_user

_PAGE_DIGITS_MAX = 9  # Beyond any listing, and within what PostgreSQL takes as an offset.


def guard_admin(connection: ASGIConnection, _handler: BaseRouteHandler) -> None:
    """Let only administrators reach the routes below."""
    require_admin(connection.app.state.auth, connection.headers.get("authorization"))


@get("/users")
async def list_users_route(request: AnyRequest, auth: Auth) -> Response[View]:
    """One page of users; headers tell how many there are and where the next and last pages lie."""
    page = max(_read_number(request, "page", otherwise=1), 1)
    users_max = min(_read_number(request, "per_page", otherwise=USERS_PER_PAGE), USERS_PER_PAGE_MAX)
    if users_max == 0:
        raise validation_failed("Bad Pagination Parameters: per_page must be greater than 0")
    containing = request.query_params.get("filter", "")
    found = await list_users(auth, page=page, users_max=users_max, containing=containing)
    last_page = -(-found.total // users_max)
    links = [_link(request, last_page, "last")]
    if last_page > page:
        links.insert(0, _link(request, page + 1, "next"))
    return Response(
        {"users": [view_user(user) for user in found.users], "aud": AUDIENCE},
        headers={"link": ", ".join(links), "x-total-count": str(found.total)},
    )


@post("/users", status_code=200)
async def create_user_route(request: AnyRequest, auth: Auth) -> View:
    """Add a user."""
    return view_user(await create_user(auth, read_body(AdminUser, await request.body())))


@get("/users/{user_id:str}")
async def read_user_route(user_id: FromPath[str], auth: Auth) -> View:
    """One user."""
    return view_user(await read_user(auth, user_id))


@put("/users/{user_id:str}")
async def update_user_route(user_id: FromPath[str], request: AnyRequest, auth: Auth) -> View:
    """Change a user."""
    return view_user(await update_user(auth, user_id, read_body(AdminUser, await request.body())))


@delete("/users/{user_id:str}", status_code=200)
async def delete_user_route(user_id: FromPath[str], request: AnyRequest, auth: Auth) -> View:
    """Remove a user, or empty their row."""
    body = await request.body()
    options = read_body(AdminDelete, body) if body else AdminDelete()
    await delete_user(auth, user_id, keep_row=options.should_soft_delete)
    return {}


def _read_number(request: AnyRequest, name: str, *, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= _PAGE_DIGITS_MAX):
        raise validation_failed(f"Bad Pagination Parameters: {name} is not a number")
    return int(text)


def _link(request: AnyRequest, page: int, relation: str) -> str:
    query = sorted({**dict(request.query_params.multi_items()), "page": str(page)}.items())
    return f'<{request.url.path}?{urlencode(query)}>; rel="{relation}"'


ADMIN_ROUTES = (
    Router(
        path="/admin",
        guards=[guard_admin],
        route_handlers=[
            list_users_route,
            create_user_route,
            read_user_route,
            update_user_route,
            delete_user_route,
        ],
    ),
)
