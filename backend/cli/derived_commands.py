"""`folkmoot derived`: derived fields compared with their definitions, and put right."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from backend.cli.console import tell
from backend.cli.stack_database import DatabaseUrl, on_database

if TYPE_CHECKING:
    import asyncpg

    from backend.runtime.upkeep import Finding

Json = Annotated[bool, Parameter(name="--json", negative="")]

derived_app = App(
    name="derived", help="Fields the database keeps: whether they are right, and putting them right."
)


class _OfField(Protocol):
    @property
    def field(self) -> str: ...


T = TypeVar("T", bound=_OfField)


@derived_app.command(name="audit")
def audit_fields(*fields: str, database_url: DatabaseUrl = None, json: Json = False) -> int:
    """Compare derived fields with their definitions; exit code 1 if any is wrong.

    Parameters
    ----------
    fields
        Such as public.posts.like_count. Without any, all fields.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    json
        Print a JSON list of `field`, `wrong` and `pending`, the numbers of rows, instead of a table.
    """
    from schema.compile.audits import compile_audits
    from schema.tables import CATALOG

    audits = _chosen(compile_audits(CATALOG), fields)

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.upkeep import audit

        return _conclude(await audit(connection, audits), as_json=json)

    return on_database(database_url, run) if audits else 1


@derived_app.command(name="repair")
def repair_fields(*fields: str, database_url: DatabaseUrl = None, json: Json = False) -> int:
    """Put right what an audit finds wrong, while everybody goes on writing; exit code 1 if it does not help.

    This also fills a field that a migration has just added to a table with rows: run it with the new triggers
    in place. It works through the rows in chunks, each a short transaction, and may be stopped at any point.

    Parameters
    ----------
    fields
        Such as public.posts.like_count. Without any, all fields.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    json
        Print what is still wrong as a JSON list of `field`, `wrong` and `pending` instead of a table.
    """
    from schema.compile.audits import compile_audits
    from schema.compile.repairs import compile_repairs
    from schema.tables import CATALOG

    audits = _chosen(compile_audits(CATALOG), fields)
    wanted = {audit.field for audit in audits}
    repairs = [repair for repair in compile_repairs(CATALOG) if repair.field in wanted]

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.upkeep import audit, repair

        with Console(stderr=True).status("Repairing") as status:
            for one in repairs:
                said = f"{one.field}: no rows"
                async for done in repair(connection, [one]):
                    said = f"{done.field}: {done.looked_at} rows looked at, {done.mended} mended"
                    status.update(said)
                tell(said)
        return _conclude(await audit(connection, audits), as_json=json)

    return on_database(database_url, run) if audits else 1


@derived_app.command(name="drain")
def drain_queues(*, database_url: DatabaseUrl = None) -> int:
    """Follow the changes that are queued, until none is left. A running service does so by itself.

    Parameters
    ----------
    database_url
        The database, as `postgres`. Without it, the stack's own.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.runtime.upkeep import drain

        print(f"Worked on {await drain(connection)} queued changes.")
        return 0

    return on_database(database_url, run)


def _chosen(every: Sequence[T], fields: tuple[str, ...]) -> list[T]:
    """Those of `every` that `fields` names, or all; none, with the reason on stderr, if one is unknown."""
    names = [one.field for one in every]
    for field in fields:
        if field not in names:
            print(f"folkmoot: {field} is no derived field. [derived.unknown_field]", file=sys.stderr)
            print("Name it with schema and table: public.posts.like_count.", file=sys.stderr)
            return []
    return [one for one in every if not fields or one.field in fields]


def _conclude(findings: list[Finding], *, as_json: bool) -> int:
    """Show the findings on stdout; the exit code they deserve."""
    if as_json:
        print(json_text.dumps([asdict(finding) for finding in findings]))
    else:
        table = Table("field", box=None)
        table.add_column("rows wrong", justify="right")
        table.add_column("pending", justify="right")
        for finding in findings:
            table.add_row(finding.field, str(finding.wrong), str(finding.pending))
        Console(highlight=False).print(table)
    return 1 if any(finding.wrong for finding in findings) else 0
