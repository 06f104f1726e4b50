"""Every policy stays fast on a table of 200,000 rows: no function is called per row, and indexes are used."""

import pytest

from schema.tables import CATALOG
from tests.access.policy_plans import find_slow_policies


@pytest.mark.parametrize("name", [table.qualified for table in CATALOG])
async def test_no_policy_is_slow_on_many_rows(filled, name):
    slow = await find_slow_policies(filled, CATALOG.table(name))
    assert not slow, "\n".join([name, *slow])
