"""Reads with atoma (PyPI), three strict typed parsers in Python."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .contract import FIELDS, Format, Reader, Seen
from .support import library


def _value(text: Any) -> str | None:
    found: str | None = text.value if text else None
    return found


def _atom(entry: Any) -> Seen:
    links = [link for link in entry.links if link.rel in (None, "alternate")]
    enclosed = [link for link in entry.links if link.rel == "enclosure"]
    return Seen(
        id=entry.id_,
        title=_value(entry.title),
        link=links[0].href if links else None,
        published=entry.published,
        updated=entry.updated,
        authors=tuple(author.name for author in entry.authors),
        enclosures=tuple((link.href, link.type_, link.length) for link in enclosed),
        content=_value(entry.content or entry.summary),
    )


def _rss(item: Any) -> Seen:
    return Seen(
        id=item.guid,
        title=item.title,
        link=item.link,
        published=item.pub_date,
        enclosures=tuple((e.url, e.type, e.length) for e in item.enclosures),
        content=item.content_encoded or item.description,
    )


def _json(item: Any) -> Seen:
    return Seen(
        id=item.id_,
        title=item.title,
        link=item.url,
        published=item.date_published,
        updated=item.date_modified,
        enclosures=tuple((a.url, a.mime_type, a.size_in_bytes) for a in item.attachments),
        content=item.content_html or item.content_text or item.summary,
    )


def _quirks(form: Format, told: Seen) -> Seen:
    # It reads authors of Atom alone: JSON Feed 1.0's "author" is not 1.1's "authors",
    # and of RSS it has <author> but not dc:creator. RSS's atom:updated it ignores.
    return dataclasses.replace(
        told,
        authors=told.authors if form == "atom" else None,
        updated=None if form == "rss" else told.updated,
    )


def _document(atoma: Any, document: Path) -> list[Seen]:
    data = document.read_bytes()
    if data.startswith(b"{"):
        return [_json(item) for item in atoma.parse_json_feed_bytes(data).items]
    if b"<rss" in data[:1000]:
        return [_rss(item) for item in atoma.parse_rss_bytes(data).items]
    return [_atom(entry) for entry in atoma.parse_atom_bytes(data).entries]


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    atoma = library("atoma", "atoma")
    with warnings.catch_warnings():
        # It asks elements for their truth, which Python 3.12 warns of.
        warnings.simplefilter("ignore", DeprecationWarning)
        return [_document(atoma, document) for document in documents]


ATOMA = Reader("atoma", frozenset({"atom", "rss", "json"}), FIELDS - {"language"}, _parse, _quirks)
