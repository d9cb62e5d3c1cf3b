"""Anybody's feed, imported once; and lists of feeds (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feeds.article import Attachment, Person
from feeds.importing import xml
from feeds.importing.base import Export, Post
from feeds.importing.loose import address
from feeds.media import media_type
from feeds.sources import syndicated
from feeds.sources.syndicated import Syndicated

LISTED = 1000
"""Feeds of one list at most."""
_BLOGGERS = "http://schemas.google.com/blogger/2008/kind#"
"""What a category of Blogger's export begins with that says what an entry is."""
_PAGES = {".html", ".htm", ".php"}


def read(content: bytes, where: str, export: Export) -> None:
    """Add the entries of an Atom, RSS or JSON feed. Raises `ContentError` for what is none."""
    add(syndicated.read(content, where or export.source), export)


def add(feed: Syndicated, export: Export) -> None:
    """Add the entries of a feed that has been read."""
    for entry in feed.entries:
        kind = next((tag.removeprefix(_BLOGGERS) for tag in entry.tags if tag.startswith(_BLOGGERS)), "post")
        if kind != "post":
            export.notes.leave(f"Blogger's entries of the kind {kind[:40]}")
            continue
        export.posts.append(
            Post(
                title=entry.title,
                id=entry.id,
                html=entry.html,
                published=entry.published or entry.updated,
                updated=entry.updated,
                url=entry.url,
                slug=_last_part(entry.url),
                summary=entry.summary if entry.html and len(entry.summary) < len(entry.html) // 2 else "",
                authors=tuple(_person(one) for one in entry.authors),
                tags=tuple(tag for tag in entry.tags if not tag.startswith(_BLOGGERS)),
                attachments=tuple(_attachment(one) for one in entry.attachments),
                language=feed.language,
            )
        )


def listed(chunks: Iterable[bytes], export: Export) -> None:
    """Note the feeds that a list names. Raises `ExportError` for what does harm."""
    found: list[str] = []

    def started(name: str, attributes: Mapping[str, str], line: int) -> None:
        if name == "outline" and (given := attributes.get("xmlUrl")):
            if where := address(given):
                found.append(where)
            else:
                export.fault("names a feed that is at no web address", line)

    xml.read(chunks, export, started, lambda name, text: None)
    once = tuple(dict.fromkeys(found))
    if len(once) > LISTED:
        export.notes.leave(f"feeds beyond the first {LISTED:,}", len(once) - LISTED)
    export.feeds = once[:LISTED]


def _last_part(url: str) -> str:
    path = PurePosixPath(urlsplit(url).path)
    return path.stem if path.suffix in _PAGES else path.name


def _person(person: Person) -> dict[str, str]:
    return {name: str(value) for name, value in person.model_dump(exclude_none=True).items()}


def _attachment(attachment: Attachment) -> dict[str, object]:
    """What a feed of ours has to say of a file; 0 bytes is how RSS says that nobody knows."""
    kind = attachment.type or media_type(attachment.url) or "application/octet-stream"
    said = attachment.model_dump(exclude_none=True)
    return {**said, "type": kind, "length": attachment.length or 0}
