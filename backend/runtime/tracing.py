"""Spans: what took how long inside what, for whoever follows one call through the service.

The runtime knows only this port. Where nobody traces, `NOT_TRACED` stands behind it and nothing is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

Attribute: TypeAlias = str | int | float | bool

SpanName: TypeAlias = str
"""What is done, never for whom: backends group by it, so it may not hold an id."""


class Tracing(Protocol):
    """Opens spans inside each other. All but `span` is about the innermost one that is open."""

    def span(
        self,
        name: SpanName,
        *,
        headers: Mapping[str, str] | None = None,
        follows: str | None = None,
    ) -> AbstractContextManager[None]:
        """A span for as long as the context lasts.

        `headers`: of the request that brought the work; its `traceparent` is then the parent. `follows`: the
        reference of the span that caused this one, and did not wait for it.
        """
        ...

    def rename(self, name: SpanName) -> None:
        """Say what it turned out to be."""
        ...

    def note(self, attributes: Mapping[str, Attribute]) -> None:
        """Put facts on the span; never arguments, tokens or what is in rows."""
        ...

    def fail(self, code: str) -> None:
        """Mark the span as failed, for a reason that has a name."""
        ...

    def reference(self) -> str | None:
        """The span as a `traceparent`; None when there is none to refer to."""
        ...


class _NoSpan:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class NotTraced:
    """Traces nothing."""

    _NO_SPAN = _NoSpan()

    def span(
        self,
        name: SpanName,
        *,
        headers: Mapping[str, str] | None = None,
        follows: str | None = None,
    ) -> AbstractContextManager[None]:
        return self._NO_SPAN

    def rename(self, name: SpanName) -> None: ...

    def note(self, attributes: Mapping[str, Attribute]) -> None: ...

    def fail(self, code: str) -> None: ...

    def reference(self) -> str | None: ...


NOT_TRACED = NotTraced()
