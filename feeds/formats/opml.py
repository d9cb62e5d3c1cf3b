"""All feeds in one file that feed readers import: OPML 2.0 (opml.org/spec2.opml).

Every outline is of type "rss", as the specification wants it for feeds of any format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.utils import format_datetime
from xml.etree import ElementTree

from feeds import values
from feeds.config import PublicationSettings
from feeds.formats.base import in_utc
from feeds.library import EPOCH, Feed
from feeds.publishing import Document
from feeds.values import NO_XML

PATH = "feeds.opml"
MEDIA_TYPE = "text/x-opml"
FOLDER = "feeds"
"""Where the page about the feeds and their stylesheets stand, below the publication's url."""
NEWEST = 3
"""So many of a feed's articles are named on that page."""
PREFERRED = ("atom", "rss", "json")
"""Which of a feed's formats is told to those who ask for one."""

_SPECIFICATION = "http://opml.org/spec2.opml"


def opml(publication: PublicationSettings, feeds: Iterable[Feed]) -> Document:
    """The list of all feeds, in the order of the settings. Its dates come from the entries."""
    listed = current(feeds)
    root = ElementTree.Element("opml", version="2.0")
    head, body = ElementTree.SubElement(root, "head"), ElementTree.SubElement(root, "body")
    for name, text in _head(publication, listed):
        ElementTree.SubElement(head, name).text = _sound(text)
    for feed in listed:
        ElementTree.SubElement(body, "outline", {k: _sound(v) for k, v in _outline(feed).items()})
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Document(PATH, written + b"\n", MEDIA_TYPE)


def current(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """The feeds that one subscribes to: those that are written at all, and no pages of archives."""
    return tuple(feed for feed in feeds if feed.files and not feed.archive)


def address(feed: Feed, form: str) -> str:
    """Where the feed stands in one format, percent-encoded (RFC 3986)."""
    return values.address(feed.address(form))


def preferred(feed: Feed) -> str:
    """The format that suits most readers, of those that the feed has."""
    return next((form for form in PREFERRED if form in feed.files), next(iter(feed.files)))


def _head(publication: PublicationSettings, feeds: Iterable[Feed]) -> Iterator[tuple[str, str]]:
    yield "title", publication.title
    newest = max((feed.updated for feed in feeds), default=EPOCH)
    if newest != EPOCH:  # a list of empty feeds has no date that content could know
        yield "dateModified", format_datetime(in_utc(newest), usegmt=True)
    owner = next(iter(publication.authors), None)
    yield "ownerName", owner.name if owner else publication.title
    if owner and owner.email:
        yield "ownerEmail", owner.email
    yield "ownerId", (owner and owner.url) or publication.url
    yield "docs", _SPECIFICATION


def _outline(feed: Feed) -> Mapping[str, str]:
    form = preferred(feed)
    # Only RSS has a known version; of it 2.0 is called RSS, too.
    version = {"version": "RSS"} if form == "rss" else {}
    return {
        "type": "rss",
        "text": feed.title,
        "title": feed.title,
        "xmlUrl": address(feed, form),
        "htmlUrl": feed.home,
        "language": feed.language,
        "description": feed.description,
        **version,
    }


def _sound(text: str) -> str:
    return NO_XML.sub("", text)
