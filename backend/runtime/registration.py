"""Functions that clients may call: declared with a decorator, found by name.

    @query
    async def feed(ctx: QueryContext, space_id: Id[Space], page: PageOptions) -> Page[Post]: ...

declares `posts:feed` when it stands in the handler module `posts`. Its signature is its contract.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Concatenate, Literal, ParamSpec, TypeVar, overload

from backend.engine.ports import Call
from backend.protocol.values import InvalidValue, Json, camel_case, canonical_arguments, decode_text
from backend.runtime.batch_context import BatchHandler, read_batch
from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.contract import contract_of
from backend.runtime.errors import ArgumentValidationError, FunctionUnknown, LimitExceeded
from backend.runtime.functions import Batching, Function, Kind, Visibility
from backend.runtime.http_routes import HttpRoute
from schema.tables import CATALOG

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")

ARGUMENTS_BYTES_MAX = 16 * 1024 * 1024  # Of one call: Convex's own limit. Files belong in storage.
NAME_CHARACTERS_MAX = 200  # Of a function as clients call it. Names are remembered, and nobody's is longer.
HANDLERS = "backend.handlers."  # What names on the wire leave out of a module's own name.


def query(handler: Callable[Concatenate[QueryContext, P], Awaitable[R]]) -> Function[P, R]:
    """A function that reads, and that clients may subscribe to."""
    return _register(handler, Kind.QUERY, Visibility.PUBLIC)


@overload
def mutation(handler: Callable[Concatenate[MutationContext, P], Awaitable[R]]) -> Function[P, R]: ...


@overload
def mutation(*, batch: Literal[True]) -> Callable[[BatchHandler[A, R]], Function[..., R]]: ...


def mutation(
    handler: Callable[Concatenate[MutationContext, P], Awaitable[R]] | None = None, *, batch: bool = False
) -> Function[P, R] | Callable[[BatchHandler[A, R]], Function[..., R]]:
    """A function that writes, in one transaction. It may be run more than once, and counts once.

    With `@mutation(batch=True)` the calls that wait are settled together, in one transaction, and the
    function gets them as a list:

        @mutation(batch=True)
        async def toggle_like(ctx: BatchContext, calls: Calls[OnePost]) -> list[bool]: ...

    Its result is a list, too, of one value for each call. That is for what many people write to at once, such
    as the likes of one post, where transactions of their own would only get in each other's way.
    """
    if handler is not None:
        return _register(handler, Kind.MUTATION, Visibility.PUBLIC)

    def register(together: BatchHandler[A, R]) -> Function[..., R]:
        alone, batching = read_batch(together)
        return _register(alone, Kind.MUTATION, Visibility.PUBLIC, batching)

    return register


def action(handler: Callable[Concatenate[ActionContext, P], Awaitable[R]]) -> Function[P, R]:
    """A function that talks to the world. It is never run twice by us."""
    return _register(handler, Kind.ACTION, Visibility.PUBLIC)


def internal_query(handler: Callable[Concatenate[QueryContext, P], Awaitable[R]]) -> Function[P, R]:
    """A query for our own code; to clients it does not exist."""
    return _register(handler, Kind.QUERY, Visibility.INTERNAL)


def internal_mutation(handler: Callable[Concatenate[MutationContext, P], Awaitable[R]]) -> Function[P, R]:
    """A mutation for our own code; to clients it does not exist."""
    return _register(handler, Kind.MUTATION, Visibility.INTERNAL)


def internal_action(handler: Callable[Concatenate[ActionContext, P], Awaitable[R]]) -> Function[P, R]:
    """An action for our own code; to clients it does not exist."""
    return _register(handler, Kind.ACTION, Visibility.INTERNAL)


def _register(
    handler: Callable[..., Awaitable[R]],
    kind: Kind,
    visibility: Visibility,
    batching: Batching | None = None,
) -> Function[..., R]:
    module = handler.__module__.removeprefix(HANDLERS).replace(".", "/")
    return Function(
        # `list_` is `list` on the wire: a name that Python needs itself takes an underscore, as PEP 8 has it.
        name=canonical_name(f"{module}:{handler.__name__.rstrip('_')}"),
        kind=kind,
        visibility=visibility,
        handler=handler,
        contract=contract_of(handler, CATALOG),
        title=(handler.__doc__ or "").strip().partition("\n")[0],
        batching=batching,
    )


class Registry:
    """The functions of one service, by canonical name, and its HTTP actions in `routes`, by path."""

    def __init__(self, functions: Iterable[Function[..., object]], routes: Iterable[HttpRoute] = ()) -> None:
        self.routes = tuple(sorted(routes, key=lambda route: (route.path, route.method)))
        self._by_name: dict[str, Function[..., object]] = {}
        for function in functions:
            assert function.name not in self._by_name, function.name
            self._by_name[function.name] = function

    @classmethod
    def of(cls, *modules: ModuleType) -> Registry:
        """Every function and HTTP action declared in these modules."""
        declared = [
            value
            for module in modules
            for value in vars(module).values()
            if isinstance(value, Function | HttpRoute) and value.handler.__module__ == module.__name__
        ]
        return cls(
            [value for value in declared if isinstance(value, Function)],
            [value for value in declared if isinstance(value, HttpRoute)],
        )

    @property
    def names(self) -> list[str]:
        """The names of all functions and HTTP actions."""
        return [*(function.name for function in self), *(route.name for route in self.routes)]

    def __iter__(self) -> Iterator[Function[..., object]]:
        return iter(sorted(self._by_name.values(), key=lambda function: function.name))

    def find(self, name: str, kind: Kind | None = None) -> Function[..., object] | None:
        """The public function of that name (in any spelling) and kind; None hides why there is none."""
        function = self._by_name.get(canonical_name(name))
        if function is None or function.visibility is not Visibility.PUBLIC:
            return None
        return function if kind in (None, function.kind) else None

    def named(self, name: str) -> Function[..., object] | None:
        """The function of that name (in any spelling), internal or not."""
        return self._by_name.get(canonical_name(name))

    def prepare(self, call: Call, kind: Kind) -> tuple[Function[..., object], dict[str, object]]:
        """The function a client calls and its arguments, typed.

        Raises `FunctionUnknown`, `ArgumentValidationError` or `LimitExceeded`: this one call fails by them,
        and nothing else.
        """
        function = self.find(call.function, kind)
        if function is None:
            raise FunctionUnknown(call.function)
        if call.fault is not None:
            raise ArgumentValidationError(call.fault)
        # As in `encode_result`, bytes are counted only near the limit.
        if (
            len(call.arguments) * 4 > ARGUMENTS_BYTES_MAX
            and len(call.arguments.encode()) > ARGUMENTS_BYTES_MAX
        ):
            raise LimitExceeded(f"The arguments are larger than {ARGUMENTS_BYTES_MAX} bytes.")
        given = decode_text(call.arguments)
        assert isinstance(given, dict), call
        return function, function.contract.read_arguments(given)


def canonical_call(path: str, arguments: Json, *, component: str | None = None) -> Call:
    """A call as a client wrote it, in the one spelling equal calls share.

    `component`: of Convex's components, of which we have none but the root, whose name is empty.

    >>> canonical_call("posts.js:toggle_like", [{"postId": "a"}])
    Call(function='posts:toggleLike', arguments='{"postId":"a"}', fault=None)
    """
    name = canonical_name(f"{component}/{path}" if component else path)
    try:
        return Call(name, canonical_arguments(arguments))
    except InvalidValue as error:
        return Call(name, "{}", fault=str(error))


def canonical_name(path: str) -> str:
    """The one spelling of a function's name, from any of those in use.

    >>> [canonical_name(path) for path in ("posts:toggle_like", "posts.js:toggleLike", "posts.toggleLike")]
    ['posts:toggleLike', 'posts:toggleLike', 'posts:toggleLike']
    >>> canonical_name("admin/reports")
    'admin/reports:default'
    """
    return _canonical_name(path[:NAME_CHARACTERS_MAX])


@lru_cache(maxsize=4096)
def _canonical_name(path: str) -> str:
    module, colon, function = path.rpartition(":")
    if not colon:
        module, _, function = path.removesuffix(".js").rpartition(".")
        if not module:
            module, function = function, "default"
    parts = module.removesuffix(".js").replace(".", "/").split("/")
    return f"{'/'.join(map(camel_case, parts))}:{camel_case(function)}"
