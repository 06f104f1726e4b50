"""The embedded PostgreSQL: one server over one data directory, for as long as we live.

>>> async def example() -> None:
...     async with Cluster.start(Path(".folkmoot"), port=54322) as cluster:
...         connection = await asyncpg.connect(cluster.dsn())
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from backend.devstack import data_directory
from backend.devstack.binaries import Programs, find_programs
from backend.devstack.child_process import Account, spawn, stop
from backend.devstack.data_directory import PASSWORD, SUPERUSER
from backend.devstack.errors import ClusterRefused
from backend.devstack.ports import HOST, free_port, is_free, require_port

__all__ = ["HOST", "SUPERUSER", "Cluster", "free_port"]

READY_TIMEOUT_S = 60.0  # Crash recovery replays at most max_wal_size; a slow disk may need most of this.
READY_POLL_S = 0.005
FAST_STOP_S = 1.5  # A stack has to be gone in five seconds, and PostgreSQL ends last.
IMMEDIATE_STOP_S = 0.5
FREE_PORT_TRIES_MAX = 5  # Somebody else may take a free port between finding it and using it.
LOG_TAIL_BYTES = 4_000  # Enough for the lines that say why a server would not start.
LOG_BYTES_MAX = 10_000_000  # Past this the log starts anew with the next server.

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # Paths of sockets are limited to 107 bytes, paths of checkouts are not.
    "wal_level": "logical",
    "wal_writer_delay": "10ms",  # A commit is handed to the change feed when its WAL is flushed.
    "max_connections": "200",
    "max_wal_senders": "30",
    "max_replication_slots": "30",
    "max_slot_wal_keep_size": "1GB",  # A slot nobody reads may not fill a developer's disk.
    "jit": "off",  # Compiling costs more than our queries take.
    "shared_buffers": "128MB",
    "search_path": '"$user", public, extensions',  # As on Supabase.
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """A running server. `pid` is the postmaster's; the server ends with the `start` that gave it."""

    port: int
    pid: int
    directory: Path
    _process: asyncio.subprocess.Process

    @staticmethod
    @asynccontextmanager
    async def start(directory: Path, port: int = 0, *, durable: bool = True) -> AsyncIterator[Cluster]:
        """Make the data directory if there is none, start the server, and stop it in the end.

        Port 0 takes a free one. `durable=False` is for tests: it survives a crash of the server, not one of
        the machine. Raises `ClusterRefused`, with nothing left running.
        """
        programs = find_programs()
        with data_directory.locked(directory) as data:
            if not data.exists():
                await data_directory.initialise(programs, data)
            data_directory.require_version(data)
            await data_directory.end_orphans(data)
            process, port = await _launch(programs, data, port, durable)
            try:
                yield Cluster(port, process.pid, directory, process)
            finally:
                await stop(process, (signal.SIGINT, FAST_STOP_S), (signal.SIGQUIT, IMMEDIATE_STOP_S))

    @staticmethod
    async def erase(directory: Path) -> None:
        """Remove the data for good. Raises `ClusterRefused` while a stack uses it."""
        with data_directory.locked(directory) as data:
            await data_directory.end_orphans(data)
            data_directory.erase(data)

    def dsn(self, user: str = "postgres", database: str = "postgres") -> str:
        """A connection URL for `user`, who may be any of the login roles."""
        return f"postgresql://{user}:{PASSWORD}@{HOST}:{self.port}/{database}"

    async def ended(self) -> ClusterRefused:
        """Wait until the server is gone; the refusal says what it last wrote."""
        code = await self._process.wait()
        return ClusterRefused(
            "cluster.ended",
            f"PostgreSQL ended (exit code {code}).",
            hint=f"Start again: the data recovers by itself. Its log: {self.directory / 'postgres.log'}",
        )


async def _launch(
    programs: Programs, data: Path, port: int, durable: bool
) -> tuple[asyncio.subprocess.Process, int]:
    if port:
        require_port(port, option="--db-port")
        return await _launch_on(programs, data, port, durable), port
    for tries_left in reversed(range(FREE_PORT_TRIES_MAX)):
        chosen = free_port()
        try:
            return await _launch_on(programs, data, chosen, durable), chosen
        except ClusterRefused:
            if is_free(chosen) or not tries_left:
                raise
    raise AssertionError("the loop above returns or raises")


async def _launch_on(programs: Programs, data: Path, port: int, durable: bool) -> asyncio.subprocess.Process:
    settings = SETTINGS | {"port": str(port)} | ({} if durable else NOT_DURABLE)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (data.parent / "postgres.log").open("a+b") as log:
        if log.tell() > LOG_BYTES_MAX:
            log.truncate(0)
        begin = log.tell()
        process = await spawn(
            [programs.postgres, "-D", data_directory.path_for(programs, data), *options],
            directory=data,
            output=log,
            account=programs.account and _owner(data),
            death_signal=signal.SIGQUIT,  # Immediate shutdown: quick, and safe for the data.
        )
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                await _ready(process, data)
        except (TimeoutError, ProcessLookupError) as error:
            await stop(process, (signal.SIGQUIT, IMMEDIATE_STOP_S))
            raise ClusterRefused(
                "cluster.start_failed",
                f"PostgreSQL did not start: {_last_words(log, begin)}",
                hint=f"The whole log is in {log.name}.",
            ) from error
        except BaseException:
            await stop(process, (signal.SIGQUIT, IMMEDIATE_STOP_S))
            raise
    return process


def _owner(data: Path) -> Account:
    """The account that made the directory: PostgreSQL starts over no other account's data."""
    facts = data.stat()
    return Account(facts.st_uid, facts.st_gid)


async def _ready(process: asyncio.subprocess.Process, data: Path) -> None:
    """Wait until the server accepts connections, as pg_ctl does; `ProcessLookupError` if it ended instead."""
    while True:
        with contextlib.suppress(OSError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":  # LOCK_FILE_LINE_PM_STATUS
                return
        if process.returncode is not None:
            raise ProcessLookupError(process.pid)
        await asyncio.sleep(READY_POLL_S)


def _last_words(log: IO[bytes], begin: int) -> str:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(begin, end - LOG_TAIL_BYTES))
    return log.read().decode(errors="replace").strip() or "it wrote nothing"
