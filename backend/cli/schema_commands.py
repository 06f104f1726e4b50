"""`folkmoot schema`: the committed migration and the tables it is generated from."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from cyclopts import App

MIGRATION = Path("supabase/migrations/20261121000000_opentribe.sql")
DIFFERENCE_LINES_MAX = 60  # Enough to see what changed; the file itself shows the rest.

schema_app = App(name="schema", help="The tables in schema/tables, and the SQL made of them.")


@schema_app.command
def write() -> int:
    """Write the migration that builds the declared tables."""
    MIGRATION.write_text(_render())
    print(f"Wrote {MIGRATION}.", file=sys.stderr)
    return 0


@schema_app.command
def check() -> int:
    """Compare the committed migration with the declared tables; exit code 1 if they differ."""
    committed = MIGRATION.read_text() if MIGRATION.exists() else ""
    lines = list(
        difflib.unified_diff(
            committed.splitlines(), _render().splitlines(), "committed", "declared", n=1, lineterm=""
        )
    )
    if not lines:
        return 0
    print(*lines[:DIFFERENCE_LINES_MAX], sep="\n", file=sys.stderr)
    print(f"folkmoot: {MIGRATION} is not what schema/tables declares. [schema.differs]", file=sys.stderr)
    print("Run `folkmoot schema write` and commit the file.", file=sys.stderr)
    return 1


def _render() -> str:
    from schema.compile.migration import render_migration
    from schema.tables import CATALOG

    return render_migration(CATALOG)
