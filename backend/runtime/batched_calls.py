"""A call that is settled together with others, as the handler sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from backend.runtime.errors import ConvexError
from backend.runtime.log_lines import Log

A_co = TypeVar("A_co", covariant=True)


class BatchedCall(Generic[A_co]):
    """One person's call: who calls, with what, and `log` for what is said to them.

    `refusal` is why it failed, if it did. That is the end of it: what is still to be written for it is left
    out, what was written for it never was, and what the handler returns for it does not count.
    """

    __slots__ = ("_arguments", "has_written", "log", "refusal", "user_id")

    def __init__(self, user_id: UUID, arguments: A_co, log: Log) -> None:
        self.user_id, self._arguments, self.log = user_id, arguments, log
        self.refusal: ConvexError | None = None
        self.has_written = False

    @property
    def arguments(self) -> A_co:
        """What the caller gave, typed as the handler declares it."""
        return self._arguments

    def refuse(self, error: ConvexError) -> None:
        """Let this call fail, and no other. The first refusal counts."""
        self.refusal = self.refusal or error


Calls: TypeAlias = Sequence[BatchedCall[A_co]]
"""The calls of one batch, each of another person, in the order they are to be settled in."""
