"""A folder with a feeds.toml, opened: both journeys start here. It calls, it never decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from feeds import config, formats, identity, sources, verdict
from feeds.archives import archived
from feeds.article import Article
from feeds.compression import compressed, compressed_paths
from feeds.delivery.message import message
from feeds.errors import ContentError, Fault, FeedsError, IdentityError, Place, SettingsError
from feeds.formats import opml, page, stylesheet
from feeds.identity import Lock, Record, Settlement, decisions, lockfile
from feeds.identity.adoption import Adoption, adopt
from feeds.identity.difference import Difference, differences
from feeds.library import Feed, Library
from feeds.network import anywhere, fetching, pinging
from feeds.newsletter import Digest, introduction, pages, shelf
from feeds.newsletter.check import check, online
from feeds.newsletter.desk import Desk, Draft
from feeds.newsletter.frozen import Frozen
from feeds.newsletter.why import Verdict, named
from feeds.publishing import Copy, Document, Kept, Published, ours, publish
from feeds.sources import syndicated

RESERVED = page.RESERVED | {"newsletters"}
"""What no feed may be called, because its folder is taken."""


@dataclass(frozen=True)
class Build:
    """What a build made: the documents, what became of each, and what it had to leave out."""

    library: Library
    """What was out at the moment of the build."""
    documents: tuple[Document | Copy | Kept, ...]
    published: Published
    faults: tuple[Fault, ...]
    """Warnings, and with `keep_going` the faults of the articles that stayed out."""
    next_due: Article | None
    """The next scheduled article: when it is due, it is time to build again."""


@dataclass(frozen=True)
class Collected:
    """What content/ and feeds.lock say together."""

    library: Library
    """Every article, also what is not out yet."""
    settlement: Settlement
    before: Lock
    """feeds.lock as it is; the settlement has it as it is to be."""
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Edition:
    """What goes out at one moment."""

    library: Library
    feeds: tuple[Feed, ...]
    """Every feed, each after the pages of its archive."""
    lock: Lock
    now: datetime


@dataclass(frozen=True)
class Publication:
    """A project: the folder that holds feeds.toml, and what feeds.toml says."""

    root: Path
    settings: config.Settings

    @property
    def output(self) -> Path:
        """The folder that `build` writes."""
        return self.root / self.settings.publication.output

    @property
    def templates(self) -> Path:
        """The folder in which the project may keep templates of its own."""
        return self.root / self.settings.publication.templates

    def collect(self, now: datetime, progress: sources.Progress | None = None) -> Collected:
        """Every article through the gate, each with its id by feeds.lock; and every fault.

        Raises `IdentityError` where feeds.lock cannot be read.
        """
        lock = lockfile.read(self.root / lockfile.FILE_NAME)
        reading = sources.read(self.settings.publication, self.root, progress)
        unread = {fault.where.file for fault in reading.faults}
        settlement = identity.settle(reading.library.articles, lock, now, unread)
        return Collected(
            library=Library(reading.library.publication, settlement.articles),
            settlement=settlement,
            before=lock,
            faults=(*config.warnings(self.settings), *reading.faults),
        )

    def build(
        self,
        now: datetime,
        *,
        keep_going: bool = False,
        locked: bool = False,
        progress: sources.Progress | None = None,
    ) -> Build:
        """Read, choose, render and publish what is out at `now`, and keep feeds.lock.

        Raises `ContentError` with all faults of all articles, unless `keep_going` leaves those out;
        `IdentityError` where an id would change or be used again, or with `locked` where feeds.lock
        is not what it would be; `TemplateError` and `OutputError`. What was published stays until
        all is well.
        """
        collected = self.collect(now, progress)
        if not keep_going and any(not fault.warning for fault in collected.faults):
            raise ContentError([*collected.faults, *collected.settlement.doubts])
        if collected.settlement.doubts:
            raise IdentityError(collected.settlement.doubts)
        edition = self.edition(collected, now)
        if locked and collected.before != edition.lock:
            raise IdentityError(lockfile.STALE)
        documents = (*self.files(edition.library), *self.documents(edition))
        if collected.before != edition.lock:  # before the feeds: an id is kept before anybody sees it
            self._keep(edition.lock)
        published = publish(documents, self.output)
        return Build(edition.library, documents, published, collected.faults, collected.library.next_due(now))

    def check(self, now: datetime, progress: sources.Progress | None = None) -> tuple[Fault, ...]:
        """Every fault of content, settings and templates; everything is made, and nothing written."""
        collected = self.collect(now, progress)
        edition = self.edition(collected, now)
        faults = {*collected.faults, *collected.settlement.doubts}
        by_id = {article.id: article for article in edition.library.articles}
        for name in self.settings.newsletter:
            faults.update(self.desk(name, now, collected.library).faults())
        for work in (*_articles(edition.library), *self._makers(edition)):
            try:
                for made in work():
                    faults.update(verdict.of_ours(made, by_id, now) if isinstance(made, Document) else ())
            except FeedsError as refusal:
                faults.update(refusal.faults)
        return tuple(sorted(faults))

    def check_newsletter(self, name: str, now: datetime, *, links: bool = False) -> tuple[Fault, ...]:
        """What stands in the way of the next issue, in every variant, on the bytes that would go out.

        With `links`, every link is followed to see whether it answers.
        """
        found: dict[Fault, None] = {}
        for digest in self.desk(name, now).digests.values():
            found |= dict.fromkeys(check(digest, message(digest), templates=self.templates))
            if links:
                found |= dict.fromkeys(online(digest, fetching.fetch, templates=self.templates))
        return tuple(found)

    def diff(self, now: datetime, against: str | None = None) -> tuple[Difference, ...]:
        """What subscribers would see of the next build, against a folder or an address; nothing is written.

        Raises what `build` raises, and `FetchError` for an address that does not answer.
        """
        edition = self.edition(self.collect(now), now)
        place = against or str(self.output)
        found: list[Difference] = []
        for feed in edition.feeds:
            form = next((form for form in ("atom", "json", "rss") if form in feed.files), None)
            if form and not feed.archive and (before := anywhere.below(place, feed.files[form])):
                document = formats.render(feed, form)
                was, is_to_be = syndicated.read(before), syndicated.read(document.content)
                found.extend(differences(feed.name, was.entries, is_to_be.entries))
        return tuple(found)

    def decide_same(self, file: str, old: str, now: datetime) -> None:
        """Keep in feeds.lock that the article in `file` is the published one known as `old`."""
        collected = self.collect(now)
        self._keep(decisions.same(collected.before, collected.library.articles, file, old))

    def decide_new(self, file: str, now: datetime) -> None:
        """Keep in feeds.lock that the article in `file` was never published before."""
        collected = self.collect(now)
        self._keep(decisions.new(collected.before, collected.library.articles, file, now))

    def decide_withdrawn(self, now: datetime) -> tuple[Record, ...]:
        """Keep in feeds.lock that what is gone is meant to be gone; these are the articles."""
        settlement = self.collect(now).settlement
        self._keep(settlement.lock)
        return settlement.withdrawn

    def adopt(self, feed: str, now: datetime) -> Adoption:
        """Keep in feeds.lock the ids of an existing feed: a file's name, or an address.

        Raises `IdentityError` where an article was published by us under another id already.
        """
        entries = syndicated.read(*anywhere.found(feed)).entries
        collected = self.collect(now)
        adoption = adopt(collected.library.articles, collected.before, entries, now)
        if adoption.faults:
            raise IdentityError(adoption.faults)
        self._keep(adoption.lock)
        return adoption

    def publish_ping(self, now: datetime) -> tuple[pinging.Ping, ...]:
        """Tell the hub of every live feed whose bytes have changed since it was told last.

        Raises `SettingsError` where no hub is named, `OutputError` where a feed is not there.
        """
        hub, home = self.settings.publication.hub, self.settings.publication.url
        if not hub:
            place = Place(config.FILE_NAME, field="publication.hub")
            raise SettingsError(Fault(place, "is missing; name a WebSub hub"))
        feeds = self.edition(self.collect(now), now).feeds
        topics = {
            feed.address(form): self.output / path
            for feed in feeds
            if not feed.archive
            for form, path in feed.files.items()
        }
        send = partial(fetching.post, repeatable=True, headers={"User-Agent": fetching.agent(home)})
        return pinging.tell(hub, topics, self.output, send)

    def _keep(self, lock: Lock) -> None:
        lockfile.write(lock, self.root / lockfile.FILE_NAME)

    def files(self, library: Library) -> Iterator[Copy]:
        """The files that articles show or attach; they stand where they stand in the content folder."""
        folder = self.root / self.settings.publication.content
        for path in sorted({path for article in library.articles for path in article.files}):
            yield Copy(path, folder / path)

    def edition(self, collected: Collected, now: datetime) -> Edition:
        """What is to go out at `now`: the articles, and every feed with the pages of its archive."""
        library, lock = collected.library.at(now), collected.settlement.lock
        withdrawn = identity.withdrawn(lock)
        feeds: list[Feed] = []
        for name, settings in self.settings.feed.items():
            for feed, articles in library.feeds(name, settings):
                live = replace(feed, withdrawn=withdrawn)
                if settings.archive:
                    archive = archived(live, articles, lock, settings.archive)
                    live, lock = archive.live, archive.lock
                    feeds.extend(archive.pages)
                feeds.append(live)
        return Edition(library, tuple(feeds), lock, now)

    def documents(self, edition: Edition) -> Iterator[Document | Kept]:
        """Each feed in each of its formats, and each newsletter's next issue.

        A sealed page of an archive that is there already stays as it is.
        """
        for make in self._makers(edition):
            for made in make():
                yield made
                yield from self._compressed(made)

    def desk(self, name: str, now: datetime, library: Library | None = None) -> Desk:
        """What the next issue of a newsletter is made from. Raises `SettingsError` for an unknown name."""
        if name not in self.settings.newsletter:
            known = ", ".join(self.settings.newsletter) or "none"
            problem = f"there is no newsletter “{name}”; known are {known}"
            raise SettingsError(Fault(Place(config.FILE_NAME), problem))
        return Desk(
            name=name,
            settings=self.settings.newsletter[name],
            library=library or self.collect(now).library,
            issues=shelf.read(self.root, name),
            now=now,
            introductions=introduction.read(self.root, self.settings.publication.content, name),
            templates=self.templates,
        )

    def why(self, article: str, now: datetime) -> tuple[Verdict, ...]:
        """What becomes of an article (its file, id or address) in each newsletter."""
        library = self.collect(now).library
        found = named(library, article)
        return tuple(self.desk(name, now, library).verdict(found) for name in self.settings.newsletter)

    def draft(self, name: str, now: datetime) -> tuple[Draft, Path]:
        """Freeze the next issue in a file of its own. Raises what `build` raises, and `IssueError`."""
        collected = self.collect(now)
        if faults := [fault for fault in collected.faults if not fault.warning]:
            raise ContentError([*faults, *collected.settlement.doubts])
        if collected.settlement.doubts:
            raise IdentityError(collected.settlement.doubts)
        made = self.desk(name, now, collected.library).draft()
        if collected.before != collected.settlement.lock:  # an id is kept before anybody sees it
            self._keep(collected.settlement.lock)
        return made, shelf.keep(self.root, made.issue)

    def approve(
        self, name: str, now: datetime, number: int | None = None, by: str | None = None
    ) -> tuple[Frozen, Path]:
        """Record that a draft may go out as it is. Raises `IssueError`."""
        issue = self.desk(name, now, Library(self.settings.publication, ())).approve(number, by)
        return issue, shelf.keep(self.root, issue)

    def _makers(self, edition: Edition) -> Iterator[Callable[[], Iterable[Document | Kept]]]:
        there = ours(self.output) if any(feed.sealed for feed in edition.feeds) else ()
        for feed in edition.feeds:
            for form, path in feed.files.items():
                yield partial(_keep, path) if feed.sealed and path in there else partial(_feed, feed, form)
        if edition.feeds:
            yield partial(self._beside, edition)
        for name in self.settings.newsletter:
            yield partial(self._newsletter, name, edition)

    def _beside(self, edition: Edition) -> Iterable[Document]:
        """The list of all feeds for programs, the page about them for people, and the style of both."""
        publication, feeds = self.settings.publication, edition.feeds
        return (
            opml.opml(publication, feeds),
            *page.page(publication, feeds, templates=self.templates),
            *stylesheet.stylesheets(publication, feeds, templates=self.templates),
        )

    def _compressed(self, made: Document | Kept) -> Iterable[Document | Kept]:
        methods = self.settings.publication.compress
        if isinstance(made, Kept):
            there = ours(self.output) if methods else frozenset[str]()
            return (Kept(path) for path in compressed_paths(made.path, methods) if path in there)
        return compressed(made, methods)

    def _newsletter(self, name: str, edition: Edition) -> Iterable[Document]:
        """The next issue in each language, and what was approved: pages, archive and their feed."""
        desk = self.desk(name, edition.now, edition.library)
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


def load(folder: str | Path = ".") -> Publication:
    """Open the project in a folder. Raises `SettingsError` with every fault of its feeds.toml."""
    root = Path(folder)
    settings = config.read(root / config.FILE_NAME)
    if faults := [*_reserved_names(settings), *_unknown_formats(settings)]:
        raise SettingsError(faults)
    return Publication(root, settings)


def _reserved_names(settings: config.Settings) -> Iterator[Fault]:
    for name in settings.feed:
        if name in RESERVED:
            place = Place(config.FILE_NAME, field=f"feed.{name}")
            yield Fault(place, "is the name of a folder of ours; choose another")


def _unknown_formats(settings: config.Settings) -> Iterator[Fault]:
    for name, feed in settings.feed.items():
        for form, path in feed.formats.items():
            place = Place(config.FILE_NAME, field=f"feed.{name}.formats")
            if not formats.known(form):
                yield Fault(place, f"does not know “{form}”; known are {', '.join(formats.BUILT_IN)}")
            elif form not in formats.BUILT_IN and not path:
                yield Fault(place, f"“{form}” needs a file; write a table: {{ '{form}' = 'news/feed.txt' }}")


def _articles(library: Library) -> Iterator[Callable[[], Iterable[Document]]]:
    return (partial(_rendered, article) for article in library.articles)


def _rendered(article: Article) -> Iterable[Document]:
    """Nothing to serve; but the text has been rendered, and its faults have come out."""
    assert article.html is not None
    return ()


def _feed(feed: Feed, form: str) -> Iterable[Document]:
    return (formats.render(feed, form),)


def _keep(path: str) -> Iterable[Kept]:
    return (Kept(path),)


def _pages(digest: Digest, suffix: str) -> Iterable[Document]:
    stem = f"newsletters/{digest.issue.newsletter}/next{suffix}"
    return (
        Document(f"{stem}.html", digest.html.encode(), "text/html"),
        Document(f"{stem}.txt", digest.text.encode(), "text/plain"),
        Document(f"{stem}.eml", message(digest), "message/rfc822"),
    )
