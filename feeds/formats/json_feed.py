"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

import orjson

from feeds.article import Article, Attachment, Person
from feeds.formats.base import UNKNOWN_TYPE, Format, in_utc
from feeds.library import Feed

_TYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"

Object = dict[str, object]


def write(feed: Feed, address: str) -> bytes:
    """The feed as a JSON Feed document in UTF-8 that will stand at `address`.

    Indented, with the keys in the specification's order and no escapes: people look at it, and
    whoever commits what is built sees in a diff what changed. Compression takes the spaces away.
    """
    return orjson.dumps(_feed(feed, address), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _feed(feed: Feed, address: str) -> Object:
    return {
        "version": _VERSION,
        "title": feed.title,
        **_said(
            home_page_url=feed.home,
            feed_url=address,
            description=feed.description,
            next_url=dict(feed.linked("json")).get("prev-archive"),
            icon=feed.icon or feed.logo,
            authors=_people(feed.authors),
            language=feed.language,
            hubs=[{"type": "WebSub", "url": feed.hub}] if feed.hub and not feed.archive else None,
        ),
        "items": [_item(article, feed) for article in feed.entries],
    }


def _item(article: Article, feed: Feed) -> Object:
    text = article.html if feed.full else ""
    return {
        "id": article.id,
        "url": article.url,
        **_said(
            external_url=article.full_article and article.full_article.url,
            title=article.title,
            content_html=text,
            # One content or the other must be there.
            content_text=None if text else article.summary,
            summary=article.summary,
            image=article.image and article.image.src,
            date_published=_date(article.published),
            date_modified=_date(article.updated),
            authors=_people(article.authors),
            tags=list(article.tags),
            language=article.language if article.language != feed.language else None,
            attachments=[_attachment(attachment) for attachment in article.attachments],
        ),
    }


def _said(**values: object) -> Object:
    """Those of the values that say something."""
    return {name: value for name, value in values.items() if value}


def _people(people: Iterable[Person]) -> list[Object]:
    return [_said(name=person.name, url=person.url or _mail(person)) for person in people]


def _mail(person: Person) -> str | None:
    """The specification's place for an address: an author's url may be a mailto:."""
    return person.email and f"mailto:{quote(person.email, safe='@+')}"


def _attachment(attachment: Attachment) -> Object:
    return {
        "url": attachment.url,
        "mime_type": attachment.type or UNKNOWN_TYPE,
        **_said(
            title=attachment.title,
            size_in_bytes=attachment.length,
            duration_in_seconds=attachment.duration,
        ),
    }


def _date(moment: datetime) -> str:
    return in_utc(moment).isoformat()


JSON_FEED = Format("json", _TYPE, write)
