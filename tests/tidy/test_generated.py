"""Committed files that are generated hold what their generator gives now."""

from backend.cli.schema_commands import MIGRATION
from schema.compile.migration import render_migration
from schema.tables import CATALOG
from tests.tidy.project import ROOT


def test_the_committed_migration_builds_the_declared_tables():
    # Otherwise: folkmoot schema write
    assert (ROOT / MIGRATION).read_text() == render_migration(CATALOG)
