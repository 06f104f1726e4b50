"""Fields, filters and order as SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import LiteralString, assert_never

from backend.devstack.rest.plan.plans import (
    EmbedExists,
    FieldPlan,
    PlannedCondition,
    PlannedFilter,
    PlannedLogic,
    PlannedOrder,
)
from backend.devstack.rest.request.syntax import (
    Compare,
    Comparison,
    Contain,
    Containment,
    In,
    Is,
    IsDistinct,
    JsonStep,
    Search,
    SearchKind,
    Truth,
)
from backend.devstack.rest.sql.fragment import EMPTY, Sql, from_catalog, identifier, join, sql, value

EMBED_VALUE = "embed_value"  # What a lateral subquery calls the JSON it found; null when it found nothing.
ORDER_KEY = "order_key_"  # Followed by a number: what it calls the fields that the level above orders by.

_COMPARISONS: Mapping[Comparison, LiteralString] = {
    "eq": " = ",
    "neq": " <> ",
    "gt": " > ",
    "gte": " >= ",
    "lt": " < ",
    "lte": " <= ",
    "like": " like ",
    "ilike": " ilike ",
    "match": " ~ ",
    "imatch": " ~* ",
}
_CONTAINMENTS: Mapping[Containment, LiteralString] = {
    "cs": " @> ",
    "cd": " <@ ",
    "ov": " && ",
    "sl": " << ",
    "sr": " >> ",
    "nxr": " &< ",
    "nxl": " &> ",
    "adj": " -|- ",
}
_SEARCHES: Mapping[SearchKind, LiteralString] = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
_TRUTHS: Mapping[Truth, LiteralString] = {
    "null": " is null",
    "not_null": " is not null",
    "true": " is true",
    "false": " is false",
    "unknown": " is unknown",
}
_PATTERNS = frozenset(("like", "ilike", "match", "imatch"))
_JSON_TYPES = frozenset(("json", "jsonb"))
_SEARCHED_AS_TEXT = frozenset(("text", "character varying", "bpchar", "json", "jsonb"))


def field_sql(field: FieldPlan, alias: str, *, stored: bool = False) -> Sql:
    """The field of the row called `alias`. With `stored`, a computed field was put there by its name."""
    if field.computed_by is not None and not stored:
        function = identifier(field.computed_by.schema, field.computed_by.name)
        found = sql("{function}({row})", function=function, row=identifier(alias))
    else:
        found = identifier(alias, field.name)
    if field.steps and field.column_type not in _JSON_TYPES:
        found = sql("to_jsonb({value})", value=found)
    return join("", [found, *(_step(step) for step in field.steps)])


def _step(step: JsonStep) -> Sql:
    arrow = sql("->>") if step.as_text else sql("->")
    if isinstance(step.operand, int):
        return join("", [arrow, sql("({index})::integer", index=value(str(step.operand)))])
    return join("", [arrow, value(step.operand)])


def where_sql(conditions: Iterable[PlannedCondition], alias: str, *also: Sql, stored: bool = False) -> Sql:
    """A WHERE clause with everything ANDed, empty for nothing."""
    terms = [*also, *(_condition(condition, alias, stored=stored) for condition in conditions)]
    return sql(" where {terms}", terms=join(" and ", terms)) if terms else EMPTY


def _condition(condition: PlannedCondition, alias: str, *, stored: bool) -> Sql:
    match condition:
        case PlannedLogic(operator=operator, terms=terms, negated=negated):
            inner = [_condition(term, alias, stored=stored) for term in terms]
            joined = join(" and ", inner) if operator == "and" else join(" or ", inner)
            return sql("not ({terms})", terms=joined) if negated else sql("({terms})", terms=joined)
        case EmbedExists(embed=embed, expected=expected):
            found = identifier(embed, EMBED_VALUE)
            return (
                sql("{found} is not null", found=found) if expected else sql("{found} is null", found=found)
            )
        case PlannedFilter(negated=True):
            return sql("not ({filter})", filter=_filter(condition, alias, stored=stored))
        case PlannedFilter():
            return _filter(condition, alias, stored=stored)
        case _:
            assert_never(condition)


def _filter(condition: PlannedFilter, alias: str, *, stored: bool) -> Sql:
    field = field_sql(condition.field, alias, stored=stored)
    type_ = from_catalog(condition.field.type)
    match condition.operation:
        case Compare() as compare:
            return _comparison(compare, field, type_)
        case Contain(operator=operator, value=text):
            operand = sql("({text})::{type}", text=value(text), type=type_)
            return join(_CONTAINMENTS[operator], [field, operand])
        case In(values=values):
            operand = sql("any (({texts})::{type}[])", texts=value(list(values), "text[]"), type=type_)
            return sql("{field} = {operand}", field=field, operand=operand)
        case Is(value=truth):
            return join("", [field, sql(_TRUTHS[truth])])
        case IsDistinct(value=text):
            operand = sql("({text})::{type}", text=value(text), type=type_)
            return sql("{field} is distinct from {operand}", field=field, operand=operand)
        case Search() as search:
            return _search(search, condition.field, field)
        case _:
            assert_never(condition.operation)


def _comparison(compare: Compare, field: Sql, type_: Sql) -> Sql:
    text = compare.value
    if compare.operator in ("like", "ilike"):
        text = text.replace("*", "%")  # A percent sign would have to be escaped in a URL.
    if compare.operator in _PATTERNS:
        type_ = sql("text")
    operand = value(text)
    match compare.quantifier:
        case None:
            operand = sql("({text})::{type}", text=operand, type=type_)
        case "any":
            operand = sql("any (({text})::{type}[])", text=operand, type=type_)
        case "all":
            operand = sql("all (({text})::{type}[])", text=operand, type=type_)
    return join(_COMPARISONS[compare.operator], [field, operand])


def _search(search: Search, plan: FieldPlan, field: Sql) -> Sql:
    language = EMPTY
    if search.language is not None:
        language = sql("({language})::regconfig, ", language=value(search.language))
    if plan.type in _SEARCHED_AS_TEXT:
        field = sql("to_tsvector({language}{field})", language=language, field=field)
    query = sql(_SEARCHES[search.kind])
    return sql(
        "{field} @@ {query}({language}{text})",
        field=field,
        query=query,
        language=language,
        text=value(search.value),
    )


def order_sql(order: Iterable[PlannedOrder], alias: str, *, stored: bool = False) -> Sql:
    """An ORDER BY clause, empty for nothing."""
    terms = [_order_term(term, alias, stored=stored) for term in order]
    return sql(" order by {terms}", terms=join(", ", terms)) if terms else EMPTY


def _order_term(term: PlannedOrder, alias: str, *, stored: bool) -> Sql:
    if isinstance(term.by, FieldPlan):
        key = field_sql(term.by, alias, stored=stored)
    else:
        key = identifier(term.by.embed, f"{ORDER_KEY}{term.by.index}")
    direction = {"asc": sql(" asc"), "desc": sql(" desc"), None: EMPTY}[term.direction]
    nulls = {"first": sql(" nulls first"), "last": sql(" nulls last"), None: EMPTY}[term.nulls]
    return join("", [key, direction, nulls])
