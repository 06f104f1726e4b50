"""Writes as INSERT, UPDATE or DELETE, the rows taken from the request's JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from backend.devstack.rest.plan.plans import Delete, FieldPlan, Insert, Update, Write
from backend.devstack.rest.request.body import JsonBody
from backend.devstack.rest.schema_cache.model import Column, Table
from backend.devstack.rest.sql.conditions import field_sql, where_sql
from backend.devstack.rest.sql.fragment import EMPTY, Sql, from_catalog, identifier, join, sql, value

TARGET = "target"  # The table written to.
BODY = "body"  # The rows of the request.
CONFLICTS = sql("'rest.conflicts'")  # A setting, local to the transaction: how many rows were there before.


def write_sql(write: Write, returning: Iterable[FieldPlan]) -> Sql:
    """One row for each row written, with the fields `returning` (or a constant, which needs no privilege)."""
    fields = [
        sql("{value} as {name}", value=field_sql(field, TARGET), name=identifier(field.name))
        for field in returning
    ]
    outputs = join(", ", fields) or sql("1 as one")
    match write:
        case Insert():
            return _insert(write, outputs)
        case Update():
            return _update(write, outputs)
        case Delete(table=table, where=where):
            return sql(
                "delete from {table}{where} returning {outputs}",
                table=_target(table),
                where=where_sql(where, TARGET),
                outputs=outputs,
            )
        case _:
            assert_never(write)


def _insert(write: Insert, outputs: Sql) -> Sql:
    names = [identifier(column.name) for column in write.columns]
    columns = sql(" ({names})", names=join(", ", names)) if names else EMPTY
    return sql(
        "insert into {table}{columns} select {values} from {rows} as {body}{where}{conflict}"
        " returning {outputs}",
        table=_target(write.table),
        columns=columns,
        values=join(", ", [identifier(BODY, column.name) for column in write.columns]),
        rows=_rows(write.rows, write.columns, defaults=write.defaults, first_only=write.is_put),
        body=identifier(BODY),
        where=where_sql(write.only_where, BODY),
        conflict=_on_conflict(write),
        outputs=outputs,
    )


def _on_conflict(write: Insert) -> Sql:
    if write.resolution is None:
        return EMPTY
    key = join(", ", [identifier(name) for name in write.conflict])
    if write.resolution == "ignore-duplicates" or not write.columns:
        return sql(" on conflict ({key}) do nothing", key=key)
    assignments = [sql("{name} = excluded.{name}", name=identifier(column.name)) for column in write.columns]
    # Whether a row was inserted or updated decides the status, and nothing in RETURNING tells it that works
    # for views and partitions, too. This condition is always true, and evaluated once for each conflict.
    return sql(
        " on conflict ({key}) do update set {assignments} where set_config({setting}, (coalesce("
        "nullif(current_setting({setting}, true), ''), '0')::bigint + 1)::text, true) is not null",
        key=key,
        assignments=join(", ", assignments),
        setting=CONFLICTS,
    )


def _update(write: Update, outputs: Sql) -> Sql:
    if not write.columns or not write.rows.rows:
        return sql("select {outputs} from {table} where false", outputs=outputs, table=_target(write.table))
    assignments = [
        sql("{name} = {value}", name=identifier(column.name), value=identifier(BODY, column.name))
        for column in write.columns
    ]
    return sql(
        "update {table} set {assignments} from {rows} as {body}{where} returning {outputs}",
        table=_target(write.table),
        assignments=join(", ", assignments),
        rows=_rows(write.rows, write.columns, defaults=write.defaults, first_only=True),
        body=identifier(BODY),
        where=where_sql(write.where, TARGET),
        outputs=outputs,
    )


def _target(table: Table) -> Sql:
    return sql(
        "{table} as {target}", table=identifier(table.name.schema, table.name.name), target=identifier(TARGET)
    )


def _rows(body: JsonBody, columns: tuple[Column, ...], *, defaults: bool, first_only: bool) -> Sql:
    """The request's rows as a table expression with typed columns."""
    if not columns:
        if not body.is_array:
            return sql("(values (1))")
        return sql("(select from json_array_elements({body}))", body=value(body.text, "json"))
    defined = [
        sql("{name} {type}", name=identifier(column.name), type=from_catalog(column.declared_type))
        for column in columns
    ]
    limit = sql(" limit 1") if first_only and body.is_array else EMPTY
    return sql(
        "(select * from {records} as _({columns}){limit})",
        records=_records(body, columns, defaults=defaults),
        columns=join(", ", defined),
        limit=limit,
    )


def _records(body: JsonBody, columns: tuple[Column, ...], *, defaults: bool) -> Sql:
    objects = [
        sql(
            "jsonb_build_object({name}, {default})",
            name=value(column.name),
            default=from_catalog(column.default),
        )
        for column in columns
        if defaults and column.default is not None
    ]
    if not objects:
        function = sql("json_to_recordset") if body.is_array else sql("json_to_record")
        return sql("{function}({body})", function=function, body=value(body.text, "json"))
    whole, missing = value(body.text, "jsonb"), join(" || ", objects)
    if not body.is_array:
        return sql("jsonb_to_record({missing} || {body})", missing=missing, body=whole)
    return sql(
        "jsonb_to_recordset("
        "(select jsonb_agg({missing} || element) from jsonb_array_elements({body}) as element))",
        missing=missing,
        body=whole,
    )
