"""Cross-origin rules of the gateway: every origin may call every route, as on a hosted project."""

from __future__ import annotations

from backend.devstack.http_asgi import Headers, Message, Send

ALLOWED_METHODS = b"GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"
ALLOWED_HEADERS = (
    b"authorization,x-client-info,apikey,content-type,prefer,range,range-unit,x-supabase-api-version,"
    b"accept-profile,content-profile,x-retry-count,traceparent,tracestate,baggage,x-upsert,x-metadata,x-region,"
    b"cache-control,tus-resumable,upload-length,upload-offset,upload-metadata"
)
EXPOSED_HEADERS = (
    b"content-range,content-location,content-length,content-profile,content-encoding,location,etag,link,"
    b"x-total-count,preference-applied,range-unit,proxy-status,server-timing,x-supabase-api-version,"
    b"x-sb-error-code,x-relay-error,tus-resumable,upload-length,upload-offset,upload-metadata,"
    b"sb-auth-refresh-token-counter,sb-auth-refresh-token-reuse,sb-auth-refresh-token-prefix"
)
PREFLIGHT_MAX_AGE_S = 3600

_ON_EVERY_RESPONSE: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED_HEADERS),
]


def is_preflight(method: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a browser is asking for permission; a plain OPTIONS belongs to the service."""
    return method == "OPTIONS" and b"access-control-request-method" in headers


async def send_preflight_answer(headers: dict[bytes, bytes], send: Send) -> None:
    """Allow what was asked for: a new header of a newer client library must not need a newer gateway."""
    answer = [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", ALLOWED_METHODS),
        (b"access-control-allow-headers", headers.get(b"access-control-request-headers") or ALLOWED_HEADERS),
        (b"access-control-max-age", str(PREFLIGHT_MAX_AGE_S).encode()),
        (b"vary", b"Access-Control-Request-Headers"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": answer})
    await send({"type": "http.response.body", "body": b""})


def with_cors(send: Send) -> Send:
    """`send`, adding the cross-origin headers in place of any the service has set."""

    async def send_with_cors(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message.get("headers", [])
                if not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": [*kept, *_ON_EVERY_RESPONSE]}
        await send(message)

    return send_with_cors
