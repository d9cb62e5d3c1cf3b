"""What a database has in its columns, as the fields of an article that JSON can say.

A database has no lists and no tables, or has its own; so several tags may stand in one text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from feeds import values
from feeds.importing import html
from feeds.importing.base import Notes
from feeds.markup import TooDeepError
from feeds.sources.elsewhere import resolved

Value = Any


class ColumnError(ValueError):
    """A value that can be no field."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column


def fields(row: Iterable[tuple[str, object]], home: str) -> dict[str, Value]:
    """The fields of an article. Raises `ColumnError`. What is NULL or empty is not there.

    `home` is where the publication stands, and what an address is relative to.
    """
    made: dict[str, Value] = {}
    is_html = False
    for column, value in row:
        if value is None or value == "":
            continue
        name = KNOWN[column]
        if name in made:
            raise ColumnError(column, f"is a second {name}; select one")
        made[name] = _READERS.get(column, _plain)(column, value)
        is_html = is_html or column == "html"
    if is_html:
        made["body"] = _html(made["body"], resolved(home, str(made.get("url", ""))))
    _identified(made)
    return made


def _plain(column: str, value: object) -> Value:
    """A text, or what is written as one."""
    if isinstance(value, bytes | bytearray | memoryview):
        raise ColumnError(column, "is binary; select it as text")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | UUID):
        raise ColumnError(column, "must be text")
    return str(value).strip()


def _structured(column: str, value: object) -> Value:
    """A list or table of the database, or one that is written as JSON; else a text."""
    if isinstance(value, list | tuple | dict):
        return json.loads(json.dumps(value, default=str))
    text = _plain(column, value)
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ColumnError(column, "is no JSON, though it begins as such") from None


def _tags(column: str, value: object) -> Value:
    """Tags may stand in one text, with commas between them."""
    found = _structured(column, value)
    return [tag for one in found.split(",") if (tag := one.strip())] if isinstance(found, str) else found


def _image(column: str, value: object) -> Value:
    found = _structured(column, value)
    return {"src": found} if isinstance(found, str) else found


def _attachments(column: str, value: object) -> Value:
    """A file, as its address or as JSON; or several."""
    found = _structured(column, value)
    several = found if isinstance(found, list) else [found]
    return [{"url": one} if isinstance(one, str) else one for one in several]


def _flag(column: str, value: object) -> Value:
    """SQLite has no truth of its own, only 1 and 0."""
    return bool(value) if isinstance(value, int) and value in (0, 1) else _plain(column, value)


def _html(text: str, page: str) -> str:
    try:
        return html.body(text, base=page, page=page, notes=Notes())
    except TooDeepError as refusal:
        raise ColumnError("html", str(refusal)) from None


def _identified(made: dict[str, Value]) -> None:
    """An id that is an IRI is kept; any other is known by us alone, and readers get one of ours."""
    if "id" not in made:
        return
    id = made["id"]
    try:
        made["id"] = values.identifier(id)
    except ValueError:
        made["key"] = made.pop("id")


def _id(column: str, value: object) -> Value:
    return value.urn if isinstance(value, UUID) else _plain(column, value)


KNOWN = {
    **{name: name for name in "id url title published updated summary language".split()},
    "body": "body",
    "markdown": "body",
    "text": "body",
    "html": "body",
    "authors": "authors",
    "author": "authors",
    "tags": "tags",
    "tag": "tags",
    **{name: name for name in "image attachments draft expires".split()},
}
"""What a column may be called, and the field that it becomes."""
_READERS: dict[str, Callable[[str, object], Value]] = {
    "id": _id,
    "authors": _structured,
    "author": _structured,
    "tags": _tags,
    "tag": _tags,
    "image": _image,
    "attachments": _attachments,
    "draft": _flag,
}
