"""What a query string says, as values: the sentences of PostgREST's little languages.

Nothing here has been compared with a database yet; names are just names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EmbedPath = tuple[str, ...]  # From the root to an embedded resource; () is the root.

Comparison = Literal["eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch"]
Containment = Literal["cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"]
SearchKind = Literal["fts", "plfts", "phfts", "wfts"]
Truth = Literal["null", "not_null", "true", "false", "unknown"]
AggregateFunction = Literal["sum", "avg", "max", "min", "count"]


@dataclass(frozen=True, slots=True)
class JsonStep:
    """`->operand`, or `->>operand` when `as_text`. A string operand is a key, a number an index."""

    operand: str | int
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A column, perhaps with a path into its JSON. In `select` the name may be `*`."""

    name: str
    steps: tuple[JsonStep, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectField:
    """`alias:field::cast.aggregate()::aggregate_cast`. `count()` alone has the field name `*`."""

    field: Field
    alias: str | None = None
    cast: str | None = None
    aggregate: AggregateFunction | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True, slots=True)
class SelectEmbed:
    """`alias:relation!hint!inner(items)`, with `...` in front when `spread`."""

    relation: str
    items: tuple[SelectItem, ...]
    alias: str | None = None
    hint: str | None = None
    inner: bool = False
    spread: bool = False

    @property
    def name(self) -> str:
        """What filters, order and limit call it."""
        return self.alias or self.relation


SelectItem = SelectField | SelectEmbed


@dataclass(frozen=True, slots=True)
class Compare:
    """With a quantifier `value` is an array literal, `{a,b}`."""

    operator: Comparison
    value: str
    quantifier: Literal["any", "all"] | None = None


@dataclass(frozen=True, slots=True)
class Contain:
    operator: Containment
    value: str


@dataclass(frozen=True, slots=True)
class In:
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Is:
    value: Truth


@dataclass(frozen=True, slots=True)
class IsDistinct:
    value: str


@dataclass(frozen=True, slots=True)
class Search:
    kind: SearchKind
    value: str
    language: str | None = None


Operation = Compare | Contain | In | Is | IsDistinct | Search


@dataclass(frozen=True, slots=True)
class Filter:
    field: Field
    operation: Operation
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Logic:
    operator: Literal["and", "or"]
    terms: tuple[Condition, ...]
    negated: bool = False


Condition = Filter | Logic


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """`relation` names a to-one embed whose column is meant. None leaves direction or nulls to PostgreSQL."""

    field: Field
    relation: str | None = None
    direction: Literal["asc", "desc"] | None = None
    nulls: Literal["first", "last"] | None = None


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows from `offset` on, at most `limit` of them (None: all)."""

    offset: int = 0
    limit: int | None = None

    def capped(self, rows_max: int | None) -> RowRange:
        if rows_max is None or (self.limit is not None and self.limit <= rows_max):
            return self
        return RowRange(self.offset, rows_max)


ALL_ROWS = RowRange()
