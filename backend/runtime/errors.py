"""What a handler raises to tell its caller something, and the refusals the runtime itself raises that way.

    ConvexError               any data the handler likes; the client receives it whole
      Refusal                 data is {code, message, hint?}; `code` is stable
        AccessDenied          access.denied            no rule allows this read or write
        SignInRequired        access.sign_in_required  the function needs to know who calls
        NotFound              document.not_found       no such row, or none the caller may see
        WriteRejected         document.rejected        a constraint of the table does not hold
        DerivedColumn         document.derived_column  only the database computes this column
        LimitExceeded         limit.exceeded           the function reads, writes or returns too much
        RequestReused         request.reused           a request id that belongs to another call
        TryAgain              busy.try_again           conflicts or an outage outlasted our own retries
      InvalidCursor           a page cursor that is not of this query; the client starts at page one

Everything else a handler raises is a bug: the client learns a request id, the observer all of it.
"""

from __future__ import annotations

from typing import ClassVar


class ConvexError(Exception):
    """An error with `data` for the client; `data` may be any Convex value."""

    def __init__(self, data: object) -> None:
        super().__init__(data)
        self.data = data


class Refusal(ConvexError):
    """The caller must change something. `message` is safe to show; `hint` says what to change."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    retry_may_fix: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__({"code": self.code, "message": message} | ({"hint": hint} if hint else {}))
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return self.message


class AccessDenied(Refusal):
    code, status = "access.denied", 403


class SignInRequired(Refusal):
    code, status = "access.sign_in_required", 401


class NotFound(Refusal):
    code, status = "document.not_found", 404


class WriteRejected(Refusal):
    code, status = "document.rejected", 409


class DerivedColumn(Refusal):
    code, status = "document.derived_column", 403


class LimitExceeded(Refusal):
    code, status = "limit.exceeded", 413


class RequestReused(Refusal):
    code, status = "request.reused", 409


class TryAgain(Refusal):
    code, status, retry_may_fix = "busy.try_again", 503, True


class InvalidCursor(ConvexError):
    """The cursor was made by another query, or by nobody. `usePaginatedQuery` then restarts at page one."""

    def __init__(self) -> None:
        super().__init__({"isConvexSystemError": True, "paginationError": "InvalidCursor"})

    def __str__(self) -> str:
        return "InvalidCursor: this cursor does not belong to this query."


class FunctionUnknown(Exception):
    """There is no such public function of the kind asked for; whether an internal one exists stays untold."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Could not find public function for '{name}'.")


class ArgumentValidationError(Exception):
    """The arguments are not what the function takes. The text is Convex's own and is shown as it is."""

    def __str__(self) -> str:
        return f"ArgumentValidationError: {super().__str__()}"


class FunctionMisuse(Exception):
    """The function's author asked the runtime for what it cannot do: a bug, shown in development only."""


class ReturnsValidationError(FunctionMisuse):
    """The function returned something else than its signature promises."""
