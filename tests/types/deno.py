"""TypeScript as the compiler sees it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY

DENO = Path(sys.executable).with_name("deno")
CONFIG = REPOSITORY / "deno.json"


@dataclass(frozen=True)
class Diagnostic:
    """What the compiler says of one place; `line` counts from one."""

    line: int
    code: str
    message: str


async def diagnostics(program: Path) -> list[Diagnostic]:
    """What strict type-checking has to say of `program`, in its order; it says nothing of other files."""
    process = await asyncio.create_subprocess_exec(
        *(str(DENO), "check", "--quiet", "--cached-only", "--frozen", "--config", str(CONFIG), str(program)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1"},
    )
    printed = (await process.communicate())[0].decode()
    found = re.findall(
        r"^TS(\d+) \[ERROR\]: (.*?)^    at file://(.*?):(\d+):\d+$", printed, re.DOTALL | re.MULTILINE
    )
    assert {Path(path) for _, _, path, _ in found} <= {program}, printed
    assert bool(found) == bool(process.returncode), printed  # Whatever else went wrong is no diagnostic.
    return [Diagnostic(int(line), f"TS{code}", message) for code, message, _, line in found]
