"""The service as a process of its own, with the functions of these tests: `service_process.py DIES LEASE_S`.

DIES says at which point it kills itself with SIGKILL: `never`, `settling` (a mutation's job is committed, and
nobody has been told) or `acting` (an action is claimed and has not begun).
"""

from __future__ import annotations

import os
import signal
import sys

import uvicorn

from backend.runtime.execution import Execution
from backend.runtime.jobs import queue
from backend.server import app
from backend.server.settings import Settings
from tests.jobs.conftest import REGISTRY


async def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    dies, lease_s = sys.argv[1:]
    app.FUNCTIONS, app.CRONS = REGISTRY, ()
    queue.LEASE_S = float(lease_s)
    if dies == "settling":
        queue.JobQueue.settle = _die
    if dies == "acting":
        Execution.run_job_action = _die
    settings = Settings.model_validate({})
    uvicorn.run(app.create_app(settings), host=settings.host, port=settings.port, access_log=False)


if __name__ == "__main__":
    main()
