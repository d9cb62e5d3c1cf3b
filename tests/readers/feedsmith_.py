"""Reads with feedsmith (npm), a strict parser that keeps nearly all that a feed says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Enclosed, Reader, ReaderError, Seen
from .support import from_iso, node


def _text(value: Any) -> str | None:
    # Atom's texts are objects with the type beside the value.
    found: str | None = value.get("value") if isinstance(value, dict) else value
    return found


def _href(links: Any, rel: str) -> list[Any]:
    return [link for link in links or () if link.get("rel", "alternate") == rel]


def _names(people: Any) -> tuple[str, ...]:
    return tuple(person["name"] for person in people or () if person.get("name"))


def _enclosures(found: Any, address: str, kind: str, length: str) -> tuple[Enclosed, ...]:
    return tuple((e[address], e.get(kind), e.get(length)) for e in found or ())


def _atom(entry: Any, feed: Any) -> Seen:
    links = _href(entry.get("links"), "alternate")
    lang = entry.get("xml") or feed.get("xml") or {}
    enclosed = _href(entry.get("links"), "enclosure")
    return Seen(
        id=entry.get("id"),
        title=_text(entry.get("title")),
        link=links[0]["href"] if links else None,
        published=from_iso(entry.get("published")),
        updated=from_iso(entry.get("updated")),
        authors=_names(entry.get("authors")),
        enclosures=_enclosures(enclosed, "href", "type", "length"),
        content=_text(entry.get("content") or entry.get("summary")),
        language=lang.get("lang"),
    )


def _rss(item: Any, feed: Any) -> Seen:
    creators = tuple((item.get("dc") or {}).get("creators") or ())
    encoded = (item.get("content") or {}).get("encoded")
    return Seen(
        id=_text(item.get("guid")),
        title=item.get("title"),
        link=item.get("link"),
        published=from_iso(item.get("pubDate")),
        updated=from_iso((item.get("atom") or {}).get("updated")),
        authors=_names(item.get("authors")) or creators,
        enclosures=_enclosures(item.get("enclosures"), "url", "type", "length"),
        content=encoded or item.get("description"),
        language=feed.get("language"),
    )


def _json(item: Any, feed: Any) -> Seen:
    attached = item.get("attachments")
    return Seen(
        id=item.get("id"),
        title=item.get("title"),
        link=item.get("url"),
        published=from_iso(item.get("date_published")),
        updated=from_iso(item.get("date_modified")),
        authors=_names(item.get("authors")),
        enclosures=_enclosures(attached, "url", "mime_type", "size_in_bytes"),
        content=item.get("content_html") or item.get("content_text") or item.get("summary"),
        language=item.get("language") or feed.get("language"),
    )


def _document(found: Any) -> list[Seen]:
    feed = found["feed"]
    match found["format"]:
        case "atom":
            return [_atom(entry, feed) for entry in feed.get("entries") or ()]
        case "rss":
            return [_rss(item, feed) for item in feed.get("items") or ()]
        case "json":
            return [_json(item, feed) for item in feed.get("items") or ()]
        case other:
            raise ReaderError(f"feedsmith took a document for {other}")


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    return [_document(found) for found in node("feedsmith.mjs", documents)]


FEEDSMITH = Reader("feedsmith", frozenset({"atom", "rss", "json"}), FIELDS, _parse)
