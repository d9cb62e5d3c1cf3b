"""Reads with podcastparser (PyPI), the parser of the gPodder podcast client."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .contract import Format, Reader, Seen
from .support import from_seconds, library

_FIELDS = frozenset({"id", "title", "link", "published", "enclosures", "content", "language"})


def _seen(episode: Any, feed: Any) -> Seen:
    # It takes pictures of Media RSS for enclosures; podcast clients leave those out by their type.
    enclosed = [
        (e["url"], e["mime_type"], e["file_size"])
        for e in episode["enclosures"]
        if not str(e["mime_type"]).startswith("image/")
    ]
    return Seen(
        id=episode["guid"],
        title=episode["title"],
        link=episode["link"],
        published=from_seconds(episode["published"]),
        # It says -1 for a length that is not given.
        enclosures=tuple((url, kind, None if n < 0 else n) for url, kind, n in enclosed),
        # It has RSS's description but not Atom's summary.
        content=episode.get("description_html") or episode["description"],
        language=feed.get("language"),
    )


def _address(address: str) -> str:
    scheme, host, path, query, fragment = urlsplit(address)
    return urlunsplit((scheme.lower(), host.lower(), path or "/", query, fragment))


def _quirks(form: Format, told: Seen) -> Seen:
    enclosed = ((_address(url), kind, n or None) for url, kind, n in told.enclosures or ())
    # It makes a title one line of single spaces.
    title = " ".join((told.title or "").split())
    told = dataclasses.replace(told, title=title, enclosures=tuple(enclosed))
    if form == "rss":
        return told
    # Atom's links it writes anew, as the addresses of enclosures; Atom's language it ignores.
    link = told.link and _address(told.link)
    moment = told.published or told.updated
    return dataclasses.replace(told, link=link, published=moment, language=None)


def _document(parser: Any, document: Path) -> list[Seen]:
    feed = parser.parse(document.as_uri(), BytesIO(document.read_bytes()))
    return [_seen(episode, feed) for episode in feed["episodes"]]


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    parser = library("podcastparser", "podcastparser")
    return [_document(parser, document) for document in documents]


# It sorts the episodes by date.
PODCASTPARSER = Reader(
    "podcastparser",
    frozenset({"atom", "rss"}),
    _FIELDS,
    _parse,
    _quirks,
    ordered=False,
)
