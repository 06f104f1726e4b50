"""`folkmoot billing`: memberships compared with Stripe, and why somebody has access, event by event."""

from __future__ import annotations

import asyncio
import json as json_text
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backend.cli.console import refuse, tell
from backend.cli.stack_database import DatabaseUrl, database_url_of, on_database

if TYPE_CHECKING:
    import asyncpg

    from backend.engine.versions import Identity
    from backend.webhooks.stripe_gateway import StripeSetup
    from backend.webhooks.stripe_reconciliation import Report
    from backend.webhooks.stripe_records import Explanation

LINE_CHARACTERS_MAX = 5_000  # Terminals wrap by themselves, and programs that filter lines want whole ones.
Json = Annotated[bool, Parameter(name="--json", negative="")]
Status = Literal["pending", "ignored", "parked", "failed", "dead"]

billing_app = App(name="billing", help="Memberships and Stripe: whether they agree, why somebody has access.")


@billing_app.command(name="reconcile")
def reconcile_memberships(*, database_url: DatabaseUrl = None, json: Json = False) -> int:
    """Compare every subscription with Stripe's and mend what differs; a running service does so every night.

    Reads FOLKMOOT_STRIPE_SECRET_KEY and the other settings of payments from the environment.

    Parameters
    ----------
    database_url
        The database, as `postgres`. Without it, the stack's own.
    json
        Print a JSON object of what was found instead of lines.
    """
    from backend.devstack.errors import StackError
    from backend.postgres import PostgresError
    from backend.runtime.errors import Refusal
    from backend.server.stripe_settings import StripeSettings

    try:
        setup = StripeSettings.model_validate({}).stripe_setup
        report = asyncio.run(_reconcile(database_url_of(database_url), setup))
    except Refusal as error:
        print(f"folkmoot: {error.message} [{error.code}]", file=sys.stderr)
        return 1
    except (PostgresError, StackError) as error:
        refuse(error)
        return 1
    if json:
        print(json_text.dumps(asdict(report)))
        return 0
    from backend.webhooks.stripe_reconciliation import describe

    for subscription_id, difference in report.mended.items():
        print(f"{subscription_id}: {difference}")
    for subscription_id in report.memberships:
        print(f"{subscription_id}: its membership was not what follows from it")
    print(describe(report))
    return 0


async def _reconcile(dsn: str, setup: StripeSetup) -> Report:
    from backend.runtime.context import ActionContext
    from backend.runtime.execution import Execution
    from backend.runtime.session import SERVICE
    from backend.server.app import FUNCTIONS
    from backend.webhooks.stripe_gateway import StripeGateway
    from backend.webhooks.stripe_reconciliation import Report, reconcile_all
    from schema.tables import CATALOG

    async def nobody(token: str) -> Identity:
        raise AssertionError("a command has no token")

    gateway = StripeGateway(setup)
    execution = Execution(
        dsn=dsn,
        registry=FUNCTIONS,
        catalog=CATALOG,
        verify=nobody,
        cursor_secret=b"",
        observe=lambda _: None,
        production=False,
        gateways={StripeGateway: gateway},
    )
    report, told = Report(), -1
    async with gateway.running(), execution.running():
        async for so_far in reconcile_all(ActionContext(SERVICE, execution), gateway):
            report = so_far
            if report.looked_at != told:
                told = report.looked_at
                tell(f"{told} compared, {len(report.mended)} mended")
    return report


@billing_app.command(name="explain")
def explain_access(person: str, /, *, database_url: DatabaseUrl = None, json: Json = False) -> int:
    """Say why somebody has access or has none, event by event; exit code 1 if there is no such person.

    Parameters
    ----------
    person
        Their id or their address.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    json
        Print one JSON object.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.webhooks.stripe_records import explain, find_person

        user_id = await find_person(connection, person)
        if user_id is None:
            print(f"folkmoot: There is nobody called {person}. [billing.unknown_person]", file=sys.stderr)
            return 1
        found = await explain(connection, user_id)
        if json:
            print(json_text.dumps(asdict(found), default=str))
        else:
            _show(found)
        return 0

    return on_database(database_url, run)


@billing_app.command(name="replay")
def replay_events(*event_ids: str, status: tuple[Status, ...] = (), database_url: DatabaseUrl = None) -> int:
    """Have the running service work on events again; exit code 1 if one is unknown.

    Parameters
    ----------
    event_ids
        As Stripe calls them, and as `folkmoot billing explain` shows them.
    status
        All events in this state; may be given several times.
    database_url
        The database, as `postgres`. Without it, the stack's own.
    """

    async def run(connection: asyncpg.Connection) -> int:
        from backend.webhooks.stripe_records import replay

        replayed = await replay(connection, event_ids=event_ids, statuses=status)
        for event_id in replayed:
            print(f"Worked on again: {event_id}")
        unknown = sorted(set(event_ids) - set(replayed))
        for event_id in unknown:
            print(f"folkmoot: There is no event {event_id}. [billing.unknown_event]", file=sys.stderr)
        return 1 if unknown else 0

    return on_database(database_url, run)


def _show(found: Explanation) -> None:
    console = Console(highlight=False, width=LINE_CHARACTERS_MAX)
    opens = [one for one in found.memberships if one.opens]
    console.print(f"{found.user_id} {'has access' if opens else 'has no access'}.")
    console.print(f"Customers: {', '.join(found.customers) or 'none'}")
    for one in found.memberships:
        until = f" ({one.access_until:%Y-%m-%d %H:%M:%S%z})" if one.access_until else ""
        state = "opens" if one.opens else "opens nothing"
        console.print(
            Text(f"{one.subscription_id}: {one.status}, tier {one.tier}, {state}: {one.why}{until}")
        )
    for line in found.without:
        console.print(Text(line))
    table = Table("at", "event", "type", "state", "tries", "led to", box=None)
    for event in found.events:
        at = event.occurred_at.isoformat(sep=" ", timespec="seconds")
        said = event.last_error if event.status in ("failed", "dead") else event.note
        cells = (event.type, event.status, str(event.attempts), said or "")
        table.add_row(at, event.event_id, *(Text(cell) for cell in cells))
    console.print(table)
