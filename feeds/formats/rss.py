"""RSS 2.0, after the RSS Advisory Board's specification 2.0.11 and its Best Practices Profile."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime

from feeds.article import Article, Attachment, Person
from feeds.formats import _feedgen, links, media_rss, podcast, stylesheet
from feeds.formats._feedgen import Element, Entry, Part
from feeds.formats.base import GENERATOR, UNKNOWN_TYPE, Format, in_utc
from feeds.library import Feed

_TYPE = "application/rss+xml"
_SPECIFICATION = "https://www.rssboard.org/rss-specification"


def write(feed: Feed, address: str) -> bytes:
    """The feed as an RSS document in UTF-8 that will stand at `address`."""
    entries = [_shared(article, feed) for article in feed.entries]
    return _feedgen.rss(address, _channel(feed, address), entries, stylesheet.address(feed))


def _channel(feed: Feed, address: str) -> Part:
    editor = _mailbox(feed.authors)
    return Part(
        {
            "title": feed.title,
            "description": feed.description,
            "language": feed.language,
            "link": [  # the channel's <link> is the last one, whatever its rel
                {"href": address, "rel": "self", "type": _TYPE},
                {"href": feed.home, "rel": "alternate", "type": "text/html"},
            ],
            "copyright": feed.rights,
            "managingEditor": editor and f"{editor.email} ({editor.name})",
            "generator": GENERATOR,
            "docs": _SPECIFICATION,
            "image": {"url": feed.logo} if feed.logo else None,  # title and link are the channel's
        },
        (*_channel_added(feed), *podcast.channel(feed, address)),
    )


def _channel_added(feed: Feed) -> Iterator[Element]:
    if feed.entries:
        yield _date("pubDate", max(article.published for article in feed.entries))
        yield _date("lastBuildDate", feed.updated)
    if not _mailbox(feed.authors):
        yield from _creators(feed.authors)
    for link in links.documents(feed, "rss", _TYPE):
        yield Element("atom:link", attributes=link)
    if feed.archive:
        yield Element("fh:archive")


def _shared(article: Article, feed: Feed) -> Entry:
    """The item, the same for every feed that shows so much of the article and speaks its language or not."""
    if feed.podcast:
        return Entry(_item(article, feed))
    key = ("rss", feed.full, article.language == feed.language)
    return article.once(key, lambda: Entry(_item(article, feed)))


def _item(article: Article, feed: Feed) -> Part:
    text = article.html if feed.full else ""
    author = _mailbox(article.authors)
    return Part(
        {
            "title": article.title,
            "link": {"href": article.url, "rel": "alternate"},
            # Readers take a description for HTML, so plain text has to become some.
            "summary": html.escape(article.summary, quote=False),
            "content": {"content": text, "type": "html"} if text else None,
            "author": {"name": author.name, "email": author.email} if author else None,
            "guid": {"guid": article.id, "permalink": article.id == article.url},
            "category": [{"term": tag} for tag in article.tags],
            "enclosure": _enclosure(article, feed),
        },
        (*_item_added(article, feed), *podcast.item(article, feed)),
    )


def _item_added(article: Article, feed: Feed) -> Iterator[Element]:
    yield _date("pubDate", article.published)
    # RSS has no word for it. RFC 4287 has one, and feedparser and others read it here.
    yield Element("atom:updated", in_utc(article.updated).isoformat())
    if not _mailbox(article.authors):
        yield from _creators(article.authors)
    if article.origin and article.origin.feed:  # RSS asks for the feed's own address
        yield Element("source", article.origin.title or None, {"url": article.origin.feed})
    if article.language != feed.language:
        yield Element("dc:language", article.language)
    versions = links.alternates(article) if article.translations else []
    for link in (*versions, *links.related(article)):
        yield Element("atom:link", attributes=link)
    yield from media_rss.lead(article)
    yield from media_rss.further(article, _enclosed(article, feed))


def _mailbox(authors: Iterable[Person]) -> Person | None:
    """The one author who fits RSS's `author`, which is `mail (Name)`; else each is a dc:creator."""
    people = tuple(authors)
    if len(people) == 1 and people[0].email and not set(people[0].name) & set("()\\"):
        return people[0]
    return None


def _creators(authors: Iterable[Person]) -> Iterator[Element]:
    return (Element("dc:creator", author.name) for author in authors)


def _enclosure(article: Article, feed: Feed) -> dict[str, str | int] | None:
    """RSS's one file. All three attributes are required; a length of 0 means unknown."""
    file = _enclosed(article, feed)
    if file is None:
        return None
    return {"url": file.url, "length": file.length or 0, "type": file.type or UNKNOWN_TYPE}


def _enclosed(article: Article, feed: Feed) -> Attachment | None:
    """The first attachment; in a podcast, the first that can be heard or seen."""
    first = next(iter(article.attachments), None)
    return article.recording or first if feed.podcast else first


def _date(name: str, moment: datetime) -> Element:
    """A date of RFC 822 with English names, a year of four digits and GMT."""
    return Element(name, format_datetime(in_utc(moment), usegmt=True))


RSS = Format("rss", _TYPE, write)
