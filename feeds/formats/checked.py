"""The last look before a feed is written: what the gate let in and what was built by hand alike.

A writer of XML refuses a whole feed for one character and names nobody. So each fault is found
here, with the article's file and field, and a writer is only ever given what it can write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from feeds import config, values
from feeds.article import Article
from feeds.errors import ContentError, Fault, Place, SettingsError
from feeds.library import Feed
from feeds.values import NO_XML

Report = tuple[str, str]
"""A field and what is wrong with it."""


def checked(feed: Feed) -> Feed:
    """The feed with its addresses percent-encoded (RFC 3986).

    Raises `SettingsError` with every fault of the feed itself, else `ContentError` with every
    fault of every entry.
    """
    if faults := [_in_settings(feed, *report) for report in _feed(feed)]:
        raise SettingsError(faults)
    if faults := [*_faults(feed), *_used_twice(feed)]:
        raise ContentError(faults)
    return feed.but(entries=tuple(map(_encoded, feed.entries)))


def address(feed: Feed, format: str) -> str:
    """The address of a feed in one format, percent-encoded. Raises `SettingsError`."""
    found = feed.address(format)
    if faults := [_in_settings(feed, *report) for report in _asked("formats", found, values.address)]:
        raise SettingsError(faults)
    return values.address(found)


def _faults(feed: Feed) -> Iterator[Fault]:
    for article in feed.entries:
        yield from article.once(("checked", feed.full), partial(_reported, article, full=feed.full))
        if not article.authors and not feed.authors:
            # RFC 4287 section 4.1.1: one on the feed, or one on every entry.
            yield _in_article(article, "authors", "is missing, and the feed has none; name one")


def _reported(article: Article, *, full: bool) -> tuple[Fault, ...]:
    reports = (*_article(article), *_texts(article, full=full))
    return tuple(_in_article(article, *report) for report in reports)


def _feed(feed: Feed) -> Iterator[Report]:
    for field in ("title", "description"):
        yield from _text(field, getattr(feed, field), needed=True)
    yield from _text("rights", feed.rights or "")
    yield from _asked("language", feed.language, values.language)
    yield from _asked("home", feed.home, values.address)
    for field in ("icon", "logo"):
        if picture := getattr(feed, field):
            yield from _asked(field, picture, values.address)
    for index, author in enumerate(feed.authors):
        yield from _text(f"authors[{index}].name", author.name, needed=True)


def _article(article: Article) -> Iterator[Report]:
    yield from _asked("id", article.id, values.line)  # ids taken over need not be IRIs
    yield from _asked("url", article.url, values.address)
    yield from _asked("language", article.language, values.language)
    yield from _moment("published", article.published)
    yield from _moment("updated", article.updated)
    for field, address in _addresses(article):
        yield from _asked(field, address, values.address)


def _addresses(article: Article) -> Iterator[tuple[str, str]]:
    if article.image:
        yield "image.src", article.image.src
    if article.full_article:
        yield "full_article.url", article.full_article.url
    for index, attachment in enumerate(article.attachments):
        yield f"attachments[{index}].url", attachment.url
    for version in article.translations:
        yield f"translations.{version.language}", version.url


def _texts(article: Article, *, full: bool) -> Iterator[Report]:
    yield from _text("title", article.title, needed=True)
    yield from _text("summary", article.teaser or "")
    yield from _text("body", article.html if full or not article.teaser else "")
    for index, author in enumerate(article.authors):
        yield from _text(f"authors[{index}].name", author.name, needed=True)
    for index, tag in enumerate(article.tags):
        yield from _text(f"tags[{index}]", tag, needed=True)
    for index, attachment in enumerate(article.attachments):
        yield from _text(f"attachments[{index}].title", attachment.title or "")
    if article.image:
        yield from _text("image.alt", article.image.alt)
        yield from _text("image.credit", article.image.credit or "")


def _text(field: str, text: str, *, needed: bool = False) -> Iterator[Report]:
    if needed and not (text and text.strip()):
        yield field, "is empty; write something"
    elif not values.is_plainly_printable(text) and (found := NO_XML.search(text)):
        yield field, f"has the character U+{ord(found[0]):04X}, which no feed can hold; delete it"


def _asked(field: str, value: str, rule: Callable[[str], str]) -> Iterator[Report]:
    """What a rule for a value has against it."""
    if not value:
        yield field, "is empty; readers need it"
        return
    try:
        rule(value)
    except ValueError as refusal:
        yield field, str(refusal)


def _moment(field: str, moment: object) -> Iterator[Report]:
    if not isinstance(moment, datetime):
        yield field, "is missing; readers sort by it"
    elif moment.utcoffset() is None:
        yield field, "has no time zone; give it one"
    elif not 1900 <= moment.year <= 9998:
        yield field, f"the year {moment.year} cannot be right"


def _used_twice(feed: Feed) -> Iterator[Fault]:
    """Ids that several entries share: readers would show one of them only."""
    first: dict[str, Article] = {}
    for article in feed.entries:
        if (other := first.setdefault(article.id, article)) is not article:
            yield _in_article(article, "id", f"is the id of {other.file or other.title} too; give it its own")


def _in_article(article: Article, field: str, problem: str) -> Fault:
    return Fault(Place(article.file or article.url or article.id or article.title, field=field), problem)


def _in_settings(feed: Feed, field: str, problem: str) -> Fault:
    return Fault(Place(config.FILE_NAME, field=f"feed.{feed.name}.{field}"), problem)


def _encoded(article: Article) -> Article:
    """The article itself where its addresses are right already: a copy would render its text anew."""
    url = values.address(article.url)
    translations = tuple(replace(item, url=values.address(item.url)) for item in article.translations)
    if (url, translations) == (article.url, article.translations):
        return article
    return article.but(url=url, translations=translations)
