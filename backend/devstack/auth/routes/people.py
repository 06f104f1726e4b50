"""What people do: sign up, sign in, refresh, look after their account, sign out."""

from ipaddress import ip_address

from litestar import get, post, put

from backend.devstack.auth.account import update_account
from backend.devstack.auth.caller import identify
from backend.devstack.auth.errors import OAuthRefusal
from backend.devstack.auth.grants import Grant
from backend.devstack.auth.refresh import refresh_session
from backend.devstack.auth.requests import PasswordGrant, RefreshGrant, SignUp, UserUpdate, read_body
from backend.devstack.auth.routes.injection import AnyRequest, Auth
from backend.devstack.auth.sessions import Client
from backend.devstack.auth.sign_in import sign_in_with_password
from backend.devstack.auth.sign_out import read_scope, sign_out
from backend.devstack.auth.sign_up import sign_up
from backend.devstack.auth.views import View, view_grant, view_user


@post("/signup", status_code=200)
async def sign_up_route(request: AnyRequest, auth: Auth) -> View:
    """Register; answer a session, or a user who must confirm their address first."""
    outcome = await sign_up(auth, read_body(SignUp, await request.body()), read_client(request))
    return view_grant(outcome) if isinstance(outcome, Grant) else view_user(outcome)


@post("/token", status_code=200)
async def token_route(request: AnyRequest, auth: Auth) -> View:
    """Exchange a password or a refresh token for a session."""
    body = await request.body()
    client = read_client(request)
    match request.query_params.get("grant_type"):
        case "password":
            return view_grant(await sign_in_with_password(auth, read_body(PasswordGrant, body), client))
        case "refresh_token":
            return view_grant(await refresh_session(auth, read_body(RefreshGrant, body), client))
        case _:
            raise OAuthRefusal("unsupported_grant_type")


@get("/user")
async def read_account_route(request: AnyRequest, auth: Auth) -> View:
    """The caller."""
    return view_user((await identify(auth, request.headers.get("authorization"))).user)


@put("/user")
async def update_account_route(request: AnyRequest, auth: Auth) -> View:
    """Change the caller's password, metadata or address."""
    caller = await identify(auth, request.headers.get("authorization"))
    return view_user(await update_account(auth, caller, read_body(UserUpdate, await request.body())))


@post("/logout", status_code=204)
async def sign_out_route(request: AnyRequest, auth: Auth) -> None:
    """End the caller's session, the others, or all of them."""
    caller = await identify(auth, request.headers.get("authorization"))
    await sign_out(auth, caller, read_scope(request.query_params.get("scope", "")))


def read_client(request: AnyRequest) -> Client:
    """Where the request comes from: the first readable forwarded address, else the socket's."""
    peer = request.client.host if request.client else ""
    hops = [*request.headers.get("x-forwarded-for", "").split(","), peer]
    readable = (address for address in map(_read_address, hops) if address is not None)
    return Client(user_agent=request.headers.get("user-agent"), ip=next(readable, None))


def _read_address(text: str) -> str | None:
    try:
        # Without the zone of an IPv6 link-local address, which the type inet has no place for.
        return str(ip_address(text.strip().partition("%")[0]))
    except ValueError:
        return None


PEOPLE_ROUTES = (
    sign_up_route,
    token_route,
    read_account_route,
    update_account_route,
    sign_out_route,
)
