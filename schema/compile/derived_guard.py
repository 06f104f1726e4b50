"""Keeps every writer but the triggers off the derived columns, whatever its grants.

An insert gets the value of an empty beginning, an update keeps the value that was there, and copies are
looked up; what is computed from the row itself comes after (`derived_computed`). The owner of the tables, a
restored dump and a careless migration are corrected like anyone else.
"""

from textwrap import indent

from schema.compile.derived_accounts import account_copies
from schema.compile.derived_aggregates import empty_value
from schema.compile.derived_changes import NOT_DERIVED
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import BandOf, CopyOf, Kept
from schema.language.names import GUARD_TRIGGER, guard_function
from schema.language.spec import TableSpec


def compile_guard(table: TableSpec, catalog: Catalog) -> list[str]:
    """Create the guard of `table`; nothing for a table without columns made of other rows."""
    aggregates, copied = _aggregates(table), _copied(table, catalog)
    bands = [quote_identifier(c.name) for c in table.columns if isinstance(c.derived, BandOf)]
    if not (aggregates or copied or bands):
        return []  # Only computed fields, which depend on nothing that was there before.
    empty = [f"new.{field} := {beginning};" for field, beginning in aggregates]
    lookups = [lookup for _, _, lookup in copied]
    # A band is looked for after this, where the number it goes by has changed.
    kept = [f"new.{field} := old.{field};" for field in (*(field for field, _ in aggregates), *bands)]
    kept += [_keep(via, fields, lookup) for via, fields, lookup in copied]
    body = plpgsql_block(
        "if tg_op = 'INSERT' then",
        *(indent(text, "    ") for text in (*empty, *lookups)),
        "else",
        *(indent(text, "    ") for text in kept),
        "end if;",
        "return new;",
    )
    name = f"derived.{quote_identifier(guard_function(table))}"
    # `current_user` is tried before the function runs: inside it would always be the owner.
    trigger = compile_trigger(
        GUARD_TRIGGER, table, name, when="before insert or update", each="row", only_if=NOT_DERIVED
    )
    return [Function(name, body, owner=DERIVED_OWNER).sql, trigger]


def _aggregates(table: TableSpec) -> list[tuple[str, str]]:
    """The columns made of other rows, with what each holds where there are none."""
    return [
        (quote_identifier(column.name), empty_value(column.derived))
        for column in table.derived_columns
        if isinstance(column.derived, Kept)
    ]


def _copied(table: TableSpec, catalog: Catalog) -> list[tuple[str, list[str], str]]:
    """References, sorted; with each the columns copied through it, and the statement that looks them up."""
    copies = [(c.name, c.derived) for c in table.derived_columns if isinstance(c.derived, CopyOf)]
    found: list[tuple[str, list[str], str]] = []
    for via in sorted({copy.via for _, copy in copies}):
        group = [(name, copy) for name, copy in copies if copy.via == via]
        source = quote_qualified(catalog.table(group[0][1].source))
        where = f"{source} as source where source.id = new.{quote_identifier(via)}"
        pairs = [(name, f"source.{quote_identifier(copy.column)}") for name, copy in group]
        found.append((via, [name for name, _ in group], _look_up(pairs, where)))
    if accounts := account_copies(table):
        pairs = [(name, f"account.{copy.column}") for name, copy in accounts]
        lookup = _look_up(pairs, "derived.account(new.id) as account")
        found.append(("id", [name for name, _ in accounts], lookup))
    return found


def _look_up(pairs: list[tuple[str, str]], where: str) -> str:
    fields = ", ".join(f"new.{quote_identifier(name)}" for name, _ in pairs)
    return f"select {', '.join(value for _, value in pairs)} into {fields}\n    from {where};"


def _keep(via: str, fields: list[str], lookup: str) -> str:
    reference = quote_identifier(via)
    kept = "\n".join(f"new.{quote_identifier(name)} := old.{quote_identifier(name)};" for name in fields)
    return (
        f"if new.{reference} is distinct from old.{reference} then\n{indent(lookup, '    ')}\n"
        f"else\n{indent(kept, '    ')}\nend if;"
    )
