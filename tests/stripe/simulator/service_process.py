"""The service as a process of its own, to be killed: `service_process.py LEASE_S`.

LEASE_S is for how long a killed copy's jobs are left alone.
"""

from __future__ import annotations

import sys

import uvicorn

from backend.runtime.jobs import queue
from backend.server import app
from backend.server.settings import Settings


def main() -> None:
    queue.LEASE_S = float(sys.argv[1])
    settings = Settings.model_validate({})
    uvicorn.run(app.create_app(settings), host=settings.host, port=settings.port, access_log=False)


if __name__ == "__main__":
    main()
