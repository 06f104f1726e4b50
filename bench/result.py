"""What a benchmark found: tables of figures, and the arithmetic on samples that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = str | int | float


@dataclass(frozen=True)
class Table:
    """`rows` have the same keys in the same order; a key ends in its unit: `p50_ms`."""

    title: str
    rows: tuple[dict[str, Cell], ...]


@dataclass(frozen=True)
class Result:
    """`notes` say what a reader has to know to compare the figures with others."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all samples do not exceed.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 50)
    2.0
    >>> percentile([4.0, 1.0, 3.0, 2.0], 99)
    4.0
    """
    ordered = sorted(samples)
    rank = -(-len(ordered) * percent // 100)  # Rounded up.
    return ordered[max(int(rank), 1) - 1]


def spread_ms(samples_s: Sequence[float]) -> dict[str, Cell]:
    """The usual columns about a list of durations."""
    return {
        "samples": len(samples_s),
        "p50_ms": round(percentile(samples_s, 50) * 1_000, 3),
        "p99_ms": round(percentile(samples_s, 99) * 1_000, 3),
        "worst_ms": round(max(samples_s) * 1_000, 3),
    }
