"""The services of the stack over one database, composed behind the gateway."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from backend.devstack.config import StackConfig
from backend.devstack.gateway import OPEN_AUTH_ROUTES, Gateway, Service
from backend.devstack.http_asgi import ASGIApp, lifespan
from backend.devstack.http_server import serve
from backend.devstack.keys import StackKeys
from backend.devstack.ports import HOST
from backend.postgres import open_pool

REST_CONNECTIONS_MAX = 20  # A tenth of what the embedded server takes.
AUTH_CONNECTIONS_MAX = 10  # GoTrue's own default.
POOL_CLOSE_S = 0.5  # A connection still busy by then is cut: the stack has five seconds to end in all.


@asynccontextmanager
async def serve_services(
    dsn_of: Callable[[str], str], config: StackConfig, keys: StackKeys, reserved: socket.socket
) -> AsyncIterator[str]:
    """Serve REST and Auth on the socket `reserved`; yields the URL of the API, without a slash at its end.

    `dsn_of` gives the connection URL of a login role.
    """
    api_url = f"http://{HOST}:{reserved.getsockname()[1]}"
    async with AsyncExitStack() as open_things:
        services = {
            "/rest/v1": Service(await _rest(open_things, dsn_of, config, keys), key_optional=True),
            "/auth/v1": Service(
                await _auth(open_things, dsn_of, config, keys, api_url), open_routes=OPEN_AUTH_ROUTES
            ),
        }
        for service in services.values():
            await open_things.enter_async_context(lifespan(service.app))
        await open_things.enter_async_context(serve(Gateway(services, keys), reserved))
        yield api_url


async def _rest(
    open_things: AsyncExitStack, dsn_of: Callable[[str], str], config: StackConfig, keys: StackKeys
) -> ASGIApp:
    # Imported here: each service is a package of its own, and whoever wants only the cluster pays for none.
    from backend.devstack.rest.app import create_rest_app
    from backend.devstack.rest.settings import RestSettings

    pool = await open_pool(
        dsn_of("authenticator"), connections_max=REST_CONNECTIONS_MAX, application_name="folkmoot rest"
    )
    open_things.push_async_callback(_close, pool)
    settings = RestSettings(
        schemas=config.api.schemas,
        extra_search_path=config.api.extra_search_path,
        rows_max=config.api.max_rows or None,
        jwt_secret=keys.jwt_secret,
        jwks=keys.jwks,
    )
    return create_rest_app(pool, settings)


async def _auth(
    open_things: AsyncExitStack,
    dsn_of: Callable[[str], str],
    config: StackConfig,
    keys: StackKeys,
    api_url: str,
) -> ASGIApp:
    from backend.devstack.auth.app import create_auth_app
    from backend.devstack.auth.settings import AuthSettings

    pool = await open_pool(
        dsn_of("supabase_auth_admin"), connections_max=AUTH_CONNECTIONS_MAX, application_name="folkmoot auth"
    )
    open_things.push_async_callback(_close, pool)
    auth, email = config.auth, config.auth.email
    settings = AuthSettings(
        site_url=auth.site_url,
        external_url=auth.served_at(api_url),
        jwt_secret=keys.jwt_secret,
        signing_key=keys.signing_key,
        jwks=keys.jwks,
        jwt_expiry_s=auth.jwt_expiry,
        enable_refresh_token_rotation=auth.enable_refresh_token_rotation,
        refresh_token_reuse_interval_s=auth.refresh_token_reuse_interval,
        enable_signup=auth.enable_signup,
        enable_anonymous_sign_ins=auth.enable_anonymous_sign_ins,
        email_enabled=email.enable_signup,
        autoconfirm=not email.enable_confirmations,
        email_interval_min_s=round(email.max_frequency),
        otp_length=email.otp_length,
        password_length_min=auth.minimum_password_length,
        password_requirements=auth.password_requirements,
    )
    return create_auth_app(pool, settings)


async def _close(pool: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), POOL_CLOSE_S)
    except TimeoutError:
        pool.terminate()
