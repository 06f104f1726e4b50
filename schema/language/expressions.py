"""What can be made of the columns of one row, as values.

    >>> (own("done") / own("all")).rounded(2)
    Rounded(of=Arithmetic(operator='/', left=Own(column='done'), right=Own(column='all')), digits=2)

Arithmetic is exact decimal arithmetic. What has no value gives none: an empty column empties the result, and
so does dividing by zero; only `choose` looks no further than its condition, and takes an empty one for false.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Literal, TypeAlias, assert_never

Number: TypeAlias = int | Decimal
Plain: TypeAlias = int | Decimal | bool | str

Kind: TypeAlias = str
"""What an expression gives: `number`, or the type of the column as PostgreSQL calls it."""

NUMBER: Kind = "number"
NUMBER_TYPES = ("integer", "numeric", "double precision")
_SORTED: tuple[Kind, ...] = (NUMBER, "date", "timestamptz")


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

    def between(self, low: Number, high: Number) -> "Extreme":
        """Kept within `low` and `high`."""
        return smallest(largest(_closed(self), low), high)

    def otherwise(self, value: Plain) -> "Otherwise":
        """`value` where there is none."""
        return Otherwise(_closed(self), value)

    def at_least(self, other: "Operand") -> "Comparison":
        """Whether it is `other` or more: of numbers, dates and moments."""
        return Comparison(">=", _closed(self), _operand(other))

    def above(self, other: "Operand") -> "Comparison":
        """Whether it is more than `other`: of numbers, dates and moments."""
        return Comparison(">", _closed(self), _operand(other))

    def equal_to(self, other: "Operand") -> "Comparison":
        """Whether it is `other`: of values of any one type."""
        return Comparison("=", _closed(self), _operand(other))

    def filled(self) -> "Filled":
        """Whether there is a value at all."""
        return Filled(_closed(self))


@dataclass(frozen=True)
class Own(_Expression):
    """What `column` of the row holds."""

    column: str


@dataclass(frozen=True)
class Constant(_Expression):
    """A number, a text, true or false."""

    value: Plain


@dataclass(frozen=True)
class Arithmetic(_Expression):
    """Two numbers joined."""

    operator: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Comparison(_Expression):
    """Whether two values stand to each other so."""

    operator: Literal[">=", ">", "="]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Filled(_Expression):
    """Whether there is a value."""

    of: "Expression"


@dataclass(frozen=True)
class Extreme(_Expression):
    """The smaller (`<`) or the larger (`>`) of two values."""

    operator: Literal["<", ">"]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Choice(_Expression):
    """`then` where `condition` holds; `instead` where it does not, or is empty."""

    condition: "Expression"
    then: "Expression"
    instead: "Expression"


@dataclass(frozen=True)
class Total(_Expression):
    """The sum of the numbers among the values of the object that a `jsonb` column holds."""

    column: str


@dataclass(frozen=True)
class Rounded(_Expression):
    """A number rounded."""

    of: "Expression"
    digits: int


@dataclass(frozen=True)
class Otherwise(_Expression):
    """A value with another in its place where there is none."""

    of: "Expression"
    value: Plain


Expression: TypeAlias = (
    Own | Constant | Arithmetic | Comparison | Filled | Extreme | Choice | Total | Rounded | Otherwise
)
Operand: TypeAlias = Expression | Plain


def own(column: str) -> Own:
    """What `column` of the same row holds."""
    return Own(column)


def choose(condition: Expression, then: Operand, otherwise: Operand) -> Choice:
    """One of two values; `condition` is a comparison, or a column that is true or false."""
    return Choice(condition, _operand(then), _operand(otherwise))


def smallest(*values: Operand) -> Extreme:
    """The smallest of two or more numbers, dates or moments."""
    return _extreme("<", values)


def largest(*values: Operand) -> Extreme:
    """The largest of two or more numbers, dates or moments."""
    return _extreme(">", values)


def total_of(column: str) -> Total:
    """The sum of the values of a `JsonObject` that are decimal numbers without a sign, or texts of such.

    All others are passed over, those of more than 30 digits before or after the point too. Never empty: of no
    numbers it is 0.
    """
    return Total(column)


def expression_columns(expression: Expression) -> frozenset[str]:
    """The columns of the row that `expression` looks at."""
    match expression:
        case Own(column=column) | Total(column=column):
            return frozenset({column})
        case Constant():
            return frozenset()
        case _:
            return frozenset(name for part in _parts(expression) for name in expression_columns(part))


def may_be_empty(expression: Expression, nullable: frozenset[str]) -> bool:
    """Whether `expression` may have no value, where the columns `nullable` may hold none."""
    match expression:
        case Own(column=column):
            return column in nullable
        case Constant() | Otherwise() | Total() | Filled():
            return False
        case Choice(then=then, instead=instead):
            return may_be_empty(then, nullable) or may_be_empty(instead, nullable)
        case Arithmetic(operator="/", right=divisor) if not (
            isinstance(divisor, Constant) and divisor.value != 0
        ):
            return True
        case _:
            return any(may_be_empty(part, nullable) for part in _parts(expression))


class Unfit(Exception):
    """Parts of an expression do not go together; `str()` says which, `mend` what to do."""

    def __init__(self, problem: str, *, mend: str) -> None:
        self.mend = mend
        super().__init__(problem)


def kind_of(expression: Expression, types: Mapping[str, str]) -> Kind:
    """What `expression` gives where the columns have these SQL types; `Unfit` when it makes no sense."""
    match expression:
        case Own(column=column):
            return NUMBER if types[column] in NUMBER_TYPES else types[column]
        case Constant(value=value):
            return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else NUMBER
        case Total(column=column):
            _require(types[column] == "jsonb", f"{column} is {types[column]}", "add up a JsonObject.")
            return NUMBER
        case Arithmetic():
            _require_kind(_shared_kind(expression, types), (NUMBER,), "compute with numbers.")
            return NUMBER
        case Rounded(of=inner):
            _require_kind(kind_of(inner, types), (NUMBER,), "compute with numbers.")
            return NUMBER
        case Extreme():
            kind = _shared_kind(expression, types)
            _require_kind(kind, _SORTED, "choose among numbers, dates or moments.")
            return kind
        case Comparison(operator=operator):
            kind = _shared_kind(expression, types)
            if operator != "=":
                _require_kind(kind, _SORTED, "compare numbers, dates or moments.")
            return "boolean"
        case Filled(of=inner):
            kind_of(inner, types)
            return "boolean"
        case Choice(condition=condition, then=then, instead=instead):
            mend = 'give a comparison, or `own("column")` of a bool.'
            _require_kind(kind_of(condition, types), ("boolean",), mend)
            return _same_kind(kind_of(then, types), kind_of(instead, types))
        case Otherwise(of=inner, value=value):
            return _same_kind(kind_of(inner, types), kind_of(Constant(value), types))
        case _:
            assert_never(expression)


def _shared_kind(pair: Arithmetic | Comparison | Extreme, types: Mapping[str, str]) -> Kind:
    return _same_kind(kind_of(pair.left, types), kind_of(pair.right, types))


def _same_kind(left: Kind, right: Kind) -> Kind:
    _require(left == right, f"it puts {left} and {right} together", "give both the same type.")
    return left


def _require_kind(kind: Kind, fitting: tuple[Kind, ...], mend: str) -> None:
    _require(kind in fitting, f"it takes {kind} for {' or '.join(fitting)}", mend)


def _require(condition: bool, problem: str, mend: str) -> None:
    if not condition:
        raise Unfit(f"{problem}.", mend=mend)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Own() | Constant() | Total():
            return ()
        case Arithmetic() | Comparison() | Extreme():
            return (expression.left, expression.right)
        case Choice(condition=condition, then=then, instead=instead):
            return (condition, then, instead)
        case Rounded(of=inner) | Otherwise(of=inner) | Filled(of=inner):
            return (inner,)
        case _:
            assert_never(expression)


def _extreme(operator: Literal["<", ">"], values: tuple[Operand, ...]) -> Extreme:
    assert len(values) >= 2, values
    joined = reduce(lambda left, right: Extreme(operator, left, right), map(_operand, values))
    assert isinstance(joined, Extreme), joined
    return joined


def _closed(expression: _Expression) -> Expression:
    assert isinstance(expression, Expression), expression
    return expression


def _operand(value: Operand) -> Expression:
    return value if isinstance(value, Expression) else Constant(value)
