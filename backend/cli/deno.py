"""Deno, which runs what is written in TypeScript."""

from __future__ import annotations

import asyncio
import os
import shutil
import sysconfig
from pathlib import Path

from backend.devstack.errors import StackError


class DenoRefused(StackError):
    """Deno is not there, or what it ran failed: `deno.*` codes."""


async def run_deno(*arguments: str | Path, given: str) -> str:
    """What `deno` with these arguments prints, given a text as its standard input. Raises `DenoRefused`."""
    process = await asyncio.create_subprocess_exec(
        _find_deno(),
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    )
    printed, complaints = await process.communicate(given.encode())
    if process.returncode:
        raise DenoRefused(
            "deno.failed",
            f"`deno {arguments[0]}` ended with {process.returncode}:\n{complaints.decode().strip()}",
            hint="If a package is missing, run `deno install --frozen` in the project's directory.",
        )
    return printed.decode()


def _find_deno() -> str:
    """The one that is installed beside this Python, or else on PATH."""
    folders = [sysconfig.get_path("scripts"), *os.get_exec_path()]
    found = shutil.which("deno", path=os.pathsep.join(folders))
    if found is None:
        raise DenoRefused(
            "deno.missing",
            "Deno is not installed, which makes and formats TypeScript.",
            hint="Install the development dependencies: `.ci/setup` does.",
        )
    return found
