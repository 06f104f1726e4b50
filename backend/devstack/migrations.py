"""The migrations in supabase/migrations, applied as the Supabase CLI applies them."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.devstack.errors import MigrationRefused
from backend.devstack.sql_statements import Statement, split_statements

_FILE_NAME = re.compile(r"(?P<version>\d+)_(?P<name>.*)\.sql")

# Statements PostgreSQL refuses inside a transaction, or that end one. A file with one of them runs bare.
_BARE = re.compile(
    r"(create (unique )?index concurrently|drop index concurrently|reindex .*concurrently|vacuum|alter system"
    r"|(create|drop) (database|tablespace|subscription)|alter subscription|begin|start transaction|commit|end"
    r"|rollback|do .*\bcommit;)(?!\w)",  # A `do` that commits works through many rows in small transactions.
    re.IGNORECASE | re.DOTALL,
)

# Two at once take turns: the key of a lock that nothing else takes.
_LOCK = "hashtextextended('folkmoot migrations', 0)"
LOCK_POLL_S = (
    0.2  # Waiting inside PostgreSQL would hold a snapshot, for which building an index would wait in turn.
)
LOCK_WAIT_S = 3600.0  # Far longer than any migration should take; indexes and validation read whole tables.
ATTEMPTS_MAX = (
    5  # For a file whose statements wait too long for a lock: others go first, then it tries again.
)
RETRY_S = 1.0

# `discard all`, but for the lock. To build an index, or fill a column, takes as long as it takes.
_START_ANEW = """
    close all; set session authorization default; reset all; deallocate all; unlisten *;
    discard plans; discard temp; discard sequences; set statement_timeout = 0;
"""
_HISTORY = """
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
    create table if not exists supabase_migrations.seed_files (path text primary key, hash text not null);
"""


@dataclass(frozen=True)
class Migration:
    """One file of supabase/migrations."""

    version: str
    name: str
    path: Path
    statements: tuple[Statement, ...]


def read_migrations(directory: Path) -> tuple[Migration, ...]:
    """The migrations in `directory`, in the order of their versions; none if it does not exist.

    Raises `MigrationRefused` for a file name without a version, and for two files of the same version.
    """
    migrations: dict[str, Migration] = {}
    for path in sorted(directory.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            raise MigrationRefused(
                "migrations.name",
                f"{path} is not named like a migration.",
                hint="Call it <timestamp>_<name>.sql, for example 20260102030405_add_posts.sql.",
            )
        version = match["version"]
        if version in migrations:
            raise MigrationRefused(
                "migrations.duplicate_version",
                f"{migrations[version].path.name} and {path.name} have the same version {version}.",
                hint="Give the newer one a later timestamp.",
            )
        migrations[version] = Migration(version, match["name"], path, split_statements(path.read_text()))
    return tuple(migrations[version] for version in sorted(migrations))


def unheard(_: str) -> None:
    """Where progress goes that nobody wants to hear of."""


async def apply_migrations(
    dsn: str, directory: Path, *, tell: Callable[[str], None] = unheard
) -> tuple[Migration, ...]:
    """Apply what the database at `dsn` has not had yet, each file in a transaction; return the files applied.

    `tell` hears of each file. Whoever else applies migrations here meanwhile waits, and then finds them done.
    Raises `MigrationRefused` when the database cannot be reached, when the files do not continue its history,
    or when one fails: it names file, line and what PostgreSQL said, and the files before it stay applied.
    """
    migrations = read_migrations(directory)
    connection = await _connect(dsn)
    try:
        await _take_turn(connection)
        await _prepare_history(connection)
        pending = await _pending(connection, migrations)
        for migration in pending:
            tell(f"Applying {migration.path.name}")
            await connection.execute(_START_ANEW)  # A role or setting of one file is not the next one's.
            await _apply(connection, migration)
        return pending
    finally:
        await connection.close()


async def _connect(dsn: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(
            dsn,
            statement_cache_size=0,  # Prepared statements are dropped between files.
            server_settings={"application_name": "folkmoot schema apply"},
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise MigrationRefused(
            "migrations.unreachable",
            f"The database cannot be reached: {error}",
            hint="Check that the server runs, and host, port, user, password and database name.",
        ) from error


async def _take_turn(connection: asyncpg.Connection) -> None:
    """Hold the lock of migrations until the connection ends."""
    deadline = asyncio.get_running_loop().time() + LOCK_WAIT_S
    while not await connection.fetchval(f"select pg_try_advisory_lock({_LOCK})"):
        if asyncio.get_running_loop().time() > deadline:
            raise MigrationRefused(
                "migrations.busy",
                "Somebody else has been applying migrations to this database for an hour.",
                hint="End the connection that holds the advisory lock: see pg_locks and pg_stat_activity.",
            )
        await asyncio.sleep(LOCK_POLL_S)


async def apply_seeds(dsn: str, files: Sequence[Path], *, root: Path) -> tuple[Path, ...]:
    """Run each seed file the database has not had yet, in a transaction of its own; return those run.

    A seed that has changed since is not run again: its rows are there already, and perhaps changed by now.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await _prepare_history(connection)
        known = await connection.fetch("select path from supabase_migrations.seed_files")
        done: list[Path] = []
        for file in files:
            path = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
            if path in {row["path"] for row in known}:
                continue
            text = file.read_text()
            async with connection.transaction():
                await _run(
                    connection, file, split_statements(text), applied_hint="Nothing of it was applied."
                )
                await connection.execute(
                    "insert into supabase_migrations.seed_files (path, hash) values ($1, $2)",
                    path,
                    hashlib.sha256(text.encode()).hexdigest(),
                )
            done.append(file)
        return tuple(done)
    finally:
        await connection.close()


