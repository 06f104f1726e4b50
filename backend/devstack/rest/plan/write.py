"""Planning writes: POST, PATCH, PUT and DELETE on a table."""

from __future__ import annotations

from collections.abc import Iterable

from backend.devstack.rest.errors import RestError, put_differs, undefined_column, undefined_payload_column
from backend.devstack.rest.plan.fields import distinct_fields, fields_used
from backend.devstack.rest.plan.plans import (
    Delete,
    FieldPlan,
    Insert,
    PlannedCondition,
    Update,
    Write,
    WriteRequestPlan,
    Written,
)
from backend.devstack.rest.plan.read import ReadPlanner
from backend.devstack.rest.plan.rows import Rows
from backend.devstack.rest.request.api_request import ApiRequest
from backend.devstack.rest.request.body import JsonBody
from backend.devstack.rest.request.syntax import Compare, Filter, RowRange
from backend.devstack.rest.schema_cache.model import Column, SchemaCache, Table
from backend.devstack.rest.settings import RestSettings


def plan_write(
    request: ApiRequest, table: Table, cache: SchemaCache, settings: RestSettings
) -> WriteRequestPlan:
    planner = ReadPlanner(cache, settings, request.query)
    rows = Rows.of_table(cache, table)
    write = _write(request, table, planner.root_conditions(rows))
    read = planner.plan(rows, Written(), RowRange(), filtered=False) if request.wants_rows else None
    representation = request.preferences.representation
    location_key = table.key if request.action == "insert" and representation == "headers-only" else ()
    needed = [*fields_used(read)] if read else []
    needed += [FieldPlan(name, table.columns[name].type) for name in location_key]
    return WriteRequestPlan(
        write=write,
        read=read,
        returning=distinct_fields(needed),
        location_key=location_key,
    )


def _write(request: ApiRequest, table: Table, where: tuple[PlannedCondition, ...]) -> Write:
    if request.action == "delete":
        _refuse_without_filters("DELETE", where)
        return Delete(table, where)
    body = request.body
    assert isinstance(body, JsonBody), body  # Only functions take raw bodies.
    columns = _payload_columns(table, body.keys)
    defaults = request.preferences.missing == "default"
    match request.action:
        case "update":
            if columns and body.rows:
                _refuse_without_filters("UPDATE", where)
            return Update(table, columns, body, defaults, where)
        case "put":
            _refuse_all_but_key_filters(request, table)
            if not set(table.key) <= set(body.keys):
                raise put_differs()
            return Insert(
                table,
                columns,
                body,
                defaults,
                conflict=table.key,
                resolution="merge-duplicates",
                only_where=where,
                is_put=True,
            )
        case _:
            conflict = _conflict_columns(request, table)
            resolution = request.preferences.resolution if conflict else None
            return Insert(table, columns, body, defaults, conflict, resolution)


def _payload_columns(table: Table, keys: Iterable[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for key in dict.fromkeys(keys):
        if key not in table.columns:
            raise undefined_payload_column(table.name.name, key)
        columns.append(table.columns[key])
    return tuple(columns)


def _conflict_columns(request: ApiRequest, table: Table) -> tuple[str, ...]:
    named = request.query.on_conflict
    if named is None:
        return table.key
    for name in named:
        if name not in table.columns:
            raise undefined_column(table.name.name, name, None)
    return named


def _refuse_all_but_key_filters(request: ApiRequest, table: Table) -> None:
    filtered: list[str] = []
    for path, condition in request.query.conditions:
        match condition:
            case Filter(negated=False, operation=Compare(operator="eq", quantifier=None)) if not path:
                filtered.append(condition.field.name)
            case _:
                filtered.append("")
    if not table.key or sorted(filtered) != sorted(table.key):
        message = "Filters must include all and only primary key columns with 'eq' operators"
        raise RestError("PGRST105", message)


def _refuse_without_filters(command: str, where: tuple[PlannedCondition, ...]) -> None:
    """Supabase loads pg-safeupdate for its REST role: nobody empties a table by leaving a filter out."""
    if not where:
        raise RestError("21000", f"{command} requires a WHERE clause")
