"""Planning calls: which overload of a function is meant, and with which arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backend.devstack.rest.errors import RestError
from backend.devstack.rest.plan.fields import fields_used
from backend.devstack.rest.plan.plans import (
    CallArguments,
    CallRequestPlan,
    JsonArguments,
    TextArguments,
    WholeBody,
)
from backend.devstack.rest.plan.read import ReadPlanner
from backend.devstack.rest.plan.rows import Rows
from backend.devstack.rest.request.api_request import ApiRequest
from backend.devstack.rest.request.body import JsonBody, RawBody
from backend.devstack.rest.request.syntax import Field, SelectField
from backend.devstack.rest.schema_cache.model import (
    Column,
    Function,
    Name,
    Returns,
    SchemaCache,
    closest,
)
from backend.devstack.rest.settings import RestSettings

SCALAR = "pgrst_scalar"  # PostgREST's name for the value of a function that returns no row; CSV shows it.
PARAMETERS_SIMILARITY_MIN = 0.33  # PostgREST's: whoever knows the function's name may learn its parameters.


def plan_call(request: ApiRequest, cache: SchemaCache, settings: RestSettings) -> CallRequestPlan:
    """Raises PGRST202 when no overload takes these arguments, and PGRST203 when several do."""
    function, arguments = _choose(request, cache)
    strict = request.preferences.handling == "strict"
    if strict and request.preferences.max_affected is not None and not function.returns_set:
        raise RestError(
            "PGRST128",
            "Function must return SETOF or TABLE when max-affected preference is used with handling=strict",
        )
    query, rows = request.query, Rows.of_function(cache, function)
    if function.returns is not Returns.COMPOSITE:
        query = replace(query, select=(SelectField(Field(SCALAR)),))
        rows = Rows(function.name.name, None, {SCALAR: Column(SCALAR, function.result_type)}, {})
    read = ReadPlanner(cache, settings, query).plan(rows, function, request.range, filtered=True)
    return CallRequestPlan(
        function=function,
        arguments=arguments,
        read=read,
        computed=tuple(field for field in fields_used(read) if field.computed_by is not None),
        count=request.preferences.count,
    )


def _choose(request: ApiRequest, cache: SchemaCache) -> tuple[Function, CallArguments]:
    overloads = cache.functions.get(Name(request.schema, request.target.name), ())
    match request.body:
        case None:
            given: dict[str, list[str]] = {}
            for name, value in request.query.arguments:
                given.setdefault(name, []).append(value)
            function = _only(_taking(overloads, given), request, cache, given)
            return function, _text_arguments(function, given)
        case RawBody(content=content, types=types):
            function = _only(_taking_body(overloads, types), request, cache, ())
            return function, WholeBody(function.arguments[0].type, content)
        case JsonBody(keys=keys) as body:
            found = _taking(overloads, keys)
            whole = [] if found else _taking_body(overloads, ("json", "jsonb"))
            if whole:
                function = _only(whole, request, cache, keys)
                return function, WholeBody(function.arguments[0].type, body.text.encode())
            function = _only(found, request, cache, keys)
            arguments = tuple(argument for argument in function.arguments if argument.name in keys)
            return function, JsonArguments(arguments, body)


def _taking(overloads: Iterable[Function], names: Iterable[str]) -> list[Function]:
    """Those that can be called with exactly these named arguments."""
    given = set(names)
    return [
        function
        for function in overloads
        if {argument.name for argument in function.arguments if argument.required} <= given
        and given <= set(function.argument_names)
        and all(argument.name or not argument.required for argument in function.arguments)
    ]


def _taking_body(overloads: Iterable[Function], types: Sequence[str]) -> list[Function]:
    """Those with a single unnamed parameter of one of the types."""
    return [
        function
        for function in overloads
        if len(function.arguments) == 1
        and not function.arguments[0].name
        and function.arguments[0].type in types
    ]


def _text_arguments(function: Function, given: dict[str, list[str]]) -> TextArguments:
    return TextArguments(
        tuple(
            # A name given twice means the last one, unless the parameter takes several.
            (argument, tuple(given[argument.name] if argument.variadic else given[argument.name][-1:]))
            for argument in function.arguments
            if argument.name in given
        )
    )


def _only(
    found: Sequence[Function], request: ApiRequest, cache: SchemaCache, names: Iterable[str]
) -> Function:
    match found:
        case [function]:
            return function
        case []:
            raise no_function(request, cache, sorted(names))
        case several:
            raise _several_found(several)


def no_function(request: ApiRequest, cache: SchemaCache, names: list[str]) -> RestError:
    function = f"{request.schema}.{request.target.name}"
    match request.body:
        case RawBody(types=("text" | "xml" | "bytea" as type_,)):
            searched, called, hint = f" with a single unnamed {type_} parameter", "", None
        case _:
            plural = "s" if len(names) > 1 else ""
            searched = f" with parameter{plural} {', '.join(names)}" if names else " without parameters"
            called = f"({', '.join(names)})" if names else " without parameters"
            hint = _hint(request, cache, names)
            if request.body is not None:
                searched += " or with a single unnamed json/jsonb parameter"
    return RestError(
        "PGRST202",
        f"Could not find the function {function}{called} in the schema cache",
        details=(
            f"Searched for the function {function}{searched}, but no matches were found in the schema cache."
        ),
        hint=hint,
    )


def _hint(request: ApiRequest, cache: SchemaCache, names: list[str]) -> str | None:
    overloads = cache.functions.get(Name(request.schema, request.target.name), ())
    if overloads:
        signatures = [f"({', '.join(sorted(function.argument_names))})" for function in overloads]
        signature = closest(f"({', '.join(names)})", signatures, PARAMETERS_SIMILARITY_MIN)
        meant = f"{request.target.name}{signature}" if signature else None
    else:
        known = {name.name for name in cache.functions if name.schema == request.schema}
        meant = closest(request.target.name, known)
    return f"Perhaps you meant to call the function {request.schema}.{meant}" if meant else None


def _several_found(several: Sequence[Function]) -> RestError:
    signatures = ", ".join(
        f"{function.name}({', '.join(f'{each.name} => {each.type}' for each in function.arguments)})"
        for function in several
    )
    return RestError(
        "PGRST203",
        f"Could not choose the best candidate function between: {signatures}",
        hint=(
            "Try renaming the parameters or the function itself in the database "
            "so function overloading can be resolved"
        ),
    )
