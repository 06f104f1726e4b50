"""Functions that clients may call: declared with a decorator, found by name.

    @query
    async def feed(ctx: QueryContext, space_id: Id[Space], page: PageOptions) -> Page[Post]: ...

declares `posts:feed` when it stands in the handler module `posts`. Its signature is its contract.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Concatenate, ParamSpec, TypeVar

from backend.engine.ports import Call
from backend.protocol.values import InvalidValue, Json, camel_case, canonical_arguments, decode_text
from backend.runtime.context import ActionContext, MutationContext, QueryContext
from backend.runtime.contract import contract_of
from backend.runtime.errors import ArgumentValidationError, FunctionUnknown
from backend.runtime.functions import Function, Kind, Visibility
from schema.tables import CATALOG

P = ParamSpec("P")
R = TypeVar("R")

HANDLERS = "backend.handlers."  # What names on the wire leave out of a module's own name.


def query(handler: Callable[Concatenate[QueryContext, P], Awaitable[R]]) -> Function[P, R]:
    """A function that reads, and that clients may subscribe to."""
    return _register(handler, Kind.QUERY, Visibility.PUBLIC)


def mutation(handler: Callable[Concatenate[MutationContext, P], Awaitable[R]]) -> Function[P, R]:
    """A function that writes, in one transaction. It may be run more than once, and counts once."""
    return _register(handler, Kind.MUTATION, Visibility.PUBLIC)


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


def _register(handler: Callable[..., Awaitable[R]], kind: Kind, visibility: Visibility) -> Function[..., R]:
    module = handler.__module__.removeprefix(HANDLERS).replace(".", "/")
    return Function(
        # `list_` is `list` on the wire: a name that Python needs itself takes an underscore, as PEP 8 has it.
        name=canonical_name(f"{module}:{handler.__name__.rstrip('_')}"),
        kind=kind,
        visibility=visibility,
        handler=handler,
        contract=contract_of(handler, CATALOG),
        title=(handler.__doc__ or "").strip().partition("\n")[0],
    )


class Registry:
    """The functions of one service, by canonical name."""

    def __init__(self, functions: Iterable[Function[..., object]]) -> None:
        self._by_name: dict[str, Function[..., object]] = {}
        for function in functions:
            assert function.name not in self._by_name, function.name
            self._by_name[function.name] = function

    @classmethod
    def of(cls, *modules: ModuleType) -> Registry:
        """Every function declared in these modules."""
        return cls(
            value
            for module in modules
            for value in vars(module).values()
            if isinstance(value, Function) and value.handler.__module__ == module.__name__
        )

    def __iter__(self) -> Iterator[Function[..., object]]:
        return iter(sorted(self._by_name.values(), key=lambda function: function.name))

    def find(self, name: str, kind: Kind | None = None) -> Function[..., object] | None:
        """The public function of that name (in any spelling) and kind; None hides why there is none."""
        function = self._by_name.get(canonical_name(name))
        if function is None or function.visibility is not Visibility.PUBLIC:
            return None
        return function if kind in (None, function.kind) else None

    def prepare(self, call: Call, kind: Kind) -> tuple[Function[..., object], dict[str, object]]:
        """The function a client calls and its arguments, typed.

        Raises `FunctionUnknown` or `ArgumentValidationError`: this one call fails by them, and nothing else.
        """
        function = self.find(call.function, kind)
        if function is None:
            raise FunctionUnknown(call.function)
        if call.fault is not None:
            raise ArgumentValidationError(call.fault)
        given = decode_text(call.arguments)
        assert isinstance(given, dict), call
        return function, function.contract.read_arguments(given)


def canonical_call(path: str, arguments: Json) -> Call:
    """A call as a client wrote it, in the one spelling equal calls share.

    >>> canonical_call("posts.js:toggle_like", [{"postId": "a"}])
    Call(function='posts:toggleLike', arguments='{"postId":"a"}', fault=None)
    """
    name = canonical_name(path)
    try:
        return Call(name, canonical_arguments(arguments))
    except InvalidValue as error:
        return Call(name, "{}", fault=str(error))


@lru_cache(maxsize=4096)
def canonical_name(path: str) -> str:
    """The one spelling of a function's name, from any of those in use.

    >>> [canonical_name(path) for path in ("posts:toggle_like", "posts.js:toggleLike", "posts.toggleLike")]
    ['posts:toggleLike', 'posts:toggleLike', 'posts:toggleLike']
    >>> canonical_name("admin/reports")
    'admin/reports:default'
    """
    module, colon, function = path.rpartition(":")
    if not colon:
        module, _, function = path.removesuffix(".js").rpartition(".")
        if not module:
            module, function = function, "default"
    parts = module.removesuffix(".js").replace(".", "/").split("/")
    return f"{'/'.join(map(camel_case, parts))}:{camel_case(function)}"
