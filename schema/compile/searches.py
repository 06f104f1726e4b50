"""Where searches look for rows: views of what each role sees, in which an index may be asked first.

PostgreSQL tries a table's policies before every condition that may leak, and all those count as such that a
GIN index serves: under row security a search reads the whole table. (To mark them as leakproof takes a
superuser, which nobody is on Supabase.) So the same rules stand in a view of the tables' owner, where they
are conditions like any other. It shows no row that its reader does not see, but is no security barrier:
conditions of one's own could tell of other rows, by an error say. Therefore no client reaches the schema of
these views, and the service asks them for ids only: rows are read from their table, whose policies have the
last word.
"""

from collections.abc import Iterator

from schema.compile.quoting import quote_columns, quote_identifier, quote_qualified
from schema.compile.rules import compile_rule, readable_to_writer
from schema.language.catalog import Catalog
from schema.language.names import SearchReader, search_view
from schema.language.reads import NOTHING_KNOWN, VISITOR, simplify
from schema.language.rules import Nobody, Rule
from schema.language.spec import TableSpec

_ROLES = ("anon", "authenticated", "folkmoot_writer")
"""The roles that row security binds."""

_SCHEMA = f"""\
create schema searches;
revoke all on schema searches from public;
grant usage on schema searches to {", ".join(_ROLES)};"""


def compile_searches(catalog: Catalog) -> list[str]:
    """Create the views for every table with an index that searches use."""
    views = [view for table in catalog if table.is_searched for view in _views(table, catalog)]
    return [_SCHEMA, *views] if views else []


def searched_relation(table: TableSpec, catalog: Catalog, role: str) -> str:
    """What a search under `role` looks for ids in, as SQL: a view, or the table for whoever has none.

    That is `service_role`, which passes row security by, and roles that see no row of the table.
    """
    reader = _readers(table, catalog).get(role)
    return quote_qualified(table) if reader is None else _name(table, reader)


def _name(table: TableSpec, reader: SearchReader) -> str:
    return f"searches.{quote_identifier(search_view(table, reader))}"


def _readers(table: TableSpec, catalog: Catalog) -> dict[str, SearchReader]:
    """Whose view each role searches; a role that sees nothing is left out."""
    visitors, people, writer = (_condition(table, catalog, role) for role in _ROLES)
    as_people = "people" if writer == people else "writer"
    readers: list[SearchReader] = ["visitors", "people", as_people]
    seen = zip(_ROLES, readers, (visitors, people, writer), strict=True)
    return {role: reader for role, reader, condition in seen if condition is not None}


def _views(table: TableSpec, catalog: Catalog) -> Iterator[str]:
    readers = _readers(table, catalog)
    for reader in dict.fromkeys(readers.values()):
        roles = [role for role, own in readers.items() if own == reader]
        name = _name(table, reader)
        yield "\n".join(
            [
                f"create view {name} as",
                f"select * from {quote_qualified(table)} as one",
                f"where {_condition(table, catalog, roles[0])};",
                f"revoke all on table {name} from public, anon, authenticated, service_role;",
                *(_grant(table, name, role) for role in roles),
            ]
        )


def _grant(table: TableSpec, name: str, role: str) -> str:
    shown = ""
    if table.hidden_columns and role != "folkmoot_writer":
        columns = tuple(column.name for column in table.stored_columns if not column.hidden)
        shown = f" ({quote_columns(columns)})"
    return f"grant select{shown} on table {name} to {role};"


def _condition(table: TableSpec, catalog: Catalog, role: str) -> str | None:
    """What the role's policy holds rows of `table` to; None where no row passes."""
    sight = readable_to_writer if role == "folkmoot_writer" else _readable
    known = VISITOR if role == "anon" else NOTHING_KNOWN
    if isinstance(simplify(sight(table), table, catalog, known), Nobody):
        return None
    return compile_rule(sight(table), table, catalog, row="one", known=known, sight=sight)


def _readable(table: TableSpec) -> Rule:
    return table.access.read
