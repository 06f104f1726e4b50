"""What people, and programs, see of the stack."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from backend.devstack.errors import StackError

if TYPE_CHECKING:
    from backend.devstack.stack import Stack
    from backend.postgres import PostgresError

_progress = Console(stderr=True, highlight=False)


def tell(step: str) -> None:
    """Say on stderr what is being done; stdout is for the outcome."""
    _progress.print(f"[dim]{step}[/dim]", soft_wrap=True)


def refuse(error: StackError | PostgresError) -> None:
    """Say on stderr what is wrong and how to mend it."""
    print(f"folkmoot: {error.message} [{error.code}]", file=sys.stderr)
    if error.hint:
        print(error.hint, file=sys.stderr)


def show_ready(stack: Stack, service_url: str | None, *, as_json: bool) -> None:
    """Say on stdout that everything answers, and where: a line for each fact, or one line of JSON."""
    keys = stack.keys
    facts = {
        "api_url": stack.api_url,
        "service_url": service_url,
        "db_url": stack.database_url,
        "anon_key": keys.anon_key,
        "service_role_key": keys.service_role_key,
        "publishable_key": keys.publishable_key,
        "secret_key": keys.secret_key,
        "jwt_secret": keys.jwt_secret,
    }
    if as_json:
        print(json.dumps(facts), flush=True)
        return
    print("Folkmoot is running. Ctrl-C ends it.")
    for name, value in facts.items():
        if value is not None:
            print(f"{name.replace('_', ' '):>16}: {value}", flush=True)
