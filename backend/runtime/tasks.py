"""A mutation to be run, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from backend.engine.versions import Identity
from backend.runtime.functions import Function
from backend.runtime.log_lines import Log
from backend.runtime.usage import Effort


@dataclass(frozen=True)
class Task:
    """A mutation to be run, once for a session and request id in `request`, or for a scheduled `job`.

    `request_of` says in the request log which call the request is.
    """

    function: Function[..., object]
    identity: Identity
    arguments: Mapping[str, object]
    request: tuple[UUID, int] | None
    job: UUID | None = None
    log: Log = field(default_factory=Log)
    request_of: str = ""
    effort: Effort = field(default_factory=Effort)


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed transaction: the handler's result, and the transaction's id where it wrote anything."""

    value: object
    value_json: str
    xid: int | None
    has_jobs: bool = False
