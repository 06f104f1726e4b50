"""Grants: everything is taken away, then given back by table and column. Derived columns go to nobody."""

from schema.compile.derived_access import DerivedAccess
from schema.compile.functions import DERIVED_OWNER
from schema.compile.quoting import quote_columns, quote_qualified
from schema.language.access import Access, Write
from schema.language.catalog import Catalog
from schema.language.reads import VISITOR, simplify
from schema.language.rules import Nobody
from schema.language.spec import TableSpec


def compile_grants(table: TableSpec, catalog: Catalog, derived: DerivedAccess) -> list[str]:
    """Say who may reach which columns of `table` at all; row security decides the rest."""
    name, access = quote_qualified(table), table.access
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
    browsers = "anon, authenticated" if visible else "authenticated"
    statements = [
        f"revoke all on table {name} from public, anon, authenticated, service_role;",
        *_grant_reads(table, name, browsers),
        f"grant insert ({own}), update ({own}), delete on table {name} to service_role;",
    ]
    if not isinstance(access.insert_rule, Nobody):
        statements.append(f"grant insert ({given}) on table {name} to {_writers(access, 'insert')};")
    if access.can_change:
        statements.append(
            f"grant update ({quote_columns(access.update.names)}) on table {name}"
            f" to {_writers(access, 'update')};"
        )
    if not isinstance(access.delete, Nobody):
        statements.append(f"grant delete on table {name} to {_writers(access, 'delete')};")
    if columns := derived.read.get(table.qualified):
        statements.append(f"grant select ({quote_columns(columns)}) on table {name} to {DERIVED_OWNER};")
    if columns := derived.locked.get(table.qualified):
        statements.append(f"grant update ({quote_columns(columns)}) on table {name} to {DERIVED_OWNER};")
    return statements


def _grant_reads(table: TableSpec, name: str, browsers: str) -> list[str]:
    if not table.hidden_columns:
        return [f"grant select on table {name} to {browsers}, folkmoot_writer, service_role;"]
    shown = quote_columns(tuple(column.name for column in table.stored_columns if not column.hidden))
    return [
        f"grant select on table {name} to folkmoot_writer, service_role;",
        f"grant select ({shown}) on table {name} to {browsers};",
    ]


def _writers(access: Access, write: Write) -> str:
    return "folkmoot_writer, authenticated" if access.is_direct(write) else "folkmoot_writer"
