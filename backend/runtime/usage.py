"""What one run has used of what it may use, shared by all functions that take part in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Usage:
    """Counts that only grow; `depth` is how many calls stand inside each other now."""

    rows_read: int = 0
    rows_written: int = 0
    calls: int = 0
    depth: int = 0
