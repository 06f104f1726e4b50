"""How a request fails that never got as far as a function: `{code, message}` and a status."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException
from litestar.types import ExceptionHandlersMap

from backend.engine.ports import TokenRefused
from backend.postgres import PostgresError
from backend.protocol.values import InvalidValue


class RequestRefused(Exception):
    """The request itself is wrong. The codes are Convex's, whose clients print them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


async def read_body(request: Request) -> bytes:
    """All of the request's body. Raises `RequestRefused` when the client hangs up before its end."""
    try:
        return await request.body()
    except InternalServerException as error:  # Litestar takes it for a fault of ours.
        raise RequestRefused(408, "ClientGone", "The connection ended before the request did.") from error


_HTTP_CODES = {
    400: "BadRequest",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "RequestTooLarge",
    415: "UnsupportedMediaType",
}


def exception_handlers(observe: Callable[[Exception], None]) -> ExceptionHandlersMap:
    """What each kind of failure becomes. Those that are our own fault go to `observe` in full."""

    def refuse(request: Request, error: Exception) -> Response[dict[str, str]]:
        match error:
            case RequestRefused():
                return _response(error.status, error.code, error.message)
            case TokenRefused():
                return _response(401, error.code, error.message)
            case InvalidValue():
                return _response(error.status, "BadConvexValue", str(error))
            case PostgresError() if error.retry_may_fix:
                observe(error)
                return _response(503, "TemporarilyUnavailable", "The database is busy or away. Try again.")
            case HTTPException() if error.status_code < 500:
                code = _HTTP_CODES.get(error.status_code, "BadRequest")
                return _response(error.status_code, code, error.detail, error.headers)
            case _:
                observe(error)
                return _response(500, "InternalServerError", "Something broke. It has been reported.")

    return {Exception: refuse}


def _response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response[dict[str, str]]:
    """`headers`: what HTTP wants said beside, such as which methods are allowed."""
    return Response({"code": code, "message": message}, status_code=status, headers=headers)
