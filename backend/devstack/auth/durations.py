"""Durations as Go writes them, the form `ban_duration` comes in."""

import re
from datetime import timedelta

_UNIT_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")
_DURATION = re.compile(rf"([+-]?)((?:{_PART.pattern})+|0)")


def parse_duration(text: str) -> timedelta:
    """Read a duration; raise ValueError when it is none, or longer than a `timedelta` can be.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"invalid duration {text!r}")
    seconds = sum(float(number) * _UNIT_S[unit] for number, unit in _PART.findall(match[2]))
    try:
        return timedelta(seconds=-seconds if match[1] == "-" else seconds)
    except OverflowError as error:
        raise ValueError(f"invalid duration {text!r}") from error
