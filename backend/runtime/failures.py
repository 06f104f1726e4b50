"""Running a handler to its end, and telling its caller how it failed without telling what is private."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from backend.engine.ports import Call, FunctionError
from backend.engine.versions import Identity
from backend.postgres import PostgresError
from backend.postgres.errors import (
    CheckViolation,
    ForeignKeyViolation,
    NotNullViolation,
    PermissionDenied,
    StatementTimeout,
    UniqueViolation,
)
from backend.postgres.errors import InvalidValue as InvalidSqlValue
from backend.protocol.values import InvalidValue, encode_text
from backend.runtime.errors import (
    AccessDenied,
    ArgumentValidationError,
    ConvexError,
    FunctionUnknown,
    LimitExceeded,
    Refusal,
    TryAgain,
    WriteRejected,
)
from backend.runtime.functions import Kind
from backend.runtime.log_lines import Log
from backend.runtime.observations import UNKNOWN, FunctionBroke, FunctionRan, FunctionSaid, Observe
from backend.runtime.tracing import NOT_TRACED, Tracing
from backend.runtime.usage import Effort
from schema.language.names import limit_name
from schema.tables import CATALOG

T = TypeVar("T")


@dataclass(frozen=True)
class Returned(Generic[T]):
    """A handler's result."""

    value: T


@dataclass(frozen=True)
class Raised:
    """What a handler raised instead of returning."""

    error: Exception


Ending: TypeAlias = Returned[T] | Raised


async def run_to_end(work: Awaitable[T], *, timeout_s: float) -> Ending[T]:
    """Await `work` whatever it raises, for at most `timeout_s`; one function's failure is nobody else's.

    A cancellation from outside still cancels.
    """
    failure = _Failure()
    with failure:
        return Returned(await _within(work, timeout_s))
    assert failure.error is not None
    return Raised(failure.error)


class _Failure:
    """The exception that ended a block, held back."""

    error: Exception | None = None

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


async def _within(work: Awaitable[T], timeout_s: float) -> T:
    timeout = asyncio.timeout(timeout_s)
    try:
        async with timeout:
            return await work
    except TimeoutError as error:
        if timeout.expired():
            raise LimitExceeded(f"This function ran longer than {timeout_s:g} s.") from error
        raise


@dataclass(frozen=True)
class Explainer:
    """Failures as clients may see them. `production` hides what went wrong inside a broken function.

    How calls end is told to `observe`, and noted on the span that `tracing` has open.
    """

    production: bool
    observe: Observe
    tracing: Tracing = NOT_TRACED

    def shown(self, function: str, log: Log) -> tuple[str, ...]:
        """Tell the observer what a function said; the lines its caller may see."""
        if log.lines:
            self.observe(FunctionSaid(function, log.lines))
        return () if self.production else log.lines

    def conclude(
        self,
        kind: Kind,
        call: Call,
        identity: Identity,
        ending: Ending[T],
        began_s: float,
        effort: Effort | None = None,
        request: str | None = None,
    ) -> FunctionError | None:
        """Tell the observer how a call ended that began at `began_s`; its caller's error, if it failed."""
        error = ending.error if isinstance(ending, Raised) else None
        self.note(kind, call.function, error, began_s, effort or Effort(), request)
        if error is None:
            return None
        return self._explain(call.function, f"{call.function} {call.arguments} {identity.key}", error)

    @contextmanager
    def noting(self, kind: Kind, function: str, began_s: float, effort: Effort) -> Iterator[None]:
        """Tell the observer how the block ended, which runs a function for our own code."""
        failure = _Failure()
        with failure:
            yield
        self.note(kind, function, failure.error, began_s, effort)
        if failure.error is not None:
            raise failure.error

    def note(
        self,
        kind: Kind,
        function: str,
        error: Exception | None,
        began_s: float,
        effort: Effort,
        request: str | None = None,
    ) -> None:
        """Tell the observer, and whoever traces, how a call ended."""
        name = UNKNOWN if isinstance(error, FunctionUnknown) else function
        code, broke = (None, False) if error is None else _code_of(_as_refusal(error))
        usage, retries = effort.usage, max(0, effort.attempts - 1)
        ran = FunctionRan(
            name,
            kind.value,
            time.monotonic() - began_s,
            code,
            broke,
            usage.rows_read,
            usage.rows_written,
            retries,
            request,
        )
        self.observe(ran)
        if self.tracing is NOT_TRACED:
            return
        self.tracing.rename(f"{kind.value.lower()} {name}")
        self.tracing.note(
            {
                "folkmoot.function": name,
                "folkmoot.kind": kind.value,
                "folkmoot.rows_read": usage.rows_read,
                "folkmoot.rows_written": usage.rows_written,
                "folkmoot.retries": retries,
            }
        )
        if code is not None:
            self.tracing.fail(code)

    def _explain(self, function: str, call: str, error: Exception) -> FunctionError:
        # The same failure of the same call has the same request id, so that a subscription which keeps
        # failing stays silent.
        error = _as_refusal(error)
        match error:
            case ArgumentValidationError() | FunctionUnknown():
                return FunctionError(str(error))
            case ConvexError():
                return self._explain_refusal(function, call, error)
            case _:
                return self._explain_bug(function, call, error)

    def _explain_refusal(self, function: str, call: str, error: ConvexError) -> FunctionError:
        try:
            data_json = encode_text(error.data)
        except InvalidValue as invalid:
            return self._explain_bug(function, call, invalid)
        message = f"Uncaught ConvexError: {data_json}"
        return FunctionError(_server_error(_request_id(call, message), message, self.production), data_json)

    def _explain_bug(self, function: str, call: str, error: Exception) -> FunctionError:
        message = f"Uncaught {type(error).__name__}: {error}"
        request_id = _request_id(call, message)
        self.observe(FunctionBroke(function, request_id, error))
        return FunctionError(_server_error(request_id, message, self.production))


def _code_of(error: Exception) -> tuple[str, bool]:
    """What logs call an error, and whether it is a bug. Only its name: its text may hold what is private."""
    match error:
        case Refusal():
            return error.code, False
        case ArgumentValidationError() | FunctionUnknown() | ConvexError():
            return type(error).__name__, False
        case _:
            return type(error).__name__, True


def _as_refusal(error: Exception) -> Exception:
    match error:
        case PermissionDenied():
            return AccessDenied(error.message)
        case CheckViolation(constraint=str() as name) if name in _LIMIT_MESSAGES:
            return WriteRejected(_LIMIT_MESSAGES[name])
        case (
            UniqueViolation()
            | ForeignKeyViolation()
            | CheckViolation()
            | NotNullViolation()
            | InvalidSqlValue()
        ):
            return WriteRejected(error.message)
        case StatementTimeout():
            return LimitExceeded("The database took too long to answer this function.")
        case PostgresError() if error.retry_may_fix:
            return TryAgain("The database is busy or away. Try again.")
        case _:
            return error


_LIMIT_MESSAGES = {
    limit_name(table, limit): limit.message for table in CATALOG for limit in table.limits if limit.message
}
"""What to tell people when a limit holds, by the name of its constraint."""


def _server_error(request_id: str, detail: str, production: bool) -> str:
    return f"[Request ID: {request_id}] Server Error" + ("" if production else f"\n{detail}")


def _request_id(call: str, message: str) -> str:
    return hashlib.sha256(f"{call}\n{message}".encode()).hexdigest()[:16]
