"""A club for all tests of a file, and one of its own for a test that wants other settings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.devstack.cluster import Cluster
from tests.databases import copied_database
from tests.stripe.club import Club, open_club


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The SDK hands httpx its forms in a way that httpx will not take for ever."""
    for item in items:
        if "tests/stripe" in item.nodeid:
            mark = pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw:DeprecationWarning")
            item.add_marker(mark)


@pytest.fixture(scope="module")
async def club(cluster: Cluster, migrated_template: str) -> AsyncIterator[Club]:
    """The club of this file's tests: each brings its own people."""
    async with copied_database(cluster, migrated_template) as database, open_club(database) as club:
        yield club
