"""A child process that cannot outlive its parent."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Account:
    """The operating-system user a child runs as."""

    uid: int
    gid: int


async def spawn(
    command: Sequence[str | Path],
    *,
    directory: Path,
    output: IO[bytes] | int | None = None,
    standard_input: IO[bytes] | int = asyncio.subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> asyncio.subprocess.Process:
    """Start `command`; on Linux the kernel sends it `death_signal` should this process be killed.

    The child has a session of its own, so that Ctrl-C reaches only us and we decide the order in which
    things end. Start it from a thread that lives as long as the process: the kernel's promise is tied to it.
    """
    identity = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": ()}
    return await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=directory,
        stdin=standard_input,
        stdout=output,
        stderr=output,
        env=environment,
        start_new_session=True,
        # After setuid, which would clear the setting; Python calls preexec_fn last.
        preexec_fn=_dies_with_parent(death_signal),
        **identity,
    )


async def stop(process: asyncio.subprocess.Process, *steps: tuple[signal.Signals, float]) -> int:
    """End `process` by each signal and its seconds of patience, SIGKILL at the end; return its exit code."""
    for number, patience_s in steps:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(process.wait(), patience_s)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    return await process.wait()


def _dies_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None  # Elsewhere the next start ends what was left behind (see cluster.py).
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # The parent died before the line above.
            os._exit(1)

    return in_child
