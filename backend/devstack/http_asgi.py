"""The few ASGI shapes the gateway needs: types, a JSON response, and an application's lifespan."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[
    [Any, Any, Any], Awaitable[None]
]  # Loose, since every framework types the three its own way.
Headers = list[tuple[bytes, bytes]]


async def send_json(send: Send, status: int, body: object, headers: Headers | None = None) -> None:
    """Answer the request with `body` as JSON."""
    content = json.dumps(body, separators=(",", ":")).encode()
    all_headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        *(headers or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": content})


@asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Run `app` between its startup and its shutdown; an application without a lifespan is simply used.

    Raises `RuntimeError` with the application's own words when its startup fails.
    """
    inbox: asyncio.Queue[Message] = asyncio.Queue(maxsize=2)  # Startup and shutdown are all there is.
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    task = asyncio.ensure_future(app(scope, inbox.get, outbox.put))

    async def tell(event: str) -> Message | None:
        """The application's answer; None when it ended without one."""
        await inbox.put({"type": f"lifespan.{event}"})
        answer = asyncio.ensure_future(outbox.get())
        await asyncio.wait((task, answer), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        return None

    started = await tell("startup")
    if started is not None and started["type"] == "lifespan.startup.failed":
        await asyncio.wait((task,))
        raise RuntimeError(started.get("message") or "The application did not start.")
    try:
        yield
    finally:
        if started is not None:
            await tell("shutdown")
            await asyncio.wait((task,))
        if not task.cancelled():
            task.exception()  # An application without a lifespan may say so by raising.
