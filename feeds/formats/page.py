"""The page beside the feeds: what they are, how to subscribe, and the lines by which they are found.

It speaks the publication's language, and to feeds in another language that we have words for it
gives a part in that language. One page and one stylesheet; no script, and nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin

from markupsafe import Markup

from feeds import colours, formats, templating
from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.formats import opml
from feeds.formats.opml import FOLDER
from feeds.library import Feed
from feeds.publishing import Document
from feeds.wording import Wording, direction, wording

RESERVED = frozenset([FOLDER])
"""Names that no feed may have, since its folder would be this one."""

_LABELS = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}


@dataclass(frozen=True)
class Link:
    """A feed in one of its formats."""

    label: str
    url: str
    media_type: str


@dataclass(frozen=True)
class Entry:
    """One of a feed's newest articles; `language` and `direction` only where they are not the feed's."""

    title: str
    url: str
    date: str
    day: str
    """The date for machines, as 2026-11-19."""
    language: str | None
    direction: str | None


@dataclass(frozen=True)
class Shown:
    """A feed, as the page shows it."""

    feed: Feed
    holds: str
    """What is in it: whole articles or summaries, and in which languages."""
    address: str
    """The one address to copy."""
    links: tuple[Link, ...]
    newest: tuple[Entry, ...]
    language: str | None
    """Of title and description, where it is not the one that the part of the page speaks."""
    direction: str | None


@dataclass(frozen=True)
class Part:
    """The feeds in one language, in its words."""

    words: Wording
    name: str
    """What the language calls itself."""
    feeds: tuple[Shown, ...]


def page(
    publication: PublicationSettings, feeds: Iterable[Feed], *, templates: Path | None = None
) -> tuple[Document, ...]:
    """The page and its stylesheet. `templates` is a project's folder, whose files come before ours.

    Raises `TemplateError` with the template's file and line.
    """
    listed = opml.current(feeds)
    parts = _parts(publication, listed, templates)
    context = {
        "publication": publication,
        "words": parts[0].words,
        "parts": parts,
        "opml": urljoin(publication.url, opml.PATH),
        "discovery": Markup("\n").join(map(_discovery, listed)),
        "light": colours.light(publication.accent),
        "dark": colours.dark(publication.accent),
    }
    html = templating.render("web/feeds.html", context, folder=templates)
    css = templating.render("web/style.css", context, folder=templates)
    return (
        Document(f"{FOLDER}/index.html", html.encode(), "text/html"),
        Document(f"{FOLDER}/style.css", css.encode(), "text/css"),
    )


def spoken(publication: PublicationSettings, language: str, templates: Path | None) -> Wording:
    """The words of a language, or English where there are none: never one with the other's dates."""
    words = wording(language, publication.timezone, folder=templates)
    if words.speech.language == language.partition("-")[0]:
        return words
    return wording("en", publication.timezone, folder=templates)


def _parts(
    publication: PublicationSettings, feeds: Iterable[Feed], templates: Path | None
) -> tuple[Part, ...]:
    """The publication's own language first; then each other that has words, as the feeds have it."""
    main = spoken(publication, publication.language, templates)
    found: dict[str, tuple[Wording, list[Feed]]] = {_primary(main.language): (main, [])}
    for feed in feeds:
        words = spoken(publication, feed.language, templates)
        ours = _primary(words.language) == _primary(feed.language)
        found.setdefault(_primary((words if ours else main).language), (words, []))[1].append(feed)
    return tuple(
        Part(words, _name(words), tuple(_shown(feed, words) for feed in listed))
        for words, listed in found.values()
    )


def _shown(feed: Feed, words: Wording) -> Shown:
    own = _primary(feed.language) == _primary(words.language)
    return Shown(
        feed=feed,
        holds=_holds(feed, words),
        address=opml.address(feed, opml.preferred(feed)),
        links=tuple(_links(feed)),
        newest=tuple(_entry(article, words) for article in islice(feed.entries, opml.NEWEST)),
        language=None if own else feed.language,
        direction=None if own else direction(feed.language),
    )


def _holds(feed: Feed, words: Wording) -> str:
    spoken_in = dict.fromkeys(_primary(article.language) for article in feed.entries)
    names = [words.language_name(language) for language in spoken_in or [feed.language]]
    size = words.say("Whole articles") if feed.full else words.say("Summaries")
    return f"{size} · {words.say('In {languages}', languages=words.listed(names))}"


def _links(feed: Feed) -> Iterator[Link]:
    for form in feed.files:
        known = formats.find(form)
        yield Link(_LABELS.get(form, known.name), opml.address(feed, form), known.media_type)


def _entry(article: Article, words: Wording) -> Entry:
    own = _primary(article.language) == _primary(words.language)
    return Entry(
        title=article.title,
        url=article.url,
        date=words.date(article.published),
        day=f"{article.published.astimezone(words.zone):%Y-%m-%d}",
        language=None if own else article.language,
        direction=None if own else direction(article.language),
    )


def _discovery(feed: Feed) -> Markup:
    """The line in a page's head by which browsers and readers find the feed, in one format only."""
    form = opml.preferred(feed)
    line = Markup('<link rel="alternate" type="{}" title="{}" href="{}">')
    return line.format(formats.find(form).media_type, feed.title, opml.address(feed, form))


def _primary(language: str) -> str:
    return language.partition("-")[0]


def _name(words: Wording) -> str:
    name = words.language_name(words.language)
    return name[:1].upper() + name[1:]
