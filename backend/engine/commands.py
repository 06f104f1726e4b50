"""What a client may ask of its session."""

from dataclasses import dataclass
from uuid import UUID

from backend.engine.ports import Call
from backend.engine.versions import Identity, Ts


@dataclass(frozen=True, slots=True)
class Connect:
    """Always first.

    `observed`: the greatest ts this client has been told, by any copy of the service. `again`: it was
    connected before, so the first mutations it sends may be repeats of some that have taken effect.
    """

    session_id: UUID
    observed: Ts
    again: bool = False


@dataclass(frozen=True, slots=True)
class AddQuery:
    """Subscribe. `journal`: what an earlier connection was told with the answer; None: a fresh page."""

    query_id: int
    call: Call
    journal: str | None


@dataclass(frozen=True, slots=True)
class RemoveQuery:
    query_id: int


@dataclass(frozen=True, slots=True)
class ModifyQuerySet:
    """Subscribe and unsubscribe, all at once."""

    base_version: int
    new_version: int
    modifications: tuple[AddQuery | RemoveQuery, ...]


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Be someone else from here on: `identity` is verified already."""

    base_version: int
    identity: Identity


@dataclass(frozen=True, slots=True)
class AuthenticateRefused:
    """The client sent a token that proves nobody; `error` says why."""

    base_version: int
    error: str


@dataclass(frozen=True, slots=True)
class Mutate:
    request_id: int
    call: Call


@dataclass(frozen=True, slots=True)
class Act:
    request_id: int
    call: Call


Command = Connect | ModifyQuerySet | Authenticate | AuthenticateRefused | Mutate | Act
