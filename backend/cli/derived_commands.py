"""`folkmoot derived`: derived fields compared with their definitions, and put right."""

from __future__ import annotations

import asyncio
import json as json_text
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from backend.cli.console import refuse, tell

if TYPE_CHECKING:
    import asyncpg

    from backend.runtime.upkeep import Finding

DATABASE_URL = "postgresql://postgres:postgres@127.0.0.1:54322/postgres"
"""The stack's own, where nothing else was configured."""

DatabaseUrl = Annotated[str, Parameter(name="--database-url")]
Json = Annotated[bool, Parameter(name="--json", negative="")]

derived_app = App(
    name="derived", help="Fields the database keeps: whether they are right, and putting them right."
)


@derived_app.command(name="audit")
def audit_fields(*, database_url: DatabaseUrl = DATABASE_URL, json: Json = False) -> int:
    """Compare every derived field with its definition; exit code 1 if any is wrong.

    Parameters
    ----------
    database_url
        The database, as `postgres`.
    json
        Print a JSON list of `field`, `wrong` and `pending`, the numbers of rows, instead of a table.
    """

    async def run(connection: asyncpg.Connection) -> int:
        findings = await _audited(connection)
        _show(findings, as_json=json)
        return _exit_code(findings)

    return _on(database_url, run)


@derived_app.command(name="repair")
def repair_fields(*, database_url: DatabaseUrl = DATABASE_URL) -> int:
    """Put right what the audit finds wrong, while everybody goes on writing; exit code 1 if it does not help.

    Parameters
    ----------
    database_url
        The database, as `postgres`.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.upkeep import repair
        from schema.compile.repairs import compile_repairs
        from schema.tables import CATALOG

        async for done in repair(connection, compile_repairs(CATALOG)):
            tell(f"{done.field}: {done.looked_at} rows looked at, {done.mended} mended")
        findings = await _audited(connection)
        _show(findings, as_json=False)
        return _exit_code(findings)

    return _on(database_url, run)


@derived_app.command(name="drain")
def drain_queues(*, database_url: DatabaseUrl = DATABASE_URL) -> int:
    """Follow the changes that are queued, until none is left. The service itself follows copies only.

    Parameters
    ----------
    database_url
        The database, as `postgres`.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.upkeep import drain

        print(f"Worked on {await drain(connection)} queued changes.")
        return 0

    return _on(database_url, run)


def _on(database_url: str, run: Callable[[asyncpg.Connection], Awaitable[int]]) -> int:
    """The exit code of `run`, or 1 with the reason on stderr when PostgreSQL refuses."""
    from backend.postgres import PostgresError
    from backend.runtime.upkeep import connected

    async def connect_and_run() -> int:
        async with connected(database_url) as connection:
            return await run(connection)

    try:
        return asyncio.run(connect_and_run())
    except PostgresError as error:
        refuse(error)
        return 1


async def _audited(connection: asyncpg.Connection) -> list[Finding]:
    from backend.runtime.upkeep import audit
    from schema.compile.audits import compile_audits
    from schema.tables import CATALOG

    return await audit(connection, compile_audits(CATALOG))


def _show(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        print(json_text.dumps([asdict(finding) for finding in findings]))
        return
    table = Table("field", box=None)
    table.add_column("rows wrong", justify="right")
    table.add_column("pending", justify="right")
    for finding in findings:
        table.add_row(finding.field, str(finding.wrong), str(finding.pending))
    Console(highlight=False).print(table)


def _exit_code(findings: list[Finding]) -> int:
    return 1 if any(finding.wrong for finding in findings) else 0
