"""The Folkmoot service with the functions of the benchmarks: `python -m bench.systems.service`."""

from __future__ import annotations

import sys

from backend.cli.service_server import serve_service
from backend.runtime.registration import Registry
from backend.server import app
from bench.systems import personal


def main() -> int:
    """Serve until a signal ends it; the exit code."""
    app.FUNCTIONS = Registry.of(*app.HANDLERS, personal)
    return serve_service()


if __name__ == "__main__":
    sys.exit(main())
