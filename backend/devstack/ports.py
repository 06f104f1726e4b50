"""TCP ports of the loopback address, where everything of a stack listens."""

from __future__ import annotations

import socket

from backend.devstack.errors import ClusterRefused

HOST = "127.0.0.1"


def free_port() -> int:
    """A TCP port of the loopback address that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def require_port(port: int, *, option: str) -> None:
    """Refuse a port that something listens on; `option` is what the person would change."""
    if not is_free(port):
        raise ClusterRefused(
            "cluster.port_taken",
            f"Port {port} is taken, or may not be used by you.",
            hint=f"End what listens on it (another stack?), or choose another port with {option}.",
        )


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
