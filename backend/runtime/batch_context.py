"""What a batched mutation is given, and how it becomes a function like any other."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, is_dataclass
from typing import TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

from backend.runtime.batched_calls import BatchedCall, Calls
from backend.runtime.context import MutationContext
from backend.runtime.functions import Batching
from backend.runtime.set_writing import SetWriter

A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True)
class BatchContext:
    """For a batched mutation: a serializable transaction that many calls share.

    It may be run again, so it may touch nothing but `db`.
    """

    db: SetWriter


BatchHandler: TypeAlias = Callable[[BatchContext, Calls[A]], Awaitable[Sequence[R]]]


def read_batch(together: BatchHandler[A, R]) -> tuple[Callable[..., Awaitable[R]], Batching]:
    """A handler of single calls whose signature tells what one is given and gets, and how many are settled.

    Raises `TypeError` unless `together` takes `Calls` of a dataclass and returns a list.
    """
    hints = get_type_hints(together, include_extras=True)
    _, calls = inspect.signature(together).parameters.values()
    [call] = get_args(hints[calls.name]) or (None,)
    [given] = get_args(call) or (None,)
    results = hints["return"]
    if get_origin(call) is not BatchedCall or not is_dataclass(given) or get_origin(results) is not list:
        raise TypeError(f"{together.__qualname__}: take Calls[...] of a dataclass, and return a list.")
    arguments = cast("Callable[..., A]", given)

    async def alone(ctx: MutationContext, **values: object) -> R:
        call = BatchedCall(ctx.auth.user_id, arguments(**values), ctx.log)
        [result] = await together(BatchContext(SetWriter.inside(ctx.db)), [call])
        if call.refusal is not None:
            raise call.refusal
        return result

    _take_signature(alone, together, arguments, get_args(results)[0])
    return alone, Batching(together, arguments)


def _take_signature(
    alone: Callable[..., object],
    together: Callable[..., object],
    arguments: Callable[..., object],
    result: object,
) -> None:
    """Let `alone` look as if it were written out: contracts and TypeScript are made from signatures."""
    fields = inspect.signature(arguments).parameters.values()
    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=MutationContext)
    alone.__name__, alone.__qualname__ = together.__name__, together.__qualname__
    alone.__module__, alone.__doc__ = together.__module__, together.__doc__
    alone.__annotations__ = {"ctx": MutationContext, **_fields(arguments), "return": result}
    alone.__signature__ = inspect.Signature([context, *fields], return_annotation=result)  # pyright: ignore[reportFunctionMemberAccess]


def _fields(arguments: Callable[..., object]) -> dict[str, object]:
    return get_type_hints(arguments, include_extras=True)
