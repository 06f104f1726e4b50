"""The commands of `folkmoot`: their options, and how they end.

The exit code is 0 when a command has done its work or was told to end, 1 after one message that names the
mend, 2 for options that do not exist. Each command imports what it runs when it runs: `folkmoot dev` starts
others.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from backend.cli.billing_commands import billing_app
from backend.cli.console import refuse
from backend.cli.derived_commands import derived_app
from backend.cli.jobs_commands import jobs_app
from backend.cli.schema_commands import schema_app
from backend.cli.types_commands import types_app
from backend.devstack.errors import StackError

if TYPE_CHECKING:
    from backend.devstack.stack import StackOptions

app = App(name="folkmoot", help="A Convex-style reactive backend on Supabase.", version_flags=["--version"])
app.command(schema_app)
app.command(derived_app)
app.command(jobs_app)
app.command(billing_app)
app.command(types_app)

Json = Annotated[bool, Parameter(name="--json", negative="")]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class StackArguments:
    """What `stack` and `dev` have in common."""

    data_dir: Path = Path(".folkmoot")
    "Where the embedded PostgreSQL keeps its data."

    api_port: int | None = None
    "Port of the API (default: from the configuration, 54321). 0 takes a free one."

    db_port: int | None = None
    "Port of PostgreSQL (default: from the configuration, 54322). 0 takes a free one."

    database_url: str | None = None
    "A superuser's URL of an existing, empty PostgreSQL database to use instead of the embedded server."

    config: Path = Path("supabase/config.toml")
    "The configuration, as the Supabase CLI knows it."

    def options(self) -> StackOptions:
        from backend.devstack.stack import StackOptions

        return StackOptions(
            data_directory=self.data_dir,
            config_path=self.config,
            api_port=self.api_port,
            database_port=self.db_port,
            database_url=self.database_url,
        )


_DEFAULTS = StackArguments()


@app.command
def stack(arguments: StackArguments = _DEFAULTS, *, json: Json = False) -> int:
    """Run the local Supabase: PostgreSQL, REST and Auth behind one port.

    Parameters
    ----------
    json
        Print one line of JSON when everything answers, and nothing else, on stdout.
    """
    from backend.cli.running import run_stack

    return run_stack(arguments.options(), as_json=json)


@app.command
def dev(arguments: StackArguments = _DEFAULTS, *, service_port: int = 8000, json: Json = False) -> int:
    """Run the local Supabase and the Folkmoot service, which starts again when its code changes.

    Parameters
    ----------
    service_port
        Port of the service. 0 takes a free one.
    json
        Print one line of JSON when everything answers, and nothing else, on stdout.
    """
    from backend.cli.running import run_dev

    return run_dev(arguments.options(), service_port=service_port, as_json=json)


@app.command
def reset(arguments: StackArguments = _DEFAULTS) -> int:
    """Empty the embedded database, and apply the migrations and the seed anew. No stack may be running."""
    from backend.cli.running import run_reset

    return run_reset(arguments.options())


@app.command
def service() -> int:
    """Run the Folkmoot service alone, set up by FOLKMOOT_* environment variables, until told to end."""
    from backend.cli.service_server import serve_service

    return serve_service()


def main() -> None:
    """The entry point of the `folkmoot` command."""
    try:
        code = app(result_action="return_value")
    except StackError as error:
        refuse(error)
        code = 1
    except OSError as error:  # A full disk, a file without rights: the message names it.
        refuse(StackError("stack.system", str(error), hint="Mend what the system names, and start again."))
        code = 1
    except KeyboardInterrupt:  # Nothing has been started yet, or all of it has ended.
        code = 0
    sys.exit(code)
