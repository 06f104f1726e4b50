"""Every Python file keeps the rules of style, and every rule can tell."""

import pytest

from tests.tidy.project import modules
from tests.tidy.rules import ANYWHERE, PRODUCT, Rule


def _says(rule: Rule) -> str:
    return rule.says


@pytest.mark.parametrize("rule", ANYWHERE, ids=_says)
def test_everywhere(rule: Rule):
    assert _complaints(rule, "schema", "backend", "bench", "tests", ".ci") == ""


@pytest.mark.parametrize("rule", PRODUCT, ids=_says)
def test_in_the_product(rule: Rule):
    assert _complaints(rule, "schema", "backend") == ""


@pytest.mark.parametrize("rule", ANYWHERE + PRODUCT, ids=_says)
def test_the_rule_tells_a_file_that_breaks_it_from_one_that_keeps_it(rule: Rule):
    assert [len(list(rule.check(module))) for module in rule.broken] == [1] * len(rule.broken)
    assert [list(rule.check(module)) for module in rule.kept] == [[]] * len(rule.kept)


def _complaints(rule: Rule, *folders: str) -> str:
    """One a line, so that a failure shows them all."""
    found = modules(*folders)
    assert found, folders
    return "\n".join(f"{module.path}:{line} {what}" for module in found for line, what in rule.check(module))
