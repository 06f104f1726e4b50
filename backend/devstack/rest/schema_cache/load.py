"""Reading the catalog of a database into a `SchemaCache`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import asyncpg

from backend.devstack.rest.schema_cache.model import (
    Argument,
    Column,
    Function,
    Name,
    Returns,
    SchemaCache,
    Table,
)
from backend.devstack.rest.schema_cache.relationships import ForeignKey, derive_relationships
from backend.devstack.rest.settings import RestSettings

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

LOAD_TIMEOUT_S = 30.0  # The catalog of a large project takes a second; more means a lock.

# Names SQL gives to types besides those in pg_type.
_SQL_TYPE_NAMES: Mapping[str, str] = {
    "bigint": "bigint",
    "boolean": "boolean",
    "char": "character",
    "character": "character",
    "character varying": "character varying",
    "dec": "numeric",
    "decimal": "numeric",
    "double precision": "double precision",
    "float": "double precision",
    "int": "integer",
    "integer": "integer",
    "real": "real",
    "smallint": "smallint",
    "time with time zone": "time with time zone",
    "time without time zone": "time without time zone",
    "timestamp with time zone": "timestamp with time zone",
    "timestamp without time zone": "timestamp without time zone",
}


async def load_schema_cache(connection: Connection, settings: RestSettings) -> SchemaCache:
    """Read everything in one snapshot. `connection` must not be inside a transaction."""
    schemas = list(settings.schemas)
    type_schemas = list(dict.fromkeys(("pg_catalog", *schemas, *settings.extra_search_path)))
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        # The catalog's functions leave out schemas that are in the path; we need every name in full.
        await connection.execute("set local search_path = ''")
        tables = await _read(connection, "tables", schemas)
        columns = await _read(connection, "columns", schemas)
        foreign_keys = await _read(connection, "foreign_keys", schemas)
        functions = await _read(connection, "functions", schemas)
        types = await _read(connection, "types", type_schemas)
        role_settings = await _read(connection, "role_settings")
        time_zones = await _read(connection, "time_zones")
    tables_by_name = _tables(tables, columns)
    read_functions = [_function(row) for row in functions]
    return SchemaCache(
        tables=tables_by_name,
        relationships=derive_relationships(map(_foreign_key, foreign_keys), tables_by_name, read_functions),
        functions=_by_name(read_functions),
        computed=_computed_fields(read_functions),
        types={row["name"]: row["type"] for row in types} | dict(_SQL_TYPE_NAMES),
        role_settings=_role_settings(role_settings),
        time_zones=frozenset(row["name"] for row in time_zones),
    )


async def _read(connection: Connection, name: str, *arguments: object) -> list[asyncpg.Record]:
    sql = Path(__file__).with_name(f"{name}.sql").read_text()
    return await connection.fetch(sql, *arguments, timeout=LOAD_TIMEOUT_S)


def _tables(tables: Iterable[asyncpg.Record], columns: Iterable[asyncpg.Record]) -> dict[Name, Table]:
    columns_by_table: dict[Name, dict[str, Column]] = defaultdict(dict)
    for row in columns:
        column = Column(row["name"], row["type"], row["declared_type"], row["default_expression"])
        columns_by_table[Name(row["schema"], row["table"])][column.name] = column
    found = (
        Table(
            name=(name := Name(row["schema"], row["name"])),
            columns=columns_by_table[name],
            key=tuple(row["key"]),
            insertable=row["insertable"],
            updatable=row["updatable"],
            deletable=row["deletable"],
        )
        for row in tables
    )
    return {table.name: table for table in found}


def _foreign_key(row: asyncpg.Record) -> ForeignKey:
    return ForeignKey(
        name=row["name"],
        source=Name(row["source_schema"], row["source"]),
        target=Name(row["target_schema"], row["target"]),
        columns=tuple(zip(row["source_columns"], row["target_columns"], strict=True)),
        is_unique=row["is_unique"],
    )


def _by_name(functions: Iterable[Function]) -> dict[Name, tuple[Function, ...]]:
    overloads: dict[Name, list[Function]] = defaultdict(list)
    for function in functions:
        overloads[function.name].append(function)
    return {name: tuple(found) for name, found in overloads.items()}


def _computed_fields(functions: Iterable[Function]) -> dict[Name, dict[str, Function]]:
    computed: dict[Name, dict[str, Function]] = defaultdict(dict)
    for function in functions:
        if function.row_of is not None and not function.returns_set and function.result_table is None:
            computed[function.row_of][function.name.name] = function
    return dict(computed)


def _function(row: asyncpg.Record) -> Function:
    declared = json.loads(row["arguments"])
    outputs = {
        column["name"]: Column(column["name"], column["type"])
        for column in declared
        if column["mode"] in ("o", "b", "t")
    }
    row_columns = {
        column["name"]: Column(column["name"], column["type"]) for column in json.loads(row["columns"])
    }
    is_composite = row["result_kind"] == "c" or bool(outputs)
    returns = Returns.COMPOSITE if is_composite else Returns.SCALAR
    result_table = row_of = None
    if row["result_kind"] == "c":
        result_table = Name(row["result_schema"], row["result_relation"])
    if row["row_relation"] is not None:
        row_of = Name(row["row_schema"], row["row_relation"])
    return Function(
        name=Name(row["schema"], row["name"]),
        arguments=_arguments(declared, row["defaults"]),
        returns=Returns.VOID if row["result_type"] == "void" else returns,
        returns_set=row["returns_set"],
        result_type=row["result_type"],
        volatile=row["volatility"] == "v",
        columns=outputs or row_columns,
        result_table=result_table,
        row_of=row_of,
        returns_one_row=row["returns_one_row"],
    )


def _arguments(declared: list[Mapping[str, str]], defaults: int) -> tuple[Argument, ...]:
    """The input arguments; the last `defaults` of them may be left out."""
    inputs = [argument for argument in declared if argument["mode"] in ("i", "b", "v")]
    return tuple(
        Argument(
            name=argument["name"],
            type=argument["type"],
            required=index < len(inputs) - defaults and argument["mode"] != "v",
            variadic=argument["mode"] == "v",
        )
        for index, argument in enumerate(inputs)
    )


def _role_settings(rows: Iterable[asyncpg.Record]) -> dict[str, dict[str, str]]:
    settings: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        settings[row["role"]][row["name"]] = row["value"]
    return dict(settings)
