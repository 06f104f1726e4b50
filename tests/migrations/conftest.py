"""Servers on which databases are compared: PostgreSQL 18 and 15."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.cli.schema_databases import Scratch
from backend.devstack.preparation import with_user
from tests.databases import BOOTSTRAPPED
from tests.migrations.servers import DEBIAN_CHECKER, postgres_15


@pytest.fixture(scope="session")
async def scratch_18(cluster) -> Scratch:
    """Databases of the session's own server."""
    return Scratch(cluster.dsn, BOOTSTRAPPED)


@pytest.fixture(scope="session")
async def scratch_15() -> AsyncIterator[Scratch]:
    """Databases of a PostgreSQL 15."""
    async with postgres_15() as dsn:
        yield Scratch(lambda user, name: f"{with_user(dsn, user).rpartition('/')[0]}/{name}", "postgres")


@pytest.fixture(params=["18", "15"])
def scratch(request: pytest.FixtureRequest) -> Scratch:
    """Each of them in turn."""
    return request.getfixturevalue(f"scratch_{request.param}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not DEBIAN_CHECKER.exists():
        terminalreporter.write_line(
            f"Functions were not linted by plpgsql_check: {DEBIAN_CHECKER} is not installed "
            "(Debian: postgresql-15-plpgsql-check)."
        )
