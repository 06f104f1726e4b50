"""What PostgreSQL's foreign keys cannot say: references to one of several tables, and answers to answers.

Like PostgreSQL's own, these checks run as the tables' owner and see rows the writer may not.
"""

from textwrap import indent

from schema.compile.derived_changes import truncate_refused
from schema.compile.functions import Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier, quote_literal, quote_qualified
from schema.language.catalog import Catalog
from schema.language.names import Operation, exists_function, forget_function, nesting_function
from schema.language.spec import ColumnSpec, TableSpec

FOREIGN_KEY_VIOLATION = "23503"
CHECK_VIOLATION = "23514"


def compile_references(catalog: Catalog) -> list[str]:
    """Create the checks and clean-ups of every polymorphic reference, and the nesting of every table."""
    polymorphic = [
        (table, column) for table in catalog for column in table.columns if column.polymorphic is not None
    ]
    texts = [text for table, column in polymorphic for text in _compile_exists(table, column, catalog)]
    for target in catalog:
        pointing = [
            (table, column, kind)
            for table, column in polymorphic
            for kind, pointed in catalog.targets(table, column)
            if pointed is target and kind is not None
        ]
        if pointing:
            texts += _compile_forget(target, pointing)
    return texts + [text for table in catalog for text in _compile_nesting(table)]


def _compile_exists(table: TableSpec, column: ColumnSpec, catalog: Catalog) -> list[str]:
    assert column.polymorphic is not None, column
    reference = f"one.{quote_identifier(column.name)}"
    kind_column = f"one.{quote_identifier(column.polymorphic.type_column)}"
    statements: list[str] = []
    for kind, target in catalog.targets(table, column):
        assert kind is not None, column
        of_kind = f"new_rows as one where {kind_column} = {quote_literal(kind)}"
        # Locked as a foreign key locks, so that the target cannot go before this transaction ends.
        statements += [
            f"perform from {quote_qualified(target)} as target\n"
            f"    where target.id in (select {reference} from {of_kind})\n"
            f"    order by target.id for key share;",
            f"select {reference} into _missing from {of_kind} and {reference} is not null\n"
            f"    and not exists (select from {quote_qualified(target)} as target"
            f" where target.id = {reference})\n    limit 1;",
            f"if _missing is not null then\n{indent(_missing(table, column, target), '    ')}\nend if;",
        ]
    name = f"private.{quote_identifier(exists_function(table, column.name))}"
    function = Function(name, plpgsql_block(*statements, "return null;", declare=("_missing uuid",)))
    triggers = [
        compile_trigger(
            f"reference_{column.name}_{operation}", table, name, when=f"after {operation}", rows=("new",)
        )
        for operation in ("insert", "update")
    ]
    return [function.sql, *triggers]


def _missing(table: TableSpec, column: ColumnSpec, target: TableSpec) -> str:
    problem = f'insert or update on table "{table.name}" violates polymorphic reference "{column.name}"'
    return (
        f"raise exception using errcode = '{FOREIGN_KEY_VIOLATION}',\n"
        f"    message = {quote_literal(problem)},\n"
        f"    detail = format('Key (%s)=(%s) is not present in table \"%s\".',"
        f" {quote_literal(column.name)}, _missing, {quote_literal(target.name)}),\n"
        f"    schema = {quote_literal(table.schema)}, table = {quote_literal(table.name)},"
        f" column = {quote_literal(column.name)};"
    )


def _compile_forget(target: TableSpec, pointing: list[tuple[TableSpec, ColumnSpec, str]]) -> list[str]:
    texts: list[str] = []
    operations: tuple[Operation, ...] = ("delete", "truncate")
    for operation in operations:
        removals = [_removal(table, column, kind, operation) for table, column, kind in pointing]
        if operation == "truncate":
            removals.insert(0, truncate_refused(target))
        name = f"private.{quote_identifier(forget_function(target, operation))}"
        trigger = compile_trigger(
            f"forget_{operation}",
            target,
            name,
            when=f"after {operation}",
            rows=("old",) if operation == "delete" else (),
        )
        texts += [Function(name, plpgsql_block(*removals, "return null;")).sql, trigger]
    return texts


def _removal(table: TableSpec, column: ColumnSpec, kind: str, operation: Operation) -> str:
    assert column.polymorphic is not None, column
    of_kind = (
        f"delete from {quote_qualified(table)} as one"
        f" where one.{quote_identifier(column.polymorphic.type_column)} = {quote_literal(kind)}"
    )
    if operation == "truncate":
        return f"{of_kind};"
    reference = f"one.{quote_identifier(column.name)}"
    return f"{of_kind}\n    and {reference} in (select former.id from old_rows as former);"


def _compile_nesting(table: TableSpec) -> list[str]:
    if table.nesting is None:
        return []
    parent, within = quote_identifier(table.nesting.parent), quote_identifier(table.nesting.within)
    name = f"private.{quote_identifier(nesting_function(table))}"
    body = plpgsql_block(
        f"if tg_op = 'UPDATE' then\n"
        f"    if (new.{parent}, new.{within}) is distinct from (old.{parent}, old.{within}) then\n"
        f"{indent(_refuse(table, 'a row cannot move to another place'), '        ')}\n"
        f"    end if;\n    return new;\nend if;",
        f"select one.{parent}, one.{within} into _parent, _within\n"
        f"    from {quote_qualified(table)} as one where one.id = new.{parent};",
        f"if _parent is not null then\n"
        f"{indent(_refuse(table, 'only a row of the first level can be answered'), '    ')}\n"
        f"elsif _within <> new.{within} then\n"
        f"{indent(_refuse(table, 'an answer stands in the same place'), '    ')}\n"
        f"end if;",
        "return null;",
        declare=("_parent uuid", "_within uuid"),
    )
    answers = compile_trigger(
        # After the row, not before: its parent may come later in the same statement.
        "nesting_insert",
        table,
        name,
        when="after insert",
        each="row",
        only_if=f"new.{parent} is not null",
    )
    moves = compile_trigger(
        "nesting_update", table, name, when=f"before update of {parent}, {within}", each="row"
    )
    return [Function(name, body).sql, answers, moves]


def _refuse(table: TableSpec, problem: str) -> str:
    return (
        f"raise exception using errcode = '{CHECK_VIOLATION}',\n"
        f"    message = {quote_literal(f'{table.name}: {problem}')},\n"
        f"    schema = {quote_literal(table.schema)}, table = {quote_literal(table.name)};"
    )
