"""Media types: which form of the answer the client accepts, and in which form its body came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.devstack.rest.errors import RestError

Shape = Literal["array", "object", "csv", "openapi"]


@dataclass(frozen=True, slots=True)
class Media:
    """The form of an answer. `array` is JSON as it comes: a function returning one value gives no array."""

    shape: Shape = "array"
    strip_nulls: bool = False

    @property
    def content_type(self) -> str:
        stripped = ";nulls=stripped" if self.strip_nulls else ""
        match self.shape:
            case "csv":
                return "text/csv; charset=utf-8"
            case "openapi":
                return "application/openapi+json; charset=utf-8"
            case "object":
                return f"application/vnd.pgrst.object+json{stripped}; charset=utf-8"
            case "array" if self.strip_nulls:
                return "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8"
            case "array":
                return "application/json; charset=utf-8"


def negotiate(accept: str | None, *, at_root: bool = False) -> Media:
    """The first form of `accept`, by quality and then by order, that can be given; else PGRST107."""
    ranges = _by_quality(accept or "*/*")
    for name, options in ranges:
        media = _offer(name, options, at_root=at_root)
        if media is not None:
            return media
    available = ", ".join(name for name, _ in ranges)
    raise RestError("PGRST107", f"None of these media types are available: {available}")


def essence(content_type: str | None) -> str:
    """The bare, lower-case media type; JSON when the client named none."""
    return (content_type or "application/json").split(";")[0].strip().lower()


def _offer(name: str, options: Sequence[str], *, at_root: bool) -> Media | None:
    if at_root:
        return Media("openapi") if name in ("application/openapi+json", "*/*", "application/json") else None
    strip_nulls = "nulls=stripped" in options
    match name:
        case "application/json" | "application/*" | "*/*":
            return Media("array")
        case "application/vnd.pgrst.array+json" | "application/vnd.pgrst.array":
            return Media("array", strip_nulls)
        case "application/vnd.pgrst.object+json" | "application/vnd.pgrst.object":
            return Media("object", strip_nulls)
        case "text/csv" | "text/*":
            return Media("csv")
        case _:
            return None


def _by_quality(accept: str) -> list[tuple[str, list[str]]]:
    ranges: list[tuple[float, str, list[str]]] = []
    for entry in accept.split(","):
        name, *options = (part.strip().lower() for part in entry.split(";"))
        if name:
            ranges.append((_quality(options), name, options))
    ranges.sort(key=lambda entry: -entry[0])
    return [(name, options) for _, name, options in ranges]


def _quality(options: Sequence[str]) -> float:
    for option in options:
        if option.startswith("q="):
            try:
                return float(option[2:])
            except ValueError:
                return 0.0
    return 1.0
