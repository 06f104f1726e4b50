"""The Litestar service as the whole of this process."""

from __future__ import annotations

import math

import uvicorn
from pydantic import ValidationError

from backend.devstack.errors import ServiceRefused
from backend.devstack.http_server import KEEP_ALIVE_S
from backend.server.app import create_app, log_style
from backend.server.connections import PING_EVERY_S, PONG_S_MAX, BoundedHttp, BoundedSocket
from backend.server.logs import format_standard_logging
from backend.server.settings import Settings

GRACE_S = 1  # Sockets are told to come back; a restart during development should feel immediate.
NOT_STARTED = 3  # The exit code uvicorn's own command has when the application does not start.


def serve_service() -> int:
    """Serve until a signal ends it; the exit code. Raises `ServiceRefused` when a setting is wrong."""
    try:
        settings = Settings.model_validate({})  # From the environment.
    except ValidationError as error:
        faults = [f"FOLKMOOT_{'_'.join(map(str, f['loc'])).upper()}: {f['msg']}" for f in error.errors()]
        raise ServiceRefused(
            "service.settings",
            "The service is not set up:\n" + "\n".join(f"  {fault}" for fault in faults),
            hint="Set these environment variables, or run `folkmoot dev`, which does.",
        ) from error
    format_standard_logging(*log_style(settings))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            log_config=None,  # Its lines are written as ours are.
            host=settings.host,
            port=settings.port,
            http=BoundedHttp,
            ws=BoundedSocket,
            ws_ping_interval=PING_EVERY_S,
            ws_ping_timeout=PONG_S_MAX,
            # Browsers offer compression; taken up, it costs three times the CPU of all else per message and
            # 70 KB per socket.
            ws_per_message_deflate=False,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            # Sockets are told to come back, and go; requests may be answered first.
            timeout_graceful_shutdown=math.ceil(settings.shutdown_s),
        )
    )
    server.run()
    return 0 if server.started else NOT_STARTED
