"""What one run has used of what it may use, shared by all functions that take part in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Usage:
    """Counts that only grow; `depth` is how many calls stand inside each other now."""

    rows_read: int = 0
    rows_written: int = 0
    calls: int = 0
    depth: int = 0


@dataclass
class Effort:
    """What a call took, for whoever watches: how often it was begun, and what its last attempt used."""

    attempts: int = 0
    usage: Usage = field(default_factory=Usage)

    def begin(self, usage: Usage) -> None:
        """Note one more attempt, which counts what it uses in `usage`."""
        self.attempts += 1
        self.usage = usage
