"""When something that runs again and again is due next.

>>> daily(hour=3, zone="Europe/Berlin").text
'0 3 * * * Europe/Berlin'
>>> now = datetime(2026, 3, 28, 12, tzinfo=UTC)
>>> every(timedelta(minutes=5)).after(now, due_at=now - timedelta(minutes=12)).isoformat()
'2026-03-28T12:03:00+00:00'
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

PERIOD_S_MIN = 1.0  # What must be nearer to now than this is no matter for a queue.

Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True)
class Every:
    """Once per `period`, counted from the first time, which is when it is first deployed."""

    period: timedelta

    @property
    def text(self) -> str:
        """What `parse_schedule` reads."""
        return f"every {self.period.total_seconds():g} s"

    def first(self, now: datetime) -> datetime:
        """When it is due for the first time."""
        return now

    def after(self, now: datetime, *, due_at: datetime) -> datetime:
        """When it is due for the first time after `now`, having been due at `due_at`; misses are skipped."""
        return due_at + ((now - due_at) // self.period + 1) * self.period


@dataclass(frozen=True)
class Crontab:
    """At the times of a cron expression, as the clocks of `zone` show them.

    An hour that the clocks leave out counts as the moment they skip it, and one they show twice counts once,
    as in Debian's cron.
    """

    expression: str
    zone: str = "UTC"

    @property
    def text(self) -> str:
        """What `parse_schedule` reads."""
        return f"{self.expression} {self.zone}"

    def first(self, now: datetime) -> datetime:
        """When it is due for the first time."""
        return self._next(now)

    def after(self, now: datetime, *, due_at: datetime) -> datetime:
        """When it is due for the first time after `now`; misses are skipped."""
        return self._next(now)

    def _next(self, now: datetime) -> datetime:
        return next(CronSim(self.expression, now.astimezone(ZoneInfo(self.zone)))).astimezone(UTC)


Schedule: TypeAlias = Every | Crontab


def every(period: timedelta) -> Every:
    """Once per `period`, starting at once. Raises `ValueError` where it is too short."""
    if period.total_seconds() < PERIOD_S_MIN:
        raise ValueError(f"A period is at least {PERIOD_S_MIN:g} s.")
    return Every(period)


def crontab(expression: str, *, zone: str = "UTC") -> Crontab:
    """At the times of a cron expression of five fields: `crontab("30 4 * * mon-fri", zone="Europe/Berlin")`.

    Raises `ValueError` for what no cron understands, and for unknown zones.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(
            f"A cron expression has five fields: minute, hour, day, month, weekday; not {expression!r}."
        )
    found = Crontab(" ".join(fields), zone)
    try:
        found.first(datetime(2000, 1, 1, tzinfo=UTC))
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"There is no time zone {zone!r}.") from error
    except CronSimError as error:
        raise ValueError(f"{expression!r}: {error}.") from error
    except StopIteration as error:
        raise ValueError(f"{expression!r} is at no time at all.") from error
    return found


def hourly(*, minute: int = 0) -> Crontab:
    """Once per hour."""
    return crontab(f"{minute} * * * *")


def daily(*, hour: int, minute: int = 0, zone: str = "UTC") -> Crontab:
    """Once per day, as the clocks of `zone` show it."""
    return crontab(f"{minute} {hour} * * *", zone=zone)


def weekly(weekday: Weekday, *, hour: int, minute: int = 0, zone: str = "UTC") -> Crontab:
    """Once per week, as the clocks of `zone` show it."""
    return crontab(f"{minute} {hour} * * {weekday[:3]}", zone=zone)


def parse_schedule(text: str) -> Schedule:
    """The schedule whose `text` this is.

    >>> parse_schedule("every 90 s"), parse_schedule("0 3 * * * UTC")
    (Every(period=datetime.timedelta(seconds=90)), Crontab(expression='0 3 * * *', zone='UTC'))
    """
    if text.startswith("every "):
        return Every(timedelta(seconds=float(text.split()[1])))
    *fields, zone = text.split()
    return Crontab(" ".join(fields), zone)
