"""What the service runs again and again, declared beside the functions it runs.

    PRUNING = cron("prune drafts", daily(hour=3, zone="Europe/Berlin"), prune_drafts, days=30)

A module of handlers may hold any number of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import ParamSpec

from backend.runtime.functions import Function
from backend.runtime.jobs.scheduler import job_kind, write_arguments
from backend.runtime.jobs.schedules import Schedule

P = ParamSpec("P")


@dataclass(frozen=True)
class Cron:
    """A function with its arguments, as JSON text, and when it runs. Its name is its identity."""

    name: str
    schedule: Schedule
    function: Function[..., object]
    arguments: str


def cron(
    name: str, schedule: Schedule, function: Function[P, object], /, *_: P.args, **arguments: P.kwargs
) -> Cron:
    """Declare that `function` runs by `schedule`: never two of one name at once, missed times once.

    When its time comes while it still runs, that time is skipped. Raises `ArgumentValidationError` for
    arguments that the function does not take.
    """
    job_kind(function)
    return Cron(name, schedule, function, write_arguments(function, arguments))


def crons_of(*modules: ModuleType) -> tuple[Cron, ...]:
    """Every cron that these modules hold, by name. Raises `ValueError` where two share one."""
    return tuple(_distinct(value for module in modules for value in vars(module).values()))


def _distinct(values: Iterable[object]) -> Iterator[Cron]:
    found: dict[str, Cron] = {}
    for value in values:
        if isinstance(value, Cron) and found.setdefault(value.name, value) is not value:
            raise ValueError(f"Two crons are named {value.name!r}.")
    yield from (found[name] for name in sorted(found))
