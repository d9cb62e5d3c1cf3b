"""Dates as feeds write them: RFC 3339, RFC 822 and the W3C's profile of ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

MONTHS = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ZONES = {
    "UT": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_W3C = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII
)
_RFC822 = re.compile(
    r"(?:(?P<weekday>[A-Za-z]+)(?P<comma>,?)\s*)?(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]+)\s+(?P<year>\d+)\s+"
    r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s+(?P<zone>[A-Za-z]+|[+-]\d{4})(?:\s*\([^()]*\))?",
    re.ASCII,
)
_ISO_LIKE = re.compile(r"\d{4}-\d\d-\d\d")
MISTAKEN_ZONES = frozenset("ABCDEFGHIKLMNOPQRSTUVWXY")


def _moment(numbers: tuple[int, ...], zone: timezone | None) -> datetime | None:
    year, month, day, hour, minute, second = numbers
    try:  # a leap second is a valid time that Python does not know
        return datetime(max(year, 1), month, day, hour, minute, min(second, 59), tzinfo=zone or UTC)
    except ValueError:
        return None


def _offset(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        return None
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)


@lru_cache(1 << 10)
def parse_rfc3339(text: str) -> datetime | None:
    """The moment, or None where the text is no date-time of RFC 3339 as RFC 4287 narrows it."""
    match = _RFC3339.fullmatch(text)
    if not match:
        return None
    try:
        return datetime.fromisoformat(text)  # ten times as fast as what follows, which knows leap seconds
    except ValueError:
        if int(match[6]) != 60:
            return None
    zone = _offset(match[7])
    return _moment(tuple(int(match[n]) for n in range(1, 7)), zone) if zone else None


def rfc3339(text: str) -> str | None:
    """Objects to what is no RFC 3339 date-time; white space too, as RFC 4287 does."""
    if parse_rfc3339(text):
        return None
    if text != text.strip():
        return "no white space may stand around a date"
    return f"{text[:60]!r} is not a date such as 2024-05-31T08:30:00Z"


def parse_w3c(text: str) -> datetime | None:
    """The moment a W3C date begins, or None where the text is none."""
    match = _W3C.fullmatch(text)
    if not match:
        return None
    zone = _offset(match[7]) if match[7] else UTC
    defaults = (1, 1, 1, 0, 0, 0)
    parts = tuple(int(match[n + 1] or default) for n, default in enumerate(defaults))
    return _moment(parts, zone) if zone and parts[5] <= 60 else None


def w3c(text: str) -> str | None:
    """Objects to what is not in the W3C's date and time format: a year, month, day, or full time and zone."""
    if parse_w3c(text):
        return None
    return f"{text[:60]!r} is not a date such as 2024-05-31 or 2024-05-31T08:30:00Z"


def _century(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def _zone822(text: str) -> timezone | None:
    if text[0] in "+-":
        return _offset(text)
    hours = ZONES.get(text)
    return None if hours is None else timezone(timedelta(hours=hours))


@lru_cache(1 << 4)
def _parts822(text: str) -> re.Match[str] | None:
    return _RFC822.fullmatch(text)


@lru_cache(1 << 10)
def parse_rfc822(text: str) -> datetime | None:
    """The moment, or None where the text is no date-time of RFC 822 with a year of two or four digits."""
    match = _parts822(text)
    if not match or match["month"] not in MONTHS or len(match["year"]) not in (2, 4):
        return None
    zone = UTC if match["zone"] in MISTAKEN_ZONES else _zone822(match["zone"])
    if zone is None or (match["weekday"] and (match["weekday"] not in DAYS or not match["comma"])):
        return None
    second = int(match["second"] or 0)
    if second > 60:
        return None
    clock = (int(match["hour"]), int(match["minute"]), second)
    return _moment((_century(match["year"]), MONTHS[match["month"]], int(match["day"]), *clock), zone)


def rfc822(text: str) -> str | None:
    """Objects to what is no RFC 822 date-time, saying which part is at fault."""
    if parse_rfc822(text):
        return None
    match = _parts822(text)
    if match is None:
        hint = "; that is the form of Atom" if _ISO_LIKE.match(text) else ""
        return f"{text[:60]!r} is not a date such as Fri, 31 May 2024 08:30:00 GMT{hint}"
    if match["month"] not in MONTHS:
        return f"{match['month']!r} is not a month; write Jan, Feb, Mar …"
    if match["weekday"] and match["weekday"] not in DAYS:
        return f"{match['weekday']!r} is not a day; write Mon, Tue, Wed …"
    return f"{text[:60]!r} has a zone, day, hour or year that does not exist; write GMT or +0000"


def weekday(text: str) -> str | None:
    """Objects to a valid date on another day of the week than it says."""
    match, moment = _parts822(text), parse_rfc822(text)
    if match and moment and match["weekday"] and DAYS[moment.weekday()] != match["weekday"]:
        return f"that day was a {DAYS[moment.weekday()]}, not a {match['weekday']}"
    return None


def doubtful_rfc822(text: str) -> str | None:
    """Objects to a valid date that readers disagree about."""
    match, moment = _parts822(text), parse_rfc822(text)
    if not match or not moment:
        return None
    if wrong := weekday(text):
        return wrong
    if len(match["year"]) == 2:
        return "write the year with four digits"
    if match["zone"] in MISTAKEN_ZONES:
        return f"the zone {match['zone']!r} was defined the wrong way round; write GMT or +0000"
    return None
