"""What functions there are: for code generators as Convex's function listing, for everyone as OpenAPI."""

from __future__ import annotations

from typing import assert_never

from litestar import Litestar
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    PathItem,
    RequestBody,
    Schema,
)

from backend.protocol.values import Json
from backend.runtime.functions import Function, Visibility
from backend.runtime.http_routes import HttpRoute
from backend.runtime.registration import Registry
from backend.runtime.validators import (
    AnyOf,
    ArrayOf,
    Exactly,
    IdOf,
    Kind,
    ObjectOf,
    RecordOf,
    Simple,
    Validator,
    listing,
)


def function_listing(registry: Registry, url: str) -> dict[str, Json]:
    """What `npx convex function-spec` prints: every function's identifier, kind, arguments and result."""
    routes = [_listed_route(route) for route in registry.routes]
    return {"url": url, "functions": [*map(_listed, registry), *routes]}


def _listed_route(route: HttpRoute) -> Json:
    path = f"{route.path}*" if route.is_prefix else route.path
    return {"functionType": "HttpAction", "method": route.method, "path": path}


def _listed(function: Function[..., object]) -> Json:
    module, _, name = function.name.partition(":")
    return {
        "identifier": f"{module}.js:{name}",
        "functionType": function.kind.value,
        "visibility": {"kind": function.visibility.value},
        "args": listing(function.contract.arguments),
        "returns": listing(function.contract.result),
    }


def describe_functions(app: Litestar, registry: Registry) -> None:
    """Add every public function to the app's OpenAPI document, as `POST /api/run/<module>/<function>`."""
    document = app.openapi_schema
    paths = document.paths = document.paths or {}
    for function in registry:
        if function.visibility is Visibility.PUBLIC:
            paths[f"/api/run/{function.name.replace(':', '/')}"] = PathItem(post=_operation(function))


def _operation(function: Function[..., object]) -> Operation:
    succeeded = _object({"status": Schema(const="success"), "value": _schema(function.contract.result)})
    failed = _object({"status": Schema(const="error"), "errorMessage": Schema(type=OpenAPIType.STRING)})
    return Operation(
        tags=[function.name.partition(":")[0]],
        operation_id=function.name,
        summary=f"{function.kind.value} {function.name}",
        description=function.title or None,
        request_body=RequestBody(_json(_object({"args": _schema(function.contract.arguments)}))),
        responses={
            "200": OpenAPIResponse(
                "What the function gave", content=_json(Schema(one_of=[succeeded, failed]))
            )
        },
    )


def _json(schema: Schema) -> dict[str, OpenAPIMediaType]:
    return {"application/json": OpenAPIMediaType(schema)}


def _object(properties: dict[str, Schema]) -> Schema:
    return Schema(type=OpenAPIType.OBJECT, properties={**properties}, required=list(properties))


def _schema(validator: Validator) -> Schema:
    """JSON Schema of a value in the `json` format."""
    match validator:
        case Simple(kind):
            return Schema(type=_TYPES[kind])
        case Exactly(value):
            return Schema(const=value)
        case IdOf(table):
            return Schema(type=OpenAPIType.STRING, description=f"Id of a row of {table}")
        case ArrayOf(item):
            return Schema(type=OpenAPIType.ARRAY, items=_schema(item))
        case RecordOf(value):
            return Schema(type=OpenAPIType.OBJECT, additional_properties=_schema(value))
        case ObjectOf(fields):
            return Schema(
                type=OpenAPIType.OBJECT,
                properties={field.name: _schema(field.validator) for field in fields},
                required=[field.name for field in fields if not field.optional],
                additional_properties=False,
            )
        case AnyOf(members):
            return Schema(any_of=[_schema(member) for member in members])
        case _:
            assert_never(validator)


_TYPES: dict[Kind, OpenAPIType | None] = {
    "null": OpenAPIType.NULL,
    "number": OpenAPIType.NUMBER,
    "bigint": OpenAPIType.STRING,  # In decimal: JSON's numbers end at 2^53.
    "boolean": OpenAPIType.BOOLEAN,
    "string": OpenAPIType.STRING,
    "bytes": OpenAPIType.STRING,  # In base64.
    "any": None,
}
