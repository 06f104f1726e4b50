"""A small project on disk, and the `folkmoot` command run over it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

READY_TIMEOUT_S = 30.0  # A fresh start takes two seconds; the machine may be busy with other tests.
END_TIMEOUT_S = 5.0  # What is promised for SIGTERM and Ctrl-C.
GONE_TIMEOUT_S = 10.0  # How long what a killed process started may live on.

MIGRATION = """
create table public.notes (id bigint generated always as identity primary key, body text not null);
alter table public.notes enable row level security;
create policy everyone on public.notes for select to anon, authenticated using (true);
grant select on public.notes to anon, authenticated;
grant all on public.notes to service_role;
"""


@dataclass
class Command:
    """One run of `folkmoot`. `family` is the process and all it has started so far."""

    process: asyncio.subprocess.Process
    family: list[psutil.Process] = field(default_factory=list)

    async def ready(self) -> dict[str, Any]:
        """The facts printed when everything answers."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), READY_TIMEOUT_S)
        assert line, (await self.ended())[2]
        self.look_around()
        return json.loads(line)

    def look_around(self) -> None:
        """Remember what the process has started, to see whether it is gone in the end."""
        me = psutil.Process(self.process.pid)
        self.family = [me, *me.children(recursive=True)]

    async def send(self, number: signal.Signals) -> tuple[int, str, str]:
        """Send a signal; the exit code, and what was written on stdout and stderr since."""
        self.process.send_signal(number)
        return await self.ended(END_TIMEOUT_S)

    async def ended(self, timeout_s: float = READY_TIMEOUT_S) -> tuple[int, str, str]:
        """Wait for the end; the exit code, and what was written on stdout and stderr since."""
        written = await asyncio.wait_for(self.process.communicate(), timeout_s)
        assert self.process.returncode is not None
        return self.process.returncode, written[0].decode(), written[1].decode()

    async def all_gone(self) -> bool:
        """Whether everything the process had started has ended with it."""
        _, alive = await asyncio.to_thread(psutil.wait_procs, self.family, GONE_TIMEOUT_S)
        return not alive


@dataclass(frozen=True)
class Project:
    """A directory with supabase/config.toml and one migration, which makes a table `notes`."""

    root: Path

    @property
    def migrations(self) -> Path:
        return self.root / "supabase" / "migrations"

    @asynccontextmanager
    async def folkmoot(self, *arguments: str, **environment: str) -> AsyncIterator[Command]:
        """Run `folkmoot` here; it is killed in the end if it has not ended by itself."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "backend.cli", *arguments,
            cwd=self.root,
            env=os.environ | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        command = Command(process)
        try:
            yield command
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    @asynccontextmanager
    async def stack(self, *options: str) -> AsyncIterator[Command]:
        """Run `folkmoot stack --json` here, on free ports."""
        arguments = ("stack", "--json", "--api-port", "0", "--db-port", "0", *options)
        async with self.folkmoot(*arguments) as command:
            yield command


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.migrations.mkdir(parents=True)
    (made.root / "supabase" / "config.toml").write_text('project_id = "small"\n[api]\nschemas = ["public"]\n')
    (made.migrations / "20260101000000_notes.sql").write_text(MIGRATION)
    return made
