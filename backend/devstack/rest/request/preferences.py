"""The `Prefer` header (RFC 7240)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from backend.devstack.rest.errors import RestError

Resolution = Literal["merge-duplicates", "ignore-duplicates"]
Representation = Literal["representation", "minimal", "headers-only"]
Count = Literal["exact", "planned", "estimated"]
Ending = Literal["commit", "rollback"]
Missing = Literal["default", "null"]
Handling = Literal["strict", "lenient"]

_Word = TypeVar("_Word", bound=str)
_CHOICES: dict[str, tuple[str, ...]] = {
    "resolution": get_args(Resolution),
    "missing": get_args(Missing),
    "return": get_args(Representation),
    "count": get_args(Count),
    "tx": get_args(Ending),
    "handling": get_args(Handling),
}
AFFECTED_MAX = 2**63 - 1  # Rows are counted with a bigint.


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the client prefers; None where it did not say, or said something unknown."""

    resolution: Resolution | None = None
    missing: Missing | None = None
    representation: Representation | None = None
    count: Count | None = None
    tx: Ending | None = None
    handling: Handling | None = None
    timezone: str | None = None
    max_affected: int | None = None

    def applied(self, *names: str) -> str:
        """The value of Preference-Applied: those of `names` that the client gave, in PostgREST's order."""
        words = {
            "resolution": self.resolution,
            "missing": self.missing,
            "return": self.representation,
            "count": self.count,
            "tx": self.tx,
            "handling": self.handling,
            "timezone": self.timezone,
            "max-affected": self.max_affected if self.handling == "strict" else None,
        }
        return ", ".join(
            f"{name}={word}" for name, word in words.items() if name in names and word is not None
        )


def parse_preferences(
    headers: Iterable[str], *, time_zones: Collection[str], tx_override: bool
) -> Preferences:
    """Read all `Prefer` headers; of a preference given twice the first counts.

    Raises PGRST122 when one of them is unknown and `handling=strict` is among them.
    """
    words = [word.strip() for header in headers for word in header.split(",")]
    chosen: dict[str, str] = {}
    unknown: list[str] = []
    for word in words:
        name, _, value = word.partition("=")
        if _is_known(name, value, time_zones):
            chosen.setdefault(name, value)
        elif word:
            unknown.append(word)
    if unknown and chosen.get("handling") == "strict":
        details = f"Invalid preferences: {', '.join(unknown)}"
        raise RestError("PGRST122", "Invalid preferences given with handling=strict", details=details)
    affected = chosen.get("max-affected", "")
    return Preferences(
        resolution=_choice(chosen, "resolution", get_args(Resolution)),
        missing=_choice(chosen, "missing", get_args(Missing)),
        representation=_choice(chosen, "return", get_args(Representation)),
        count=_choice(chosen, "count", get_args(Count)),
        tx=_choice(chosen, "tx", get_args(Ending)) if tx_override else None,
        handling=_choice(chosen, "handling", get_args(Handling)),
        timezone=chosen.get("timezone"),
        max_affected=min(int(affected[:20]), AFFECTED_MAX) if _is_count(affected) else None,
    )


def _is_known(name: str, value: str, time_zones: Collection[str]) -> bool:
    match name:
        case "timezone":
            return value in time_zones
        case "max-affected":
            return True
        case _:
            return value in _CHOICES.get(name, ())


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _choice(chosen: dict[str, str], name: str, words: tuple[_Word, ...]) -> _Word | None:
    return next((word for word in words if word == chosen.get(name)), None)
