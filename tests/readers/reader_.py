"""Reads with reader (PyPI), a whole feed reader: its storage and its own JSON Feed parser."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Format, Reader, Seen
from .support import library


def _name(author: Any) -> str | None:
    # It reads RSS's "mail@host (Name)" as "Name (mail@host)", so the two come swapped.
    swapped = author.email and "@" in (author.name or "") and "@" not in author.email
    name: str | None = author.email if swapped else author.name
    return name


def _seen(entry: Any) -> Seen:
    content = entry.content[0] if entry.content else None
    return Seen(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=entry.published,
        updated=entry.updated,
        authors=tuple(name for author in entry.authors if (name := _name(author))),
        enclosures=tuple((e.href, e.type, e.length) for e in entry.enclosures),
        content=content.value if content else entry.summary,
        language=content.language if content else None,
    )


def _quirks(form: Format, told: Seen) -> Seen:
    if form == "json":
        return told
    # Of several authors of XML it keeps the last, and it has no language of a channel.
    return dataclasses.replace(
        told,
        authors=(told.authors or ())[-1:],
        language=None if form == "rss" else told.language,
    )


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    # It needs sgmllib3k without saying so: its own copy of feedparser imports it.
    library("sgmllib", "reader sgmllib3k")
    feeds = library("reader", "reader sgmllib3k").make_reader(":memory:", feed_root="")
    with feeds:
        for document in documents:
            feeds.add_feed(str(document), exist_ok=True)
            feeds.update_feed(str(document))
        return [[_seen(e) for e in feeds.get_entries(feed=str(d))] for d in documents]


READER = Reader(
    "reader", frozenset({"atom", "rss", "json"}), FIELDS, _parse, _quirks, ordered=False
)
