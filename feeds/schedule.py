"""When an issue is due: on which days and at what time by the newsletter's own clock.

There is one issue for each local week, day or month, and it is named by that and never by an instant:
so it stays one when clocks go back, when a machine's clock is set anew, and when two machines ask.
Where clocks go forward over the time of day, it is due right after the gap.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from typing import Self

MOST_LATE = timedelta(hours=24)
"""A slot that was missed by more is not sent without asking."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EXAMPLES = "write Thursday 08:00, Monday, Thursday 08:00, daily 08:00 or first Monday 08:00"

_NUMBERED = {day.casefold(): number for number, day in enumerate(WEEKDAYS)}
_SETS = {"daily": frozenset(range(7)), "weekdays": frozenset(range(5))}
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_FORM = re.compile(r"(?P<days>.*\S)\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)")
_DAY = timedelta(days=1)
_LONGEST_GAP = 40
"""Days between two slots, with some to spare: from one month's first Monday to the next's are 35."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """What there is one issue of."""

    at: datetime
    """The moment from which it is due, in UTC."""
    name: str
    """`weekly/2026-W47`, `2026-11-26` or `monthly/2026-11`, by the local calendar."""


@dataclass(frozen=True, slots=True)
class Due:
    """A slot whose issue is to be sent now."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Late:
    """A slot that was missed: whether its issue is still to be sent, a person must say."""

    slot: Slot
    by: timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days of the week, and a time of day without a zone."""

    weekdays: frozenset[int]
    """0 is Monday."""
    time: time
    place: int = 0
    """Which of those days in a month, from 1 or from -1; 0 is each of them."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The schedule that a text means. Raises `ValueError` with what to write instead."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise ValueError(f"“{text}” is no schedule; {EXAMPLES}")
        place, weekdays = _days(found["days"].casefold())
        try:
            return cls(weekdays, time(int(found["hour"]), int(found["minute"])), place)
        except ValueError:
            raise ValueError(f"“{found['hour']}:{found['minute']}” is no time of day; {EXAMPLES}") from None

    def __str__(self) -> str:
        sets = {days: name for name, days in _SETS.items()}
        days = sets.get(self.weekdays) or ", ".join(WEEKDAYS[day] for day in sorted(self.weekdays))
        places = {number: f"{name} " for name, number in _PLACES.items()}
        return f"{places.get(self.place, '')}{days} {self.time:%H:%M}"

    def takes(self, day: date) -> bool:
        """Whether there is a slot on a day of the calendar."""
        if day.weekday() not in self.weekdays:
            return False
        if self.place < 0:
            return (day + 7 * _DAY).month != day.month
        return not self.place or (day.day + 6) // 7 == self.place

    def name(self, day: date) -> str:
        """What the slot of a day is called: by its week, its month or itself."""
        if self.place:
            return f"monthly/{day:%Y-%m}"
        if len(self.weekdays) == 1:
            year, week, _ = day.isocalendar()
            return f"weekly/{year:04}-W{week:02}"
        return day.isoformat()


def latest(schedule: Schedule, zone: tzinfo, now: datetime) -> Slot:
    """The newest slot at or before a moment."""
    today = now.astimezone(zone).date()
    days = (today - number * _DAY for number in range(-1, _LONGEST_GAP))
    return next(slot for day in days for slot in _slots(schedule, zone, day) if slot.at <= now)


def following(schedule: Schedule, zone: tzinfo, now: datetime) -> Slot:
    """The first slot after a moment."""
    today = now.astimezone(zone).date()
    days = (today + number * _DAY for number in range(-1, _LONGEST_GAP))
    return next(slot for day in days for slot in _slots(schedule, zone, day) if slot.at > now)


def due(
    schedule: Schedule, zone: tzinfo, now: datetime, done: Collection[str], since: datetime | None = None
) -> Due | Late | None:
    """What is to be done now, where the slots `done` have had their issues.

    Only the newest slot counts, whatever was missed before it, and none before one that is done: a
    clock that was set back makes no issue out of the past. `since` is the moment of the last issue, or
    of the newsletter's beginning: no slot up to then is due, so that a new schedule makes none either.
    """
    slot = latest(schedule, zone, now)
    kind = _kind(slot.name)
    if any(name >= slot.name for name in done if _kind(name) == kind):
        return None
    if since is not None and slot.at <= since:
        return None
    by = now - slot.at
    return Due(slot) if by <= MOST_LATE else Late(slot, by)


def _kind(name: str) -> str:
    """Names of one kind are in the order of time, letter by letter."""
    return name.rpartition("/")[0]


def _days(text: str) -> tuple[int, frozenset[int]]:
    """Which days are meant: their place in the month, and the days of the week."""
    first, _, rest = text.partition(" ")
    if place := _PLACES.get(first):
        return place, frozenset({_weekday(rest.strip())})
    return 0, _SETS.get(text) or frozenset(_weekday(day.strip()) for day in text.split(","))


def _weekday(text: str) -> int:
    if text in _NUMBERED:
        return _NUMBERED[text]
    close = get_close_matches(text, (*_NUMBERED, *_SETS, *_PLACES), 1)
    hint = f"did you mean {close[0].title() if close[0] in _NUMBERED else close[0]}?" if close else EXAMPLES
    raise ValueError(f"“{text}” is no day; {hint}")


def _slots(schedule: Schedule, zone: tzinfo, day: date) -> Iterator[Slot]:
    """The slot of a day, if it has one. A date that a zone left out has none of its own."""
    if schedule.takes(day):
        name = schedule.name(day)
        if name != day.isoformat() or _is_real(day, zone):
            yield Slot(_first(datetime.combine(day, schedule.time), zone), name)


def _is_real(day: date, zone: tzinfo) -> bool:
    """Whether a date was, or is to be, in a zone: Samoa had no 30 December 2011."""
    return _first(datetime.combine(day, time()), zone).astimezone(zone).date() == day


def _first(local: datetime, zone: tzinfo) -> datetime:
    """The first moment at which clocks show a local time, or a later one."""
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if early >= late:  # shown once, or twice: then the first counts
        return late
    while late - early > timedelta(seconds=1):  # never shown: the end of the gap lies in between
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) < local:
            early = middle
        else:
            late = middle
    return late
