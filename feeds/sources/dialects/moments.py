"""Dates as people write them in heads of posts: ISO 8601 more or less, and in English words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

_NUMBERS = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:(?:[T ]|\s+at\s+|\s+)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?(?:\s+[A-Z]{2,5})?(?:\s*\([^)]*\))?"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WORDS = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?:([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?)"
    r",?\s+(\d{4})(?:,?(?:\s+at)?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?"
)
# How YAML knows a time (1.1, timestamp): Ruby takes such a one for UTC, and any other for local.
_YAML_TIME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?")


def moment(value: object, *, utc: bool = False) -> datetime | None:
    """The moment that a value means; without a zone it is local, or with `utc` as YAML has it in Ruby.

    None for an empty value, and for year 1, by which Go says that there is none. Raises ValueError.
    """
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time())
    elif isinstance(value, str) and value.strip():
        found = _read(value.strip())
        utc = utc and bool(_YAML_TIME.fullmatch(value.strip()))
    elif value is None or value == "" or isinstance(value, bool):
        return None
    else:
        raise ValueError(f"“{value}” is no date; write 2026-11-19 or 2026-11-19T09:30")
    if found.year == 1:
        return None
    is_time = not isinstance(value, date) or isinstance(value, datetime)
    return found.replace(tzinfo=UTC) if utc and is_time and found.tzinfo is None else found


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return _by_numbers(text) or _by_words(text) or parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError) as refusal:
        reason = f": {refusal}" if _NUMBERS.fullmatch(text) else ""
        hint = reason or "; write 2026-11-19 or 2026-11-19T09:30"
        raise ValueError(f"“{text}” is no date{hint}") from None


def _by_numbers(text: str) -> datetime | None:
    found = _NUMBERS.fullmatch(text)
    if not found:
        return None
    year, month, day, *clock = found.groups()
    return _made((int(year), int(month), int(day)), clock)


def _by_words(text: str) -> datetime | None:
    found = _WORDS.fullmatch(text)
    if not found:
        return None
    before, one, other, after, year, *clock = found.groups()
    name = (before or after)[:3].lower()
    if name not in _MONTHS:
        return None
    return _made((int(year), _MONTHS.index(name) + 1, int(one or other)), clock)


def _made(day: tuple[int, int, int], clock: Sequence[str | None]) -> datetime:
    """A moment of its day and of what is there of hour, minute, second, half of the day, and zone."""
    hour, minute, second = (int(part or 0) for part in clock[:3])
    half, zone = clock[3:]
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    return datetime(*day, hour, minute, min(second, 59), tzinfo=_zone(zone))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
