"""An edition: what goes out at one moment, and every document that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from feeds import formats, hands, identity
from feeds.archives import archived
from feeds.config import Settings
from feeds.formats import opml
from feeds.identity import Lock
from feeds.library import Feed, Library
from feeds.publication.collecting import Collected
from feeds.publication.printed import Printed, feed_key, key_of
from feeds.publishing import Document, Kept, ours

if TYPE_CHECKING:  # newsletters, their templates and their words are heavy, and not every project has one
    from feeds.newsletter import Digest
    from feeds.newsletter.desk import Desk


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


class Maker(NamedTuple):
    """Makes some documents, or raises a `FeedsError` of its own."""

    name: str
    """What it makes, so that it can be found again in the next build."""
    key: str
    """What tells whether it would make something else; empty where nothing tells."""
    make: Callable[[], Iterable[Document | Kept]]
    weight: int = 1
    """About how many formats of a feed could be written meanwhile."""


Made = tuple[Document | Kept, ...]
"""What a maker made."""
MANY = 8
"""Fewer sheets than this are printed sooner by one process."""
PAGE, DIGEST = 15, 30
"""What a page or a digest weighs, with the engines that it has to load."""


@dataclass(frozen=True)
class Press:
    """What an edition is printed with: the settings, and the folders of the project."""

    settings: Settings
    output: Path
    templates: Path
    desk: Callable[[str], Desk]
    """The desk of a newsletter, by its name."""

    def documents(self, edition: Edition, printed: Printed | None = None) -> Iterator[Document | Kept]:
        """Each feed in each of its formats, and each newsletter's next issue.

        A sealed page of an archive that is there already stays as it is, and so does what was
        `printed` of the same ingredients.
        """
        sheets = list(self._sheets(edition))
        makers = [maker for sheet in sheets for maker in sheet]
        kept = [printed.kept(maker.name, maker.key) if printed else () for maker in makers]
        numbers = iter(range(len(makers)))
        left = [[number for number in islice(numbers, len(sheet)) if not kept[number]] for sheet in sheets]
        made = self._print(makers, [sheet for sheet in left if sheet])
        for number, maker in enumerate(makers):
            if number in made and printed:
                printed.keep(maker.name, maker.key, made[number])
            yield from made.get(number) or kept[number]

    def _print(self, makers: Sequence[Maker], sheets: Sequence[Sequence[int]]) -> dict[int, Made]:
        """What makers make, by their numbers; by several processes if it pays."""
        several = hands.hands() if len(sheets) >= MANY else 1
        own, *others = _shared(makers, sheets, several)
        with hands.away([partial(self._made, makers, share) for share in others]) as outcomes:
            made = self._made(makers, own)
            for more in outcomes:
                made |= more
        return made

    def makers(self, edition: Edition) -> Iterator[Maker]:
        """What makes the documents, each apart, so that the fault of one hides no other's."""
        return (maker for sheet in self._sheets(edition) for maker in sheet)

    def _sheets(self, edition: Edition) -> Iterator[list[Maker]]:
        """The makers by what they have to do once for all of them."""
        for feed in edition.feeds:
            yield list(self._of_feed(feed))
        if edition.feeds:
            yield [
                Maker("feeds.opml", "", partial(self._list, edition.feeds)),
                Maker("feeds/", _page_key(edition.feeds), partial(self._page, edition.feeds), PAGE),
            ]
        styled = {feed.language for feed in edition.feeds}
        yield [
            Maker(f"newsletters/{name}", "", partial(self._newsletter, name, styled), DIGEST)
            for name in self.settings.newsletter
        ]

    def _of_feed(self, feed: Feed) -> Iterator[Maker]:
        ready = _Once(partial(formats.checked, feed))
        for form, path in feed.files.items():
            if feed.sealed and path in self._there:
                yield Maker(path, "", partial(_kept, path))
            else:
                key = feed_key(feed, form) if form in formats.BUILT_IN else ""
                yield Maker(path, key, partial(_feed, ready, form))

    @cached_property
    def _there(self) -> Mapping[str, object] | frozenset[str]:
        """The files that an earlier build has written, and that are still there."""
        return ours(self.output)

    def _made(self, makers: Sequence[Maker], sheets: Iterable[Iterable[int]]) -> dict[int, Made]:
        return {
            number: tuple(one for made in makers[number].make() for one in (made, *self._compressed(made)))
            for sheet in sheets
            for number in sheet
        }

    def _compressed(self, made: Document | Kept) -> Iterable[Document | Kept]:
        methods = self.settings.publication.compress
        if not methods:
            return ()
        from feeds.compression import compressed, compressed_paths

        if isinstance(made, Document):
            return compressed(made, methods)
        return (Kept(path) for path in compressed_paths(made.path, methods) if path in self._there)

    def _list(self, feeds: tuple[Feed, ...]) -> Iterable[Document]:
        """The list of all feeds, for programs."""
        return (opml.opml(self.settings.publication, feeds),)

    def _page(self, feeds: tuple[Feed, ...]) -> Iterable[Document]:
        """The page about the feeds, for people, and the style of both."""
        from feeds.formats import page, stylesheet

        publication = self.settings.publication
        return (
            *page.page(publication, feeds, templates=self.templates),
            *stylesheet.stylesheets(publication, feeds, templates=self.templates),
        )

    def _newsletter(self, name: str, styled: set[str]) -> Iterable[Document]:
        """The next issue in each language, and what was approved: pages, archive and their feed.

        The feed brings its stylesheet along if its language is not among those `styled`.
        """
        from feeds.formats import stylesheet
        from feeds.newsletter import pages

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
            issues = pages.feed(shown)
            yield from pages.documents(shown)
            yield formats.render(issues, "atom")
            if issues.language not in styled:
                styled.add(issues.language)
                yield from stylesheet.stylesheets(publication, (issues,), templates=self.templates)


