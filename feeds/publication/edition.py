"""An edition: what goes out at one moment, and every document that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from feeds import formats, identity
from feeds.archives import archived
from feeds.compression import compressed, compressed_paths
from feeds.config import Settings
from feeds.delivery.message import message
from feeds.formats import opml, page, stylesheet
from feeds.identity import Lock
from feeds.library import Feed, Library
from feeds.newsletter import Digest, pages
from feeds.newsletter.desk import Desk
from feeds.publication.collecting import Collected
from feeds.publishing import Document, Kept, ours

Maker = Callable[[], Iterable[Document | Kept]]
"""Makes some documents when it is called, or raises a `FeedsError` of its own."""


@dataclass(frozen=True)
class Edition:
    """What goes out at one moment."""

    library: Library
    feeds: tuple[Feed, ...]
    """Every feed, each after the pages of its archive."""
    lock: Lock
    now: datetime


def edition(collected: Collected, settings: Settings, now: datetime) -> Edition:
    """The articles that are out at `now`, and every feed with the pages of its archive."""
    library, lock = collected.library.at(now), collected.settlement.lock
    withdrawn = identity.withdrawn(lock)
    feeds: list[Feed] = []
    for name, wanted in settings.feed.items():
        for feed, articles in library.feeds(name, wanted):
            live = replace(feed, withdrawn=withdrawn)
            if wanted.archive:
                archive = archived(live, articles, lock, wanted.archive)
                live, lock = archive.live, archive.lock
                feeds.extend(archive.pages)
            feeds.append(live)
    return Edition(library, tuple(feeds), lock, now)


@dataclass(frozen=True)
class Press:
    """What an edition is printed with: the settings, and the folders of the project."""

    settings: Settings
    output: Path
    templates: Path
    desk: Callable[[str], Desk]
    """The desk of a newsletter, by its name."""

    def documents(self, edition: Edition) -> Iterator[Document | Kept]:
        """Each feed in each of its formats, and each newsletter's next issue.

        A sealed page of an archive that is there already stays as it is.
        """
        for make in self.makers(edition):
            for made in make():
                yield made
                yield from self._compressed(made)

    def makers(self, edition: Edition) -> Iterator[Maker]:
        """What makes the documents, each apart, so that the fault of one hides no other's."""
        for feed in edition.feeds:
            for form, path in feed.files.items():
                kept = feed.sealed and path in self._there
                yield partial(_kept, path) if kept else partial(_feed, feed, form)
        if edition.feeds:
            yield partial(self._beside, edition.feeds)
        for name in self.settings.newsletter:
            yield partial(self._newsletter, name)

    @cached_property
    def _there(self) -> Mapping[str, object] | frozenset[str]:
        """The files that an earlier build has written, and that are still there."""
        return ours(self.output)

    def _compressed(self, made: Document | Kept) -> Iterable[Document | Kept]:
        methods = self.settings.publication.compress
        if isinstance(made, Document):
            return compressed(made, methods)
        return (Kept(path) for path in compressed_paths(made.path, methods) if path in self._there)

    def _beside(self, feeds: tuple[Feed, ...]) -> Iterable[Document]:
        """The list of all feeds for programs, the page about them for people, and the style of both."""
        publication = self.settings.publication
        return (
            opml.opml(publication, feeds),
            *page.page(publication, feeds, templates=self.templates),
            *stylesheet.stylesheets(publication, feeds, templates=self.templates),
        )

    def _newsletter(self, name: str) -> Iterable[Document]:
        """The next issue in each language, and what was approved: pages, archive and their feed."""
        desk = self.desk(name)
        for key, digest in desk.digests.items():
            if "," not in key:
                yield from _pages(digest, desk.settings.suffix(key))
        publication, settings = self.settings.publication, desk.settings
        shown = pages.shelf(
            desk.issues,
            settings.speech(next(iter(settings.languages), None)) or publication.language,
            publication,
            title=settings.title or publication.title,
            templates=self.templates,
        )
        if shown:
            yield from pages.documents(shown)
            yield formats.render(pages.feed(shown), "atom")


def _feed(feed: Feed, form: str) -> Iterable[Document]:
    return (formats.render(feed, form),)


def _kept(path: str) -> Iterable[Kept]:
    return (Kept(path),)


def _pages(digest: Digest, suffix: str) -> Iterable[Document]:
    stem = f"newsletters/{digest.issue.newsletter}/next{suffix}"
    return (
        Document(f"{stem}.html", digest.html.encode(), "text/html"),
        Document(f"{stem}.txt", digest.text.encode(), "text/plain"),
        Document(f"{stem}.eml", message(digest), "message/rfc822"),
    )
