"""Reads with rss-parser (npm), the parser of many JavaScript readers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Enclosed, Format, Reader, Seen
from .support import from_iso, length_of, name_of, node


def _enclosures(item: Any) -> tuple[Enclosed, ...]:
    one = item.get("enclosure")
    return ((one["url"], one.get("type"), length_of(one.get("length"))),) if one else ()


def _seen(item: Any, feed: Any) -> Seen:
    # It leaves RSS's "mail@host (Name)" whole, and calls Atom's author by another name.
    author = item.get("creator") or item.get("author")
    content = item.get("content:encoded") or item.get("content") or item.get("summary")
    return Seen(
        id=item.get("guid") or item.get("id"),
        title=item.get("title"),
        link=item.get("link"),
        published=from_iso(item.get("isoDate")),
        authors=(name_of(author),) if author else (),
        enclosures=_enclosures(item),
        content=content,
        language=feed.get("language"),
    )


def _quirks(form: Format, told: Seen) -> Seen:
    # It keeps one author and one enclosure, and of Atom neither enclosures nor language.
    atom = form == "atom"
    return dataclasses.replace(
        told,
        authors=(told.authors or ())[:1],
        enclosures=() if atom else (told.enclosures or ())[:1],
        language=None if atom else told.language,
        published=told.published or (told.updated if atom else None),
    )


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    found = node("rss-parser.mjs", documents)
    return [[_seen(item, feed) for item in feed["items"]] for feed in found]


RSS_PARSER = Reader("rss-parser", frozenset({"atom", "rss"}), FIELDS - {"updated"}, _parse, _quirks)
