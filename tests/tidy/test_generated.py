"""Committed files that are generated hold what their generator gives now."""

from backend.cli.schema_commands import MIGRATION
from schema.compile.migration import render_migration
from schema.language import Catalog
from schema.tables import CATALOG, User
from tests.tidy.project import ROOT

COMMITTED = (ROOT / MIGRATION).read_text()


def test_the_committed_migration_builds_the_declared_tables():
    # Otherwise: folkmoot schema write
    assert render_migration(CATALOG) == COMMITTED


def test_other_tables_give_another_migration():
    assert render_migration(Catalog(User)) != COMMITTED
