"""Planning reads: `select`, filters, order and ranges, at the root and in every embed."""

from __future__ import annotations

from itertools import count

from backend.devstack.rest.errors import RestError, aggregates_off, no_relationship, not_embedded
from backend.devstack.rest.plan.embedding import find_relationship
from backend.devstack.rest.plan.plans import (
    AllColumns,
    EmbedExists,
    EmbedPlan,
    FieldPlan,
    PlannedCondition,
    PlannedFilter,
    PlannedItem,
    PlannedLogic,
    PlannedOrder,
    ReadPlan,
    Related,
    RelatedKey,
    Selected,
    Source,
    Written,
)
from backend.devstack.rest.plan.rows import Rows, cast_type
from backend.devstack.rest.request.query_string import QueryString
from backend.devstack.rest.request.syntax import (
    ALL_ROWS,
    Condition,
    EmbedPath,
    Filter,
    Is,
    OrderTerm,
    RowRange,
    SelectEmbed,
    SelectField,
    SelectItem,
)
from backend.devstack.rest.schema_cache.model import Function, SchemaCache
from backend.devstack.rest.settings import RestSettings


class ReadPlanner:
    """Plans the levels of one request; each gets an alias of its own."""

    def __init__(self, cache: SchemaCache, settings: RestSettings, query: QueryString) -> None:
        self._cache = cache
        self._settings = settings
        self._query = query
        self._aliases = count()

    def plan(self, rows: Rows, source: Source, range_: RowRange, *, filtered: bool) -> ReadPlan:
        """The whole read; not `filtered` where a write has applied the root's filters already."""
        self._refuse_unknown_paths()
        return self._level((), self._query.select, rows, source, range_, filtered=filtered)

    def root_conditions(self, rows: Rows) -> tuple[PlannedCondition, ...]:
        """The root's filters alone, for a write."""
        return self._conditions((), rows, {})

    def _level(
        self,
        path: EmbedPath,
        items: tuple[SelectItem, ...],
        rows: Rows,
        source: Source,
        range_: RowRange,
        *,
        filtered: bool = True,
    ) -> ReadPlan:
        alias = f"t{next(self._aliases)}"
        orders = self._query.orders.get(path, ())
        planned: list[PlannedItem] = []
        embeds: dict[str, EmbedPlan] = {}
        for item in items:
            match item:
                case SelectEmbed():
                    embed = self._embed(path, item, rows, source, orders)
                    embeds[item.name] = embed
                    planned.append(embed)
                case SelectField():
                    planned.append(self._selected(item, rows))
        return ReadPlan(
            alias=alias,
            source=source,
            items=tuple(planned),
            where=self._conditions(path, rows, embeds) if filtered else (),
            order=tuple(self._order(term, rows, embeds, orders) for term in orders),
            range=range_,
        )

    def _selected(self, item: SelectField, rows: Rows) -> PlannedItem:
        if item.aggregate is not None and not self._settings.aggregates_enabled:
            raise aggregates_off()
        cast = cast_type(self._cache, item.cast)
        aggregate_cast = cast_type(self._cache, item.aggregate_cast)
        if item.field.name == "*":
            if item.aggregate is None:
                return AllColumns(tuple(rows.columns.values()))
            return Selected(None, item.alias or "count", cast, item.aggregate, aggregate_cast)
        field = rows.field(item.field)
        output = item.alias or item.aggregate or _last_key(field)
        return Selected(field, output, cast, item.aggregate, aggregate_cast)

    def _embed(
        self, path: EmbedPath, item: SelectEmbed, rows: Rows, above: Source, orders: tuple[OrderTerm, ...]
    ) -> EmbedPlan:
        if rows.relation is None:
            raise no_relationship(rows.name, item.relation)
        relationship = find_relationship(self._cache, rows.relation, item.relation, item.hint)
        is_to_one = relationship.cardinality.is_to_one
        if item.spread and not is_to_one and not self._settings.aggregates_enabled:
            raise aggregates_off()
        related = Rows.of_table(self._cache, self._cache.tables[relationship.target])
        range_ = ALL_ROWS  # There is one row at most, and a LIMIT would keep PostgreSQL from joining freely.
        if not is_to_one:
            range_ = self._query.ranges.get((*path, item.name), ALL_ROWS).capped(self._settings.rows_max)
        keys = [term.field for term in orders if term.relation == item.name]
        needs_row = relationship.function is not None and isinstance(above, Written | Function)
        return EmbedPlan(
            alias=f"e{next(self._aliases)}",
            output=item.name,
            read=self._level((*path, item.name), item.items, related, Related(relationship), range_),
            is_to_one=is_to_one,
            inner=item.inner,
            spread=item.spread,
            order_keys=tuple(related.field(field) for field in keys),
            row_columns=tuple(rows.columns.values()) if needs_row else (),
        )

    def _conditions(
        self, path: EmbedPath, rows: Rows, embeds: dict[str, EmbedPlan]
    ) -> tuple[PlannedCondition, ...]:
        return tuple(
            self._condition(condition, rows, embeds)
            for where, condition in self._query.conditions
            if where == path
        )

    def _condition(self, condition: Condition, rows: Rows, embeds: dict[str, EmbedPlan]) -> PlannedCondition:
        if not isinstance(condition, Filter):
            terms = tuple(self._condition(term, rows, embeds) for term in condition.terms)
            return PlannedLogic(condition.operator, terms, condition.negated)
        name = condition.field.name
        if name in embeds and name not in rows.columns:
            return _embed_exists(condition, embeds[name])
        return PlannedFilter(rows.field(condition.field), condition.operation, condition.negated)

    def _order(
        self, term: OrderTerm, rows: Rows, embeds: dict[str, EmbedPlan], orders: tuple[OrderTerm, ...]
    ) -> PlannedOrder:
        if term.relation is None:
            return PlannedOrder(rows.field(term.field), term.direction, term.nulls)
        embed = embeds.get(term.relation)
        if embed is None:
            raise not_embedded(term.relation)
        if not embed.is_to_one:
            raise RestError(
                "PGRST118",
                f"A related order on '{term.relation}' is not possible",
                details=(
                    f"'{rows.name}' and '{term.relation}' do not form "
                    "a many-to-one or one-to-one relationship"
                ),
            )
        same_embed = [other for other in orders if other.relation == term.relation]
        return PlannedOrder(RelatedKey(embed.alias, same_embed.index(term)), term.direction, term.nulls)

    def _refuse_unknown_paths(self) -> None:
        """Whatever is filtered, ordered or limited has to be embedded."""
        known = _embed_paths(self._query.select)
        used = [path for path, _ in self._query.conditions]
        for path in [*used, *self._query.orders, *self._query.ranges]:
            for length in range(1, len(path) + 1):
                if path[:length] not in known:
                    raise not_embedded(path[length - 1])


def _embed_paths(items: tuple[SelectItem, ...], path: EmbedPath = ()) -> set[EmbedPath]:
    found: set[EmbedPath] = set()
    for item in items:
        if isinstance(item, SelectEmbed):
            below = (*path, item.name)
            found |= {below} | _embed_paths(item.items, below)
    return found


def _embed_exists(condition: Filter, embed: EmbedPlan) -> EmbedExists:
    if condition.field.steps or not isinstance(condition.operation, Is):
        raise _bad_embed_operator(embed)
    match condition.operation.value:
        case "null":
            return EmbedExists(embed.alias, expected=condition.negated)
        case "not_null":
            return EmbedExists(embed.alias, expected=not condition.negated)
        case _:
            raise _bad_embed_operator(embed)


def _bad_embed_operator(embed: EmbedPlan) -> RestError:
    return RestError(
        "PGRST120",
        f"Bad operator on the '{embed.output}' embedded resource",
        details="Only is null or not is null filters are allowed on embedded resources",
    )


def _last_key(field: FieldPlan) -> str:
    """What a JSON path is called in the answer: its last key, an index being none."""
    keys = [step.operand for step in field.steps if isinstance(step.operand, str)]
    return keys[-1] if keys else field.name
