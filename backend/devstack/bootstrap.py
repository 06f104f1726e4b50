"""A plain PostgreSQL database made into a Supabase's: roles, schemas, grants, functions and auth tables."""

from __future__ import annotations

import hashlib
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from backend.devstack.errors import BootstrapRefused

SQL_FILES = tuple(sorted((Path(__file__).parent / "sql").glob("*.sql")))
POSTGRES_VERSION_MIN = 15
MARK = "folkmoot devstack "  # Begins the comment on schema auth; a digest of the SQL that was run follows.


class Bootstrapped(Enum):
    """What `bootstrap` found, or did."""

    NOW = "now"
    ALREADY = "already"
    FOREIGN = "foreign"  # A Supabase that is not of our making: left exactly as it is.


async def bootstrap(dsn: str) -> Bootstrapped:
    """Give the database at `dsn` (a superuser's) everything a migration may rely on; all of it or nothing.

    Running it again is cheap: one query when nothing has changed. New login roles get the password in `dsn`.
    Raises `BootstrapRefused` when the server is too old, or its settings or the user's rights do not suffice.
    """
    scripts = [path.read_text() for path in SQL_FILES]
    mark = MARK + hashlib.sha256("".join(scripts).encode()).hexdigest()[:16]
    connection = await asyncpg.connect(dsn)
    try:
        match await _state(connection, mark):
            case Bootstrapped.NOW:
                await _require_fitness(connection)
                async with connection.transaction():
                    password = unquote(urlsplit(dsn).password or "")
                    await connection.execute("select set_config('folkmoot.password', $1, true)", password)
                    for script in scripts:
                        await connection.execute(script)
                    await connection.execute(f"comment on schema auth is '{mark}'")
                return Bootstrapped.NOW
            case state:
                return state
    finally:
        await connection.close()


async def _state(connection: asyncpg.Connection, mark: str) -> Bootstrapped:
    found = await connection.fetchrow(
        "select to_regclass('auth.users') is not null as has_auth,"
        " obj_description(to_regnamespace('auth')::oid, 'pg_namespace') as mark"
    )
    assert found is not None
    if found["mark"] == mark:
        return Bootstrapped.ALREADY
    if found["has_auth"] and not (found["mark"] or "").startswith(MARK):
        return Bootstrapped.FOREIGN
    return Bootstrapped.NOW


async def _require_fitness(connection: asyncpg.Connection) -> None:
    major = connection.get_server_version().major
    if major < POSTGRES_VERSION_MIN:
        raise BootstrapRefused(
            "bootstrap.version",
            f"The database runs PostgreSQL {major}; a Supabase needs {POSTGRES_VERSION_MIN} or newer.",
            hint="Use a newer server, or leave --database-url away to use the embedded one.",
        )
    row = await connection.fetchrow(
        "select rolname, rolsuper, current_setting('wal_level') as wal_level"
        " from pg_roles where rolname = current_user"
    )
    assert row is not None
    if not row["rolsuper"]:
        raise BootstrapRefused(
            "bootstrap.not_superuser",
            f"The database is empty, and its user {row['rolname']} may not create the roles of a Supabase.",
            hint="Name a superuser in --database-url.",
        )
    if row["wal_level"] != "logical":
        raise BootstrapRefused(
            "bootstrap.wal_level",
            f"The server writes its log at wal_level {row['wal_level']}, which feeds no change stream.",
            hint="`alter system set wal_level = logical`, and restart the server.",
        )
