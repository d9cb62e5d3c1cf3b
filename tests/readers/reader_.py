"""Reads with reader (PyPI), a whole feed reader: its storage and its own JSON Feed parser."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Format, Reader, Seen
from .support import library, name_of, void_tags


def _rss_name(authors: Any) -> str | None:
    # Of RSS it makes "mail@host (Name)" a name that is an address and an address that is
    # a name, and a comma starts another author. Together they are what was written, but
    # for angle brackets, which it drops.
    notes = ((a.name, f" ({a.email})" if "@" not in (a.email or "@") else "") for a in authors)
    text = ", ".join(f"{name}{note}" for name, note in notes if name)
    return name_of(text) or None


def _authors(entry: Any) -> tuple[str, ...]:
    if str(entry.feed.version).startswith("rss"):
        name = _rss_name(entry.authors)
        return (name,) if name else ()
    return tuple(author.name for author in entry.authors if author.name)


def _seen(entry: Any) -> Seen:
    content = entry.content[0] if entry.content else None
    return Seen(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=entry.published,
        updated=entry.updated,
        authors=_authors(entry),
        enclosures=tuple((e.href, e.type, e.length) for e in entry.enclosures),
        content=void_tags(content.value if content else entry.summary),
        # It keeps the language of content, not that of a summary.
        language=content.language if content else None,
    )


def _quirks(form: Format, told: Seen) -> Seen:
    # It sanitises the HTML of XML feeds, as feedparser does.
    told = dataclasses.replace(told, content=void_tags(told.content))
    if form == "json":
        return told
    # Of several authors of XML it keeps the last, and it has no language of a channel.
    told = dataclasses.replace(told, authors=(told.authors or ())[-1:])
    if form == "rss":
        return dataclasses.replace(told, language=None)
    # It takes the id of an Atom entry without a link for one.
    return dataclasses.replace(told, link=told.link or told.id)


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
    "reader",
    frozenset({"atom", "rss", "json"}),
    FIELDS,
    _parse,
    _quirks,
    ordered=False,
)
