"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from feeds import values
from feeds.article import Article, Attachment, Person
from feeds.formats import _feedgen, links, media_rss, stylesheet
from feeds.formats._feedgen import Element, Entry, Part
from feeds.formats.base import GENERATOR, Format, in_utc, iri
from feeds.library import Feed

_TYPE = "application/atom+xml"


def write(feed: Feed, address: str) -> bytes:
    """The feed as an Atom document in UTF-8 that will stand at `address`."""
    entries = [_shared(article, feed) for article in feed.entries]
    return _feedgen.atom(address, _feed(feed, address), entries, stylesheet.address(feed))


def _feed(feed: Feed, address: str) -> Part:
    return Part(
        {
            # One feed, one id, on every page of it: that of the live document.
            "id": feed.id or dict(feed.linked("atom")).get("current", address),
            "title": feed.title,
            "subtitle": feed.description,
            "updated": in_utc(feed.updated),
            "language": feed.language,
            "author": _people(feed.authors),
            "link": [
                {"href": address, "rel": "self", "type": _TYPE},
                {"href": feed.home, "rel": "alternate", "type": "text/html"},
                *links.documents(feed, "atom", _TYPE),
            ],
            "generator": GENERATOR,
            "icon": feed.icon,
            "logo": feed.logo,
            "rights": feed.rights,
        },
        tuple(_added(feed)),
    )


def _added(feed: Feed) -> Iterator[Element]:
    if feed.archive:
        yield Element("fh:archive")
        return
    for id, moment in feed.withdrawn:  # RFC 6721 section 3
        yield Element("at:deleted-entry", attributes={"ref": iri(id), "when": in_utc(moment).isoformat()})


def _shared(article: Article, feed: Feed) -> Entry:
    """The entry, the same for every feed that shows so much of the article and speaks its language or not."""
    key = ("atom", feed.full, article.language == feed.language)
    return article.once(key, lambda: Entry(_entry(article, feed)))


def _entry(article: Article, feed: Feed) -> Part:
    text = article.html if feed.full else ""
    return Part(
        {
            "id": iri(article.id),
            "title": article.title,
            "updated": in_utc(article.updated),
            "published": in_utc(article.published),
            "author": _people(article.authors),
            "link": [*links.alternates(article), *links.related(article), *_enclosures(article)],
            "category": [{"term": tag} for tag in article.tags],
            "summary": _summary(article.summary),
            "content": {"content": text, "type": "html"} if text else None,
        },
        (*media_rss.lead(article), *_source(article)),
        {"xml:lang": article.language if article.language != feed.language else None},
    )


def _source(article: Article) -> Iterator[Element]:
    """The feed that an entry is from, as it was when it said this (RFC 4287 section 4.2.11)."""
    origin = article.origin
    if not origin or not origin.title:
        return
    links = [("alternate", "text/html", origin.home), ("self", None, origin.feed)]
    yield Element(
        "source",
        children=(
            *([Element("id", iri(origin.id))] if origin.id else ()),
            Element("title", origin.title),
            Element("updated", in_utc(article.updated).isoformat()),  # later ones say nothing of this entry
            *(
                Element("link", attributes={"rel": rel, "type": kind, "href": address})
                for rel, kind, address in links
                if address
            ),
        ),
    )


def _summary(text: str) -> dict[str, str | None]:
    """Text as such; as HTML where it speaks of tags, which as text would be taken for a mistake."""
    if values.markup_in(text):
        return {"summary": html.escape(text, quote=False), "type": "html"}
    return {"summary": text}


def _people(people: Iterable[Person]) -> list[dict[str, str | None]]:
    return [{"name": person.name, "email": person.email, "uri": person.url} for person in people]


def _enclosures(article: Article) -> Iterable[links.Link]:
    return map(_enclosure, article.attachments)


def _enclosure(attachment: Attachment) -> links.Link:
    link = {"href": attachment.url, "rel": "enclosure"}
    if attachment.type:
        link["type"] = attachment.type
    if attachment.title:
        link["title"] = attachment.title
    if attachment.length:
        link["length"] = str(attachment.length)
    return link


ATOM = Format("atom", _TYPE, write)
