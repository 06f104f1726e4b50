"""Plans: requests with every name looked up in the schema cache.

A plan names only columns, tables, functions and types that exist; what a user calls things (aliases) and the
values to compare with are all that is left of the user's own text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backend.devstack.rest.request.body import JsonBody
from backend.devstack.rest.request.preferences import Count, Resolution
from backend.devstack.rest.request.syntax import ALL_ROWS, AggregateFunction, JsonStep, Operation, RowRange
from backend.devstack.rest.schema_cache.model import Argument, Column, Function, Name, Relationship, Table


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One value of a row. `computed_by` is the function of the row that gives it; None for a column."""

    name: str
    column_type: str
    steps: tuple[JsonStep, ...] = ()
    computed_by: Name | None = None

    @property
    def type(self) -> str:
        """The type of the value at the end of the path."""
        if not self.steps:
            return self.column_type
        return "text" if self.steps[-1].as_text else "jsonb"


@dataclass(frozen=True, slots=True)
class AllColumns:
    """`*`, being these."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """A value in the answer under the name `output`. Casts are SQL types; `field` is None for `count()`."""

    field: FieldPlan | None
    output: str
    cast: str | None = None
    aggregate: AggregateFunction | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedFilter:
    field: FieldPlan
    operation: Operation
    negated: bool = False


@dataclass(frozen=True, slots=True)
class EmbedExists:
    """Whether the embed with this alias found anything."""

    embed: str
    expected: bool


@dataclass(frozen=True, slots=True)
class PlannedLogic:
    operator: Literal["and", "or"]
    terms: tuple[PlannedCondition, ...]
    negated: bool = False


PlannedCondition = PlannedFilter | EmbedExists | PlannedLogic


@dataclass(frozen=True, slots=True)
class RelatedKey:
    """The `index`-th of the order keys of the embed with this alias."""

    embed: str
    index: int


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    by: FieldPlan | RelatedKey
    direction: Literal["asc", "desc"] | None = None
    nulls: Literal["first", "last"] | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Rows come from following `relationship` from each row of the plan above."""

    relationship: Relationship


@dataclass(frozen=True, slots=True)
class Written:
    """Rows come from what the request has just written: `columns` and computed fields, all stored by name."""


Source = Name | Related | Written | Function


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """One level of a read. `alias` is unique in the statement; items stand in the order of the answer."""

    alias: str
    source: Source
    items: tuple[PlannedItem, ...]
    where: tuple[PlannedCondition, ...] = ()
    order: tuple[PlannedOrder, ...] = ()
    range: RowRange = ALL_ROWS

    @property
    def embeds(self) -> list[EmbedPlan]:
        return [item for item in self.items if isinstance(item, EmbedPlan)]

    @property
    def aggregates(self) -> bool:
        return any(isinstance(item, Selected) and item.aggregate is not None for item in self.items)

    @property
    def is_stored(self) -> bool:
        """Whether the rows come out of a CTE, where a computed field is just another column."""
        return isinstance(self.source, Written | Function)


@dataclass(frozen=True, slots=True)
class EmbedPlan:
    """A related resource inside each row. `order_keys` are fields the level above orders by.

    `row_columns` is for a function of the row above when that row is no longer of its table's type: it is
    made again from these. `is_hidden`: selected with nothing in it, so that it only filters.
    """

    alias: str
    output: str
    read: ReadPlan
    is_to_one: bool
    inner: bool
    spread: bool
    order_keys: tuple[FieldPlan, ...] = ()
    row_columns: tuple[Column, ...] = ()

    @property
    def is_hidden(self) -> bool:
        return not self.read.items

    @property
    def outputs(self) -> list[str]:
        """What a spread embed adds to the row above."""
        names: list[str] = []
        for item in self.read.items:
            match item:
                case AllColumns():
                    names += [column.name for column in item.columns]
                case EmbedPlan(is_hidden=True):
                    pass
                case EmbedPlan(spread=True):
                    names += item.outputs
                case _:
                    names.append(item.output)
        return names


PlannedItem = AllColumns | Selected | EmbedPlan


@dataclass(frozen=True, slots=True)
class Insert:
    """With `defaults`, missing keys take theirs. `only_where`: a PUT's key filters, applied to the body."""

    table: Table
    columns: tuple[Column, ...]
    rows: JsonBody
    defaults: bool
    conflict: tuple[str, ...] = ()
    resolution: Resolution | None = None
    only_where: tuple[PlannedCondition, ...] = ()
    is_put: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    table: Table
    columns: tuple[Column, ...]
    rows: JsonBody
    defaults: bool
    where: tuple[PlannedCondition, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    table: Table
    where: tuple[PlannedCondition, ...]


Write = Insert | Update | Delete


@dataclass(frozen=True, slots=True)
class TextArguments:
    """Arguments from a query string: values as text, several for a variadic one."""

    values: tuple[tuple[Argument, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class JsonArguments:
    """Arguments from the keys of a JSON object, or of the first one in an array."""

    arguments: tuple[Argument, ...]
    body: JsonBody


@dataclass(frozen=True, slots=True)
class WholeBody:
    """The body as the only, unnamed argument."""

    type: str
    content: bytes


CallArguments = TextArguments | JsonArguments | WholeBody


@dataclass(frozen=True, slots=True)
class ReadRequestPlan:
    read: ReadPlan
    count: Count | None


@dataclass(frozen=True, slots=True)
class WriteRequestPlan:
    """`returning`: the fields needed of the rows written. `location_key`: those for a Location header."""

    write: Write
    read: ReadPlan | None
    returning: tuple[FieldPlan, ...]
    location_key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallRequestPlan:
    """`computed` are the fields to compute from the rows returned."""

    function: Function
    arguments: CallArguments
    read: ReadPlan
    computed: tuple[FieldPlan, ...]
    count: Count | None


@dataclass(frozen=True, slots=True)
class InfoPlan:
    """Nothing to ask the database; the methods that the target allows."""

    methods: tuple[str, ...]


RequestPlan = ReadRequestPlan | WriteRequestPlan | CallRequestPlan | InfoPlan
