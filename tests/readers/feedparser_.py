"""Reads with feedparser (PyPI), the parser that most Python readers build on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Enclosed, Format, Reader, ReaderError, Seen
from .support import from_struct, length_of, library


def _enclosures(entry: Any) -> tuple[Enclosed, ...]:
    links = [link for link in entry.get("links", ()) if link.get("rel") == "enclosure"]
    return tuple((link["href"], link.get("type"), length_of(link.get("length"))) for link in links)


def _date(entry: Any, key: str) -> Any:
    # Its dictionaries answer "updated" with "published" where there is no such date, to
    # [] as to get(); only `in` tells the truth.
    return from_struct(entry[key]) if key in entry else None


def _content(entry: Any) -> str | None:
    found: str | None = entry.content[0].value if "content" in entry else entry.get("summary")
    return found


def _seen(entry: Any, feed: Any) -> Seen:
    detail = entry.get("title_detail") or {}
    return Seen(
        id=entry.get("id"),
        title=entry.get("title"),
        link=entry.get("link"),
        published=_date(entry, "published_parsed"),
        updated=_date(entry, "updated_parsed"),
        # An author of whom it understood nothing is an empty dictionary. An RSS name that
        # is an e-mail address itself comes out cut up.
        authors=tuple(a["name"] for a in entry.get("authors", ()) if a.get("name")),
        enclosures=_enclosures(entry),
        content=_content(entry),
        # It gives a text the xml:lang that it is under; RSS's <language> is the feed's.
        language=detail.get("language") or feed.get("language"),
    )


def _quirks(form: Format, told: Seen) -> Seen:
    # It takes the id of an Atom entry without a link for one.
    link = told.link or (told.id if form == "atom" else None)
    return dataclasses.replace(told, link=link)


def _document(feedparser: Any, document: Path) -> list[Seen]:
    # As written: sanitising and resolving are a reader's choice, and would change
    # content that is to be compared.
    data = document.read_bytes()
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    if found.bozo or not found.version:
        raise ReaderError(f"feedparser: {document}: {found.get('bozo_exception')}")
    return [_seen(entry, found.feed) for entry in found.entries]


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    feedparser = library("feedparser", "feedparser")
    return [_document(feedparser, document) for document in documents]


FEEDPARSER = Reader("feedparser", frozenset({"atom", "rss"}), FIELDS, _parse, _quirks)
