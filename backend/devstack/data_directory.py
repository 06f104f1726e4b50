"""A stack's directory: who may use it, and the PostgreSQL data directory in it.

It holds `postgres/` (the data), `postgres.log` and `lock`. The lock decides who may use it: whoever holds it
may end a server that an earlier, killed stack left behind, and removes its stale pid file.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from backend.devstack.binaries import POSTGRES_MAJOR, Programs
from backend.devstack.child_process import spawn, stop
from backend.devstack.errors import ClusterRefused

SUPERUSER = "supabase_admin"
PASSWORD = "postgres"  # Of every login role, as in the Supabase CLI: the server listens on loopback only.

ORPHAN_TIMEOUT_S = 10.0  # A server told to end at once takes milliseconds, its backends a second.


@contextmanager
def locked(directory: Path) -> Iterator[Path]:
    """Hold the directory for this process; the kernel lets go of it however the process ends.

    Yields the absolute path of the server's own directory within.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("a+b")
    except OSError as error:
        raise _unwritable(directory, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClusterRefused(
                "cluster.directory_in_use",
                f"Another stack uses the data directory {directory}{_holder(lock)}.",
                hint="End that stack, or give this one a directory of its own with --data-dir.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        yield directory.absolute() / "postgres"


def _holder(lock: IO[bytes]) -> str:
    lock.seek(0)
    pid = lock.read(20).decode(errors="replace")
    return f" (process {pid})" if pid else ""


async def initialise(programs: Programs, data: Path) -> None:
    """Make a new data directory; it gets its name only when complete, so a crash leaves nothing half made."""
    unfinished = data.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    with tempfile.TemporaryFile() as password, tempfile.TemporaryFile() as output:
        password.write(PASSWORD.encode())
        password.seek(0)
        if programs.account is not None:
            os.chown(unfinished, programs.account.uid, programs.account.gid)
            os.fchown(password.fileno(), programs.account.uid, programs.account.gid)
        process = await spawn(
            [
                programs.initdb,
                f"--pgdata={path_for(programs, unfinished)}",
                f"--username={SUPERUSER}",
                "--pwfile=/dev/stdin",  # A file elsewhere could be out of the account's reach.
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",  # Needs no locale of the machine, so every machine sorts alike.
                "--no-sync",
                "--no-instructions",
            ],
            directory=unfinished,
            standard_input=password,
            output=output,
            account=programs.account,
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:  # We are being stopped ourselves.
                await stop(process)
        if code != 0:
            output.seek(0)
            raise ClusterRefused(
                "cluster.initialise_failed",
                f"A new PostgreSQL data directory could not be made in {data.parent}: "
                f"{output.read().decode(errors='replace').strip()}",
                hint="Check free space and permissions there, or choose another place with --data-dir.",
            )
    unfinished.rename(data)


def path_for(programs: Programs, data: Path) -> str:
    """How the server names its data directory, which is also its working directory.

    The account that runs it may have no right to walk there (/root has mode 700). It need not: the kernel
    opened the working directory while we were still root, and this link leads straight to it.
    """
    return str(data) if programs.account is None else "/proc/self/cwd"


def require_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise ClusterRefused(
            "cluster.data_unreadable",
            f"{data} is not a PostgreSQL data directory that can be read: {error.strerror}.",
            hint="Remove it to start with an empty database, or choose another --data-dir.",
        ) from error
    if found != str(POSTGRES_MAJOR):
        raise ClusterRefused(
            "cluster.data_version",
            f"{data} was made by PostgreSQL {found}; this is PostgreSQL {POSTGRES_MAJOR}.",
            hint="Dump it with the older version and restore it here, or remove it to start empty.",
        )


async def end_orphans(data: Path) -> None:
    """End the server of a stack that was killed: we hold the lock, so no living stack can own it.

    The pid in the file says nothing by itself: it may be somebody else's since, and the backends of a killed
    postmaster live a moment longer than it does. The working directory tells whose they are.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    orphans = [process for process in psutil.process_iter() if _serves(process, data)]
    for orphan in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.send_signal(signal.SIGQUIT)
    _, alive = await asyncio.to_thread(psutil.wait_procs, orphans, ORPHAN_TIMEOUT_S)
    for orphan in alive:
        orphan.kill()
    pid_file.unlink(missing_ok=True)


def _serves(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except psutil.Error:
        return False


def erase(data: Path) -> None:
    """Remove the data for good."""
    try:
        if data.exists():
            shutil.rmtree(data)
    except OSError as error:
        raise _unwritable(data, error) from error


def _unwritable(path: Path, error: OSError) -> ClusterRefused:
    return ClusterRefused(
        "cluster.directory_unwritable",
        f"The data directory {path} cannot be written: {error.strerror}.",
        hint="Choose another one with --data-dir, or change its owner.",
    )
