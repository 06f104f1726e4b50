"""The Litestar service as the whole of this process."""

from __future__ import annotations

import uvicorn
from pydantic import ValidationError

from backend.devstack.errors import ServiceRefused
from backend.devstack.http_server import KEEP_ALIVE_S
from backend.server.app import create_app
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
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            ws="websockets-sansio",
            # Browsers offer compression; taken up, it costs three times the CPU of all else per message and
            # 70 KB per socket.
            ws_per_message_deflate=False,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    server.run()
    return 0 if server.started else NOT_STARTED
