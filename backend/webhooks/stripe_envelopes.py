"""What Stripe delivers, verified and opened: whose it is, what it is about, and whether it is for us.

Both kinds of events are read: snapshots, which carry an object as it was, and thin ones, which name one. A
thin event whose `snapshot_event` is delivered, too, goes by that one's id: the two are one event.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

import stripe
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from backend.webhooks.stripe_errors import WebhookRefused
from backend.webhooks.stripe_shapes import MOMENT_MAX_S

TOLERANCE_S = 300  # Stripe's own figure, and Stripe's clock: older is a replay.
HEADER_CHARACTERS_MAX = 4_096  # A signature is 64; Stripe sends two while a secret is rolled.

Endpoint: TypeAlias = Literal["platform", "connect"]
"""Which of the two addresses an event came to: the one for our own account, or for connected ones."""

_Word = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$")]
_READ = ConfigDict(frozen=True, strict=True)


class Envelope(BaseModel):
    """One event without what is in it. `account` is empty for our own."""

    model_config = ConfigDict(frozen=True)

    account: str
    livemode: bool
    event_id: str
    type: str
    api_version: str | None
    occurred_at: datetime
    object_id: str | None


class _Data(BaseModel):
    model_config = _READ
    object: dict[str, object]


class _Snapshot(BaseModel):
    model_config = _READ
    object: Literal["event"]
    id: _Word
    type: _Word
    livemode: bool
    created: Annotated[int, Field(ge=0, le=MOMENT_MAX_S)]
    api_version: _Word | None = None
    account: _Word | None = None
    data: _Data


class _Related(BaseModel):
    model_config = _READ
    id: _Word


class _Thin(BaseModel):
    model_config = _READ
    object: Literal["v2.core.event"]
    id: _Word
    type: _Word
    livemode: bool
    created: Annotated[AwareDatetime, Field(strict=False)]
    context: _Word | None = None
    related_object: _Related | None = None
    snapshot_event: _Word | None = None


_Delivered = TypeAdapter[_Snapshot | _Thin](
    Annotated[_Snapshot | _Thin, Field(discriminator="object")],
)


def verify(
    body: bytes, header: str | None, secrets: Sequence[SecretStr], *, now_s: float | None = None
) -> str:
    """The body as text, once one of `secrets` has signed it within `TOLERANCE_S`, either way.

    Raises `WebhookRefused`. Stripe's own check would take any moment to come.
    """
    try:
        said = body.decode()
    except UnicodeDecodeError as error:
        raise WebhookRefused("The body is no UTF-8.") from error
    if header is None or not header.isascii() or len(header) > HEADER_CHARACTERS_MAX:
        raise WebhookRefused("There is no Stripe-Signature.")
    if not any(_is_signed(said, header, secret.get_secret_value()) for secret in secrets):
        raise WebhookRefused("The signature does not fit.")
    if abs(_signed_at_s(header) - (time.time() if now_s is None else now_s)) > TOLERANCE_S:
        raise WebhookRefused("The signature is not of now.")
    return said


def _is_signed(said: str, header: str, secret: str) -> bool:
    try:
        # Its own tolerance would not know of `now_s`.
        return stripe.WebhookSignature.verify_header(said, header, secret, tolerance=None)
    except stripe.SignatureVerificationError:
        return False


def _signed_at_s(header: str) -> int:
    # As the SDK has read it by then: of several, the first counts.
    return next(
        int(value) for name, _, value in (one.partition("=") for one in header.split(",")) if name == "t"
    )


def open_envelope(said: str) -> Envelope:
    """What a verified body is about. Raises `WebhookRefused` for what is no event."""
    try:
        found = _Delivered.validate_json(said)
    except ValidationError as error:
        raise WebhookRefused("This is no event of Stripe's.") from error
    match found:
        case _Snapshot():
            return Envelope(
                account=found.account or "",
                livemode=found.livemode,
                event_id=found.id,
                type=found.type,
                api_version=found.api_version,
                occurred_at=datetime.fromtimestamp(found.created, UTC),
                object_id=_word(found.data.object.get("id")),
            )
        case _Thin():
            return Envelope(
                account=found.context or "",
                livemode=found.livemode,
                event_id=found.snapshot_event or found.id,
                type=found.type.removeprefix("v1."),
                api_version=None,
                occurred_at=found.created,
                object_id=found.related_object.id if found.related_object else None,
            )


def why_ignored(envelope: Envelope, endpoint: Endpoint, *, livemode: bool, connected: str) -> str | None:
    """Why an event is none of ours, in words; None when it is."""
    if envelope.livemode != livemode:
        return f"livemode is {str(envelope.livemode).lower()}, and our key's is not"
    if (envelope.account == "") != (endpoint == "platform"):
        return f"account {envelope.account or 'ours'} does not belong at the {endpoint} endpoint"
    if envelope.account != "" and envelope.account != connected:
        return f"account {envelope.account} is not the community's"
    return None


def _word(value: object) -> str | None:
    try:
        return _WORD.validate_python(value)
    except ValidationError:
        return None


_WORD = TypeAdapter[str](_Word)
