"""What functions there are: for code generators as Convex's function listing, for everyone as OpenAPI."""

from __future__ import annotations

from typing import assert_never

from litestar import Litestar
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
)

from backend.protocol.values import Json
from backend.runtime.functions import Function, Visibility
from backend.runtime.functions import Kind as FunctionKind
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
    document.components.security_schemes = {
        _TOKEN: SecurityScheme(
            type="http",
            scheme="bearer",
            bearer_format="JWT",
            description="The access token of a person, as Supabase Auth gives it. Without one: a visitor.",
        )
    }
    document.components.schemas[_REFUSAL] = _object({"code": _TEXT, "message": _TEXT})


_TOKEN = "token"
_REFUSAL = "Refusal"
_TEXT = Schema(type=OpenAPIType.STRING)
_LOG_LINES = Schema(
    type=OpenAPIType.ARRAY, items=_TEXT, description="What the function said; never in production"
)
_REFUSALS = {
    "400": "The request is no call: its body, a header or the address makes no sense",
    "401": "The token proves nobody",
    "408": "The connection ended before the request did",
    "413": "The body is too large",
    "503": "The database is busy or away; of a mutation, nobody may know whether it happened",
}
"""When no function was run, or nobody knows whether one was."""


def _operation(function: Function[..., object]) -> Operation:
    succeeded = _object(
        {"status": Schema(const="success"), "value": _schema(function.contract.result)}, logLines=_LOG_LINES
    )
    failed = _object(
        {"status": Schema(const="error"), "errorMessage": _TEXT},
        errorData=Schema(
            description="What the function refused with: `{code, message, hint?}`, or data of its own"
        ),
        logLines=_LOG_LINES,
    )
    refused = {"application/json": OpenAPIMediaType(Reference(ref=f"#/components/schemas/{_REFUSAL}"))}
    return Operation(
        tags=[function.name.partition(":")[0]],
        operation_id=function.name,
        summary=f"{function.kind.value} {function.name}",
        description=function.title or None,
        parameters=[_IDEMPOTENCY_KEY] if function.kind is FunctionKind.MUTATION else None,
        request_body=RequestBody(
            _json(_object({"args": _schema(function.contract.arguments)})), required=True
        ),
        responses={
            "200": OpenAPIResponse(
                "What the function gave, or why it failed",
                content=_json(Schema(one_of=[succeeded, failed])),
            ),
            **{status: OpenAPIResponse(when, content=refused) for status, when in _REFUSALS.items()},
        },
        security=[{_TOKEN: []}, {}],
    )


_IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    param_in="header",
    description="The caller's own name for this call: sent again within two weeks, it does not run again",
    schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=255),
)


def _json(schema: Schema) -> dict[str, OpenAPIMediaType]:
    return {"application/json": OpenAPIMediaType(schema)}


def _object(properties: dict[str, Schema], **optional: Schema) -> Schema:
    return Schema(type=OpenAPIType.OBJECT, properties={**properties, **optional}, required=list(properties))


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
