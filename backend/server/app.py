"""The service put together: the only place where its parts learn of each other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

import httpx
from litestar import Litestar, MediaType, get
from litestar.config.cors import CORSConfig
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from backend.handlers import billing, courses, posts, spaces, users
from backend.postgres import stream_changes
from backend.protocol.values import Json
from backend.runtime.execution import Execution
from backend.runtime.jobs.crons import crons_of
from backend.runtime.jobs.worker import JobWorker
from backend.runtime.keeping import Keeper
from backend.runtime.loop import Reactor
from backend.runtime.registration import Registry
from backend.runtime.storage import StorageServer
from backend.runtime.tracing import Tracing
from backend.server.compression import compressed
from backend.server.health import Health, WatchedFeed
from backend.server.http import FunctionApi
from backend.server.http_routes import http_routes
from backend.server.listing import describe_functions, function_listing
from backend.server.logs import LogForm, Redaction, log_form, open_log
from backend.server.metrics import Metrics
from backend.server.observing import Observer
from backend.server.refusals import exception_handlers
from backend.server.requests import watched
from backend.server.settings import Settings
from backend.server.tokens import open_verifier
from backend.server.traces import exporting, open_tracing
from backend.server.websocket import sync_routes
from backend.webhooks import (
    stripe_accounts,
    stripe_events,
    stripe_memberships,
    stripe_mirror,
    stripe_projection,
    stripe_reconciliation,
    stripe_routes,
)
from backend.webhooks.stripe_gateway import StripeGateway
from schema.tables import CATALOG

VERSION = version("folkmoot")
BODY_BYTES_MAX = 16 * 1024 * 1024  # Convex's own limit on arguments.
PREFLIGHT_AGE_S = 86_400  # Browsers ask again no more often than their own maximum.

HANDLERS = (
    *(billing, courses, posts, spaces, users),
    *(stripe_accounts, stripe_events, stripe_memberships, stripe_mirror, stripe_projection),
    *(stripe_reconciliation, stripe_routes),
)
FUNCTIONS = Registry.of(*HANDLERS)
"""Every function of the service."""

CRONS = crons_of(*HANDLERS)
"""What the service runs again and again."""


def create_app(settings: Settings) -> Litestar:
    """The service as an ASGI application; its lifespan connects it to the database and to Auth."""
    tracing = open_tracing(settings.otlp_endpoint, VERSION)
    registry = FUNCTIONS
    observer = _observer(settings, registry, tracing)
    client = httpx.AsyncClient()
    dsn = settings.database_url.get_secret_value()
    gateway = StripeGateway(settings.stripe_setup)
    execution = _execution(settings, registry, client, observer, tracing, {StripeGateway: gateway})
    health = Health(execution)

    def open_feed() -> WatchedFeed:
        return health.watch(stream_changes(dsn, publication=settings.publication, slot_prefix="folkmoot"))

    reactor = Reactor(
        execution, open_feed, observe=observer.observe_crash, watch=observer.observe, tracing=tracing
    )
    observer.read(reactor, execution, health.feed_standing)

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
        async with (
            exporting(tracing),
            client,
            gateway.running(),
            execution.running(),
            reactor.running(),
            keeper.running(),
            jobs.running(),
        ):
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
        cors_config=_cross_origin(settings.cors_origins),
        openapi_config=OpenAPIConfig(title="Folkmoot", version=VERSION),
        logging_config=None,
    )
    describe_functions(app, registry)
    # Around all of it, so that what is at no address and what the browser asks beforehand count as well.
    app.asgi_handler = watched(compressed(app.asgi_handler), tracing, observer.observe_http)
    return app


def _observer(settings: Settings, registry: Registry, tracing: Tracing) -> Observer:
    log = open_log(*log_style(settings), tracing)
    return Observer(log, Metrics(registry.names, VERSION), slow_s=settings.slow_ms / 1000)


def _execution(
    settings: Settings,
    registry: Registry,
    client: httpx.AsyncClient,
    observer: Observer,
    tracing: Tracing,
    gateways: Mapping[type, object],
) -> Execution:
    verifier = open_verifier(
        issuer=settings.issuer,
        jwks_url=settings.jwks_url,
        secret=settings.jwt_secret.get_secret_value() if settings.jwt_secret else None,
        client=client,
    )
    registry = FUNCTIONS
    return Execution(
        dsn=settings.database_url.get_secret_value(),
        registry=registry,
        catalog=CATALOG,
        verify=verifier.verify,
        cursor_secret=settings.cursor_key,
        observe=observer.observe,
        production=settings.production,
        tracing=tracing,
        storage=_storage(settings, client),
        gateways=gateways,
    )


def log_style(settings: Settings) -> tuple[LogForm, str, Redaction]:
    """How this copy of the service writes its log."""
    form = log_form(settings.log_format, production=settings.production)
    return form, settings.log_level, Redaction(settings.secrets)


def _cross_origin(origins: Sequence[str]) -> CORSConfig:
    """Whose pages may call. Browsers may send cookies along only from origins that are named.

    The service itself takes no cookie for anything; HTTP actions may.
    """
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Convex-Client",
            "Idempotency-Key",
            "Traceparent",
            "X-Request-Id",
        ],
        allow_credentials="*" not in origins,
        expose_headers=["X-Request-Id"],
        max_age=PREFLIGHT_AGE_S,
    )


def _storage(settings: Settings, client: httpx.AsyncClient) -> StorageServer:
    key = settings.supabase_service_key
    return StorageServer(
        settings.storage_url,
        client,
        anon_key=settings.supabase_anon_key,
        service_key=key.get_secret_value() if key else None,
    )


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
