"""A database made ready to be served: a Supabase, with our migrations and seed applied."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from backend.devstack.bootstrap import Bootstrapped, bootstrap
from backend.devstack.config import StackConfig
from backend.devstack.errors import BootstrapRefused
from backend.devstack.migrations import apply_migrations, apply_seeds, unheard

OWNER = "postgres"  # The role that migrations run as, and that the service logs in as.
SERVICE_ROLES = ("authenticator", "supabase_auth_admin")  # Those that REST and Auth log in as.


async def prepare_database(
    admin_url: str, config: StackConfig, *, seed: bool = True, tell: Callable[[str], None] = unheard
) -> None:
    """Make the database a Supabase with our migrations and seed applied; only what is missing is done.

    `admin_url` is a superuser's. Raises `BootstrapRefused` or `MigrationRefused`.
    """
    match await bootstrap(admin_url):
        case Bootstrapped.FOREIGN:
            tell("The database is a Supabase already: its roles and schemas stay as they are")
            await _require_logins(admin_url)
        case Bootstrapped.NOW:
            await _require_logins(admin_url)  # Some roles may have been there before, with another password.
            await expose_new_tables(admin_url, config.api.auto_expose_new_tables)
        case Bootstrapped.ALREADY:
            await expose_new_tables(admin_url, config.api.auto_expose_new_tables)
    owner_url = with_user(admin_url, OWNER)
    if config.db.migrations.enabled:
        for migration in await apply_migrations(owner_url, config.migrations_directory):
            tell(f"Applied {migration.path.name}")
    if seed:
        for file in await apply_seeds(owner_url, config.seed_files, root=config.directory.parent):
            tell(f"Seeded from {file.name}")


def with_user(dsn: str, user: str) -> str:
    """`dsn` for another login role: the roles of a local or self-hosted Supabase share one password."""
    parts = urlsplit(dsn)
    _, _, place = parts.netloc.rpartition("@")
    password = f":{parts.password}" if parts.password is not None else ""
    return urlunsplit(parts._replace(netloc=f"{quote(user)}{password}@{place}"))


async def _require_logins(admin_url: str) -> None:
    for role in (OWNER, *SERVICE_ROLES):
        try:
            connection = await asyncpg.connect(with_user(admin_url, role))
        except asyncpg.InvalidAuthorizationSpecificationError as error:
            raise BootstrapRefused(
                "bootstrap.login",
                f"The role {role} cannot log in with the password of --database-url.",
                hint=f"`alter role {role} login password '...'`: the roles of the stack share one password.",
            ) from error
        await connection.close()


async def expose_new_tables(admin_url: str, expose: bool) -> None:
    """Whether what migrations create in `public` is granted to the API roles without their asking."""
    change = "grant all on {} to" if expose else "revoke all on {} from"
    connection = await asyncpg.connect(admin_url)
    try:
        for kind in ("tables", "sequences", "functions"):
            await connection.execute(
                f"alter default privileges for role {OWNER} in schema public "
                f"{change.format(kind)} anon, authenticated, service_role"
            )
    finally:
        await connection.close()
