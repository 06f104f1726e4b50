"""A limit on request bodies that holds for announced and for chunked ones."""

from __future__ import annotations

import contextlib

from backend.devstack.http_asgi import ASGIApp, Message, Receive, Scope, Send, send_json

BODY_BYTES_MAX = 50 * 1024 * 1024  # What storage takes by default; no other route has a reason for more.


class _BodyTooLarge(Exception):
    """Raised into the service that reads on past the limit; never leaves this module."""


async def call_limited(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Call `app`; answer 413 for a body past `BODY_BYTES_MAX`, unless the answer has begun already."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > BODY_BYTES_MAX:
        await _refuse(send)
        return
    size = 0
    answering = False

    async def counted_receive() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_BYTES_MAX:
            raise _BodyTooLarge
        return message

    async def noted_send(message: Message) -> None:
        nonlocal answering
        if answering or size <= BODY_BYTES_MAX:  # Otherwise it is what the service made of our exception.
            answering = True
            await send(message)

    with contextlib.suppress(_BodyTooLarge):
        await app(scope, counted_receive, noted_send)
    if size > BODY_BYTES_MAX and not answering:
        await _refuse(send)


async def _refuse(send: Send) -> None:
    await send_json(send, 413, {"message": "Request size limit exceeded"}, [(b"connection", b"close")])
