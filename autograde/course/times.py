"""Times that people and systems write: with their zone, or in the course's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograde.course.layout import CannotRun


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone ``Europe/Zurich``; None, this machine's, without a name."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CannotRun(
            f"There is no time zone {name!r}; zones are named as Europe/Zurich."
        ) from None


def parse_time(
    text: str, zone: ZoneInfo | None = None, bare: tzinfo | None = None
) -> datetime:
    """The time that `text` says, with a zone: its own, else `bare`, else `zone`.

    An abbreviation such as CST names several zones: it is understood only where `zone`
    (without it, this machine's) has it at that time. Raises ValueError.
    """
    from dateutil import tz
    from dateutil.parser import parse

    unknown: list[str] = []

    def zone_of(name: str | None, offset: int | None) -> tzinfo | None:
        if offset is not None:
            return tz.tzoffset(name, offset)
        if name in ("UTC", "GMT", "Z"):
            return UTC
        if name:
            unknown.append(name)
        return None

    try:
        found = parse(text, tzinfos=zone_of)
        if found.tzinfo is not None:
            found.astimezone(UTC)  # there is no year 10000
            return found
    except (ArithmeticError, TypeError, ValueError):  # also those of decimal numbers
        raise ValueError("is no date") from None
    if bare is not None and not unknown:
        return found.replace(tzinfo=bare)
    try:
        local = found.replace(tzinfo=zone) if zone else found.astimezone()
        local.astimezone(UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError("is no date of a course") from None
    if unknown and local.tzname() != unknown[0]:
        raise ValueError(
            f"has the zone {unknown[0]}, which names several; write +08:00, say, or "
            "set the course's zone: autograde due --zone Asia/Shanghai"
        )
    return local


def as_utc(when: datetime) -> datetime:
    """`when` in UTC without saying so, as nbgrader keeps times."""
    return when.astimezone(UTC).replace(tzinfo=None)


def told(when: datetime) -> str:
    """A time as people read it, with its zone: ``2026-01-10 23:59 (UTC+01:00)``."""
    offset = when.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    name = f"UTC{sign}{hours:02}:{rest:02}" if minutes else "UTC"
    return f"{when:%Y-%m-%d %H:%M} ({name})"


def duration(text: str) -> timedelta | None:
    """``+2d``, ``+36h`` or ``+90m`` as a duration; None where `text` is none."""
    units = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
    number, unit = text[1:-1], units.get(text[-1:])
    if not (text.startswith("+") and unit and number.replace(".", "", 1).isdigit()):
        return None
    try:
        return timedelta(**{unit: float(number)})
    except (OverflowError, ValueError):
        return None
