"""Arithmetic over the columns of one row, as values.

    >>> (own("done") / own("all")).rounded(2)
    Rounded(of=Arithmetic(operator='/', left=Own(column='done'), right=Own(column='all')), digits=2)

All of it is exact decimal arithmetic. What has no value gives none: an empty column empties the result, and
so does dividing by zero.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

Number: TypeAlias = int | Decimal


class _Expression:
    """What every expression can do."""

    def __add__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("+", _closed(self), _operand(other))

    def __radd__(self, other: Number) -> "Arithmetic":
        return Arithmetic("+", _operand(other), _closed(self))

    def __sub__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("-", _closed(self), _operand(other))

    def __rsub__(self, other: Number) -> "Arithmetic":
        return Arithmetic("-", _operand(other), _closed(self))

    def __mul__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("*", _closed(self), _operand(other))

    def __rmul__(self, other: Number) -> "Arithmetic":
        return Arithmetic("*", _operand(other), _closed(self))

    def __truediv__(self, other: "Operand") -> "Arithmetic":
        return Arithmetic("/", _closed(self), _operand(other))

    def __rtruediv__(self, other: Number) -> "Arithmetic":
        return Arithmetic("/", _operand(other), _closed(self))

    def rounded(self, digits: int = 0) -> "Rounded":
        """Rounded to `digits` after the point, halves away from zero."""
        return Rounded(_closed(self), digits)

    def between(self, low: Number, high: Number) -> "Between":
        """Kept within `low` and `high`."""
        return Between(_closed(self), low, high)

    def otherwise(self, value: Number) -> "Otherwise":
        """`value` where there is none."""
        return Otherwise(_closed(self), value)


@dataclass(frozen=True)
class Own(_Expression):
    """What `column` of the row holds."""

    column: str


@dataclass(frozen=True)
class Constant(_Expression):
    """A number."""

    value: Number


@dataclass(frozen=True)
class Arithmetic(_Expression):
    """Two values joined."""

    operator: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Rounded(_Expression):
    """A value rounded."""

    of: "Expression"
    digits: int


@dataclass(frozen=True)
class Between(_Expression):
    """A value kept within bounds."""

    of: "Expression"
    low: Number
    high: Number


@dataclass(frozen=True)
class Otherwise(_Expression):
    """A value with another in its place where there is none."""

    of: "Expression"
    value: Number


Expression: TypeAlias = Own | Constant | Arithmetic | Rounded | Between | Otherwise
Operand: TypeAlias = Expression | Number


def own(column: str) -> Own:
    """What `column` of the same row holds: a whole number, a `Decimal` or a `float`."""
    return Own(column)


def expression_columns(expression: Expression) -> frozenset[str]:
    """The columns of the row that `expression` looks at."""
    match expression:
        case Own(column=column):
            return frozenset({column})
        case Constant():
            return frozenset()
        case Arithmetic(left=left, right=right):
            return expression_columns(left) | expression_columns(right)
        case Rounded(of=inner) | Between(of=inner) | Otherwise(of=inner):
            return expression_columns(inner)
        case _:
            assert_never(expression)


def may_be_empty(expression: Expression, nullable: frozenset[str]) -> bool:
    """Whether `expression` may have no value, where the columns `nullable` may hold none."""
    match expression:
        case Own(column=column):
            return column in nullable
        case Constant() | Otherwise():
            return False
        case Arithmetic(operator=operator, left=left, right=right):
            divides = operator == "/" and not (isinstance(right, Constant) and right.value != 0)
            return divides or may_be_empty(left, nullable) or may_be_empty(right, nullable)
        case Rounded(of=inner) | Between(of=inner):
            return may_be_empty(inner, nullable)
        case _:
            assert_never(expression)


def _closed(expression: _Expression) -> Expression:
    assert isinstance(expression, Expression), expression
    return expression


def _operand(value: Operand) -> Expression:
    return value if isinstance(value, Expression) else Constant(value)
