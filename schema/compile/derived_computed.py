"""Computed fields, averages and bands: made from the row itself, whenever it is written, whoever writes.

That includes the other derived fields: a count that moves takes along what is computed from it, in the same
write.
"""

from collections.abc import Iterator

from schema.compile.derived_bands import keep_band
from schema.compile.expressions import compile_expression
from schema.compile.functions import DERIVED_OWNER, Function, compile_trigger, plpgsql_block
from schema.compile.quoting import quote_identifier
from schema.language.catalog import Catalog
from schema.language.derived import AvgOf, BandOf, Computed
from schema.language.expressions import expression_columns
from schema.language.names import compute_function, compute_trigger
from schema.language.spec import ColumnSpec, TableSpec, average_parts


def compile_computed(catalog: Catalog) -> list[str]:
    """Create the function and trigger of every table with fields computed from its own row."""
    return [text for table in catalog for text in _compile_table(table, catalog)]


def _compile_table(table: TableSpec, catalog: Catalog) -> list[str]:
    columns = list(_in_order(table))
    if not columns:
        return []
    looks_further = any(isinstance(column.derived, BandOf) for column in columns)
    schema, _, name = compute_function(table).partition(".")
    function = Function(
        f"{quote_identifier(schema)}.{quote_identifier(name)}",
        plpgsql_block(*(_kept(column, table, catalog) for column in columns), "return new;"),
        # Nobody's rights are needed to look at the row in hand.
        definer=looks_further,
        owner=DERIVED_OWNER if looks_further else None,
    )
    trigger = compile_trigger(
        compute_trigger(table), table, function.name, when="before insert or update", each="row"
    )
    return [function.sql, trigger]


def _kept(column: ColumnSpec, table: TableSpec, catalog: Catalog) -> str:
    if isinstance(column.derived, BandOf):
        return keep_band(column, column.derived, catalog)
    return f"new.{quote_identifier(column.name)} := {computed_value(column, table, row='new')};"


def computed_value(column: ColumnSpec, table: TableSpec, *, row: str) -> str:
    """What `column` should hold, given the row that goes by `row`."""
    match column.derived:
        case AvgOf(digits=digits):
            total, count = (f"{row}.{quote_identifier(part.name)}" for part in average_parts(column))
            # Without its trailing zeros, since PostgreSQL divides to as many digits as the operands show.
            value = f"round(trim_scale({total}) / nullif({count}, 0), {digits})"
        case Computed(expression=expression):
            value = compile_expression(expression, table, row=row)
        case other:
            raise AssertionError((column.name, other))
    return f"({value})::{column.sql_type}"


def _in_order(table: TableSpec) -> Iterator[ColumnSpec]:
    """The averages, bands and computed fields of `table`, each after those it is computed from."""
    done: set[str] = set()

    def visit(column: ColumnSpec) -> Iterator[ColumnSpec]:
        if column.name in done:
            return
        match column.derived:
            case AvgOf():
                pass
            case BandOf(of=of):
                yield from visit(table.column(of))
            case Computed(expression=expression):
                for name in sorted(expression_columns(expression)):
                    yield from visit(table.column(name))
            case _:
                return
        done.add(column.name)
        yield column

    for column in table.columns:
        yield from visit(column)
