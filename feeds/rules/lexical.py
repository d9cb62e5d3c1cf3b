"""The small types of values: numbers, yes and no, choices, media types, times, lists."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

from feeds.rules.base import Test

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_COUNT = re.compile(r"\+?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_TOKEN = r"[A-Za-z0-9!#$&^_.+%'*`|~{}-]+"  # noqa: S105
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"  # RFC 6838 section 4.2
_MEDIA = re.compile(rf"{_NAME}/{_NAME}(?:\s*;\s*{_TOKEN}=(?:{_TOKEN}|\"[^\"]*\"))*\s*;?", re.ASCII)
_NPT = re.compile(r"now|\d+(?:\.\d*)?|\d+:[0-5]?\d:[0-5]?\d(?:\.\d*)?", re.ASCII)
_DURATION = re.compile(r"\d+|\d{1,3}:[0-5]\d|\d{1,3}:[0-5]?\d:[0-5]\d", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
_SPACES = re.compile(r"\s+")


def blank(text: str) -> str | None:
    """Objects to nothing but white space."""
    return None if text and not text.isspace() else "must not be blank"


def whole(text: str) -> str | None:
    """Objects to what is no whole number."""
    return None if _WHOLE.fullmatch(text) else f"{text[:40]!r} is not a whole number"


def count(text: str) -> str | None:
    """Objects to what is no whole number of zero or more."""
    return None if _COUNT.fullmatch(text) else f"{text[:40]!r} is not a whole number of zero or more"


def positive(text: str) -> str | None:
    """Objects to what is no whole number of one or more."""
    return (
        None
        if _COUNT.fullmatch(text) and text.strip("+0")
        else f"{text[:40]!r} is not a whole number above zero"
    )


def number(text: str) -> str | None:
    """Objects to what is no decimal number."""
    return None if _NUMBER.fullmatch(text) else f"{text[:40]!r} is not a number"


def amount(text: str) -> str | None:
    """Objects to what is no decimal number of zero or more."""
    return (
        None
        if _NUMBER.fullmatch(text) and text[0] != "-"
        else f"{text[:40]!r} is not a number of zero or more"
    )


def between(low: float, high: float, *, integer: bool = True) -> Test:
    """A test for a number within bounds, both included."""
    pattern = _WHOLE if integer else _NUMBER

    def test(text: str) -> str | None:
        if pattern.fullmatch(text) and len(text) < 40 and low <= float(text) <= high:
            return None
        return f"{text[:40]!r} is not a {'whole ' if integer else ''}number from {low:g} to {high:g}"

    return test


def choice(*values: str, fold: bool = False) -> Test:
    """A test for one word out of several; `fold` takes capitals for small letters."""
    known = frozenset(values)
    said = ", ".join(values)

    def test(text: str) -> str | None:
        return None if (text.lower() if fold else text) in known else f"{text[:40]!r} is not one of {said}"

    return test


def media_type(text: str) -> str | None:
    """Objects to what is no media type such as audio/mpeg, parameters allowed."""
    return None if _MEDIA.fullmatch(text) else f"{text[:60]!r} is not a media type such as audio/mpeg"


def media_ranges(text: str) -> str | None:
    """Objects to what is no comma-separated list of media ranges, as in an Accept header."""
    for part in text.split(","):
        if part.strip() and media_type(part.strip().replace("*", "any")):
            return f"{part.strip()[:60]!r} is not a media type or range such as image/*"
    return None


def npt(text: str) -> str | None:
    """Objects to what is no Normal Play Time of RFC 2326: seconds, or hours:minutes:seconds."""
    return None if _NPT.fullmatch(text) else f"{text[:40]!r} is not a time such as 12.5 or 0:01:12.5"


def duration(text: str) -> str | None:
    """Objects to what is neither seconds nor [hours:]minutes:seconds."""
    return (
        None
        if _DURATION.fullmatch(text)
        else f"{text[:40]!r} is not a duration such as 754, 12:34 or 1:02:34"
    )


def uuid(text: str) -> str | None:
    """Objects to what is no UUID."""
    return None if _UUID.fullmatch(text) else f"{text[:60]!r} is not a UUID"


def base_64(text: str) -> str | None:
    """Objects to what is not base64; white space may stand anywhere."""
    try:
        base64.b64decode(_SPACES.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        return "this type of content must be base64, and this is not"
    return None


def at_most(length: int) -> Test:
    """A test for a greatest length in characters."""

    def test(text: str) -> str | None:
        return f"has {len(text)} characters; at most {length} are shown" if len(text) > length else None

    return test


def numbers(exactly: int) -> Test:
    """A test for a list of so many numbers, separated by spaces or commas."""

    def test(text: str) -> str | None:
        parts = text.replace(",", " ").split()
        if len(parts) != exactly or any(number(part) for part in parts):
            return f"{text[:60]!r} is not a list of {exactly} numbers"
        return None

    return test


def integers(text: str) -> str | None:
    """Objects to what is no comma-separated list of whole numbers; an empty list is one."""
    parts = text.split(",") if text.strip() else []
    bad = next((part for part in parts if whole(part.strip())), None)
    return None if bad is None else f"{bad.strip()[:40]!r} is not a whole number"


def counts(text: str) -> str | None:
    """Objects to what is no comma-separated list of whole numbers of zero or more; an empty list is one."""
    return every(count, (part.strip() for part in text.split(","))) if text.strip() else None


def every(test: Test, parts: Iterable[str]) -> str | None:
    """The first objection of a test to any of several texts."""
    return next((problem for part in parts if (problem := test(part))), None)
