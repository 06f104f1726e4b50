"""The bodies of requests: what clients may send, and how little is believed of it.

As in GoTrue, an absent field, a null and an empty string mean the same; unknown fields are passed over.
"""

from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from backend.devstack.auth.database import Metadata
from backend.devstack.auth.errors import AuthRefusal, Code

BODY_BYTES_MAX = (
    1_000_000  # Bodies here are a handful of fields; metadata beyond this does not belong in a token.
)


class Body(BaseModel):
    """A JSON object of a request."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        return (
            {name: part for name, part in value.items() if part is not None}
            if isinstance(value, dict)
            else value
        )


class SignUp(Body):
    """POST /signup. Neither address nor phone asks for an anonymous user."""

    email: str = ""
    phone: str = ""
    password: str = Field(default="", repr=False)
    data: Metadata = {}


class PasswordGrant(Body):
    """POST /token?grant_type=password"""

    email: str = ""
    phone: str = ""
    password: str = Field(default="", repr=False)


class RefreshGrant(Body):
    """POST /token?grant_type=refresh_token"""

    refresh_token: str = Field(default="", repr=False)


class UserUpdate(Body):
    """PUT /user. What is absent stays as it is."""

    email: str = ""
    phone: str = ""
    password: str | None = Field(default=None, repr=False)
    data: Metadata | None = None
    app_metadata: Metadata | None = None


class AdminUser(Body):
    """POST /admin/users and PUT /admin/users/{id}; `id` and `password_hash` count on creation only."""

    id: str = ""
    aud: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    password: str | None = Field(default=None, repr=False)
    password_hash: str = Field(default="", repr=False)
    email_confirm: bool = False
    phone_confirm: bool = False
    user_metadata: Metadata | None = None
    app_metadata: Metadata | None = None
    ban_duration: str = ""


class AdminDelete(Body):
    """DELETE /admin/users/{id}, the body of which may be missing altogether."""

    should_soft_delete: bool = False


B = TypeVar("B", bound=Body)


def read_body(model: type[B], body: bytes) -> B:
    """Decode a body, or raise the `bad_json` refusal naming its first fault (never the value given)."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        reason = f"{place}: {fault['msg']}" if place else fault["msg"]
        raise AuthRefusal(
            HTTPStatus.BAD_REQUEST, Code.BAD_JSON, f"Could not parse request body as JSON: {reason}"
        ) from error
