"""The whole catalog as one migration."""

from collections.abc import Iterator

from schema.compile.callers import compile_callers
from schema.compile.derived_access import derived_access
from schema.compile.derived_accounts import compile_accounts
from schema.compile.derived_aggregates import compile_aggregates
from schema.compile.derived_bands import compile_bands
from schema.compile.derived_computed import compile_computed
from schema.compile.derived_copies import compile_copies
from schema.compile.derived_guard import compile_guard
from schema.compile.derived_queue import COPY_QUEUE, compile_drain
from schema.compile.derived_queued import compile_lists, compile_queued
from schema.compile.grants import compile_grants
from schema.compile.jobs import compile_jobs
from schema.compile.policies import compile_policies
from schema.compile.publication import compile_publication
from schema.compile.references import compile_references
from schema.compile.routines import compile_handwritten
from schema.compile.searches import compile_searches
from schema.compile.service import (
    REQUEST_LOG,
    ROLES,
    SCHEMAS,
    compile_automatic,
    compile_clocks,
    compile_domain_schemas,
    compile_sign_up,
)
from schema.compile.tables import compile_foreign_keys, compile_index, compile_table
from schema.language.catalog import Catalog
from schema.language.rules import ROLE_TABLE


def render_migration(catalog: Catalog) -> str:
    """SQL that builds everything `catalog` declares in a Supabase database without any of it.

    Meant for the role `postgres`, which need not be a superuser; PostgreSQL 15 or newer. Equal catalogs give
    equal text. It is plain statements without a transaction: the tool that applies it brings that.
    """
    sections: list[str] = []
    for title, statements in _sections(catalog):
        sections += [f"-- {title}", *statements] if statements else []
    return "\n\n".join(sections) + "\n"


def _sections(catalog: Catalog) -> Iterator[tuple[str, list[str]]]:
    """Titles and statements, in an order in which each finds what it names."""
    derived = derived_access(catalog)
    yield "Roles and schemas", [ROLES, SCHEMAS, compile_domain_schemas(catalog)]
    for table in catalog:
        indexes = [compile_index(table, index) for index in table.indexes]
        yield f"Table {table.qualified}", [compile_table(table), *indexes]
    yield "Foreign keys", [key for table in catalog for key in compile_foreign_keys(table, catalog)]
    yield "Tables of the service", [REQUEST_LOG, COPY_QUEUE, *compile_lists(catalog)]
    yield "Scheduled jobs", compile_jobs()
    yield "Facts about the caller", compile_callers(catalog)
    for table in catalog:
        policies = compile_policies(table, catalog, derived)
        yield f"Access to {table.qualified}", [*compile_grants(table, catalog, derived), *policies]
    yield "Searches", compile_searches(catalog)
    yield (
        "Derived fields",
        [
            *(text for table in catalog for text in compile_guard(table, catalog)),
            *compile_aggregates(catalog),
            *compile_queued(catalog),
            *compile_copies(catalog),
            *compile_bands(catalog),
            compile_drain(catalog),
            *compile_accounts(catalog),
            *compile_computed(catalog),
        ],
    )
    yield "References to one of several tables, and answers", compile_references(catalog)
    yield "Clocks", compile_clocks(catalog)
    yield "Rows made with those they extend", compile_automatic(catalog)
    yield "Views and functions", compile_handwritten(catalog)
    if ROLE_TABLE in catalog:
        yield "Sign-up", compile_sign_up(catalog.table(ROLE_TABLE))
    yield "Change feed", compile_publication(catalog)
