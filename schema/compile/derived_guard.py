"""Keeps every writer but the triggers off the derived columns, whatever its grants.

An insert gets the value of an empty beginning, an update keeps the value that was there, and copies are
looked up; what is computed from the row itself comes after (`derived_computed`). The owner of the tables, a
restored dump and a careless migration are corrected like anyone else.
"""

from textwrap import indent

from schema.compile.derived_changes import NOT_DERIVED
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_qualified
from schema.language.catalog import Catalog
from schema.language.derived import CopyOf, CountOf, LastOf, SumOf
from schema.language.names import guard_function
from schema.language.spec import TableSpec


def compile_guard(table: TableSpec, catalog: Catalog) -> list[str]:
    """Create the guard of `table`; nothing for a table without columns made of other rows."""
    copies = _copies(table)
    lookups = [_look_up(via, group, catalog) for via, group in copies]
    aggregates = _aggregates(table)
    if not (aggregates or copies):
        return []  # Only computed fields, which depend on nothing that was there before.
    empty = [f"new.{field} := {beginning};" for field, beginning in aggregates]
    kept = [f"new.{field} := old.{field};" for field, _ in aggregates]
    kept += [_keep(via, group, lookup) for (via, group), lookup in zip(copies, lookups, strict=True)]
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
        "derived_guard", table, name, when="before insert or update", each="row", only_if=NOT_DERIVED
    )
    return [Function(name, body, owner=DERIVED_OWNER).sql, trigger]


def _aggregates(table: TableSpec) -> list[tuple[str, str]]:
    """The columns made of other rows, with what each holds where there are none."""
    return [
        (quote_identifier(column.name), "null" if isinstance(column.derived, LastOf) else "0")
        for column in table.derived_columns
        if isinstance(column.derived, CountOf | SumOf | LastOf)
    ]


def _copies(table: TableSpec) -> list[tuple[str, list[tuple[str, CopyOf]]]]:
    """The copied columns with what they copy, by the reference they are copied through, sorted."""
    copies = [(c.name, c.derived) for c in table.derived_columns if isinstance(c.derived, CopyOf)]
    vias = sorted({copy.via for _, copy in copies})
    return [(via, [(name, copy) for name, copy in copies if copy.via == via]) for via in vias]


def _look_up(via: str, copies: list[tuple[str, CopyOf]], catalog: Catalog) -> str:
    columns = ", ".join(f"source.{quote_identifier(copy.column)}" for _, copy in copies)
    fields = ", ".join(f"new.{quote_identifier(name)}" for name, _ in copies)
    source = quote_qualified(catalog.table(copies[0][1].source))
    return (
        f"select {columns} into {fields}\n"
        f"    from {source} as source where source.id = new.{quote_identifier(via)};"
    )


def _keep(via: str, copies: list[tuple[str, CopyOf]], lookup: str) -> str:
    reference = quote_identifier(via)
    kept = "\n".join(f"new.{quote_identifier(name)} := old.{quote_identifier(name)};" for name, _ in copies)
    return (
        f"if new.{reference} is distinct from old.{reference} then\n{indent(lookup, '    ')}\n"
        f"else\n{indent(kept, '    ')}\nend if;"
    )
