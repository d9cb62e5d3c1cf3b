"""Reads with @extractus/feed-extractor (npm), which makes every format the same few fields."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import Format, Reader, Seen
from .support import from_iso, node

# Its description is a text cut short, not the content.
_FIELDS = frozenset({"id", "title", "link", "published", "language"})


def _seen(entry: Any, feed: Any) -> Seen:
    return Seen(
        id=entry.get("id"),
        title=entry.get("title"),
        link=entry.get("link"),
        published=from_iso(entry.get("published")),
        language=feed.get("language"),
    )


def _quirks(form: Format, told: Seen) -> Seen:
    if form == "json":
        return told
    # It decodes the texts of XML twice, so a title that speaks of "&amp;" loses it; and
    # what it calls published is Atom's updated.
    return dataclasses.replace(
        told,
        title=html.unescape(told.title or ""),
        published=told.updated if form == "atom" else told.published,
    )


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    found = node("feed-extractor.mjs", documents)
    return [[_seen(entry, feed) for entry in feed["entries"]] for feed in found]


FEED_EXTRACTOR = Reader(
    "feed-extractor", frozenset({"atom", "rss", "json"}), _FIELDS, _parse, _quirks
)
