"""Read plans as SELECTs: one level is one SELECT, each embed a lateral subquery that yields JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import LiteralString, assert_never

from backend.devstack.rest.plan.plans import (
    AllColumns,
    EmbedExists,
    EmbedPlan,
    PlannedCondition,
    PlannedItem,
    PlannedLogic,
    ReadPlan,
    Related,
    Selected,
    Written,
)
from backend.devstack.rest.request.syntax import AggregateFunction, RowRange
from backend.devstack.rest.schema_cache.model import Function, Name
from backend.devstack.rest.sql.conditions import EMBED_VALUE, ORDER_KEY, field_sql, order_sql, where_sql
from backend.devstack.rest.sql.fragment import EMPTY, Sql, from_catalog, identifier, join, sql, value

WRITTEN = "written"  # The CTE with what a write returned.
CALLED = "called"  # The CTE with what a function returned.

_AGGREGATES: dict[AggregateFunction, LiteralString] = {
    "sum": "sum",
    "avg": "avg",
    "max": "max",
    "min": "min",
    "count": "count",
}


def read_sql(plan: ReadPlan) -> Sql:
    """The rows of a root plan; a written or called one reads the CTE of that name."""
    return _select(plan, _items(plan), _root_source(plan))


def count_sql(plan: ReadPlan, *, rows_max: int | None = None) -> Sql:
    """A SELECT of one row for each row the plan would give without its range; stops after `rows_max` rows."""
    filtering = _embeds_tested(plan.where)
    joined = tuple(embed for embed in plan.embeds if embed.inner or embed.alias in filtering)
    counted = replace(plan, order=(), range=RowRange(limit=rows_max))
    if plan.aggregates:
        return _select(counted, _items(plan), _root_source(plan))
    return _select(replace(counted, items=joined), sql("1 as one"), _root_source(plan))


def _root_source(plan: ReadPlan) -> Sql:
    match plan.source:
        case Name() as name:
            source = identifier(name.schema, name.name)
        case Written():
            source = identifier(WRITTEN)
        case Function():
            source = identifier(CALLED)
        case Related():
            raise AssertionError(plan.source)
        case _:
            assert_never(plan.source)
    return sql("{source} as {alias}", source=source, alias=identifier(plan.alias))


def _select(plan: ReadPlan, outputs: Sql, source: Sql, *join_conditions: Sql) -> Sql:
    return sql(
        "select {outputs} from {source}{joins}{where}{group}{order}{range}",
        outputs=outputs,
        source=source,
        joins=join("", [_join(embed, plan.alias) for embed in plan.embeds]),
        where=where_sql(plan.where, plan.alias, *join_conditions, stored=plan.is_stored),
        group=_group(plan),
        order=order_sql(plan.order, plan.alias, stored=plan.is_stored),
        range=_range(plan.range),
    )


def _items(plan: ReadPlan) -> Sql:
    return join(", ", [output for item in plan.items if (output := _item(item, plan))])


def _item(item: PlannedItem, plan: ReadPlan) -> Sql:
    match item:
        case AllColumns(columns=columns):
            if plan.is_stored or plan.aggregates:
                return join(", ", [identifier(plan.alias, column.name) for column in columns])
            return sql("{alias}.*", alias=identifier(plan.alias))
        case Selected():
            return sql("{value} as {name}", value=_selected(item, plan), name=identifier(item.output))
        case EmbedPlan(is_hidden=True):
            return EMPTY
        case EmbedPlan(spread=True):
            return join(", ", [identifier(item.alias, name) for name in item.outputs])
        case EmbedPlan():
            found = identifier(item.alias, EMBED_VALUE)
            if plan.aggregates:
                found = sql("({found}::text)::json", found=found)
            if not item.is_to_one:
                found = sql("coalesce({found}, '[]')", found=found)
            return sql("{found} as {name}", found=found, name=identifier(item.output))
        case _:
            assert_never(item)


def _selected(item: Selected, plan: ReadPlan) -> Sql:
    if item.field is None:
        found = sql("*")
    else:
        found = _cast(field_sql(item.field, plan.alias, stored=plan.is_stored), item.cast)
    if item.aggregate is not None:
        function = sql(_AGGREGATES[item.aggregate])
        found = _cast(sql("{function}({found})", function=function, found=found), item.aggregate_cast)
    return found


def _cast(found: Sql, type_: str | None) -> Sql:
    return found if type_ is None else sql("({found})::{type}", found=found, type=from_catalog(type_))


def _group(plan: ReadPlan) -> Sql:
    """With an aggregate among the items, all others are grouped by. JSON has no equality; its text does."""
    if not plan.aggregates:
        return EMPTY
    keys: list[Sql] = []
    for item in plan.items:
        match item:
            case AllColumns(columns=columns):
                keys += [identifier(plan.alias, column.name) for column in columns]
            case Selected(aggregate=None):
                keys.append(_selected(item, plan))
            case EmbedPlan(spread=True):
                keys += [identifier(item.alias, name) for name in item.outputs]
            case EmbedPlan(is_hidden=False):
                keys.append(sql("{found}::text", found=identifier(item.alias, EMBED_VALUE)))
            case _:
                pass
    return sql(" group by {keys}", keys=join(", ", keys)) if keys else EMPTY


def _range(range_: RowRange) -> Sql:
    limit = EMPTY if range_.limit is None else sql(" limit {n}", n=value(range_.limit, "bigint"))
    offset = EMPTY if range_.offset == 0 else sql(" offset {n}", n=value(range_.offset, "bigint"))
    return join("", [limit, offset])


def _join(embed: EmbedPlan, above: str) -> Sql:
    alias, lateral = identifier(embed.alias), _lateral(embed, above)
    if embed.inner:
        found = identifier(embed.alias, EMBED_VALUE)
        return sql(
            " join lateral ({lateral}) as {alias} on {found} is not null",
            lateral=lateral,
            alias=alias,
            found=found,
        )
    return sql(" left join lateral ({lateral}) as {alias} on true", lateral=lateral, alias=alias)


def _lateral(embed: EmbedPlan, above: str) -> Sql:
    """What one row finds through the embed: at most one row, its EMBED_VALUE null when nothing was found."""
    plan = embed.read
    source, conditions = _related(embed, above)
    items = _items(plan)
    found = identifier(EMBED_VALUE)
    if embed.is_to_one:
        keys = [
            sql("{key} as {name}", key=field_sql(key, plan.alias), name=identifier(f"{ORDER_KEY}{index}"))
            for index, key in enumerate(embed.order_keys)
        ]
        if embed.spread:
            outputs = [*([items] if items else []), sql("true as {found}", found=found), *keys]
            return _select(plan, join(", ", outputs), source, *conditions)
        if keys:
            row = sql(
                "(select row_to_json(r) from (select {items}) as r) as {found}", items=items, found=found
            )
            return _select(plan, join(", ", [row, *keys]), source, *conditions)
        rows = _select(plan, items, source, *conditions)
        return sql("select row_to_json(r) as {found} from ({rows}) as r", rows=rows, found=found)
    rows = _select(plan, items, source, *conditions)
    if not embed.spread:
        return sql("select json_agg(r) as {found} from ({rows}) as r", rows=rows, found=found)
    arrays = [
        sql(
            "coalesce(json_agg({column}), '[]') as {name}",
            column=identifier("r", name),
            name=identifier(name),
        )
        for name in embed.outputs
    ]
    is_found = sql("nullif(count(*) > 0, false) as {found}", found=found)
    return sql("select {outputs} from ({rows}) as r", outputs=join(", ", [*arrays, is_found]), rows=rows)


def _related(embed: EmbedPlan, above: str) -> tuple[Sql, list[Sql]]:
    """The FROM of a related level, and the conditions that relate it to the row of the alias `above`."""
    plan = embed.read
    assert isinstance(plan.source, Related), plan.source
    relationship = plan.source.relationship
    alias = identifier(plan.alias)
    if relationship.function is not None:
        function = identifier(relationship.function.schema, relationship.function.name)
        row = _row(embed, above, relationship.source)
        return sql("{function}({row}) as {alias}", function=function, row=row, alias=alias), []
    target = identifier(relationship.target.schema, relationship.target.name)
    source = sql("{target} as {alias}", target=target, alias=alias)
    junction = relationship.junction
    if junction is None:
        return source, _equalities(above, plan.alias, relationship.columns)
    middle = f"j_{plan.alias}"
    source = sql(
        "{source}, {junction} as {middle}",
        source=source,
        junction=identifier(junction.table.schema, junction.table.name),
        middle=identifier(middle),
    )
    conditions = _equalities(above, middle, junction.source_columns)
    return source, conditions + _equalities(plan.alias, middle, junction.target_columns)


def _row(embed: EmbedPlan, above: str, table: Name) -> Sql:
    if not embed.row_columns:
        return identifier(above)
    return sql(
        "row({columns})::{table}",
        columns=join(", ", [identifier(above, column.name) for column in embed.row_columns]),
        table=identifier(table.schema, table.name),
    )


def _equalities(first: str, second: str, pairs: tuple[tuple[str, str], ...]) -> list[Sql]:
    return [
        sql("{first} = {second}", first=identifier(first, one), second=identifier(second, other))
        for one, other in pairs
    ]


def _embeds_tested(conditions: tuple[PlannedCondition, ...]) -> set[str]:
    found: set[str] = set()
    for condition in conditions:
        match condition:
            case EmbedExists(embed=embed):
                found.add(embed)
            case PlannedLogic(terms=terms):
                found |= _embeds_tested(terms)
            case _:
                pass
    return found
