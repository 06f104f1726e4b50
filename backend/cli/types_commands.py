"""`folkmoot types`: the types of TypeScript clients, generated into `_generated/`."""

from __future__ import annotations

import asyncio
import difflib
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from backend.cli.console import tell

DIFFERENCE_LINES_MAX = 60  # Of each file: enough to see what changed; the file itself shows the rest.

DatabaseUrl = Annotated[str | None, Parameter(name="--database-url")]

types_app = App(name="types", help="The types of TypeScript clients, in _generated/.")


@types_app.command
def write(*, database_url: DatabaseUrl = None) -> int:
    """Write the types of the functions, their documents and the tables.

    Parameters
    ----------
    database_url
        A database with the migrations applied, as `postgres`. Without it, an embedded one is made for this.
    """
    for path, text in _render(database_url).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        print(f"Wrote {path}.", file=sys.stderr)
    return 0


@types_app.command
def check(*, database_url: DatabaseUrl = None) -> int:
    """Compare the committed types with what they are generated from; exit code 1 if they differ.

    Parameters
    ----------
    database_url
        A database with the migrations applied, as `postgres`. Without it, an embedded one is made for this.
    """
    code = 0
    for path, text in _render(database_url).items():
        lines = differences(path.read_text() if path.exists() else "", text)
        if lines:
            print(*lines, f"folkmoot: {path} is not what it is generated from.", sep="\n", file=sys.stderr)
            code = 1
    if code:
        print("Run `folkmoot types write` and commit the files.", file=sys.stderr)
    return code


def differences(committed: str, generated: str) -> list[str]:
    """What to change in the committed text, as the first lines of a unified diff; nothing for equal texts."""
    before, after = committed.splitlines(), generated.splitlines()
    lines = list(difflib.unified_diff(before, after, "committed", "generated", n=1, lineterm=""))
    more = len(lines) - DIFFERENCE_LINES_MAX
    return [*lines[:DIFFERENCE_LINES_MAX], *([f"... and {more} lines more."] if more > 0 else [])]


def _render(database_url: str | None) -> dict[Path, str]:
    from backend.cli.generated_types import migrated_database, render_types

    async def render() -> dict[Path, str]:
        if database_url is not None:
            return await render_types(database_url, Path())
        async with migrated_database(Path(), tell) as url:
            return await render_types(url, Path())

    return asyncio.run(render())
