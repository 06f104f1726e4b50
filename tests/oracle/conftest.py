"""One PostgreSQL for these histories alone: they kill it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.oracle.place import Machine, running_machine


@pytest.fixture(scope="session")
async def machine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Machine]:
    """What the histories of this folder run on, one after the other."""
    async with running_machine(tmp_path_factory.mktemp("oracle")) as running:
        yield running
