"""What the REST face has to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RestSettings:
    """`schemas` are exposed; a request without a profile means the first.

    `rows_max` caps every read (None: no cap). `jwks` are public JWKs; tokens signed with `jwt_secret` (HS256)
    are accepted besides. `tx_override` lets a client ask for a rollback, which hosted projects do not allow.
    """

    schemas: tuple[str, ...] = ("public",)
    extra_search_path: tuple[str, ...] = ("public", "extensions")
    rows_max: int | None = 1000
    jwt_secret: str | None = None
    jwks: tuple[Mapping[str, Any], ...] = ()
    anon_role: str = "anon"
    aggregates_enabled: bool = False
    tx_override: bool = False

    def __post_init__(self) -> None:
        assert self.schemas, "At least one schema has to be exposed."
