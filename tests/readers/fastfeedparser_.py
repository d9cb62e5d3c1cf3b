"""Reads with fastfeedparser (PyPI), a parser of its own in native code."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Enclosed, Format, Reader, Seen
from .support import from_iso, library, name_of


def _enclosures(entry: Any) -> tuple[Enclosed, ...]:
    if "enclosures" in entry:
        found = entry["enclosures"]
        return tuple((e["url"], e.get("type"), e.get("length")) for e in found)
    links = [link for link in entry.get("links", ()) if link.get("rel") == "enclosure"]
    return tuple((link["href"], link.get("type"), None) for link in links)


def _content(entry: Any) -> str | None:
    content = entry.get("content")
    found: str | None = content[0]["value"] if content else entry.get("description")
    return found


def _seen(entry: Any) -> Seen:
    return Seen(
        id=entry.get("id"),
        title=entry.get("title"),
        link=entry.get("link"),
        published=from_iso(entry.get("published")),
        updated=from_iso(entry.get("updated")),
        # It leaves RSS's "mail@host (Name)" whole.
        authors=tuple(name_of(a["name"]) for a in entry.get("authors", ()) if a.get("name")),
        enclosures=_enclosures(entry),
        content=_content(entry),
    )


def _lines(text: str | None) -> str | None:
    return text and re.sub("[\u2028\u2029]", "\n", text)


def _quirks(form: Format, told: Seen) -> Seen:
    enclosures = told.enclosures or ()
    if form == "atom":
        # It takes enclosures for links, which have no length.
        enclosures = tuple((url, kind, None) for url, kind, _ in enclosures)
    if form == "json":
        # A length of 0 is none.
        enclosures = tuple((url, kind, length or None) for url, kind, length in enclosures)
    if form != "json":
        # It repairs XML that is not broken: Unicode's line and paragraph separators become
        # line feeds. The date that it has stands in for the one that it has not.
        told = dataclasses.replace(
            told,
            title=_lines(told.title),
            content=_lines(told.content),
            published=told.published or told.updated,
        )
    # It keeps one author.
    return dataclasses.replace(told, authors=(told.authors or ())[:1], enclosures=enclosures)


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    parse = library("fastfeedparser", "fastfeedparser").parse
    found = [parse(document.read_bytes()) for document in documents]
    return [[_seen(entry) for entry in feed["entries"]] for feed in found]


FASTFEEDPARSER = Reader(
    "fastfeedparser",
    frozenset({"atom", "rss", "json"}),
    # Its language of RSS is xml:lang, which RSS has not, and of the others the document's.
    FIELDS - {"language"},
    _parse,
    _quirks,
)
