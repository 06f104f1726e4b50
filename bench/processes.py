"""What processes and all they started cost: CPU seconds and memory, from `/proc`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """CPU seconds, user and system."""

    cpu_s: float

    def since(self, earlier: Usage) -> float:
        """CPU seconds from `earlier` until this was taken."""
        return self.cpu_s - earlier.cpu_s


def usage_of(root: int) -> Usage:
    """Of `root` and its descendants, those that ended included."""
    ticks = 0
    for pid in tree_of(root):
        with suppress(OSError):
            # utime, stime, and of children that were waited for: cutime, cstime.
            ticks += sum(map(int, _stat(pid)[11:15]))
    return Usage(ticks / _TICKS_PER_S)


def memory_kb_of(root: int) -> int:
    """Proportional set size of `root` and its descendants: shared pages count once."""
    total = 0
    for pid in tree_of(root):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total


def tree_of(root: int) -> list[int]:
    """`root` and its living descendants."""
    parents = dict(_parents())
    family = {root}
    # A child may have a smaller number than its parent, so one pass need not find all.
    while found := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= found
    return sorted(family)


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                yield int(entry.name), int(_stat(int(entry.name))[1])


def _stat(pid: int) -> list[str]:
    """The fields from the state on: the name before it may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
