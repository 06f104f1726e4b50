"""Expressions over one row as SQL."""

from typing import assert_never

from schema.compile.quoting import quote_identifier, quote_literal
from schema.language.expressions import (
    NUMBER_TYPES,
    Arithmetic,
    Choice,
    Comparison,
    Constant,
    Expression,
    Extreme,
    Filled,
    Otherwise,
    Own,
    Rounded,
    Total,
    may_be_empty,
)
from schema.language.spec import TableSpec

_PLAIN_NUMBER = r"^[0-9]{1,30}([.][0-9]{1,30})?$"


def compile_expression(expression: Expression, table: TableSpec, *, row: str) -> str:
    """`expression` over a row of `table` that goes by `row`; numbers are `numeric`.

    >>> from schema.language import own
    >>> from schema.tables import CATALOG
    >>> compile_expression((own("order") * 100).otherwise(0), CATALOG.table("spaces"), row="new")
    'coalesce((new."order"::numeric * 100), 0)'
    """

    def compiled(part: Expression) -> str:
        return compile_expression(part, table, row=row)

    match expression:
        case Own(column=column):
            cast = "::numeric" if table.column(column).sql_type in NUMBER_TYPES else ""
            return f"{row}.{quote_identifier(column)}{cast}"
        case Constant(value=value):
            return quote_literal(value)
        case Arithmetic(operator=operator, left=left, right=right):
            divisor = f"nullif({compiled(right)}, 0)" if operator == "/" else compiled(right)
            return f"({compiled(left)} {operator} {divisor})"
        case Comparison(operator=operator, left=left, right=right):
            return f"({compiled(left)} {operator} {compiled(right)})"
        case Filled(of=inner):
            return f"({compiled(inner)} is not null)"
        case Extreme():
            return _extreme(expression, table, row)
        case Choice(condition=condition, then=then, instead=instead):
            return f"case when {compiled(condition)} then {compiled(then)} else {compiled(instead)} end"
        case Total(column=column):
            return _total(f"{row}.{quote_identifier(column)}")
        case Rounded(of=inner, digits=digits):
            return f"round({compiled(inner)}, {digits})"
        case Otherwise(of=inner, value=value):
            return f"coalesce({compiled(inner)}, {quote_literal(value)})"
        case _:
            assert_never(expression)


def _extreme(extreme: Extreme, table: TableSpec, row: str) -> str:
    nullable = frozenset(column.name for column in table.columns if column.nullable)
    parts = (extreme.left, extreme.right)
    values = [compile_expression(part, table, row=row) for part in parts]
    found = f"{'least' if extreme.operator == '<' else 'greatest'}({', '.join(values)})"
    # `least` and `greatest` pass over what is empty, and would take the other value alone.
    filled = [
        f"{value} is not null"
        for part, value in zip(parts, values, strict=True)
        if may_be_empty(part, nullable)
    ]
    return f"case when {' and '.join(filled)} then {found} end" if filled else found


def _total(value: str) -> str:
    number = f"case when entry.value ~ {quote_literal(_PLAIN_NUMBER)} then entry.value::numeric end"
    entries = f"jsonb_each_text(case jsonb_typeof({value}) when 'object' then {value} end)"
    return f"coalesce((select sum({number}) from {entries} as entry), 0)"
