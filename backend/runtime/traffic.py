"""What goes over the sockets, counted where it happens: a plain addition costs a delivery next to nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Traffic:
    """Counts that only grow, of one copy of the service since it started."""

    sockets_opened: int = 0
    sockets_refused: int = 0
    transitions_sent: int = 0
    frames_sent: int = 0
    bytes_sent: int = 0


@dataclass(frozen=True, slots=True)
class OpenNow:
    """What stands open: `runs` are the distinct queries that answer all `subscriptions`."""

    sockets: int
    subscriptions: int
    runs: int
