"""The database that a command is about, where it is not told: the stack's own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from backend.cli.console import refuse

if TYPE_CHECKING:
    import asyncpg

CONFIG = Path("supabase/config.toml")

DatabaseUrl = Annotated[str | None, Parameter(name="--database-url")]


def database_url_of(given: str | None) -> str:
    """`given`, or the URL of the stack's database, whose port the configuration names.

    Raises `ConfigRefused` when it is needed and cannot be read.
    """
    if given is not None:
        return given
    from backend.devstack.cluster import HOST, PASSWORD
    from backend.devstack.config import read_config
    from backend.devstack.errors import ConfigRefused

    try:
        port = read_config(CONFIG).db.port
    except ConfigRefused as error:
        hint = "Run this in the project's directory, or say --database-url."
        raise ConfigRefused(error.code, error.message, hint=hint) from error
    return f"postgresql://postgres:{PASSWORD}@{HOST}:{port}/postgres"


def on_database(database_url: str | None, run: Callable[[asyncpg.Connection], Awaitable[int]]) -> int:
    """The exit code of `run`, or 1 with the reason on stderr when it cannot be run."""
    from backend.devstack.errors import StackError
    from backend.postgres import PostgresError
    from backend.runtime.upkeep import connected

    async def connect_and_run() -> int:
        async with connected(database_url_of(database_url)) as connection:
            return await run(connection)

    try:
        return asyncio.run(connect_and_run())
    except (PostgresError, StackError) as error:
        refuse(error)
        return 1
