"""The database that a command is about, where it is not told: the stack's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

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
