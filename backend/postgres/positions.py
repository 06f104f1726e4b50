"""Positions in the write-ahead log as PostgreSQL writes them in text."""

from __future__ import annotations


def parse_position(text: str) -> int:
    """The number behind PostgreSQL's `pg_lsn` text.

    >>> parse_position("16/B374D848")
    97500059720
    """
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)
