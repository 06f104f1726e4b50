"""The service put together: the only place where its parts learn of each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import httpx
from litestar import Litestar, MediaType, get
from litestar.config.cors import CORSConfig
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from backend.handlers import courses, posts, spaces, users
from backend.postgres import stream_changes
from backend.protocol.values import Json
from backend.runtime.execution import Execution
from backend.runtime.jobs.crons import crons_of
from backend.runtime.jobs.worker import JobWorker
from backend.runtime.keeping import Keeper
from backend.runtime.loop import Reactor
from backend.runtime.registration import Registry
from backend.server.health import Health, WatchedFeed
from backend.server.http import FunctionApi
from backend.server.http_routes import http_routes
from backend.server.listing import describe_functions, function_listing
from backend.server.observing import Observer
from backend.server.refusals import exception_handlers
from backend.server.settings import Settings
from backend.server.tokens import open_verifier
from backend.server.websocket import sync_routes
from schema.tables import CATALOG

VERSION = version("folkmoot")
BODY_BYTES_MAX = 16 * 1024 * 1024  # Convex's own limit on arguments.
PREFLIGHT_AGE_S = 86_400  # Browsers ask again no more often than their own maximum.

HANDLERS = (courses, posts, spaces, users)
FUNCTIONS = Registry.of(*HANDLERS)
"""Every function of the service."""

CRONS = crons_of(*HANDLERS)
"""What the service runs again and again."""


def create_app(settings: Settings) -> Litestar:
    """The service as an ASGI application; its lifespan connects it to the database and to Auth."""
    observer = Observer()
    client = httpx.AsyncClient()
    verifier = open_verifier(
        issuer=settings.issuer,
        jwks_url=settings.jwks_url,
        secret=settings.jwt_secret.get_secret_value() if settings.jwt_secret else None,
        client=client,
    )
    registry = FUNCTIONS
    dsn = settings.database_url.get_secret_value()
    execution = Execution(
        dsn=dsn,
        registry=registry,
        catalog=CATALOG,
        verify=verifier.verify,
        cursor_secret=settings.cursor_key,
        observe=observer.observe,
        production=settings.production,
    )
    health = Health(execution)

    def open_feed() -> WatchedFeed:
        return health.watch(stream_changes(dsn, publication=settings.publication, slot_prefix="folkmoot"))

    reactor = Reactor(execution, open_feed, observe=observer.observe_crash)

    keeper = Keeper(
        dsn=dsn, catalog=CATALOG, observe=observer.observe, observe_crash=observer.observe_keeping
    )

    jobs = JobWorker(
        dsn=dsn,
        execution=execution,
        crons=CRONS,
        observe=observer.observe,
        observe_crash=observer.observe_jobs,
    )

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        async with client, execution.running(), reactor.running(), keeper.running(), jobs.running():
            yield

    app = Litestar(
        route_handlers=[
            *FunctionApi(execution).routes(),
            *http_routes(execution),
            *sync_routes(reactor),
            *health.routes(),
            *observer.routes(),
            *_about(registry),
        ],
        lifespan=[running],
        exception_handlers=exception_handlers(observer.observe_request),
        request_max_body_size=BODY_BYTES_MAX,
        cors_config=CORSConfig(
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
            allow_headers=["Authorization", "Content-Type", "Convex-Client", "Idempotency-Key"],
            max_age=PREFLIGHT_AGE_S,
        ),
        openapi_config=OpenAPIConfig(title="Folkmoot", version=VERSION),
        logging_config=None,
    )
    describe_functions(app, registry)
    return app


def _about(registry: Registry) -> list[HTTPRouteHandler]:
    """What this is, for people and for the tools that ask a Convex deployment."""

    @get("/", media_type=MediaType.TEXT, include_in_schema=False, sync_to_thread=False)
    def greet() -> str:
        return "This is a Folkmoot service. Its functions are listed at /schema.\n"

    @get("/version", media_type=MediaType.TEXT, sync_to_thread=False)
    def tell_version() -> str:
        """The version of Folkmoot."""
        return VERSION

    @get("/instance_version", media_type=MediaType.TEXT, include_in_schema=False, sync_to_thread=False)
    def tell_instance_version() -> str:
        return VERSION

    @get("/api/functions", sync_to_thread=False)
    def list_functions() -> dict[str, Json]:
        """Every function with its arguments and result, as `npx convex function-spec` prints them."""
        return function_listing(registry, url="")

    return [greet, tell_version, tell_instance_version, list_functions]
