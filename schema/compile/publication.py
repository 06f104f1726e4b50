"""What the change feed carries."""

from schema.compile.quoting import quote_qualified
from schema.language.catalog import Catalog
from schema.language.reads import rule_reads

PUBLICATION = "folkmoot"


def compile_publication(catalog: Catalog) -> list[str]:
    """Publish every table, and the queue of copies so that its keeper wakes up.

    Tables that browsers follow themselves are also published to Supabase Realtime.
    """
    tables = ",\n    ".join([*sorted(map(quote_qualified, catalog)), "derived.copy_queue"])
    identities = [f"alter table {name} replica identity full;" for name in _matched_by_value(catalog)]
    followed = ", ".join(sorted(quote_qualified(table) for table in catalog if table.followed))
    return [
        f"create publication {PUBLICATION} for table\n    {tables};",
        *identities,
        *([f"alter publication supabase_realtime add table {followed};"] if followed else []),
    ]


def _matched_by_value(catalog: Catalog) -> list[str]:
    """Tables that some rule reads by another column than the id.

    When such a row goes, or changes that column, the feed must say what it held: by default it says the id.
    """
    tables = {
        read.table
        for table in catalog
        for rule in table.access.rules
        for read in rule_reads(rule, table, catalog)
        if read.column != "id"
    }
    return [quote_qualified(catalog.table(name)) for name in sorted(tables)]
