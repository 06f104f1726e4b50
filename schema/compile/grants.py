"""Grants: everything is taken away, then given back by table and column. Derived columns go to nobody."""

from schema.compile.derived_access import DerivedAccess
from schema.compile.functions import DERIVED_OWNER
from schema.compile.quoting import quote_columns, quote_qualified
from schema.language.catalog import Catalog
from schema.language.reads import VISITOR, simplify
from schema.language.rules import Nobody
from schema.language.spec import TableSpec


def compile_grants(table: TableSpec, catalog: Catalog, derived: DerivedAccess) -> list[str]:
    """Say who may reach which columns of `table` at all; row security decides the rest."""
    name, access = quote_qualified(table), table.access
    writers = "folkmoot_writer, authenticated" if access.direct else "folkmoot_writer"
    own = quote_columns(tuple(column.name for column in table.columns if column.derived is None))
    named = access.insert_names
    given = quote_columns(
        tuple(
            column.name
            for column in table.columns
            if column.writable and (named is None or column.name in ("id", *named))
        )
    )
    visible = not isinstance(simplify(access.read, table, catalog, VISITOR), Nobody)
    readers = "anon, authenticated, folkmoot_writer" if visible else "authenticated, folkmoot_writer"
    statements = [
        f"revoke all on table {name} from public, anon, authenticated, service_role;",
        f"grant select on table {name} to {readers}, service_role;",
        f"grant insert ({own}), update ({own}), delete on table {name} to service_role;",
    ]
    if not isinstance(access.insert_rule, Nobody):
        statements.append(f"grant insert ({given}) on table {name} to {writers};")
    if access.can_change:
        statements.append(
            f"grant update ({quote_columns(access.update.names)}) on table {name} to {writers};"
        )
    if not isinstance(access.delete, Nobody):
        statements.append(f"grant delete on table {name} to {writers};")
    if columns := derived.read.get(table.qualified):
        statements.append(f"grant select ({quote_columns(columns)}) on table {name} to {DERIVED_OWNER};")
    if columns := derived.locked.get(table.qualified):
        statements.append(f"grant update ({quote_columns(columns)}) on table {name} to {DERIVED_OWNER};")
    return statements
