"""What belongs into `_generated/`: the types by which TypeScript clients are checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from backend.cli.deno import run_deno
from backend.cli.schema_databases import open_scratch
from backend.devstack.config import read_config
from backend.devstack.migrations import apply_migrations
from backend.runtime.typescript_documents import render_data_model
from backend.runtime.typescript_functions import render_api
from backend.server.app import FUNCTIONS
from schema.tables import CATALOG

FOLDER = Path("_generated")
CONFIG = Path("supabase/config.toml")
DENO_CONFIG = Path("deno.json")
PROGRAM = Path(__file__).with_name("database_types.ts")

_DATABASE_HEAD = (
    "// Generated from the database that supabase/migrations builds by `folkmoot types write`. "
    "Change those, not this.\n\n"
)


async def render_types(database_url: str, project: Path) -> dict[Path, str]:
    """Each generated file with what it should hold, by its path in `project`, a checkout of this repository.

    The database has the project's migrations applied. Raises `DenoRefused` or `ConfigRefused`.
    """
    schemas = read_config(project / CONFIG).api.schemas
    texts = {
        "api.ts": render_api(FUNCTIONS),
        "dataModel.ts": render_data_model(CATALOG),
        "database.types.ts": _DATABASE_HEAD + await _database_types(database_url, schemas, project),
    }
    formatted = await asyncio.gather(*(_formatted(text, project) for text in texts.values()))
    return {FOLDER / name: text for name, text in zip(texts, formatted, strict=True)}


@asynccontextmanager
async def migrated_database(project: Path, tell: Callable[[str], None]) -> AsyncIterator[str]:
    """The URL of an embedded database with the project's migrations applied, gone in the end.

    Raises `StackError`.
    """
    async with open_scratch() as scratch, scratch.database() as url:
        for migration in await apply_migrations(url, read_config(project / CONFIG).migrations_directory):
            tell(f"Applied {migration.path.name}")
        yield url


async def _database_types(database_url: str, schemas: tuple[str, ...], project: Path) -> str:
    # The driver looks for PGHOST and ~/.pgpass; the library's formatter is native code.
    permissions = ("--allow-net", "--allow-env", "--allow-read", "--allow-ffi")
    options = ("--quiet", "--frozen", "--config", project / DENO_CONFIG, *permissions)
    kept = [f"{table.qualified}.{column.name}" for table in CATALOG for column in table.derived_columns]
    request = {"url": database_url, "schemas": schemas, "kept": kept}
    return await run_deno("run", *options, PROGRAM, given=json.dumps(request))


async def _formatted(text: str, project: Path) -> str:
    return await run_deno("fmt", "--ext=ts", "--config", project / DENO_CONFIG, "-", given=text)
