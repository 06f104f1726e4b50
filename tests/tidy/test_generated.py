"""Committed files that are generated hold what their generator gives now."""

from backend.cli.schema_commands import MIGRATIONS
from backend.cli.schema_databases import Scratch
from backend.cli.schema_planning import compare
from schema.tables import CATALOG
from tests.databases import BOOTSTRAPPED
from tests.migrations.family import Shape
from tests.tidy.project import ROOT


async def test_the_committed_migrations_build_the_declared_tables(cluster):
    # Otherwise: folkmoot schema diff
    assert await compare(Scratch(cluster.dsn, BOOTSTRAPPED), CATALOG, ROOT / MIGRATIONS) == []


async def test_other_tables_would_need_other_migrations(cluster):
    other = Shape().catalog()
    assert await compare(Scratch(cluster.dsn, BOOTSTRAPPED), other, ROOT / MIGRATIONS) != []
