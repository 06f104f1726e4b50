"""Grants: what two databases allow, as the statements between them."""

from collections.abc import Iterable, Iterator

from schema.compile.diff_changes import Changes
from schema.compile.inspection import Found, FoundColumn, FoundDefinition, FoundTable, Grant

EVERYONE = "public, anon, authenticated, service_role"
"""Those to whom a Supabase may grant, unasked, what is new."""


def close(found: Found) -> Iterator[str]:
    """Take away from a new object what it was granted to unasked."""
    match found:
        case FoundTable(name=name):
            yield f"revoke all on table {name} from {EVERYONE}"
        case FoundDefinition(kind="view" | "materialized view", name=name):
            yield f"revoke all on table {name} from {EVERYONE}"
        case FoundDefinition(kind="function" | "procedure" | "sequence" as kind, name=name):
            yield f"revoke all on {kind} {name} from {EVERYONE}"
        case _:
            pass


def grants_of(key: str, changes: Changes) -> list[str]:
    """Everything that is granted on a new object."""
    return _statements("grant", "to", changes.declared.grants_on.get(key, ()))


def changed_grants(changes: Changes) -> list[str]:
    """What is taken away from and granted on objects that stay."""
    stays = changes.built.found.keys() & changes.declared.found.keys() - changes.remade
    before = {grant for grant in changes.built.grants if grant.of in stays and _has_column(grant, changes)}
    after = {grant for grant in changes.declared.grants if grant.of in stays}
    revoked, granted = before - after, after - before
    # To take a privilege on a table away takes it away on each of its columns, too.
    whole = {(grant.of, grant.grantee, grant.privilege) for grant in revoked if grant.column is None}
    granted |= {
        grant for grant in after if grant.column and (grant.of, grant.grantee, grant.privilege) in whole
    }
    return [*_statements("revoke", "from", revoked), *_statements("grant", "to", granted)]


def _has_column(grant: Grant, changes: Changes) -> bool:
    """Whether the column of a grant, if it is about one, outlives the migration."""
    if grant.column is None or not grant.of.startswith("table "):
        return True
    key = f"table column {grant.of.removeprefix('table ')}.{grant.column}"
    found = changes.declared.found.get(key)
    return isinstance(found, FoundColumn) and key not in changes.remade


def _statements(verb: str, preposition: str, grants: Iterable[Grant]) -> list[str]:
    """One statement for all who are granted the same on the same object."""
    privileges: dict[tuple[str, bool, str], dict[tuple[str, bool], list[str]]] = {}
    for grant in grants:
        held = privileges.setdefault((grant.target, grant.grantable, grant.grantee), {})
        columns = held.setdefault((grant.privilege.lower(), grant.column is not None), [])
        columns += [grant.column] if grant.column else []
    alike: dict[tuple[str, bool, str], list[str]] = {}
    for (target, grantable, grantee), held in privileges.items():
        text = ", ".join(
            f"{privilege} ({', '.join(sorted(columns))})" if columns else privilege
            for (privilege, _), columns in sorted(held.items())
        )
        alike.setdefault((target, grantable, text), []).append(grantee)
    return [
        f"{verb} {text} on {target} {preposition} {', '.join(sorted(grantees))}"
        f"{' with grant option' if grantable and verb == 'grant' else ''}"
        for (target, grantable, text), grantees in sorted(alike.items())
    ]
