"""A registered function, as a value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, ParamSpec, TypeVar

from backend.runtime.contract import Contract

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Kind(Enum):
    """What a function may do. The value is Convex's word for it."""

    QUERY = "Query"
    MUTATION = "Mutation"
    ACTION = "Action"


class Visibility(Enum):
    """Who may call a function: anyone, or our own code only."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Batching:
    """How waiting calls of a mutation are settled together: `handler` takes calls with `arguments` each."""

    handler: Callable[..., Awaitable[Sequence[object]]]
    arguments: Callable[..., object]


@dataclass(frozen=True)
class Function(Generic[P, R_co]):
    """A registered function. `handler` takes the context first, whose kind is `kind`'s.

    With `batching` it is a mutation whose waiting calls share one transaction; `handler` then runs one call.
    """

    name: str
    kind: Kind
    visibility: Visibility
    handler: Callable[..., Awaitable[R_co]]
    contract: Contract
    title: str
    batching: Batching | None = None