async def _prepare_history(connection: asyncpg.Connection) -> None:
    if await connection.fetchval("select to_regclass('supabase_migrations.seed_files')") is None:
        await connection.execute(_HISTORY)


async def _pending(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    rows = await connection.fetch("select version, statements from supabase_migrations.schema_migrations")
    applied = {row["version"]: row["statements"] for row in rows}
    if missing := sorted(applied.keys() - {migration.version for migration in migrations}):
        raise MigrationRefused(
            "migrations.missing",
            f"The database has had migrations that have no file: {', '.join(missing)}.",
            hint="Bring the files back, or start from an empty database with `folkmoot reset`.",
        )
    for migration in migrations:
        _check_place(migration, applied)
    return tuple(migration for migration in migrations if migration.version not in applied)


def _check_place(migration: Migration, applied: dict[str, list[str] | None]) -> None:
    if migration.version not in applied:
        if any(version > migration.version for version in applied):
            raise MigrationRefused(
                "migrations.out_of_order",
                f"{migration.path.name} comes before {max(applied)}, which has been applied already.",
                hint="Give it a later timestamp, or start from an empty database with `folkmoot reset`.",
            )
        return
    recorded = applied[migration.version]
    # The history may be another tool's, which cut the file differently: only the text between counts.
    if recorded is not None and _essence(recorded) != _essence([s.text for s in migration.statements]):
        raise MigrationRefused(
            "migrations.changed",
            f"{migration.path.name} has changed since it was applied.",
            hint="Undo the change and write a new migration, or start from an empty database with "
            "`folkmoot reset`.",
        )


def _essence(statements: Sequence[str]) -> str:
    return "; ".join(part.essence for text in statements for part in split_statements(text))


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    if any(_BARE.match(statement.essence) for statement in migration.statements):
        await _run(
            connection,
            migration.path,
            migration.statements,
            applied_hint="It holds a statement that no transaction may hold, so what stands before that line "
            "was applied. Mend what was said; then apply it again if its header says that it can be run "
            "again, and else undo those statements first.",
        )
        await _record(connection, migration)
    else:
        await _apply_whole(connection, migration)


async def _apply_whole(connection: asyncpg.Connection, migration: Migration) -> None:
    """Apply a file in a transaction, again if it met others who hold locks."""
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            async with connection.transaction():
                await _run(
                    connection,
                    migration.path,
                    migration.statements,
                    applied_hint="Nothing of it was applied.",
                )
                await _record(connection, migration)
            return
        except MigrationRefused as refused:
            met_others = isinstance(
                refused.__cause__, asyncpg.LockNotAvailableError | asyncpg.DeadlockDetectedError
            )
            if not met_others or attempt == ATTEMPTS_MAX:
                raise
        await asyncio.sleep(RETRY_S)


async def _record(connection: asyncpg.Connection, migration: Migration) -> None:
    await connection.execute("reset role")
    await connection.execute(
        "insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)",
        migration.version,
        [statement.text for statement in migration.statements],
        migration.name,
    )


async def _run(
    connection: asyncpg.Connection, path: Path, statements: Sequence[Statement], *, applied_hint: str
) -> None:
    for statement in statements:
        try:
            await connection.execute(statement.text)
        except asyncpg.PostgresError as error:
            said = error.as_dict()
            # In characters from 1; absent when the statement was understood and then failed.
            position = int(said.get("position") or 1)
            line = statement.line + statement.text.count("\n", 0, position - 1)
            raise MigrationRefused(
                "migrations.failed",
                # A connection that breaks says less.
                f"{path}, line {line}: {said.get('message', error)} ({said['sqlstate']})",
                hint=" ".join(filter(None, (said.get("detail"), said.get("hint"), applied_hint))),
            ) from error
