"""The ways this service says no.

    AuthRefusal                 a status, a stable code, a message
    +-- WeakPassword            422, with the reasons
    OAuthRefusal                400 in the form OAuth clients expect: error, error_description

The codes are GoTrue's public ones. One code may come with several statuses, so the status is said where the
refusal is raised. None of these is mended by sending the same request again.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any

API_VERSION_HEADER = "x-supabase-api-version"
ERROR_CODE_HEADER = "x-sb-error-code"
_VERSION_WITH_CODES = date(2024, 1, 1)


class Code(StrEnum):
    """Every error code this service sends."""

    ANONYMOUS_PROVIDER_DISABLED = "anonymous_provider_disabled"
    BAD_JSON = "bad_json"
    BAD_JWT = "bad_jwt"
    EMAIL_EXISTS = "email_exists"
    EMAIL_NOT_CONFIRMED = "email_not_confirmed"
    EMAIL_PROVIDER_DISABLED = "email_provider_disabled"
    INVALID_CREDENTIALS = "invalid_credentials"
    NO_AUTHORIZATION = "no_authorization"
    NOT_ADMIN = "not_admin"
    OVER_EMAIL_SEND_RATE_LIMIT = "over_email_send_rate_limit"
    PHONE_EXISTS = "phone_exists"
    PHONE_PROVIDER_DISABLED = "phone_provider_disabled"
    REFRESH_TOKEN_ALREADY_USED = "refresh_token_already_used"
    REFRESH_TOKEN_NOT_FOUND = "refresh_token_not_found"
    SAME_PASSWORD = "same_password"
    SESSION_EXPIRED = "session_expired"
    SESSION_NOT_FOUND = "session_not_found"
    SIGNUP_DISABLED = "signup_disabled"
    UNEXPECTED_FAILURE = "unexpected_failure"
    UNKNOWN = "unknown"
    USER_ALREADY_EXISTS = "user_already_exists"
    USER_BANNED = "user_banned"
    USER_NOT_FOUND = "user_not_found"
    VALIDATION_FAILED = "validation_failed"
    WEAK_PASSWORD = "weak_password"


class AuthRefusal(Exception):
    """The request is refused; the caller must change something before it can succeed."""

    retry_may_fix = False

    def __init__(self, status: int, code: Code, message: str):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class WeakPassword(AuthRefusal):
    """The password breaks the project's rules; `reasons` are among length, characters."""

    def __init__(self, message: str, reasons: tuple[str, ...]):
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, Code.WEAK_PASSWORD, message)
        self.reasons = reasons


class OAuthRefusal(Exception):
    """The token endpoint does not understand what is asked of it (RFC 6749, section 5.2)."""

    retry_may_fix = False

    def __init__(self, error: str, description: str = ""):
        super().__init__(description or error)
        self.error = error
        self.description = description


def validation_failed(message: str) -> AuthRefusal:
    """The refusal of a value that is well-formed JSON but not acceptable."""
    return AuthRefusal(HTTPStatus.BAD_REQUEST, Code.VALIDATION_FAILED, message)


def email_exists() -> AuthRefusal:
    """The refusal of an address somebody else answers for."""
    message = "A user with this email address has already been registered"
    return AuthRefusal(HTTPStatus.UNPROCESSABLE_ENTITY, Code.EMAIL_EXISTS, message)


def phone_exists() -> AuthRefusal:
    """The refusal of a number somebody else answers for."""
    message = "A user with this phone number has already been registered"
    return AuthRefusal(HTTPStatus.UNPROCESSABLE_ENTITY, Code.PHONE_EXISTS, message)


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """One refusal as it goes over the wire."""

    status: int
    headers: dict[str, str]
    content: dict[str, Any]


def render_error(error: AuthRefusal | OAuthRefusal, asked_version: str | None) -> ErrorReply:
    """Put a refusal into the form the client asked for by its `X-Supabase-Api-Version` header.

    Clients that name no version, an unreadable one or one before 2024-01-01 get the first form.
    """
    with_codes = _has_codes(asked_version)
    headers = {API_VERSION_HEADER: _VERSION_WITH_CODES.isoformat()} if with_codes else {}
    if isinstance(error, OAuthRefusal):
        content = {"error": error.error}
        if error.description:
            content["error_description"] = error.description
        return ErrorReply(HTTPStatus.BAD_REQUEST, headers, content)
    if error.code is not Code.UNKNOWN:
        headers[ERROR_CODE_HEADER] = error.code
    content: dict[str, Any]
    if with_codes:
        content = {"code": error.code, "message": error.message}
    else:
        content = {"code": error.status, "error_code": error.code, "msg": error.message}
    if isinstance(error, WeakPassword):
        content["weak_password"] = {"reasons": list(error.reasons)}
    return ErrorReply(error.status, headers, content)


def _has_codes(asked_version: str | None) -> bool:
    try:
        return date.fromisoformat(asked_version or "") >= _VERSION_WITH_CODES
    except ValueError:
        return False
