"""The pieces of a migration: single statements, and when each may run."""

from dataclasses import dataclass
from enum import IntEnum


class Phase(IntEnum):
    """The files of one migration, in the order in which they are applied.

    Each is a transaction of its own, except for two: an index is built beside running writes only outside of
    one, and rows are filled in many small ones.
    """

    CHANGE = 1
    INDEX = 2
    FILL = 3
    CONSTRAIN = 4
    VALIDATE = 5
    DROP = 6


@dataclass(frozen=True)
class Step:
    """One statement, without its semicolon. `rewrites` is the table in use that it writes anew, if any."""

    phase: Phase
    text: str
    rewrites: str | None = None
