"""Everybody reads and writes the rows, and the columns, that people would expect, and nothing else."""

import importlib
from pathlib import Path

import pytest

from schema.tables import CATALOG
from tests.access.community import Community
from tests.access.expectation import Expected
from tests.access.matrix import describe, find_wrong

DOMAINS = sorted(path.stem for path in Path(__file__).parent.glob("expected_*.py"))
EXPECTED: tuple[Expected, ...] = tuple(
    expected for domain in DOMAINS for expected in importlib.import_module(f"tests.access.{domain}").EXPECTED
)
BY_NAME = {(expected.table, expected.case): expected for expected in EXPECTED}


def test_no_two_expectations_go_by_the_same_name():
    assert len(BY_NAME) == len(EXPECTED)


@pytest.mark.parametrize("table", [table.qualified for table in CATALOG])
def test_every_table_has_expectations(table):
    assert table in {expected.table for expected in EXPECTED}, f"nobody has said who may do what with {table}"


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
async def test_everybody_can_do_what_is_expected_and_nothing_else(owner, expected):
    wrong = await find_wrong(Community(owner, CATALOG, BY_NAME), expected)
    assert not wrong, describe(expected, wrong)
