"""Stage two: what the client wants, looked up in the schema cache."""

from __future__ import annotations

from backend.devstack.rest.errors import RestError
from backend.devstack.rest.plan.call import no_function, plan_call
from backend.devstack.rest.plan.plans import InfoPlan, ReadRequestPlan, RequestPlan
from backend.devstack.rest.plan.read import ReadPlanner
from backend.devstack.rest.plan.rows import Rows
from backend.devstack.rest.plan.write import plan_write
from backend.devstack.rest.request.api_request import ApiRequest
from backend.devstack.rest.schema_cache.model import Name, SchemaCache, Table, closest
from backend.devstack.rest.settings import RestSettings


def plan_request(request: ApiRequest, cache: SchemaCache, settings: RestSettings) -> RequestPlan:
    """Raises `RestError` when the request names what does not exist, or asks of it what it cannot do."""
    match request.action:
        case "describe":
            raise RestError("PGRST126", "Root endpoint metadata is disabled")
        case "info":
            return InfoPlan(_methods(request, cache))
        case "call":
            return plan_call(request, cache, settings)
        case "read":
            table = _table(request, cache)
            rows = Rows.of_table(cache, table)
            planner = ReadPlanner(cache, settings, request.query)
            read = planner.plan(rows, table.name, request.range, filtered=True)
            return ReadRequestPlan(read, request.preferences.count)
        case "insert" | "update" | "put" | "delete":
            return plan_write(request, _table(request, cache), cache, settings)


def _table(request: ApiRequest, cache: SchemaCache) -> Table:
    name = Name(request.schema, request.target.name)
    table = cache.tables.get(name)
    if table is not None:
        return table
    similar = closest(name.name, (known.name for known in cache.tables if known.schema == name.schema))
    raise RestError(
        "PGRST205",
        f"Could not find the table '{name}' in the schema cache",
        hint=f"Perhaps you meant the table '{name.schema}.{similar}'" if similar else None,
    )


def _methods(request: ApiRequest, cache: SchemaCache) -> tuple[str, ...]:
    match request.target.kind:
        case "root":
            return ("OPTIONS", "GET", "HEAD")
        case "function":
            overloads = cache.functions.get(Name(request.schema, request.target.name), ())
            if not overloads:
                raise no_function(request, cache, [])
            if all(function.volatile for function in overloads):
                return ("OPTIONS", "POST")
            return ("OPTIONS", "GET", "HEAD", "POST")
        case "relation":
            table = _table(request, cache)
            methods = ["OPTIONS", "GET", "HEAD"]
            if table.insertable:
                methods.append("POST")
            if table.insertable and table.updatable and table.key:
                methods.append("PUT")
            if table.updatable:
                methods.append("PATCH")
            if table.deletable:
                methods.append("DELETE")
            return tuple(methods)
