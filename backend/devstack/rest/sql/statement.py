"""Stage three: a plan as one statement whose single row is everything the answer needs."""

from __future__ import annotations

from dataclasses import dataclass

from backend.devstack.rest.plan.call import SCALAR
from backend.devstack.rest.plan.plans import (
    CallRequestPlan,
    ReadPlan,
    ReadRequestPlan,
    WriteRequestPlan,
)
from backend.devstack.rest.request.media import Media
from backend.devstack.rest.request.preferences import Count
from backend.devstack.rest.schema_cache.model import Function, Returns
from backend.devstack.rest.sql.call import call_sql
from backend.devstack.rest.sql.fragment import Sql, identifier, join, render, sql
from backend.devstack.rest.sql.read import count_sql, read_sql
from backend.devstack.rest.sql.write import CONFLICTS, write_sql

DatabasePlan = ReadRequestPlan | WriteRequestPlan | CallRequestPlan

_NULL = sql("null")
_PAGE = sql("page")


@dataclass(frozen=True, slots=True)
class Query:
    """Text for the server with its parameters' values."""

    text: str
    values: tuple[object, ...]

    @staticmethod
    def of(statement: Sql) -> Query:
        text, values = render(statement)
        return Query(text, tuple(values))


@dataclass(frozen=True, slots=True)
class Statement:
    """`main` gives one row: total, rows, body, location, conflicts, status, headers.

    `explain` gives the planner's guess of the total, as EXPLAIN's JSON; None when nobody asked for it.
    """

    main: Query
    explain: Query | None = None


def compile_statement(plan: DatabasePlan, media: Media, *, rows_max: int | None) -> Statement:
    """Write the SQL of a plan. `rows_max` is how far an estimated count is counted exactly."""
    match plan:
        case ReadRequestPlan(read=read, count=count):
            page = sql("page as ({read})", read=read_sql(read))
            main = _main([page], _body(media), total=_total(read, count, rows_max))
        case CallRequestPlan(read=read, count=count, function=function):
            called = sql("called as ({call})", call=call_sql(plan))
            page = sql("page as ({read})", read=read_sql(read))
            total = _total(read, count, rows_max)
            main = _main([called, page], _body(media, function), total=total)
            count = None if count == "planned" else count  # There is no guessing what a function returns.
        case WriteRequestPlan(read=read):
            written = sql("written as ({write})", write=write_sql(plan.write, plan.returning))
            if read is None:
                main = _main([written], _NULL, location=_location(plan), counted=sql("written"))
            else:
                page = sql("page as ({read})", read=read_sql(read))
                main = _main([written, page], _body(media), location=_location(plan))
            return Statement(Query.of(main))
    return Statement(Query.of(main), _explain(plan, count))


def _main(
    tables: list[Sql],
    body: Sql,
    *,
    total: Sql = _NULL,
    location: Sql = _NULL,
    counted: Sql = _PAGE,
) -> Sql:
    return sql(
        "with {tables} select {total}::bigint as total, count(*) as rows, ({body})::text as body,"
        " {location} as location,"
        " nullif(current_setting({conflicts}, true), '')::bigint as conflicts,"
        " nullif(current_setting('response.status', true), '') as status,"
        " nullif(current_setting('response.headers', true), '') as headers"
        " from {counted}",
        tables=join(", ", tables),
        total=total,
        body=body,
        location=location,
        conflicts=CONFLICTS,
        counted=counted,
    )


def _total(read: ReadPlan, count: Count | None, rows_max: int | None) -> Sql:
    match count:
        case "exact":
            rows = count_sql(read)
        case "estimated":
            # One row past the cap tells that there are more; how many is then the planner's guess.
            rows = count_sql(read, rows_max=None if rows_max is None else rows_max + 1)
        case _:
            return _NULL
    return sql("(select count(*) from ({rows}) as counted)", rows=rows)


def _explain(plan: DatabasePlan, count: Count | None) -> Query | None:
    if not isinstance(plan, ReadRequestPlan) or count not in ("planned", "estimated"):
        return None
    return Query.of(sql("explain (format json) {rows}", rows=count_sql(plan.read)))


def _body(media: Media, function: Function | None = None) -> Sql:
    row, is_single = _PAGE, False
    if function is not None:
        if function.returns is Returns.VOID:
            return _NULL
        if function.returns is Returns.SCALAR:
            row = identifier("page", SCALAR)
        is_single = not function.returns_set
    if media.shape == "csv":
        return _csv()
    rows = sql("json_agg({row})", row=row)
    if is_single or media.shape == "object":
        found = sql("{rows} -> 0", rows=rows)
        missing = sql("'null'")
    else:
        found, missing = rows, sql("'[]'")
    if media.strip_nulls:
        found = sql("json_strip_nulls({found})", found=found)
    return sql("coalesce({found}, {missing})", found=found, missing=missing)


def _csv() -> Sql:
    """PostgreSQL's text of a row without its parentheses is a line of CSV."""
    return sql(
        "(select coalesce(string_agg(name, ','), '') from json_object_keys("
        "(select row_to_json(first) from page as first limit 1)) as name)"
        " || E'\\n' || coalesce(string_agg(substring(page::text, 2, length(page::text) - 2), E'\\n'), '')"
    )


def _location(plan: WriteRequestPlan) -> Sql:
    """The key of the first row written, as a JSON object of texts."""
    if not plan.location_key:
        return _NULL
    names = [identifier(name) for name in plan.location_key]
    columns = join(", ", [sql("{name}::text as {name}", name=name) for name in names])
    return sql(
        "(select row_to_json(key)::text from (select {columns} from written limit 1) as key)", columns=columns
    )
