"""Subscribers from a file: CSV or JSON lines, row by row, so that a million rows need no memory.

Separator, encoding and kind are told from the first bytes. A row that cannot be taken is named by its
line, and never by the address in it.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO, get_args

from feeds import values
from feeds.delivery import addresses
from feeds.delivery.subscribers import Consent, Entry, State, micros, ordered
from feeds.errors import DeliveryError, Fault, Place

LONGEST_LINE = 64 * 1024
"""Characters in a line. Nobody's subscription needs more, and a line is held in memory."""
_FIRST_BYTES = 4096

# What other programs call the columns; everything else in a file is left alone.
COLUMNS = {
    "address": ("address", "email", "e-mail", "email address", "e-mail address", "mail"),
    "topics": ("topics", "tags", "interests"),
    "language": ("language", "lang", "locale"),
    "state": ("state", "status"),
    "consent_how": ("consent", "consent_how", "consent how", "source"),
    "consent_at": ("consent_at", "consent at", "opt-in time", "subscribed_at", "created_at"),
    "confirmed_at": ("confirmed_at", "confirmed at", "confirm_time"),
}
_FIELDS = {name: field for field, names in COLUMNS.items() for name in names}
_STATES: dict[str, State] = {
    **{state: state for state in get_args(State)},
    "": "active",
    "subscribed": "active",
    "enabled": "active",
    "unconfirmed": "pending",
}

Row = tuple[int, Mapping[str, Any]]


def entries(stream: BinaryIO, name: str, how: str = "") -> Iterator[Entry | Fault]:
    """Each row of a file as an entry, or as the fault that keeps it out.

    `how` is the consent of rows that name none. Raises `DeliveryError` where the file as a whole
    cannot be understood.
    """
    text = _text(stream, name)
    lines = _lines(text)
    first = next(lines, None)
    if first is None:
        raise _refused(name, 1, "is empty")
    start = first[1] or ""
    rows = _json_rows(lines, first) if start.lstrip().startswith("{") else _csv_rows(lines, first, name)
    for number, row in rows:
        yield row if isinstance(row, Fault) else _entry(row, Place(name, number), how)


def entry(fields: Mapping[str, object], how: str = "") -> Entry:
    """The entry that named fields mean. Raises `ValueError`, which never repeats the address."""
    found = addresses.mailbox(_plain(fields.get("address"), "address"))
    return Entry(
        address=found.address,
        domain=found.domain,
        topics=_topics(fields.get("topics")),
        language=_language(_plain(fields.get("language"), "language")),
        state=_state(_plain(fields.get("state"), "state")),
        consent=Consent(
            _consent(_plain(fields.get("consent_how"), "consent")) or how,
            _at(_plain(fields.get("consent_at"), "consent_at")),
        ),
        confirmed_at=_at(_plain(fields.get("confirmed_at"), "confirmed_at")),
    )


def _entry(row: Mapping[str, Any], place: Place, how: str) -> Entry | Fault:
    if "" in row:
        return Fault(place, str(row[""]))
    try:
        return entry(row, how)
    except ValueError as refusal:
        return Fault(place, str(refusal))


def _text(stream: BinaryIO, name: str) -> io.TextIOBase:
    buffered = io.BufferedReader(stream, _FIRST_BYTES) if not hasattr(stream, "peek") else stream  # type: ignore[type-var]
    first = buffered.peek(_FIRST_BYTES)[:_FIRST_BYTES]
    return io.TextIOWrapper(buffered, _encoding(first), errors="replace", newline="")


def _encoding(first: bytes) -> str:
    """The encoding by its mark (BOM), or by where the NULs of plain letters stand."""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if first[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if first[:1] == b"\0" and first else "utf-8-sig"


Line = tuple[int, str | None]
"""A line and its number; None in place of one that is too long."""


def _lines(text: io.TextIOBase) -> Iterator[Line]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if line.endswith(("\n", "\r")) or len(line) < LONGEST_LINE:
            yield number, line
            continue
        while (rest := text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        yield number, None


def _json_rows(lines: Iterator[Line], first: Line) -> Iterator[Row]:
    yield _json_row(*first)
    for number, line in lines:
        if line is None or line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str | None) -> Row:
    if line is None:
        return number, {"": _TOO_LONG}
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return number, {"": "is no JSON; write one object to a line"}
    if not isinstance(found, dict):
        return number, {"": "is no JSON object"}
    return number, {field: found[key] for key in found if (field := _FIELDS.get(key.strip().casefold()))}


_TOO_LONG = f"is longer than {LONGEST_LINE} characters"


def _csv_rows(lines: Iterator[Line], first: Line, name: str) -> Iterator[Row]:
    header = first[1] or ""
    separator = max(",;\t", key=header.count)
    fields = _header(next(csv.reader([header], delimiter=separator)), name)
    for number, line in lines:
        if line is None:
            yield number, {"": _TOO_LONG}
        elif line.strip():
            yield number, _csv_row(line, separator, fields)


def _csv_row(line: str, separator: str, fields: list[str | None]) -> Mapping[str, str]:
    # Line by line, or one quote that is never closed would swallow all the rows after it.
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return {"": "has a quote that is not closed on its line"}
    if len(cells) != len(fields):
        return {"": f"has {len(cells)} cells, and the header has {len(fields)}"}
    return {field: cell for field, cell in zip(fields, cells, strict=True) if field}


def _header(cells: list[str], name: str) -> list[str | None]:
    fields = [_FIELDS.get(cell.strip().casefold()) for cell in cells]
    named = [field for field in fields if field]
    if twice := next((field for field in named if named.count(field) > 1), None):
        raise _refused(name, 1, f"the header names {twice.replace('_', ' ')} twice")
    if "address" not in named:
        raise _refused(name, 1, "the header has no column “address” or “email”")
    return fields


def _plain(value: object, field: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{field} must be text")  # noqa: TRY004 - a person's mistake, not ours
    if "\ufffd" in value:
        raise ValueError(f"{field} is neither UTF-8 nor UTF-16")
    return value.strip()


def _topics(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return ordered(_topic(_plain(topic, "topics")) for topic in value)
    return _split(_plain(value, "topics"))


@lru_cache(maxsize=10_000)
def _split(text: str) -> tuple[str, ...]:
    return ordered(_topic(part.strip()) for part in re.split("[,;|]", text) if part.strip())


@lru_cache(maxsize=1_000)
def _language(text: str) -> str:
    return values.language(text.replace("_", "-")) if text else ""


def _state(text: str) -> State:
    if text.casefold() not in _STATES:
        raise ValueError("state must be pending, active, paused or unsubscribed")
    return _STATES[text.casefold()]


@lru_cache(maxsize=1_000)
def _topic(text: str) -> str:
    return values.tag(text) if text else ""


@lru_cache(maxsize=1_000)
def _consent(text: str) -> str:
    return values.line(text) if text else ""


def _at(text: str) -> int | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("has a moment that is none; write 2026-11-19T09:30") from None
    return micros(found if found.tzinfo else found.replace(tzinfo=UTC))


def _refused(name: str, line: int, problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(name, line), problem))
