"""Row security: one policy per table, operation and kind of caller, so that none is tried in vain."""

from schema.compile.callers import READERS
from schema.compile.derived_access import DerivedAccess
from schema.compile.functions import DERIVED_OWNER
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.compile.rules import compile_rule, readable_to_writer
from schema.language.access import Access, Write
from schema.language.catalog import Catalog
from schema.language.reads import NOTHING_KNOWN, VISITOR, Known, simplify
from schema.language.rules import Nobody, Rule
from schema.language.spec import TableSpec


def compile_policies(table: TableSpec, catalog: Catalog, derived: DerivedAccess) -> list[str]:
    """Create every policy of `table`; an operation without one is refused.

    `service_role` needs none: it passes row security by.
    """
    access = table.access
    by_member = simplify(access.read, table, catalog, NOTHING_KNOWN)
    by_writer = simplify(readable_to_writer(table), table, catalog, NOTHING_KNOWN)
    readers = (
        [("read", READERS, by_member)]
        if by_member == by_writer
        else [("read", ("authenticated",), by_member), ("read_as_writer", ("folkmoot_writer",), by_writer)]
    )
    candidates = [
        _policy(table, catalog, "read_as_visitor", "select", ("anon",), access.read, known=VISITOR),
        *(_policy(table, catalog, name, "select", roles, rule) for name, roles, rule in readers),
        _policy(table, catalog, "insert", "insert", _writers(access, "insert"), access.insert_rule),
        _policy(table, catalog, "update", "update", _writers(access, "update"), access.update.rule),
        _policy(table, catalog, "delete", "delete", _writers(access, "delete"), access.delete),
    ]
    policies = [policy for policy in candidates if policy is not None]
    if table.qualified in derived.read:
        policies.append(_derived_policy(table, "derived_read", "select", "using (true)"))
    if table.qualified in derived.locked:
        policies.append(_derived_policy(table, "derived_update", "update", "using (true) with check (true)"))
    return policies


def _writers(access: Access, write: Write) -> tuple[str, ...]:
    return READERS if access.is_direct(write) else ("folkmoot_writer",)


def _policy(
    table: TableSpec,
    catalog: Catalog,
    name: str,
    operation: str,
    roles: tuple[str, ...],
    rule: Rule,
    *,
    known: Known = NOTHING_KNOWN,
) -> str | None:
    if isinstance(simplify(rule, table, catalog, known), Nobody):
        return None
    condition = compile_rule(rule, table, catalog, known=known)
    clauses = {
        "select": f"using ({condition})",
        "insert": f"with check ({condition})",
        "update": f"using ({condition})\n    with check ({condition})",
        "delete": f"using ({condition})",
    }
    return (
        f"create policy {quote_identifier(name)} on {quote_qualified(table)} for {operation}"
        f" to {', '.join(roles)}\n    {clauses[operation]};"
    )


def _derived_policy(table: TableSpec, name: str, operation: str, clauses: str) -> str:
    return (
        f"create policy {quote_identifier(name)} on {quote_qualified(table)} for {operation}"
        f" to {DERIVED_OWNER}\n    {clauses};"
    )
