"""Expressions over one row as SQL."""

from typing import assert_never

from schema.compile.quoting import quote_identifier, quote_literal
from schema.language.expressions import (
    Arithmetic,
    Between,
    Constant,
    Expression,
    Otherwise,
    Own,
    Rounded,
)


def compile_expression(expression: Expression, *, row: str) -> str:
    """`expression` over the row that goes by `row`: a `numeric`.

    >>> from schema.language import own
    >>> compile_expression((own("done") * 100 / own("all")).otherwise(0), row="new")
    'coalesce(((new."done"::numeric * 100) / nullif(new."all"::numeric, 0)), 0)'
    """
    match expression:
        case Own(column=column):
            return f"{row}.{quote_identifier(column)}::numeric"
        case Constant(value=value):
            return quote_literal(value)
        case Arithmetic(operator=operator, left=left, right=right):
            divisor = compile_expression(right, row=row)
            if operator == "/":
                divisor = f"nullif({divisor}, 0)"
            return f"({compile_expression(left, row=row)} {operator} {divisor})"
        case Rounded(of=inner, digits=digits):
            return f"round({compile_expression(inner, row=row)}, {digits})"
        case Between(of=inner, low=low, high=high):
            value = compile_expression(inner, row=row)
            # `least` and `greatest` pass over what is empty, and would make a bound of it.
            return (
                f"case when {value} < {quote_literal(low)} then {quote_literal(low)}"
                f" when {value} > {quote_literal(high)} then {quote_literal(high)} else {value} end"
            )
        case Otherwise(of=inner, value=value):
            return f"coalesce({compile_expression(inner, row=row)}, {quote_literal(value)})"
        case _:
            assert_never(expression)
