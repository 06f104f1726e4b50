"""The machine and the versions a result was measured with."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from backend.devstack.binaries import find_programs


@dataclass(frozen=True)
class Environment:
    """`load_1m` is the machine's load before the run: figures taken beside other work mean little."""

    cpu: str
    cores: int
    memory_gb: float
    system: str
    python: str
    postgres: str
    folkmoot: str
    load_1m: float
    measured_at: str


def describe_environment() -> Environment:
    """The environment of this process, now."""
    programs = find_programs()
    postgres = subprocess.run([programs.postgres, "--version"], capture_output=True, text=True, check=True)
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Environment(
        cpu=_cpu_model(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(memory_bytes / 1e9, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        postgres=postgres.stdout.split()[-1],
        folkmoot=version("folkmoot"),
        load_1m=round(os.getloadavg()[0], 2),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
