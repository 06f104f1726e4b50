"""The REST face as an ASGI app: request -> plan -> SQL -> reply."""

from __future__ import annotations

import asyncpg

from backend.devstack.http_asgi import Receive, Scope, Send
from backend.devstack.rest.auth import TokenVerifier
from backend.devstack.rest.cache_keeper import CacheKeeper
from backend.devstack.rest.errors import RestError
from backend.devstack.rest.plan import plan_request
from backend.devstack.rest.plan.plans import InfoPlan
from backend.devstack.rest.reply import Reply, check_outcome, error_reply, info_reply, reply
from backend.devstack.rest.request import HttpRequest, parse_request
from backend.devstack.rest.settings import RestSettings
from backend.devstack.rest.sql import compile_statement, preamble_sql
from backend.devstack.rest.transaction import run
from backend.postgres.errors import InvalidValue

BODY_BYTES_MAX = (
    32 * 1024 * 1024
)  # A bulk insert of tens of thousands of rows; beyond that, files are the way.
URL_BYTES_MAX = 60_000  # A little less than the 64 KiB where HTTP servers and clients stop.


def create_rest_app(pool: asyncpg.Pool, settings: RestSettings) -> RestApp:
    """The app; `pool` logs in as authenticator.

    From the first request on, one of the pool's connections listens for schema changes: `await app.close()`
    (a lifespan's shutdown does the same) before closing the pool.
    """
    return RestApp(pool, settings)


class RestApp:
    """An ASGI 3 application."""

    def __init__(self, pool: asyncpg.Pool, settings: RestSettings) -> None:
        self._pool = pool
        self._settings = settings
        self._tokens = TokenVerifier(settings)
        self._keeper = CacheKeeper(pool, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case other:
                raise RuntimeError(f"The REST face serves HTTP, not {other}.")

    async def close(self) -> None:
        await self._keeper.close()

    async def handle(self, http: HttpRequest) -> Reply:
        """Answer one request. Refusals are replies, too."""
        try:
            return await self._answer(http)
        except InvalidValue as error:  # A header or claim that PostgreSQL's text cannot hold.
            return error_reply(RestError("PGRST100", error.message))
        except RestError as error:
            return error_reply(error)

    async def _answer(self, http: HttpRequest) -> Reply:
        caller = self._tokens.authenticate(http.header("authorization"))
        cache = await self._keeper.current()
        request = parse_request(http, self._settings, time_zones=cache.time_zones)
        plan = plan_request(request, cache, self._settings)
        if isinstance(plan, InfoPlan):
            return info_reply(plan)
        role_settings = cache.role_settings.get(caller.role, {})
        outcome = await run(
            self._pool,
            preamble_sql(http, request, caller, self._settings, role_settings),
            compile_statement(plan, request.media, rows_max=self._settings.rows_max),
            accept=lambda outcome: check_outcome(request, outcome),
            ending=request.preferences.tx or "commit",
            is_anonymous=caller.is_anonymous,
        )
        return reply(request, plan, outcome)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self.handle(await _read_request(scope, receive))
        except RestError as error:  # Too large to be read at all.
            answer = error_reply(error)
        await _send_reply(answer, send, headers_only=scope["method"] == "HEAD")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})


async def _read_request(scope: Scope, receive: Receive) -> HttpRequest:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_BYTES_MAX:
        raise RestError("414", f"The URL is longer than {URL_BYTES_MAX} bytes")
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise RestError("413", f"The body is larger than {BODY_BYTES_MAX} bytes")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return HttpRequest(
        method=scope["method"],
        path=scope["path"].removeprefix(scope.get("root_path", "")),
        query=scope["query_string"],
        headers=tuple(
            (name.decode("latin-1").lower(), text.decode("latin-1")) for name, text in scope["headers"]
        ),
        body=b"".join(chunks),
    )


async def _send_reply(answer: Reply, send: Send, *, headers_only: bool) -> None:
    headers = list(answer.headers)
    if answer.status not in (204, 304):
        headers.append(("Content-Length", str(len(answer.body))))
    encoded = [(name.lower().encode("latin-1"), text.encode("latin-1", "replace")) for name, text in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if headers_only else answer.body})