def _shared(
    makers: Sequence[Maker], sheets: Iterable[Sequence[int]], number: int
) -> list[list[Sequence[int]]]:
    """The sheets in so many shares that weigh about the same, the heaviest in the first."""
    shares: list[list[Sequence[int]]] = [[] for _ in range(number)]
    weights = [0] * number
    weighed = [(sum(makers[one].weight for one in sheet), sheet) for sheet in sheets]
    for weight, sheet in sorted(weighed, key=itemgetter(0), reverse=True):
        lightest = weights.index(min(weights))
        shares[lightest].append(sheet)
        weights[lightest] += weight
    return shares


class _Once:
    """A feed that is checked when it is first asked for, once for all its formats."""

    def __init__(self, check: Callable[[], Feed]) -> None:
        self._check = check

    @cached_property
    def feed(self) -> Feed:
        return self._check()


def _page_key(feeds: Iterable[Feed]) -> str:
    """What the page about the feeds follows from: all of each feed but most of its entries."""
    shown = []
    for feed in opml.current(feeds):
        newest = [(one.title, one.url, one.published, one.language) for one in feed.entries[: opml.NEWEST]]
        languages = tuple(dict.fromkeys(one.language for one in feed.entries))
        shown.append((feed.but(entries=()), newest, languages))
    return key_of(shown)


def _feed(ready: _Once, form: str) -> Iterable[Document]:
    return (formats.write(ready.feed, form),)


def _kept(path: str) -> Iterable[Kept]:
    return (Kept(path),)


def _pages(digest: Digest, suffix: str) -> Iterable[Document]:
    from feeds.delivery.message import message

    stem = f"newsletters/{digest.issue.newsletter}/next{suffix}"
    return (
        Document(f"{stem}.html", digest.html.encode(), "text/html"),
        Document(f"{stem}.txt", digest.text.encode(), "text/plain"),
        Document(f"{stem}.eml", message(digest), "message/rfc822"),
    )
