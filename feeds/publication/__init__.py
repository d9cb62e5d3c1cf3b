"""A folder with a feeds.toml, opened: both journeys start here. It calls, it never decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feeds import config, formats, hands, sources, standstill
from feeds.article import Article
from feeds.errors import ChangedError, Fault, FeedsError, IdentityError, Place, SettingsError
from feeds.formats import opml
from feeds.identity import Lock, Record, lockfile
from feeds.library import Library
from feeds.publication.collecting import Collected, collected
from feeds.publication.edition import Edition, Press, edition
from feeds.publication.printed import Printed
from feeds.publishing import MANIFEST, Copy, Document, Kept, Published, publish
from feeds.sources.memory import FILE as MEMORY
from feeds.standstill import Standstill

if TYPE_CHECKING:  # what most verbs do not need is imported by those that do
    from feeds.identity.adoption import Adoption
    from feeds.identity.difference import Difference
    from feeds.network.pinging import Ping
    from feeds.newsletter.desk import Desk, Draft
    from feeds.newsletter.frozen import Frozen
    from feeds.newsletter.why import Verdict

__all__ = ["Build", "Collected", "Edition", "Publication", "load"]

ISSUES = "issues"
"""The folder of the issues that are frozen: see `feeds.newsletter.shelf`."""
RESERVED = {opml.FOLDER, "newsletters"}
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

    def collect(
        self,
        now: datetime,
        progress: sources.Progress | None = None,
        memory: sources.Memory | None = None,
    ) -> Collected:
        """Every article through the gate, each with its id by feeds.lock; and every fault.

        Raises `IdentityError` where feeds.lock cannot be read.
        """
        memory = memory or sources.Memory(self.root / MEMORY)
        return collected(self.root, self.settings, now, progress, memory)

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
        for _ in range(sources.TRIES):
            try:
                return self._built(now, progress, keep_going=keep_going, locked=locked)
            except ChangedError as refusal:  # between the reading of an article and of its text
                changed = refusal
        raise changed

    def _built(
        self, now: datetime, progress: sources.Progress | None, *, keep_going: bool, locked: bool
    ) -> Build:
        before = self._stamps()
        memory = sources.Memory(self.root / MEMORY, workers=hands.hands())
        collected = self.collect(now, progress, memory)
        memory.save(self.settings.publication, collected.listing.articles)
        collected.insist(keep_going=keep_going)
        edition = self.edition(collected, now)
        if locked and collected.before != edition.lock:
            raise IdentityError(lockfile.STALE)
        printed = Printed.read(self.root, self.output, self.templates, self.settings)
        documents = (*self.files(edition.library), *self.documents(edition, printed))
        if collected.before != edition.lock:  # before the feeds: an id is kept before anybody sees it
            self._keep(edition.lock)
        published = publish(documents, self.output)
        printed.save()
        made = Build(edition.library, documents, published, collected.faults, collected.library.next_due(now))
        if all(fault.warning for fault in made.faults) and before == self._stamps():
            self._note(made, collected, before, now)
        return made

    def _stamps(self) -> dict[str, standstill.Stamps]:
        """The stamps of all inputs, but for the articles of our own format, which the gate has taken."""
        content = self.settings.publication.content
        return {
            place: standstill.stamps(standstill.at(self.root, place))
            for place in self._inputs
            if place != content
        }

    @property
    def _inputs(self) -> tuple[str, ...]:
        """Where everything stands that a build is made of, but for feeds.lock, which it may change."""
        publication = self.settings.publication
        content = [publication.content]
        if publication.dialect:  # the site's own settings and data too, and not all that lies beside them
            from feeds.sources import dialects

            site = dialects.opened(publication, self.root)
            folders = [str(path) for path in dialects.inputs(site) if path.is_dir()]
            content = [f"{publication.content}/.", *folders]
        fetched = [config.FETCHED] if self.settings.source else []
        return (config.FILE_NAME, *content, *fetched, publication.templates, ISSUES)

    def _note(
        self, made: Build, collected: Collected, known: dict[str, standstill.Stamps], now: datetime
    ) -> None:
        """That another build would change nothing, where files alone can tell."""
        forms = {form for feed in self.settings.feed.values() for form in feed.formats}
        if not forms <= formats.BUILT_IN.keys() or config.read(self.root / config.FILE_NAME) != self.settings:
            return  # anybody's format may look at anything
        until, due = collected.library.turns(now), made.next_due
        output, content = self.settings.publication.output, self.settings.publication.content
        zone = ZoneInfo(self.settings.publication.timezone)
        left = Standstill(
            inputs=self._inputs,
            products=(lockfile.FILE_NAME, output, f"{output}/{MANIFEST}"),
            since=now.isoformat(),
            until=until.isoformat() if until else "",
            articles=len(made.library.articles),
            files=len(made.documents),
            next_title=due.title if due else "",
            next_due=f"{due.published.astimezone(zone):%Y-%m-%d at %H:%M %Z}" if due else "",
            warnings=tuple(
                (one.where.file, one.where.line, one.where.field, one.problem) for one in made.faults
            ),
        )
        standstill.note(self.root, left, {content: collected.listing.stamps} | known)

    def check(self, now: datetime, progress: sources.Progress | None = None) -> tuple[Fault, ...]:
        """Every fault of content, settings and templates; everything is made, and nothing written."""
        from feeds import verdict
        from feeds.formats.base import iri

        collected = self.collect(now, progress)
        edition = self.edition(collected, now)
        faults = {*collected.faults, *collected.settlement.doubts}
        by_id = {
            name: article for article in edition.library.articles for name in (article.id, iri(article.id))
        }
        for name in self.settings.newsletter:
            faults.update(self.desk(name, now, collected.library).faults())
        for work in (
            *_articles(edition.library),
            *(maker.make for maker in self._press(edition).makers(edition)),
        ):
            try:
                for made in work():
                    faults.update(
                        verdict.of_ours(made, by_id, now, self.root) if isinstance(made, Document) else ()
                    )
            except FeedsError as refusal:
                faults.update(refusal.faults)
        return tuple(sorted(faults))

    def check_newsletter(self, name: str, now: datetime, *, links: bool = False) -> tuple[Fault, ...]:
        """What stands in the way of the next issue, in every variant, on the bytes that would go out.

        With `links`, every link is followed to see whether it answers.
        """
        from feeds.network import fetching
        from feeds.newsletter.check import online

        desk = self.desk(name, now)
        found = dict.fromkeys(self._findings(desk))
        for digest in desk.digests.values() if links else ():
            found |= dict.fromkeys(online(digest, fetching.fetch, templates=self.templates))
        return tuple(found)

    def _findings(self, desk: Desk) -> Iterator[Fault]:
        from feeds.delivery.message import message
        from feeds.newsletter.check import check

        for digest in desk.digests.values():
            yield from check(digest, message(digest), templates=self.templates)

    def diff(self, now: datetime, against: str | None = None) -> tuple[Difference, ...]:
        """What subscribers would see of the next build, against a folder or an address; nothing is written.

        Raises what `build` raises, and `FetchError` for an address that does not answer.
        """
        from feeds.identity.difference import differences
        from feeds.network import anywhere
        from feeds.sources import syndicated

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
        from feeds.identity import decisions

        collected = self.collect(now)
        self._keep(decisions.same(collected.before, collected.library.articles, file, old))

    def decide_new(self, file: str, now: datetime) -> None:
        """Keep in feeds.lock that the article in `file` was never published before."""
        from feeds.identity import decisions

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
        from feeds.identity.adoption import adopt
        from feeds.network import anywhere
        from feeds.sources import syndicated

        content, address = anywhere.found(feed)
        entries = syndicated.read(content, address or feed).entries
        collected = self.collect(now)
        adoption = adopt(collected.library.articles, collected.before, entries, now)
        if adoption.faults:
            raise IdentityError(adoption.faults)
        self._keep(adoption.lock)
        return adoption

    def publish_ping(self, now: datetime) -> tuple[Ping, ...]:
        """Tell the hub of every live feed whose bytes have changed since it was told last.

        Raises `SettingsError` where no hub is named, `OutputError` where a feed is not there.
        """
        from feeds.network import fetching, pinging

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
        return edition(collected, self.settings, now)

    def documents(self, edition: Edition, printed: Printed | None = None) -> Iterator[Document | Kept]:
        """Each feed in each of its formats, and each newsletter's next issue.

        What was `printed` of the same ingredients stays as it is.
        """
        return self._press(edition).documents(edition, printed)

    def _press(self, edition: Edition) -> Press:
        desk = partial(self.desk, now=edition.now, library=edition.library)
        return Press(self.settings, self.output, self.templates, desk)

    def desk(self, name: str, now: datetime, library: Library | None = None) -> Desk:
        """What the next issue of a newsletter is made from. Raises `SettingsError` for an unknown name."""
        if name not in self.settings.newsletter:
            known = ", ".join(self.settings.newsletter) or "none"
            problem = f"there is no newsletter “{name}”; known are {known}"
            raise SettingsError(Fault(Place(config.FILE_NAME), problem))
        from feeds.newsletter import introduction, shelf
        from feeds.newsletter.desk import Desk

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
        from feeds.newsletter.why import named

        library = self.collect(now).library
        found = named(library, article)
        return tuple(self.desk(name, now, library).verdict(found) for name in self.settings.newsletter)

    def draft(self, name: str, now: datetime) -> tuple[Draft, Path]:
        """Freeze the next issue in a file of its own: nothing that a check finds fatal is ever frozen.

        Raises what `build` raises, and `IssueError`.
        """
        from feeds.newsletter import shelf
        from feeds.newsletter.frozen import IssueError

        collected = self.collect(now)
        collected.insist()
        desk = self.desk(name, now, collected.library)
        made = desk.draft()
        if fatal := [fault for fault in self._findings(desk) if not fault.warning]:
            raise IssueError(fatal)
        if collected.before != collected.settlement.lock:  # an id is kept before anybody sees it
            self._keep(collected.settlement.lock)
        return made, shelf.keep(self.root, made.issue)

    def approve(
        self, name: str, now: datetime, number: int | None = None, by: str | None = None
    ) -> tuple[Frozen, Path]:
        """Record that a draft may go out as it is. Raises `IssueError`."""
        from feeds.newsletter import shelf

        issue = self.desk(name, now, Library(self.settings.publication, ())).approve(number, by)
        return issue, shelf.keep(self.root, issue)


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
